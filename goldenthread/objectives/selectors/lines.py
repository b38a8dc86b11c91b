"""The line from objectives up to the strategy: the steps drawn beside them, or why it hangs loose."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from goldenthread.core.either import in_either
from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import Contribution, Objective, ObjectiveAncestor
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority

HIDDEN = "A restricted objective"


@dataclass(frozen=True)
class Step:
    """One knot of a line. `node` is None where the reader may not see what stands there."""

    title: str
    node: Objective | Priority | None
    note: str = ""

    @property
    def is_priority(self) -> bool:
        return isinstance(self.node, Priority)


@dataclass(frozen=True)
class Line:
    """The strongest way up from an objective, root first, the objective itself not in it.

    `loose` says in words why the line does not reach a priority of the organisation; empty when it does.
    `others` counts the further links that the objective has.
    """

    steps: list[Step] = field(default_factory=list)
    loose: str = ""
    others: int = 0

    @property
    def root(self) -> Priority | None:
        node = self.steps[0].node if self.steps else None
        return node if isinstance(node, Priority) and not self.loose else None


# What a step of a line reads: the link, the objective above with its owner and what follows it, or the priority.
STEP = (
    *("child_objective", "child_priority", "parent_objective", "parent_priority", "strength"),
    *(f"parent_objective__{name}" for name in ("title", "state", "restricted", "in_line")),
    *(f"parent_objective__{name}" for name in ("owner_person", "owner_unit", "closed_at")),
    *("parent_objective__owner_person__name", "parent_objective__owner_unit__name"),
    *("parent_objective__owner_unit__leader", "parent_objective__owner_unit__leader__name"),
    *(f"parent_objective__successor__{name}" for name in ("title", "restricted", "carried_from")),
    "parent_objective__successor__cycle__name",
    *(f"parent_priority__{name}" for name in ("title", "state", "confidential", "sponsor")),
    "parent_priority__sponsor__name",
)


def lines(objectives: Iterable[Objective], reader: Person | None) -> dict[int, Line]:
    """The line of each objective, by id, in one query however many there are.

    A query each for what is restricted and what is confidential above them, where there is any.
    """
    rows = list(objectives)
    parents: dict[str, list[Contribution]] = {}
    for link in _links_above(objectives=sorted({row.pk for row in rows})):
        child = (
            f"o{link.child_objective_id}"
            if link.child_objective_id
            else f"p{link.child_priority_id}"
        )
        parents.setdefault(child, []).append(link)
    seen = _visible(parents, reader)
    return {row.pk: _line(row, parents, seen) for row in rows}


def links_above(objectives: Sequence[int]) -> QuerySet[Contribution]:
    """What links these and all that is above them upward."""
    above = ObjectiveAncestor.objects.filter(objective_id__in=objectives).values("ancestor_id")
    links = Contribution.objects.filter(valid_to__isnull=True)
    upward = in_either(
        links.filter(child_objective_id__in=objectives),
        links.filter(child_objective_id__in=above),
        links.filter(child_priority__gt=0),  # any: said so that SQLite uses an index
    )
    return Contribution.objects.filter(upward)


@Prepared
def _links_above(*, objectives: Sequence[int]) -> QuerySet[Contribution]:
    return (
        links_above(objectives)
        .select_related(
            "parent_objective__owner_person",
            "parent_objective__owner_unit__leader",
            "parent_objective__successor__cycle",
            "parent_priority__sponsor",
        )
        .only(*STEP)
    )


def line(objective: Objective, reader: Person) -> Line:
    """The line of one objective."""
    return lines([objective], reader)[objective.pk]


def loose_reasons(objectives: Iterable[Objective]) -> dict[int, str]:
    """Why each of these hangs loose, by id; "" for one that is in line. One query, for long lists."""
    rows = list(objectives)
    own: dict[int | None, list[Contribution]] = {}
    for link in _own_links(objectives=[row.pk for row in rows if not row.in_line]):
        own.setdefault(link.child_objective_id, []).append(link)
    return {row.pk: "" if row.in_line else _why_loose(own.get(row.pk, [])) for row in rows}


@Prepared
def _own_links(*, objectives: Sequence[int]) -> QuerySet[Contribution]:
    links = Contribution.objects.filter(valid_to__isnull=True, child_objective_id__in=objectives)
    return links.select_related("parent_objective", "parent_priority")


def _visible(parents: dict[str, list[Contribution]], reader: Person | None) -> set[str]:
    """The keys of the parents that the reader may see; only what is not open to all is asked for."""
    nodes = {_key(link): link.parent for above in parents.values() for link in above}
    closed = {
        key: node
        for key, node in nodes.items()
        if (node.restricted if isinstance(node, Objective) else node is None or node.confidential)
    }
    seen = nodes.keys() - closed.keys()
    objectives = [node.pk for node in closed.values() if isinstance(node, Objective)]
    priorities = [node.pk for node in closed.values() if isinstance(node, Priority)]
    if objectives:
        rows = Objective.objects.visible_to(reader).filter(pk__in=objectives)
        seen |= {f"o{pk}" for pk in rows.values_list("pk", flat=True)}
    if priorities:
        found = Priority.objects.visible_to(reader).filter(pk__in=priorities)
        seen |= {f"p{pk}" for pk in found.values_list("pk", flat=True)}
    return set(seen)


def _line(row: Objective, parents: dict[str, list[Contribution]], seen: set[str]) -> Line:
    own = parents.get(f"o{row.pk}", [])
    steps: list[Step] = []
    loose = "" if row.in_line else _why_loose(own)
    node, passed = f"o{row.pk}", set[str]()
    while above := [link for link in parents.get(node, []) if _key(link) not in passed]:
        best = max(above, key=_rank)
        node = _key(best)
        passed.add(node)
        parent = best.parent
        if parent is None:
            break
        if node in seen:
            steps.append(Step(parent.title, parent, _note(parent)))
        else:
            steps.append(
                Step(HIDDEN if isinstance(parent, Objective) else "A confidential priority", None)
            )
    return Line(steps[::-1], loose, max(0, len(own) - 1))


def _key(link: Contribution) -> str:
    return (
        f"o{link.parent_objective_id}"
        if link.parent_objective_id
        else f"p{link.parent_priority_id}"
    )


def _rank(link: Contribution) -> tuple[bool, int, int]:
    """A way that reaches a priority goes before a stronger one that does not."""
    parent = link.parent
    whole = (
        parent.in_line and not parent.is_closed
        if isinstance(parent, Objective)
        else parent is not None and parent.state == Priority.State.ACTIVE
    )
    return (whole, link.strength, -link.pk)


def _note(node: Objective | Priority) -> str:
    if isinstance(node, Priority):
        return f"Priority · {node.sponsor}" if node.sponsor else "Priority, no sponsor yet"
    owner, accountable = node.owner, node.accountable
    if accountable is not None and accountable != owner:
        return f"{owner} · {accountable}"
    return str(owner or "")


def _why_loose(own: list[Contribution]) -> str:
    """Why none of the links leads up to a priority, in words a reader can act on."""
    if not own:
        return "Never linked to anything"
    parent = max(own, key=lambda link: link.strength).parent
    if isinstance(parent, Priority):
        if parent.state == Priority.State.DROPPED:
            return "Its priority was dropped"
        if parent.state == Priority.State.UNCONFIRMED:
            return "Its priority waits to be confirmed"
        return "Its unit’s priority serves no priority of the organisation"
    if isinstance(parent, Objective):
        if parent.state in CLOSED:
            when = f" on {parent.closed_at:%-d %B}" if parent.closed_at else ""
            return f"What it serves closed{when}"
        if parent.state == State.UNCONFIRMED:
            return "What it serves waits to be confirmed"
    return "What it serves hangs loose itself"
