"""The list of plans, and the page of one: its scenarios side by side, as one reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, QuerySet

from goldenthread.core.models import Job
from goldenthread.engine.planner import Keeping, Load, Outcome, Verdict
from goldenthread.engine.planner import Plan as Worked
from goldenthread.engine.result import Result
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.kept_plan import read
from goldenthread.tradeoffs.models import Candidate, Plan, Scenario, TeamCapacity
from goldenthread.tradeoffs.selectors.plan_words import (
    A_RESTRICTED_ONE,
    EVERY_PRIORITY,
    VERDICTS,
    Names,
    bare_words,
    counts_words,
    outcome_words,
    reason_words,
)
from goldenthread.tradeoffs.selectors.portfolio import PlanRows, cell_of, is_outdated, rows_of
from goldenthread.ui.locale import format_number

RIGHT = {Outcome.OPTIMAL, Outcome.BEST_FOUND}


def plan_list(reader: Person, text: str = "", cycle: int | None = None) -> "QuerySet[Plan]":
    """The plans that the reader sees, the newest first; by name and by cycle."""
    rows = Plan.objects.visible_to(reader).select_related("cycle", "unit", "author", "decision")
    for word in text.split():
        rows = rows.filter(name__icontains=word)
    if cycle is not None:
        rows = rows.filter(cycle=cycle)
    return rows.order_by("-pk").annotate(
        candidate_count=Count("candidates", distinct=True),
        scenario_count=Count("scenarios", distinct=True),
    )


@dataclass(frozen=True)
class ScenarioShown:
    """One column of the page."""

    scenario: Scenario
    worked: Worked | None
    outdated: bool
    moves: list[str]
    counts: str
    problem: str
    more: float | None  # worth beside the first scenario
    bare: str  # which priorities are to keep one, and none stands under them

    @property
    def is_plan(self) -> bool:
        return self.worked is not None and self.worked.outcome in RIGHT

    @property
    def total(self) -> Result | None:
        return self.worked.total if self.worked is not None else None

    @property
    def keeping(self) -> Keeping | None:
        return self.worked.keeping if self.worked is not None else None


@dataclass(frozen=True)
class Cell:
    """What a scenario proposes for one candidate, and why."""

    verdict: Verdict
    word: str
    icon: str
    why: str
    price: Result | None  # where the scenario, or the plan, forces it


@dataclass(frozen=True)
class CandidateShown:
    candidate: Candidate
    title: str
    url: str
    seen: bool
    effort: str
    cells: list[Cell | None]
    differs: bool
    proposed: str  # what adopting the plan put to its owner


@dataclass(frozen=True)
class LoadShown:
    """What a scenario takes of a team, and what one person more or fewer would be worth."""

    load: Load
    more: Result | None
    fewer: Result | None

    @property
    def width(self) -> str:
        """Of its bar, in hundredths of the capacity, cut at one and a half of it."""
        has, used = self.load.capacity, self.load.used
        part = used / has if has else Decimal(2 if used else 0)
        return f"{min(part * 100, Decimal(150)):.1f}"


@dataclass(frozen=True)
class TeamShown:
    team: TeamCapacity
    loads: list[LoadShown | None]


@dataclass(frozen=True)
class PlanPage:
    rows: PlanRows
    names: Names
    scenarios: list[ScenarioShown]
    candidates: list[CandidateShown]
    teams: list[TeamShown]
    job: Job | None

    @property
    def plan(self) -> Plan:
        return self.rows.plan

    @cached_property
    def is_ready(self) -> bool:
        """Whether every scenario is worked out of what stands now."""
        return all(one.worked is not None and not one.outdated for one in self.scenarios)

    @property
    def any_worked(self) -> bool:
        return any(one.worked is not None for one in self.scenarios)

    @property
    def differing(self) -> int:
        return sum(one.differs for one in self.candidates)

    @property
    def typed(self) -> int:
        return sum(not one.from_strategy for one in self.rows.candidates)

    @property
    def best(self) -> ScenarioShown | None:
        """The scenario that is worth most."""
        plans = [one for one in self.scenarios if one.is_plan and one.total is not None]
        return max(plans, key=lambda one: one.total.value or 0, default=None)  # type: ignore[union-attr]  # filtered


def plan_page(reader: Person, plan: Plan) -> PlanPage:
    """Everything the page shows, in a fixed number of queries."""
    rows = rows_of(plan)
    names = names_for(reader, rows)
    scenarios = _scenarios(rows, names)
    return PlanPage(
        rows,
        names,
        scenarios,
        [_candidate(one, scenarios, names) for one in rows.candidates],
        [_team(team, scenarios) for team in rows.teams],
        plan.job if plan.job is not None and plan.job.state != Job.State.DONE else None,
    )


def names_for(reader: Person, rows: PlanRows) -> Names:
    ids = [one.objective_id for one in rows.candidates if one.objective_id is not None]
    seen = Objective.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True)
    return Names(rows, frozenset(seen))


def _scenarios(rows: PlanRows, names: Names) -> list[ScenarioShown]:
    priorities = {str(one.pk): one for one in _moved_priorities(rows)}
    found: list[ScenarioShown] = []
    for one in rows.scenarios:
        worked = read(one.result) if one.result is not None else None
        outdated = worked is not None and not rows.plan.is_adopted and is_outdated(rows, one)
        first = found[0].total if found else None
        asks = one.keeps_priorities
        more = None
        if worked is not None and first is not None and first.value is not None:
            more = None if worked.total.value is None else worked.total.value - first.value
        found.append(
            ScenarioShown(
                one,
                worked,
                outdated,
                _moves(one, rows, names, priorities),
                counts_words(worked) if worked is not None else "",
                outcome_words(worked, names) if worked is not None else "",
                more,
                bare_words(worked.keeping, names) if worked and asks and not outdated else "",
            )
        )
    return found


def _moved_priorities(rows: PlanRows) -> Sequence[Priority]:
    named = {pk for one in rows.scenarios for pk in one.weights}
    return list(Priority.objects.filter(pk__in=named)) if named else []


def _moves(
    one: Scenario, rows: PlanRows, names: Names, priorities: dict[str, Priority]
) -> list[str]:
    """What the scenario assumes, in words."""
    teams = {str(team.pk): team for team in rows.teams}
    found = [
        f"{teams[pk]} {'+' if Decimal(fte) > 0 else '−'}{format_number(abs(Decimal(fte)))} FTE"
        for pk, fte in one.capacity.items()
        if pk in teams
    ]
    found += [
        f"“{priorities[pk]}” weighs {format_number(Decimal(weight))} %"
        for pk, weight in one.weights.items()
        if pk in priorities and not priorities[pk].confidential
    ]
    found += [
        f"{names.title(int(key))} {'runs' if runs else 'is left out'}"
        for key, runs in one.forced.items()
    ]
    return [*found, EVERY_PRIORITY] if one.keeps_priorities else found


def _candidate(one: Candidate, scenarios: Sequence[ScenarioShown], names: Names) -> CandidateShown:
    seen = names.is_seen(one)
    cells: list[Cell | None] = []
    for shown in scenarios:
        lines = shown.worked.lines if shown.worked is not None else ()
        line = next((line for line in lines if line.key == one.number), None)
        if line is None or shown.worked is None:
            cells.append(None)
            continue
        price = next((p.price for p in shown.worked.prices if p.key == one.number), None)
        word, icon = VERDICTS[line.verdict]
        cells.append(Cell(line.verdict, word, icon, reason_words(line, one, names), price))
    verdicts = {cell.verdict for cell in cells if cell is not None}
    return CandidateShown(
        candidate=one,
        title=str(one) if seen else A_RESTRICTED_ONE.capitalize(),
        url=one.objective.get_absolute_url() if one.objective is not None and seen else "",
        seen=seen,
        effort=", ".join(
            f"{names.team((part.unit_id, part.skill))} {format_number(part.fte)}"
            for part in one.effort.all()
        ),
        cells=cells,
        differs=len(verdicts) > 1,
        proposed=_proposed(one) if names.rows.plan.is_adopted else "",
    )


def _proposed(one: Candidate) -> str:
    """What adopting the plan put to whoever answers for it."""
    if one.change is not None:
        return f"Change proposed: {one.change.get_state_display().lower()}"
    if one.asks:
        return one.get_asks_display()
    if one.title and one.objective is not None:
        return "Drafted"
    return ""


def _team(team: TeamCapacity, scenarios: Sequence[ScenarioShown]) -> TeamShown:
    cell, loads = cell_of(team), list[LoadShown | None]()
    for shown in scenarios:
        worked = shown.worked
        load = next((one for one in worked.loads if one.cell == cell), None) if worked else None
        if worked is None or load is None:
            loads.append(None)
            continue
        worth = next((one for one in worked.marginals if one.cell == cell), None)
        loads.append(LoadShown(load, worth.more if worth else None, worth.fewer if worth else None))
    return TeamShown(team, loads)
