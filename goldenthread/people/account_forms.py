"""The account library's forms with our labels, and hints instead of placeholders."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as code_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as passkey_forms
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.http import HttpRequest

NO_DEVICE = "This is not what a device answers. Try again."
MALFORMED = (KeyError, ValueError, TypeError, AttributeError)
PASSWORD_HINT = "At least ten characters, not one that many people use."  # noqa: S105 (a hint, no password)


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


class ConfirmByPassword(_InOurWords, forms.ReauthenticateForm):
    LABELS = {"password": "Password"}


class _Code(_InOurWords):
    LABELS = {"code": "Code"}
    HINTS = {"code": "Six figures from the app, or eight of a recovery code."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs["inputmode"] = "numeric"  # type: ignore[attr-defined]  # allauth says no types


class SecondStep(_Code, code_forms.AuthenticateForm):
    """After the password."""


class ConfirmByCode(_Code, code_forms.ReauthenticateForm):
    """Before a change to the account."""


class SetUpApp(_Code, ActivateTOTPForm):
    """The first code of an authenticator app: proof that it has the secret."""

    HINTS = {"code": "The six figures that the app shows now."}


class AddPasskey(_InOurWords, passkey_forms.AddWebAuthnForm):
    """What the device answered, and how its owner calls it."""

    LABELS = {"name": "Name"}
    HINTS = {"name": "By which you know it again, such as the device that it is on."}
    name = CharField(required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("passwordless")  # every one of ours is

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except MALFORMED as error:
            raise ValidationError(NO_DEVICE) from error


class _FromDevice:
    """The library takes what is sent for what a device answers, and breaks over anything else."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]  # a mixin of forms
        except MALFORMED as error:
            raise ValidationError(NO_DEVICE) from error


class SignInByPasskey(_FromDevice, passkey_forms.LoginWebAuthnForm):
    pass


class SecondStepByPasskey(_FromDevice, passkey_forms.AuthenticateWebAuthnForm):
    pass


class ConfirmByPasskey(_FromDevice, passkey_forms.ReauthenticateWebAuthnForm):
    pass
