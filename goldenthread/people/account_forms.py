"""The account library's forms with our labels, and hints instead of placeholders."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from django.http import HttpRequest

PASSWORD_HINT = "At least ten characters, not one that many people use."  # noqa: S105


class _InOurWords:
    LABELS: dict[str, str] = {}
    HINTS: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]  # a mixin of forms
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.LABELS.get(name, field.label)
            field.help_text = self.HINTS.get(name, "")


class SignIn(_InOurWords, forms.LoginForm):
    LABELS = {"login": "E-mail", "password": "Password"}


class AskForReset(_InOurWords, forms.ResetPasswordForm):
    """Whoever asks gets a letter, account or not, so that nobody learns who has one."""

    LABELS = {"email": "E-mail"}

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        if self.users:
            super().save(request, **kwargs)
        else:
            get_adapter().send_mail("account/email/unknown_account", email, {})
        return email


class ResetPassword(_InOurWords, forms.ResetPasswordKeyForm):
    LABELS = {"password1": "New password", "password2": "New password again"}
    HINTS = {"password1": PASSWORD_HINT}


class ChangePassword(_InOurWords, forms.ChangePasswordForm):
    LABELS = {"oldpassword": "Password now", **ResetPassword.LABELS}
    HINTS = ResetPassword.HINTS
