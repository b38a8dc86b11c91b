"""Queries put into SQL once a process.

Building and compiling a query with many joins costs several times what the database needs to answer it, and a main
page asks ten of them. What a page asks is always the same but for a few ids: so it is compiled once, with numbers
that stand for these, and asked again with the real ones.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from copy import copy
from itertools import count
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Model, QuerySet, Value

Row = TypeVar("Row")
MOST_KEPT = 200  # shapes of one query, so that days and lengths gone by do not add up


class Prepared(Generic[Row]):
    """A query as a function of ids: `prepared(on, owner=7, among=[1, 2])` answers its rows.

    `build` makes the queryset and is called once for each shape: it may look at what is passed by position (days,
    flags: each value is a shape of its own), but not at the ids, passed by name, which are not real there. A list
    of ids goes into an `__in`, where one that is repeated does no harm; its shape is its length, rounded up.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]]) -> None:
        self.build = build
        self.kept: dict[Hashable, _Compiled[Row] | None] = {}

    def __call__(self, *fixed: Hashable, **ids: int | Sequence[int]) -> list[Row]:
        given = {
            name: value if isinstance(value, int) else _padded(list(value))
            for name, value in ids.items()
        }
        shape = tuple(
            (name, None if isinstance(value, int) else len(value)) for name, value in given.items()
        )
        key = (connections[DEFAULT_DB_ALIAS].vendor, fixed, shape)
        if key not in self.kept and len(self.kept) >= MOST_KEPT:
            self.kept = {}
        kept = self.kept
        if key not in kept:
            kept[key] = self._compile(fixed, given)
        compiled = kept[key]
        return [] if compiled is None else compiled.ask(_in_a_row(given))

    def _compile(
        self, fixed: tuple[Hashable, ...], given: Mapping[str, int | Sequence[int]]
    ) -> "_Compiled[Row] | None":
        numbers = count(-(10**15))
        stand_ins: dict[str, int | list[int]] = {
            name: next(numbers) if isinstance(value, int) else [next(numbers) for _ in value]
            for name, value in given.items()
        }
        try:
            return _Compiled(self.build(*fixed, **stand_ins), _in_a_row(stand_ins))
        except EmptyResultSet:
            return None


class _Compiled(Generic[Row]):
    """A queryset with its SQL, and where in its parameters each id goes. A number that stood in for an id is nobody's:
    were one left in its place, the query would find nothing."""

    def __init__(self, rows: QuerySet[Any, Row], stand_ins: list[int]) -> None:
        self.rows = rows
        self.compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = self.compiler.as_sql()
        columns = [column for column, *_ in self.compiler.select[: self.compiler.col_count]]
        self.converters = self.compiler.get_converters(columns)
        places = {number: place for place, number in enumerate(stand_ins)}
        self.places = [
            places.get(value) if isinstance(value, int) else None for value in self.params
        ]

    def ask(self, ids: Sequence[int]) -> list[Row]:
        params = tuple(
            value if place is None else ids[place]
            for value, place in zip(self.params, self.places, strict=True)
        )
        compiler: Any = copy(self.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *_, **__: (self.sql, params)
        compiler.get_converters = lambda _: self.converters
        rows: Any = self.rows.all()
        rows.query.get_compiler = lambda *_, **__: compiler
        return list(rows)


class Pages(Sequence[Row]):
    """What a paginator pages through: `count` answers how many there are, `rows` those from one place to another."""

    def __init__(
        self, count: Callable[[], list[tuple[int]]], rows: Callable[[int, int], list[Row]]
    ) -> None:
        self.count_of, self.rows = count, rows

    def __len__(self) -> int:
        return sum(n for (n,) in self.count_of())

    def __getitem__(self, which: Any) -> Any:
        return self.rows(which.start, which.stop)


def sums(rows: QuerySet[Any], **counts: Count) -> QuerySet[Any, Any]:
    """An aggregation as a query that can be prepared: one dictionary of the counts, or none where there are no rows."""
    grouped: QuerySet[Any, Any] = rows.annotate(one=Value(1)).order_by().values("one")
    counted: QuerySet[Any, Any] = grouped.annotate(**counts).values(*counts)
    return counted


def how_many(rows: QuerySet[Any, Any]) -> QuerySet[Any, tuple[int]]:
    """The number of rows, for `Pages`."""
    return sums(rows, n=Count("pk")).values_list("n")


def prefetched(owner: Model, name: str, rows: Sequence[Model]) -> None:
    """Put what a prepared query found where `owner.<name>.all()` looks, as a prefetch does: `name` leads to many."""
    manager: Any = getattr(owner, name)
    found = manager.all()
    found._result_cache, found._prefetch_done = list(rows), True
    for row in rows:
        setattr(row, manager.field.name, owner)
    cache: dict[str, Any] = owner.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = found


def _in_a_row(ids: Mapping[str, int | Sequence[int]]) -> list[int]:
    found: list[int] = []
    for value in ids.values():
        found += [value] if isinstance(value, int) else value
    return found


def _padded(ids: list[int]) -> list[int]:
    """As many as the next power of two, the last one repeated."""
    if not ids:
        return ids
    length = 1 << (len(ids) - 1).bit_length()
    return ids + ids[-1:] * (length - len(ids))
