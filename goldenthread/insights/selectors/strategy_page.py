"""The strategy on a page: its priorities with expected results, weight, reach and progress."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from goldenthread.core.access import can
from goldenthread.core.prepared import Prepared
from goldenthread.engine.coverage import ALIGNMENT_METHOD_VERSION
from goldenthread.engine.pace import Health
from goldenthread.engine.result import Result, share
from goldenthread.insights.selectors.graph import Reach, StrategyFigures, strategy_figures
from goldenthread.insights.selectors.threads import urgency
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import MANY_PRIORITIES, Priority, Strategy, TradeOff
from goldenthread.strategy.selectors import (
    PriorityStanding,
    ResultStanding,
    dispersion_of,
    priority_standings,
    trade_offs_of,
)
from goldenthread.strategy.selectors.strategy import Dispersion
from goldenthread.ui import charts

WORRYING = (Health.AT_RISK, Health.BEHIND, Health.OUTDATED)


@dataclass(frozen=True)
class ResultRow:
    """One expected result: now and target in its KPI's unit, with the run of its values."""

    standing: ResultStanding
    spark: charts.SparkPlot | None
    words: str

    @property
    def now(self) -> Decimal | None:
        known = self.standing.standing
        return known.points[-1][1] if known and known.points else None

    @property
    def target(self) -> Decimal | None:
        return self.standing.standing.aim.target if self.standing.standing else None


@dataclass(frozen=True)
class PriorityRow:
    """A priority as it stands on the page. `reach` and `progress` are None for one that is not active."""

    priority: Priority
    standing: PriorityStanding
    results: list[ResultRow]
    knot: charts.Knot
    share: float | None  # of the value, 0 to 1; None until the weights are confirmed
    reach: Reach | None
    progress: Result | None
    may_confirm: bool

    @property
    def is_draft(self) -> bool:
        return self.priority.state == Priority.State.UNCONFIRMED


@dataclass(frozen=True)
class StrategyPage:
    """Everything that the page of a strategy shows to one reader."""

    strategy: Strategy
    rows: list[PriorityRow]
    drafts: list[PriorityRow]
    hidden: int  # active priorities that the reader may not see; figures count them
    figures: StrategyFigures
    dispersion: Dispersion | None
    even_over: list[TradeOff]
    not_doing: list[TradeOff]
    as_of: dt.date

    @property
    def in_line(self) -> Result:
        """The share of open objectives that reach a priority of this strategy."""
        return share(
            self.figures.objectives_in_line,
            self.figures.open_objectives,
            unit_of_n="objectives",
            method_version=ALIGNMENT_METHOD_VERSION,
            as_of=self.as_of,
        )

    @property
    def measured(self) -> list[PriorityRow]:
        """The priorities that can be judged: on pace or not."""
        unknown = (Health.NOT_MEASURED, Health.NOT_STARTED, Health.EARLY)
        return [row for row in self.rows if row.standing.health not in unknown]

    @property
    def on_pace(self) -> list[PriorityRow]:
        return [row for row in self.rows if row.standing.health in (Health.ON_PACE, Health.DONE)]

    @property
    def at_risk(self) -> list[PriorityRow]:
        return [row for row in self.rows if row.standing.health == Health.AT_RISK]

    @property
    def worst(self) -> PriorityRow | None:
        """The priority to speak of first: the most worrying, of these the heaviest."""
        worrying = [row for row in self.rows if row.standing.health in WORRYING]
        return min(
            worrying,
            key=lambda row: (urgency(row.standing.health), -(row.share or 0.0)),
            default=None,
        )

    @property
    def stranded(self) -> list[PriorityRow]:
        return [row for row in self.rows if row.reach is not None and row.reach.is_stranded]

    @property
    def freed_fte(self) -> Decimal:
        """What the things not done set free together; those without a figure left out."""
        return sum((one.frees_fte for one in self.not_doing if one.frees_fte), Decimal(0))

    @property
    def due(self) -> dt.date | None:
        """The day by which the expected results are due, where it is the same for all."""
        days = {
            one.standing.standing.aim.due
            for row in self.rows
            for one in row.results
            if one.standing.standing is not None
        }
        return days.pop() if len(days) == 1 else None


def strategy_page(strategy: Strategy, reader: Person, as_of: dt.date) -> StrategyPage:
    """Load the page of a strategy in a fixed number of queries. Load the strategy's leader with it."""
    every = _priorities(strategy=strategy.pk)
    for priority in every:
        priority.strategy = strategy
    active = [one for one in every if one.state == Priority.State.ACTIVE]
    seen = [one for one in every if can(reader, Action.SEE, one)]
    standings = priority_standings(seen, as_of)
    figures = strategy_figures(strategy, active, as_of)
    total = sum((one.weight or Decimal(0) for one in active), Decimal(0))
    rows = [priority_row(one, standings[one.pk], figures, total, reader) for one in seen]
    trade_offs = list(trade_offs_of(strategy, reader))
    return StrategyPage(
        strategy=strategy,
        rows=[row for row in rows if not row.is_draft],
        drafts=[row for row in rows if row.is_draft],
        hidden=len(active) - sum(not row.is_draft for row in rows),
        figures=figures,
        dispersion=dispersion_of(strategy) if len(active) > MANY_PRIORITIES else None,
        even_over=[one for one in trade_offs if one.kind == TradeOff.Kind.EVEN_OVER],
        not_doing=[one for one in trade_offs if one.kind == TradeOff.Kind.NOT_DOING],
        as_of=as_of,
    )


@Prepared
def _priorities(*, strategy: int) -> QuerySet[Priority]:
    rows = Priority.objects.filter(strategy=strategy).exclude(state=Priority.State.DROPPED)
    return rows.select_related("sponsor__unit", "sponsor_named_by")


def priority_row(
    priority: Priority,
    standing: PriorityStanding,
    figures: StrategyFigures,
    total: Decimal,
    reader: Person,
) -> PriorityRow:
    """One priority as a row; `total` is the sum of the weights of all active ones."""
    weighed = priority.strategy.weights_confirmed and total > 0 and priority.weight is not None
    active = priority.state == Priority.State.ACTIVE
    return PriorityRow(
        priority=priority,
        standing=standing,
        results=[result_row(one) for one in standing.results],
        knot=charts.knot(float(priority.weight or 0) if weighed and active else None),
        share=float((priority.weight or 0) / total) if weighed and active else None,
        reach=figures.reach.get(priority.pk),
        progress=figures.progress.get(priority.pk),
        may_confirm=not active and can(reader, Action.CONFIRM_PRIORITY, priority),
    )


def result_row(one: ResultStanding) -> ResultRow:
    """An expected result with the run of its KPI's values; none for one in words only."""
    if one.standing is None:
        return ResultRow(one, None, f"{one.result.text}: no KPI shows it yet")
    kpi = one.standing.kpi
    values: Sequence[float] = [float(value) for _, value in one.standing.points[-24:]]
    target = one.standing.aim.target
    goal = None if target is None else float(target)
    return ResultRow(
        one,
        charts.spark(values, goal),
        charts.spark_words(kpi.name, values, kpi.measure, goal),
    )
