"""A person: what they answer for and what it serves, whom they work with, and what they have closed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core import clock
from goldenthread.core.either import in_either
from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.threads import Thread, threads
from goldenthread.objectives.models import KeyResult, Objective
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Absence, Deputy, Person, Unit
from goldenthread.programme.models import Handover
from goldenthread.strategy.models import Priority, sponsored_by

CLOSED_SHOWN = 20


@dataclass(frozen=True)
class PersonPage:
    """What the page of a person shows to one reader: only what that reader may see."""

    person: Person
    threads: list[Thread]
    closed: list[Objective]
    reports: list[Person]
    units: list[Unit]
    sponsored: list[Priority]
    away: Absence | None
    handovers: list[Handover]  # that are open and the reader sees
    deputies: list[Deputy]  # who stands in for the person today, and for whom the person does

    @property
    def worrying(self) -> list[Thread]:
        return [one for one in self.threads if one.standing.is_worrying and one.objective.is_live]

    @property
    def loose(self) -> list[Thread]:
        return [one for one in self.threads if one.is_loose]

    @property
    def confirmed(self) -> list[Thread]:
        """What the person has taken on; the rest waits to be confirmed and counts nowhere."""
        return [one for one in self.threads if one.objective.state != State.UNCONFIRMED]


def with_what_is_open(people: QuerySet[Person]) -> QuerySet[Person]:
    """The people, each with whether the page has to ask for handovers and deputies at all."""
    me = OuterRef("pk")
    standing = Deputy.objects.standing(clock.today())
    return people.annotate(
        hands_over=Exists(Handover.objects.open().filter(person=me)),
        deputised=Exists(standing.filter(Q(person=me) | Q(deputy=me))),
    )


def person_page(person: Person, reader: Person) -> PersonPage:
    """Load the page in a fixed number of queries; one more for a sponsor, for the head of a unit, for
    whoever hands over, and for deputies."""
    on = clock.today()
    held = Objective.objects.visible_to(reader).listed()
    every = Objective.objects.all()
    own = held.filter(
        in_either(every.filter(owner_person=person), every.filter(owner_unit__leader=person))
    )
    current = list(own.exclude(state__in=CLOSED).order_by("pk"))
    closed = own.defer(None).filter(state__in=CLOSED).order_by("-closed_at", "-pk")[:CLOSED_SHOWN]
    units = Unit.objects.filter(leader=person, ended_on__isnull=True)
    priorities = Priority.objects.visible_to(reader).in_use().filter(sponsored_by(person))
    return PersonPage(
        person=person,
        threads=threads(current, reader, on, key_results_of(current)),
        closed=list(closed),
        reports=list(Person.objects.filter(manager=person).working(on)),
        units=list(units) if person.heads_unit else [],
        sponsored=list(priorities) if person.sponsors else [],
        away=_away(person, on),
        handovers=list(Handover.objects.visible_to(reader).open().filter(person=person))
        if getattr(person, "hands_over", True)
        else [],
        deputies=_deputies(person, on) if getattr(person, "deputised", True) else [],
    )


def key_results_of(objectives: list[Objective]) -> dict[int, list[KeyResult]]:
    """The key results of each objective, in their order. One query."""
    found: dict[int, list[KeyResult]] = defaultdict(list)
    for row in _key_results(objectives=[one.pk for one in objectives]):
        found[row.objective_id].append(row)
    return found


@Prepared
def _key_results(*, objectives: Sequence[int]) -> QuerySet[KeyResult]:
    return KeyResult.objects.filter(objective__in=objectives).order_by("position", "pk")


def _away(person: Person, on: dt.date) -> Absence | None:
    return person.absences.filter(start__lte=on, end__gte=on).order_by("-end").first()


def _deputies(person: Person, on: dt.date) -> list[Deputy]:
    both = Deputy.objects.standing(on).filter(Q(person=person) | Q(deputy=person))
    return list(both.select_related("person", "deputy"))
