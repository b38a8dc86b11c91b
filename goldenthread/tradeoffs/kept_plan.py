"""The planner's answer as a scenario keeps it, and back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from goldenthread.core.audit import plain
from goldenthread.engine.planner import (
    Cell,
    Conflict,
    ConflictKind,
    Keeping,
    Line,
    Load,
    Marginal,
    Outcome,
    Plan,
    Price,
    Reason,
    Verdict,
    Why,
)
from goldenthread.engine.result import Result, Status

Kept = dict[str, Any]


def kept(plan: Plan) -> Kept:
    """The plan as JSON: numbers of candidates, ids of units, and figures; no words."""
    return {
        "method_version": plan.method_version,
        "outcome": plan.outcome.value,
        "total": _figure(plan.total),
        "bound": plain(plan.bound),
        "lines": [
            {"key": one.key, "verdict": one.verdict.value, "reason": _reason(one.reason)}
            for one in plan.lines
        ],
        "loads": [
            {"cell": list(one.cell), "capacity": plain(one.capacity), "used": plain(one.used)}
            for one in plan.loads
        ],
        "marginals": [
            {"cell": list(one.cell), "more": _figure(one.more), "fewer": _figure(one.fewer)}
            for one in plan.marginals
        ],
        "prices": [
            {
                "key": one.key,
                "forced_in": one.forced_in,
                "price": _figure(one.price),
                "fits_without": one.fits_without,
            }
            for one in plan.prices
        ],
        "conflicts": [
            {
                "kind": one.kind.value,
                "keys": list(one.keys),
                "owner": one.owner,
                "priorities": list(one.priorities),
            }
            for one in plan.conflicts
        ],
        "keeping": _keeping(plan.keeping),
    }


def _keeping(one: Keeping | None) -> Kept | None:
    if one is None:
        return None
    return {
        "price": _figure(one.price),
        "fits_without": one.fits_without,
        "bare": list(one.bare),
    }


def _read_keeping(given: Mapping[str, Any] | None, version: str) -> Keeping | None:
    if given is None:
        return None
    price = _result(given["price"], version)
    return Keeping(price, given["fits_without"], tuple(given["bare"]))


def read(given: Mapping[str, Any]) -> Plan:
    """What `kept` wrote."""
    version = given["method_version"]
    return Plan(
        outcome=Outcome(given["outcome"]),
        total=_result(given["total"], version),
        bound=_amount(given["bound"]),
        lines=tuple(
            Line(one["key"], Verdict(one["verdict"]), _read_reason(one["reason"]))
            for one in given["lines"]
        ),
        loads=tuple(
            Load(_cell(one["cell"]), Decimal(one["capacity"]), Decimal(one["used"]))
            for one in given["loads"]
        ),
        marginals=tuple(
            Marginal(
                _cell(one["cell"]), _result(one["more"], version), _result(one["fewer"], version)
            )
            for one in given["marginals"]
        ),
        prices=tuple(
            Price(one["key"], one["forced_in"], _result(one["price"], version), one["fits_without"])
            for one in given["prices"]
        ),
        conflicts=tuple(
            Conflict(
                ConflictKind(one["kind"]),
                tuple(one["keys"]),
                one["owner"],
                tuple(one.get("priorities", ())),
            )
            for one in given["conflicts"]
        ),
        keeping=_read_keeping(given.get("keeping"), version),
        method_version=version,
    )


def _figure(one: Result) -> Kept:
    return {"value": one.value, "status": one.status.value, "n": one.n, "reason": one.reason}


def _result(given: Mapping[str, Any], version: str) -> Result:
    return Result(
        value=given["value"],
        status=Status(given["status"]),
        n=given["n"],
        unit_of_n="candidates",
        method_version=version,
        reason=given["reason"],
    )


def _reason(one: Reason) -> Kept:
    found: Kept = {"why": one.why.value, "others": list(one.others)}
    if one.priorities:
        found["priorities"] = list(one.priorities)
    if one.cell is not None:
        found |= {"cell": list(one.cell), "asked": plain(one.asked), "left": plain(one.left)}
    if one.worth_more:
        found["worth_more"] = True
    if one.with_needs:
        found["with_needs"] = list(one.with_needs)
    return found


def _read_reason(given: Mapping[str, Any]) -> Reason:
    return Reason(
        why=Why(given["why"]),
        others=tuple(given["others"]),
        cell=_cell(given["cell"]) if "cell" in given else None,
        asked=_amount(given.get("asked")),
        left=_amount(given.get("left")),
        worth_more=given.get("worth_more", False),
        with_needs=tuple(given.get("with_needs", ())),
        priorities=tuple(given.get("priorities", ())),
    )


def _cell(given: list[Any]) -> Cell:
    return given[0], given[1]


def _amount(given: str | None) -> Decimal | None:
    return None if given is None else Decimal(given)
