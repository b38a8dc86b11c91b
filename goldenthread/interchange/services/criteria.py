"""The key results of a template as lines of one cell: "Median wait | metric | min | Call system"."""

import re
from collections.abc import Iterable

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.rows import fitted
from goldenthread.objectives.models import KeyResult
from goldenthread.objectives.services.templates import Criterion

_PART = re.compile(r"((?:\\.|[^|\\])*\\?)(?:\||$)")


def write_criteria(criteria: Iterable[Criterion]) -> str:
    """The key results, a line each: title, type, unit of measure, source. A bar within one of them is written “\\|”."""
    return "\n".join(_line(one) for one in criteria)


def _line(one: Criterion) -> str:
    parts = [" ".join(part.split()) for part in (one.title, one.kind, one.measure, one.source)]
    while not parts[-1]:
        parts.pop()
    return " | ".join(part.replace("\\", r"\\").replace("|", r"\|") for part in parts)


def read_criteria(text: str) -> list[Criterion]:
    """The key results of a cell; all but the title may be left out. Refuses a type that there is not."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        parts = [re.sub(r"\\(.)", r"\1", part.strip()) for part in _PART.findall(line)]
        title, kind, measure, source = [*parts, "", "", "", ""][:4]
        kind = kind.lower() or KeyResult.Kind.METRIC
        if kind not in KeyResult.Kind.values:
            raise DomainError(
                f"“{kind}” is no type of key result: write {', '.join(KeyResult.Kind.values)}.",
                "key_results",
            )
        measure, source = fitted(measure, 40)[0], fitted(source, 200)[0]
        found.append(Criterion(fitted(title, 200)[0], kind, measure, source))
    return found
