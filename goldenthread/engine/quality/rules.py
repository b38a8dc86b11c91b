"""The thirty-five rules as one table, and what an objective looks like against them."""

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from goldenthread.engine.quality import of_key_results as kr
from goldenthread.engine.quality import of_objectives as ob
from goldenthread.engine.quality.facts import Answer, Asked, KeyResultFacts, ObjectiveFacts, Verdict
from goldenthread.engine.quality.words import Words
from goldenthread.engine.result import Result, insufficient_data, measured, undefined

METHOD_VERSION = "objective-quality/1"


class Severity(StrEnum):
    """How much a rule matters: an error keeps an objective from being agreed."""

    ERROR = "error"
    WARN = "warn"
    INFO = "info"


WEIGHTS = {Severity.ERROR: 3, Severity.WARN: 2, Severity.INFO: 1}
ORDER = tuple(WEIGHTS)


class Of(StrEnum):
    """What a rule is asked of: the objective once, or each of its key results."""

    OBJECTIVE = "objective"
    KEY_RESULT = "key result"


@dataclass(frozen=True)
class Rule:
    """One row of the table.

    `message` says what to do; its figures come from `check`. `mends` names what an edit has to touch. A rule `on_text` counts as
    info until its precision has been measured.
    """

    code: str
    name: str
    severity: Severity
    of: Of
    check: Callable[[Asked], Answer]
    message: str
    mends: str
    on_text: bool = False

    def shown_as(self, validated: Collection[str] = ()) -> Severity:
        """The severity that is shown, and counts."""
        return Severity.INFO if self.on_text and self.code not in validated else self.severity


E, W, I = Severity.ERROR, Severity.WARN, Severity.INFO  # noqa: E741  # so that a row of the table stays a line
O, K = Of.OBJECTIVE, Of.KEY_RESULT  # noqa: E741  # the letters of the codes

# fmt: off
RULES: tuple[Rule, ...] = (
    Rule("O01", "no owner", E, O, ob.no_owner, "Nobody owns this yet. Name one accountable person.", "owner"),
    Rule("O02", "many owners", W, O, ob.many_owners, "{n} people are accountable. Pick one; keep the others as contributors.", "owner"),
    Rule("O03", "no result", E, O, ob.no_result, "There is no way to tell whether this succeeded. Add one to five key results.", "key results"),
    Rule("O04", "many results", W, O, ob.many_results, "{n} key results spread attention. Keep the few that would prove success.", "key results"),
    Rule("O05", "dates", E, O, ob.dates, "Give a start and a later end date.", "ends_on"),
    Rule("O06", "outlives parent", W, O, ob.outlives_parent, "This ends {days} days after the goal it serves.", "ends_on"),
    Rule("O07", "unlinked", W, O, ob.unlinked, "Which priority does this serve? Link it or mark it as run-the-business.", "serves"),
    Rule("O08", "vague verb", W, O, ob.vague_verb, "“{verb}” can mean many things. Say what will be different, and for whom.", "title", on_text=True),
    Rule("O09", "compound", I, O, ob.compound, "This may be two objectives in one. Could each succeed without the other?", "title", on_text=True),
    Rule("O10", "parent copy", W, O, ob.parent_copy, "This repeats the goal above it. Say what your team’s part is.", "title", on_text=True),
    Rule("O11", "duplicate", I, O, ob.duplicate, "Looks like {other}. Join forces or tell them apart.", "title", on_text=True),
    Rule("O12", "placeholder", E, O, ob.placeholder, "A placeholder is still here. Fill it in or remove it.", "title", on_text=True),
    Rule("O13", "no effort", W, O, ob.no_effort, "Nobody has time set aside for this. Allocate effort or postpone.", "effort"),
    Rule("O14", "long horizon", I, O, ob.long_horizon, "A year is long without a checkpoint. Add one each quarter.", "key results"),
    Rule("O15", "all output", W, O, ob.all_output, "These show work done, not what it changed. Add one result a customer or colleague would notice.", "key results"),
    Rule("O16", "stale", W, O, ob.stale, "Last update was {days} days ago. Still live?", "check-in"),
    Rule("O17", "not accepted", I, O, ob.not_accepted, "{owner} has not agreed to this yet. Talk it through.", "agreement"),
    Rule("K01", "no unit", E, K, kr.no_unit, "What is being counted, and in what unit?", "measure"),
    Rule("K02", "no baseline", E, K, kr.no_baseline, "Where are we starting from? Enter today’s value or a date to measure it.", "baseline"),
    Rule("K03", "no target", E, K, kr.no_target, "What value counts as success?", "target"),
    Rule("K04", "flat target", E, K, kr.flat_target, "Target equals start. If the aim is to hold the level, choose a maintain key result.", "target"),
    Rule("K05", "direction", E, K, kr.direction, "You chose “{direction}”, but the target is {side} than the start.", "direction"),
    Rule("K06", "output wording", W, K, kr.output_wording, "This describes an output. What should be different once it is done?", "title", on_text=True),
    Rule("K07", "hold wording", I, K, kr.hold_wording, "Holding a level? A maintain key result scores the share of time it is held.", "kind", on_text=True),
    Rule("K08", "due", W, K, kr.due, "Set a due date inside {start}–{end}.", "due_on"),
    Rule("K09", "no source", W, K, kr.no_source, "Where will the number come from, and who reports it?", "source"),
    Rule("K10", "bounds", E, K, kr.bounds, "{value} is not possible for {unit}.", "target"),
    Rule("K11", "vague qualifier", I, K, kr.vague_qualifier, "“{word}” is open to taste. Can it be a number?", "title", on_text=True),
    Rule("K12", "weights", E, O, kr.weights, "Weights add up to {sum}. They must make 100 %.", "weight"),
    Rule("K13", "dominant weight", I, O, kr.dominant_weight, "One key result is nearly the whole score. Intended?", "weight"),
    Rule("K14", "already met", W, K, kr.already_met, "This is already achieved. Raise the target or choose maintain.", "target"),
    Rule("K15", "leap", I, K, kr.leap, "Three times the largest change so far. What will make it possible?", "target"),
    Rule("K16", "noise", W, K, kr.noise, "A change this small cannot be told from ordinary ups and downs.", "target"),
    Rule("K17", "too rare", W, K, kr.too_rare, "You will see this number {n} times before the end. Add an earlier signal.", "key results"),
    Rule("K18", "late retarget", I, K, kr.late_retarget, "Target changed on {date} by {who}. The original stays on record.", "history"),
)
# fmt: on
BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in RULES}


@dataclass(frozen=True)
class Finding:
    """A rule that fires: as what it is shown, what to do in words, which key result it is about (None: the whole), what to edit."""

    code: str
    name: str
    severity: Severity
    message: str
    key_result: Hashable | None
    mends: str


@dataclass(frozen=True)
class Assessment:
    """An objective against the rules.

    `findings` are open, the gravest first; `waived` would be open, were they not waived. `quality` runs from 0 to 100 and is
    missing while an error is open, or where nothing could be judged. `held` and `judged` count rules.
    """

    findings: tuple[Finding, ...]
    waived: tuple[Finding, ...]
    held: tuple[str, ...]
    quality: Result

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity is Severity.ERROR)

    @property
    def fired(self) -> tuple[str, ...]:
        """The codes of the rules with an open finding, each once."""
        return tuple(dict.fromkeys(one.code for one in self.findings))

    @property
    def judged(self) -> int:
        return len(self.held) + len(self.fired)


def assess(
    objective: ObjectiveFacts,
    as_of: date,
    words: Words | None,
    waived: Collection[str] = (),
    validated: Collection[str] = (),
) -> Assessment:
    """All rules over one objective. A rule asked of key results holds when it holds for each that it can be judged for.

    `waived` are the codes of rules set aside, counted neither as held nor as fired; `validated` those of rules on text whose precision is known.
    Source: measures.md, section 5.
    """
    whole = Asked(objective, as_of, words)
    each = [replace(whole, key_result=one) for one in objective.counting]
    found: list[Finding] = []
    aside: list[Finding] = []
    held: list[str] = []
    for rule in RULES:
        fired, holds = _ask(rule, (whole,) if rule.of is Of.OBJECTIVE else each, validated)
        if rule.code in waived:
            aside += fired
        elif fired:
            found += fired
        elif holds:
            held.append(rule.code)
    found.sort(key=lambda one: ORDER.index(one.severity))
    quality = quality_of(held, {one.code for one in found}, as_of, validated)
    return Assessment(tuple(found), tuple(aside), tuple(held), quality)


def quality_of(
    held: Collection[str],
    fired: Collection[str],
    as_of: date | None = None,
    validated: Collection[str] = (),
) -> Result:
    """The weight of the rules that hold in that of all that could be judged, 0 to 100; both given by their codes.

    Missing: an error is open ("incomplete"); nothing could be judged.
    """
    severities = {code: BY_CODE[code].shown_as(validated) for code in (*held, *fired)}
    n = len(severities)
    if any(severities[code] is Severity.ERROR for code in fired):
        return insufficient_data(
            "incomplete", n=n, unit_of_n="rules", method_version=METHOD_VERSION, as_of=as_of
        )
    if not n:
        return undefined(
            "no rule could be judged", unit_of_n="rules", method_version=METHOD_VERSION, as_of=as_of
        )
    passed = sum(WEIGHTS[severities[code]] for code in held)
    applicable = sum(WEIGHTS[severity] for severity in severities.values())
    return measured(
        100 * passed / applicable,
        n=n,
        unit_of_n="rules",
        method_version=METHOD_VERSION,
        numerator=passed,
        denominator=applicable,
        as_of=as_of,
    )


def _ask(
    rule: Rule, of: Collection[Asked], validated: Collection[str]
) -> tuple[list[Finding], bool]:
    fired: list[Finding] = []
    holds = False
    for asked in of:
        answer = rule.check(asked)
        if answer is Verdict.HOLDS:
            holds = True
        elif not isinstance(answer, Verdict):
            fired.append(_finding(rule, answer, asked.key_result, validated))
    return fired, holds


def _finding(
    rule: Rule, figures: Mapping[str, Any], of: KeyResultFacts | None, validated: Collection[str]
) -> Finding:
    told = {name: _told(figure) for name, figure in figures.items()}
    key = None if of is None else of.key
    severity = rule.shown_as(validated)
    return Finding(rule.code, rule.name, severity, rule.message.format(**told), key, rule.mends)


def _told(figure: Any) -> str:
    """A figure as a message says it: a number without trailing zeros, a day with its month in words."""
    if isinstance(figure, date):
        return f"{figure.day} {figure:%b %Y}"
    if isinstance(figure, Decimal):
        return f"{figure.normalize():f}"
    if isinstance(figure, float):
        return f"{figure:.10g}"
    return str(figure)
