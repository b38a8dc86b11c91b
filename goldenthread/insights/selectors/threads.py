"""A person's or a unit's objectives, each with where it stands and the line that leads up from it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from goldenthread.core.paths import path_to
from goldenthread.objectives.models import KeyResult, Objective
from goldenthread.objectives.selectors.lines import Line, lines
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.ui.templatetags.goldenthread import number
from goldenthread.ui.templatetags.goldenthread import value as in_unit


@dataclass(frozen=True)
class ThreadStep:
    """One knot as the thread component draws it."""

    title: str
    url: str = ""
    note: str = ""
    kind: str = "step"
    action_url: str = ""
    action_word: str = ""


@dataclass(frozen=True)
class Thread:
    """An objective, where it stands, and its line from the strategy down to itself."""

    objective: Objective
    standing: Standing
    line: Line
    key_results: Sequence[KeyResult]
    may_tie: bool = False  # whether the reader answers for it, or stands above

    @property
    def steps(self) -> list[ThreadStep]:
        """Root first, the objective last; a broken line begins with why it is broken."""
        found = [
            ThreadStep(
                step.title,
                address_of(step.node),
                step.note,
                "root" if step.is_priority and not self.line.loose else "step",
            )
            for step in self.line.steps
        ]
        here = ThreadStep(self.objective.title, address_of(self.objective), self.measure, "here")
        if not self.line.loose:
            return [*found, here]
        offered = self.is_loose and self.may_tie
        tie = reverse("objective-link", args=[self.objective.pk]) if offered else ""
        loose = ThreadStep(self.line.loose, kind="loose", action_url=tie, action_word="Tie it")
        return [loose, *found, here]

    @property
    def is_loose(self) -> bool:
        """Open, confirmed, without a line to a priority, and not declared as running the business."""
        objective = self.objective
        return (
            bool(self.line.loose) and objective.state in COUNTED and not objective.run_the_business
        )

    @property
    def measure(self) -> str:
        """From where to where it goes, in one line: the one key result, or how many there are."""
        if not self.key_results:
            return "No key result yet"
        if len(self.key_results) > 1:
            measured = sum(one.score is not None for one in self.key_results)
            return f"{len(self.key_results)} key results, {measured} measured"
        return measure_of(self.key_results[0])


def threads(
    objectives: Iterable[Objective],
    reader: Person,
    on: dt.date,
    key_results: dict[int, list[KeyResult]] | None = None,
    *,
    own: bool = False,
) -> list[Thread]:
    """Each objective with its standing and line, the most worrying first.

    Pass objectives that are `listed()`; `own` when the reader answers for each of them, and so may tie it. One
    query (two more where a step above is not open to everybody, one where a line of another's is broken).
    """
    rows = list(objectives)
    found = lines(rows, reader)
    broken = [row.pk for row in rows if found[row.pk].loose]
    may_tie = set(broken)
    if broken and not own:
        theirs = Objective.objects.in_charge(reader).filter(pk__in=broken)
        may_tie = set(theirs.values_list("pk", flat=True))
    listed = [
        Thread(
            row,
            standing(row, on),
            found[row.pk],
            (key_results or {}).get(row.pk, ()),
            row.pk in may_tie,
        )
        for row in rows
    ]
    return sorted(listed, key=lambda one: urgency(one.standing.health))


URGENCY = (
    "at_risk",
    "behind",
    "outdated",
    "not_measured",
    "unconfirmed",
    "early",
    "on_pace",
    "not_started",
    "done",
)


def urgency(health: str) -> int:
    """How early a health comes in a list that begins with what needs somebody."""
    return URGENCY.index(str(health))


def measure_of(key_result: KeyResult) -> str:
    """What a key result goes by, in one line: "58 % to 85 %; now 70 %"."""
    kind, unit, places = key_result.kind, key_result.measure, key_result.decimals
    now = "" if key_result.latest is None else f"; now {in_unit(key_result.latest, unit, places)}"
    if kind == KeyResult.Kind.MILESTONES:
        return (
            "Milestones"
            if key_result.latest is None
            else f"Milestones; {number(key_result.latest)} done"
        )
    if kind == KeyResult.Kind.THRESHOLD:
        low, high = key_result.low, key_result.high
        if low is not None and high is not None:
            return f"{in_unit(low, '', places)} to {in_unit(high, unit, places)}{now}"
        if low is not None:
            return f"At least {in_unit(low, unit, places)}{now}"
        return f"At most {in_unit(high, unit, places)}{now}"
    if key_result.target is None:
        return (key_result.target_text or "No target yet") + now
    # A per cent sign stands at both ends, a word only once: "58 % to 85 %", "0 to 30 installers".
    start = in_unit(key_result.baseline, unit if unit == "%" else "", places)
    return f"{start} to {in_unit(key_result.target, unit, places)}{now}"


def address_of(node: Objective | Priority | None) -> str:
    """The page of a knot of the line; "" where the reader gets none."""
    if node is None:
        return ""
    kind = "priority" if isinstance(node, Priority) else "objective"
    return path_to(kind, node.pk)
