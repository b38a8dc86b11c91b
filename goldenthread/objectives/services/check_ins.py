"""Check-ins: a dated value, confidence and note on a key result. Appended, never edited."""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.access import require
from goldenthread.core.bulk import rewrite
from goldenthread.core.clock import today
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import CheckIn, KeyResult, Objective
from goldenthread.objectives.services.agreement import begin_if_due
from goldenthread.objectives.services.figures import (
    KEY_RESULT_FIGURES,
    OBJECTIVE_FIGURES,
    refresh,
)
from goldenthread.objectives.services.quality import recheck
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.permissions import Action

STALE = "O16"  # the rule that a check-in answers


def check_in(
    *,
    actor: Person,
    key_result: KeyResult,
    value: Decimal | None = None,
    milestones_done: Collection[int] | None = None,
    confidence: str = "",
    note: str = "",
    as_of: dt.date | None = None,
    corrects: CheckIn | None = None,
    external_id: str = "",
) -> CheckIn:
    """Record how a key result stands on a day (today, or an earlier one) and refresh what it feeds.

    `value` is in the key result's own unit, exact; a milestones key result takes the ids done so far instead.
    `corrects` names an earlier check-in that this one replaces; both stay readable.
    Asks *check in*. Refuses a day to come or before the objective began, a closed or unconfirmed objective,
    a missing value.
    """
    require(actor, Action.CHECK_IN, key_result)
    day = as_of or today()
    _check(key_result, value, milestones_done, day, corrects)
    with transaction.atomic():
        begin_if_due(key_result.objective)
        row = CheckIn.objects.create(
            key_result=key_result,
            as_of=day,
            value=_value(key_result, value, milestones_done),
            milestones_done=sorted(milestones_done or ()),
            confidence=confidence,
            note=note.strip(),
            author=actor,
            recorded_at=timezone.now(),
            corrects=corrects,
            external_id=external_id,
        )
        _take_over(key_result, refresh([key_result.objective])[key_result.pk])
        row.score = key_result.score if key_result.last_check_in_on == day else None
        rewrite([row], ["score"])
        audit.record(
            actor,
            "correct check-in" if corrects else "check in",
            key_result,
            before={"value": corrects.value} if corrects else {},
            after={"value": row.value, "as_of": day, "confidence": confidence},
        )
        if STALE in key_result.objective.open_rules.split():
            recheck([key_result.objective])
    return row


def _take_over(key_result: KeyResult, refreshed: KeyResult) -> None:
    """Give the record in hand, and its objective, the figures that were just written."""
    for name in KEY_RESULT_FIGURES:
        setattr(key_result, name, getattr(refreshed, name))
    for name in OBJECTIVE_FIGURES:
        setattr(key_result.objective, name, getattr(refreshed.objective, name))


def check_takes_check_ins(objective: Objective) -> None:
    """Refuse an objective that is closed, not confirmed or not begun, saying which."""
    if objective.is_closed:
        raise DomainError(f"“{objective}” is closed. Its last figures stand.")
    if objective.state == State.UNCONFIRMED:
        raise DomainError(f"“{objective}” is not confirmed yet. Confirm it first.")
    if today() < objective.starts:
        raise DomainError(
            f"“{objective}” begins on {objective.starts:%-d %B %Y}. Check in from that day on."
        )


def _check(
    key_result: KeyResult,
    value: Decimal | None,
    milestones_done: Collection[int] | None,
    day: dt.date,
    corrects: CheckIn | None,
) -> None:
    objective = key_result.objective
    check_takes_check_ins(objective)
    if day > today():
        raise DomainError("This day is still to come. Check in as of today or earlier.", "as_of")
    if day < objective.starts:
        raise DomainError(
            f"The objective began on {objective.starts:%-d %B %Y}. Choose that day or a later one.",
            "as_of",
        )
    if corrects is not None and corrects.key_result_id != key_result.pk:
        raise DomainError("That check-in belongs to another key result.")
    if corrects is not None and CheckIn.objects.filter(corrects=corrects).exists():
        raise DomainError("That check-in has been corrected already. Correct the newest one.")
    if key_result.kind == KeyResult.Kind.MILESTONES:
        known = set(key_result.milestones.values_list("pk", flat=True))
        if milestones_done is None:
            raise DomainError("Tick the milestones that are done.", "milestones_done")
        if unknown := set(milestones_done) - known:
            raise DomainError(
                f"{len(unknown)} of the milestones ticked belong to another key result."
            )
    elif value is None:
        raise DomainError("Enter the value as it stands.", "value")
    elif not value.is_finite() or abs(value) >= Decimal(10) ** 14:
        raise DomainError("This is not a number that can be kept. Enter a plain figure.", "value")


def _value(
    key_result: KeyResult, value: Decimal | None, milestones_done: Collection[int] | None
) -> Decimal | None:
    """The value kept: as typed; for milestones their number done."""
    if key_result.kind == KeyResult.Kind.MILESTONES:
        return Decimal(len(set(milestones_done or ())))
    return value
