"""The leaders of the ledger, as a reader sees them, and the facts of some of them.

Leaders are found by what is open, each kind by its index; facts are loaded for those of one page.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.ledger.kinds import KINDS, Fact, Kind
from goldenthread.objectives.selectors.standing import usual_cadence
from goldenthread.people.models import (
    Person,
    ReportingClosure,
    Unit,
    UnitClosure,
    stand_in,
)
from goldenthread.people.selectors import matches
from goldenthread.strategy.models import Strategy

SHOWN = 10  # facts of a leader among others; all of them where one is asked for
BATCH = 100


@dataclass(frozen=True)
class LedgerFilter:
    """What the ledger is narrowed to; the address of the page says it."""

    text: str = ""
    kind: Kind | None = None
    unit: Unit | None = None  # who works in it or leads a part of it, with those below
    leader: Person | None = None
    mine: bool = False

    @property
    def kinds(self) -> list[Kind]:
        """Those that are asked for."""
        return list(KINDS.values()) if self.kind is None else [self.kind]


@dataclass(frozen=True)
class LedgerLeader:
    """One leader with what is open of theirs, the oldest first."""

    person: Person
    facts: list[Fact]
    shown: int = SHOWN

    @property
    def first(self) -> list[Fact]:
        return self.facts[: self.shown]

    @property
    def more(self) -> int:
        return max(len(self.facts) - self.shown, 0)


def ledger_leaders(reader: Person, chosen: LedgerFilter, on: dt.date) -> list[int]:
    """The ids of those of whom anything is open that the reader may see, by name. HR and administrators see every
    leader; a leader themself, whom they stand in for, and who leads below these. One query."""
    sees_all = reader.is_hr or reader.is_admin
    if chosen.text:
        found_now = _leaders(reader, sees_all, chosen, on, usual_cadence())
        return list(found_now.values_list("pk", flat=True))
    found = _by_name(
        on,
        usual_cadence(),
        sees_all,
        reader.is_leader,
        chosen.kind,
        chosen.mine,
        named=[one.pk for one in reader.self_and_lenders],
        unit=[chosen.unit.pk] if chosen.unit else [],
        leader=[chosen.leader.pk] if chosen.leader else [],
    )
    return [pk for (pk,) in found]


@Prepared
def _by_name(
    on: dt.date,
    cadence: int,
    sees_all: bool,
    is_leader: bool,
    kind: Kind | None,
    mine: bool,
    *,
    named: Sequence[int],
    unit: Sequence[int],
    leader: Sequence[int],
) -> "QuerySet[Person, tuple[int]]":
    chosen = LedgerFilter(
        kind=kind,
        unit=Unit(pk=unit[0]) if unit else None,
        leader=Person(pk=leader[0]) if leader else None,
        mine=mine,
    )
    reader = stand_in(named, is_leader)
    return _leaders(reader, sees_all, chosen, on, cadence).values_list("pk")


def _leaders(
    reader: Person, sees_all: bool, chosen: LedgerFilter, on: dt.date, cadence: int
) -> "QuerySet[Person]":
    rows = Person.objects.filter(_leads())
    named = [one.pk for one in reader.self_and_lenders]
    if chosen.mine:
        rows = rows.filter(pk__in=named)
    elif not sees_all:
        rows = rows.filter(Q(pk__in=named) | _below(named))
    if chosen.leader is not None:
        rows = rows.filter(pk=chosen.leader.pk)
    if chosen.unit is not None:
        rows = rows.filter(_within(chosen.unit))
    theirs: list[QuerySet[Any, Any]] = []
    for kind in chosen.kinds:
        facts = _worded(kind, reader, chosen, on, cadence).order_by()
        theirs += [facts.filter(here).values(path) for path, here in kind.ways()]
    # From the facts to their leaders, who are fewer than those who might have any.
    has_any = theirs[0].union(*theirs[1:]) if theirs[1:] else theirs[0]
    return rows.filter(pk__found_first=has_any).order_by("name", "pk")


def _leads() -> Q:
    """Who leads by office, or leads a strategy."""
    led = Strategy.objects.filter(leader=OuterRef("pk")).exclude(state=Strategy.State.ENDED)
    return Q(granted_leader=True) | Q(heads_unit=True) | Q(sponsors=True) | Q(Exists(led))


def _below(named: Sequence[int]) -> Q:
    """Who reports to one of them, works in a unit below one that they lead, or leads such a unit."""
    units = UnitClosure.objects.filter(ancestor__leader__in=named)
    return (
        Q(Exists(ReportingClosure.objects.filter(manager__in=named, report=OuterRef("pk"))))
        | Q(Exists(units.filter(descendant=OuterRef("unit"))))
        | Q(Exists(units.filter(descendant__leader=OuterRef("pk"))))
    )


def _within(unit: Unit) -> Q:
    units = UnitClosure.objects.filter(ancestor=unit)
    works, leads = (
        units.filter(descendant=OuterRef("unit")),
        units.filter(descendant__leader=OuterRef("pk")),
    )
    return Q(Exists(works)) | Q(Exists(leads))


def _worded(
    kind: Kind, reader: Person, chosen: LedgerFilter, on: dt.date, cadence: int
) -> "QuerySet[Any]":
    """The facts of a kind, with every word in them or in the name of their leader."""
    rows = kind.rows(reader, on, cadence)
    if not chosen.text:
        return rows
    names = tuple(f"{path}__name" for path in kind.owned)
    return rows.filter(matches(chosen.text, *kind.words, *names))


def facts_of(
    leaders: Sequence[Person], reader: Person, chosen: LedgerFilter, on: dt.date
) -> dict[int, list[Fact]]:
    """What is open of each of them, by id, the oldest first. A query for each kind, and one for the units they lead."""
    ids = [one.pk for one in leaders]
    units = list(Unit.objects.filter(leader__in=ids).values_list("pk", flat=True)) if ids else []
    found: dict[int, list[Fact]] = defaultdict(list)
    named, cadence = [one.pk for one in reader.self_and_lenders], usual_cadence()
    for kind in chosen.kinds if ids else ():
        if chosen.text:
            worded = _worded(kind, reader, chosen, on, cadence)
            rows: Iterable[Any] = worded.filter(_held(kind, ids, units))
        else:
            leads = reader.is_leader
            rows = _facts(kind, on, cadence, leads, named=named, leaders=ids, units=units)
        for record in rows:
            fact = kind.fact(record)
            found[fact.leader_id].append(fact)
    return {
        pk: sorted(facts, key=lambda one: (one.since, one.title)) for pk, facts in found.items()
    }


@Prepared
def _facts(
    kind: Kind,
    on: dt.date,
    cadence: int,
    is_leader: bool,
    *,
    named: Sequence[int],
    leaders: Sequence[int],
    units: Sequence[int],
) -> "QuerySet[Any]":
    rows = kind.rows(stand_in(named, is_leader), on, cadence)
    return rows.filter(_held(kind, leaders, units))


def _held(kind: Kind, leaders: Sequence[int], units: Sequence[int]) -> Q:
    """Whose it is, of these leaders of these units: named by ids, an index finds each, where a join would go through
    all of the kind."""
    theirs = Q()
    for path, here in kind.ways():
        by_unit = path == "owner_unit__leader"
        held = ("owner_unit__in", units) if by_unit else (f"{path}__in", leaders)
        theirs |= here & Q(held)
    return theirs


def with_facts(
    leaders: Iterable[int], reader: Person, chosen: LedgerFilter, on: dt.date
) -> list[LedgerLeader]:
    """Each leader of a page, by their ids, with what is open of theirs."""
    ids = list(leaders)
    known = Person.objects.select_related("unit").in_bulk(ids)
    every = [known[pk] for pk in ids if pk in known]
    found = facts_of(every, reader, chosen, on)
    shown = len(found.get(chosen.leader.pk, ())) if chosen.leader is not None else SHOWN
    if chosen.mine:
        shown = max((len(facts) for facts in found.values()), default=0)
    return [LedgerLeader(one, found.get(one.pk, []), shown) for one in every]
