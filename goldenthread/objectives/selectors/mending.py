"""What of an objective's criteria is to mend, in words, each with the way to the edit that mends it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from goldenthread.engine.quality.rules import BY_CODE, Assessment, Finding, Severity
from goldenthread.objectives.models import Objective, RuleWaiver
from goldenthread.objectives.selectors.page import Rights, rights
from goldenthread.objectives.selectors.quality import assessment
from goldenthread.objectives.services.waivers import may_waive
from goldenthread.objectives.states import BEFORE_AGREEMENT
from goldenthread.people.models import Person
from goldenthread.permissions import ABOVE, Action, Relation

WORDS = {
    Severity.ERROR: "Must be mended",
    Severity.WARN: "Worth mending",
    Severity.INFO: "A question",
}
# Where the form shows what an edit has to touch: the id of a field of the objective, or of a key result.
FIELDS = {
    "owner": "id_owner_0",
    "title": "id_title",
    "ends_on": "id_ends_on",
    "serves": "id_serves",
}
OF_KEY_RESULT = {"kind": "kind_0"}
ACTS = {
    "owner": "Name the owner",
    "title": "Change the wording",
    "ends_on": "Set the dates",
    "serves": "Tie it",
    "key results": "Edit the key results",
    "weight": "Set the weights",
    "measure": "Name the unit",
    "baseline": "Enter the start",
    "target": "Set the target",
    "direction": "Choose the direction",
    "kind": "Choose how it is judged",
    "due_on": "Set the date",
    "source": "Name the source",
    "check-in": "Check in",
    "effort": "Set time aside",
    "history": "See the change",
}


@dataclass(frozen=True)
class Shown:
    """A finding as a page shows it; `url` and `act` lead to the edit, `waive_url` to setting the rule aside."""

    code: str
    name: str
    severity: Severity
    words: str
    message: str
    of: str = ""  # the key result by name; "" for the whole
    url: str = ""
    act: str = ""
    waive_url: str = ""


@dataclass(frozen=True)
class Criteria:
    """How the criteria of an objective stand, as its page and its form show it."""

    assessment: Assessment
    findings: Sequence[Shown] = ()
    waived: Sequence[tuple[RuleWaiver, str]] = ()  # each with the name of its rule
    may_waive: bool = False

    @property
    def summary(self) -> str:
        """ "31 of 33 rules hold; 1 must be mended, 1 to consider."""
        found = self.assessment
        open_ones = _counted(found.fired, len({one.code for one in found.waived}))
        held = f"{len(found.held)} of {found.judged} rules hold"
        return f"{held}; {open_ones}" if open_ones else held

    @property
    def has_errors(self) -> bool:
        return bool(self.assessment.errors)


def of_objective(objective: Objective, reader: Person, on: dt.date) -> Criteria:
    """How its criteria stand, each finding with the edit that the reader may make."""
    its, found = rights(objective, reader), assessment(objective, on)
    rows = list(objective.key_results.all())
    titles = {row.pk: row.title for row in rows}
    places = {row.pk: place for place, row in enumerate(rows)}
    waives = not objective.is_closed and may_waive(objective, its.relations)
    findings = [
        Shown(
            *_head(one),
            of=titles.get(one.key_result, ""),  # type: ignore[call-overload]  # a key of the engine is an id here
            url=(url := _edit(one, objective, its, places)),
            act=ACTS.get(one.mends, "") if url else "",
            waive_url=reverse("rule-waive", args=[objective.pk, one.code]) if waives else "",
        )
        for one in found.findings
    ]
    waived = _waivers(objective) if objective.waived_rules else []
    return Criteria(found, findings, waived, waives)


def kept_summary(objective: Objective) -> str:
    """What was open when its criteria were last looked at: "1 must be mended, 2 worth mending"; "" for nothing."""
    codes = [code for code in objective.open_rules.split() if code in BY_CODE]
    return _counted(codes, len(objective.waived_rules.split()))


def _counted(codes: Iterable[str], waived: int) -> str:
    counts = Counter(BY_CODE[code].shown_as() for code in codes)
    open_ones = (
        (counts[Severity.ERROR], "must be mended"),
        (counts[Severity.WARN], "worth mending"),
        (counts[Severity.INFO], "to consider"),
        (waived, "waived"),
    )
    return ", ".join(f"{n} {word}" for n, word in open_ones if n)


def of_form(
    assessment: Assessment, names: Mapping[Any, str], objective: Objective | None = None
) -> Criteria:
    """What stands beside a form while it is written: each finding leads to its field, `names` say of which key result.

    What a stored objective serves is changed on a page of its own.
    """
    findings = [
        Shown(
            *_head(one),
            of=names.get(one.key_result, ""),
            url=reverse("objective-link", args=[objective.pk])
            if objective and one.mends == "serves"
            else _anchor(one, str(one.key_result)),
            act=ACTS.get(one.mends, ""),
        )
        for one in assessment.findings
    ]
    return Criteria(assessment, findings)


def _head(one: Finding) -> tuple[str, str, Severity, str, str]:
    return one.code, one.name.capitalize(), one.severity, WORDS[one.severity], one.message


def _waivers(objective: Objective) -> list[tuple[RuleWaiver, str]]:
    rows = objective.waivers.filter(ended_at__isnull=True).select_related("author")
    return [(row, BY_CODE[row.code].name.capitalize()) for row in rows if row.code in BY_CODE]


def _edit(one: Finding, objective: Objective, its: Rights, places: Mapping[int, int]) -> str:
    """The address of the edit, for those who may make it."""
    if one.mends == "serves":
        return reverse("objective-link", args=[objective.pk]) if its.link else ""
    if one.mends == "check-in":
        rows = sorted(its.check_in, key=lambda pk: places[pk])
        return reverse("check-in", args=[rows[0]]) if rows else ""
    if one.mends == "history":
        return reverse("history", args=["objective", objective.pk])
    if one.mends == "effort":
        plans = its.may(Action.PLAN_EFFORT) and its.relations & (ABOVE | {Relation.OWNER})
        return reverse("effort-plan") if plans else ""
    if one.mends == "agreement":
        return ""
    place = places.get(one.key_result, 0)  # type: ignore[call-overload]  # a key of the engine is an id here
    anchor = _anchor(one, f"kr{place}")
    if objective.state in BEFORE_AGREEMENT:
        if its.edit:
            return reverse("objective-edit", args=[objective.pk]) + anchor
        return reverse("objective-counter", args=[objective.pk]) + anchor if its.counter else ""
    if one.key_result is None and one.mends == "title" and its.correct:
        return reverse("objective-edit", args=[objective.pk]) + anchor
    may_change = its.change and its.may(Action.PROPOSE_CHANGE)
    return reverse("objective-change", args=[objective.pk]) + anchor if may_change else ""


def _anchor(one: Finding, prefix: str) -> str:
    if one.mends in {"key results", "weight"}:
        return "#key-results"
    if one.key_result is None:
        return f"#{FIELDS[one.mends]}" if one.mends in FIELDS else ""
    return f"#id_{prefix}-{OF_KEY_RESULT.get(one.mends, one.mends)}"
