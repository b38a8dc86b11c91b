"""Contributions over the API: what serves what, tied and untied."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.db.models import Q
from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, Input, Output, Ref, found
from goldenthread.core.errors import DomainError
from goldenthread.objectives.api.shapes import objective_of
from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.services import links
from goldenthread.objectives.states import COUNTED
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person
from goldenthread.strategy.api.priorities import priority_of
from goldenthread.strategy.models import Priority

room = Room("Contributions")
Strength = Literal[1, 3, 9]
Kind = Literal["", "component", "driver", "enabler"]


class EndOut(Output):
    """One end of a contribution."""

    kind: Literal["objective", "priority"]
    id: Id
    title: str

    @classmethod
    def of(cls, node: Any) -> Self:
        kind: Literal["objective", "priority"] = "priority"
        if isinstance(node, Objective):
            kind = "objective"
        return cls(kind=kind, id=node.pk, title=node.title)


class ContributionOut(Output):
    """`child` serves `parent`: weakly (1), medium (3) or strongly (9). Ended, never deleted."""

    id: Id
    child: EndOut
    parent: EndOut
    strength: Strength
    kind: Kind
    valid_from: dt.date
    valid_to: dt.date | None
    author: Ref | None

    @classmethod
    def of(cls, one: Contribution) -> Self:
        names = ("strength", "kind", "valid_from", "valid_to")
        given: dict[str, Any] = {name: getattr(one, name) for name in names}
        child, parent = EndOut.of(one.child), EndOut.of(one.parent)
        return cls(id=one.pk, child=child, parent=parent, author=Ref.to(one.author), **given)

    @classmethod
    def of_all(cls, rows: Iterable[Contribution]) -> list[Self]:
        return [cls.of(one) for one in rows]


class ContributionQuery(Filter):
    objective: Annotated[Id | None, Field(description="At either end.")] = None
    priority: Annotated[Id | None, Field(description="At either end.")] = None
    state: Literal["current", "ended", "all"] = "current"


class NewContribution(Input):
    """What is served: an open objective, or an active priority."""

    parent_objective_id: Id | None = None
    parent_priority_id: Id | None = None
    strength: Strength = 3
    kind: Kind = ""


def _seen(person: Person) -> Any:
    """Contributions of which the reader may see both ends."""
    objectives = Objective.objects.visible_to(person)
    priorities = Priority.objects.visible_to(person)
    rows = Contribution.objects.filter(
        Q(child_objective__in=objectives) | Q(child_priority__in=priorities)
    ).filter(Q(parent_objective__in=objectives) | Q(parent_priority__in=priorities))
    return rows.select_related(
        "child_objective", "child_priority", "parent_objective", "parent_priority", "author"
    )


def _parent(request: PersonRequest, sent: NewContribution) -> links.Node:
    person = request.person
    open_ones = Objective.objects.visible_to(person).filter(state__in=COUNTED)
    in_use = Priority.objects.visible_to(person).in_use().select_related("strategy")
    objective = found(open_ones, sent.parent_objective_id, "parent_objective_id")
    priority = found(in_use, sent.parent_priority_id, "parent_priority_id")
    if (objective is None) == (priority is None):
        raise DomainError("Name what it serves: an objective or a priority.", "parent_priority_id")
    node: links.Node = objective or priority
    return node


def _link(request: PersonRequest, child: links.Node, sent: NewContribution) -> ContributionOut:
    made = links.link(
        actor=request.person,
        child=child,
        parent=_parent(request, sent),
        strength=sent.strength,
        kind=sent.kind,
    )
    return ContributionOut.of(made)


@room.listing("/contributions", ContributionOut)
def list_contributions(
    request: PersonRequest, sent: Query[ContributionQuery]
) -> Page[ContributionOut]:
    """List what serves what.

    Those that hold today, unless `state` says otherwise. One with an end that you may not see is left out.
    """
    rows = _seen(request.person)
    if sent.objective is not None:
        rows = rows.filter(Q(child_objective=sent.objective) | Q(parent_objective=sent.objective))
    if sent.priority is not None:
        rows = rows.filter(Q(child_priority=sent.priority) | Q(parent_priority=sent.priority))
    if sent.state != "all":
        rows = rows.filter(valid_to__isnull=sent.state == "current")
    return page_of(request, rows.order_by("pk"), sent, ContributionOut.of_all)


@room.creating("/objectives/{objective_id}/contributions", ContributionOut)
def tie_objective(
    request: PersonRequest, objective_id: Id, sent: NewContribution
) -> ContributionOut:
    """Say what an objective serves, or change how strongly.

    Its owner and their line. A loop is refused with its path.
    """
    return _link(request, objective_of(request, objective_id), sent)


@room.creating("/priorities/{priority_id}/contributions", ContributionOut)
def tie_priority(request: PersonRequest, priority_id: Id, sent: NewContribution) -> ContributionOut:
    """Say what the priority of a unit serves.

    Its sponsor or its strategy's leader. The organisation's priorities serve nothing: the thread begins there.
    """
    return _link(request, priority_of(request, priority_id), sent)


@room.removing("/contributions/{contribution_id}", matched=False)
def untie(request: PersonRequest, contribution_id: Id) -> None:
    """End a contribution today; it stays readable in the history.

    Whoever may tie.
    """
    person = request.person
    rows = Contribution.objects.filter(
        Q(child_objective__in=Objective.objects.visible_to(person))
        | Q(child_priority__in=Priority.objects.visible_to(person))
    ).select_related("child_priority__strategy__leader")
    one = rows.filter(pk=contribution_id).first()
    if one is None:
        raise Http404
    links.unlink(actor=person, contribution=one)
