"""Expected results: what a priority shall bring about, and the KPI that shows it."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max

from goldenthread.core import audit
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority
from goldenthread.strategy.services.checks import exact, in_order, kept, words, write
from goldenthread.strategy.services.kpi import checked_target, new_kpi, put_target
from goldenthread.strategy.services.priority import still_there

FIELDS = ("text", "kpi", "baseline", "target", "starts_on", "due_on")


class ExpectedResultChanges(TypedDict, total=False):
    """The fields that `edit_expected_result` may change."""

    text: str
    kpi: Kpi | None
    baseline: Decimal | None
    target: Decimal | None
    starts_on: dt.date | None
    due_on: dt.date | None


@transaction.atomic
def add_expected_result(
    *,
    actor: Person,
    priority: Priority,
    text: str,
    kpi: Kpi | None = None,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
    starts_on: dt.date | None = None,
    due_on: dt.date | None = None,
) -> ExpectedResult:
    """Say what a priority shall bring about, in words, with a KPI where there is one.

    Missing dates are the strategy's, a missing target is the KPI's own. Permission: the priority's sponsor or
    the strategy's leader. Raises `DomainError`.
    """
    require(actor, Action.EDIT_PRIORITY, priority)
    still_there(priority)
    return new_expected_result(
        actor,
        priority,
        text=text,
        kpi=kpi,
        baseline=baseline,
        target=target,
        starts_on=starts_on,
        due_on=due_on,
    )


def new_expected_result(actor: Person, priority: Priority, **fields: Any) -> ExpectedResult:
    """Write an expected result behind the last one, with its audit record, its input checked."""
    check_result(fields, fields)
    last = priority.expected_results.aggregate(last=Max("position"))["last"]
    result = ExpectedResult.objects.create(
        priority=priority, position=0 if last is None else last + 1, **fields
    )
    audit.record(actor, "add expected result", result, after=kept(result, "priority", *FIELDS))
    return result


@transaction.atomic
def edit_expected_result(
    *, actor: Person, result: ExpectedResult, version: int, **changes: Unpack[ExpectedResultChanges]
) -> ExpectedResult:
    """Change an expected result, the KPI that shows it included; only the fields given.

    Permission: the priority's sponsor or the strategy's leader. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.EDIT_PRIORITY, result)
    still_there(result.priority)
    checked: dict[str, Any] = dict(changes)
    check_result(checked, {name: getattr(result, name) for name in FIELDS} | checked)
    return write(actor, "edit expected result", result, checked, version=version)


@transaction.atomic
def remove_expected_result(*, actor: Person, result: ExpectedResult) -> None:
    """Remove an expected result; its words stay in the audit trail of the priority, its KPI stays.

    Permission: the priority's sponsor or the strategy's leader.
    """
    require(actor, Action.EDIT_PRIORITY, result)
    still_there(result.priority)
    audit.record(actor, "remove expected result", result.priority, before=kept(result, *FIELDS))
    result.delete()


@transaction.atomic
def make_kpi(
    *,
    actor: Person,
    result: ExpectedResult,
    name: str = "",
    measure: str = "",
    decimals: int = 0,
    direction: str = Kpi.Direction.UP,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    starts_on: dt.date | None = None,
    due_on: dt.date | None = None,
    owner: Person | None = None,
    unit: Unit | None = None,
    source: str = "",
    cadence_days: int = 30,
) -> Kpi:
    """Make an expected result measurable in one step: a KPI, its target, and the link to it.

    What is not given is taken from the expected result, its strategy's horizon and its sponsor. A KPI to hold
    in a range takes `low` and `high` instead of baseline and target. Permission: the priority's sponsor or the
    strategy's leader. Raises `DomainError`, also when it has a KPI already.
    """
    require(actor, Action.EDIT_PRIORITY, result)
    priority, strategy = result.priority, result.priority.strategy
    still_there(priority)
    if result.kpi_id is not None:
        raise DomainError("This result has a KPI already.", "name")
    held = direction == Kpi.Direction.HOLD
    kpi = new_kpi(
        actor,
        name=name.strip() or result.text[:200],
        measure=measure.strip(),
        decimals=decimals,
        direction=direction,
        low=low,
        high=high,
        owner=owner or priority.sponsor or actor,
        unit=unit,
        source=source.strip(),
        cadence_days=cadence_days,
    )
    changes: dict[str, Any] = {
        "kpi": kpi,
        "baseline": None if held else (result.baseline if baseline is None else baseline),
        "target": None if held else (result.target if target is None else target),
        "starts_on": starts_on or result.starts_on or strategy.starts_on,
        "due_on": due_on or result.due_on or strategy.ends_on,
    }
    check_result(changes, {"text": result.text} | changes)
    aim = low is not None or high is not None if held else changes["target"] is not None
    if aim and changes["due_on"] is not None:
        fields = checked_target(
            kpi,
            due_on=changes["due_on"],
            starts_on=changes["starts_on"],
            baseline=changes["baseline"],
            value=changes["target"],
            low=low,
            high=high,
            text="",
        )
        put_target(actor, kpi, fields)
    write(actor, "make KPI", result, changes)
    return kpi


def check_result(fields: dict[str, Any], whole: dict[str, Any]) -> None:
    """Check and clean the fields given; `whole` are all fields as they would then stand."""
    if "text" in fields:
        fields["text"] = words(fields["text"], "text", at_most=300)
    for name in ("baseline", "target"):
        if name in fields:
            fields[name] = exact(fields[name], name)
    baseline, target = whole.get("baseline"), whole.get("target")
    if target is not None and baseline == target:
        raise DomainError("The target equals where it starts. Change one of the two.", "target")
    in_order(whole.get("starts_on"), whole.get("due_on"), "due_on")
