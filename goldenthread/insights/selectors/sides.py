"""Which figures stand on either side of *Inputs and outputs*, where their rows are, and what moves them."""

from collections.abc import Callable
from dataclasses import dataclass

from goldenthread.engine import coverage, practice
from goldenthread.engine.adoption import CheckIns
from goldenthread.engine.load import LOAD_METHOD_VERSION
from goldenthread.engine.result import Result, Status
from goldenthread.insights.models import Figure
from goldenthread.insights.selectors.practice import ACHIEVED, ADHERENCE, CRITERIA, KPIS, ON_PACE

ALIGNMENT, VALUE = "alignment-coverage", "value-coverage"
UNALIGNED = "overload-unaligned"


@dataclass(frozen=True)
class Shown:
    """One figure of the page: its name, how its stored row becomes a figure again, where its rows are, what moves it.

    `whole_only`: there is none of a unit. Addresses are by name, with what follows them.
    """

    measure: str
    name: str
    method: str
    version: str
    of_stored: Callable[[Figure], Result]
    rows: tuple[str, str]
    act: tuple[str, str, str] = ("", "", "")  # words, address, what follows it
    whole_only: bool = False
    counts: bool = True  # what it is made of are things that can be counted, not weights or time


def _counts(row: Figure) -> tuple[int, int]:
    return round(row.numerator or 0), round(row.denominator or 0)


def _aligned(row: Figure) -> Result:
    return coverage.share_in_line(*_counts(row), as_of=row.as_of)


def _of_effort(row: Figure) -> Result:
    """As it was stored: its parts are full-time equivalents."""
    return Result(
        value=row.value,
        status=Status(row.status),
        n=row.n,
        unit_of_n="people",
        method_version=row.method_version,
        numerator=row.numerator,
        denominator=row.denominator,
        as_of=row.as_of,
        reason="" if row.value is not None else "no effort is entered",
    )


def _valued(row: Figure) -> Result:
    """As it was stored: its parts are weights, not counts."""
    return Result(
        value=row.value,
        status=Status(row.status),
        n=row.n,
        unit_of_n="priorities",
        method_version=row.method_version,
        numerator=row.numerator,
        denominator=row.denominator,
        as_of=row.as_of,
        reason="" if row.value is not None else "weights not set",
    )


INPUTS = (
    Shown(
        ALIGNMENT,
        "Objectives in line",
        "alignment-coverage",
        coverage.ALIGNMENT_METHOD_VERSION,
        _aligned,
        ("objectives", "layout=list"),
        ("Tie what hangs loose", "objectives", "loose=1"),
    ),
    Shown(
        VALUE,
        "Value covered",
        "value-coverage",
        coverage.VALUE_METHOD_VERSION,
        _valued,
        ("alignment", ""),
        ("Propose a priority without work to a unit", "alignment", "#stranded"),
        whole_only=True,
        counts=False,
    ),
    Shown(
        UNALIGNED,
        "Effort neither in line nor routine",
        "overload",
        LOAD_METHOD_VERSION,
        _of_effort,
        ("effort", ""),
        ("Tie or stop what it goes into", "objectives", "loose=1"),
        counts=False,
    ),
    Shown(
        CRITERIA,
        "Criteria that hold",
        "criteria-quality",
        practice.CRITERIA_METHOD_VERSION,
        lambda row: practice.criteria_share(*_counts(row), as_of=row.as_of),
        ("criteria", "show=all"),
        ("Mend what is open", "criteria", ""),
    ),
    Shown(
        ADHERENCE,
        "Check-ins made of those due",
        "check-in-adherence",
        practice.ADHERENCE_METHOD_VERSION,
        lambda row: practice.adherence(CheckIns(*_counts(row)), as_of=row.as_of),
        ("objectives", "layout=list"),
        ("See where none has come for long", "objectives", "health=outdated"),
    ),
)
IN_RANGE = Shown(
    KPIS,
    "KPIs in range",
    "kpis-in-range",
    practice.KPI_METHOD_VERSION,
    lambda row: practice.kpis_in_range(*_counts(row), row.n, as_of=row.as_of),
    ("kpis", ""),
    ("See those out of range", "kpis", "health=out"),
)
UNDER_WAY = Shown(
    ON_PACE,
    "Critical objectives on pace",
    "critical-objectives",
    practice.CRITICAL_METHOD_VERSION,
    lambda row: practice.critical_on_pace(*_counts(row), as_of=row.as_of),
    ("objectives", "critical=1"),
)
CLOSED = Shown(
    ACHIEVED,
    "Critical objectives achieved",
    "critical-objectives",
    practice.CRITICAL_METHOD_VERSION,
    lambda row: practice.critical_achieved(*_counts(row), as_of=row.as_of),
    ("objectives", "critical=1&state=closed"),
)
OUTPUTS = (IN_RANGE, UNDER_WAY, CLOSED)
