"""The strategy in force, its priorities with their expected results, its weights and what it traded off."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import fsum

from django.db.models import Q, QuerySet

from goldenthread.core import clock
from goldenthread.core.prepared import Prepared
from goldenthread.engine.pace import Health, health
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import (
    MANY_PRIORITIES,
    ExpectedResult,
    Kpi,
    KpiTarget,
    Priority,
    Strategy,
    TradeOff,
)
from goldenthread.strategy.selectors.kpi import (
    Aim,
    Standing,
    aim_of,
    observations_of,
    standing,
)

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def strategy_in_force(on: dt.date | None = None, unit: Unit | None = None) -> Strategy | None:
    """The strategy of the organisation (of a unit, when given) in force on the day, or None."""
    day = on or clock.today()
    found = _in_force(day) if unit is None else _in_force_of(day, unit=unit.pk)
    return next(iter(found), None)


@Prepared
def _in_force(on: dt.date) -> QuerySet[Strategy]:
    return _of_organisation(on).select_related("leader", "unit", "weights_confirmed_by")[:1]


def _of_organisation(on: dt.date) -> QuerySet[Strategy]:
    return Strategy.objects.in_force(on).filter(unit__isnull=True)


def priorities_in_force(on: dt.date) -> QuerySet[Priority]:
    """The active priorities of the organisation's strategy in force on the day, in order."""
    return Priority.objects.active().filter(strategy__in=_of_organisation(on).values("pk")[:1])


@Prepared
def _in_force_of(on: dt.date, *, unit: int) -> QuerySet[Strategy]:
    rows = Strategy.objects.in_force(on).filter(unit=unit)
    return rows.select_related("leader", "unit", "weights_confirmed_by")[:1]


def priorities_of(strategy: Strategy, person: Person) -> QuerySet[Priority]:
    """The priorities of a strategy that the person may see, drafts included, dropped ones not, in order."""
    seen = Priority.objects.visible_to(person).filter(strategy=strategy)
    return seen.exclude(state=Priority.State.DROPPED).select_related(
        "strategy", "sponsor__unit", "sponsor_named_by"
    )


def weights_of(strategy: Strategy) -> Mapping[int, Decimal] | None:
    """The share of value of each active priority in per cent, by id; None until the leader confirmed them.

    Of a unit's strategy they order its priorities, and set how strongly their children serve the unit's.
    """
    if not strategy.weights_confirmed:
        return None
    rows = strategy.priorities.active().values_list("pk", "weight")
    weights = {key: weight for key, weight in rows if weight is not None}
    return weights or None


def shares_of(strategy: Strategy, active: Sequence[Priority]) -> Mapping[int, float | None]:
    """The part of the strategy's value of each of its active priorities; None while weights are not set."""
    weights = {one.pk: one.weight or Decimal(0) for one in active}
    total = sum(weights.values(), Decimal(0))
    if not strategy.weights_confirmed or not total:
        return dict.fromkeys(weights)
    return {pk: float(weight / total) for pk, weight in weights.items()}


def trade_offs_of(strategy: Strategy, person: Person) -> QuerySet[TradeOff]:
    """What a strategy chose, without what belongs to a priority that the person may not see."""
    seen = Priority.objects.visible_to(person).filter(strategy=strategy)
    of_these = Q(priority__isnull=True) | Q(priority__in=seen)
    return strategy.trade_offs.filter(of_these).select_related("decided_by", "priority")


@dataclass(frozen=True)
class ResultStanding:
    """An expected result and where its KPI stands against it.

    `standing` is None for a result in words only, and while its KPI is unconfirmed.
    """

    result: ExpectedResult
    standing: Standing | None

    @property
    def score(self) -> float | None:
        return self.standing.score.clamped if self.standing else None

    @property
    def reason(self) -> str:
        """Why there is no score; "" when there is one."""
        if self.standing is not None:
            return self.standing.score.reason
        return "its KPI is unconfirmed" if self.result.kpi else "no KPI shows it yet"


@dataclass(frozen=True)
class PriorityStanding:
    """A priority by its expected results: the mean of the scores of those that are measured.

    `measured` of `count` results have a score. Missing: `score` and `expected` are None, `reason` says why.
    """

    priority: Priority
    results: tuple[ResultStanding, ...]
    score: float | None
    expected: float | None
    health: Health
    reason: str

    @property
    def count(self) -> int:
        return len(self.results)

    @property
    def measured(self) -> int:
        return sum(one.score is not None for one in self.results)


def priority_standings(
    priorities: Iterable[Priority], as_of: dt.date
) -> dict[int, PriorityStanding]:
    """Where each priority stands by its expected results. Three queries at most, however many priorities.

    Pass priorities with their strategy loaded: its horizon is the period of a result without dates.
    """
    priorities = list(priorities)
    results: dict[int, list[ExpectedResult]] = defaultdict(list)
    for row in _expected_results(priorities=[one.pk for one in priorities]):
        results[row.priority_id].append(row)
    kpi_ids = {row.kpi_id for rows_ in results.values() for row in rows_ if row.kpi_id is not None}
    seen = observations_of(kpi_ids, as_of)
    targets: dict[int, list[KpiTarget]] = defaultdict(list)
    without = {row.kpi_id for rows_ in results.values() for row in rows_ if row.target is None}
    for target in _targets(kpis=sorted(kpi_ids & without)):
        targets[target.kpi_id].append(target)
    standings = {}
    for priority in priorities:
        found = []
        for result in results[priority.pk]:
            stands = None
            if result.kpi is not None and result.kpi.state != Kpi.State.UNCONFIRMED:
                aim = _aim(result, priority, targets[result.kpi.pk], as_of)
                stands = standing(result.kpi, aim, seen[result.kpi.pk], as_of)
            found.append(ResultStanding(result, stands))
        standings[priority.pk] = _sum_up(priority, tuple(found), as_of)
    return standings


@Prepared
def _expected_results(*, priorities: Sequence[int]) -> QuerySet[ExpectedResult]:
    rows = ExpectedResult.objects.filter(priority__in=priorities).select_related("kpi")
    return rows.order_by("position", "pk")


@Prepared
def _targets(*, kpis: Sequence[int]) -> QuerySet[KpiTarget]:
    return KpiTarget.objects.filter(kpi__in=kpis).order_by("due_on")


def _aim(
    result: ExpectedResult, priority: Priority, targets: list[KpiTarget], as_of: dt.date
) -> Aim:
    """A result's own target over its own dates or its strategy's horizon; else its KPI's target."""
    assert result.kpi is not None
    if result.target is None:
        return aim_of(result.kpi, targets, as_of)
    return Aim(
        start=result.starts_on or priority.strategy.starts_on,
        due=result.due_on or priority.strategy.ends_on,
        baseline=result.baseline,
        target=result.target,
        low=result.kpi.low,
        high=result.kpi.high,
    )


def _sum_up(
    priority: Priority, results: tuple[ResultStanding, ...], as_of: dt.date
) -> PriorityStanding:
    measured = [
        one.standing
        for one in results
        if one.standing is not None and one.standing.score.clamped is not None
    ]
    if not measured:
        reason = "none of its results is measured" if results else "it has no expected results"
        return PriorityStanding(priority, results, None, None, Health.NOT_MEASURED, reason)
    score = fsum(one.score.clamped or 0.0 for one in measured) / len(measured)
    due = [one.expected for one in measured if one.expected is not None]
    expected = fsum(due) / len(due) if due else None
    if expected is None:
        reason = "its results have no date"
        return PriorityStanding(priority, results, score, None, Health.NOT_MEASURED, reason)
    verdict = health(
        score,
        expected,
        expected,
        max(one.points[-1][0] for one in measured),
        max(one.kpi.cadence_days for one in measured),
        as_of,
        min(one.aim.start or as_of for one in measured),
    )
    return PriorityStanding(priority, results, score, expected, verdict, "")


@dataclass(frozen=True)
class Dispersion:
    """More active priorities than people can put first: how many, said in words, and what to do about it."""

    count: int
    words: str
    action: str


def dispersion_of(strategy: Strategy) -> Dispersion | None:
    """The flag that a strategy has too many active priorities, or None."""
    count = strategy.priorities.active().count()
    if count <= MANY_PRIORITIES:
        return None
    spelled = NUMBERS[count] if count < len(NUMBERS) else str(count)
    return Dispersion(
        count,
        f"{spelled.capitalize()} priorities are active. With more than {NUMBERS[MANY_PRIORITIES]}, "
        "effort disperses and none comes first.",
        "Drop or merge a priority",
    )
