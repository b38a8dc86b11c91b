"""Units that others need: how much is asked of each at a time, beside what it can give."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from goldenthread.engine.dependencies import Demand, demand
from goldenthread.objectives.models import Dependency, Objective
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.tradeoffs.selectors.room_left import Room, room_left


@dataclass(frozen=True)
class TeamRow:
    """One unit that is asked, with those below it: `asked` and `accepted` count what is open on the day."""

    unit: Unit
    asked: int
    accepted: int
    under_way: int
    room: Room
    demand: Demand

    @property
    def needs(self) -> int:
        return self.asked + self.accepted

    @property
    def is_too_much(self) -> bool:
        return self.demand.is_too_much


def teams(
    reader: Person, on: dt.date, unit: Unit | None = None, *, only_too_much: bool = False
) -> list[TeamRow]:
    """The units that are asked for anything open, or those from `unit` down: first where more is asked than they can give.

    What everybody may see counts, and what the reader may. A fixed number of queries.
    """
    rows = Dependency.objects.visible_to(reader).open()
    if unit is not None:
        rows = rows.asked_of(unit)
    direct: dict[int, list[tuple[str, float | None]]] = defaultdict(list)
    for pk, state, fte in rows.order_by().values_list("unit_id", "state", "effort_fte"):
        direct[pk].append((state, None if fte is None else float(fte)))
    units = Unit.objects.filter(pk__in=direct).select_related("leader")
    below = _below(direct)
    room, own = room_left(reader, below, on), _under_way() if direct else {}
    every = []
    for one in units:
        found = [need for pk in below[one.pk] for need in direct.get(pk, ())]
        under_way = sum(own.get(pk, 0) for pk in below[one.pk])
        its = room[one.pk]
        row = TeamRow(
            unit=one,
            asked=sum(state == Dependency.State.ASKED for state, _ in found),
            accepted=sum(state == Dependency.State.ACCEPTED for state, _ in found),
            under_way=under_way,
            room=its,
            demand=demand(
                [fte for _, fte in found],
                free_fte=its.free,
                people=its.people,
                under_way=under_way,
                as_of=on,
            ),
        )
        every.append(row)
    if only_too_much:
        every = [one for one in every if one.is_too_much]
    return sorted(every, key=lambda one: (not one.is_too_much, -one.needs, one.unit.name))


def _below(units: Collection[int]) -> dict[int, list[int]]:
    """Each unit with those below it, by id."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = UnitClosure.objects.filter(ancestor__in=units)
    for ancestor, descendant in rows.values_list("ancestor_id", "descendant_id"):
        found[ancestor].append(descendant)
    return found


def _under_way() -> dict[int, int]:
    """How many objectives are agreed and running in each unit alone, its people's counted. Two queries."""
    live = Objective.objects.live().order_by()
    found: dict[int, int] = defaultdict(int)
    for name in ("owner_unit", "owner_person__unit"):
        for pk, count in live.values_list(name).annotate(n=Count("pk")):
            if pk is not None:
                found[pk] += count
    return found
