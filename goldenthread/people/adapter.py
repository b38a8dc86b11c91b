"""How accounts behave where the library asks: nobody signs themselves up, and letters say who writes."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from goldenthread.core import outbox
from goldenthread.core.models import Organisation

KINDS = {"password_reset_key": "Password reset", "unknown_account": "Password reset"}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "This e-mail and password don’t belong together. Try again, or reset the password.",
        "too_many_login_attempts": "Too many attempts. Wait five minutes, or reset the password.",
        "incorrect_password": "This is not your password now.",
        "enter_current_password": "This is not your password now.",
        "invalid_password_reset": "This link has been used or has expired.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def format_email_subject(self, subject: str) -> str:
        return str(subject)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, as every letter: the page answers before a mail server does."""
        found = {**context, "email": email, "organisation": Organisation.current()}
        letter = self.render_mail(template_prefix, email, found)
        kind = KINDS.get(template_prefix.rpartition("/")[2], "Account")
        outbox.post(kind, to=email, subject=letter.subject, body=letter.body)
