"""The seven knots of the first run, and which of them are tied: always told by what exists, so that nothing doubles."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse

from goldenthread.core.models import AuditRecord
from goldenthread.interchange.outline_views import strategy_of_organisation
from goldenthread.objectives.models import CheckIn, Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy

TEAM_PASSED = "first_run_team_passed"


@dataclass(frozen=True)
class Step:
    """One knot: the name of its address and its word."""

    url_name: str
    word: str


STEPS = (
    Step("first-run", "Organisation"),
    Step("first-run-strategy", "Strategy"),
    Step("first-run-priorities", "Priorities"),
    Step("first-run-team", "Team"),
    Step("first-run-objective", "Objective"),
    Step("first-run-check-in", "Check-in"),
    Step("first-run-line", "The line"),
)


@dataclass(frozen=True)
class Knot:
    """A step as the reader meets it; `url` is "" while it cannot be opened."""

    word: str
    url: str
    tied: bool
    here: bool


def is_founder(person: Person) -> bool:
    """Whether the person founded the organisation: the guided path is theirs alone."""
    return AuditRecord.objects.filter(
        subject_type=Person._meta.label_lower, subject_id=person.pk, verb="found organisation"
    ).exists()


@dataclass(frozen=True)
class Path:
    """What exists of the path: the strategy, its priorities confirmed, the team, objective and check-in."""

    is_founded: bool
    strategy: Strategy | None
    has_priorities: bool
    is_confirmed: bool
    has_team: bool
    objective: Objective | None
    check_in: CheckIn | None

    def tied(self, url_name: str) -> bool:
        """Whether what the step is for exists."""
        return {
            "first-run": self.is_founded,
            "first-run-strategy": self.has_priorities,
            "first-run-priorities": self.is_confirmed,
            "first-run-team": self.has_team,
            "first-run-objective": self.objective is not None,
            "first-run-check-in": self.check_in is not None,
            "first-run-line": self.check_in is not None,
        }[url_name]

    def may_open(self, url_name: str) -> bool:
        """Whether what the step builds on exists."""
        return {
            "first-run-priorities": self.has_priorities,
            "first-run-objective": self.is_confirmed or self.objective is not None,
            "first-run-check-in": self.objective is not None,
            "first-run-line": self.check_in is not None,
        }.get(url_name, self.is_founded)

    def next(self) -> str:
        """The name of the first step that is still open; the line itself once all are tied."""
        return next((step.url_name for step in STEPS if not self.tied(step.url_name)), LAST)

    def knots(self, here: str) -> list[Knot]:
        """The steps as a thread, the finished part tied."""
        return [
            Knot(
                step.word,
                # The organisation is founded once; its knot leads nowhere.
                reverse(step.url_name)
                if step.url_name not in {here, "first-run"} and self.may_open(step.url_name)
                else "",
                self.tied(step.url_name),
                step.url_name == here,
            )
            for step in STEPS
        ]


LAST = STEPS[-1].url_name
UNTIED = Path(False, None, False, False, False, None, None)


def path_of(person: Person, session: MutableMapping[str, Any]) -> Path:
    """Where the founder stands, in a fixed number of queries."""
    strategy = strategy_of_organisation()
    listed = (
        set(
            strategy.priorities.exclude(state=Priority.State.DROPPED).values_list(
                "state", flat=True
            )
        )
        if strategy
        else set()
    )
    in_force = strategy is not None and strategy.state == Strategy.State.IN_FORCE
    objective = (
        Objective.objects.filter(Q(owner_person=person) | Q(author=person))
        .exclude(state__in=[State.DROPPED, State.UNCONFIRMED])
        .filter(key_results__isnull=False)
        .select_related("cycle", "owner_person", "owner_unit__leader")
        .order_by("pk")
        .first()
    )
    check_in = (
        CheckIn.objects.filter(key_result__objective=objective)
        .select_related("key_result")
        .order_by("pk")
        .first()
        if objective
        else None
    )
    passed = bool(session.get(TEAM_PASSED)) or objective is not None
    return Path(
        True,
        strategy,
        bool(listed),
        in_force and Priority.State.ACTIVE in listed,
        passed or Person.objects.exclude(pk=person.pk).exclude(sponsors=True).exists(),
        objective,
        check_in,
    )
