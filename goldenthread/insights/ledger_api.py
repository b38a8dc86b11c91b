"""The ledger of leaders over the API."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Output, Ref, Search, found
from goldenthread.insights.selectors.ledger import (
    KINDS,
    Fact,
    LedgerFilter,
    LedgerLeader,
    ledger_leaders,
    with_facts,
)
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action

room = Room("Ledger")
KindOfFact = Literal["weights", "results", "cascade", "gives", "silent", "decision", "change"]


class FactOut(Output):
    """One thing that is open: `address` is the page on which it is settled."""

    kind: KindOfFact
    title: str
    note: str
    since: dt.date
    address: str

    @classmethod
    def of(cls, fact: Fact) -> "FactOut":
        kind: Any = fact.kind.key
        return cls(kind=kind, title=fact.title, note=fact.note, since=fact.since, address=fact.url)


class LeaderOut(Output):
    """A leader with what is open of theirs, the oldest first."""

    leader: Ref
    position: str
    facts: list[FactOut]

    @classmethod
    def of(cls, one: LedgerLeader) -> "LeaderOut":
        return cls(
            leader=Ref(id=one.person.pk, name=one.person.name),
            position=one.person.position,
            facts=[FactOut.of(fact) for fact in one.facts],
        )


class LedgerQuery(Filter):
    q: Search = ""
    kind: KindOfFact | Literal[""] = ""
    unit_id: Annotated[Id | None, Field(description="Who works in it, or leads a part.")] = None
    leader_id: Id | None = None
    mine: Annotated[bool, Field(description="Only yours.")] = False


@room.listing("/ledger", LeaderOut)
def list_ledger(request: PersonRequest, sent: Query[LedgerQuery]) -> Page[LeaderOut]:
    """List the leaders of whom anything is open that only they can settle, by name, each with what it is.

    Leaders see themselves and those below them; HR partners and administrators all, though nothing that is restricted
    or confidential to them. There is no score, and nothing is ticked off here.
    """
    require(request.person, Action.SEE_LEDGER)
    on = clock.today()
    chosen = LedgerFilter(
        text=sent.q,
        kind=KINDS.get(sent.kind),
        unit=found(Unit.objects.all(), sent.unit_id, "unit_id"),
        leader=found(Person.objects.visible_to(request.person), sent.leader_id, "leader_id"),
        mine=sent.mine,
    )
    rows = ledger_leaders(request.person, chosen, on)

    def shown(page: Any) -> list[LeaderOut]:
        return [LeaderOut.of(one) for one in with_facts(page, request.person, chosen, on)]

    return page_of(request, rows, sent, shown)
