"""Where the thread is broken, for a reader, who sees only the titles that they may: loose ends, priorities
without work, and what waits to be confirmed."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core import clock
from goldenthread.core.either import in_either
from goldenthread.core.prepared import Pages, Prepared, how_many
from goldenthread.insights.selectors.alignment import Alignment
from goldenthread.objectives.models import Objective, ObjectivePriority
from goldenthread.objectives.models.objective import begun
from goldenthread.objectives.selectors.lines import HIDDEN, loose_reasons
from goldenthread.objectives.selectors.seen import in_charge_among
from goldenthread.objectives.states import COUNTED, State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority

CONFIDENTIAL = "A confidential priority"


@dataclass(frozen=True)
class LooseEnd:
    """An open objective that reaches no priority, why, and who holds it. A restricted one keeps its title."""

    objective: Objective
    title: str
    reason: str
    owner: str
    visible: bool
    may_tie: bool = False


def loose_objectives(on: dt.date | None = None) -> QuerySet[Objective]:
    """Open, confirmed, not declared to keep the business running, and without a line to a priority."""
    rows = Objective.objects.counted(on).filter(in_line=False, run_the_business=False)
    return rows.select_related("cycle", "owner_person", "owner_unit__leader").order_by("pk")


def loose_pages(on: dt.date) -> Pages[Objective]:
    """`loose_objectives` for a paginator."""
    return Pages(partial(_loose_count, on), partial(_loose_page, on))


@Prepared
def _loose_count(on: dt.date) -> QuerySet[Objective, tuple[int]]:
    return how_many(loose_objectives(on))


@Prepared
def _loose_page(on: dt.date, start: int, stop: int) -> QuerySet[Objective]:
    return loose_objectives(on)[start:stop]


def loose_ends(objectives: Sequence[Objective], reader: Person | None) -> list[LooseEnd]:
    """Each with its reason. Without a reader (a report) only open titles are given away. Three queries at most."""
    reasons = loose_reasons(objectives)
    seen = {one.pk for one in objectives if not one.restricted}
    if closed := [one.pk for one in objectives if one.restricted]:
        rows = Objective.objects.visible_to(reader).filter(pk__in=closed)
        seen |= set(rows.values_list("pk", flat=True))
    theirs = in_charge_among([one.pk for one in objectives], reader) if reader else set()
    return [
        LooseEnd(
            one,
            one.title if one.pk in seen else HIDDEN,
            reasons[one.pk],
            str(one.owner or "") if one.pk in seen else "",
            one.pk in seen,
            one.pk in theirs,
        )
        for one in objectives
    ]


@dataclass(frozen=True)
class StrandedPriority:
    """A priority with no work below it, or with none that can be judged."""

    priority: Priority
    title: str
    visible: bool
    reason: str
    weight: float | None  # its share of the value, 0 to 1; None until confirmed, and for a unit's
    unit: str = ""  # whose priority it is, where not the whole organisation's


def stranded_then(found: Alignment, reader: Person) -> list[str]:
    """The titles of the organisation's priorities that had no work on a day gone by, as far as the reader may know."""
    rows = list(Priority.objects.filter(pk__in=[*found.stranded, *found.uncovered]))
    seen = set(
        Priority.objects.visible_to(reader)
        .filter(pk__in=[one.pk for one in rows])
        .values_list("pk", flat=True)
    )
    return [one.title if one.pk in seen else CONFIDENTIAL for one in rows]


def stranded_priorities(found: Alignment, reader: Person | None) -> list[StrandedPriority]:
    """The priorities that wait for somebody to serve them: the organisation's, in the order of its strategy,
    as they were on the day of the figures; then those of units, as they are today."""
    named = [*found.stranded, *found.uncovered]
    rows = sorted(
        _stranded(clock.today(), named=named), key=lambda one: one.strategy.unit is not None
    )
    seen = {one.pk for one in rows if not one.confidential}
    if closed := {one.pk for one in rows} - seen:
        known = Priority.objects.visible_to(reader).filter(pk__in=closed)
        seen |= set(known.values_list("pk", flat=True))
    return [
        StrandedPriority(
            one,
            one.title if one.pk in seen else CONFIDENTIAL,
            one.pk in seen,
            "What serves it has no owner or nothing that can be measured"
            if one.pk in found.uncovered
            else "Nothing open serves it",
            float(one.weight) / 100
            if one.weight is not None
            and one.strategy.weights_confirmed
            and one.strategy.unit is None
            else None,
            one.strategy.unit.name if one.strategy.unit else "",
        )
        for one in rows
    ]


@Prepared
def _stranded(on: dt.date, *, named: Sequence[int]) -> QuerySet[Priority]:
    """These, and the priorities of units that nothing open serves."""
    counted = begun(on, "objective__") & Q(objective__state__in=COUNTED)
    serving = ObjectivePriority.objects.filter(counted, priority=OuterRef("pk"))
    of_units = Priority.objects.in_use().filter(~Exists(serving), strategy__unit__isnull=False)
    rows = Priority.objects.filter(in_either(Priority.objects.filter(pk__in=named), of_units))
    return rows.select_related("strategy__unit", "sponsor")


def waiting_to_be_confirmed() -> int:
    """How many objectives an import or a draft proposed that nobody has taken on; in no figure."""
    return Objective.objects.filter(state=State.UNCONFIRMED).count()
