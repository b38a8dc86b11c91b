"""Deputies over the API: who stands in for whom, from one day to another."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal, Self

from django.http import Http404
from ninja import Query

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Day, Filter, Id, Input, RecordOut, Ref, found
from goldenthread.core.api.versions import version_seen
from goldenthread.people import services
from goldenthread.people.access import PersonRequest
from goldenthread.people.api.people import person_of
from goldenthread.people.models import Deputy, Person

room = Room("Deputies")


class DeputyOut(RecordOut):
    """`deputy` stands in for `person` up to and with `ends_on`; `ended_on` is set where it ended before that."""

    person: Ref
    deputy: Ref
    starts_on: dt.date
    ends_on: dt.date
    ended_on: dt.date | None

    @classmethod
    def of(cls, one: Deputy) -> Self:
        return cls(
            id=one.pk,
            version=one.version,
            person=Ref(id=one.person_id, name=one.person.name),
            deputy=Ref(id=one.deputy_id, name=one.deputy.name),
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            ended_on=one.ended_on,
        )

    @classmethod
    def of_all(cls, rows: Iterable[Deputy]) -> list[Self]:
        return [cls.of(one) for one in rows]


class DeputyQuery(Filter):
    person: Id | None = None
    deputy: Id | None = None
    state: Literal["standing", "ahead", "all"] = "ahead"


class NewDeputy(Input):
    deputy_id: Id
    starts_on: Day
    ends_on: Day


def _deputy(request: PersonRequest, deputy_id: int) -> Deputy:
    seen = Deputy.objects.visible_to(request.person).select_related("person", "deputy")
    deputy = seen.filter(pk=deputy_id).first()
    if deputy is None:
        raise Http404
    return deputy


@room.listing("/deputies", DeputyOut)
def list_deputies(request: PersonRequest, sent: Query[DeputyQuery]) -> Page[DeputyOut]:
    """List who stands in for whom, now or later.

    Those of today alone with `state=standing`, those gone by too with `state=all`.
    """
    rows = Deputy.objects.visible_to(request.person).select_related("person", "deputy")
    if sent.state == "standing":
        rows = rows.standing(clock.today())
    elif sent.state == "ahead":
        rows = rows.ahead(clock.today())
    wanted = {"person": sent.person, "deputy": sent.deputy}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return page_of(request, rows, sent, DeputyOut.of_all)


@room.creating("/people/{person_id}/deputies", DeputyOut, at="deputies")
def name_deputy(request: PersonRequest, person_id: Id, sent: NewDeputy) -> DeputyOut:
    """Name who stands in for somebody from one day to another.

    They, the line above and HR partners; one at a time.
    """
    person = person_of(request, person_id)
    given = sent.every()
    people = Person.objects.visible_to(request.person)
    given["deputy"] = found(people, given.pop("deputy_id"), "deputy_id")
    return DeputyOut.of(services.name_deputy(actor=request.person, person=person, **given))


@room.reading("/deputies/{deputy_id}", DeputyOut)
def read_deputy(request: PersonRequest, deputy_id: Id) -> DeputyOut:
    """Read who stands in for whom."""
    return DeputyOut.of(_deputy(request, deputy_id))


@room.changing("/deputies/{deputy_id}/end", DeputyOut, method="POST")
def end_deputy(request: PersonRequest, deputy_id: Id) -> DeputyOut:
    """End it now, before its last day.

    Whoever may name a deputy.
    """
    deputy = _deputy(request, deputy_id)
    version_seen(request, deputy)
    services.end_deputy(actor=request.person, deputy=deputy)
    return DeputyOut.of(_deputy(request, deputy_id))
