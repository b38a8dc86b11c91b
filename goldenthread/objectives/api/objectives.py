"""Objectives over the API: the list, one with its key results, written and rewritten before agreement."""

from typing import Annotated, Literal

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Input, Line, Name, Prose, Search, found
from goldenthread.core.api.versions import version_seen
from goldenthread.objectives.api.key_result_shapes import KeyResultOut
from goldenthread.objectives.api.shapes import (
    ObjectiveIn,
    ObjectiveOut,
    ObjectiveRowOut,
    draft_in,
    objective_of,
    told,
)
from goldenthread.objectives.models import Cycle, KeyResult, Objective
from goldenthread.objectives.selectors import listing
from goldenthread.objectives.selectors.criteria import criteria
from goldenthread.objectives.services import drafts
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit
from goldenthread.people.services.person import checked_external_id
from goldenthread.strategy.models import Priority

room = Room("Objectives")


class ObjectiveQuery(Filter):
    q: Annotated[Search, Field(description="Words of the title or the owner.")] = ""
    cycle: Id | None = None
    unit: Annotated[Id | None, Field(description="Owned by it, below it, or by its people.")] = None
    priority: Annotated[Id | None, Field(description="That it reaches.")] = None
    state: Literal[
        "open", "closed", "all", "unconfirmed", "draft", "proposed", "countered", "agreed",
        "active", "achieved", "missed", "dropped", "carried_over",
    ] = "open"  # fmt: skip
    health: Literal[
        "", "on_pace", "behind", "at_risk", "outdated", "done", "not_started", "not_measured",
        "early", "unconfirmed",
    ] = ""  # fmt: skip
    whose: Annotated[
        Literal["", "me", "team", "waiting"], Field(description="`waiting`: for your word.")
    ] = ""
    loose: bool = False
    critical: bool = False
    sort: Annotated[
        Literal[
            "", "title", "owner", "health", "pace", "ends", "checked",
            "-title", "-owner", "-health", "-pace", "-ends", "-checked",
        ],
        Field(description="What needs somebody comes first, unless said."),
    ] = ""  # fmt: skip


class NewObjective(ObjectiveIn):
    external_id: Line = ""


class Wording(Input):
    title: Name
    why: Prose


@room.listing("/objectives", ObjectiveRowOut)
def list_objectives(request: PersonRequest, sent: Query[ObjectiveQuery]) -> Page[ObjectiveRowOut]:
    """List objectives, each as it stands today and with its line to the strategy.

    Open ones, unless `state` says otherwise.
    """
    person, today = request.person, clock.today()
    chosen = listing.ObjectiveFilter(
        text=sent.q,
        cycle=found(Cycle.objects.all(), sent.cycle, "cycle"),
        unit=found(Unit.objects.all(), sent.unit, "unit"),
        priority=found(Priority.objects.visible_to(person), sent.priority, "priority"),
        health=sent.health,
        state=sent.state,
        whose=sent.whose,
        loose=sent.loose,
        critical=sent.critical,
        sort=sent.sort,
    )
    rows = listing.objective_list(person, chosen, today)
    return page_of(request, rows, sent, lambda page: ObjectiveRowOut.of_all(page, person))


@room.creating("/objectives", ObjectiveOut, at="objectives")
def draft_objective(request: PersonRequest, sent: NewObjective) -> ObjectiveOut:
    """Write a new objective as a draft.

    Its owner, who leads the owning unit, and their line. What it serves is said by a contribution.
    """
    external_id = checked_external_id(Objective, sent.external_id)
    draft = draft_in(request, sent)
    made = drafts.draft_objective(actor=request.person, draft=draft, external_id=external_id)
    return told(request, made.pk)


@room.reading("/objectives/{objective_id}", ObjectiveOut)
def read_objective(request: PersonRequest, objective_id: Id) -> ObjectiveOut:
    """Read an objective with its key results."""
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}", ObjectiveOut, method="PUT")
def rewrite_objective(request: PersonRequest, objective_id: Id, sent: ObjectiveIn) -> ObjectiveOut:
    """Rewrite an objective that is not agreed yet, its key results included.

    A key result keeps its identity by its `id`; one that is left out is removed. A proposal is rewritten by the side
    that made it; the other one counters.
    """
    objective = objective_of(request, objective_id)
    version = version_seen(request, objective)
    draft = draft_in(request, sent, objective)
    drafts.edit_draft(actor=request.person, objective=objective, draft=draft, version=version)
    return told(request, objective_id)


@room.changing("/objectives/{objective_id}/wording", ObjectiveOut, method="PUT")
def correct_wording(request: PersonRequest, objective_id: Id, sent: Wording) -> ObjectiveOut:
    """Correct the words of an agreed objective.

    Its owner and their line. A number, date, owner or direction is changed by a proposal instead.
    """
    objective = objective_of(request, objective_id)
    version = version_seen(request, objective)
    drafts.correct_wording(
        actor=request.person, objective=objective, version=version, **sent.every()
    )
    return told(request, objective_id)


# Key results --------------------------------------------------------------------------------------------------
@room.listing("/objectives/{objective_id}/key-results", KeyResultOut)
def list_key_results(
    request: PersonRequest, objective_id: Id, sent: Query[Filter]
) -> Page[KeyResultOut]:
    """List the key results of an objective, with their milestones."""
    found_ones = criteria(objective_of(request, objective_id), clock.today())
    return page_of(request, found_ones, sent, lambda rows: [KeyResultOut.of(one) for one in rows])


@room.reading("/key-results/{key_result_id}", KeyResultOut)
def read_key_result(request: PersonRequest, key_result_id: Id) -> KeyResultOut:
    """Read a key result, with its milestones."""
    row = key_result_of(request, key_result_id)
    rows = {one.key_result.pk: one for one in criteria(row.objective, clock.today())}
    return KeyResultOut.of(rows[row.pk])


def key_result_of(request: PersonRequest, key_result_id: int) -> KeyResult:
    """The key result with its objective, if the reader may see that."""
    seen = Objective.objects.visible_to(request.person)
    found_one = KeyResult.objects.filter(pk=key_result_id, objective__in=seen).first()
    if found_one is None:
        raise Http404
    found_one.objective = objective_of(request, found_one.objective_id)
    return found_one
