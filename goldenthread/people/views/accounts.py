"""Signing in, out, and the password: the library's flows in our words and frame; and invitations."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.mfa.base import views as code_views
from allauth.mfa.webauthn import views as webauthn_views
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people import services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.account_selectors import protection_of
from goldenthread.people.forms import PasswordForm, RemindersForm
from goldenthread.people.models import Person, User
from goldenthread.people.services.security import list_sign_in
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action


def _refused(response: HttpResponseBase, form: Any) -> HttpResponseBase:
    """The page with its form again; too many attempts answer 429, as the library does not."""
    too_many = any(
        form.has_error(name, "too_many_login_attempts") for name in (NON_FIELD_ERRORS, *form.fields)
    )
    response.status_code = 429 if too_many else 422
    if too_many:
        response["Retry-After"] = "300"
    return response


class SignIn(allauth_views.LoginView):
    """By e-mail and password."""

    def form_invalid(self, form: Any) -> HttpResponseBase:
        return _refused(super().form_invalid(form), form)


class SecondStep(code_views.AuthenticateView):
    """After the password, where more protects the account: a passkey, or a code of the app or of the recovery codes."""

    def form_invalid(self, form: Any) -> HttpResponseBase:
        return _refused(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        protection = protection_of(self.stage.login.user)
        return context | {
            "protection": protection,
            "options": context["js_data"]["request_options"],
        }


class _Confirm:
    """Who it is, once more, before a change that protects the account."""

    def form_invalid(self, form: Any) -> HttpResponseBase:
        response = self.render_to_response(  # type: ignore[attr-defined]  # a mixin of views
            self.get_context_data(form=form)  # type: ignore[attr-defined]  # allauth says no types
        )
        return _refused(response, form)


class ConfirmByPassword(_Confirm, allauth_views.ReauthenticateView):
    pass


class ConfirmByCode(_Confirm, code_views.ReauthenticateView):
    pass


class ConfirmByPasskey(_Confirm, webauthn_views.ReauthenticateWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | kwargs | {"options": context["js_data"]["request_options"]}


class ChangePassword(allauth_views.PasswordChangeView):
    """A new password gives this browser a new session, and ends every other."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)
        list_sign_in(self.request, self.request.user)
        return response


class ForgottenPassword(allauth_views.PasswordResetView):
    """Asks for a reset letter, and says so where no mail can be sent."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"has_mail": services.mail_is_set_up()}


def sign_in(request: HttpRequest, person: Person) -> None:
    """Without the form, where who it is has been shown otherwise."""
    get_adapter(request).login(request, person.user)


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Whom an invitation is for, and the password they choose; then they are signed in."""
    try:
        person = services.invited(token)
    except DomainError as error:
        return render(
            request, "people/invitation_void.html", {"message": error.message}, status=410
        )
    form = PasswordForm(request.POST or None)
    if form.is_bound and saved(
        form,
        lambda: services.accept_invitation(token=token, password=form.cleaned_data["password"]),
    ):
        person.refresh_from_db()
        sign_in(request, person)
        return redirect("/")
    bad = 422 if form.is_bound else 200
    return render(request, "people/invitation.html", {"form": form, "person": person}, status=bad)


@require_http_methods(["GET", "POST"])
@signed_in
def person_invite(request: PersonRequest, pk: int) -> HttpResponse:
    """Invite somebody: the link to pass on, and whether it went by mail."""
    require(request.person, Action.INVITE)
    seen = Person.objects.visible_to(request.person).select_related("user", "unit")
    person = get_object_or_404(seen, pk=pk)
    context: dict[str, Any] = {"person": person, "has_mail": services.mail_is_set_up()}
    if request.method == "POST":
        site = request.build_absolute_uri("/")
        try:
            context["invitation"] = services.invite(actor=request.person, person=person, site=site)
        except DomainError as error:
            context["message"] = error.message
    status = 422 if "message" in context else 200
    return render(request, "people/person_invite.html", context, status=status)


@require_POST
@signed_in
def person_account(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop somebody from signing in (`active=no`), or let them again."""
    person = get_object_or_404(Person.objects.visible_to(request.person), pk=pk)
    if request.POST.get("active") == "no":
        services.deactivate_account(actor=request.person, person=person)
        messages.success(request, f"{person} can no longer sign in.")
    else:
        services.reactivate_account(actor=request.person, person=person)
        messages.success(request, f"{person} can sign in again.")
    return redirect("person-roles", person.pk)


@require_GET
@signed_in
def account(request: PersonRequest) -> HttpResponse:
    """One's own account: the e-mail, what protects it, days away, tokens."""
    context = {
        "absences": request.person.absences.filter(end__gte=clock.today()),
        "protection": protection_of(request.user),
        "reminders": RemindersForm(initial={"reminders": request.user.reminders}),
        "tokens": request.person.tokens.good(timezone.now(), clock.today()).count(),
    }
    return render(request, "people/account.html", context)


@require_POST
@signed_in
def account_reminders(request: PersonRequest) -> HttpResponse:
    """When one wants to be reminded by mail."""
    chosen = request.POST.get("reminders", "")
    services.set_reminders(actor=request.person, person=request.person, reminders=chosen)
    messages.success(request, f"Reminders: {User.Reminders(chosen).label}.")
    return redirect("account")
