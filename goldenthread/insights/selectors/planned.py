"""What plans that were adopted these weeks ask of work on which nobody has agreed yet."""

from collections.abc import Iterable

from goldenthread.insights.selectors.held import Held
from goldenthread.insights.selectors.threads import address_of
from goldenthread.insights.selectors.week import Task
from goldenthread.tradeoffs.models import Candidate


def planned_tasks(held: Iterable[Held]) -> list[Task]:
    """To start what is the person's, or they speak for, or to let it wait; they do it or leave it. No query."""
    return [_task(one) for one in held if one.plan_asks and (one.is_mine or one.is_spoken_for)]


def _task(one: Held) -> Task:
    starts = one.plan_asks == Candidate.Asks.START
    title = f"Start “{one.objective}”" if starts else f"Let “{one.objective}” wait"
    note = f"The plan of {one.plan_cycle} {'has room for it' if starts else 'has none for it'}"
    word = "Read, propose" if starts else "Read, move"
    return Task("plan", title, word, note, address_of(one.objective), objective=one.objective)
