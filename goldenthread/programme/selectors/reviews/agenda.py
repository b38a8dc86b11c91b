"""The agenda of a leadership review, made from the data: each fact in a sentence, with its figure and its priority.

Everything that holds is read, restricted and confidential work included, and kept as points; each reader is then shown
those that they may see (`AgendaPoint.visible_to`). Of each kind the first `MOST` stand on an agenda.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from goldenthread.core.either import in_either
from goldenthread.engine.pace import Health
from goldenthread.objectives.models import Dependency, Objective, ObjectivePriority
from goldenthread.objectives.selectors.dependencies import RISKS, risk_of
from goldenthread.objectives.selectors.standing import standing, verdict
from goldenthread.objectives.states import LIVE
from goldenthread.people.models import Unit
from goldenthread.programme.models import LeadershipReview, ReviewAction
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy
from goldenthread.strategy.selectors import kpi_standings
from goldenthread.tradeoffs.models import Decision, WhatGives
from goldenthread.ui.templatetags.goldenthread import health_look, percent, value

MOST = 20
WORRYING = (Health.AT_RISK, Health.BEHIND, Health.OUTDATED)


@dataclass(frozen=True)
class Fact:
    """One fact for the agenda: what it is about, a sentence, where it stands with its status, the priority that it serves.

    It is kept, so its days stand as 2026-11-23: each reader is shown them in their own way.
    """

    name: str
    record: Model
    sentence: str
    stands: str = ""
    health: str = ""
    serves: Priority | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.name, self.record.pk


FROM_ABOVE: list[Callable[[LeadershipReview, dt.date], Iterable[Fact]]] = []
"""What rooms above bring to an agenda, between objectives and decisions: value without effort."""


def read_agenda(review: LeadershipReview, on: dt.date) -> list[Fact]:
    """What stands on the agenda today, in the order in which it is talked about. A fixed number of queries."""
    until = max(on, review.held_on)
    return [
        *_said_before(review, on),
        *_kpis(review.unit, on),
        *_objectives(review, on),
        *(fact for read in FROM_ABOVE for fact in read(review, on)),
        *_decisions(review.unit, on, until),
        *_dependencies(review, on),
        *_gives(review.unit, on),
    ]


def _said_before(review: LeadershipReview, on: dt.date) -> Iterator[Fact]:
    """What earlier reviews of the same leaders had somebody do: what is open, and what ended since the last."""
    earlier = LeadershipReview.objects.filter(unit=review.unit, held_on__lt=review.held_on)
    last = earlier.order_by("-held_on").values_list("held_on", flat=True).first()
    rows = ReviewAction.objects.filter(review__in=earlier).select_related("owner")
    if last is None:
        return
    since = Q(state=ReviewAction.State.OPEN) | Q(ended_on__gte=last)
    for one in rows.filter(since).order_by("due_on", "pk")[:MOST]:
        if one.is_open:
            late = "was due" if one.is_overdue(on) else "due"
            figure = f"Open, {late} {one.due_on}"
        else:
            figure = f"{one.get_state_display()} on {one.ended_on}"
        yield Fact("action", one, f"{one.owner}: {one.title}", figure)


def _kpis(unit: Unit | None, on: dt.date) -> Iterator[Fact]:
    """KPIs out of range: of the whole those that an active priority expects something of, of a unit its own."""
    kpis = Kpi.objects.filter(state=Kpi.State.ACTIVE)
    expected = ExpectedResult.objects.filter(
        priority__state=Priority.State.ACTIVE,
        priority__strategy__in=Strategy.objects.in_force(on),
    )
    if unit is not None:
        kpis = kpis.filter(unit__closure_above__ancestor=unit)
    else:
        kpis = kpis.filter(pk__in=expected.values("kpi"))
    rows = list(kpis)
    standings = kpi_standings(rows, on)
    out = [one for one in rows if standings[one.pk].out_of_range][:MOST]
    served = expected.filter(kpi__in=out).select_related("priority").order_by("-position", "-pk")
    serves = {one.kpi_id: one.priority for one in served}
    for one in out:
        stands = standings[one.pk]
        latest = stands.latest.value if stands.latest else None
        yield Fact(
            "kpi",
            one,
            f"{one.name} is {stands.out_of_range}",
            value(latest, one.measure, one.decimals) if latest is not None else "",
            str(stands.health),
            serves.get(one.pk),
        )


def _objectives(review: LeadershipReview, on: dt.date) -> Iterator[Fact]:
    """Critical objectives of the cycle that are at risk, behind or without news."""
    rows: Any = (
        Objective.objects.filter(cycle=review.cycle, critical=True, state__in=LIVE)
        .alias(stands=verdict(on))
        .filter(stands__in=WORRYING)
        .select_related("cycle", "owner_person", "owner_unit__leader")
        .order_by("pk")
    )
    if review.unit is not None:
        rows = rows.filter(_of_unit(rows, review.unit))
    found = list(rows[:MOST])
    serves = _priorities_of([one.pk for one in found])
    found.sort(key=lambda one: WORRYING.index(standing(one, on).health))
    for one in found:
        stands = standing(one, on)
        word = health_look(stands.health).word.lower()
        figure = ""
        if stands.score is not None:
            figure = f"{percent(stands.score)} done where {percent(stands.expected)} was expected"
        elif stands.health == Health.OUTDATED:
            last = stands.last_check_in_on
            figure = f"Last check-in {last}" if last else "Never checked in on"
        yield Fact(
            "objective",
            one,
            f"“{one.title}” of {one.owner} is {word}",
            figure,
            str(stands.health),
            serves.get(one.pk),
        )


def _of_unit(rows: "QuerySet[Any]", unit: Unit) -> Q:
    """Owned by the unit, by one below it, or by somebody who works in these."""
    return in_either(
        rows.filter(owner_unit__closure_above__ancestor=unit),
        rows.filter(owner_person__unit__closure_above__ancestor=unit),
    )


def _decisions(unit: Unit | None, on: dt.date, until: dt.date) -> Iterator[Fact]:
    """Questions that are to be decided by the day of the review, and decisions to look back on by then."""
    due = Q(state=Decision.State.OPEN, due_on__lte=until)
    look = Q(state=Decision.State.DECIDED, look_again_on__lte=until)
    rows = Decision.objects.filter(due | look).select_related("decider")
    if unit is not None:
        rows = rows.filter(
            in_either(
                rows.filter(decider__unit__closure_above__ancestor=unit),
                rows.filter(touches__unit__closure_above__ancestor=unit),
            )
        )
    for one in rows.order_by(F("due_on").asc(), "pk")[:MOST]:
        late = one.due is not None and one.due < on
        if one.is_open:
            figure = f"{'Was due' if late else 'Due'} {one.due_on}; {one.decider} decides"
        else:
            figure = f"To be looked back on since {one.look_again_on}, by {one.decider}"
        yield Fact("decision", one, one.question, figure)


def _dependencies(review: LeadershipReview, on: dt.date) -> Iterator[Fact]:
    """What objectives of the cycle need of another unit and do not get; of a unit what it needs, or is asked for."""
    rows: Any = Dependency.objects.unmet(on).filter(objective__cycle=review.cycle)
    if review.unit is not None:
        rows = rows.filter(in_either(rows.needed_in(review.unit), rows.asked_of(review.unit)))
    found = list(rows.select_related("objective", "unit").order_by("needed_by", "pk")[:MOST])
    serves = _priorities_of([one.objective_id for one in found])
    for one in found:
        risk = risk_of(one, on)
        words = RISKS[risk].capitalize() if risk else ""
        stands = f"{words}; needed by {one.needed_by}"
        yield Fact(
            "dependency",
            one,
            f"{one.unit} is asked for: {one.needs}",
            stands,
            "",
            serves.get(one.objective_id),
        )


def _priorities_of(objectives: Sequence[int]) -> dict[int, Priority]:
    """The first priority that each of them serves."""
    lines = ObjectivePriority.objects.filter(objective__in=objectives).select_related("priority")
    return {one.objective_id: one.priority for one in lines.order_by("-priority__position")}


def _gives(unit: Unit | None, on: dt.date) -> Iterator[Fact]:
    """What gives? that waits, the nearest day first."""
    rows = WhatGives.objects.waiting().select_related("person", "addressee")
    if unit is not None:
        rows = rows.filter(person__unit__closure_above__ancestor=unit)
    for one in rows.order_by("due_on", "pk")[:MOST]:
        late = "was to answer" if one.is_overdue(on) else "answers"
        yield Fact("what_gives", one, str(one), f"{one.addressee} {late} by {one.due_on}")
