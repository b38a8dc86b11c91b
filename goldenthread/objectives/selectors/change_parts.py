"""What an expectation change touches, old beside new, in a reader's words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi

LABELS = {
    "title": "Title",
    "why": "Why",
    "starts_on": "Begins",
    "ends_on": "Ends",
    "ambition": "Ambition",
    "critical": "Critical",
    "owner_person": "Owner",
    "owner_unit": "Owner",
    "cadence_days": "Days between check-ins",
    "run_the_business": "Runs the business",
    "measure": "Unit of measure",
    "weight": "Weight",
    "baseline": "Start",
    "target": "Target",
    "commit": "Commit",
    "stretch": "Stretch",
    "low": "At least",
    "high": "At most",
    "required_share": "Share of days",
    "due_on": "Due",
    "reporter": "Reported by",
    "source": "Source of the number",
    "not_enough": "What would not be enough",
    "measure_by": "To be measured by",
    "direction": "Direction",
    "kpi": "KPI",
}


@dataclass(frozen=True)
class Part:
    """One field of a change, old and new beside each other."""

    of: str  # the key result; "" for the objective itself
    label: str
    before: Any
    after: Any


def parts_of(change: ExpectationChange, titles: Mapping[str, str]) -> list[Part]:
    """Every field that the change touches, old beside new."""
    parts = _pairs("", change.before.get("objective", {}), change.changes.get("objective", {}))
    for pk, after in change.changes.get("key_results", {}).items():
        before = change.before.get("key_results", {}).get(pk, {})
        parts += _pairs(titles.get(pk, "A key result"), before, after)
    for kept in change.changes.get("added", []):
        numbers = [f"{LABELS[k].lower()} {v}" for k, v in kept.items() if k in NUMBERS]
        parts.append(Part(kept["title"], "New key result", None, ", ".join(numbers) or "added"))
    for title in change.before.get("dropped", {}).values():
        parts.append(Part(title, "Key result", "counts", "no longer counts"))
    return parts


NUMBERS = frozenset({"baseline", "target", "commit", "stretch", "low", "high", "due_on"})
OWNERS: Mapping[str, type[Person] | type[Unit]] = {"owner_person": Person, "owner_unit": Unit}


def _pairs(of: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Part]:
    names = {**before, **after}
    parts = [
        Part(
            of,
            LABELS.get(name, name),
            _shown(name, before.get(name)),
            _shown(name, after.get(name)),
        )
        for name in names
        if name not in OWNERS
    ]
    if owners := [name for name in names if name in OWNERS]:
        parts.append(Part(of, "Owner", _owner(before, owners), _owner(after, owners)))
    return parts


def _owner(fields: Mapping[str, Any], names: Sequence[str]) -> str | None:
    for name in names:
        if fields.get(name):
            return str(OWNERS[name]._default_manager.filter(pk=fields[name]).first() or "")
    return None


def _shown(name: str, kept: Any) -> Any:
    if kept in (None, ""):
        return None
    if name in {"starts_on", "ends_on", "due_on", "measure_by"}:
        return dt.date.fromisoformat(kept)
    if name == "reporter":
        return str(Person.objects.filter(pk=kept).first() or "somebody no longer on record")
    if name == "kpi":
        return str(Kpi.objects.filter(pk=kept).first() or "a KPI no longer on record")
    if name == "direction":
        return KeyResult.Direction(kept).label
    if isinstance(kept, bool):
        return "yes" if kept else "no"
    if name == "ambition":
        return Objective.Ambition(kept).label
    return kept
