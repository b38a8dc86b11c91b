"""What an objective needs of another unit: asked, accepted with a promise or declined, delivered, taken back."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.models import Dependency, Objective
from goldenthread.objectives.states import State as ObjectiveState
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.permissions import Action
from goldenthread.strategy.services.checks import kept, words

State = Dependency.State
TO_ANSWER = dt.timedelta(days=14)
LONGEST, LONGEST_REASON = 300, 2000
MOST_FTE = Decimal(9999)
FIELDS = ("objective", "needs", "unit", "delivers", "needed_by", "effort_fte", "answer_by")


def unit_of(objective: Objective) -> Unit | None:
    """The unit that an objective belongs to: its own, or that of the person who owns it."""
    owner = objective.owner_person
    return objective.owner_unit or (owner.unit if owner is not None else None)


@transaction.atomic
def ask_unit(
    *,
    actor: Person,
    objective: Objective,
    needs: str,
    unit: Unit,
    needed_by: dt.date,
    effort_fte: Decimal | None = None,
    delivers: Objective | None = None,
    answer_by: dt.date | None = None,
) -> Dependency:
    """Ask another unit for what an objective needs by a day; in full-time equivalents what it takes, where known.

    An answer is wanted within 14 days, or by the day it is needed, unless another day is given. Permission: who
    answers for the objective, and their line. Raises `DomainError`.
    """
    require(actor, Action.ASK_UNIT, objective)
    if objective.state == ObjectiveState.UNCONFIRMED:
        raise DomainError("Confirm the objective first: nobody has taken it on yet.")
    _to_come(needed_by, "needed_by")
    if answer_by is not None:
        _to_come(answer_by, "answer_by")
    return _asked(
        actor,
        "ask another unit",
        objective=objective,
        needs=needs,
        unit=unit,
        needed_by=needed_by,
        effort_fte=effort_fte,
        delivers=delivers,
        answer_by=answer_by,
        asked_by=actor,
    )


@transaction.atomic
def bring_in_dependency(
    *, actor: Person, source: str = "", external_id: str = "", **fields: Any
) -> Dependency:
    """Write one out of a file as asked: whatever was answered elsewhere, the unit answers here.

    Its days may be over. Permission: who may import. Raises `DomainError`.
    """
    require(actor, Action.IMPORT)
    fields |= {"source": source[:200], "external_id": external_id, "asked_by": None}
    return _asked(actor, "import dependency", **fields)


@transaction.atomic
def redraft_dependency(*, actor: Person, dependency: Dependency, **changes: Any) -> Dependency:
    """Bring one that came out of a file, and that nobody has answered, to what the file says now."""
    require(actor, Action.IMPORT)
    if dependency.state != State.ASKED or dependency.asked_by_id is not None:
        raise NotAllowed("It is asked or answered here. Change it on its page.")
    if "needs" in changes:
        changes["needs"] = words(changes["needs"], "needs", at_most=LONGEST)
    if "effort_fte" in changes:
        _effort(changes["effort_fte"])
    unit, delivers = (changes.get(name, getattr(dependency, name)) for name in ("unit", "delivers"))
    _check_ends(dependency.objective, unit, delivers)
    return _save(actor, "redraft dependency", dependency, changes)


def _asked(
    actor: Person,
    verb: str,
    *,
    objective: Objective,
    needs: str,
    unit: Unit,
    needed_by: dt.date,
    effort_fte: Decimal | None = None,
    delivers: Objective | None = None,
    answer_by: dt.date | None = None,
    **given: Any,
) -> Dependency:
    if objective.is_closed:
        raise DomainError("This objective is closed; it needs nothing any more.")
    _check_ends(objective, unit, delivers)
    _effort(effort_fte)
    made = Dependency.objects.create(
        objective=objective,
        needs=words(needs, "needs", at_most=LONGEST),
        unit=unit,
        delivers=delivers,
        needed_by=needed_by,
        effort_fte=effort_fte,
        answer_by=answer_by or _term(needed_by),
        asked_on=clock.today(),
        **given,
    )
    audit.record(actor, verb, made, after=kept(made, *FIELDS))
    return made


@transaction.atomic
def accept_dependency(
    *,
    actor: Person,
    dependency: Dependency,
    promised_on: dt.date,
    delivers: Objective | None = None,
    version: int | None = None,
) -> Dependency:
    """Promise it for a day, and name the objective out of which it comes, where there is one.

    What was declined, or promised for another day, may be promised anew. Permission: who leads the unit asked, or one
    above it. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.ANSWER_DEPENDENCY, dependency)
    _not_over(dependency)
    _to_come(promised_on, "promised_on")
    if delivers is not None and delivers.pk != dependency.delivers_id:
        _check_ends(dependency.objective, dependency.unit, delivers)
    changes = {
        "state": State.ACCEPTED,
        "promised_on": promised_on,
        "delivers": delivers,
        "answered_by": actor,
        "answered_on": clock.today(),
        "reason": "",
    }
    return _save(actor, "accept dependency", dependency, changes, version)


@transaction.atomic
def decline_dependency(
    *, actor: Person, dependency: Dependency, reason: str, version: int | None = None
) -> Dependency:
    """Say that the unit does not do it, and why. Permission: who leads the unit asked, or one above it."""
    require(actor, Action.ANSWER_DEPENDENCY, dependency)
    _not_over(dependency)
    if dependency.state == State.DECLINED:
        raise DomainError("This is declined already.")
    changes = {
        "state": State.DECLINED,
        "reason": _said(reason, "Say why, so that the other side can look elsewhere."),
        "promised_on": None,
        "answered_by": actor,
        "answered_on": clock.today(),
    }
    return _save(actor, "decline dependency", dependency, changes, version)


@transaction.atomic
def reword_dependency(
    *,
    actor: Person,
    dependency: Dependency,
    needs: str,
    needed_by: dt.date,
    effort_fte: Decimal | None = None,
    version: int | None = None,
) -> Dependency:
    """Say anew what is needed, by when, and what it takes. What was accepted or declined is asked again: the unit
    answers what is needed now, and the former wording stays in the history.

    Permission: who answers for the objective, and their line. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.WITHDRAW_DEPENDENCY, dependency)
    _not_over(dependency)
    _effort(effort_fte)
    if needed_by != dependency.needed_by:
        _to_come(needed_by, "needed_by")
    changes: dict[str, Any] = {
        "needs": words(needs, "needs", at_most=LONGEST),
        "needed_by": needed_by,
        "effort_fte": effort_fte,
    }
    if not audit.changed(dependency, changes)[1]:
        return dependency
    if dependency.state != State.ASKED:
        again = {"state": State.ASKED, "promised_on": None, "reason": ""}
        changes |= again | {"answer_by": _term(needed_by)}
    return _save(actor, "reword dependency", dependency, changes, version)


@transaction.atomic
def deliver_dependency(
    *, actor: Person, dependency: Dependency, version: int | None = None
) -> Dependency:
    """Say that it is there. Permission: either side, and who answers for the objective out of which it comes."""
    require(actor, Action.DELIVER_DEPENDENCY, dependency)
    if dependency.state != State.ACCEPTED:
        raise DomainError("Only what is accepted is delivered.")
    changes = {"state": State.DELIVERED, "delivered_on": clock.today()}
    return _save(actor, "deliver dependency", dependency, changes, version)


@transaction.atomic
def withdraw_dependency(
    *, actor: Person, dependency: Dependency, reason: str, version: int | None = None
) -> Dependency:
    """Say that it is not needed any more, and why. Permission: who answers for the objective, and their line."""
    require(actor, Action.WITHDRAW_DEPENDENCY, dependency)
    _not_over(dependency)
    changes = {
        "state": State.WITHDRAWN,
        "reason": _said(reason, "Say why, so that the other side can put it aside."),
    }
    return _save(actor, "withdraw dependency", dependency, changes, version)


def _check_ends(objective: Objective, unit: Unit, delivers: Objective | None) -> None:
    if unit.ended_on is not None:
        raise DomainError(f"{unit} has ended. Choose a unit in force.", "unit")
    own = unit_of(objective)
    if own is not None and own.pk == unit.pk:
        raise DomainError(f"The objective belongs to {unit} itself. Ask another unit.", "unit")
    if delivers is None:
        return
    its = unit_of(delivers)
    below = UnitClosure.objects.filter(ancestor=unit)
    if its is None or not below.filter(descendant=its).exists():
        raise DomainError(f"“{delivers}” does not belong to {unit}.", "delivers")
    if delivers.is_closed:
        raise DomainError(f"“{delivers}” is closed. Choose an open one, or none.", "delivers")


def _term(needed_by: dt.date) -> dt.date:
    """By when an answer is wanted, unless somebody says otherwise."""
    today = clock.today()
    return max(today, min(today + TO_ANSWER, needed_by))


def _to_come(day: dt.date, field: str) -> None:
    if day < clock.today():
        raise DomainError("This day is over. Choose one to come.", field)


def _effort(value: Decimal | None) -> None:
    if value is None:
        return
    if not value.is_finite() or not 0 <= value <= MOST_FTE:
        raise DomainError("FTE lies between 0 and 9,999.", "effort_fte")
    if value != round(value, 2):
        raise DomainError("At most two decimal places are kept.", "effort_fte")


def _said(reason: str, ask: str) -> str:
    reason = reason.strip()
    if not reason:
        raise DomainError(ask, "reason")
    if len(reason) > LONGEST_REASON:
        raise DomainError(f"At most {LONGEST_REASON} characters fit. Shorten it.", "reason")
    return reason


def _not_over(dependency: Dependency) -> None:
    if dependency.state in {State.DELIVERED, State.WITHDRAWN}:
        label = State(dependency.state).label.lower()
        raise DomainError(f"This is {label}, and stays as it is.")


def _save(
    actor: Person,
    verb: str,
    dependency: Dependency,
    changes: dict[str, Any],
    version: int | None = None,
) -> Dependency:
    before, after = audit.changed(dependency, changes)
    if after:
        versions.save(dependency, after, version=version)
        audit.record(actor, verb, dependency, before=before, after=after)
    return dependency
