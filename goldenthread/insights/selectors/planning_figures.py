"""The figures of a planning round: how much is settled, how it was negotiated, how good the links are, what adds up."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from goldenthread.engine.cascade import (
    Kind,
    Link,
    cascade_quality,
    component_sufficiency,
    link_quality,
)
from goldenthread.engine.flow import value_flow
from goldenthread.engine.graph import Edge
from goldenthread.engine.result import TOLERANCE, Result, Status
from goldenthread.insights.models import Figure
from goldenthread.objectives.models import Contribution, Cycle, KeyResult, Objective
from goldenthread.objectives.selectors.cascades.facts import (
    CascadeFacts,
    cascade_facts,
    cascades_counted,
    facts_of,
)
from goldenthread.objectives.selectors.counted_work import AT_ONCE
from goldenthread.objectives.selectors.graph import of_objective, of_priority
from goldenthread.objectives.states import COUNTED, LIVE
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.strategy.models import Priority
from goldenthread.strategy.selectors import shares_of, strategy_in_force

COMPLETENESS, SYMMETRY = "catchball-completeness", "catchball-symmetry"
DAYS, DAYS_80, QUALITY = "days-to-agreement", "days-to-agreement-80", "cascade-quality"
NAMES = {
    COMPLETENESS: "Settled between units",
    SYMMETRY: "Answered with a change",
    DAYS: "Days to agreement, half of them within",
    DAYS_80: "Days to agreement, four in five within",
    QUALITY: "Quality of the links",
}
MOST_PARTS = 500
NUMERIC = (KeyResult.Kind.METRIC, KeyResult.Kind.GRADED)


@dataclass(frozen=True)
class Part:
    """What one component plans for the parent's key result; `objective` None where the reader may not see it."""

    objective: Objective | None
    delta: Decimal | None


@dataclass(frozen=True)
class Sum:
    """A parent's key result with what its components plan for it together."""

    objective: Objective
    key_result: KeyResult
    delta: Decimal
    parts: Sequence[Part]
    result: Result

    @property
    def adds_up(self) -> bool:
        return self.result.value is None or self.result.value >= 1 - TOLERANCE

    @property
    def planned(self) -> float:
        return self.result.numerator or 0.0

    @property
    def decimals(self) -> int:
        """As many as the key result has, or the finest of its parts."""
        known = [one.delta.normalize() for one in self.parts if one.delta is not None]
        finest = [
            -exponent for one in known if isinstance(exponent := one.as_tuple().exponent, int)
        ]
        return max(self.key_result.decimals, *finest)


def planning_figures(cycle: Cycle, on: dt.date, *, at_night: bool = False) -> dict[str, Result]:
    """The figures of a round, by their name. Of a very large one pages show the quality of the links as last stored.

    Of everybody: sums name no title. Five queries.
    """
    found = _of_catchball(cascade_facts(cycle, on), on)
    many = not at_night and _is_large(cycle)
    quality = _stored_quality(on) if many else quality_of_links(cycle, on)
    return found | ({QUALITY: quality} if quality is not None else {})


def unit_figures(reader: Person, cycle: Cycle, unit: Unit, on: dt.date) -> dict[str, Result]:
    """The same of what a unit and those below it take on: their threads, which everybody sees counted by unit, and the
    links of their objectives as far as the reader sees them. Of a very large round the links are left out.

    What it tells is how units deal with each other, of nobody's person: no smallest group. Six queries.
    """
    below = UnitClosure.objects.filter(ancestor=unit)
    takes = Exists(below.filter(descendant=OuterRef("taking_unit")))
    found = _of_catchball(facts_of(cascades_counted(cycle).filter(takes), on), on)
    if _is_large(cycle):
        return found
    theirs = Objective.objects.visible_to(reader).filter(in_units(below), cycle=cycle)
    among = set(theirs.order_by().values_list("pk", flat=True))
    return found | {QUALITY: quality_of_links(cycle, on, among)}


def in_units(below: "QuerySet[UnitClosure]") -> Q:
    """Objectives of these units, or of their people."""
    own, people = (
        Exists(below.filter(descendant=OuterRef(name)))
        for name in ("owner_unit", "owner_person__unit")
    )
    return Q(own) | Q(people)


def _is_large(cycle: Cycle) -> bool:
    rows = Objective.objects.filter(cycle=cycle).order_by()
    return rows[: AT_ONCE + 1].count() > AT_ONCE


def _of_catchball(facts: CascadeFacts, on: dt.date) -> dict[str, Result]:
    took = facts.time_to_agreement(on)
    return {
        COMPLETENESS: facts.completeness(on),
        SYMMETRY: facts.symmetry(on),
        DAYS: took.median,
        DAYS_80: took.percentile_80,
    }


def quality_of_links(cycle: Cycle, on: dt.date, among: Collection[int] | None = None) -> Result:
    """How good the links are that end at an open objective of the cycle, weighed by the value that reaches it; or at
    one `among` these."""
    strategy = strategy_in_force(on)
    active = list(strategy.priorities.active()) if strategy is not None else []
    shares = shares_of(strategy, active) if strategy is not None else {}
    weights = {of_priority(pk): share for pk, share in shares.items() if share is not None}
    edges, links = [], []
    for row in _links(cycle):
        child = of_objective(row["child_objective_id"])
        above = row["parent_objective_id"]
        parent = of_objective(above) if above else of_priority(row["parent_priority_id"])
        edges.append(Edge(parent, child, row["strength"]))
        counts = among is None or row["child_objective_id"] in among
        if counts and row["child_objective__cycle_id"] == cycle.pk:
            links.append((child, link_quality(_link(row)).score))
    flow = value_flow(weights or None, edges)
    if isinstance(flow, Result):
        return cascade_quality([(score, None) for _, score in links], as_of=on)
    return cascade_quality(
        [(score, flow.value.get(child, 0.0)) for child, score in links], as_of=on
    )


def _links(cycle: Cycle) -> "QuerySet[Contribution, dict[str, Any]]":
    """The links between open work of this cycle and of those before it. One query."""
    here = Q(child_objective__cycle__starts_on__lte=cycle.starts_on)
    rows = Contribution.objects.filter(
        here, valid_to__isnull=True, child_objective__state__in=COUNTED
    ).filter(
        Q(parent_objective__state__in=COUNTED) | Q(parent_priority__state=Priority.State.ACTIVE)
    )
    ends = {
        f"{end}_{which}": Coalesce(f"{end}_objective__{which}", f"{end}_objective__cycle__{which}")
        for end in ("child", "parent")
        for which in ("starts_on", "ends_on")
    }
    found: QuerySet[Contribution, dict[str, Any]] = (
        rows.order_by("pk")
        .annotate(**ends)
        .values(
            *(
                "strength",
                "kind",
                "child_objective_id",
                "parent_objective_id",
                "parent_priority_id",
            ),
            *("child_objective__cycle_id", "child_objective__state", "child_objective__title"),
            *("parent_objective__title", "parent_priority__title", *ends),
        )
    )
    return found


def _link(row: dict[str, Any]) -> Link:
    above = row["parent_objective_id"] is not None
    return Link(
        row["parent_objective__title"] or row["parent_priority__title"],
        row["child_objective__title"],
        accepted=row["child_objective__state"] in LIVE,
        kind=Kind(row["kind"]) if row["kind"] else None,
        parent_period=(row["parent_starts_on"], row["parent_ends_on"]) if above else None,
        child_period=(row["child_starts_on"], row["child_ends_on"]),
    )


def stored_before(on: dt.date) -> dict[str, Figure]:
    """What each of the figures was when it was last stored a week or longer before the day. One query."""
    rows = Figure.objects.filter(
        measure__in=NAMES,
        scope_kind=Figure.Scope.ORGANISATION,
        as_of__lte=on - dt.timedelta(days=7),
        as_of__gte=on - dt.timedelta(days=60),
        value__isnull=False,
    )
    return {one.measure: one for one in rows.order_by("as_of")}


def _stored_quality(on: dt.date) -> Result | None:
    row = (
        Figure.objects.filter(measure=QUALITY, scope_kind=Figure.Scope.ORGANISATION, as_of__lte=on)
        .order_by("-as_of")
        .first()
    )
    if row is None:
        return None
    return Result(
        value=row.value,
        status=Status(row.status),
        n=row.n,
        unit_of_n="links",
        method_version=row.method_version,
        as_of=row.as_of,
    )


def sums_of_parts(reader: Person, cycle: Cycle, on: dt.date, unit: Unit | None = None) -> list[Sum]:
    """Each key result that components of the cycle add up to, those that do not reach it first; of the whole, or of
    objectives of a unit and those below it.

    A component counts for the key result of its parent that is measured in the same unit, where only one is: a figure
    in another unit adds nothing. Of parents that the reader sees; parts that they do not see count without a name.
    """
    parents = Objective.objects.visible_to(reader)
    if unit is not None:
        parents = parents.filter(in_units(UnitClosure.objects.filter(ancestor=unit)))
    links = Contribution.objects.filter(
        kind=Contribution.Kind.COMPONENT,
        valid_to__isnull=True,
        child_objective__cycle=cycle,
        child_objective__state__in=COUNTED,
        parent_objective__state__in=COUNTED,
        parent_objective__in=parents,
    )
    ends = ("parent_objective_id", "child_objective_id")
    pairs = list(links.order_by(ends[0], "pk").values_list(*ends)[: MOST_PARTS + 1])
    if (
        len(pairs) > MOST_PARTS
    ):  # of the last parent some may be missing: it is left out, not told wrongly
        pairs = [pair for pair in pairs if pair[0] != pairs[-1][0]]
    ids = {pk for pair in pairs for pk in pair}
    objectives = Objective.objects.in_bulk(ids)
    rows: dict[int, list[KeyResult]] = defaultdict(list)
    numeric = KeyResult.objects.filter(objective__in=ids, kind__in=NUMERIC, weight__gt=0)
    for one in numeric.order_by("pk"):
        rows[one.objective_id].append(one)
    secret = {pk for pk, one in objectives.items() if one.restricted}
    if secret:
        shown = Objective.objects.visible_to(reader).filter(pk__in=secret)
        secret -= set(shown.values_list("pk", flat=True))
    below: dict[int, list[int]] = defaultdict(list)
    for parent, child in pairs:
        below[parent].append(child)
    found = [
        made
        for parent, children in below.items()
        for made in _sums(objectives, parent, children, rows, secret, on)
    ]
    return sorted(found, key=lambda one: (one.adds_up, one.result.value or 0.0, one.objective.pk))


def _sums(
    objectives: dict[int, Objective],
    parent: int,
    children: Sequence[int],
    rows: dict[int, list[KeyResult]],
    secret: set[int],
    on: dt.date,
) -> Iterator[Sum]:
    for key_result in rows[parent]:
        alike = [one for one in rows[parent] if one.measure == key_result.measure]
        delta = _delta(key_result)
        if len(alike) > 1 or delta is None:
            continue
        parts = []
        for child in children:
            same = [one for one in rows[child] if one.measure == key_result.measure]
            planned = [_delta(one) for one in same]
            known = [one for one in planned if one is not None]
            shown = None if child in secret else objectives[child]
            parts.append(Part(shown, sum(known, Decimal(0)) if known else None))
        if any(one.delta is not None for one in parts):
            result = component_sufficiency([one.delta for one in parts], delta, as_of=on)
            yield Sum(objectives[parent], key_result, delta, parts, result)


def _delta(one: KeyResult) -> Decimal | None:
    """The change that it plans, in its unit of measure; None where it names no start or no target."""
    if one.baseline is None or one.target is None:
        return None
    return one.target - one.baseline
