"""The open objectives that a person answers for, speaks for, or gives the other side's word on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from goldenthread.core import clock
from goldenthread.core.either import in_either
from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.objectives.models.objective import listed
from goldenthread.objectives.services.agreement import Side, proposer_side
from goldenthread.objectives.states import CLOSED, LIVE, State
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs.models import Candidate

PLAN_STANDS_FOR = dt.timedelta(days=14)  # then it stands on the page of the objective alone

# What home shows of a key result, and what tells whose number it is.
SHOWN = (
    *(
        "objective",
        "title",
        "kind",
        "measure",
        "decimals",
        "baseline",
        "target",
        "target_text",
        "low",
        "high",
    ),
    *("latest", "score", "reporter", "weight", "last_check_in_on"),
)


@dataclass(frozen=True)
class Held:
    """One open objective as the person meets it. `change` is what waits for their answer about it."""

    objective: Objective
    person: Person
    change_id: int | None = None
    change_by: str = ""
    change_reason: str = ""
    plan_asks: str = ""  # what a plan adopted these weeks asks of it: `Candidate.Asks`
    plan_cycle: str = ""

    @cached_property
    def is_mine(self) -> bool:
        """I answer for it: it is mine, or a unit's that I lead."""
        accountable = self.objective.accountable
        return accountable is not None and accountable.pk == self.person.pk

    @cached_property
    def is_spoken_for(self) -> bool:
        """I speak for its owner, who has no account."""
        accountable = self.objective.accountable
        return not self.is_mine and accountable is not None and accountable.user_id is None

    @property
    def waits_for_my_word(self) -> bool:
        """The other side has proposed; the same rule as `services.agreement.waits_for`, without a query."""
        objective = self.objective
        if objective.state not in {State.PROPOSED, State.COUNTERED}:
            return False
        if self.is_spoken_for or objective.proposed_by_id is None:
            return True
        return (proposer_side(objective) is Side.OWNER) != self.is_mine

    @property
    def is_loose(self) -> bool:
        """Confirmed, and without a line to a priority; declared run-the-business work needs none."""
        objective = self.objective
        counted = objective.state != State.UNCONFIRMED
        return counted and not objective.in_line and not objective.run_the_business


def held_by(person: Person) -> list[Held]:
    """Every open objective that is the person's, or whose other side the person is. One query."""
    since = clock.today() - PLAN_STANDS_FOR
    return [_held(row, person) for row in _held_rows(since, person=person.pk)]


@Prepared
def _held_rows(since: dt.date, *, person: int) -> QuerySet[Any]:
    change = ExpectationChange.objects.filter(
        objective=OuterRef("pk"), state=ExpectationChange.State.OPEN, addressee=person
    ).order_by("pk")
    asking = Candidate.objects.asking().filter(
        objective=OuterRef("pk"),
        plan__decision__decided_on__gte=since,
        plan__decision__confidential=False,
    )
    still_open = Objective.objects.exclude(state__in=CLOSED)
    asked = still_open.filter(state__in=[State.PROPOSED, State.COUNTERED])
    return (
        Objective.objects.filter(
            in_either(
                still_open.filter(owner_person__in=_team(person).values("pk")),
                still_open.filter(owner_unit__in=_units(person).values("pk")),
                asked.filter(owner_person__in=_further(person).values("pk")),
                still_open.filter(pk__in=_addressed(person).values("objective")),
            )
        )
        .listed()
        .select_related("proposed_by")
        .only(*listed(), "proposed_by__name")
        .annotate(
            change_id=Subquery(change.values("pk")[:1]),
            change_by=Subquery(change.values("author__name")[:1]),
            change_reason=Subquery(change.values("reason")[:1]),
            plan_asks=Subquery(asking.order_by("-plan").values("asks")[:1]),
            plan_cycle=Subquery(asking.order_by("-plan").values("plan__cycle__name")[:1]),
        )
        .order_by("pk")
    )


def key_results_for(
    person: Person, owned: Sequence[Objective]
) -> tuple[dict[int, list[KeyResult]], dict[int, list[KeyResult]]]:
    """The key results of what the person owns, and those of other running objectives whose number they report;
    each by objective, in their order. One query, and one more for whoever reports for others."""
    owns = {one.pk: one for one in owned}
    own: dict[int, list[KeyResult]] = defaultdict(list)
    others: dict[int, list[KeyResult]] = defaultdict(list)
    for row in _key_results(person=person.pk, owned=list(owns)):
        if row.objective_id in owns:
            row.objective = owns[row.objective_id]
            own[row.objective_id].append(row)
        else:
            others[row.objective_id].append(row)
    if others:
        reported = Objective.objects.listed().in_bulk(others)
        for pk, theirs in others.items():
            for row in theirs:
                row.objective = reported[pk]
    return own, others


@Prepared
def _key_results(*, person: int, owned: Sequence[int]) -> QuerySet[KeyResult]:
    every = KeyResult.objects.all()
    reported = every.filter(reporter=person, weight__gt=0, objective__state__in=LIVE)
    wanted = in_either(every.filter(objective__in=owned), reported)
    return every.filter(wanted).only(*SHOWN).order_by("position", "pk")


def _held(row: Any, person: Person) -> Held:
    return Held(
        row,
        person,
        row.change_id,
        row.change_by or "",
        row.change_reason or "",
        row.plan_asks or "",
        row.plan_cycle or "",
    )


def _team(person: int) -> QuerySet[Person]:
    """The person, those who report to them, and who has no manager in a unit that the person leads."""
    headed = Q(manager__isnull=True, unit__leader=person)
    return Person.objects.filter(Q(pk=person) | Q(manager=person) | headed)


def _further(person: int) -> QuerySet[Person]:
    """Those below a report without an account: what they propose comes up to the person (three steps)."""
    silent = Person.objects.exclude(user__isnull=False)  # said so, an index on accounts is no help
    second = silent.filter(manager=person).values("pk")
    third = silent.filter(manager__in=second).values("pk")
    return Person.objects.filter(Q(manager__in=second) | Q(manager__in=third))


def _addressed(person: int) -> QuerySet[ExpectationChange]:
    return ExpectationChange.objects.filter(addressee=person, state=ExpectationChange.State.OPEN)


def _units(person: int) -> QuerySet[Unit]:
    """The units that the person leads, and those whose leader answers to the person."""
    # Subqueries and no joins, here and below: so an index leads to the few, and nobody else is looked at.
    reports, led = Person.objects.filter(manager=person), Unit.objects.filter(leader=person)
    without = Q(leader__isnull=True, parent__in=led.values("pk"))
    return Unit.objects.filter(Q(leader=person) | Q(leader__in=reports.values("pk")) | without)
