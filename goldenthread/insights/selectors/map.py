"""What the alignment map shows to a reader: a few hundred boxes at most, however many objectives there are."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse

from goldenthread.core.access import can
from goldenthread.core.prepared import Prepared
from goldenthread.engine.graph import Node
from goldenthread.insights.addresses import pages
from goldenthread.insights.selectors.alignment import Alignment
from goldenthread.insights.selectors.loose_ends import CONFIDENTIAL
from goldenthread.insights.selectors.map_figures import Health, Loose, loose_among, map_figures
from goldenthread.insights.selectors.map_levels import (
    LOOSE,
    MOST,
    ROOT,
    STEP,
    MapFilter,
    children_left,
    drawn,
    grow,
    kept,
    links_among,
)
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.graph import of_objective, of_priority
from goldenthread.objectives.selectors.lines import HIDDEN, loose_reasons
from goldenthread.objectives.selectors.seen import in_charge_among
from goldenthread.objectives.selectors.standing import usual_cadence, verdict
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority, Strategy

LOOSE_AT_FIRST = 8
COLUMNS = {"strategy": 0, "priority": 1, "unit_priority": 2, "unit": 2, "person": 3}


@dataclass(frozen=True)
class MapNode:
    """A box. `kind` is a key of `COLUMNS`. Without `url` the reader sees no more than that it is there.

    `below` counts the open objectives that serve it, directly or through others; `more` what contributes to it
    and is not drawn. `score`, `weight` and `value` are shares from 0 to 1, None where there is none.
    """

    key: Node
    kind: str
    title: str
    url: str = ""
    owner: str = ""
    health: str = ""
    score: float | None = None
    weight: float | None = None
    value: float | None = None
    parent: Node = ""
    below: int = 0
    more: int = 0
    unconfirmed: bool = False
    traced: bool = False

    @property
    def column(self) -> int:
        """The first column that it may stand in."""
        return COLUMNS[self.kind]


@dataclass(frozen=True)
class LooseNode:
    """A box of the lane below the map: why it hangs loose, and where it is tied."""

    key: Node
    title: str
    url: str
    owner: str
    health: str
    score: float | None
    reason: str
    action_url: str
    action_word: str
    unconfirmed: bool
    traced: bool


@dataclass(frozen=True)
class AlignmentMap:
    """Everything that is drawn: the nodes, each branch whole, the links between them, and the loose ends.

    `loose_count` is how many hang loose under the filters, `waiting` how many beside them nobody has confirmed.
    """

    nodes: list[MapNode]
    links: list[tuple[Node, Node]]
    loose: list[LooseNode]
    loose_count: int
    waiting: int
    traced: Objective | None
    traced_links: frozenset[tuple[Node, Node]]
    is_full: bool
    figures: Alignment

    @property
    def loose_more(self) -> int:
        return self.loose_count + self.waiting - len(self.loose)

    @property
    def is_empty(self) -> bool:
        """Nothing but the strategy itself, if that."""
        return len(self.nodes) <= 1 and not self.loose

    @property
    def objectives(self) -> int:
        """How many objectives are drawn in line."""
        return sum(node.key[0] == "o" for node in self.nodes)


def alignment_map(reader: Person, chosen: MapFilter, on: dt.date) -> AlignmentMap:
    """The map for a reader. Titles that they may not see are replaced; a fixed number of queries a level."""
    left = kept(chosen, on)
    priorities = _priorities(reader, chosen)
    traced = _traced(reader, chosen, on)
    line = _line_of(traced) if traced else set()
    if left is not None:
        priorities = [
            one for one in priorities if (key := of_priority(one.pk)) in left.nodes or key in line
        ]
    figures = map_figures(priorities, on)
    structure = figures.structure
    tree = grow([of_priority(one.pk) for one in priorities], structure.links, chosen, left, line)
    links = links_among(tree.parent, structure.links)
    loose = structure.loose if left is None else loose_among(left.asked_for)
    if chosen.priority is not None:
        loose = Loose((), ())
    lane = _lane(loose, chosen, traced)
    rows = _rows([*(int(key[1:]) for key in tree.parent if key[0] == "o"), *lane], reader, on)
    found = _known(tree.parent, priorities, figures.healths, rows, reader)
    direct = children_left(tree.parent, structure.links, left)
    shown = Counter(parent for parent, _ in links)
    nodes = [_root(priorities, bool(line))]
    nodes += (
        replace(
            node,
            parent=tree.parent[key],
            below=structure.below.get(key, 0),
            more=max(0, direct[key] - shown[key]),
            value=None if node.unconfirmed else structure.value(key),
            traced=key in line,
        )
        for key, node in found.items()
    )
    seat = {key: number for number, key in enumerate(tree.parent)}
    nodes = _branches(sorted(nodes, key=lambda node: seat[node.key]))
    placed = {node.key for node in nodes}
    links = [(parent, child) for parent, child in links if parent in placed and child in placed]
    return AlignmentMap(
        nodes=nodes,
        links=[*((ROOT, node.key) for node in nodes if node.parent == ROOT), *links],
        loose=_loose([pk for pk in lane if pk in rows], rows, reader, traced),
        loose_count=len(loose.counted),
        waiting=len(loose.waiting),
        traced=traced,
        traced_links=frozenset(
            (parent, child)
            for parent, child in [*links, *((ROOT, key) for key in line)]
            if child in line and (parent in line or parent == ROOT)
        ),
        is_full=tree.is_full,
        figures=figures.alignment,
    )


def _priorities(reader: Person, chosen: MapFilter) -> list[Priority]:
    """The organisation's active priorities in order, and drafts of the strategy in force among them."""
    rows = _of_the_whole()
    if chosen.priority is not None:
        rows = [one for one in rows if one.pk == chosen.priority]
    return rows[: MOST // 4]


@Prepared
def _of_the_whole() -> QuerySet[Priority]:
    drafts = Q(state=Priority.State.UNCONFIRMED, strategy__state=Strategy.State.IN_FORCE)
    rows = Priority.objects.filter(Q(state=Priority.State.ACTIVE) | drafts)
    rows = rows.filter(strategy__unit__isnull=True).select_related("strategy__unit", "sponsor")
    return rows.order_by("position", "pk")


class Row(NamedTuple):
    """What is read of an objective. `seen` says whether the reader may know more than that it is there."""

    pk: int
    title: str
    state: str
    score: float | None
    health: str
    person: str | None
    unit: str | None
    leader: str | None
    restricted: bool
    seen: bool = True

    @property
    def owner(self) -> str:
        return self.unit or self.person or "Nobody yet"

    @property
    def unconfirmed(self) -> bool:
        return self.state == State.UNCONFIRMED


def _rows(ids: Sequence[int], reader: Person, on: dt.date) -> dict[int, Row]:
    """The objectives out of plain columns: a hundred whole records would cost more than the page. Two queries."""
    columns = _columns(on, usual_cadence(), objectives=list(ids))
    found = {row.pk: row for row in (Row(*one) for one in columns)}
    for pk in _unseen([row.pk for row in found.values() if row.restricted], reader):
        found[pk] = found[pk]._replace(seen=False)
    return found


@Prepared
def _columns(
    on: dt.date, cadence: int, *, objectives: Sequence[int]
) -> QuerySet[Objective, tuple[Any, ...]]:
    rows = Objective.objects.filter(pk__in=objectives).order_by()
    return rows.annotate(stands=verdict(on, cadence)).values_list(
        "pk",
        "title",
        "state",
        "score",
        "stands",
        "owner_person__name",
        "owner_unit__name",
        "owner_unit__leader__name",
        "restricted",
    )


def _known(
    parents: Mapping[Node, Node],
    priorities: Sequence[Priority],
    healths: Mapping[int, Health],
    rows: Mapping[int, Row],
    reader: Person,
) -> dict[Node, MapNode]:
    """What is known of each box, as the reader may know it."""
    found: dict[Node, MapNode] = {}
    for one in priorities:
        node = _of_priority(one, "priority", reader)
        if node.url and not node.unconfirmed:
            health, score = healths[one.pk]
            node = replace(node, health=health, score=score)
        found[node.key] = node
    inner = [int(key[1:]) for key, above in parents.items() if key[0] == "p" and above != ROOT]
    if inner:
        units = Priority.objects.filter(pk__in=inner).select_related("strategy__unit", "sponsor")
        for one in units:
            found[of_priority(one.pk)] = _of_priority(one, "unit_priority", reader)
    url_of = pages("objective")
    for row in rows.values():
        if of_objective(row.pk) in parents:
            found[of_objective(row.pk)] = _of_objective(row, url_of(row.pk))
    return found


def _of_objective(row: Row, url: str) -> MapNode:
    key, kind = of_objective(row.pk), "unit" if row.unit else "person"
    if not row.seen:
        return MapNode(key, kind, HIDDEN, unconfirmed=row.unconfirmed)
    return MapNode(
        key,
        kind,
        row.title,
        url=url,
        owner=row.owner,
        health=row.health,
        score=row.score,
        unconfirmed=row.unconfirmed,
    )


def _unseen(restricted: Sequence[int], reader: Person) -> set[int]:
    """Those of the restricted objectives that the reader may not see; asked only when there are any."""
    if not restricted:
        return set()
    seen = Objective.objects.visible_to(reader).filter(pk__in=restricted)
    return set(restricted) - set(seen.values_list("pk", flat=True))


def _branches(nodes: Sequence[MapNode]) -> list[MapNode]:
    """In the order of the tree, each branch whole; what hangs on nothing that is drawn is left out."""
    below: dict[Node, list[MapNode]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node)
    order: list[MapNode] = []
    waiting = below.get("", [])[::-1]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting.extend(below.get(node.key, [])[::-1])
    return order


def _root(priorities: Sequence[Priority], traced: bool) -> MapNode:
    in_force = [
        one.strategy.title for one in priorities if one.strategy.state == Strategy.State.IN_FORCE
    ]
    title = in_force[0] if in_force else "Strategy"
    return MapNode(ROOT, "strategy", title, url=reverse("strategy"), traced=traced)


def _of_priority(one: Priority, kind: str, reader: Person) -> MapNode:
    unconfirmed = one.state == Priority.State.UNCONFIRMED
    weighed = one.strategy.weights_confirmed and one.weight is not None and not unconfirmed
    node = MapNode(
        of_priority(one.pk),
        kind,
        CONFIDENTIAL,
        health="unconfirmed" if unconfirmed else "",
        weight=float(one.weight or 0) / 100 if weighed and kind == "priority" else None,
        unconfirmed=unconfirmed,
    )
    if not can(reader, Action.SEE, one):
        return node
    owner = str(one.strategy.unit or one.sponsor or "No sponsor")
    return replace(node, title=one.title, url=reverse("priority", args=[one.pk]), owner=owner)


# Tracing and loose ends ---------------------------------------------------------------------------------------


def _traced(reader: Person, chosen: MapFilter, on: dt.date) -> Objective | None:
    if chosen.trace[:1] != "o":
        return None
    rows = Objective.objects.visible_to(reader).filter(drawn(on), pk=int(chosen.trace[1:]))
    return rows.select_related("cycle", "owner_person", "owner_unit").first()


def _line_of(objective: Objective) -> set[Node]:
    """The objective and everything that it serves."""
    above = objective.above.values_list("ancestor_id", flat=True)
    reaches = objective.reaches.values_list("priority_id", flat=True)
    return {
        of_objective(objective.pk),
        *(of_objective(pk) for pk in above),
        *(of_priority(pk) for pk in reaches),
    }


def _lane(loose: Loose, chosen: MapFilter, traced: Objective | None) -> list[int]:
    """The loose ends that are drawn, what is traced first."""
    ids = [*loose.counted, *loose.waiting]
    if traced is not None and traced.pk in ids:
        ids = [traced.pk, *(pk for pk in ids if pk != traced.pk)]
    return ids[: LOOSE_AT_FIRST + STEP * chosen.opened.get(LOOSE, 0)]


def _loose(
    ids: Sequence[int], rows: Mapping[int, Row], reader: Person, traced: Objective | None
) -> list[LooseNode]:
    """The boxes of the lane; only who may tie one is led there. Two queries."""
    if not ids:
        return []
    reasons = loose_reasons(Objective(pk=pk) for pk in ids)
    theirs = in_charge_among(ids, reader)
    return [
        _loose_node(
            rows[pk], reasons[pk], pk in theirs, traced=traced is not None and pk == traced.pk
        )
        for pk in ids
    ]


def _loose_node(row: Row, reason: str, theirs: bool, *, traced: bool) -> LooseNode:
    url = reverse("objective", args=[row.pk]) if row.seen else ""
    ties = theirs and not row.unconfirmed
    if row.unconfirmed:
        who = row.leader if row.unit else row.person
        reason = f"Waits for {who} to confirm it" if who and row.seen else "Waits to be confirmed"
    return LooseNode(
        key=of_objective(row.pk),
        title=row.title if row.seen else HIDDEN,
        url=url,
        owner=row.owner if row.seen else "",
        health=row.health if row.seen else "",
        score=row.score if row.seen else None,
        reason=reason,
        action_url=reverse("objective-link", args=[row.pk]) if ties else url,
        action_word="Tie it" if ties else "See it",
        unconfirmed=row.unconfirmed,
        traced=traced,
    )
