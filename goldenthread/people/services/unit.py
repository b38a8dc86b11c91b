"""Units: adding, renaming, moving them in the tree, their leaders, and ending one."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from goldenthread.core import audit, clock, history, versions
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.people.services.lines import UNITS, one_at_a_time
from goldenthread.people.services.person import (
    checked_external_id,
    checked_name,
    refuse_rise,
    works_here,
)
from goldenthread.permissions import Action, Relation

MOST_FTE = Decimal(1_000_000)


@transaction.atomic
def add_unit(
    *,
    actor: Person,
    name: str,
    parent: Unit | None = None,
    leader: Person | None = None,
    external_id: str = "",
    fte: Decimal | None = None,
) -> Unit:
    """Add a unit, at the top or under `parent`. Leaders, HR partners and administrators.

    Who heads it is a leader by that; nobody makes themself one. `fte`: see `Unit`; None where its people are entered.
    """
    require(actor, Action.ADD_PEOPLE)
    _refuse_ended(parent)
    if leader is not None:
        works_here(leader, "leader")
        if leader == actor and not actor.is_leader and not can(actor, Action.GRANT_ROLES):
            raise DomainError("Ask an administrator to make you the head of a unit.", "leader")
    one_at_a_time()
    unit = Unit.objects.create(
        name=checked_name(name, "name", "A unit"),
        parent=parent,
        leader=leader,
        external_id=checked_external_id(Unit, external_id),
        fte=_checked_fte(fte),
    )
    UNITS.plant(unit, parent)
    after: dict[str, Any] = {"name": unit.name, "parent": parent, "leader": leader}
    if fte is not None:
        after["fte"] = fte
    audit.record(actor, "add unit", unit, after=after)
    _keep_heads_true(leader)
    return unit


@transaction.atomic
def add_units(*, actor: Person, names: Sequence[str]) -> list[Unit]:
    """Add units at the top, as `add_unit` does one, in a number of queries that does not grow with them."""
    require(actor, Action.ADD_PEOPLE)
    one_at_a_time()
    units = [Unit(name=checked_name(name, "name", "A unit")) for name in names]
    Unit.objects.bulk_create(units, batch_size=500)
    UnitClosure.objects.bulk_create(
        (UnitClosure(ancestor=unit, descendant=unit, depth=0) for unit in units), batch_size=500
    )
    history.keep(units)
    nothing: dict[str, Any] = {}
    top = {"parent": None, "leader": None}
    audit.record_all(
        actor, "add unit", [(unit, nothing, {"name": unit.name, **top}) for unit in units]
    )
    return units


@transaction.atomic
def edit_unit(
    *,
    actor: Person,
    unit: Unit,
    name: str,
    parent: Unit | None,
    leader: Person | None,
    fte: Decimal | None,
    version: int | None = None,
) -> Unit:
    """Write a unit as its form has it: name, place in the tree, leader and `fte` together.

    HR partners and administrators; only these come to stand above it by their own change. Raises `LoopRefused`
    with the path, `SavedMeanwhile` when somebody else saved the unit after `version`.
    """
    require(actor, Action.EDIT_UNIT, unit)
    changes = {
        "name": checked_name(name, "name", "A unit"),
        "parent": parent,
        "leader": leader,
        "fte": _checked_fte(fte),
    }
    return _save(actor, "edit unit", unit, changes, version)


@transaction.atomic
def move_unit(*, actor: Person, unit: Unit, parent: Unit | None) -> Unit:
    """Hang a unit, with everything below it, under `parent` or at the top.

    HR partners and administrators. Raises `LoopRefused` with the path.
    """
    require(actor, Action.EDIT_UNIT, unit)
    return _save(actor, "move unit", unit, {"parent": parent})


@transaction.atomic
def set_unit_leader(*, actor: Person, unit: Unit, leader: Person | None) -> Unit:
    """Name who leads a unit, and with it who is a leader. HR partners and administrators."""
    require(actor, Action.EDIT_UNIT, unit)
    return _save(actor, "set unit leader", unit, {"leader": leader})


@transaction.atomic
def end_unit(*, actor: Person, unit: Unit, on: dt.date) -> Unit:
    """End a unit on a day, today at the latest; its history stays. HR partners and administrators.

    Refused while people work in it or other units stand under it: they would hang in the air.
    """
    require(actor, Action.EDIT_UNIT, unit)
    if on > clock.today():
        raise DomainError("Give the day on which the unit ended, not one to come.", "on")
    units = unit.children.filter(ended_on__isnull=True).count()
    people = Person.objects.filter(unit=unit).exclude(end__lt=clock.today()).count()
    held = [
        f"{count} {one if count == 1 else many}"
        for count, one, many in ((people, "person", "people"), (units, "unit", "units"))
        if count
    ]
    if held:
        raise DomainError(f"Move what {unit} still holds first: {' and '.join(held)}.", "on")
    return _save(actor, "end unit", unit, {"ended_on": on})


def _save(
    actor: Person, verb: str, unit: Unit, changes: dict[str, Any], version: int | None = None
) -> Unit:
    before, after = audit.changed(unit, changes)
    if not after:
        return unit
    if "parent" in after:
        one_at_a_time()
        _refuse_ended(after["parent"])
        UNITS.refuse_loop(unit, after["parent"])
    if after.get("leader") is not None:
        works_here(after["leader"], "leader")
    if not unit.relations_to(actor) & {Relation.OWNER, Relation.UNIT_HEAD}:
        for field in after.keys() & {"parent", "leader"}:
            refuse_rise(actor, unit, field, after[field])
    versions.save(unit, after, version=version)
    if "parent" in after:
        UNITS.move(unit, after["parent"])
    audit.record(actor, verb, unit, before=before, after=after)
    if "leader" in after or "ended_on" in after:
        _keep_heads_true(before.get("leader"), unit.leader)
    return unit


def _refuse_ended(parent: Unit | None) -> None:
    if parent is not None and parent.ended_on is not None:
        raise DomainError(f"{parent} has ended. Choose a unit that exists.", "parent")


def _checked_fte(fte: Decimal | None) -> Decimal | None:
    if fte is None:
        return None
    if not fte.is_finite() or not 0 < fte <= MOST_FTE:
        raise DomainError(
            "Give full-time equivalents above 0, up to a million; nothing where its people are entered.",
            "fte",
        )
    if fte != round(fte, 2):
        raise DomainError("Give full-time equivalents with at most two decimal places.", "fte")
    return fte


def _keep_heads_true(*people: Person | None) -> None:
    """Set `heads_unit` of those who lead a unit now, or did until now."""
    leads = Exists(Unit.objects.filter(leader=OuterRef("pk"), ended_on__isnull=True))
    concerned = [person for person in people if person is not None]
    Person.objects.filter(pk__in=[person.pk for person in concerned]).update(heads_unit=leads)
    for person in concerned:
        person.refresh_from_db(fields=["heads_unit"])
