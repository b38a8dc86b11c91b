"""What competes for somebody's time: their live objectives, proposals to them, and what their effort goes into."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from goldenthread.objectives.models import KeyResult, Objective, ObjectivePriority
from goldenthread.objectives.states import LIVE, State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import Allocation
from goldenthread.tradeoffs.selectors.allocations import ZERO

PROPOSED = frozenset({State.PROPOSED, State.COUNTERED})
MOST_ITEMS = 12


@dataclass(frozen=True)
class Competing:
    """An objective that may compete, and the share of the person's time that it has; None where nobody entered any."""

    objective: Objective
    share: Decimal | None
    is_own: bool


@dataclass(frozen=True)
class Load:
    """What competes for somebody's time on a day, and what else it goes into."""

    items: list[Competing]
    rest: Decimal  # of their time, for what is not among the items
    entered: bool

    @property
    def total(self) -> Decimal:
        return sum((one.share or ZERO for one in self.items), self.rest)


def competing(reader: Person, person: Person, on: dt.date) -> Load:
    """What competes for the person's time, the largest share first, as far as the reader sees it. Two queries."""
    rows = list(
        Allocation.objects.visible_to(reader)
        .in_force(on)
        .filter(person=person)
        .select_related("objective")
    )
    shares: dict[int, Decimal] = {}
    for row in rows:
        if row.objective_id is not None:
            shares[row.objective_id] = shares.get(row.objective_id, ZERO) + row.share
    effort = Allocation.objects.in_force(on).filter(person=person, objective=OuterRef("pk"))
    theirs = Q(owner_person=person, state__in=LIVE | PROPOSED)
    into = Q(Exists(effort), state__in=LIVE | PROPOSED)
    found = Objective.objects.visible_to(reader).filter(theirs | into).listed()
    items = [Competing(one, shares.get(one.pk), one.owner_person_id == person.pk) for one in found]
    items.sort(key=lambda one: (-(one.share or ZERO), not one.is_own, one.objective.title))
    every = sum((row.share for row in rows), ZERO)
    shown = sum((one.share or ZERO for one in items), ZERO)
    return Load(items, every - shown, entered=bool(rows))


def one_metric(objective: Objective) -> KeyResult | None:
    """The key result whose target an answer can move: the only one that counts, with a target in numbers."""
    rows = [row for row in objective.key_results.all() if row.weight]
    return rows[0] if len(rows) == 1 and rows[0].target is not None else None


def sponsors_of(reader: Person, objectives: list[int]) -> dict[Person, list[Priority]]:
    """Who sponsors what these serve, with the priorities; only what the reader sees, and only who has an account."""
    reached = ObjectivePriority.objects.filter(
        priority=OuterRef("pk"),
        objective__in=Objective.objects.visible_to(reader).filter(pk__in=objectives),
    )
    rows = (
        Priority.objects.visible_to(reader)
        .filter(
            Exists(reached),
            state=Priority.State.ACTIVE,
            sponsor__isnull=False,
            sponsor__user__isnull=False,
        )
        .select_related("sponsor")
        .order_by("position", "pk")
    )
    found: dict[Person, list[Priority]] = {}
    for one in rows:
        if one.sponsor is not None and one.sponsor != reader and not one.sponsor.has_left:
            found.setdefault(one.sponsor, []).append(one)
    return found
