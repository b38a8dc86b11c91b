"""What was measured, as the tables of docs/operate."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

Fact = dict[str, Any]
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def markdown(found: Sequence[Fact], brought_in: Sequence[Fact]) -> str:
    """All tables, one below the other."""
    names = [f"{NAMES[one['database']]} {one['size']:,}" for one in found]
    parts = []
    if found:
        pages = found[0]["pages"]

        def rows(cell: Callable[[Fact, str], str]) -> list[list[str]]:
            return [[page, *(cell(one, page) for one in found)] for page in pages]

        parts = [
            table(["CPU in ms (floors)", *names], rows(_cost)),
            table(["p50 / p95 in ms, alone · eight at once", *names], rows(_times)),
            table(
                ["", *pages],
                [
                    ["queries", *(str(found[-1]["queries"][page]) for page in pages)],
                    ["kB", *(f"{found[-1]['pages'][page]['bytes'] / 1000:.0f}" for page in pages)],
                ],
            ),
            table(["", *names], [[words, *map(cell, found)] for words, cell in BESIDES.items()]),
        ]
    what = [key for key in brought_in[0] if key != "database"]
    cells = [
        [one, *(f"{took[one][0]:.1f} ({took[one][1]:.1f})" for took in brought_in)] for one in what
    ]
    heads = ["Import, seconds (of processor)", *(NAMES[one["database"]] for one in brought_in)]
    return "\n\n".join([*parts, table(heads, cells)])


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---", *["--:"] * (len(heads) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cost(one: Fact, page: str) -> str:
    row = one["pages"][page]
    return f"{row['cpu'] * 1000:.0f} ({row['floors']:.1f})" if "floors" in row else "–"


def _times(one: Fact, page: str) -> str:
    row = one["pages"][page]
    return "{:.0f} / {:.0f} · {:.0f} / {:.0f}".format(*row["times"]) if "times" in row else "–"


BESIDES: dict[str, Callable[[Fact], str]] = {
    "full alignment, s": lambda one: f"{one['alignment']['alignment']:.2f}",
    "reading its rows, s": lambda one: f"{one['alignment']['reading']:.2f}",
    "the one over the other": lambda one: f"{one['alignment']['ratio']:.2f}",
    "job *count work*, s": lambda one: f"{one['jobs']['count work']:.1f}",
    "job *store figures*, s": lambda one: f"{one['jobs']['store figures']:.1f}",
    "most memory of a web process, MB": lambda one: f"{one['memory']['web']:.0f}",
    "most memory of the worker, MB": lambda one: f"{one['memory']['worker']:.0f}",
    "made in, s": lambda one: f"{one['made']:.0f}",
}
