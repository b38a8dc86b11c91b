"""A unit: who leads it and works in it, what it holds, and how much of that is in line."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, When

from goldenthread.core import clock
from goldenthread.core.counts import count_of
from goldenthread.core.for_a_minute import ForAMinute
from goldenthread.core.prepared import Prepared
from goldenthread.engine.coverage import ALIGNMENT_METHOD_VERSION
from goldenthread.engine.result import Result, share
from goldenthread.insights.selectors.person_page import key_results_of
from goldenthread.insights.selectors.team import Member, team
from goldenthread.insights.selectors.threads import Thread, threads
from goldenthread.objectives.models import Objective, ObjectiveQuerySet
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Strategy
from goldenthread.strategy.selectors import Standing, kpi_standings

PEOPLE_SHOWN = 50


@dataclass(frozen=True)
class UnitPage:
    """What the page of a unit shows to one reader. `in_line` counts all work of the unit and those below it."""

    unit: Unit
    children: list[Any]  # units, with `below`: who works in them and under them
    members: list[Member]
    people_here: int
    people_below: int  # its own included
    threads: list[Thread]
    in_line: Result
    kpis: list[Standing]
    strategy_id: int | None

    @property
    def people_more(self) -> int:
        return self.people_here - len(self.members)

    @property
    def worrying(self) -> list[Member]:
        return [one for one in self.members if one.worst in {"at_risk", "behind", "outdated"}]


Counts = dict[int, tuple[int, int, int, int]]
COUNTED = ("here", "below", "open", "in_line")
LARGE = ForAMinute[Counts]()


def unit_row(unit: int) -> Any | None:
    """A unit with what its page says of it, in one query: `here` and `below` (people), `open` and `in_line`
    (objectives of it and those below), `own_strategy`, and its `parts`; None if there is none. The counts of a large
    unit may be a minute old."""
    key = (clock.today(), unit)
    kept = LARGE.of(key)
    rows = list(_unit_rows(clock.today(), kept is None, unit=unit))
    if kept is not None and any(row.pk not in kept for row in rows):  # a part that is new
        kept, rows = None, list(_unit_rows(clock.today(), True, unit=unit))
    if kept is not None:
        for row in rows:
            for name, count in zip(COUNTED, kept[row.pk], strict=True):
                setattr(row, name, count)
    found = next((one for one in rows if one.pk == unit), None)
    if found is not None:
        found.parts = [one for one in rows if one is not found]
        if kept is None:
            counts = {one.pk: tuple(getattr(one, name) for name in COUNTED) for one in rows}
            LARGE.keep(key, counts, found.below)
    return found


@Prepared
def _unit_rows(today: dt.date, counting: bool, *, unit: int) -> QuerySet[Any]:
    own = Strategy.objects.in_force(today).filter(unit=OuterRef("pk"))
    itself = Q(pk=unit)
    rows = (
        Unit.objects.filter(itself | Q(parent=unit, ended_on__isnull=True))
        .select_related("leader", "parent")
        .annotate(own_strategy=Subquery(own.values("pk")[:1]))
    )
    return rows.annotate(**_counts(today, itself)) if counting else rows


def _counts(today: dt.date, itself: Q) -> dict[str, Any]:
    """What is counted of each; objectives only of the unit itself, not of each of its parts."""
    working = Person.objects.working(today)
    counted = Objective.objects.counted()
    # Its owner is a unit or a person: two counts that begin at the unit, where one of both would go through all.
    of_units = counted.filter(owner_unit__closure_above__ancestor=OuterRef("pk"))
    of_people = counted.filter(owner_person__unit__closure_above__ancestor=OuterRef("pk"))

    def of_itself(counted: Any) -> Case:
        return Case(When(itself, then=counted), output_field=IntegerField())

    in_line = count_of(of_units.filter(in_line=True)) + count_of(of_people.filter(in_line=True))
    return {
        "here": count_of(working.filter(unit=OuterRef("pk"))),
        "below": count_of(working.filter(unit__closure_above__ancestor=OuterRef("pk"))),
        "open": of_itself(count_of(of_units) + count_of(of_people)),
        "in_line": of_itself(in_line),
    }


def unit_page(unit: Any, reader: Person, *, leads: bool) -> UnitPage:
    """Load the page of a `unit_row` in a fixed number of queries. `leads`: the reader leads it, or a unit above."""
    on = clock.today()
    people = _people(on, unit=unit.pk)
    held = rows_seen(_held, reader, unit=unit.pk, people=[one.pk for one in people])
    own = [one for one in held if one.owner_unit_id == unit.pk]
    kpis = list(Kpi.objects.visible_to(reader).filter(unit=unit, state=Kpi.State.ACTIVE))
    standings = kpi_standings(kpis, on)
    return UnitPage(
        unit=unit,
        children=unit.parts,
        members=team(people, held, on, may_ask=_may_ask(reader, leads)),
        people_here=unit.here,
        people_below=unit.below,
        threads=threads(own, reader, on, key_results_of(own)),
        in_line=share(
            unit.in_line,
            unit.open,
            unit_of_n="objectives",
            method_version=ALIGNMENT_METHOD_VERSION,
            as_of=on,
        ),
        kpis=[standings[kpi.pk] for kpi in kpis],
        strategy_id=unit.own_strategy,
    )


def _may_ask(reader: Person, leads: bool) -> Callable[[Person], bool]:
    """Who leads asks for everybody in it, a manager for who reports to them; nobody here for themself."""

    def may_ask(person: Person) -> bool:
        return person != reader and (leads or person.manager_id == reader.pk)

    return may_ask


@Prepared
def _people(on: dt.date, *, unit: int) -> QuerySet[Person]:
    return Person.objects.filter(unit=unit).working(on)[:PEOPLE_SHOWN]


def _held(
    *, seen: ObjectiveQuerySet, unit: int, people: Sequence[int]
) -> QuerySet[Objective, Objective]:
    held = Q(owner_unit=unit) | Q(owner_person__in=people)
    return seen.exclude(state__in=CLOSED).filter(held).listed().order_by("pk")
