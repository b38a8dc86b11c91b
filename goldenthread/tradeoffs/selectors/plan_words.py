"""What the planner answers, in words for one reader."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from goldenthread.engine.planner import (
    Cell,
    Conflict,
    ConflictKind,
    Key,
    Line,
    Outcome,
    Plan,
    Reason,
    Verdict,
    Why,
)
from goldenthread.people.models import Unit
from goldenthread.tradeoffs.models import Candidate
from goldenthread.tradeoffs.selectors.portfolio import PlanRows
from goldenthread.ui.locale import format_number

A_RESTRICTED_ONE = "a restricted objective"
VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.CONTINUE: ("Continue", "arrow-right"),
    Verdict.STOP: ("Stop", "x"),
    Verdict.START: ("Start", "plus"),
    Verdict.DEFER: ("Defer", "clock"),
}


@dataclass(frozen=True)
class Names:
    """What candidates, teams and owners are called for one reader."""

    rows: PlanRows
    seen: frozenset[int]  # the ids of objectives that the reader sees

    def is_seen(self, one: Candidate) -> bool:
        return one.objective_id is None or one.objective_id in self.seen

    def title(self, number: Key) -> str:
        one = self.rows.by_number.get(int(number))
        if one is None:
            return f"#{number}"
        return f"“{one}”" if self.is_seen(one) else A_RESTRICTED_ONE

    def titles(self, numbers: tuple[Key, ...]) -> str:
        found = [self.title(one) for one in numbers]
        return " and ".join(filter(None, [", ".join(found[:-1]), found[-1]])) if found else ""

    def team(self, cell: Cell) -> str:
        unit: Unit | None = self.rows.units.get(int(cell[0]))
        name = str(unit) if unit is not None else "a team that has left the plan"
        return f"{name} ({cell[1]})" if cell[1] else name

    def owner(self, key: Key | None) -> str:
        return str(self.rows.owners.get(str(key), "its owner"))


def reason_words(line: Line, one: Candidate, names: Names) -> str:
    """Why a candidate runs or does not, in a sentence."""
    return WORDS[line.reason.why](line.reason, one, names)


def _worth(why: Reason, one: Candidate, names: Names) -> str:
    costs = ""
    if one.running and one.stop_cost:
        costs = f"; stopping would cost {format_number(one.stop_cost)} more"
    elif not one.running and one.start_cost:
        costs = f", less {format_number(one.start_cost)} to start"
    needed = f"; {names.titles(why.others)} needs it" if why.others else ""
    return f"Worth {format_number(one.value)}{costs}{needed}."


def _no_room(why: Reason, one: Candidate, names: Names) -> str:
    assert why.cell is not None
    assert why.asked is not None
    assert why.left is not None
    room = f"{names.team(why.cell)}: it needs {format_number(why.asked)}, {format_number(why.left)} left"
    if why.with_needs:
        room = (
            f"{names.team(why.cell)} for it and {names.titles(why.with_needs)}, which it needs: "
            f"{format_number(why.asked)} asked, {format_number(why.left)} left"
        )
    return f"No room in {room}."


def _alternative(why: Reason, one: Candidate, names: Names) -> str:
    more = ", worth more" if why.worth_more else ""
    return f"{_capital(names.title(why.others[0]))} runs instead{more}."


def _owner_limit(why: Reason, one: Candidate, names: Names) -> str:
    who = str(one.owner) if one.owner is not None else "Its owner"
    return (
        f"{who} runs {len(why.others)} already: the limit."
        if why.others
        else f"{who} may run none."
    )


Say = Callable[[Reason, Candidate, Names], str]
WORDS: Mapping[Why, Say] = {
    Why.MANDATORY: lambda why, one, names: "Mandatory.",
    Why.FORCED_IN: lambda why, one, names: "This scenario asks for it.",
    Why.FORCED_OUT: lambda why, one, names: "This scenario leaves it out.",
    Why.NEEDED_BY: lambda why, one, names: f"{_capital(names.titles(why.others))} needs it.",
    Why.WORTH: _worth,
    Why.STOPPING_COSTS: lambda why, one, names: (
        f"It gives {format_number(one.value)}, and stopping it would cost {format_number(one.stop_cost)}."
    ),
    Why.GIVES_NOTHING: lambda why, one, names: "It gives no more than starting it costs.",
    Why.NEEDS: lambda why, one, names: (
        f"It needs {names.titles(why.others)}, which this scenario leaves out."
    ),
    Why.ALTERNATIVE: _alternative,
    Why.OWNER_LIMIT: _owner_limit,
    Why.NO_ROOM: _no_room,
    Why.NEEDS_COST_MORE: lambda why, one, names: (
        f"With {names.titles(why.others)}, which it needs, it costs more than both give."
        if why.others
        else "It gives no more than it costs."
    ),
}


def conflict_words(conflict: Conflict, names: Names) -> str:
    """Why what must run cannot be."""
    which = names.titles(conflict.keys)
    match conflict.kind:
        case ConflictKind.OUT:
            return f"{_capital(which)} must run, or is needed by what must, and is left out."
        case ConflictKind.ALTERNATIVES:
            return f"{_capital(which)} are alternatives, and both must run."
        case ConflictKind.OWNER_LIMIT:
            return f"{names.owner(conflict.owner)} must run {which}: more than the limit."


def counts_words(worked: Plan) -> str:
    """How many start, stop, continue and wait."""
    counts = {one: sum(line.verdict is one for line in worked.lines) for one in Verdict}
    told = (
        (Verdict.CONTINUE, "continue", "continues"),
        (Verdict.START, "start", "starts"),
        (Verdict.STOP, "stop", "stops"),
        (Verdict.DEFER, "wait", "waits"),
    )
    parts = [
        f"{n} {one if n == 1 else many}" for verdict, many, one in told if (n := counts[verdict])
    ]
    return ", ".join(parts)


def outcome_words(worked: Plan, names: Names) -> str:
    """What keeps a scenario from being a plan, or from being proven; empty where nothing does."""
    match worked.outcome:
        case Outcome.OPTIMAL:
            return ""
        case Outcome.BEST_FOUND:
            return "The best that was found in the time; not proven to be the best there is."
        case Outcome.OVERLOADED:
            over = [
                f"{names.team(load.cell)} by {format_number(load.excess)} FTE"
                for load in worked.overloaded
            ]
            without = [names.title(one.key) for one in worked.prices if one.fits_without]
            fits = f" It would fit without {' or '.join(without)}." if without else ""
            return f"What must run does not fit: over capacity in {', '.join(over)}.{fits}"
        case Outcome.CONTRADICTORY:
            return " ".join(conflict_words(one, names) for one in worked.conflicts)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
