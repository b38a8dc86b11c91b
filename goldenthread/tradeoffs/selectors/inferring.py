"""Effort that nobody entered, worked out from what somebody owns. Never stored, always called inferred."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from goldenthread.objectives.models import Cycle, Objective, ObjectiveQuerySet
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import RUN, Allocation, NonRoutineShare, Target


@dataclass(frozen=True)
class Inferred:
    """A share of somebody's time as it is inferred, and the cycle in which it would be entered."""

    target: Target
    share: Decimal
    cycle: Cycle


def inferred_effort(person: Person, on: dt.date) -> list[Inferred]:
    """The declared non-routine share spread evenly over the live objectives that they own; the rest is routine.

    Nothing where something is entered, none is declared, or they own none. At most three queries.
    """
    if Allocation.objects.in_force(on).filter(person=person).exists():
        return []
    share = NonRoutineShare.now()
    if share is None:
        return []
    owned = list(live_objectives(on).filter(owner_person=person).select_related("cycle"))
    return _spread(owned, share)


def inferred_shares(
    people: Iterable[int], on: dt.date, share: Decimal | None
) -> dict[int, list[Inferred]]:
    """The same for many of whom nothing is entered, by their id; `share` is the one declared. One query."""
    left = list(people)
    if share is None or not left:
        return {}
    owned: dict[int, list[Objective]] = {}
    for one in live_objectives(on).filter(owner_person__in=left).select_related("cycle"):
        assert one.owner_person_id is not None
        owned.setdefault(one.owner_person_id, []).append(one)
    return {pk: _spread(objectives, share) for pk, objectives in owned.items()}


def live_objectives(on: dt.date) -> ObjectiveQuerySet:
    """Agreed, and running on the day, in a cycle that does."""
    running = {"cycle__starts_on__lte": on, "cycle__ends_on__gte": on}
    begun = Q(starts_on__isnull=True) | Q(starts_on__lte=on)
    not_over = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    return Objective.objects.live().filter(begun, not_over, **running)


def _spread(owned: Sequence[Objective], share: Decimal) -> list[Inferred]:
    if not owned:
        return []
    each = share / len(owned)
    found = [Inferred(one, each, one.cycle) for one in owned]
    main = Counter(one.cycle for one in owned).most_common(1)[0][0]
    return [*found, Inferred(RUN, 1 - share, main)] if share < 1 else found
