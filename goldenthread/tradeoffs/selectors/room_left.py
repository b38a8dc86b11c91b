"""How much of a unit's capacity is not allocated yet: of its people and those below it, on a day."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil

from django.db.models import Count, Exists, F, FloatField, OuterRef, Sum
from django.db.models.functions import Cast

from goldenthread.engine.small_groups import withheld
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.tradeoffs.models import Allocation
from goldenthread.tradeoffs.selectors.allocations import minimum_group


@dataclass(frozen=True)
class Room:
    """Who works in a unit with those below it, their capacity and what of it is allocated, in full-time equivalents.

    `allocated` is None where it would tell of too few people whom the reader may not see.
    """

    people: int = 0
    capacity: float = 0.0
    allocated: float | None = 0.0

    @property
    def free(self) -> float | None:
        return None if self.allocated is None else self.capacity - self.allocated


@dataclass
class _Unit:
    """Of the people of one unit alone, or what it says it has where they are not entered: all, and those of whom effort is entered by name."""

    people: int = 0
    fte: float = 0.0
    named: int = 0
    named_fte: float = 0.0
    named_asked: float = 0.0
    share: float | None = None  # as said of the nearest unit from it up that anything is said of


def room_left(reader: Person, units: Mapping[int, Collection[int]], on: dt.date) -> dict[int, Room]:
    """The room of each of the units, by id, with those below it, itself among them, as given. What is entered by name counts, else what is said of the nearest unit.

    A fixed number of queries, each grouped by unit.
    """
    if not units:
        return {}
    standing = Unit.objects.filter(ended_on__isnull=True).values_list("pk", "parent_id", "fte")
    parents = {pk: parent for pk, parent, _ in standing}
    own = _own(parents, on)
    for pk, _, fte in standing:
        if fte is not None and not own[pk].people:  # its people are not entered
            own[pk].people, own[pk].fte = ceil(fte), float(fte)
    entered = {pk: one.named if one.share is None else one.people for pk, one in own.items()}
    hidden = _hidden(parents, entered) - _led(reader, parents)
    return {
        pk: _room([own[one] for one in below if one in own], pk in hidden)
        for pk, below in units.items()
    }


def _room(parts: list[_Unit], is_hidden: bool) -> Room:
    allocated = sum(
        one.named_asked + (one.share or 0.0) * (one.fte - one.named_fte) for one in parts
    )
    return Room(
        people=sum(one.people for one in parts),
        capacity=sum(one.fte for one in parts),
        allocated=None if is_hidden else allocated,
    )


def _own(parents: Mapping[int, int | None], on: dt.date) -> dict[int, _Unit]:
    found = {pk: _Unit() for pk in parents}
    in_force = Allocation.objects.in_force(on)
    working = Person.objects.working(on).filter(unit__in=Unit.objects.filter(ended_on=None))
    counts = working.order_by().values("unit").annotate(n=Count("pk"), sum_fte=Sum("fte"))
    for row in counts:
        found[row["unit"]].people, found[row["unit"]].fte = row["n"], float(row["sum_fte"])
    named = Exists(in_force.filter(person=OuterRef("pk")))
    for row in counts.filter(named):
        one = found[row["unit"]]
        one.named, one.named_fte = row["n"], float(row["sum_fte"])
    asked = Sum(Cast("share", FloatField()) * Cast("person__fte", FloatField()))
    by_name = in_force.filter(person__in=working).order_by().values("person__unit")
    for pk, sum_fte in by_name.annotate(asked=asked).values_list("person__unit", "asked"):
        found[pk].named_asked = sum_fte
    said = in_force.filter(unit__isnull=False).order_by().values("unit")
    shares = {row["unit"]: float(row["sum"]) for row in said.annotate(sum=Sum(F("share")))}
    for pk, one in found.items():
        at: int | None = pk
        while at is not None and at not in shares:
            at = parents.get(at)
        one.share = None if at is None else shares[at]
    return found


def _hidden(parents: Mapping[int, int | None], entered: Mapping[int, int]) -> set[int]:
    """The units whose sums stay hidden, as on the page of where effort goes."""
    people = dict.fromkeys(parents, 0)
    for pk, count in entered.items():
        at: int | None = pk
        while at is not None and at in people:
            people[at] += count
            at = parents[at]
    below: dict[int | None, list[int]] = defaultdict(list)
    for pk, parent in parents.items():
        below[parent if parent in parents else None].append(pk)
    return withheld(below, people, minimum_group(), sum(entered.values()))


def _led(reader: Person, every: Collection[int]) -> set[int]:
    """The units whose people's effort the reader sees anyhow."""
    named = reader.self_and_lenders
    if any(one.granted_leader for one in named):
        return set(every)
    led = UnitClosure.objects.filter(ancestor__leader__in=named)
    return set(led.values_list("descendant_id", flat=True))
