"""What the results and stakeholders of a StratML plan come to: values, days and words for its rows."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from goldenthread.interchange.readers.stratml import Indicator, Plan, Result, Stakeholder
from goldenthread.interchange.readers.stratml.plan import PLACEHOLDER

PLAIN = [[(name, ("Performer",))] for name in ("Owner", "Sponsor")]
LABELS = {"at least": "low", "at most": "high", "commit": "commit", "stretch": "stretch"}


def cell(value: Any) -> str:
    """A value as the preview shows it."""
    if isinstance(value, list):
        return "; ".join(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def results(one: Indicator) -> list[Result]:
    """Targets and actual results alike."""
    return [each for part in one.instances for each in (*part.targets, *part.actuals)]


def says(each: Result) -> bool:
    """Whether anything was filled in."""
    return bool(each.value_text) and not PLACEHOLDER.fullmatch(each.value_text)


def actuals(one: Indicator) -> list[Result]:
    """What was measured; the start that a target counts from is not among them."""
    return [
        each
        for part in one.instances
        for each in part.actuals
        if says(each) and not each.is_baseline
    ]


def baseline(one: Indicator) -> Decimal | None:
    """Where the targets count from."""
    return next(
        (each.value for each in results(one) if each.is_baseline and each.value is not None), None
    )


def words(each: Result) -> str:
    """A result as the file words it, its description with it where that says more."""
    parts = [each.value_text]
    if (
        each.description
        and each.description != each.value_text
        and not PLACEHOLDER.fullmatch(each.description)
    ):
        parts.append(each.description)
    return " ".join(" – ".join(parts).split())


def day_of(each: Result, plan: Plan) -> dt.date | None:
    """The day that a result speaks of, else the plan's own."""
    return each.end or each.start or plan.published or plan.end


def by_day(targets: Iterable[Result], plan: Plan) -> list[tuple[dt.date | None, Result]]:
    """Targets by the day they are due, the first of a day; without a day the plan's end."""
    found: dict[dt.date | None, Result] = {}
    for each in sorted(targets, key=lambda one: one.value is None):
        found.setdefault(each.end or each.start or plan.end, each)
    return list(found.items())


def undated(targets: Iterable[Result], plan: Plan) -> list[str]:
    """Targets that no day takes, in words: without a date, or the second of a day."""
    listed = list(targets)
    kept = {id(each) for day, each in by_day(listed, plan) if day is not None}
    return [f"Target: {words(each)}" for each in listed if id(each) not in kept]


def unit(one: Indicator) -> str:
    """The unit of measure: a sign beside the numbers says it best."""
    sign = next((each.unit for each in results(one) if each.unit), "")
    return sign or one.unit


def direction(base: Decimal | None, target: Decimal | None) -> str:
    """Whether more or less is better, as far as the figures tell; "" where they do not."""
    if base is None or target is None:
        return ""
    return "down" if target < base else "up"


def label(each: Result) -> str:
    """Which of several numbers a target is, where its descriptor says so: "At least", "Stretch"."""
    return LABELS.get(each.descriptor_value.strip().casefold(), "")


def ends_of(targets: Iterable[Result]) -> dict[str, Decimal]:
    """The numbers of targets that a descriptor names: the ends of a range, what is committed to, the stretch."""
    return {label(each): each.value for each in targets if label(each) and each.value is not None}


def type_of(ends: Iterable[str]) -> str:
    """The type of a key result with these numbers."""
    if {"low", "high"} & set(ends):
        return "threshold"
    return "graded" if ends else ""


def places(values: Iterable[Decimal | None]) -> int:
    """How many decimal places show all of the values."""
    shifts = [int(value.normalize().as_tuple().exponent) for value in values if value is not None]
    return min(6, max((-shift for shift in shifts if shift < 0), default=0))


def parted(stakeholders: Iterable[Stakeholder]) -> tuple[list[str], str]:
    """Names of those who may carry it out, performers first, and all of them in words."""
    listed = [one for one in stakeholders if one.name]
    performers = [
        one.name for one in listed if any("Performer" in role.kinds for role in one.roles)
    ]
    others = [one.name for one in listed if not any(role.kinds for role in one.roles)]
    told = []
    for one in stakeholders:
        if [(role.name, role.kinds) for role in one.roles] in PLAIN and not one.description:
            continue  # says no more than who it is
        roles = [role.name or ", ".join(role.kinds) for role in one.roles]
        said = [
            part
            for part in (one.description, *roles, *(role.description for role in one.roles))
            if part
        ]
        name = one.name or one.kind or "Stakeholder"
        told.append(f"{name} ({'; '.join(said)})" if said else name)
    return [*performers, *others], f"Stakeholders: {', '.join(told)}" if told else ""
