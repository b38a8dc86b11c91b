"""Where the thread is broken, for a reader, who sees only the titles that they may: loose ends, priorities
without work, and what waits to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from goldenthread.insights.selectors.alignment import Alignment
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.lines import HIDDEN, loose_reasons
from goldenthread.objectives.states import State
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


def loose_objectives() -> QuerySet[Objective]:
    """Open, confirmed, not declared to keep the business running, and without a line to a priority."""
    rows = Objective.objects.counted().filter(in_line=False, run_the_business=False)
    return rows.select_related("cycle", "owner_person", "owner_unit__leader").order_by("pk")


def loose_ends(objectives: Sequence[Objective], reader: Person | None) -> list[LooseEnd]:
    """Each with its reason. Without a reader (a report) only open titles are given away. Three queries at most."""
    reasons = loose_reasons(objectives)
    seen = {one.pk for one in objectives if not one.restricted}
    if closed := [one.pk for one in objectives if one.restricted]:
        rows = Objective.objects.visible_to(reader).filter(pk__in=closed)
        seen |= set(rows.values_list("pk", flat=True))
    theirs: set[int] = set()
    if reader is not None:
        rows = Objective.objects.in_charge(reader).filter(pk__in=[one.pk for one in objectives])
        theirs = set(rows.values_list("pk", flat=True))
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
    weight: float | None  # its share of the value, 0 to 1; None until the weights are confirmed


def stranded_priorities(found: Alignment, reader: Person | None) -> list[StrandedPriority]:
    """The priorities that wait for somebody to serve them, in the order of the strategy."""
    ids = [*found.stranded, *found.uncovered]
    rows = Priority.objects.filter(pk__in=ids).select_related("strategy", "sponsor")
    seen = set(
        Priority.objects.visible_to(reader).filter(pk__in=ids).values_list("pk", flat=True)
        if reader is not None
        else (one.pk for one in rows if not one.confidential)
    )
    return [
        StrandedPriority(
            one,
            one.title if one.pk in seen else CONFIDENTIAL,
            one.pk in seen,
            "Nothing open serves it"
            if one.pk in found.stranded
            else "What serves it has no owner or nothing that can be measured",
            float(one.weight) / 100
            if one.weight is not None and one.strategy.weights_confirmed
            else None,
        )
        for one in rows
    ]


def waiting_to_be_confirmed() -> int:
    """How many objectives an import or a draft proposed that nobody has taken on; in no figure."""
    return Objective.objects.filter(state=State.UNCONFIRMED).count()
