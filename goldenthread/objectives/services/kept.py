"""Values of objectives and key results as changes and cascades keep them: plain, and back again."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from goldenthread.core import audit
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi

KEY_RESULT_FIELDS = frozenset(
    [
        "title",
        "measure",
        "weight",
        "baseline",
        "target",
        "commit",
        "stretch",
        "low",
        "high",
        "required_share",
        "due_on",
        "reporter",
        "source",
        "not_enough",
        "measure_by",
        "direction",
        "kpi",
    ]
)
DATES = frozenset({"starts_on", "ends_on", "due_on", "measure_by"})
DECIMALS = frozenset(
    ["weight", "baseline", "target", "commit", "stretch", "low", "high", "required_share"]
)
OWNERS: Mapping[str, type[Person] | type[Unit]] = {"owner_person": Person, "owner_unit": Unit}
RECORDS: Mapping[str, type[Person] | type[Unit] | type[Kpi]] = {
    **OWNERS,
    "reporter": Person,
    "kpi": Kpi,
}


def kept_key_result(draft: KeyResultDraft) -> dict[str, Any]:
    """A key result as plain values, what is empty left out."""
    names = ("title", "kind", "decimals", *sorted(KEY_RESULT_FIELDS - {"title"}))
    kept = {
        name: audit.plain(getattr(draft, name))
        for name in names
        if getattr(draft, name) not in (None, "")
    }
    if draft.milestones:
        kept["milestones"] = [
            {
                "title": one.title,
                "due_on": audit.plain(one.due_on),
                "weight": audit.plain(one.weight),
            }
            for one in draft.milestones
        ]
    return kept


def key_result_of(kept: Mapping[str, Any]) -> KeyResultDraft:
    """A key result from what `kept_key_result` made of it; one query for each record that it names."""
    steps = [
        MilestoneDraft(**{name: value_of(name, value) for name, value in one.items()})
        for one in kept.get("milestones", ())
    ]
    fields = {k: value_of(k, v) for k, v in kept.items() if k != "milestones"}
    return KeyResultDraft(**fields, milestones=tuple(steps))


def value_of(name: str, kept: Any) -> Any:
    """A kept value as the model has it."""
    if kept is None or kept == "":
        return None if name in DATES | DECIMALS | RECORDS.keys() else kept
    if name in DATES:
        return dt.date.fromisoformat(kept)
    if name in DECIMALS:
        return Decimal(kept)
    if name in RECORDS:
        return RECORDS[name]._default_manager.filter(pk=kept).first()
    return kept
