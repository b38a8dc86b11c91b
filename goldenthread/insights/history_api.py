"""The history of a record over the API, as its page tells it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, Self

from django.http import Http404
from ninja import Query

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Output, Ref, Short
from goldenthread.core.selectors import history_of
from goldenthread.insights.selectors.record_history import KINDS, Line, Words, lines_in_words
from goldenthread.people.access import PersonRequest

room = Room("History")


class HistoryChangeOut(Output):
    """One field in words. `closed`: why neither value is shown (erased or withheld), else empty."""

    field: str
    before: str
    after: str
    closed: str

    @classmethod
    def of(cls, one: Words) -> Self:
        return cls(field=one.field, before=one.before, after=one.after, closed=one.closed)


class HistoryLineOut(Output):
    """What somebody did and what it changed; `who` is null for Goldenthread itself. `part` says which key result, expected
    result or trade-off it is about. `hidden`: it names what you may not see, so that only the verb stands here."""

    at: dt.datetime
    who: Ref | None
    verb: str
    part: str
    note: str
    changes: list[HistoryChangeOut]
    hidden: bool

    @classmethod
    def of_all(cls, lines: Iterable[Line]) -> list[Self]:
        return [
            cls(
                at=one.at,
                who=Ref.to(one.who),
                verb=one.verb,
                part=one.part,
                note=one.note,
                changes=[HistoryChangeOut.of(change) for change in one.changes],
                hidden=one.hidden,
            )
            for one in lines
        ]


@room.listing("/history/{kind}/{record_id}", HistoryLineOut)
def list_history(
    request: PersonRequest, kind: Short, record_id: Id, sent: Query[Filter]
) -> Page[HistoryLineOut]:
    """List what was done to a record, the latest first.

    Whoever sees the record. `kind` is the word of the page, such as objective, kpi or person.
    """
    found = KINDS.get(kind)
    record = found.visible(request.person).filter(pk=record_id).first() if found else None
    if found is None or record is None:
        raise Http404
    parts = list(found.parts(record, request.person))

    def shown(entries: Iterable[Any]) -> list[HistoryLineOut]:
        return HistoryLineOut.of_all(lines_in_words(list(entries), parts, request.person))

    return page_of(request, history_of(record, request.person, parts), sent, shown)
