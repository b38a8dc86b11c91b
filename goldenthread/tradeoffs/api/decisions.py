"""The decision log over the API: listed, read, opened, edited, corrected."""

from typing import Any

from django.http import Http404
from ninja import Query

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Id
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.api.shapes import (
    DecisionChanges,
    DecisionOut,
    DecisionQuery,
    NewDecision,
    WordingChanges,
    fields_of,
)
from goldenthread.tradeoffs.models import TOUCHED, Decision, Touch
from goldenthread.tradeoffs.selectors.listing import DecisionFilter, decision_list
from goldenthread.tradeoffs.selectors.touches import touches_seen_by

room = Room("Decisions")


def decision_of(request: PersonRequest, decision_id: int) -> Decision:
    rows = Decision.objects.visible_to(request.person).select_related("decider", "author")
    one = rows.filter(pk=decision_id).first()
    if one is None:
        raise Http404
    return one


def shown(request: PersonRequest, decision_id: int) -> DecisionOut:
    """As it stands now."""
    return DecisionOut.of_all([decision_of(request, decision_id)], request.person)[0]


@room.listing("/decisions", DecisionOut)
def list_decisions(request: PersonRequest, sent: Query[DecisionQuery]) -> Page[DecisionOut]:
    """List the decision log: what waits first, then the newest.

    Confidential ones are listed for leaders and those named. What a decision touches and you may not see is left out.
    """
    on = clock.today()
    rows = decision_list(request.person, DecisionFilter(text=sent.q, view=sent.state), on)
    if sent.due:
        late = Decision.objects.overdue(on) | Decision.objects.to_look_at(on)
        rows = rows.filter(pk__in=late.values("pk"))
    if sent.decider_id is not None:
        rows = rows.filter(decider=sent.decider_id)
    for name in TOUCHED:
        if (pk := getattr(sent, f"{name}_id")) is not None:
            named: dict[str, Any] = {name: pk}
            touches = Touch.objects.filter(**named)
            seen = touches_seen_by(request.person).filter(pk__in=touches)
            rows = rows.filter(pk__in=seen.values("decision"))
    rows = rows.select_related("author").prefetch_related("options")
    return page_of(request, rows, sent, lambda page: DecisionOut.of_all(page, request.person))


@room.creating("/decisions", DecisionOut, at="decisions")
def open_decision(request: PersonRequest, sent: NewDecision) -> DecisionOut:
    """Put a question to be decided by a day, by you unless another leader is named.

    A leader.
    """
    made = services.open_decision(actor=request.person, **fields_of(request, sent))
    return shown(request, made.pk)


@room.reading("/decisions/{decision_id}", DecisionOut)
def read_decision(request: PersonRequest, decision_id: Id) -> DecisionOut:
    """Read a decision with its options and what it touches."""
    return shown(request, decision_id)


@room.changing("/decisions/{decision_id}", DecisionOut)
def change_decision(request: PersonRequest, decision_id: Id, sent: DecisionChanges) -> DecisionOut:
    """Write on a question while it is open.

    Its author or decider. What is decided is corrected in its words, or replaced.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    given = fields_of(request, sent)
    services.edit_decision(actor=request.person, decision=one, version=version, **given)
    return shown(request, decision_id)


@room.changing("/decisions/{decision_id}/wording", DecisionOut)
def correct_decision(request: PersonRequest, decision_id: Id, sent: WordingChanges) -> DecisionOut:
    """Correct the words of what is decided, what it touches, and whether it is confidential.

    Its author or decider. The choice, the figures, the dates and who decided stay.
    """
    one = decision_of(request, decision_id)
    version = version_seen(request, one)
    given = fields_of(request, sent)
    services.correct_decision(actor=request.person, decision=one, version=version, **given)
    return shown(request, decision_id)
