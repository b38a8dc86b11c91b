"""What is read about one's own account: what protects it, and where one is signed in."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from goldenthread.core.models import AuditRecord, Organisation
from goldenthread.people.models import Person, User

LATELY = 8
DONE = {  # the verbs of services.security, as they are told
    "add authenticator app": "Authenticator app set up",
    "remove authenticator app": "Authenticator app removed",
    "add passkey": "Passkey added",
    "rename passkey": "Passkey renamed",
    "remove passkey": "Passkey removed",
    "make recovery codes": "New recovery codes made",
    "sign out one browser": "One browser signed out",
    "sign out everywhere": "Signed out everywhere",
    "remove second step": "Passkeys, app and recovery codes removed",
}


@dataclass(frozen=True)
class Protection:
    """What stands between an account and somebody who knows its password."""

    passkeys: tuple[Authenticator, ...]
    app: Authenticator | None
    codes_left: int | None  # None: there are none, because there is nothing that they stand in for

    @property
    def has_second_step(self) -> bool:
        return bool(self.passkeys or self.app)

    @property
    def words(self) -> str:
        """What is set up, as it stands in a sentence: "two passkeys and an authenticator app"."""
        keys = len(self.passkeys)
        found = ["a passkey" if keys == 1 else f"{keys} passkeys"] if keys else []
        return " and ".join([*found, *(["an authenticator app"] if self.app else [])])


@dataclass(frozen=True)
class Browser:
    """One browser in which somebody is signed in."""

    pk: int
    browser: str
    address: str
    since: dt.datetime  # in the organisation's time zone
    here: bool


@dataclass(frozen=True)
class Change:
    """One change to the account. `by`: who made it, where it was somebody else."""

    what: str
    at: dt.datetime
    by: str


def protection_of(user: User) -> Protection:
    """One query."""
    found = list(Authenticator.objects.filter(user=user).order_by("created_at"))
    one = {kind.type: kind for kind in found if kind.type != Authenticator.Type.WEBAUTHN}
    codes = one.get(Authenticator.Type.RECOVERY_CODES)
    return Protection(
        passkeys=tuple(kind for kind in found if kind.type == Authenticator.Type.WEBAUTHN),
        app=one.get(Authenticator.Type.TOTP),
        codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
    )


def unused_recovery_codes(user: User) -> list[str]:
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(codes.wrap().get_unused_codes()) if codes else []


def signed_in_browsers(user: User, current_key: str | None) -> list[Browser]:
    """Where the account is signed in now, this browser first, then the newest. Two queries."""
    listed = list(user.sign_ins.order_by("-at"))
    live = Session.objects.filter(
        session_key__in=[one.session_key for one in listed], expire_date__gt=timezone.now()
    )
    valid = {
        one.session_key
        for one in live
        if constant_time_compare(
            one.get_decoded().get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()
        )
    }
    found = [
        Browser(
            pk=one.pk,
            browser=one.browser,
            address=one.address,
            since=_local(one.at),
            here=one.session_key == current_key,
        )
        for one in listed
        if one.session_key in valid
    ]
    return sorted(found, key=lambda one: not one.here)


def lately_changed(user: User) -> list[Change]:
    """The newest changes to the account. Two queries."""
    lines = list(
        AuditRecord.objects.filter(
            subject_type=User._meta.label_lower, subject_id=user.pk
        ).order_by("-pk")[:LATELY]
    )
    people = Person.objects.in_bulk({line.actor_id for line in lines if line.actor_id})
    found = []
    for line in lines:
        actor = people.get(line.actor_id or 0)
        own = actor is not None and actor.user_id == user.pk
        by = "" if own else str(actor or "whoever runs the server")
        found.append(Change(DONE.get(line.verb, line.verb), _local(line.at), by))
    return found


def _local(at: dt.datetime) -> dt.datetime:
    organisation = Organisation.current()
    return at.astimezone(ZoneInfo(organisation.time_zone if organisation else "UTC"))
