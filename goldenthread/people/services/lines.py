"""The two trees, of units and of reporting lines, and the closure tables that answer questions about them.

A change moves one subtree: the rows that tie it to what was above go, the rows that tie it to what is above
now come. An import writes the parents in bulk and calls `rebuild_closures` once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import connection, models, transaction

from goldenthread.core.errors import LoopRefused
from goldenthread.core.models import Organisation, Record
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure

K = TypeVar("K", bound=int | str)
R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Tree(Generic[R]):
    """One tree: its nodes, the field that names the node above, and its closure table."""

    node: type[R]
    above: str  # the field of the node
    closure: type[models.Model]
    up: str  # the fields of the closure
    down: str
    has_self: bool  # whether each node stands in the closure at depth 0
    field: str  # the form's input that a loop is reported at

    @property
    def columns(self) -> dict[str, str]:
        return {
            "nodes": self.node._meta.db_table,
            "above": f"{self.above}_id",
            "closure": self.closure._meta.db_table,
            "up": f"{self.up}_id",
            "down": f"{self.down}_id",
        }

    def plant(self, node: R, above: R | None) -> None:
        """Give a new node its place in the closure."""
        if self.has_self:
            self.rows.create(**{self.up: node, self.down: node, "depth": 0})
        if above is not None:
            self._tie(node, above)

    def move(self, node: R, above: R | None) -> None:
        """Hang a node, with all that is below it, under another one or nothing.

        Call `refuse_loop` first, and write the node's own field too.
        """
        below = self.rows.filter(**{self.up: node}).values(f"{self.down}_id")
        over = self.rows.filter(**{self.down: node}).exclude(**{self.up: node})
        self.rows.filter(
            models.Q(**{f"{self.down}_id__in": below}) | models.Q(**{self.down: node}),
            **{f"{self.up}_id__in": over.values(f"{self.up}_id")},
        ).delete()
        if above is not None:
            self._tie(node, above)

    def refuse_loop(self, node: R, above: R | None) -> None:
        """Raise `LoopRefused` with the path by name if `above` is the node itself or below it."""
        if above is None:
            return
        if above.pk == node.pk:
            path = [str(node), str(node)]
        else:
            depth = (
                self.rows.filter(**{self.up: node, self.down: above})
                .values_list("depth", flat=True)
                .first()
            )
            if depth is None:
                return
            between = (
                self.rows.filter(**{self.down: above, "depth__gt": 0, "depth__lt": depth})
                .order_by("depth")
                .select_related(self.up)
            )
            names = [str(getattr(row, self.up)) for row in between]
            path = [str(node), str(above), *names, str(node)]
        raise LoopRefused(
            f"{node} can't come under {above}, because that closes a loop: {' → '.join(path)}.",
            path,
            self.field,
        )

    def rebuild(self) -> None:
        """Make the closure anew from the nodes' own fields, in four statements."""
        parents = dict(self.node._default_manager.values_list("pk", f"{self.above}_id"))
        if loop := find_loop(parents):
            names = self.node._default_manager.in_bulk(loop)
            path = [str(names[pk]) for pk in loop]
            raise LoopRefused(f"There is a loop: {' → '.join(path)}.", path, self.field)
        self.rows.delete()
        self._run(
            """
            INSERT INTO {closure} ({up}, {down}, depth)
            WITH RECURSIVE line (top, node, depth) AS (
                SELECT id, id, 0 FROM {nodes}
                UNION ALL
                SELECT line.top, {nodes}.id, line.depth + 1
                FROM line JOIN {nodes} ON {nodes}.{above} = line.node
            )
            SELECT top, node, depth FROM line WHERE depth >= %s
            """,
            [0 if self.has_self else 1],
        )

    @property
    def rows(self) -> "models.QuerySet[Any]":
        return self.closure._default_manager.all()

    def _tie(self, node: R, above: R) -> None:
        self._run(
            """
            INSERT INTO {closure} ({up}, {down}, depth)
            SELECT higher.node, deeper.node, higher.depth + deeper.depth + 1
            FROM (SELECT {up} AS node, depth FROM {closure} WHERE {down} = %s
                  UNION SELECT %s, 0) AS higher
            CROSS JOIN (SELECT {down} AS node, depth FROM {closure} WHERE {up} = %s
                        UNION SELECT %s, 0) AS deeper
            """,
            [above.pk, above.pk, node.pk, node.pk],
        )

    def _run(self, statement: str, values: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**self.columns), values)


UNITS = Tree(Unit, "parent", UnitClosure, "ancestor", "descendant", True, "parent")
REPORTING = Tree(Person, "manager", ReportingClosure, "manager", "report", False, "manager")


def one_at_a_time() -> None:
    """Let nobody else move a unit or a reporting line until this transaction ends.

    Two moves that are harmless alone could close a loop together. SQLite has one writer anyway.
    """
    Organisation.objects.select_for_update().first()


def find_loop(above: Mapping[K, K | None]) -> list[K] | None:
    """The first loop in a map from each node to the one above it, as a path that ends where it began.

    Names that stand above somebody but not in the map count as tops. None when there is no loop.
    """
    safe: set[K] = set()
    for start in above:
        path: dict[K, None] = {}
        node: K | None = start
        while node is not None and node not in safe:
            if node in path:
                steps = list(path)
                return [*steps[steps.index(node) :], node]
            path[node] = None
            node = above.get(node)
        safe.update(path)
    return None


@transaction.atomic
def rebuild_closures() -> None:
    """Recompute both closure tables from parents and managers, after these were written in bulk.

    Raises `LoopRefused` with the path, and changes nothing, when they hold a loop.
    """
    one_at_a_time()
    UNITS.rebuild()
    REPORTING.rebuild()
