"""What the rules of quality ask about objectives, in a fixed number of queries, and how objectives stand against them.

Only what is open to everybody is compared: a restricted objective or a confidential priority above, or one that reads alike, is passed over,
so that no message tells of what its reader may not see.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Model, QuerySet

from goldenthread.core import clock
from goldenthread.core.prepared import Prepared
from goldenthread.engine.quality.facts import (
    Direction,
    Goal,
    KeyResultFacts,
    Kind,
    ObjectiveFacts,
    Retarget,
)
from goldenthread.engine.quality.rules import Assessment, assess
from goldenthread.engine.quality.words import Words, words_of
from goldenthread.objectives.models import (
    Contribution,
    ExpectationChange,
    KeyResult,
    Milestone,
    Objective,
)
from goldenthread.objectives.selectors.standing import usual_cadence
from goldenthread.objectives.services.sides import Side, proposer_side
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Kpi, Observation

if TYPE_CHECKING:
    from goldenthread.objectives.services.drafts import KeyResultDraft

RETARGETS = frozenset({"target", "low", "high", "commit", "stretch"})
DIRECTIONS = {Kpi.Direction.UP: Direction.INCREASE, Kpi.Direction.DOWN: Direction.DECREASE}


def words() -> Words | None:
    """The word lists of the language that objectives are written in."""
    return words_of(settings.LANGUAGE_CODE)


def assessment(objective: Objective, on: dt.date) -> Assessment:
    """How one objective stands against the rules."""
    return judged(objective, facts([objective], on)[objective.pk], on, words())


def assessments(objectives: Iterable[Objective], on: dt.date) -> dict[int, Assessment]:
    """How objectives stand against the rules, by id: five queries more than their key results and milestones at most.

    Pass objectives with cycle, owner and twin loaded.
    """
    rows = list(objectives)
    found, lists = facts(rows, on), words()
    return {row.pk: judged(row, found[row.pk], on, lists) for row in rows}


def judged(row: Objective, known: ObjectiveFacts, on: dt.date, lists: Words | None) -> Assessment:
    """How an objective stands, by what is known of it, less the rules that are waived."""
    return assess(known, on, lists, frozenset(row.waived_rules.split()))


def facts(rows: Sequence[Objective], on: dt.date) -> dict[int, ObjectiveFacts]:
    """What is known of each objective, by id."""
    criteria = _criteria(rows)
    key_results = [one for of_one in criteria.values() for one in of_one]
    beside = Beside(
        goals_of([row.pk for row in rows]),
        _retargets([row.pk for row in rows if row.is_live or row.is_closed]),
        _points({one.kpi_id for one in key_results if one.kpi_id}, on),
        _milestones([one for one in key_results if one.kind == Kind.MILESTONES]),
        usual_cadence(),
    )
    return {row.pk: _of_objective(row, criteria.get(row.pk, []), on, beside) for row in rows}


def _criteria(rows: Sequence[Objective]) -> dict[int, list[KeyResult]]:
    """The key results of each, those in hand where they are loaded already."""
    if all("key_results" in _loaded(row) for row in rows):
        return {row.pk: list(row.key_results.all()) for row in rows}
    found: dict[int, list[KeyResult]] = {}
    for one in _key_results(objectives=[row.pk for row in rows]):
        found.setdefault(one.objective_id, []).append(one)
    return found


@Prepared
def _key_results(*, objectives: Sequence[int]) -> QuerySet[KeyResult]:
    listed = KeyResult.objects.filter(objective__in=objectives)
    return listed.select_related("reporter", "kpi__owner")


def _milestones(rows: Sequence[KeyResult]) -> dict[int, list[dt.date | None]]:
    """The days on which the steps of each are due."""
    if all("milestones" in _loaded(row) for row in rows):
        return {row.pk: [step.due_on for step in row.milestones.all()] for row in rows}
    found: dict[int, list[dt.date | None]] = {}
    steps = Milestone.objects.filter(key_result__in=[row.pk for row in rows])
    for key_result, due in steps.values_list("key_result", "due_on"):
        found.setdefault(key_result, []).append(due)
    return found


def _loaded(row: Model) -> Mapping[str, Any]:
    found: Mapping[str, Any] = getattr(row, "_prefetched_objects_cache", {})
    return found


@dataclass(frozen=True)
class Beside:
    """What is looked up for many at once: goals above by objective, changed targets and days of steps by key result,
    values by KPI."""

    goals: Mapping[int, Sequence[Goal]] = field(default_factory=dict)
    retargets: Mapping[int, Retarget] = field(default_factory=dict)
    points: Mapping[int, Sequence[tuple[dt.date, Decimal]]] = field(default_factory=dict)
    steps: Mapping[int, Sequence[dt.date | None]] = field(default_factory=dict)
    cadence: int = 7


def _of_objective(
    row: Objective, criteria: Sequence[KeyResult], on: dt.date, beside: Beside
) -> ObjectiveFacts:
    agreed_on = clock.day_of(row.agreed_at) if row.agreed_at else None
    accepted, offered_on = _acceptance(row)
    return ObjectiveFacts(
        row.title,
        key_result_facts(criteria, row, on, beside, agreed_on),
        accountable=owner_names(row.accountable),
        starts=row.starts,
        ends=row.ends,
        parents=tuple(beside.goals.get(row.pk, ())),
        in_line=row.in_line,
        run_the_business=row.run_the_business,
        twin=_twin(row),
        effort=None if row.has_effort is None else int(row.has_effort),
        under_way=row.is_live and row.starts <= on,
        last_check_in_on=row.last_check_in_on or max(row.starts, agreed_on or row.starts),
        cadence_days=row.cadence_days or beside.cadence,
        accepted=accepted,
        offered_on=offered_on,
    )


def key_result_facts(
    rows: "Sequence[KeyResult | KeyResultDraft]",
    objective: Objective,
    on: dt.date,
    beside: Beside,
    agreed_on: dt.date | None = None,
    keys: Sequence[Any] = (),
) -> tuple[KeyResultFacts, ...]:
    """The key results of an objective, stored or as they are being written; `keys` name those that have no id."""
    total = sum((one.weight for one in rows), Decimal(0))
    who = objective.accountable
    names = keys or [one.pk for one in rows]
    found = []
    for key, one in zip(names, rows, strict=True):
        points = tuple(beside.points.get(one.kpi.pk if one.kpi else 0, ()))
        stored = one if isinstance(one, KeyResult) else None
        latest = stored.latest if stored else None
        known = [value for day, value in points if day <= (agreed_on or on)]
        direction = one.direction or (DIRECTIONS.get(one.kpi.direction) if one.kpi else None)  # type: ignore[call-overload]  # a stored text, as the enumeration has it
        found.append(
            KeyResultFacts(
                key,
                one.title,
                Kind(one.kind),
                one.measure,
                **{name: getattr(one, name) for name in NUMBERS},
                target_text=one.target_text,
                latest=latest,
                measure_by=one.measure_by,
                direction=Direction(direction) if direction else None,
                share=one.weight / total if total else Decimal(0),
                due_on=one.due_on or objective.ends,
                source=one.source or (str(one.kpi) if one.kpi else ""),
                reporter=str(one.reporter or (one.kpi and one.kpi.owner) or who or ""),
                milestones_due=_steps(one, beside),
                value_before=known[-1] if known else None if agreed_on else latest,
                points=points,
                measured_every=one.kpi.cadence_days if one.kpi else _cadence(objective, beside),
                retargeted=beside.retargets.get(stored.pk) if stored else None,
            )
        )
    return tuple(found)


NUMBERS = ("baseline", "target", "commit", "stretch", "low", "high")


def _steps(one: "KeyResult | KeyResultDraft", beside: Beside) -> tuple[dt.date | None, ...]:
    if isinstance(one, KeyResult):
        return tuple(beside.steps.get(one.pk, ()))
    return tuple(step.due_on for step in one.milestones)


def _cadence(objective: Objective, beside: Beside) -> int:
    return objective.cadence_days or beside.cadence


def _acceptance(row: Objective) -> tuple[bool | None, dt.date | None]:
    """Whether the owner has agreed, and since when they could have; None while nothing is put to them."""
    if row.is_live or row.is_closed:
        return True, None
    if row.state == State.UNCONFIRMED:
        return False, clock.day_of(row.created_at)
    if row.state == State.DRAFT:
        return None, None
    owner_spoke = proposer_side(row) is Side.OWNER
    return owner_spoke, clock.day_of(row.proposed_at) if row.proposed_at else None


def _twin(row: Objective) -> str | None:
    """The title of the one that reads alike, "" where there is none, None where nobody has looked."""
    if row.looked_at_on is None and row.twin_id is None:
        return None
    other = row.twin
    return other.title if other and not other.restricted and other.state not in CLOSED else ""


@Prepared
def _links_upward(*, children: Sequence[int]) -> "QuerySet[Contribution, tuple[Any, ...]]":
    return (
        Contribution.objects.filter(valid_to__isnull=True, child_objective__in=children)
        .exclude(parent_objective__state__in=CLOSED)
        .values_list(
            "child_objective",
            "parent_objective__title",
            "parent_objective__restricted",
            "parent_objective__ends_on",
            "parent_objective__cycle__ends_on",
            "parent_priority__title",
            "parent_priority__confidential",
            "parent_priority__strategy__ends_on",
        )
        .order_by("pk")
    )


def goals_of(pks: Sequence[int]) -> dict[int, list[Goal]]:
    """What each serves, as far as it is open to everybody. Where something is not, no end is known of any."""
    links = _links_upward(children=pks)
    found: dict[int, list[Goal]] = {}
    hidden = set()
    for child, title, restricted, own_end, end, priority, confidential, horizon in links:
        if restricted or confidential:
            hidden.add(child)
        else:
            goal = Goal(title, own_end or end) if title is not None else Goal(priority, horizon)
            found.setdefault(child, []).append(goal)
    for child in hidden & found.keys():
        found[child] = [Goal(goal.title) for goal in found[child]]
    return found


def _retargets(pks: Sequence[int]) -> dict[int, Retarget]:
    """The last change of a target by key result, of objectives that were agreed."""
    if not pks:
        return {}
    changes = (
        ExpectationChange.objects.filter(
            objective__in=pks, state=ExpectationChange.State.ACCEPTED, answered_at__isnull=False
        )
        .order_by("answered_at", "pk")
        .values_list("changes", "answered_at", "author__name")
    )
    return {
        int(pk): Retarget(clock.day_of(at), who or "somebody")
        for changed, at, who in changes
        if at is not None
        for pk, fields in changed.get("key_results", {}).items()
        if fields.keys() & RETARGETS
    }


def _points(kpis: Iterable[int], on: dt.date) -> dict[int, list[tuple[dt.date, Decimal]]]:
    """The values of KPIs in force, in the order of their days."""
    found: dict[int, list[tuple[dt.date, Decimal]]] = {}
    if wanted := list(kpis):
        rows = Observation.objects.filter(
            kpi__in=wanted, on__lte=on, value__isnull=False, corrected_by__isnull=True
        )
        for kpi, day, value in rows.order_by("on", "pk").values_list("kpi", "on", "value"):
            if value is not None:
                found.setdefault(kpi, []).append((day, value))
    return found


def beside_drafts(kpis: Iterable[int], on: dt.date) -> Beside:
    """What is looked up for key results that are being written."""
    return Beside(points=_points(kpis, on), cadence=usual_cadence())


def owner_names(person: Person | None) -> tuple[str, ...]:
    """Who answers for it, by name; nobody where that person has left."""
    return (person.name,) if person is not None and not person.has_left else ()
