"""This week: the few things that wait for a person, in the order in which they are due."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from goldenthread.core.access import can
from goldenthread.core.clock import day_of
from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.held import Held
from goldenthread.insights.selectors.threads import address_of
from goldenthread.objectives.models import Cycle, KeyResult, Objective
from goldenthread.objectives.selectors.standing import standing, standing_of_key_result
from goldenthread.objectives.states import LIVE, State
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import MANY_PRIORITIES, Kpi, Priority, Strategy
from goldenthread.ui.templatetags.goldenthread import day
from goldenthread.ui.templatetags.goldenthread import value as in_unit

# What each thing takes a person who knows the matter, in minutes; said as "about".
MINUTES = {
    "check-in": 2,
    "change": 3,
    "agree": 3,
    "confirm": 2,
    "priority": 3,
    "weights": 2,
    "strategy": 10,
    "kpi": 2,
    "tie": 2,
    "dispersion": 5,
    "stranded": 5,
    "priorities": 5,
    "cycle": 10,
    "import": 5,
    "handover": 10,
    "nudge": 3,
    "decision": 5,
    "look-back": 5,
    "gives": 2,
    "gives-answer": 1,
    "gives-late": 1,
    "dependency": 3,
    "cascade": 1,
    "cascade-late": 1,
    "cascade-drafts": 5,
    "action": 5,
    "agenda": 2,
    "review": 60,
    "minutes": 5,
    "plan": 3,
}
ICONS = {
    "check-in": "check",
    "change": "pencil",
    "agree": "handshake",
    "confirm": "circle-check",
    "priority": "compass",
    "weights": "equal",
    "strategy": "compass",
    "kpi": "chart-line",
    "tie": "link-2",
    "dispersion": "scale",
    "stranded": "link-2",
    "priorities": "compass",
    "cycle": "calendar-range",
    "import": "upload",
    "handover": "handshake",
    "nudge": "hand-heart",
    "decision": "scale",
    "look-back": "rotate-ccw",
    **dict.fromkeys(("gives", "gives-answer", "gives-late", "plan"), "scale"),
    **dict.fromkeys(("dependency", "cascade", "cascade-late", "cascade-drafts"), "handshake"),
    **dict.fromkeys(("action", "agenda", "review", "minutes"), "presentation"),
}
NEXT_CYCLE_DAYS = 45  # before the last cycle ends, the next is asked for


@dataclass(frozen=True)
class Task:
    """One thing to do. Its button leads to `url`; one that can be done at once is sent to `post_url`."""

    kind: str
    title: str
    word: str
    note: str = ""
    url: str = ""
    post_url: str = ""
    due: dt.date | None = None
    since: dt.date | None = None
    objective: Objective | None = None

    @property
    def minutes(self) -> int:
        return MINUTES[self.kind]

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def key(self) -> str:
        """What tells its row from the others, in the ids of the page."""
        return f"o{self.objective.pk}" if self.objective else ""


def end_of_week(on: dt.date) -> dt.date:
    """The Sunday of the week."""
    return on + dt.timedelta(days=6 - on.weekday())


def objective_tasks(
    held: Iterable[Held], key_results: dict[int, list[KeyResult]], on: dt.date
) -> list[Task]:
    """What the person's objectives, and those that wait for their word, ask of them."""
    found: list[Task] = []
    for one in held:
        objective = one.objective
        url = address_of(objective)
        for_whom = "" if one.is_mine else f"For {objective.owner}"
        owned = one.is_mine or one.is_spoken_for
        if objective.state == State.UNCONFIRMED:
            if owned:
                source = f"From {objective.source}" if objective.source else "Brought in for you"
                found.append(
                    Task(
                        "confirm",
                        f"Confirm “{objective}”",
                        "Read, confirm",
                        for_whom or source,
                        url,
                        objective=objective,
                    )
                )
            continue
        if one.waits_for_my_word:
            who = objective.proposed_by or objective.owner
            what = "counters" if objective.state == State.COUNTERED else "proposes"
            since = day_of(objective.proposed_at) if objective.proposed_at else None
            found.append(
                Task(
                    "agree",
                    f"Give your word on “{objective}”",
                    "Read, agree",
                    f"{who} {what} it; waits for your word",
                    url,
                    since=since,
                    objective=objective,
                )
            )
        if one.change_id is not None:
            found.append(
                Task(
                    "change",
                    f"Answer {one.change_by}’s change to “{objective}”",
                    "Read, answer",
                    one.change_reason,
                    reverse("change-answer", args=[one.change_id]),
                    objective=objective,
                )
            )
        if not owned:
            continue
        if objective.state in LIVE and (rows := key_results.get(objective.pk)):
            stands = standing(objective, on)
            due = stands.next_check_in_on
            if (
                stands.health != "done"
                and due is not None
                and objective.starts <= on
                and due <= end_of_week(on)
            ):
                title = f"Check in: {objective}"
                note = " · ".join(filter(None, [for_whom, _last(rows)]))
                found.append(
                    Task(
                        "check-in",
                        title,
                        "Check in",
                        note,
                        url,
                        due=due,
                        objective=objective,
                    )
                )
        if one.is_loose and one.is_mine:
            found.append(
                Task(
                    "tie",
                    f"Tie “{objective}” to the strategy",
                    "Tie it",
                    "It serves no priority yet",
                    reverse("objective-link", args=[objective.pk]),
                    objective=objective,
                )
            )
    return found


def reporting_tasks(reported: Iterable[list[KeyResult]], on: dt.date) -> list[Task]:
    """The numbers that the person reports for objectives of others, each list one objective's."""
    found = []
    for rows in reported:
        objective = rows[0].objective
        stands = [standing_of_key_result(row, objective, on) for row in rows]
        days = [one.next_check_in_on for one in stands if one.health != "done"]
        due = min((day for day in days if day is not None), default=None)
        if due is None or objective.starts > on or due > end_of_week(on):
            continue
        note = f"For {objective.owner}: {', '.join(row.title for row in rows)} · {_last(rows)}"
        url = address_of(objective)
        title = f"Check in: {objective}"
        found.append(Task("check-in", title, "Check in", note, url, due=due, objective=objective))
    return found


def _last(rows: list[KeyResult]) -> str:
    latest = max(
        (row for row in rows if row.last_check_in_on),
        key=lambda row: row.last_check_in_on or dt.date.min,
        default=None,
    )
    if latest is None:
        return "Not measured yet"
    if latest.latest is None:
        return f"Last checked in on {day(latest.last_check_in_on)}"
    return f"Last value {in_unit(latest.latest, latest.measure, latest.decimals)}, on {day(latest.last_check_in_on)}"


def strategy_tasks(
    strategy: Strategy | None, priorities: list[Priority], unserved: set[int], person: Person
) -> list[Task]:
    """What the organisation's strategy asks of its leader and its sponsors. `unserved` are active priorities."""
    if strategy is None:
        if not can(person, Action.START_STRATEGY):
            return []
        note = "None is in force yet; every line begins there"
        title = "Bring in the strategy and put it in force"
        return [Task("strategy", title, "Begin", note, reverse("strategy"))]
    found = []
    leads = can(person, Action.SET_WEIGHTS, strategy)
    active = [one for one in priorities if one.state == Priority.State.ACTIVE]
    for one in priorities:
        mine = one.sponsor_id == person.pk and one.has_sponsor
        if one.state == Priority.State.UNCONFIRMED and (mine or (leads and not one.has_sponsor)):
            source = f"From {one.source}" if one.source else "A draft"
            found.append(
                Task(
                    "priority",
                    f"Confirm the priority “{one}”",
                    "Read, confirm",
                    f"{source}; counts nowhere until you take it on",
                    address_of(one),
                )
            )
        if one.pk in unserved and (mine or (leads and not one.has_sponsor)):
            found.append(
                Task(
                    "stranded",
                    f"Nothing serves “{one}” yet",
                    "Propose it",
                    "An active priority without an objective below it",
                    f"{address_of(one)}#line",
                )
            )
    if leads and active and not strategy.weights_confirmed:
        found.append(
            Task(
                "weights",
                "Confirm the weights of the priorities",
                "Set weights",
                "Until then figures of value read “weights not set”",
                reverse("weights", args=[strategy.pk]),
            )
        )
    if leads and len(active) > MANY_PRIORITIES:
        found.append(
            Task(
                "dispersion",
                f"{len(active)} priorities are active: drop or merge one",
                "Choose",
                f"More than {MANY_PRIORITIES} disperse effort",
                reverse("priorities", args=[strategy.pk]),
            )
        )
    return found


def other_priority_tasks(priorities: Iterable[Priority], person: Person) -> list[Task]:
    """The draft priorities of strategies other than the one in force for the whole, one row a strategy.

    They are reached from nowhere else: a plan for next year, or a unit's own, comes in while another one runs.
    """
    waiting: dict[Strategy, list[Priority]] = defaultdict(list)
    for one in priorities:
        leads = one.strategy.leader_id == person.pk
        if one.sponsor_id == person.pk if one.has_sponsor else leads:
            waiting[one.strategy].append(one)
    return [
        Task(
            "priorities" if len(rows) > 1 else "priority",
            f"Confirm {len(rows)} priorities of “{strategy}”"
            if len(rows) > 1
            else f"Confirm the priority “{rows[0]}” of “{strategy}”",
            "Read, confirm",
            f"{f'From {rows[0].source}' if rows[0].source else 'A draft'}; not in force yet"
            if strategy.state == Strategy.State.DRAFT
            else "They count nowhere until you take them on",
            reverse("priorities", args=[strategy.pk]),
        )
        for strategy, rows in waiting.items()
    ]


def cycle_tasks(cycles: Sequence[Cycle], on: dt.date) -> list[Task]:
    """What the rhythm asks of whoever runs it: a cycle that is over is closed, and another one follows.

    `cycles` are all that are not closed.
    """
    found = [
        Task(
            "cycle",
            f"Close {cycle}",
            "Close it",
            f"It ended on {day(cycle.ends_on)}; what is still open gets its score",
            reverse("cycle-close", args=[cycle.pk]),
            due=cycle.closes_on or cycle.ends_on,
        )
        for cycle in cycles
        if cycle.ends_on < on
    ]
    last = max((cycle.ends_on for cycle in cycles), default=None)
    if last is None or last < on:
        note = "None runs today; an objective is promised for a cycle"
        found.append(Task("cycle", "Add a cycle", "Add it", note, reverse("cycle-new")))
    elif last - on <= dt.timedelta(days=NEXT_CYCLE_DAYS):
        note = f"The last one ends on {day(last)}, and none follows it"
        title = "Add the next cycle"
        found.append(Task("cycle", title, "Add it", note, reverse("cycle-new"), due=last))
    return found


def unowned_task(count: int) -> list[Task]:
    """For leaders: what came in without an owner, in one row however much it is."""
    if not count:
        return []
    one = count == 1
    return [
        Task(
            "confirm",
            f"{count} objective{'' if one else 's'} came in without an owner",
            "Take on",
            "Any leader may; nobody is named",
            f"{reverse('objectives')}?whose=waiting",
        )
    ]


def kpi_tasks(person: Person) -> list[Task]:
    """The KPIs that came in with the person named as owner, to be taken on."""
    return [
        Task(
            "kpi",
            f"Confirm the KPI “{kpi}”",
            "Read, confirm",
            f"From {kpi.source}" if kpi.source else "You are named as its owner",
            reverse("kpi", args=[kpi.pk]),
        )
        for kpi in _kpis_named(owner=person.pk)
    ]


@Prepared
def _kpis_named(*, owner: int) -> QuerySet[Kpi]:
    return Kpi.objects.filter(state=Kpi.State.UNCONFIRMED, owner=owner)


def in_order(tasks: Iterable[Task], on: dt.date) -> list[Task]:
    """What is overdue or due today first, then what others wait for, then what is due later, then the rest.

    What HR asks about is left out where the thing itself stands among them.
    """
    every = list(tasks)
    own = {task.url for task in every if task.kind != "nudge"}

    def place(task: Task) -> tuple[int, dt.date]:
        if task.due is not None:
            return (0 if task.due <= on else 2, task.due)
        if task.kind == "tie":
            return (3, on)
        return (1, task.since or on)

    shown = [task for task in every if task.kind != "nudge" or task.url not in own]
    return sorted(shown, key=place)
