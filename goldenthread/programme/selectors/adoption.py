"""Adoption: who has something agreed, what of it can be judged, whether check-ins come; by unit and of the whole."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Q
from django.db.models.functions import Coalesce

from goldenthread.core import clock
from goldenthread.core.models import AuditRecord, Organisation
from goldenthread.engine import adoption
from goldenthread.engine.result import MINIMUM_GROUP, Result, suppressed
from goldenthread.engine.small_groups import withheld
from goldenthread.objectives.models import CheckIn, Cycle, Objective
from goldenthread.objectives.states import LIVE
from goldenthread.people.models import Absence, Person
from goldenthread.people.selectors import UnitNode, flat, unit_tree

KEPT_SECONDS = 24 * 60 * 60


class Tally(NamedTuple):
    """What is counted: people, those with an agreed objective; agreed objectives, those that can be judged, those
    on which a check-in was due, and those of them that keep the rhythm."""

    people: int = 0
    with_one: int = 0
    agreed: int = 0
    measurable: int = 0
    due: int = 0
    kept: int = 0

    def __add__(self, other: tuple[int, ...]) -> "Tally":  # type: ignore[override]  # sums, column by column
        return Tally(*(one + more for one, more in zip(self, other, strict=True)))


@dataclass(frozen=True)
class Adoption:
    """The three figures of a unit with all units below it, or of the whole; or that they are withheld."""

    name: str
    tally: Tally
    minimum: int
    as_of: dt.date
    unit: int | None = None
    parent: str = ""
    withheld: bool = False
    cycle_runs: bool = True

    @property
    def with_one(self) -> Result:
        found = self.tally
        return self._shown(
            adoption.agreed_share(
                found.with_one, found.people, cycle_runs=self.cycle_runs, as_of=self.as_of
            )
        )

    @property
    def measurable(self) -> Result:
        found = self.tally
        return self._shown(
            adoption.measurable_share(found.measurable, found.agreed, as_of=self.as_of)
        )

    @property
    def rhythm(self) -> Result:
        found = self.tally
        return self._shown(
            adoption.rhythm_share(found.kept, found.due, found.agreed, as_of=self.as_of)
        )

    @property
    def figures(self) -> tuple[tuple[str, Result], ...]:
        return (
            ("People with an agreed objective", self.with_one),
            ("Agreed objectives that can be judged", self.measurable),
            ("Check-ins kept to the rhythm", self.rhythm),
        )

    def _shown(self, result: Result) -> Result:
        """A unit's is withheld by its people: its few objectives would be those of the few."""
        if not self.withheld:
            return result
        return suppressed(
            unit_of_n="people",
            method_version=adoption.METHOD_VERSION,
            minimum=self.minimum,
            as_of=self.as_of,
        )


@dataclass(frozen=True)
class AdoptionOfAll:
    """Of the whole, and of each unit in the order of the tree."""

    whole: Adoption
    units: tuple[Adoption, ...]


def adoption_today() -> AdoptionOfAll:
    """The figures of today, counted over the cycles that run, restricted work included. Kept until anything changes."""
    on = clock.today()
    last = AuditRecord.objects.order_by("-pk").values_list("pk", flat=True).first()
    key = f"adoption-{on:%Y%m%d}-{last}"
    found: AdoptionOfAll | None = cache.get(key)
    if found is None:
        found = _measure(on)
        cache.set(key, found, KEPT_SECONDS)
    return found


def running(on: dt.date, prefix: str = "") -> Q:
    """The cycles that run on the day. `prefix` leads to the cycle."""
    began = Q(**{f"{prefix}starts_on__lte": on, f"{prefix}ends_on__gte": on})
    return began & ~Q(**{f"{prefix}state": Cycle.State.CLOSED})


def _measure(on: dt.date) -> AdoptionOfAll:
    """Seven queries, whatever the size."""
    organisation = Organisation.current()
    cadence = organisation.cadence_days if organisation else 7
    made, away = _check_ins(on), _away(on)
    of_unit: dict[int | None, Tally] = defaultdict(Tally)
    holders: set[int] = set()
    agreed = Objective.objects.filter(running(on, "cycle__"), state__in=LIVE).order_by()
    for pk, holder, unit, measurable, starts, agreed_at, own_cadence in agreed.values_list(
        "pk",
        Coalesce("owner_person_id", "owner_unit__leader_id"),
        Coalesce("owner_unit_id", "owner_person__unit_id"),
        "measurable",
        Coalesce("starts_on", "cycle__starts_on"),
        "agreed_at",
        "cadence_days",
    ):
        holders.add(holder)
        begin = max(starts, clock.day_of(agreed_at)) if agreed_at else starts
        kept = adoption.check_ins_due(
            begin, on, own_cadence or cadence, made.get(pk, ()), away.get(holder, ())
        ).kept
        of_unit[unit] += (0, 0, 1, measurable, kept is not None, kept is True)
    for person, unit in Person.objects.working(on).order_by().values_list("pk", "unit_id"):
        of_unit[unit] += (1, person in holders, 0, 0, 0, 0)
    return _by_unit(of_unit, on)


def _check_ins(on: dt.date) -> Mapping[int, Collection[dt.date]]:
    """The days of the check-ins on each agreed objective of the cycles that run."""
    made: dict[int, set[dt.date]] = defaultdict(set)
    rows = CheckIn.objects.filter(
        running(on, "key_result__objective__cycle__"), key_result__objective__state__in=LIVE
    )
    for pk, day in rows.order_by().values_list("key_result__objective_id", "as_of").distinct():
        made[pk].add(day)
    return made


def _away(on: dt.date) -> Mapping[int, Collection[tuple[dt.date, dt.date]]]:
    """The first and last days on which people were away since the first of these cycles began."""
    away: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    first = Cycle.objects.filter(running(on)).order_by("starts_on").values("starts_on")[:1]
    rows = Absence.objects.filter(end__gte=first, start__lte=on)
    for person, start, end in rows.values_list("person_id", "start", "end"):
        away[person].append((start, end))
    return away


def _by_unit(own: Mapping[int | None, Tally], on: dt.date) -> AdoptionOfAll:
    nodes = flat(unit_tree())
    totals: dict[int, Tally] = {}
    for node in reversed(nodes):  # a unit after everything below it
        parts = [totals[child.unit.pk] for child in node.children]
        totals[node.unit.pk] = sum(parts, own.get(node.unit.pk, Tally()))
    organisation = Organisation.current()
    name = organisation.name if organisation else ""
    minimum = organisation.minimum_group if organisation else MINIMUM_GROUP
    cycle_runs = Cycle.objects.filter(running(on)).exists()
    whole = Adoption(name, sum(own.values(), Tally()), minimum, on, cycle_runs=cycle_runs)
    people = {pk: tally.people for pk, tally in totals.items()}
    hidden = withheld(_below(nodes), people, minimum, whole.tally.people)
    names = {node.unit.pk: node.unit.name for node in nodes}
    return AdoptionOfAll(
        whole,
        tuple(
            Adoption(
                node.unit.name,
                totals[node.unit.pk],
                minimum,
                on,
                unit=node.unit.pk,
                parent=names.get(node.unit.parent_id or 0, ""),
                withheld=node.unit.pk in hidden,
                cycle_runs=cycle_runs,
            )
            for node in nodes
        ),
    )


def _below(nodes: list[UnitNode]) -> dict[int | None, list[int]]:
    below: dict[int | None, list[int]] = defaultdict(list)
    for node in nodes:
        if node.depth == 0:
            below[None].append(node.unit.pk)
        below[node.unit.pk] = [child.unit.pk for child in node.children]
    return below
