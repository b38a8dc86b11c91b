"""The first sentence of an objective's page: only what its figures say."""

from collections.abc import Sequence
from dataclasses import dataclass

from goldenthread.engine import pace
from goldenthread.engine.pace import Health
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.criteria import Criterion
from goldenthread.objectives.selectors.standing import Standing
from goldenthread.objectives.states import State
from goldenthread.ui.health import HEALTHS
from goldenthread.ui.templatetags.goldenthread import counted, day, days_from_today, percent

WORRYING = {Health.AT_RISK: "is at risk", Health.BEHIND: "is behind"}


@dataclass(frozen=True)
class Sentence:
    """What matters most, and the rest of it."""

    lead: str
    rest: str


def first_sentence(
    objective: Objective, standing: Standing, criteria: Sequence[Criterion]
) -> Sentence:
    """Where it stands in words."""
    if objective.is_closed:
        return _closed(objective, criteria)
    if objective.state == State.UNCONFIRMED:
        source = f" It came from {objective.source}." if objective.source else ""
        return Sentence(
            "Unconfirmed", f": nobody has taken it on yet, so it stays out of every figure.{source}"
        )
    if not criteria:
        return Sentence("No key result yet", ": nobody can tell whether it succeeds.")
    lead, rest = _by_health(objective, standing)
    return Sentence(lead, rest + _criteria(standing, criteria))


def _closed(objective: Objective, criteria: Sequence[Criterion]) -> Sentence:
    lead = State(objective.state).label
    closed = f" on {day(objective.closed_at, 'full')}" if objective.closed_at else ""
    if objective.closing_score is None:
        return Sentence(lead, f"{closed}.")
    never = sum(one.key_result.score is None for one in criteria)
    missing = (
        f"; {counted(never, 'key result was,key results were')} never measured and count 0"
        if never
        else ""
    )
    return Sentence(lead, f" with {percent(objective.closing_score)}{closed}{missing}.")


def _by_health(objective: Objective, standing: Standing) -> tuple[str, str]:
    word = HEALTHS[str(standing.health)].word
    done, expected = percent(standing.score), percent(standing.expected)
    last = standing.last_check_in_on
    match standing.health:
        case Health.OUTDATED:
            return word, f": the last check-in was {days_from_today(last)}; {done} was done then."
        case Health.NOT_MEASURED:
            return word, ": its figures begin with the first check-in."
        case Health.NOT_STARTED:
            return word, f": it begins on {day(objective.starts, 'full')}."
        case Health.EARLY:
            waits = percent(pace.EARLY_UNTIL)
            return word, f": less than {waits} of its time has passed; {done} is done."
        case Health.DONE:
            return word, f": {done} of what was promised."
        case Health.ON_PACE:
            return word, f": {done} done, {expected} expected today."
    return word, f": {done} done where {expected} was expected."


def _criteria(standing: Standing, criteria: Sequence[Criterion]) -> str:
    """The criterion to look at first, and those that nobody has measured."""
    if len(criteria) < 2:
        return ""
    found = ""
    worrying = [one for one in criteria if one.standing.health in WORRYING]
    if worrying and standing.health in {*WORRYING, Health.ON_PACE}:
        worst = min(
            worrying,
            key=lambda one: (one.standing.health != Health.AT_RISK, -one.key_result.weight),
        )
        found += f" “{worst.key_result}” {WORRYING[Health(worst.standing.health)]}."
    unmeasured = sum(one.key_result.score is None for one in criteria)
    if unmeasured and standing.score is not None:
        found += f" {unmeasured} of {len(criteria)} key results {'is' if unmeasured == 1 else 'are'} not measured yet."
    return found
