"""Who is stuck: people and work on which something is missing or overdue, each with what would help.

Read as the reader sees it: a restricted objective is neither named here nor counted.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.core.counts import count_of
from goldenthread.engine.pace import Health
from goldenthread.objectives.models import Cycle, ExpectationChange, Objective
from goldenthread.objectives.selectors.standing import long_silent, verdict
from goldenthread.objectives.services.agreement import Side, next_above, proposer_side
from goldenthread.objectives.states import LIVE, State
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.people.selectors import matches, people_without_line
from goldenthread.programme.selectors.adoption import running
from goldenthread.programme.selectors.unowned import unowned_objectives

PATIENCE = dt.timedelta(days=14)  # ten working days: so long nothing is called stuck


@dataclass(frozen=True)
class Stuck:
    """One person, or one piece of work: what it is, who has the next step, and since when it waits."""

    about: int
    title: str
    url: str
    whom: Person | Unit | None
    note: str
    since: dt.date | None = None


@dataclass(frozen=True)
class Kind:
    """One way of being stuck. `rows` are those that the reader sees; `unit` and `words` lead to what narrows them."""

    key: str
    title: str
    help: str
    rows: Callable[[Person, dt.date], QuerySet[Any]]
    row: Callable[[Any], Stuck]
    unit: tuple[str, ...]
    words: tuple[str, ...]
    asks: Callable[[Any], Person | None] | None = None  # who is nudged; None where HR acts itself

    @property
    def is_of_people(self) -> bool:
        """Whether its rows are people; else they are work."""
        return self.unit == _UNIT_OF_PERSON

    def narrowed(
        self, reader: Person, on: dt.date, unit: Unit | None, text: str = ""
    ) -> QuerySet[Any]:
        """Its rows, in a unit and those below it, with every word in them."""
        rows = self.rows(reader, on)
        if unit is not None:
            within = Q()
            for path in self.unit:
                within |= Q((f"{path}__closure_above__ancestor", unit))
            rows = rows.filter(within)
        return rows.filter(matches(text, *self.words)) if text else rows


def stuck_counts(reader: Person) -> list[tuple[Kind, int]]:
    """Every kind with how many there are, in one query."""
    on = clock.today()
    counts = [count_of(kind.rows(reader, on)) for kind in KINDS.values()]
    (found,) = Person.objects.filter(pk=reader.pk).values_list(*counts)
    return list(zip(KINDS.values(), found, strict=True))


# Whom to ask: somebody with an account, who has the next step -----------------------------------------------------


def _who_manages(person: Person) -> Person | None:
    return next((one for one in (person.manager, person) if one and one.user_id), None)


def _who_answers(objective: Objective) -> Person | None:
    """The owner, or the leader of the owning unit; the line above speaks for who has no account."""
    accountable = objective.accountable
    return accountable if accountable and accountable.user_id else next_above(objective)


def _whose_word(objective: Objective) -> Person | None:
    """The side that did not make the proposal that stands."""
    owners = proposer_side(objective) is Side.OWNER
    return next_above(objective) if owners else _who_answers(objective)


def _addressed(change: ExpectationChange) -> Person | None:
    return change.addressee if change.addressee and change.addressee.user_id else None


# People ---------------------------------------------------------------------------------------------------------


def _without_objective(reader: Person, on: dt.date) -> QuerySet[Any]:
    """Who has been here for two weeks of a running cycle, is not away, and holds nothing agreed for one."""
    since = on - PATIENCE
    agreed = Objective.objects.visible_to(reader).filter(running(on, "cycle__"), state__in=LIVE)
    settled = Cycle.objects.filter(running(on), starts_on__lte=since)
    return (
        Person.objects.visible_to(reader)
        .working(on)
        .filter(Exists(settled), Q(start__isnull=True) | Q(start__lte=since))
        .exclude(Exists(agreed.filter(owner_person=OuterRef("pk"))))
        .exclude(Exists(agreed.filter(owner_unit__leader=OuterRef("pk"))))
        .exclude(_is_away("pk", on))
        .select_related("unit", "manager")
        .order_by("name", "pk")
    )


def _person(person: Person, note: str) -> Stuck:
    return Stuck(person.pk, person.name, person.get_absolute_url(), person.manager, note)


def _without_manager(reader: Person, on: dt.date) -> QuerySet[Any]:
    """Who reports to nobody, has no reports and leads no unit, once anybody reports to anybody."""
    lines = Person.objects.filter(manager__isnull=False)
    return (
        people_without_line(reader).filter(Exists(lines), heads_unit=False).order_by("name", "pk")
    )


# Work -----------------------------------------------------------------------------------------------------------


def _objectives(reader: Person) -> QuerySet[Any]:
    return (
        Objective.objects.visible_to(reader)
        .select_related("cycle", "owner_person__manager", "owner_unit__leader__manager")
        .order_by("pk")
    )


def _waiting(reader: Person, on: dt.date) -> QuerySet[Any]:
    asked = _objectives(reader).filter(state__in=[State.PROPOSED, State.COUNTERED])
    return asked.filter(proposed_at__lt=_end_of(on - PATIENCE)).order_by("proposed_at", "pk")


def _waiting_row(one: Objective) -> Stuck:
    to_owner = proposer_side(one) is Side.LINE
    accountable = one.accountable
    line = accountable.manager if accountable is not None else None
    return _objective(
        one,
        "Waits for the owner’s word" if to_owner else "Waits for the word of the line above",
        accountable if to_owner else line,
        clock.day_of(one.proposed_at) if one.proposed_at else None,
    )


def _unconfirmed(reader: Person, on: dt.date) -> QuerySet[Any]:
    came = _objectives(reader).filter(state=State.UNCONFIRMED)
    return came.filter(created_at__lt=_end_of(on - PATIENCE)).order_by("created_at", "pk")


def _unconfirmed_row(one: Objective) -> Stuck:
    source = f"From {one.source}" if one.source else "Brought in"
    return _objective(one, source, one.accountable, clock.day_of(one.created_at))


def _not_measurable(reader: Person, on: dt.date) -> QuerySet[Any]:
    return _objectives(reader).filter(state__in=LIVE, measurable=False)


def _silent(reader: Person, on: dt.date) -> QuerySet[Any]:
    """Under way, and without a check-in for more than twice the cadence; not where the owner is away."""
    rows: QuerySet[Any] = (
        _objectives(reader)
        .filter(state__in=LIVE, measurable=True)
        .alias(
            stands=verdict(on), spoke=Coalesce("last_check_in_on", "starts_on", "cycle__starts_on")
        )
        .exclude(stands__in=[Health.DONE, Health.NOT_STARTED])
        .filter(long_silent(on, "spoke"))
        .exclude(_is_away("owner_person", on))
        .order_by("spoke", "pk")
    )
    return rows


def _silent_row(one: Objective) -> Stuck:
    last = one.last_check_in_on
    return _objective(
        one, "Last check-in" if last else "Never checked in on", one.accountable, last or one.starts
    )


def _objective(
    one: Objective, note: str, whom: Person | Unit | None, since: dt.date | None = None
) -> Stuck:
    return Stuck(one.pk, one.title, one.get_absolute_url(), whom, note, since)


def _changes(reader: Person, on: dt.date) -> QuerySet[Any]:
    return (
        ExpectationChange.objects.filter(
            Exists(Objective.objects.visible_to(reader).filter(pk=OuterRef("objective"))),
            state=ExpectationChange.State.OPEN,
            created_at__lt=_end_of(on - PATIENCE),
        )
        .select_related("objective", "addressee", "author")
        .order_by("created_at", "pk")
    )


def _change_row(one: ExpectationChange) -> Stuck:
    return Stuck(
        one.pk,
        f"Change to “{one.objective}”",
        reverse("change-answer", args=[one.pk]),
        one.addressee,
        f"{one.author} proposed it",
        clock.day_of(one.created_at),
    )


def _unowned(reader: Person, on: dt.date) -> QuerySet[Any]:
    seen = Objective.objects.visible_to(reader)
    rows: QuerySet[Any] = unowned_objectives(on).filter(Exists(seen.filter(pk=OuterRef("pk"))))
    return rows


def _is_away(path: str, on: dt.date) -> Exists:
    return Exists(Absence.objects.filter(person=OuterRef(path), start__lte=on, end__gte=on))


def _end_of(day: dt.date) -> dt.datetime:
    """The first moment after a day of the organisation."""
    return clock.start_of(day + dt.timedelta(days=1))


_OWNER = ("owner_person__unit", "owner_unit")
_OWNER_WORDS = ("title", "owner_person__name", "owner_unit__name")
_UNIT_OF_PERSON = ("unit",)
_PERSON_WORDS = ("name", "position")

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            "no-objective",
            "No agreed objective",
            "Their manager proposes one, or asks them to.",
            _without_objective,
            lambda one: _person(one, one.position),
            _UNIT_OF_PERSON,
            _PERSON_WORDS,
            _who_manages,
        ),
        Kind(
            "waiting",
            "Waits to be agreed",
            "The other side agrees, or says what should be different.",
            _waiting,
            _waiting_row,
            _OWNER,
            _OWNER_WORDS,
            _whose_word,
        ),
        Kind(
            "unconfirmed",
            "Waits to be confirmed",
            "Whom it names takes it on, or declines it with a reason.",
            _unconfirmed,
            _unconfirmed_row,
            _OWNER,
            _OWNER_WORDS,
            _who_answers,
        ),
        Kind(
            "not-measurable",
            "Agreed, and cannot be judged",
            "The owner adds a key result with a start, a target or dated steps.",
            _not_measurable,
            lambda one: _objective(one, "No key result that can be scored", one.accountable),
            _OWNER,
            _OWNER_WORDS,
            _who_answers,
        ),
        Kind(
            "silent",
            "No check-in for long",
            "A value and a word take two minutes; what no longer matters is closed.",
            _silent,
            _silent_row,
            _OWNER,
            _OWNER_WORDS,
            _who_answers,
        ),
        Kind(
            "change",
            "Change not answered",
            "Whoever is asked accepts it, or declines it with a reason.",
            _changes,
            _change_row,
            ("objective__owner_person__unit", "objective__owner_unit"),
            ("objective__title", "addressee__name"),
            _addressed,
        ),
        Kind(
            "unowned",
            "Owned by nobody",
            "It is passed on to somebody who works here, or closed by the line above.",
            _unowned,
            lambda one: _objective(one, "Nobody who works here answers for it", None),
            _OWNER,
            _OWNER_WORDS,
        ),
        Kind(
            "no-manager",
            "Reports to nobody",
            "You name their manager: without one nobody agrees anything with them.",
            _without_manager,
            lambda one: _person(one, one.position),
            _UNIT_OF_PERSON,
            _PERSON_WORDS,
        ),
    )
}
