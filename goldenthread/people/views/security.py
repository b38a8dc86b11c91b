"""One's own account: passkeys, an authenticator app, recovery codes, and where one is signed in.

The library asks for the password or a code again before a change that it guards (`confirmed`), and comes back.
"""

import base64
import time
from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.people import account_selectors as selectors
from goldenthread.people import services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.account_forms import AddPasskey, SetUpApp
from goldenthread.people.forms import PasskeyForm
from goldenthread.people.models import Person
from goldenthread.people.services.security import list_sign_in, whereabouts
from goldenthread.people.views.forms_in_pages import page_with, saved
from goldenthread.permissions import Action

NEW_CODES = "new-recovery-codes"  # in the session: until when they are shown
SHOWN_SECONDS = 600


def confirmed(request: HttpRequest) -> None:
    """Ask who it is again, unless that was lately; whoever finds a screen unlocked gets no further."""
    raise_if_reauthentication_required(request, app="allauth.mfa")


@require_GET
@signed_in
def security(request: PersonRequest) -> HttpResponse:
    """What protects the account, where it is signed in, and what changed lately."""
    context = {
        "protection": selectors.protection_of(request.user),
        "browsers": selectors.signed_in_browsers(request.user, request.session.session_key),
        "lately": selectors.lately_changed(request.user),
    }
    return render(request, "people/security.html", context)


# An authenticator app ---------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@signed_in
@sensitive_post_parameters("code")
def app_add(request: PersonRequest) -> HttpResponse:
    """The secret as a picture and as text, and the first code as proof."""
    confirmed(request)
    form = SetUpApp(request.POST or None, user=request.user)
    if form.is_bound:
        made: list[bool] = []
        place = whereabouts(request)
        if saved(
            form,
            lambda: made.append(
                services.add_app(actor=request.person, secret=form.secret, where=place)
            ),
        ):
            clear_totp_secret(request)
            messages.success(request, "The authenticator app is set up.")
            return _codes_or_back(request, made[0])
    adapter = get_adapter()
    link = adapter.build_totp_url(request.user, form.secret)
    picture = base64.b64encode(adapter.build_totp_svg(link).encode()).decode()
    parts = [form.secret[n : n + 4] for n in range(0, len(form.secret), 4)]
    context = {"picture": picture, "link": link, "secret": " ".join(parts)}
    return page_with(request, "people/security_app.html", form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def app_remove(request: PersonRequest) -> HttpResponse:
    confirmed(request)
    if request.method == "POST":
        services.remove_app(actor=request.person, where=whereabouts(request))
        messages.success(request, "The authenticator app is removed.")
        return redirect("account-security")
    protection = selectors.protection_of(request.user)
    return render(request, "people/security_app_remove.html", {"protection": protection})


# Passkeys ---------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@signed_in
def passkey_add(request: PersonRequest) -> HttpResponse:
    """A passkey of this device, or of a phone or a security key beside it; the script asks for it."""
    confirmed(request)
    form = AddPasskey(request.POST or None, user=request.user)
    if form.is_bound:
        made: list[bool] = []
        place = whereabouts(request)
        if saved(
            form,
            lambda: made.append(
                services.add_passkey(actor=request.person, **form.cleaned_data, where=place)
            ),
        ):
            messages.success(request, f"The passkey {form.cleaned_data['name']} is added.")
            return _codes_or_back(request, made[0])
    options = begin_registration(request.user, True)
    return page_with(request, "people/security_passkey_add.html", form, {"options": options})


@require_http_methods(["GET", "POST"])
@signed_in
def passkey_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Call it something else, or remove it."""
    passkey = _passkey(request, pk)
    confirmed(request)
    form = PasskeyForm(request.POST or None, initial={"name": str(passkey)})
    if form.is_bound and saved(
        form,
        lambda: services.rename_passkey(
            actor=request.person, passkey=passkey, name=form.cleaned_data["name"]
        ),
    ):
        messages.success(request, f"The passkey is called {passkey} now.")
        return redirect("account-security")
    context = {"passkey": passkey, "protection": selectors.protection_of(request.user)}
    return page_with(request, "people/security_passkey.html", form, context)


@require_POST
@signed_in
def passkey_remove(request: PersonRequest, pk: int) -> HttpResponse:
    passkey = _passkey(request, pk)
    confirmed(request)
    services.remove_passkey(actor=request.person, passkey=passkey, where=whereabouts(request))
    messages.success(request, f"The passkey {passkey} is removed.")
    return redirect("account-security")


def _passkey(request: PersonRequest, pk: int) -> Authenticator:
    mine = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.WEBAUTHN)
    found: Authenticator = get_object_or_404(mine.select_related("user__person"), pk=pk)
    return found


# Recovery codes ---------------------------------------------------------------------------------------------
def _codes_or_back(request: PersonRequest, made: bool) -> HttpResponse:
    """Codes that were made are shown at once: nobody can ask for them later."""
    if made:
        request.session[NEW_CODES] = time.time() + SHOWN_SECONDS
    return redirect("account-codes" if made else "account-security")


def _new_codes(request: PersonRequest) -> list[str]:
    """The codes while they are new; none afterwards."""
    if request.session.get(NEW_CODES, 0) < time.time():
        return []
    return selectors.unused_recovery_codes(request.user)


@require_http_methods(["GET", "POST"])
@signed_in
def codes(request: PersonRequest) -> HttpResponse:
    """New recovery codes, until they are kept (`kept`) or ten minutes are over; else how many are left."""
    if request.method == "POST":
        request.session.pop(NEW_CODES, None)
        return redirect("account-security")
    context = {
        "codes": _new_codes(request),
        "protection": selectors.protection_of(request.user),
    }
    return render(request, "people/security_codes.html", context)


@require_GET
@signed_in
def codes_file(request: PersonRequest) -> HttpResponse:
    """The new codes as a text file; when they are no longer new, back to the page that says so."""
    new = _new_codes(request)
    if not new:
        return redirect("account-codes")
    site = request.get_host()
    text = "\n".join([f"Recovery codes for {site}, {request.user}. Each works once.", "", *new, ""])
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="recovery-codes.txt"'
    return response


@require_POST
@signed_in
def codes_renew(request: PersonRequest) -> HttpResponse:
    confirmed(request)
    services.renew_recovery_codes(actor=request.person, where=whereabouts(request))
    return _codes_or_back(request, True)


# Where one is signed in -------------------------------------------------------------------------------------
@require_POST
@signed_in
def session_end(request: PersonRequest, pk: int) -> HttpResponse:
    mine = request.user.sign_ins.select_related("user__person")
    browser = get_object_or_404(mine, pk=pk)
    services.sign_out(actor=request.person, browser=browser)
    if browser.session_key == request.session.session_key:
        logout(request)
        return redirect("account_login")
    messages.success(request, "That browser is signed out.")
    return redirect("account-security")


@require_POST
@signed_in
def sessions_end(request: PersonRequest) -> HttpResponse:
    """Sign out everywhere, `here=yes` in this browser too."""
    services.sign_out_everywhere(actor=request.person)
    if request.POST.get("here") == "yes":
        logout(request)
        return redirect("account_login")
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    list_sign_in(request, request.user)
    messages.success(request, "You are signed out everywhere else.")
    return redirect("account-security")


# Somebody else who is locked out ----------------------------------------------------------------------------
@require_http_methods(["GET", "POST"])
@signed_in
def second_step_remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the second step from somebody who is locked out. Administrators."""
    require(request.person, Action.GRANT_ROLES)
    seen = Person.objects.visible_to(request.person).select_related("user")
    person = get_object_or_404(seen, pk=pk)
    confirmed(request)
    if request.method == "POST":
        services.remove_second_step(actor=request.person, person=person)
        messages.success(request, f"{person} signs in with the password alone again.")
        return redirect("person-roles", person.pk)
    context: dict[str, Any] = {"person": person}
    if person.user is not None:
        context["protection"] = selectors.protection_of(person.user)
    return render(request, "people/person_second_step.html", context)
