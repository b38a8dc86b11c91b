"""What the alignment map shows to a reader: a few hundred boxes at most, however many objectives there are."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from goldenthread.core.access import can
from goldenthread.engine.graph import Node
from goldenthread.insights.addresses import page
from goldenthread.insights.selectors.alignment import CONFIDENTIAL, Alignment
from goldenthread.insights.selectors.graph import of_objective, of_priority
from goldenthread.insights.selectors.map_figures import Health, Loose, loose_among, map_figures
from goldenthread.insights.selectors.map_levels import (
    LOOSE,
    MOST,
    ROOT,
    SHOWN,
    STEP,
    MapFilter,
    children_left,
    grow,
    kept,
    links_among,
)
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.lines import HIDDEN, loose_reasons
from goldenthread.objectives.selectors.standing import standing, verdict
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
    traced = _traced(reader, chosen)
    line = _line_of(traced) if traced else set()
    if left is not None:
        priorities = [
            one for one in priorities if (key := of_priority(one.pk)) in left.nodes or key in line
        ]
    tree = grow([of_priority(one.pk) for one in priorities], chosen, left, line)
    links = links_among(tree.parent)
    figures = map_figures(priorities, on)
    found = _known(tree.parent, priorities, figures.healths, reader, on)
    direct = figures.structure.direct if left is None else children_left(tree.parent, left)
    drawn = Counter(parent for parent, _ in links)
    nodes = [_root(priorities, bool(line))]
    nodes += (
        replace(
            node,
            parent=tree.parent[key],
            below=figures.structure.below.get(key, 0),
            more=max(0, direct.get(key, 0) - drawn[key]),
            value=None if node.unconfirmed else figures.structure.value(key),
            traced=key in line,
        )
        for key, node in found.items()
    )
    seat = {key: number for number, key in enumerate(tree.parent)}
    nodes = _branches(sorted(nodes, key=lambda node: seat[node.key]))
    placed = {node.key for node in nodes}
    links = [(parent, child) for parent, child in links if parent in placed and child in placed]
    loose = figures.structure.loose if left is None else loose_among(left.asked_for)
    if chosen.priority is not None:
        loose = Loose((), ())
    return AlignmentMap(
        nodes=nodes,
        links=[*((ROOT, node.key) for node in nodes if node.parent == ROOT), *links],
        loose=_loose(reader, chosen, loose, traced, on),
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
    of_the_whole = Priority.objects.filter(strategy__unit__isnull=True)
    rows = of_the_whole.filter(
        Q(state=Priority.State.ACTIVE)
        | Q(state=Priority.State.UNCONFIRMED, strategy__state=Strategy.State.IN_FORCE)
    )
    if chosen.priority is not None:
        rows = rows.filter(pk=chosen.priority)
    rows = rows.select_related("strategy__unit", "sponsor").order_by("position", "pk")
    return list(rows[: MOST // 4])


def _known(
    parents: Mapping[Node, Node],
    priorities: Sequence[Priority],
    healths: Mapping[int, Health],
    reader: Person,
    on: dt.date,
) -> dict[Node, MapNode]:
    """What is known of each box, as the reader may know it. Three queries at most."""
    found: dict[Node, MapNode] = {}
    for one in priorities:
        node = _of_priority(one, "priority", reader)
        if node.url and not node.unconfirmed:
            health, score = healths[one.pk]
            node = replace(node, health=health, score=score)
        found[node.key] = node
    inner = [int(key[1:]) for key, above in parents.items() if key[0] == "p" and above != ROOT]
    if inner:
        rows = Priority.objects.filter(pk__in=inner).select_related("strategy__unit", "sponsor")
        for one in rows:
            found[of_priority(one.pk)] = _of_priority(one, "unit_priority", reader)
    return found | _objectives(parents, reader, on)


def _objectives(parents: Mapping[Node, Node], reader: Person, on: dt.date) -> dict[Node, MapNode]:
    """The boxes of objectives, out of plain columns: a hundred whole records would cost more than the page."""
    ids = [int(key[1:]) for key in parents if key[0] == "o"]
    rows = list(
        Objective.objects.filter(pk__in=ids)
        .annotate(stands=verdict(on))
        .order_by()
        .values_list(
            "pk",
            "title",
            "state",
            "score",
            "stands",
            "owner_person__name",
            "owner_unit__name",
            "restricted",
        )
    )
    closed = _unseen([pk for pk, *_, restricted in rows if restricted], reader)
    found = {}
    for pk, title, state, score, stands, person, unit, _ in rows:
        node = MapNode(
            of_objective(pk),
            "unit" if unit else "person",
            HIDDEN,
            unconfirmed=state == State.UNCONFIRMED,
        )
        if pk not in closed:
            node = replace(
                node,
                title=title,
                url=page("objective", pk),
                owner=unit or person or "Nobody yet",
                health=stands,
                score=score,
            )
        found[node.key] = node
    return found


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
    return MapNode(ROOT, "strategy", title, url=page("strategy"), traced=traced)


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
    return replace(node, title=one.title, url=page("priority", one.pk), owner=owner)


# Tracing and loose ends ---------------------------------------------------------------------------------------


def _traced(reader: Person, chosen: MapFilter) -> Objective | None:
    if chosen.trace[:1] != "o":
        return None
    rows = Objective.objects.visible_to(reader).filter(pk=int(chosen.trace[1:]), state__in=SHOWN)
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


def _loose(
    reader: Person, chosen: MapFilter, loose: Loose, traced: Objective | None, on: dt.date
) -> list[LooseNode]:
    """The boxes of the lane, what is traced first; only who may tie one is led there. Four queries."""
    ids = [*loose.counted, *loose.waiting]
    if traced is not None and traced.pk in ids:
        ids = [traced.pk, *(pk for pk in ids if pk != traced.pk)]
    ids = ids[: LOOSE_AT_FIRST + STEP * chosen.opened.get(LOOSE, 0)]
    if not ids:
        return []
    rows = Objective.objects.filter(pk__in=ids)
    found = {
        one.pk: one for one in rows.select_related("cycle", "owner_person", "owner_unit__leader")
    }
    reasons = loose_reasons(found.values())
    closed = _unseen([one.pk for one in found.values() if one.restricted], reader)
    theirs = set(
        Objective.objects.in_charge(reader).filter(pk__in=ids).values_list("pk", flat=True)
    )
    return [
        _loose_node(found[pk], reasons[pk], pk not in closed, pk in theirs, traced, on)
        for pk in ids
        if pk in found
    ]


def _loose_node(
    one: Objective, reason: str, seen: bool, theirs: bool, traced: Objective | None, on: dt.date
) -> LooseNode:
    unconfirmed = one.state == State.UNCONFIRMED
    url = page("objective", one.pk) if seen else ""
    stands = standing(one, on)
    if unconfirmed:
        who = one.accountable
        reason = f"Waits for {who} to confirm it" if who and seen else "Waits to be confirmed"
    return LooseNode(
        key=of_objective(one.pk),
        title=one.title if seen else HIDDEN,
        url=url,
        owner=str(one.owner or "") if seen else "",
        health=stands.health if seen else "",
        score=stands.score if seen else None,
        reason=reason,
        action_url=page("objective-link", one.pk) if theirs and not unconfirmed else url,
        action_word="Tie it" if theirs and not unconfirmed else "See it",
        unconfirmed=unconfirmed,
        traced=traced is not None and one.pk == traced.pk,
    )
