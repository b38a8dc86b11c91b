"""Finding anything by words: people, units, priorities, objectives, KPIs and decisions that the reader may see."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Model, Q, Value, When
from django.urls import reverse

from goldenthread.objectives.models import Objective
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person, Unit
from goldenthread.people.selectors import find_people, find_units, matches
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.strategy.selectors import find_kpis
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.selectors.listing import find_decisions

T = TypeVar("T", bound=Model)
SHORTEST = 2  # letters that a search needs
A_GROUP = 8


@dataclass(frozen=True)
class Hit:
    """One thing found: what it is called, what it is, where it stands."""

    title: str
    note: str
    url: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind. `more_url` leads to the whole list where there is more than is shown."""

    title: str
    icon: str
    hits: Sequence[Hit]
    more_url: str = ""


def search(reader: Person, text: str) -> list[Group]:
    """What holds every word, by kind; what begins with the text comes first, and its kind. Six queries, whatever is found.

    Answers nothing for less than two letters.
    """
    text = " ".join(text.split())[:200]
    if len(text) < SHORTEST:
        return []
    groups = [
        _group("Priorities", "compass", _priorities(reader, text), _priority, "", text),
        _group(
            "Objectives", "list-tree", _objectives(reader, text), _objective, "objectives", text
        ),
        _group("People", "user", find_people(reader, text, A_GROUP + 1), _person, "people", text),
        _group("Units", "network", find_units(text, A_GROUP + 1), _unit, "", text),
        _group("KPIs", "chart-line", find_kpis(reader, text, A_GROUP + 1), _kpi, "kpis", text),
        _group(
            "Decisions",
            "scale",
            find_decisions(reader, text, A_GROUP + 1),
            _decision,
            "decisions",
            text,
        ),
    ]
    first = text.casefold()

    def is_close(group: Group) -> bool:
        return any(hit.title.casefold().startswith(first) for hit in group.hits)

    # A kind with something that begins so stands before those where it is only mentioned: Lena, then her objectives.
    return sorted((group for group in groups if group.hits), key=lambda one: not is_close(one))


def _group(
    title: str, icon: str, found: Sequence[T], as_hit: Callable[[T], Hit], listed: str, text: str
) -> Group:
    more = f"{reverse(listed)}?{urlencode({'q': text})}" if listed and len(found) > A_GROUP else ""
    return Group(title, icon, [as_hit(one) for one in found[:A_GROUP]], more)


def _priorities(reader: Person, text: str) -> list[Priority]:
    rows = Priority.objects.visible_to(reader).exclude(state=Priority.State.DROPPED)
    rows = rows.filter(matches(text, "title")).select_related("strategy__unit")
    return list(rows.order_by("strategy__unit_id", "position", "pk")[: A_GROUP + 1])


def _objectives(reader: Person, text: str) -> list[Objective]:
    """By title and owner, folded when they were written; open ones first, then those that begin so."""
    rows = Objective.objects.visible_to(reader)
    folded = text.casefold()
    for word in folded.split():
        rows = rows.filter(search__contains=word)
    rank = Case(
        When(Q(state__in=CLOSED), then=Value(2)),
        When(search__startswith=folded, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    best = rows.order_by(rank, "-pk").values("pk")[: A_GROUP + 1]  # ids alone are sorted faster
    found = Objective.objects.filter(pk__in=best)
    return list(found.select_related("owner_person", "owner_unit", "cycle").order_by(rank, "-pk"))


def _priority(one: Priority) -> Hit:
    what = f"Priority of {one.strategy.unit}" if one.strategy.unit else "Priority"
    if one.state == Priority.State.UNCONFIRMED:
        what += ", unconfirmed"
    return Hit(one.title, what, reverse("priority", args=[one.pk]))


def _objective(one: Objective) -> Hit:
    state = one.get_state_display().lower()
    return Hit(
        one.title,
        f"{one.owner or 'Nobody yet'} · {one.cycle}, {state}",
        reverse("objective", args=[one.pk]),
    )


def _person(one: Person) -> Hit:
    note = ", ".join(str(part) for part in (one.position, one.unit) if part)
    return Hit(one.name, note, one.get_absolute_url())


def _unit(one: Unit) -> Hit:
    return Hit(one.name, f"Part of {one.parent}" if one.parent else "", one.get_absolute_url())


def _kpi(one: Kpi) -> Hit:
    return Hit(one.name, str(one.unit or ""), reverse("kpi", args=[one.pk]))


def _decision(one: Decision) -> Hit:
    return Hit(one.question, f"{one.get_state_display()} · {one.decider}", one.get_absolute_url())
