"""HR's page over the API: adoption, who is stuck, and nudges. Nothing here writes anybody's work."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Self

from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.api.figures import FigureOut
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Input, Output, Ref, Search, Short, found
from goldenthread.core.errors import DomainError
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit
from goldenthread.permissions import Action
from goldenthread.programme import services
from goldenthread.programme.selectors.adoption import Adoption, adoption_today
from goldenthread.programme.selectors.nudges import nudged
from goldenthread.programme.selectors.stuck import KINDS, Kind, Stuck, stuck_counts

room = Room("Programme")
KindKey = Annotated[Short, Field(description=f"One of {', '.join(KINDS)}.")]


class StuckCountOut(Output):
    """One way of being stuck, how many are, and what would help."""

    kind: str
    title: str
    help: str
    count: int


class AdoptionOut(Output):
    """How the programme is taken up in the whole organisation, and who is stuck. A restricted objective is in the figures,
    and not among what is stuck unless you may see it."""

    as_of: dt.date
    figures: list[FigureOut]
    stuck: list[StuckCountOut]


class UnitAdoptionOut(Output):
    """The same figures of a unit with every unit below it; withheld where its people are too few."""

    unit: Ref
    part_of: str
    figures: list[FigureOut]

    @classmethod
    def of_all(cls, units: Iterable[Adoption]) -> list[Self]:
        return [
            cls(
                unit=Ref(id=one.unit or 0, name=one.name), part_of=one.parent, figures=_figures(one)
            )
            for one in units
        ]


class StuckOut(Output):
    """A person or a piece of work that is stuck. `about` is the id that a nudge takes, `whom` who has the next step (of a
    person their manager), `asked_on` when HR asked within the last week."""

    about: Id
    title: str
    address: str
    whom: Ref | None
    note: str
    since: dt.date | None
    asked_on: dt.date | None

    @classmethod
    def of(cls, one: Stuck, asked_on: dt.date | None) -> Self:
        names = ("about", "title", "note", "since")
        given: dict[str, Any] = {name: getattr(one, name) for name in names}
        return cls(address=one.url, whom=Ref.to(one.whom), asked_on=asked_on, **given)


class StuckQuery(Filter):
    kind: KindKey = next(iter(KINDS))
    unit: Annotated[Id | None, Field(description="With the units below it.")] = None
    q: Search = ""


class NewNudge(Input):
    """Of which rows of the list, by their `about`."""

    kind: KindKey
    about_ids: Annotated[list[Id], Field(min_length=1, max_length=100)]


class NudgedOut(Output):
    """Who was asked, once for each row."""

    asked: list[Ref]


def _figures(one: Adoption) -> list[FigureOut]:
    return [FigureOut.of(name, result) for name, result in one.figures]


def _kind(key: str) -> Kind:
    if key not in KINDS:
        raise DomainError(f"What is stuck is one of {', '.join(KINDS)}.", "kind")
    return KINDS[key]


@room.reading("/programme", AdoptionOut)
def read_programme(request: PersonRequest) -> AdoptionOut:
    """Read how the programme is taken up, and how many are stuck.

    HR partners and administrators.
    """
    require(request.person, Action.SEE_PROGRAMME)
    whole = adoption_today().whole
    stuck = [
        StuckCountOut(kind=kind.key, title=kind.title, help=kind.help, count=count)
        for kind, count in stuck_counts(request.person)
    ]
    return AdoptionOut(as_of=whole.as_of, figures=_figures(whole), stuck=stuck)


@room.listing("/programme/units", UnitAdoptionOut)
def list_unit_adoption(request: PersonRequest, sent: Query[Filter]) -> Page[UnitAdoptionOut]:
    """List how each unit takes the programme up, with every unit below it, in the order of the tree.

    HR partners and administrators.
    """
    require(request.person, Action.SEE_PROGRAMME)
    return page_of(request, adoption_today().units, sent, UnitAdoptionOut.of_all)


@room.listing("/programme/stuck", StuckOut)
def list_stuck(request: PersonRequest, sent: Query[StuckQuery]) -> Page[StuckOut]:
    """List who, or what, is stuck in one way.

    HR partners and administrators.
    """
    require(request.person, Action.SEE_PROGRAMME)
    kind, on = _kind(sent.kind), clock.today()
    unit = found(Unit.objects.all(), sent.unit, "unit")

    def shown(rows: Iterable[Any]) -> list[StuckOut]:
        listed = [kind.row(row) for row in rows]
        asked = nudged(kind, [one.about for one in listed], on) if kind.asks else {}
        return [StuckOut.of(one, asked.get(one.about)) for one in listed]

    return page_of(request, kind.narrowed(request.person, on, unit, sent.q), sent, shown)


@room.changing("/programme/nudges", NudgedOut, method="POST", matched=False)
def nudge(request: PersonRequest, sent: NewNudge) -> NudgedOut:
    """Ask whoever has the next step to look at what is stuck; who was asked within a week is not asked again.

    HR partners. It stands on their home at once, and in their next letter.
    """
    made = services.nudge(actor=request.person, kind=_kind(sent.kind), about=sent.about_ids)
    return NudgedOut(asked=[Ref(id=one.to.pk, name=one.to.name) for one in made])
