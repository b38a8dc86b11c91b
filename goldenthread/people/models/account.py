"""Accounts: how somebody signs in, and where they are signed in."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from goldenthread.core.models import Audited


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None) -> "User":
        """An account; without a password it can be signed in to only through an invitation or reset."""
        user = self.model(email=self.normalize_email(email).lower())
        user.set_password(password)
        user.save()
        return user


class User(Audited, AbstractBaseUser):
    """An account: how somebody signs in. Who they are is the `Person` it belongs to."""

    class Reminders(models.TextChoices):
        DAILY = "daily", "When something new is due, once a day at most"
        WEEKLY = "weekly", "On Mondays"
        OFF = "off", "Never"

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    reminders = models.CharField(max_length=6, choices=Reminders.choices, default=Reminders.DAILY)
    sessions_key = models.CharField(max_length=32, blank=True, default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What every session of the account must carry: a new `sessions_key` ends them all, listed or not."""
        if not self.sessions_key:
            return str(super()._get_session_auth_hash(secret))  # type: ignore[misc]  # Django's own hook
        return salted_hmac(
            "goldenthread.people.models.User.sessions",
            self.password + self.sessions_key,
            secret=secret,
            algorithm="sha256",
        ).hexdigest()


class SignIn(models.Model):
    """A browser in which somebody is signed in: when it began, from where, and what the browser calls itself."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    browser = models.CharField(max_length=60)
    address = models.GenericIPAddressField()

    def __str__(self) -> str:
        return self.browser
