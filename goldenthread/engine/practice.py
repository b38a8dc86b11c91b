"""What goes in and what comes out: criteria that hold, check-ins that come; KPIs in range, critical objectives achieved.

They stand side by side. Nothing here says that one goes with another.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from goldenthread.engine.adoption import CheckIns
from goldenthread.engine.result import (
    Result,
    Status,
    insufficient_data,
    measured,
    share,
    undefined,
)

CRITERIA_METHOD_VERSION = "criteria-quality/1"
ADHERENCE_METHOD_VERSION = "check-in-adherence/1"
KPI_METHOD_VERSION = "kpis-in-range/1"
CRITICAL_METHOD_VERSION = "critical-objectives/1"

FEWEST_CRITICAL = 5
"""Critical objectives that a share needs before it is shown (policy default)."""
ENOUGH_CRITICAL = 20
"""From here on it is no longer early (policy default)."""


def criteria_share(holding: int, looked_at: int, *, as_of: date | None = None) -> Result:
    """Share of the agreed objectives on which no error and no warning of quality is open.

    Shapes: `looked_at` are those that the rules have been asked of.
    Missing: without any, undefined.
    """
    return share(
        holding,
        looked_at,
        unit_of_n="agreed objectives",
        method_version=CRITERIA_METHOD_VERSION,
        as_of=as_of,
    )


def total(check_ins: Iterable[CheckIns]) -> CheckIns:
    """Made and due of several objectives together."""
    rows = list(check_ins)
    return CheckIns(sum(one.held for one in rows), sum(one.due for one in rows))


def adherence(check_ins: CheckIns, *, as_of: date | None = None) -> Result:
    """Share of the check-ins due that were made. No interval: those of one objective are not independent.

    Missing: before the first one is due, undefined.
    """
    if not check_ins.due:
        return undefined(
            "no check-in was due yet",
            unit_of_n="check-ins due",
            method_version=ADHERENCE_METHOD_VERSION,
            as_of=as_of,
        )
    return measured(
        check_ins.held / check_ins.due,
        n=check_ins.due,
        unit_of_n="check-ins due",
        method_version=ADHERENCE_METHOD_VERSION,
        numerator=check_ins.held,
        denominator=check_ins.due,
        as_of=as_of,
    )


def kpis_in_range(
    inside: int, judged: int, with_target: int, *, as_of: date | None = None
) -> Result:
    """Share of the KPIs with a target that are in range, of those that can be judged. No interval: all are counted.

    Shapes: `judged` have a value that is not outdated; `coverage` is their part of those with a target.
    Missing: none that can be judged, undefined.
    """
    if not judged:
        return undefined(
            "no KPI with a target has a value of late"
            if with_target
            else "no KPI has a target or a range",
            unit_of_n="KPIs",
            method_version=KPI_METHOD_VERSION,
            n=with_target,
            as_of=as_of,
        )
    return measured(
        inside / judged,
        n=with_target,
        unit_of_n="KPIs",
        method_version=KPI_METHOD_VERSION,
        numerator=inside,
        denominator=judged,
        coverage=judged / with_target,
        as_of=as_of,
    )


def critical_achieved(achieved: int, scored: int, *, as_of: date | None = None) -> Result:
    """Share of the critical objectives of closed cycles that were achieved, of those that could be scored.

    Missing: under `FEWEST_CRITICAL` insufficient_data, with the counts; early under `ENOUGH_CRITICAL`.
    Source: measures.md 1.2 and 1.5.
    """
    return _of_critical(achieved, scored, "closed critical objectives", as_of)


def critical_on_pace(on_pace: int, judged: int, *, as_of: date | None = None) -> Result:
    """Share of the critical objectives under way that are on pace or done, of those that can be judged.

    Missing: as `critical_achieved`.
    """
    return _of_critical(on_pace, judged, "critical objectives under way", as_of)


def critical_left_out(left_out: int, *, as_of: date | None = None) -> Result:
    """How many closed critical objectives no share counts: nothing to score, or over before half of their cycle."""
    return measured(
        left_out,
        n=left_out,
        unit_of_n="closed critical objectives",
        method_version=CRITICAL_METHOD_VERSION,
        as_of=as_of,
    )


def _of_critical(part: int, whole: int, unit_of_n: str, as_of: date | None) -> Result:
    if 0 < whole < FEWEST_CRITICAL:
        few = insufficient_data(
            f"{part} of {whole}: too few {unit_of_n}",
            unit_of_n=unit_of_n,
            method_version=CRITICAL_METHOD_VERSION,
            n=whole,
            as_of=as_of,
        )
        return replace(few, numerator=float(part), denominator=float(whole))
    enough = whole >= ENOUGH_CRITICAL
    return share(
        part,
        whole,
        unit_of_n=unit_of_n,
        method_version=CRITICAL_METHOD_VERSION,
        as_of=as_of,
        status=Status.OK if enough else Status.EARLY,
        reason="" if enough else f"fewer than {ENOUGH_CRITICAL} {unit_of_n}",
    )
