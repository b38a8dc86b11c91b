"""Contributions: what serves what. No sequence of these stores a loop; ending a link keeps its history."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NoReturn

from django.db import transaction

from goldenthread.core import audit
from goldenthread.core.access import require
from goldenthread.core.clock import today
from goldenthread.core.errors import DomainError, LoopRefused
from goldenthread.core.models import Organisation
from goldenthread.engine import graph
from goldenthread.objectives.models import (
    Contribution,
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
)
from goldenthread.objectives.services.counting import lines_changed
from goldenthread.objectives.services.quality import look_again, recheck
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority

Node = Objective | Priority


def key(node: Node) -> str:
    """A node's name in the graph: `o12`, `p3`."""
    return f"{'o' if isinstance(node, Objective) else 'p'}{node.pk}"


def link(
    *,
    actor: Person,
    child: Node,
    parent: Node,
    strength: int = Contribution.Strength.MEDIUM,
    kind: str = "",
    external_id: str = "",
) -> Contribution:
    """Say that `child` serves `parent`, or change how strongly.

    Asks *link* on an objective, *edit priority* on a unit's priority. Refuses a loop with its path, closed
    ends, and an organisation's priority as a child (those are the roots).
    """
    action = Action.LINK if isinstance(child, Objective) else Action.EDIT_PRIORITY
    require(actor, action, child)
    return put_link(actor, child, parent, strength, kind, external_id)


def put_link(
    actor: Person, child: Node, parent: Node, strength: int, kind: str = "", external_id: str = ""
) -> Contribution:
    """`link` for a service that has asked its own permission."""
    check_ends(child, parent)
    if strength not in Contribution.Strength.values:
        raise DomainError("The strength is weak (1), medium (3) or strong (9).", "strength")
    with transaction.atomic():
        one_writer()
        if path := _loop(parent, child):
            refuse_loop(child, path, actor)
        ends = ends_of(child, parent)
        held = Contribution.objects.filter(valid_to__isnull=True, **ends).first()
        if held is not None and (held.strength, held.kind) == (strength, kind):
            return held
        if held is not None:
            end_link(held, today())
        row = Contribution.objects.create(
            **ends,
            strength=strength,
            kind=kind,
            valid_from=today(),
            author=actor,
            external_id=external_id,
        )
        before = {"strength": held.strength} if held else {}
        audit.record(
            actor,
            "link",
            child,
            before=before,
            after=served(parent) | {"strength": strength},
        )
        _refresh(child)
    return row


def refuse_loop(child: Node, path: Collection[str], actor: Person) -> NoReturn:
    """Raise `LoopRefused` with the path by name, as far as the actor may know the names."""
    names = _names(path, actor)
    steps = " → ".join(f"“{names[node]}”" for node in path)
    raise LoopRefused(
        f"This link would make “{child}” contribute to itself through {steps}.",
        [names[node] for node in path],
        "parent",
    )


def unlink(*, actor: Person, contribution: Contribution) -> None:
    """End a contribution today; it stays readable in the history. One that has ended is left as it is."""
    child = contribution.child
    assert child is not None
    action = Action.LINK if isinstance(child, Objective) else Action.EDIT_PRIORITY
    require(actor, action, child)
    if contribution.valid_to is not None:
        return
    if isinstance(child, Objective) and child.is_closed:
        raise DomainError(f"“{child}” is closed; what it served stays as it was.")
    with transaction.atomic():
        one_writer()
        end_link(contribution, today())
        assert contribution.parent is not None
        audit.record(actor, "unlink", child, before=served(contribution.parent))
        _refresh(child)


def _refresh(child: Node) -> None:
    refresh_lines(child)
    if isinstance(child, Objective):
        recheck([child])


def check_ends(child: Node, parent: Node) -> None:
    if isinstance(child, Priority) and child.strategy.unit_id is None:
        raise DomainError(
            "A priority of the organisation is where the thread begins; it serves nothing."
        )
    if isinstance(child, Objective) and child.is_closed:
        raise DomainError(f"“{child}” is closed; what it served stays as it was.", "parent")
    if isinstance(parent, Objective) and parent.is_closed:
        raise DomainError(
            f"“{parent}” is closed. Choose an objective or a priority that goes on.", "parent"
        )
    if isinstance(parent, Priority) and parent.state == Priority.State.DROPPED:
        raise DomainError(f"“{parent}” was dropped. Choose a priority that is in force.", "parent")


def ends_of(child: Node, parent: Node) -> dict[str, Node | None]:
    return {
        "child_objective": child if isinstance(child, Objective) else None,
        "child_priority": child if isinstance(child, Priority) else None,
        "parent_objective": parent if isinstance(parent, Objective) else None,
        "parent_priority": parent if isinstance(parent, Priority) else None,
    }


def served(parent: Node) -> dict[str, Any]:
    """What the trail says was served: the record, never its title, which not everybody may see."""
    return {f"parent_{'objective' if isinstance(parent, Objective) else 'priority'}": parent}


def end_link(row: Contribution, on: dt.date) -> None:
    """Close the validity the day before; a link of the same day leaves no day on which it held."""
    row.valid_to = on - dt.timedelta(days=1)
    row.save(update_fields=["valid_to"])


def one_writer() -> None:
    """Hold the organisation's row, so that two links made at once cannot close a loop between them."""
    Organisation.objects.select_for_update().filter(pk=1).first()


# The lines up ---------------------------------------------------------------------------------


def _loop(parent: Node, child: Node) -> list[str] | None:
    return graph.find_loop(_parents_above({key(parent)}), key(parent), key(child))


def _parents_above(nodes: Collection[str]) -> dict[str, list[str]]:
    """The links up from these nodes and everything above them, level by level."""
    parents: dict[str, list[str]] = {}
    frontier = set(nodes)
    while frontier:
        for node in frontier:
            parents[node] = []
        above = set()
        for child, parent in _links_of(frontier):
            parents[child].append(parent)
            above.add(parent)
        frontier = above - parents.keys()
    return parents


def _links_of(nodes: Collection[str]) -> list[tuple[str, str]]:
    objectives = [int(node[1:]) for node in nodes if node[0] == "o"]
    priorities = [int(node[1:]) for node in nodes if node[0] == "p"]
    rows = Contribution.objects.filter(valid_to__isnull=True)
    links = []
    if objectives:
        links += list(_pairs(rows.filter(child_objective__in=objectives)))
    if priorities:
        links += list(_pairs(rows.filter(child_priority__in=priorities)))
    return links


def _pairs(rows: Iterable[Contribution]) -> Iterable[tuple[str, str]]:
    for child_o, child_p, parent_o, parent_p in rows.values_list(  # type: ignore[attr-defined]  # a queryset
        "child_objective_id", "child_priority_id", "parent_objective_id", "parent_priority_id"
    ):
        yield (
            f"o{child_o}" if child_o else f"p{child_p}",
            f"o{parent_o}" if parent_o else f"p{parent_p}",
        )


def _names(nodes: Collection[str], reader: Person) -> dict[str, str]:
    """The nodes in words; what the reader may not see keeps its title to itself."""
    objectives = Objective.objects.visible_to(reader).filter(pk__in=_ids(nodes, "o"))
    priorities = Priority.objects.visible_to(reader).filter(pk__in=_ids(nodes, "p"))
    hidden = {"o": "a restricted objective", "p": "a confidential priority"}
    return (
        {node: hidden[node[0]] for node in nodes}
        | {f"o{row.pk}": row.title for row in objectives}
        | {f"p{row.pk}": row.title for row in priorities}
    )


def _ids(nodes: Collection[str], kind: str) -> list[int]:
    return [int(node[1:]) for node in nodes if node[0] == kind]


def below(node: Node) -> set[int]:
    """Every objective under this one or under this priority (its own id not among them)."""
    if isinstance(node, Objective):
        rows = ObjectiveAncestor.objects.filter(ancestor=node)
        return set(rows.values_list("objective_id", flat=True))
    reached = ObjectivePriority.objects.filter(priority=node)
    return set(reached.values_list("objective_id", flat=True))


def refresh_lines(node: Node) -> None:
    """Bring the stored lines of this node and everything under it up to the links as they stand."""
    affected = below(node)
    if isinstance(node, Objective):
        affected.add(node.pk)
    store_lines(affected, _parents_above({f"o{pk}" for pk in affected}))


def rebuild_lines() -> None:
    """The stored lines of every objective, from all links at once: after a bulk import, and in tests."""
    parents = all_parents()
    for pk in Objective.objects.values_list("pk", flat=True):
        parents.setdefault(f"o{pk}", [])
    store_lines(_ids(parents, "o"), parents)


def all_parents() -> dict[str, list[str]]:
    """The links up of every node that has any or is served."""
    parents: dict[str, list[str]] = {}
    for child, parent in _pairs(Contribution.objects.filter(valid_to__isnull=True)):
        parents.setdefault(child, []).append(parent)
        parents.setdefault(parent, [])
    return parents


def refresh_lines_of(nodes: Iterable[Node], parents: Mapping[str, list[str]]) -> None:
    """As `refresh_lines`, of many nodes at once, with the links of everything above them (`all_parents`)."""
    children: dict[str, list[str]] = {}
    for child, above in parents.items():
        for parent in above:
            children.setdefault(parent, []).append(child)
    affected, frontier = set[str](), [key(node) for node in nodes]
    while frontier:
        node = frontier.pop()
        if node not in affected:
            affected.add(node)
            frontier += children.get(node, ())
    if affected:
        store_lines(_ids(affected, "o"), parents)


def store_lines(objective_ids: Collection[int], parents: Mapping[str, list[str]]) -> None:
    """Write the closure rows and `in_line` of these objectives from the links above them."""
    ancestors: list[ObjectiveAncestor] = []
    reached: list[ObjectivePriority] = []
    for pk in objective_ids:
        for node, depth in _depths(f"o{pk}", parents).items():
            if node[0] == "o":
                ancestors.append(
                    ObjectiveAncestor(objective_id=pk, ancestor_id=int(node[1:]), depth=depth)
                )
            else:
                reached.append(
                    ObjectivePriority(objective_id=pk, priority_id=int(node[1:]), depth=depth)
                )
    for batch in _batches(objective_ids):
        ObjectiveAncestor.objects.filter(objective_id__in=batch).delete()
        ObjectivePriority.objects.filter(objective_id__in=batch).delete()
    ObjectiveAncestor.objects.bulk_create(ancestors, batch_size=1000)
    ObjectivePriority.objects.bulk_create(reached, batch_size=1000)
    lines_changed()
    _store_in_line(objective_ids, parents)


def _depths(start: str, parents: Mapping[str, list[str]]) -> dict[str, int]:
    depths: dict[str, int] = {}
    frontier, depth = [start], 0
    while frontier:
        depth += 1
        above = {p for node in frontier for p in parents.get(node, ())}
        frontier = [node for node in above if node not in depths]
        depths.update(dict.fromkeys(frontier, depth))
    return depths


def _batches(ids: Collection[int], size: int = 500) -> Iterable[list[int]]:
    rows = list(ids)
    return (rows[start : start + size] for start in range(0, len(rows), size))


# In line --------------------------------------------------------------------------------------


def refresh_in_line(node: Node) -> None:
    """After a node opened, closed or was confirmed: which objectives under it still reach a priority."""
    refresh_in_line_of([node])


def refresh_in_line_of(nodes: Collection[Node]) -> None:
    """The same for several at once."""
    affected = {node.pk for node in nodes if isinstance(node, Objective)}
    ids = [node.pk for node in nodes if isinstance(node, Objective)]
    priorities = [node.pk for node in nodes if isinstance(node, Priority)]
    for batch in _batches(ids):
        rows = ObjectiveAncestor.objects.filter(ancestor__in=batch)
        affected.update(rows.values_list("objective_id", flat=True))
    reached = ObjectivePriority.objects.filter(priority__in=priorities)
    affected.update(reached.values_list("objective_id", flat=True))
    _store_in_line(affected, _parents_above({f"o{pk}" for pk in affected}))


def _store_in_line(objective_ids: Collection[int], parents: Mapping[str, list[str]]) -> None:
    """An open objective is in line when a link leads to an active priority of the organisation through
    open objectives and active unit priorities only. Closed ones keep what they had."""
    nodes = set(parents) | {p for above in parents.values() for p in above}
    open_nodes = {
        f"o{pk}"
        for batch in _batches(_ids(nodes, "o"))
        for pk in Objective.objects.filter(pk__in=batch, state__in=COUNTED).values_list(
            "pk", flat=True
        )
    }
    roots: set[str] = set()
    priorities = Priority.objects.in_use().filter(pk__in=_ids(nodes, "p"))
    for pk, unit_id in priorities.values_list("pk", "strategy__unit_id"):
        (roots if unit_id is None else open_nodes).add(f"p{pk}")
    known: dict[str, bool] = dict.fromkeys(roots, True)

    def reaches(node: str) -> bool:
        if node not in known:
            known[node] = False  # links have no loops; this only guards the walk
            known[node] = any(
                parent in roots or (parent in open_nodes and reaches(parent))
                for parent in parents.get(node, ())
            )
        return known[node]

    inside = {pk for pk in objective_ids if reaches(f"o{pk}")}
    for batch in _batches(objective_ids):
        rows = Objective.objects.filter(closed_at__isnull=True)
        now_in = rows.filter(pk__in=inside.intersection(batch), in_line=False)
        now_out = rows.filter(pk__in=set(batch) - inside, in_line=True)
        if now_in.update(in_line=True, looked_at_on=None) + now_out.update(
            in_line=False, looked_at_on=None
        ):
            look_again()
