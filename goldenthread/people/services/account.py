"""Accounts: by invitation only, so that who signs in is always somebody who works here."""

from dataclasses import dataclass

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from goldenthread.core import audit, clock, outbox, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Job, Organisation
from goldenthread.core.outbox import mail_is_set_up
from goldenthread.people.models import Person, User, line_above
from goldenthread.people.services.lines import one_at_a_time
from goldenthread.people.services.person import keep_an_administrator
from goldenthread.permissions import Action

VALID_DAYS = 7
SALT = "goldenthread.people.invitation"


@dataclass(frozen=True)
class Invitation:
    """A link that lets one person choose a password; `job` sends it to them, where mail is set up."""

    person: Person
    link: str
    job: Job | None


@transaction.atomic
def set_reminders(*, actor: Person, person: Person, reminders: str) -> None:
    """Choose when mail tells of what waits. Oneself only; `reminders` is one of `User.Reminders`."""
    require(actor, Action.SET_REMINDERS, person)
    if reminders not in User.Reminders.values or person.user is None:
        raise DomainError("Choose when you want to be reminded.", "reminders")
    person.user.reminders = reminders
    person.user.save(update_fields=["reminders"])
    audit.record(actor, "choose reminders", person, note=User.Reminders(reminders).label)


def invite(*, actor: Person, person: Person, site: str) -> Invitation:
    """Make the link with which somebody without an account chooses a password, and mail it to them.

    `site` is the address of this installation, such as https://thread.example. The link is valid for seven
    days and until the next invitation. It works without a mail server: whoever invites passes it on.
    Leaders, HR partners and administrators. Who holds the link could use it: so HR partners and administrators
    are invited by administrators only, leaders and managers also by those who stand above them.
    """
    require(actor, Action.INVITE)
    has_say = person.is_leader or person.reports.exists()
    if person.is_hr or person.is_admin or (has_say and not line_above(person, actor)):
        require(actor, Action.GRANT_ROLES)
    if person.user is not None:
        raise DomainError(f"{person} has an account already. A lost password is reset by mail.")
    if not person.email:
        raise DomainError(f"{person} needs an e-mail before an invitation.", "email")
    if person.end is not None and person.end < clock.today():
        raise DomainError(f"{person} has left.")
    with transaction.atomic():
        versions.save(person, {"invited_at": timezone.now()})
        audit.record(actor, "invite", person)
        link = site.rstrip("/") + reverse("invitation", args=[_token(person)])
        job = _mail(actor, person, link) if mail_is_set_up() else None
    return Invitation(person, link, job)


def invited(token: str) -> Person:
    """Whom an invitation is for. Raises `DomainError` with what to do when it is no longer good."""
    try:
        pk, email, at = signing.loads(token, salt=SALT, max_age=VALID_DAYS * 86_400)
    except signing.SignatureExpired as error:
        raise DomainError("This invitation has expired. Ask for a new one.") from error
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise DomainError("This is not a whole invitation link. Copy all of it.") from error
    person = Person.objects.select_related("user").filter(pk=pk).first()
    if person is not None and person.user is not None:
        raise DomainError("This invitation has been used. Sign in with your e-mail and password.")
    if person is None or (person.email, _moment(person)) != (email, at):
        raise DomainError("This invitation has been replaced. Use the newest one, or ask for it.")
    if person.end is not None and person.end < clock.today():
        raise DomainError("This invitation is no longer valid. Ask your manager.")
    return person


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> Person:
    """Make the account of the person invited, with the password they chose. The token is the permission."""
    one_at_a_time()  # a second click finds the account made
    person = invited(token)
    checked_password(password, User(email=person.email))
    if User.objects.filter(email=person.email).exists():
        raise DomainError("There is an account with this e-mail already. Ask your administrator.")
    versions.save(person, {"user": User.objects.create_user(person.email, password)})
    audit.record(person, "accept invitation", person)
    return person


@transaction.atomic
def deactivate_account(*, actor: Person, person: Person) -> Person:
    """Stop somebody from signing in, at once, also where they are signed in now. Administrators only."""
    require(actor, Action.GRANT_ROLES)
    if person.is_admin:
        keep_an_administrator(person)
    return _set_active(actor, "deactivate account", person, False)


@transaction.atomic
def reactivate_account(*, actor: Person, person: Person) -> Person:
    """Let somebody sign in again. Administrators only."""
    require(actor, Action.GRANT_ROLES)
    return _set_active(actor, "reactivate account", person, True)


def checked_password(password: str, user: User) -> str:
    """The password, refused with every reason when it is too easy to guess."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise DomainError(" ".join(error.messages), "password") from error
    return password


def _set_active(actor: Person, verb: str, person: Person, active: bool) -> Person:
    if person.user is None:
        raise DomainError(f"{person} has no account.")
    if person.user.is_active != active:
        person.user.is_active = active
        person.user.save(update_fields=["is_active"])
        audit.record(actor, verb, person)
    return person


def _moment(person: Person) -> int:
    return int(person.invited_at.timestamp() * 1000) if person.invited_at else 0


def _token(person: Person) -> str:
    return signing.dumps([person.pk, person.email, _moment(person)], salt=SALT)


def _mail(actor: Person, person: Person, link: str) -> Job:
    organisation = Organisation.current()
    words = {
        "actor": actor,
        "person": person,
        "link": link,
        "days": VALID_DAYS,
        "organisation": organisation,
    }
    return outbox.post(
        "Invitation",
        to=person.email,
        subject=f"{actor} invites you to {organisation} on Goldenthread",
        body=render_to_string("people/mail/invitation.txt", words),
        actor=actor,
    )
