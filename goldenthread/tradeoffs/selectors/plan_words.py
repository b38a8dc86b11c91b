"""What the planner answers, in words for one reader."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from goldenthread.engine.planner import (
    Cell,
    Conflict,
    ConflictKind,
    Keeping,
    Key,
    Line,
    Outcome,
    Plan,
    Reason,
    Verdict,
    Why,
)
from goldenthread.objectives.fields import key_of
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs.models import Candidate
from goldenthread.tradeoffs.selectors.portfolio import PlanRows
from goldenthread.ui.locale import format_number

A_RESTRICTED_ONE = "a restricted objective"
EVERY_PRIORITY = "Every priority keeps at least one objective"
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
        return _and([self.title(one) for one in numbers])

    def priority_titles(self, keys: tuple[Key, ...]) -> str:
        return _and([self._priority(one) for one in keys])

    def _priority(self, key: Key) -> str:
        """Leaders alone read plans, and they see every priority, also a confidential one."""
        title = self.rows.priority_titles.get(int(key))
        return f"“{title}”" if title is not None else "a priority that is gone"

    def team(self, cell: Cell) -> str:
        unit: Unit | None = self.rows.units.get(int(cell[0]))
        name = str(unit) if unit is not None else "a team that has left the plan"
        return f"{name} ({cell[1]})" if cell[1] else name

    @cached_property
    def owners(self) -> dict[str, Person | Unit]:
        """By their keys: whose the candidates are that the reader sees, and who has a limit."""
        owners = [one.owner for one in self.rows.candidates if self.is_seen(one)]
        owners += [one.owner for one in self.rows.limits]
        return {key_of(owner): owner for owner in owners if owner is not None}

    def owner(self, key: Key | None) -> str:
        return str(self.owners.get(str(key), "its owner"))


def reason_words(line: Line, one: Candidate, names: Names) -> str:
    """Why a candidate runs or does not, in a sentence or two."""
    said = WORDS[line.reason.why](line.reason, one, names)
    if not line.reason.priorities:
        return said
    alone = f"Nothing else runs under {names.priority_titles(line.reason.priorities)}."
    return f"{said} {alone}".strip()


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
    who = str(one.owner) if one.owner is not None and names.is_seen(one) else "Its owner"
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
    Why.KEEPS_PRIORITY: lambda why, one, names: "",  # that nothing else runs there says it
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
        case ConflictKind.PRIORITIES:
            titles = names.priority_titles(conflict.priorities)
            if not conflict.keys:
                return (
                    f"{_capital(titles)} exclude each other: not all of them can keep an objective."
                )
            return f"{_capital(titles)} can keep no objective: nothing under it can run ({which})."


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
            keeps = worked.keeping is not None and worked.keeping.fits_without
            if keeps:
                without.append("keeping every priority")
            must = "What must run, with every priority kept," if keeps else "What must run"
            fits = f" It would fit without {' or '.join(without)}." if without else ""
            return f"{must} does not fit: over capacity in {', '.join(over)}.{fits}"
        case Outcome.CONTRADICTORY:
            return " ".join(conflict_words(one, names) for one in worked.conflicts)
        case Outcome.NOT_FOUND:
            return "The time was over before a plan was found that keeps every priority."


def keeping_words(keeping: Keeping) -> str:
    """What it costs that every priority keeps an objective."""
    price = keeping.price
    if price.value is None:
        return f"{EVERY_PRIORITY}; what that costs: {price.reason}."
    costs = f"{format_number(price.value, 1)} points" if price.value else "nothing"
    return f"{EVERY_PRIORITY}, which costs {costs}."


def bare_words(keeping: Keeping | None, names: Names) -> str:
    """Which priorities keep none, because nothing stands under them."""
    if keeping is None:
        return "No priority is in force."
    return (
        f"No candidate stands under {names.priority_titles(keeping.bare)}." if keeping.bare else ""
    )


def _and(titles: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(titles[:-1]), titles[-1]])) if titles else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
