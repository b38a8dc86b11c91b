"""What protects one's own account: passkeys, an authenticator app, recovery codes, and where one is signed in.

Each change is told to the person by letter. The audit trail keeps it with the account, not with the person: a
colleague who reads a person's history does not learn how they sign in.
"""

import secrets
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string

from goldenthread.core import audit, outbox
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.people.browsers import browser_words
from goldenthread.people.models import Person, SignIn, User
from goldenthread.permissions import Action

Kind = Authenticator.Type


@transaction.atomic
def add_app(*, actor: Person, secret: str, where: str) -> bool:
    """Ask for a code of the authenticator app at sign-in from now on; its code has been checked by the form.

    Oneself only. Returns whether recovery codes were made with it, which are then to be shown.
    """
    user = _own(actor)
    if Authenticator.objects.filter(user=user, type=Kind.TOTP).exists():
        raise DomainError("An authenticator app is set up already. Remove it first.")
    TOTP.activate(user, secret)
    return _added(actor, user, "add authenticator app", "An authenticator app was set up.", where)


@transaction.atomic
def remove_app(*, actor: Person, where: str) -> None:
    """Ask for no code of the app any more. Oneself only."""
    user = _own(actor)
    removed, _ = Authenticator.objects.filter(user=user, type=Kind.TOTP).delete()
    if removed:
        words = "The authenticator app was removed."
        _removed(actor, user, "remove authenticator app", words, where)


@transaction.atomic
def add_passkey(*, actor: Person, name: str, credential: dict[str, Any], where: str) -> bool:
    """Let a passkey sign in; its form has checked what the device answered. Oneself only.

    Returns whether recovery codes were made with it, which are then to be shown.
    """
    user = _own(actor)
    WebAuthn.add(user, name, credential)
    return _added(actor, user, "add passkey", f"A passkey was added: {name}.", where)


@transaction.atomic
def rename_passkey(*, actor: Person, passkey: Authenticator, name: str) -> None:
    """Call a passkey something else. Its owner only."""
    _owned(actor, passkey)
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])
    audit.record(actor, "rename passkey", passkey.user)


@transaction.atomic
def remove_passkey(*, actor: Person, passkey: Authenticator, where: str) -> None:
    """Let a passkey sign in no more. Its owner only."""
    user = _owned(actor, passkey)
    passkey.delete()
    _removed(actor, user, "remove passkey", f"A passkey was removed: {passkey}.", where)


@transaction.atomic
def renew_recovery_codes(*, actor: Person, where: str) -> None:
    """Make ten new recovery codes; the old ones are void. Oneself only."""
    user = _own(actor)
    if not _factors(user).exists():
        raise DomainError("Recovery codes stand in for a passkey or an app. Set up one first.")
    Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    audit.record(actor, "make recovery codes", user)
    tell(user, "New recovery codes were made; the old ones no longer work.", where)


@transaction.atomic
def sign_out(*, actor: Person, browser: SignIn) -> None:
    """End one session of one's own, on whatever device it is."""
    require(actor, Action.SECURE_ACCOUNT, browser.user.person)
    Session.objects.filter(session_key=browser.session_key).delete()
    browser.delete()
    audit.record(actor, "sign out one browser", browser.user)


@transaction.atomic
def sign_out_everywhere(*, actor: Person) -> None:
    """End every session of one's own, also those that no list knows; this one too, unless it is renewed."""
    user = _own(actor)
    _end_sessions(user)
    audit.record(actor, "sign out everywhere", user)


@transaction.atomic
def remove_second_step(*, actor: Person | None, person: Person) -> None:
    """Take all passkeys, the app and the recovery codes from somebody who is locked out, and end their sessions.

    Administrators only, and not their own: that is what their recovery codes are for. `actor` is None on the
    command line of the server. The person is told by letter.
    """
    if actor is not None:
        require(actor, Action.GRANT_ROLES)
        if actor.pk == person.pk:
            raise DomainError("Your own second step is on your page of security.")
    user = _locked(person)
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise DomainError(f"{person} signs in with the password alone already.")
    _end_sessions(user)
    audit.record(actor, "remove second step", user)
    by = f"{actor}, an administrator" if actor else "Whoever runs the server"
    tell(user, f"{by}, has removed your passkeys, authenticator app and recovery codes.", "")


def list_sign_in(request: HttpRequest, user: User) -> None:
    """Note the browser that has just been signed in with; what has ended of the account's leaves the list."""
    live = Session.objects.values("session_key")
    user.sign_ins.exclude(session_key__in=live).delete()
    if not request.session.session_key:
        request.session.save()
    user.sign_ins.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "browser": browser_words(request.META.get("HTTP_USER_AGENT", "")),
            "address": get_adapter(request).get_client_ip(request),
        },
    )


def whereabouts(request: HttpRequest) -> str:
    """Where a request comes from, for the letter that tells of a change."""
    browser = browser_words(request.META.get("HTTP_USER_AGENT", ""))
    return f"{browser}, at {get_adapter(request).get_client_ip(request)}"


def tell(user: User, what: str, where: str) -> None:
    """Write to the person what happened to their account, in the transaction in which it did."""
    if outbox.mail_is_set_up():
        words = {"what": what, "where": where, "organisation": Organisation.current()}
        text = render_to_string("people/mail/security.txt", words)
        subject = "Your Goldenthread account was changed"
        outbox.post("Security", to=user.email, subject=subject, body=text)


def _own(actor: Person) -> User:
    require(actor, Action.SECURE_ACCOUNT, actor)
    return _locked(actor)


def _owned(actor: Person, passkey: Authenticator) -> User:
    require(actor, Action.SECURE_ACCOUNT, passkey.user.person)
    return _locked(actor)


def _locked(person: Person) -> User:
    """The account, for whoever comes first: two clicks at once make no second app and no second set of codes."""
    if person.user_id is None:
        raise DomainError(f"{person} has no account.")
    return User.objects.select_for_update().get(pk=person.user_id)


def _factors(user: User) -> Any:
    return Authenticator.objects.filter(user=user).exclude(type=Kind.RECOVERY_CODES)


def _added(actor: Person, user: User, verb: str, words: str, where: str) -> bool:
    codes = Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).exists()
    RecoveryCodes.activate(user)
    audit.record(actor, verb, user)
    tell(user, f"{words} From now on a password alone does not let anybody in.", where)
    return not codes


def _removed(actor: Person, user: User, verb: str, words: str, where: str) -> None:
    """Codes without anything that they stand in for go too."""
    if not _factors(user).exists():
        Authenticator.objects.filter(user=user).delete()
        words = f"{words} The password alone now lets in whoever knows it."
    audit.record(actor, verb, user)
    tell(user, words, where)


def _end_sessions(user: User) -> None:
    user.sessions_key = secrets.token_hex(16)
    user.save(update_fields=["sessions_key"])
    Session.objects.filter(session_key__in=user.sign_ins.values("session_key")).delete()
    user.sign_ins.all().delete()
