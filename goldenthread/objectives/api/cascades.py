"""Cascades between units over the API: listed, read, proposed, offered upward, countered, agreed, declined, withdrawn."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    Day,
    Filter,
    Id,
    Input,
    Name,
    Note,
    Number,
    Prose,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.objectives.api.cascade_shapes import (
    CascadeOut,
    CascadeRowOut,
    CascadesOut,
    CascadeVersionOut,
    Contributes,
    Strength,
    row_of,
)
from goldenthread.objectives.api.key_result_shapes import (
    KeyResultIn,
    key_result_in,
)
from goldenthread.objectives.models import Cascade, Cycle, Objective
from goldenthread.objectives.selectors.cascades.listing import CascadeFilter, cascade_list
from goldenthread.objectives.selectors.cascades.thread import ENDS, RELATED, seen_cascade, served
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import Terms
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit
from goldenthread.strategy.models import Priority

room = Room("Cascades")


class CascadeQuery(Filter):
    q: Annotated[str, Field(max_length=200)] = ""
    view: Literal[
        "", "mine", "waiting", "overdue",
        "draft", "proposed", "countered", "agreed", "active", "declined", "withdrawn",
    ] = ""  # fmt: skip
    unit_id: Id | None = None
    cycle_id: Id | None = None


class TermsIn(Input):
    """What is proposed. `mandate` and `resources` may be empty in a draft only."""

    title: Name
    why: Prose = ""
    strength: Strength = 3
    kind: Contributes = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    key_results: Annotated[list[KeyResultIn], Field(max_length=20)] = []
    mandate: Prose = ""
    resources: Prose = ""
    fte: Number | None = None
    word: Prose = ""
    answer_by: Annotated[Day | None, Field(description="A fortnight from now, if left out.")] = None


class Proposal(TermsIn):
    """`giver_id`: the unit that proposes. `send`: false keeps drafts."""

    parent_objective_id: Id | None = None
    parent_priority_id: Id | None = None
    cycle_id: Id
    giver_id: Id
    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]
    send: bool = True


class Offer(TermsIn):
    """`unit_id`: the unit that would do it."""

    parent_objective_id: Id | None = None
    parent_priority_id: Id | None = None
    cycle_id: Id
    unit_id: Id
    send: bool = True


class CascadeCounter(TermsIn):
    answers: Annotated[int, Field(ge=1, le=32_767, description="The version that you read.")]


class CascadeWhy(Input):
    reason: Annotated[Note, Field(description="It stays on record.")]


class CascadeBack(Input):
    reason: Note = ""


def cascade_of(request: PersonRequest, cascade_id: int) -> Cascade:
    one = seen_cascade(request.person, cascade_id)
    if one is None:
        raise Http404
    return one


def told(request: PersonRequest, cascade_id: int) -> CascadeOut:
    """As it stands now."""
    one = cascade_of(request, cascade_id)
    parent = served(request.person, [one])[one.pk].record
    versions = one.versions.select_related("author", "author_for")
    return CascadeOut(
        **row_of(one, parent, clock.today()),
        versions=[CascadeVersionOut.of(row) for row in versions],
    )


def _terms(request: PersonRequest, sent: TermsIn) -> Terms:
    given = {name: getattr(sent, name) for name in TermsIn.model_fields if name != "key_results"}
    results = [
        key_result_in(request, one, f"key_results.{place}", {})
        for place, one in enumerate(sent.key_results)
    ]
    return Terms(**given, key_results=results)


def _opened(request: PersonRequest, sent: Proposal | Offer) -> dict[str, Any]:
    """What opens a thread, whichever way it goes."""
    person = request.person
    objectives = Objective.objects.visible_to(person).select_related("cycle", "owner_unit__leader")
    priorities = Priority.objects.visible_to(person).select_related("strategy", "sponsor")
    objective = found(objectives, sent.parent_objective_id, "parent_objective_id")
    priority = found(priorities, sent.parent_priority_id, "parent_priority_id")
    if (objective is None) == (priority is None):
        raise DomainError("Name what it serves: an objective or a priority.", "parent_priority_id")
    return {
        "actor": person,
        "parent": objective or priority,
        "cycle": found(Cycle.objects.all(), sent.cycle_id, "cycle_id"),
        "terms": _terms(request, sent),
        "send": sent.send,
    }


@room.listing("/cascades", CascadeRowOut)
def list_cascades(request: PersonRequest, sent: Query[CascadeQuery]) -> Page[CascadeRowOut]:
    """List the threads that you may see: between units of yours or below you, and what was agreed.

    What waits comes first.
    """
    chosen = CascadeFilter(
        text=sent.q,
        view=sent.view,
        unit=found(Unit.objects.all(), sent.unit_id, "unit_id"),
        cycle=found(Cycle.objects.all(), sent.cycle_id, "cycle_id"),
    )
    rows = cascade_list(request.person, chosen, clock.today())
    return page_of(request, rows, sent, lambda page: CascadeRowOut.of_all(page, request.person))


@room.reading("/cascades/{cascade_id}", CascadeOut)
def read_cascade(request: PersonRequest, cascade_id: Id) -> CascadeOut:
    """Read a thread with all its versions, stale ones too."""
    return told(request, cascade_id)


@room.creating("/cascade-proposals", CascadesOut)
def propose_to_units(request: PersonRequest, sent: Proposal) -> CascadesOut:
    """Propose an objective to several units, each with a thread of its own.

    Who leads the unit that proposes.
    """
    units = Unit.objects.all()
    giver = found(units, sent.giver_id, "giver_id")
    chosen = [found(units, pk, "unit_ids") for pk in sent.unit_ids]
    assert giver is not None  # an id was sent
    made = services.propose_to_units(
        giver=giver,
        units=[one for one in chosen if one is not None],
        **_opened(request, sent),
    )
    rows = Cascade.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
    seen = rows.select_related(*RELATED, *ENDS)
    return CascadesOut(cascades=CascadeRowOut.of_all(seen, request.person))


@room.creating("/cascade-offers", CascadeOut, at="cascades")
def offer_upward(request: PersonRequest, sent: Offer) -> CascadeOut:
    """Offer an objective of your unit upward, as a contribution to what it serves.

    Who leads the unit.
    """
    unit = found(Unit.objects.all(), sent.unit_id, "unit_id")
    assert unit is not None  # an id was sent
    made = services.offer_upward(unit=unit, **_opened(request, sent))
    return told(request, made.pk)


@room.changing("/cascades/{cascade_id}/send", CascadeOut, method="POST")
def send_cascade(request: PersonRequest, cascade_id: Id) -> CascadeOut:
    """Put a draft to the other unit.

    Who leads the unit that proposes.
    """
    one = cascade_of(request, cascade_id)
    version = version_seen(request, one)
    services.send_cascade(actor=request.person, cascade=one, version=version)
    return told(request, cascade_id)


@room.changing("/cascades/{cascade_id}/counter", CascadeOut, method="POST", matched=False)
def counter_cascade(request: PersonRequest, cascade_id: Id, sent: CascadeCounter) -> CascadeOut:
    """Answer with another version; one that comes too late is kept as stale, and changes nothing.

    Who speaks for one of the two units.
    """
    one = cascade_of(request, cascade_id)
    services.counter_cascade(
        actor=request.person, cascade=one, terms=_terms(request, sent), answers=sent.answers
    )
    return told(request, cascade_id)


@room.changing("/cascades/{cascade_id}/agree", CascadeOut, method="POST")
def agree_cascade(request: PersonRequest, cascade_id: Id) -> CascadeOut:
    """Agree to the version that stands, as it was read: the objective is made, and agreed.

    Who speaks for the unit that did not write it; the next above, where one person speaks for both.
    """
    one = cascade_of(request, cascade_id)
    version_seen(request, one)
    services.agree_cascade(actor=request.person, cascade=one, answers=one.number)
    return told(request, cascade_id)


@room.changing("/cascades/{cascade_id}/decline", CascadeOut, method="POST")
def decline_cascade(request: PersonRequest, cascade_id: Id, sent: CascadeWhy) -> CascadeOut:
    """Say no, with a reason.

    Who is to answer, and who speaks for the unit that was asked.
    """
    one = cascade_of(request, cascade_id)
    version_seen(request, one)
    services.decline_cascade(actor=request.person, cascade=one, reason=sent.reason)
    return told(request, cascade_id)


@room.changing("/cascades/{cascade_id}/withdraw", CascadeOut, method="POST")
def withdraw_cascade(request: PersonRequest, cascade_id: Id, sent: CascadeBack) -> CascadeOut:
    """Take it back before it is agreed.

    Who speaks for the unit that opened it.
    """
    one = cascade_of(request, cascade_id)
    version_seen(request, one)
    services.withdraw_cascade(actor=request.person, cascade=one, reason=sent.reason)
    return told(request, cascade_id)
