"""How accounts behave where the library asks: nobody signs themselves up, and letters say who writes."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from goldenthread.core import outbox
from goldenthread.core.models import Organisation
from goldenthread.people.browsers import browser_words
from goldenthread.people.models import User

SALT = b"goldenthread.people.second-step"
TOLD = {
    "account/email/password_changed": "The password of your account was changed.",
    "account/email/password_reset": "The password of your account was replaced over a link from a letter.",
}

KINDS = {"password_reset_key": "Password reset", "unknown_account": "Password reset"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail and password don’t belong together. Try again, or reset the password.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, then try again.",
        "incorrect_password": "This is not your password now.",
        "enter_current_password": "This is not your password now.",
        "invalid_password_reset": "This link has been used or has expired.",
    }
    WAYS_TO_CONFIRM = {
        "reauthenticate": "Use your password",
        "mfa_reauthenticate": "Use a code",
        "mfa_reauthenticate:webauthn": "Use a passkey",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def login(self, request: HttpRequest, user: Any) -> None:
        """Every way in comes through here: form, passkey, invitation, founding."""
        from goldenthread.people.services.security import list_sign_in

        super().login(request, user)
        list_sign_in(request, user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account-security")

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, str]]:
        ways: list[dict[str, str]] = super().get_reauthentication_methods(user)
        return [way | {"description": self.WAYS_TO_CONFIRM[way["id"]]} for way in ways]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, as every letter: the page answers before a mail server does."""
        found = {**context, "email": email, "organisation": Organisation.current()}
        letter = self.render_mail(template_prefix, email, found)
        kind = KINDS.get(template_prefix.rpartition("/")[2], "Account")
        outbox.post(kind, to=email, subject=letter.subject, body=letter.body)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What the library changes itself; everything else is told by the service that does it."""
        from goldenthread.people.services.security import tell, whereabouts

        if template_prefix in TOLD:
            tell(user, TOLD[template_prefix], whereabouts(self.request))


class SecondStepAdapter(DefaultMFAAdapter):
    """The second step in our words. Its secrets are encrypted with the key of this installation."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "This code is not right, or no longer. Codes change every thirty seconds.",
    }

    def get_totp_issuer(self) -> str:
        return self._get_site_name()

    def _get_site_name(self) -> str:
        organisation = Organisation.current()
        return f"Goldenthread, {organisation}" if organisation else "Goldenthread"

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        from allauth.core import context

        return browser_words(context.request.META.get("HTTP_USER_AGENT", ""))

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one that no code fits, where another installation's key closed it."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(generate_totp_secret())


def _cipher() -> Fernet:
    key = hashlib.sha256(SALT + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
