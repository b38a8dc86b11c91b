"""Every table of an export: the columns that the import reads, and rows in the order in which it makes them anew."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F

from goldenthread.core import spreadsheet
from goldenthread.interchange.services.rows import UNPRINTED
from goldenthread.interchange.services.steps import write_steps
from goldenthread.interchange.services.writing.links import WORDS
from goldenthread.interchange.writers.allocations import allocations
from goldenthread.interchange.writers.cascades import cascades
from goldenthread.interchange.writers.decisions import decisions
from goldenthread.interchange.writers.dependencies import dependencies
from goldenthread.interchange.writers.plans import candidates, plans, scenarios, teams
from goldenthread.interchange.writers.scope import Scope
from goldenthread.interchange.writers.templates import templates
from goldenthread.objectives.models import CheckIn, Cycle, KeyResult
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, KpiTarget, Observation, Strategy

CHUNK = 2000
Cells = Iterable[Sequence[Any]]
Kind = KeyResult.Kind


@dataclass(frozen=True)
class Table:
    """One file of an export. `told` are columns for the reader alone: the import leaves them unused."""

    kind: str
    columns: str
    rows: Callable[[Scope], Cells]
    told: str = ""

    def lines(self, scope: Scope) -> Iterator[list[str]]:
        """The heading and every row, as text that neither a spreadsheet nor the import takes for something else."""
        yield [*self.columns.split(), *self.told.split()]
        for row in self.rows(scope):
            yield [cell(value) for value in row]


def cell(value: Any) -> str:
    """A value as text. Yes and no in words; a number so that its point is never taken for one of thousands."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        text = spreadsheet.cell(value)
        return f"{text}0" if len(text.partition(".")[2]) == 3 else text
    if isinstance(value, str):
        return spreadsheet.guarded(UNPRINTED.sub("", value))
    return spreadsheet.cell(value)


def units(scope: Scope) -> Cells:
    """From the top of the tree down."""
    listed = list(Unit.objects.select_related("parent", "leader").order_by("pk"))
    depths: dict[int, int] = {}
    by_pk = {unit.pk: unit for unit in listed}

    def depth(unit: Unit) -> int:
        if unit.pk not in depths:
            above = by_pk.get(unit.parent_id or 0)
            depths[unit.pk] = depth(above) + 1 if above else 0
        return depths[unit.pk]

    for unit in sorted(listed, key=depth):
        yield (
            scope.name(unit),
            unit.name,
            scope.name(unit.parent),
            scope.name_of_person(unit.leader),
            unit.fte,
            unit.ended_on,
        )


def people(scope: Scope) -> Cells:
    for one in Person.objects.select_related("unit", "manager").order_by("pk").iterator(CHUNK):
        yield (
            scope.name(one),
            one.name,
            one.email,
            scope.name(one.unit),
            scope.name_of_person(one.manager),
            one.position,
            one.level,
            one.fte,
            one.start,
            one.end,
        )


def cycles(scope: Scope) -> Cells:
    for one in Cycle.objects.order_by("pk"):
        days = (one.starts_on, one.ends_on, one.opens_on, one.landmark_on, one.closes_on)
        yield (scope.name(one), one.name, *days, one.get_state_display())


def strategies(scope: Scope) -> Cells:
    for one in Strategy.objects.select_related("unit", "leader").order_by("pk"):
        yield (
            scope.name(one),
            one.title,
            scope.name(one.unit),
            scope.name_of_person(one.leader),
            one.starts_on,
            one.ends_on,
            one.vision,
            one.mission,
            one.values,
            one.get_state_display(),
        )


def priorities(scope: Scope) -> Cells:
    rows = scope.priorities.select_related("strategy", "sponsor")
    for one in rows.order_by("strategy_id", "position", "pk"):
        yield (
            scope.name(one),
            one.title,
            one.why,
            scope.name_of_person(one.sponsor),
            scope.name(one.strategy),
            one.weight,
            one.confidential,
            one.get_state_display(),
        )


def expected_results(scope: Scope) -> Cells:
    rows = scope.expected_results.select_related("priority", "kpi")
    order = ("priority__strategy_id", "priority__position", "priority_id", "position", "pk")
    for one in rows.order_by(*order):
        yield (
            scope.name(one),
            scope.name(one.priority),
            one.text,
            scope.name(one.kpi),
            one.baseline,
            one.target,
            one.starts_on,
            one.due_on,
        )


def trade_offs(scope: Scope) -> Cells:
    rows = scope.trade_offs.select_related("strategy", "priority")
    for one in rows.order_by("strategy_id", "position", "pk"):
        yield (
            scope.name(one),
            scope.name(one.strategy),
            scope.name(one.priority),
            one.this,
            one.over,
            one.note,
            one.frees_fte,
            one.decided_on,
            one.look_again_on,
        )


def kpis(scope: Scope) -> Cells:
    for one in Kpi.objects.select_related("owner", "unit").order_by("pk"):
        yield (
            scope.name(one),
            one.name,
            one.measure,
            one.direction,
            scope.name_of_person(one.owner),
            one.source,
            one.definition,
            one.low,
            one.high,
            scope.name(one.unit),
            one.decimals,
            one.cadence_days,
            one.get_state_display(),
        )


def targets(scope: Scope) -> Cells:
    for one in KpiTarget.objects.select_related("kpi").order_by("kpi_id", "due_on"):
        numbers = (one.baseline, one.value, one.low, one.high)
        yield (scope.name(one.kpi), one.due_on, one.starts_on, *numbers, one.text)


def observations(scope: Scope) -> Cells:
    """What stands for each day; what was corrected stays in the history here."""
    standing = Observation.objects.filter(corrected_by__isnull=True).select_related("kpi")
    for one in standing.order_by("kpi_id", "on", "pk").iterator(CHUNK):
        yield (one.external_id, scope.name(one.kpi), one.on, one.value, one.text, one.note)


def objectives(scope: Scope) -> Cells:
    rows = scope.objectives.select_related("cycle", "owner_person", "owner_unit", "recovers")
    for one in rows.order_by("pk").iterator(CHUNK):
        person, unit = one.owner_person, one.owner_unit
        yield (
            scope.name(one),
            one.title,
            one.why,
            scope.name_of_person(person) if person else scope.name(unit),
            one.cycle.name,
            one.starts_on,
            one.ends_on,
            one.critical,
            one.ambition,
            "restricted" if one.restricted else "everybody",
            one.run_the_business,
            one.cadence_days,
            scope.name(one.recovers),
            one.get_state_display(),
        )


def key_results(scope: Scope) -> Cells:
    """With the numbers that count for their kind."""
    rows = scope.key_results.select_related("objective", "reporter", "kpi").prefetch_related(
        "milestones"
    )
    for one in rows.order_by("objective_id", "position", "pk").iterator(CHUNK):
        threshold, graded = one.kind == Kind.THRESHOLD, one.kind == Kind.GRADED
        yield (
            scope.name(one),
            scope.name(one.objective),
            one.title,
            one.kind,
            None if threshold else one.baseline,
            None if threshold else one.target,
            one.low if threshold else None,
            one.high if threshold else None,
            one.measure,
            one.weight,
            one.due_on,
            one.target_text,
            one.commit if graded else None,
            one.stretch if graded else None,
            one.required_share if threshold else None,
            write_steps(one.milestones.all()) if one.kind == Kind.MILESTONES else "",
            one.decimals,
            one.source,
            scope.name_of_person(one.reporter),
            one.not_enough,
            one.measure_by,
            one.direction,
            scope.name(one.kpi),
        )


def check_ins(scope: Scope) -> Cells:
    """The last one of each day. Of milestones it names those done by their place in the list."""
    rows = scope.check_ins.select_related("key_result").prefetch_related("key_result__milestones")
    order = ("key_result__objective_id", "key_result__position", "key_result_id")
    waiting: CheckIn | None = None
    for one in rows.order_by(*order, "as_of", "recorded_at", "pk").iterator(CHUNK):
        same = waiting is not None and (waiting.key_result_id, waiting.as_of) == (
            one.key_result_id,
            one.as_of,
        )
        if waiting is not None and not same:
            yield _check_in(scope, waiting)
        waiting = one
    if waiting is not None:
        yield _check_in(scope, waiting)


def _check_in(scope: Scope, one: CheckIn) -> Sequence[Any]:
    value, done = one.value, ""
    if one.key_result.kind == Kind.MILESTONES:
        steps = enumerate(one.key_result.milestones.all(), start=1)
        done = " ".join(str(place) for place, step in steps if step.pk in one.milestones_done)
        value = None
    name = scope.name(one.key_result)
    return (one.external_id, name, one.as_of, value, done, one.confidence, one.note)


def contributions(scope: Scope) -> Cells:
    """First what units' priorities serve, then what objectives do."""
    ends = ("child_objective", "child_priority", "parent_objective", "parent_priority")
    rows = scope.contributions.select_related(*ends)
    order = (F("child_priority_id").asc(nulls_last=True), "child_objective_id", "pk")
    for one in rows.order_by(*order).iterator(CHUNK):
        yield (one.external_id, scope.name(one.child), scope.name(one.parent), WORDS[one.strength])


TABLES = (
    Table("units", "external_id name parent leader fte ended_on", units),
    Table("people", "external_id name email unit manager position level fte start end", people),
    Table(
        "cycles",
        "external_id name starts_on ends_on opens_on landmark_on closes_on",
        cycles,
        told="state",
    ),
    Table(
        "strategies",
        "external_id title unit leader starts_on ends_on vision mission values",
        strategies,
        told="state",
    ),
    Table(
        "priorities",
        "external_id title why sponsor strategy weight confidential",
        priorities,
        told="state",
    ),
    Table(
        "kpis",
        "external_id name unit direction owner source description low high owner_unit "
        "decimals cadence_days",
        kpis,
        told="state",
    ),
    Table(
        "expected_results",
        "external_id priority expected_result kpi baseline target starts_on due_on",
        expected_results,
    ),
    Table(
        "trade_offs",
        "external_id strategy priority this over note frees_fte decided_on look_again_on",
        trade_offs,
    ),
    Table("targets", "kpi due_on starts_on baseline value low high text", targets),
    Table("observations", "external_id kpi date value text note", observations),
    Table(
        "templates",
        "external_id template use title why ambition key_results retired",
        templates,
    ),
    Table(
        "objectives",
        "external_id title why owner cycle start due critical ambition visibility "
        "run_the_business cadence_days recovers",
        objectives,
        told="state",
    ),
    Table(
        "key_results",
        "external_id objective title type baseline target low high unit weight due "
        "target_text commit stretch required_share milestones decimals source "
        "reporter not_enough measure_by direction kpi",
        key_results,
    ),
    Table("check_ins", "external_id key_result date value done confidence note", check_ins),
    Table("contributions", "external_id child parent strength", contributions),
    Table(
        "cascades",
        "external_id title serves giving_unit taking_unit direction cycle why key_results strength kind "
        "starts_on ends_on mandate resources fte word answer_by",
        cascades,
        told="state",
    ),
    Table(
        "dependencies",
        "external_id objective needs asked_unit delivering_objective needed_by effort_fte answer_by",
        dependencies,
        told="state",
    ),
    Table(
        "decisions",
        "external_id question background decider options choice reason given_up freed_fte "
        "freed_until touches expected due_on decided_on look_again_on looked_back_on outcome "
        "as_expected learnt confidential replaces",
        decisions,
        told="state",
    ),
    Table(
        "allocations",
        "person whole_unit objective priority run_the_business cycle share from until",
        allocations,
    ),
    Table("plans", "external_id plan cycle unit owner_limits", plans, told="state"),
    Table("plan_teams", "plan team skill team_fte", teams),
    Table(
        "plan_candidates",
        "plan number objective title owner priority value running mandatory stop_cost start_cost "
        "alternative needs effort",
        candidates,
        told="from_strategy",
    ),
    Table(
        "plan_scenarios",
        "plan scenario capacity weights forced keeps_priorities",
        scenarios,
        told="adopted",
    ),
)
