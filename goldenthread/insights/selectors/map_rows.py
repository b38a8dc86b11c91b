"""Objectives one by one, as the map's search finds them and its file lists them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.insights.selectors.loose_ends import CONFIDENTIAL
from goldenthread.insights.selectors.map_levels import MapFilter, drawn, matching
from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.selectors.lines import HIDDEN
from goldenthread.objectives.selectors.standing import standing
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.ui.health import HEALTHS

FOUND = 10
CHUNK = 500


@dataclass(frozen=True)
class MapRow:
    """One objective. A restricted one has no more than its place; missing figures are None."""

    objective: int | None
    title: str
    owner: str
    cycle: str
    state: str
    health: str
    progress: float | None
    in_line: str
    serves: str


def found_on_map(reader: Person, typed: str, on: dt.date) -> list[Objective]:
    """Open objectives whose title or owner holds every word, those in line first. One query."""
    words = typed.casefold().split()
    if not words:
        return []
    rows = Objective.objects.visible_to(reader).filter(drawn(on))
    for word in words:
        rows = rows.filter(search__contains=word)
    rows = rows.select_related("owner_person", "owner_unit")
    return list(rows.order_by("-in_line", "pk")[:FOUND])


def map_rows(reader: Person, chosen: MapFilter, on: dt.date) -> Iterator[MapRow]:
    """Every objective under the filters, in the order in which they came; read in pieces."""
    fitting = matching(chosen, on)
    rows = Objective.objects.filter(drawn(on)) if fitting is None else fitting
    if chosen.priority is not None:
        rows = rows.filter(reaches__priority=chosen.priority)
    rows = rows.order_by("pk")
    after = 0
    while piece := list(_with_sight(rows.filter(pk__gt=after), reader)[:CHUNK]):
        serves = _serves(piece, reader)
        for one in piece:
            yield _row(one, serves[one.pk], on)
        after = piece[-1].pk


def _with_sight(rows: QuerySet[Objective], reader: Person) -> QuerySet[Objective]:
    seen = Exists(Objective.objects.visible_to(reader).filter(pk=OuterRef("pk")))
    return rows.select_related("cycle", "owner_person", "owner_unit").annotate(seen=seen)


def _serves(objectives: list[Objective], reader: Person) -> dict[int, list[str]]:
    """The titles of what each of them serves directly, the strongest first."""
    open_objective = Objective.objects.visible_to(reader).filter(pk=OuterRef("parent_objective"))
    open_priority = Priority.objects.visible_to(reader).filter(pk=OuterRef("parent_priority"))
    links = Contribution.objects.filter(valid_to__isnull=True, child_objective__in=objectives)
    found: dict[int, list[str]] = defaultdict(list)
    for child, objective, priority, is_open in (
        links.annotate(is_open=Q(Exists(open_objective)) | Q(Exists(open_priority)))
        .order_by("-strength", "pk")
        .values_list(
            "child_objective_id", "parent_objective__title", "parent_priority__title", "is_open"
        )
    ):
        hidden = HIDDEN if objective is not None else CONFIDENTIAL
        found[child or 0].append((objective or priority or "") if is_open else hidden)
    return found


def _row(one: Objective, serves: list[str], on: dt.date) -> MapRow:
    in_line = "yes" if one.in_line else "declared" if one.run_the_business else "no"
    if not one.seen:  # type: ignore[attr-defined]  # annotated
        return MapRow(None, HIDDEN, "", str(one.cycle), "", "", None, in_line, "")
    stands = standing(one, on)
    return MapRow(
        objective=one.pk,
        title=one.title,
        owner=str(one.owner or ""),
        cycle=str(one.cycle),
        state=one.get_state_display(),
        health=HEALTHS[stands.health].word,
        progress=None if stands.score is None else round(stands.score, 4),
        in_line=in_line,
        serves="; ".join(serves),
    )
