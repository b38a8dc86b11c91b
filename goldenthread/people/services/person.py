"""People: adding and editing them, reporting lines, absences, roles, and leaving."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Record
from goldenthread.people.models import (
    Absence,
    Person,
    ReportingClosure,
    Unit,
    UnitClosure,
    line_above,
)
from goldenthread.people.services.lines import REPORTING, one_at_a_time
from goldenthread.permissions import Action

MOST_FTE = Decimal(2)


class PersonFields(TypedDict, total=False):
    """What can be changed about a person; what is left out stays."""

    name: str
    email: str
    unit: Unit | None
    manager: Person | None
    position: str
    level: str
    fte: Decimal
    start: dt.date | None
    end: dt.date | None
    external_id: str


@transaction.atomic
def add_person(
    *,
    actor: Person,
    name: str,
    email: str = "",
    unit: Unit | None = None,
    manager: Person | None = None,
    position: str = "",
    level: str = "",
    fte: Decimal = Decimal(1),
    start: dt.date | None = None,
    end: dt.date | None = None,
    external_id: str = "",
) -> Person:
    """Add somebody who works here, without an account. Leaders, HR partners and administrators."""
    require(actor, Action.ADD_PEOPLE)
    fields = PersonFields(
        name=name,
        email=email,
        unit=unit,
        manager=manager,
        position=position,
        level=level,
        fte=fte,
        start=start,
        end=end,
        external_id=external_id,
    )
    one_at_a_time()
    values = checked_fields(None, fields)
    person = Person.objects.create(**values)
    REPORTING.plant(person, manager)
    after = {key: value for key, value in values.items() if value not in ("", None)}
    audit.record(actor, "add person", person, after=after)
    return person


@transaction.atomic
def edit_person(
    *, actor: Person, person: Person, version: int | None = None, **changes: Unpack[PersonFields]
) -> Person:
    """Change what is given about somebody, their manager included. HR partners and administrators.

    The e-mail of somebody with an account opens that account, so only administrators change it. Nobody else
    comes to stand above the person by their own change. Raises `LoopRefused` with the path, `SavedMeanwhile`
    when somebody else saved the person after `version`.
    """
    require(actor, Action.EDIT_PERSON, person)
    values = checked_fields(person, changes)
    opens_account = person.user is not None and values.get("email", person.email) != person.email
    if opens_account and not can(actor, Action.GRANT_ROLES):
        raise DomainError(
            f"{person} signs in with {person.email}. Ask an administrator to change it.", "email"
        )
    return write_person(actor, "edit person", person, values, version)


@transaction.atomic
def set_manager(*, actor: Person, person: Person, manager: Person | None) -> Person:
    """Say who somebody reports to, as `edit_person` would."""
    require(actor, Action.EDIT_PERSON, person)
    return write_person(
        actor, "set manager", person, checked_fields(person, PersonFields(manager=manager))
    )


@transaction.atomic
def leave(*, actor: Person, person: Person, on: dt.date) -> Person:
    """Somebody's last day here. What they did and agreed stays; from the next day they can't sign in.

    HR partners and administrators. The last administrator stays until there is another.
    """
    require(actor, Action.EDIT_PERSON, person)
    return write_person(actor, "leave", person, checked_fields(person, {"end": on}))


@transaction.atomic
def record_absence(*, actor: Person, person: Person, start: dt.date, end: dt.date) -> Absence:
    """Note days on which somebody is away, for planning, never why. They, the line above, HR."""
    require(actor, Action.RECORD_ABSENCE, person)
    if end < start:
        raise DomainError("The last day away comes before the first.", "end")
    absence = Absence.objects.create(person=person, start=start, end=end)
    audit.record(actor, "record absence", person, after={"start": start, "end": end})
    return absence


@transaction.atomic
def remove_absence(*, actor: Person, absence: Absence) -> None:
    """Take back days noted as away; whoever may note them may."""
    require(actor, Action.RECORD_ABSENCE, absence.person)
    before = {"start": absence.start, "end": absence.end}
    audit.record(actor, "remove absence", absence.person, before=before)
    absence.delete()


@transaction.atomic
def grant_roles(*, actor: Person, person: Person, leader: bool, hr: bool, admin: bool) -> Person:
    """Say which roles somebody holds by grant. Administrators only.

    Who heads a unit or sponsors a priority leads without a grant. The last administrator who can sign in
    can't be removed.
    """
    require(actor, Action.GRANT_ROLES)
    if person.is_admin and not admin:
        keep_an_administrator(person)
    changes = {"granted_leader": leader, "is_hr": hr, "is_admin": admin}
    return write_person(actor, "grant roles", person, changes)


def set_sponsor_flag(*, person: Person, sponsors: bool) -> None:
    """Keep `Person.sponsors` true. Part of the service that sets a priority's sponsor, which asks and records."""
    Person.objects.filter(pk=person.pk).update(sponsors=sponsors)
    person.sponsors = sponsors


def keep_an_administrator(person: Person) -> None:
    """Raise `DomainError` if without this person no administrator could sign in, or one day none would be left."""
    one_at_a_time()  # two who go at once would each count on the other
    others = Person.objects.filter(is_admin=True, user__is_active=True, end__isnull=True)
    if not others.exclude(pk=person.pk).working(clock.today()).exists():
        raise DomainError(
            f"{person} is the last administrator who can sign in and stays. Name another one first."
        )


def works_here(person: Person, field: str) -> None:
    """Refuse somebody who has left where somebody is to be named for something."""
    if person.end is not None and person.end < clock.today():
        raise DomainError(f"{person} has left. Choose somebody who works here.", field)


def rise_refused(over: Person | Unit, field: str) -> DomainError:
    return DomainError(
        f"That would place you above {over}. Ask an administrator to make the change.", field
    )


def refuse_rise(
    actor: Person, over: Person | Unit, field: str, below: Person | Unit | None
) -> None:
    """Refuse a change by which whoever makes it would come to stand above `over`, by hanging it `below`.

    Who stands above writes objectives; an HR partner who edits lines does not (product.md, rule 7). An
    administrator grants every role and so may.
    """
    if below is None or can(actor, Action.GRANT_ROLES):
        return
    if isinstance(below, Person):
        rises = (
            below == actor or ReportingClosure.objects.filter(manager=actor, report=below).exists()
        )
    else:
        rises = UnitClosure.objects.filter(ancestor__leader=actor, descendant=below).exists()
    if rises:
        raise rise_refused(over, field)


def checked_name(name: str, field: str, what: str) -> str:
    """The name without needless spaces; refused when empty or longer than 200 characters."""
    name = " ".join(name.split())
    if not name:
        raise DomainError(f"{what} needs a name.", field)
    if len(name) > 200:
        raise DomainError("Keep the name to 200 characters.", field)
    return name


def normal_email(email: str) -> str:
    """The e-mail in small letters, or empty; refused when it isn't one."""
    email = email.strip().lower()
    if email:
        try:
            validate_email(email)
        except ValidationError as error:
            raise DomainError(f"“{email}” is not an e-mail address.", "email") from error
    return email


def checked_email(email: str, person: Person | None = None) -> str:
    """The e-mail in small letters, or empty; refused when it isn't one or is somebody else's."""
    email = normal_email(email)
    if not email:
        return ""
    taken = Person.objects.filter(email=email)
    if other := (taken.exclude(pk=person.pk) if person else taken).first():
        raise DomainError(f"{other} has the e-mail {email} already.", "email")
    return email


def checked_external_id(model: type[Record], external_id: str, record: Record | None = None) -> str:
    """The name that another system gives the record; refused when another record has it."""
    external_id = external_id.strip()
    taken = model._default_manager.filter(external_id=external_id)
    if external_id and (other := (taken.exclude(pk=record.pk) if record else taken).first()):
        raise DomainError(f"{other} has the identifier {external_id} already.", "external_id")
    return external_id


def checked_fields(person: Person | None, fields: PersonFields) -> dict[str, Any]:
    """The fields given, cleaned; refused with the field where one can't be used."""
    values: dict[str, Any] = dict(fields)
    if "name" in values:
        values["name"] = checked_name(values["name"], "name", "A person")
    if "email" in values:
        values["email"] = checked_email(values["email"], person)
        if person and person.user and not values["email"]:
            raise DomainError(f"{person} signs in with this e-mail, so it can't be empty.", "email")
    if "external_id" in values:
        values["external_id"] = checked_external_id(Person, values["external_id"], person)
    if "fte" in values:
        _check_fte(values["fte"])
    unit, manager = values.get("unit"), values.get("manager")
    if unit is not None and unit.ended_on is not None and unit != (person and person.unit):
        raise DomainError(f"{unit} has ended. Choose a unit that exists.", "unit")
    if manager is not None and manager != (person and person.manager):
        works_here(manager, "manager")
    start = values.get("start", person.start if person else None)
    end = values.get("end", person.end if person else None)
    if start and end and end < start:
        raise DomainError(f"The last day comes before the first, {start:%-d %B %Y}.", "end")
    if person and person.is_admin and end and end != person.end:
        keep_an_administrator(person)
    return values


def _check_fte(fte: Decimal) -> None:
    if not fte.is_finite() or not 0 < fte <= MOST_FTE:
        raise DomainError("Give full-time equivalents above 0, up to 2; full time is 1.", "fte")
    if fte != round(fte, 2):
        raise DomainError("Give full-time equivalents with at most two decimal places.", "fte")


def write_person(
    actor: Person, verb: str, person: Person, changes: dict[str, Any], version: int | None = None
) -> Person:
    """Write what differs, with the reporting line and the account that hang on it. Asks for no permission."""
    before, after = audit.changed(person, changes)
    if not after:
        return person
    if "manager" in after:
        one_at_a_time()
        REPORTING.refuse_loop(person, after["manager"])
    if person != actor and not line_above(person, actor):
        for field in after.keys() & {"manager", "unit"}:
            refuse_rise(actor, person, field, after[field])
    versions.save(person, after, version=version)
    if "manager" in after:
        REPORTING.move(person, after["manager"])
    if "email" in after and person.user is not None:
        person.user.email = person.email
        person.user.save(update_fields=["email"])
        EmailAddress.objects.filter(
            user=person.user
        ).delete()  # what allauth remembers of the old one
    audit.record(actor, verb, person, before=before, after=after)
    return person
