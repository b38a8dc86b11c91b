"""The list of objectives whose criteria have something open: counted by rule, those that cannot be agreed first."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from goldenthread.core.for_a_minute import MANY, ForAMinute
from goldenthread.core.prepared import Pages, how_many
from goldenthread.engine.quality.rules import BY_CODE, RULES, Rule
from goldenthread.objectives.models import Cycle, Objective, ObjectiveQuerySet
from goldenthread.objectives.models.objective import listed, restricted_seen
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person, Unit, UnitClosure

# What a row reads of how it stood when it was last looked at.
KEPT = ("open_rules", "open_errors", "quality", "waived_rules", "looked_at_on")
HAS_ERRORS = Q(open_errors__gt=0)
_KEPT: "ForAMinute[Counts]" = ForAMinute()
ERRORS, OPEN, WAIVED, ALL = "errors", "open", "waived", "all"


@dataclass(frozen=True)
class CriteriaFilter:
    """What the list is narrowed to; the address of the page says it."""

    unit: Unit | None = None  # owned by it, by a unit below, or by somebody in them
    cycle: Cycle | None = None
    rule: str = ""  # a code
    show: str = OPEN


@dataclass(frozen=True)
class RuleCount:
    rule: Rule
    count: int


@dataclass(frozen=True)
class Counts:
    """How the objectives of a scope stand, whatever rule is chosen in it. Those of many may be a minute old."""

    total: int
    with_errors: int
    with_findings: int
    by_rule: Mapping[str, int]

    @property
    def may_be_old(self) -> bool:
        return self.total > MANY

    def of(self, chosen: CriteriaFilter) -> int | None:
        """How many a list shows; None where these counts do not say so."""
        if chosen.rule:
            return self.by_rule.get(chosen.rule, 0)
        known = {ERRORS: self.with_errors, OPEN: self.with_findings, ALL: self.total}
        return known.get(chosen.show)

    @property
    def rules(self) -> list[RuleCount]:
        """The rules that are open anywhere, the most frequent of each severity first."""
        order = list(RULES)
        found = [RuleCount(BY_CODE[code], n) for code, n in self.by_rule.items()]
        weight = {"error": 0, "warn": 1, "info": 2}
        return sorted(
            found, key=lambda one: (weight[one.rule.shown_as()], -one.count, order.index(one.rule))
        )


def _scope(seen: ObjectiveQuerySet, chosen: CriteriaFilter) -> ObjectiveQuerySet:
    """The open objectives of a unit and a cycle, of those that the reader may see."""
    rows = seen.exclude(state__in=CLOSED)
    if chosen.unit is not None:
        units = UnitClosure.objects.filter(ancestor=chosen.unit).values("descendant")
        rows = rows.filter(Q(owner_unit__in=units) | Q(owner_person__unit__in=units))
    if chosen.cycle is not None:
        rows = rows.filter(cycle=chosen.cycle)
    return rows


def criteria_list(reader: Person, chosen: CriteriaFilter) -> QuerySet[Objective]:
    """The rows, those that cannot be agreed first, then the lowest quality."""
    return _list(chosen, seen=Objective.objects.visible_to(reader))


def criteria_pages(
    reader: Person, chosen: CriteriaFilter, counted: "Counts | None" = None
) -> Pages[Objective]:
    """`criteria_list` for a paginator; `counted` are the `counts` of the same, where they are known."""
    known = None if counted is None else counted.of(chosen)

    def count() -> list[tuple[int]]:
        return rows_seen(_count, reader, chosen) if known is None else [(known,)]

    return Pages(count, partial(rows_seen, _page, reader, chosen))


def _count(chosen: CriteriaFilter, *, seen: ObjectiveQuerySet) -> QuerySet[Any, tuple[int]]:
    return how_many(_list(chosen, seen=seen))


def _page(
    chosen: CriteriaFilter, start: int, stop: int, *, seen: ObjectiveQuerySet
) -> QuerySet[Objective, Objective]:
    return _list(chosen, seen=seen)[start:stop]


def _list(chosen: CriteriaFilter, *, seen: ObjectiveQuerySet) -> QuerySet[Objective]:
    rows = _scope(seen, chosen)
    if chosen.rule:
        rows = rows.exclude(open_rules="").filter(open_rules__contains=f" {chosen.rule} ")
    elif chosen.show in {ERRORS, OPEN}:
        rows = rows.exclude(open_rules="")
        if chosen.show == ERRORS:
            rows = rows.filter(HAS_ERRORS)
    elif chosen.show == WAIVED:
        rows = rows.exclude(waived_rules="")
    rows = rows.select_related("cycle", "owner_person", "owner_unit__leader")
    return rows.only(*listed(), *KEPT).order_by(*_order(chosen))


def _order(chosen: CriteriaFilter) -> tuple[Any, ...]:
    """Of what has something open, all with an error are without a quality and all others have one: the index
    `objectives_to_mend` then gives this order, wherever a database puts what is missing."""
    quality = F("quality")
    is_known = chosen.rule or chosen.show in {ERRORS, OPEN}
    return (
        F("open_errors").desc(),
        quality.asc() if is_known else quality.asc(nulls_last=True),
        "search",
        "pk",
    )


def counts(reader: Person, chosen: CriteriaFilter) -> Counts:
    """The counts behind the first sentence and the filters, in one query: few sets of open rules differ."""
    restricted = restricted_seen(reader)
    where = (chosen.unit and chosen.unit.pk, chosen.cycle and chosen.cycle.pk)
    what = (where, None if restricted is None else tuple(restricted))
    if restricted is not None and (kept := _KEPT.of(what)) is not None:
        return kept
    groups = rows_seen(_groups, reader, replace(chosen, rule="", show=ALL))
    by_rule: Counter[str] = Counter()
    total = with_errors = with_findings = 0
    for group in groups:
        codes = group["open_rules"].split()
        total += group["n"]
        with_errors += group["errors"]
        with_findings += group["n"] if codes else 0
        for code in codes:
            by_rule[code] += group["n"]
    found = Counts(total, with_errors, with_findings, by_rule)
    _KEPT.keep(what, found, total)
    return found


def _groups(chosen: CriteriaFilter, *, seen: ObjectiveQuerySet) -> QuerySet[Objective, Any]:
    by_rules = _scope(seen, chosen).order_by().values("open_rules")
    return by_rules.annotate(n=Count("pk"), errors=Count("pk", filter=HAS_ERRORS))
