"""Catchball as a machine: whatever both sides do in whatever order, with what each had before them, and at the same moment.

The model here is written apart from the services: it knows only who speaks for which unit, and which version stands.
"""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Cascade, CascadeVersion, Contribution, Objective
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import Terms
from goldenthread.objectives.services.drafts import KeyResultDraft
from goldenthread.people.models import Person, Unit
from tests.cast import TODAY, Cast, make_cycle, make_deputy, make_head, make_objective
from tests.drawn import cases

pytestmark = pytest.mark.django_db

WAITS = KeyResultDraft(
    "Minutes of waiting", measure="min", baseline=Decimal(30), target=Decimal(15)
)
TERMS = Terms(
    "Version 1",
    key_results=[WAITS],
    mandate="How the crews are split.",
    resources="What the unit has.",
    answer_by=TODAY + dt.timedelta(7),
)
NAMES = ["ada", "gus", "ben", "cyd", "flo", "dee", "eve"]
ANYBODY = st.sampled_from([*NAMES, "ada", "gus", "ben", "cyd"])


@pytest.fixture
def parent(cast: Cast) -> Objective:
    """What is served, of Ada’s unit. Gus stands in for her, Cyd for Ben, who leads Operations."""
    make_deputy(cast.ada, cast.gus)
    make_deputy(cast.ben, cast.cyd)
    return make_objective(cast.root, "Trains run on time", cycle=make_cycle())


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def opened(cast: Cast, parent: Objective, *, upward: bool = False, send: bool = True) -> Cascade:
    """Ada proposes it to Operations, or Ben offers it upward."""
    about: dict[str, Any] = {"parent": parent, "cycle": parent.cycle, "terms": TERMS, "send": send}
    if upward:
        return services.offer_upward(actor=fresh(cast.ben), unit=cast.operations, **about)
    return services.propose_to_units(
        actor=fresh(cast.ada), giver=cast.root, units=[cast.operations], **about
    )[0]


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# In whatever order --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """A version as the model expects it."""

    title: str
    side: str
    author: str
    stale: bool = False


class Catchball(RuleBasedStateMachine):
    """One thread between two units. Who answers may have an older version before them: `behind` is how many stood since."""

    cast: Cast
    parent: Objective

    def __init__(self) -> None:
        super().__init__()
        self.around = taken_back()
        self.around.__enter__()
        self.voices = {"giver": {"ada", "gus"}, "taker": {"ben", "cyd"}}
        self.agreed_by: dict[str, str] = {}

    def teardown(self) -> None:
        self.around.__exit__(None, None, None)

    def person(self, name: str) -> Person:
        return fresh(getattr(self.cast, name))

    def side_of(self, name: str) -> str | None:
        return next((side for side, names in self.voices.items() if name in names), None)

    @initialize(upward=st.booleans(), send=st.booleans(), patience=st.integers(0, 6))
    def open(self, upward: bool, send: bool, patience: int) -> None:
        """`patience` is how many versions there are before anybody tries to settle it."""
        self.opening, self.spoken = ("taker", "taker") if upward else ("giver", "giver")
        self.one = opened(self.cast, self.parent, upward=upward, send=send)
        self.state = "proposed" if send else "draft"
        self.said = {1: Said("Version 1", self.opening, "ben" if upward else "ada")}
        self.stood, self.patience = [1], patience

    @property
    def stands(self) -> int:
        return self.stood[-1]

    def settles(self) -> bool:
        return len(self.said) > self.patience

    def tries(self, allowed: bool, act: Callable[[], Any]) -> None:
        """Done where the model allows it, else refused with nothing changed."""
        try:
            with transaction.atomic():
                act()
        except (DomainError, NotAllowed):
            assert not allowed
        else:
            assert allowed

    @property
    def waits(self) -> bool:
        return self.state in {"proposed", "countered"}

    @precondition(lambda self: self.state == "draft")
    @rule(name=ANYBODY)
    def send(self, name: str) -> None:
        allowed = self.side_of(name) == self.opening
        self.tries(
            allowed, lambda: services.send_cascade(actor=self.person(name), cascade=self.thread())
        )
        self.state = "proposed" if allowed else "draft"

    @rule(name=ANYBODY, behind=st.integers(0, 2))
    def counter(self, name: str, behind: int) -> None:
        side, number = self.side_of(name), len(self.said) + 1
        answers = self.stood[-1 - min(behind, len(self.stood) - 1)]
        terms = replace(TERMS, title=f"Version {number}")
        allowed = self.waits and side is not None
        self.tries(
            allowed,
            lambda: services.counter_cascade(
                actor=self.person(name),
                cascade=self.thread(),
                terms=terms,
                answers=answers,
            ),
        )
        if not allowed:
            return
        assert side is not None
        stale = answers != self.stands
        self.said[number] = Said(terms.title, side, name, stale)
        if not stale:
            own = self.state == "proposed" and side == self.spoken
            self.state = "proposed" if own else "countered"
            self.spoken = side
            self.stood.append(number)

    @precondition(settles)
    @rule(name=ANYBODY)
    def agree(self, name: str) -> None:
        other = {"giver": "taker", "taker": "giver"}[self.spoken]
        allowed = self.waits and self.side_of(name) == other
        self.tries(allowed, lambda: self.agrees(name, self.stands))
        if allowed:
            self.state = "active"
            self.agreed_by = {other: name, self.spoken: self.said[self.stands].author}

    @precondition(lambda self: self.waits and len(self.said) > 1)
    @rule()
    def nobody_agrees_to_what_does_not_stand(self) -> None:
        for number in {*self.said} - {self.stands}:
            for name in ("ada", "ben", "flo"):
                self.tries(False, lambda name=name, number=number: self.agrees(name, number))

    def agrees(self, name: str, number: int) -> None:
        services.agree_cascade(actor=self.person(name), cascade=self.thread(), answers=number)

    @precondition(settles)
    @rule(name=ANYBODY, why=st.sampled_from(["No crews.", " "]))
    def decline(self, name: str, why: str) -> None:
        side = self.side_of(name)
        was_asked = side is not None and side != self.opening
        answers = side is not None and side != self.spoken
        allowed = self.waits and (was_asked or answers) and bool(why.strip())
        self.tries(
            allowed,
            lambda: services.decline_cascade(
                actor=self.person(name), cascade=self.thread(), reason=why
            ),
        )
        self.state = "declined" if allowed else self.state

    @precondition(settles)
    @rule(name=ANYBODY)
    def withdraw(self, name: str) -> None:
        allowed = (self.waits or self.state == "draft") and self.side_of(name) == self.opening
        self.tries(
            allowed,
            lambda: services.withdraw_cascade(actor=self.person(name), cascade=self.thread()),
        )
        self.state = "withdrawn" if allowed else self.state

    @precondition(lambda self: "flo" not in self.voices["taker"])
    @rule()
    def another_leads_operations(self) -> None:
        make_head(Unit.objects.get(pk=self.cast.operations.pk), self.person("flo"))
        self.voices["taker"] = {"flo"}

    def thread(self) -> Cascade:
        return Cascade.objects.get(pk=self.one.pk)

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "one"):
            return
        rows = CascadeVersion.objects.filter(cascade=self.one).select_related("author")
        kept = {row.number: Said(row.title, row.side, self.name_of(row), row.stale) for row in rows}
        assert kept == self.said
        assert sorted(kept) == [*range(1, len(kept) + 1)]
        now = self.thread()
        assert (now.state, now.number, now.spoken) == (self.state, self.stands, self.spoken)
        assert now.title == self.said[now.number].title
        assert not self.said[now.number].stale
        told = AuditRecord.objects.filter(subject_id=self.one.pk, subject_type="objectives.cascade")
        assert told.filter(verb__contains="rewrite").count() + told.filter(
            verb__startswith="counter"
        ).count() == (len(kept) - 1)

    def name_of(self, row: CascadeVersion) -> str:
        return next(name for name in NAMES if getattr(self.cast, name) == row.author)

    @invariant()
    def agreed_is_what_both_sides_said(self) -> None:
        if not hasattr(self, "one"):
            return
        now, made = self.thread(), Objective.objects.exclude(pk=self.parent.pk)
        if self.state != "active":
            assert now.objective is None
            assert (now.giver_agreed_by, now.taker_agreed_by) == (None, None)
            assert not made.exists()
            assert not Contribution.objects.exists()
            return
        assert now.giver_agreed_by == getattr(self.cast, self.agreed_by["giver"])
        assert now.taker_agreed_by == getattr(self.cast, self.agreed_by["taker"])
        assert now.giver_agreed_by != now.taker_agreed_by
        assert now.alone == ""
        objective = made.get()
        assert now.objective == objective
        assert objective.title == self.said[self.stands].title
        assert Contribution.objects.get().child_objective == objective


def test_whatever_is_done_both_sides_agree_to_one_version_and_none_is_lost(
    cast: Cast, parent: Objective
) -> None:
    machine = type("OfTheseTwo", (Catchball,), {"cast": cast, "parent": parent})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=cases(30), stateful_step_count=20, deadline=None)
    )


@pytest.mark.parametrize("state", ["agreed", "active"])
def test_the_database_too_refuses_what_only_one_side_agreed_to(
    cast: Cast, parent: Objective, state: str
) -> None:
    opened(cast, parent)
    now = dt.datetime.now(dt.UTC)
    for signed in ({}, {"giver_agreed_at": now}, {"taker_agreed_at": now}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cascade.objects.update(state=state, **signed)


# At the same moment -------------------------------------------------------------------------------------------

Act = tuple[str, str]  # who, what
ACTS: list[Act] = [
    ("ben", "counter"),
    ("cyd", "counter"),
    ("ada", "counter"),
    ("ben", "agree"),
    ("cyd", "agree"),
    ("ben", "decline"),
    ("ada", "withdraw"),
]


def does(cast: Cast, one: Cascade, act: Act, answers: int) -> str:
    """What comes of it in a word."""
    name, what = act
    actor, thread = fresh(getattr(cast, name)), Cascade.objects.get(pk=one.pk)
    try:
        if what == "counter":
            terms = replace(TERMS, title=f"By {name} to {answers}")  # else nothing differs
            made = services.counter_cascade(
                actor=actor, cascade=thread, terms=terms, answers=answers
            )
            return "too late" if made.stale else "stands"
        if what == "agree":
            services.agree_cascade(actor=actor, cascade=thread, answers=answers)
        elif what == "decline":
            services.decline_cascade(actor=actor, cascade=thread, reason="No crews.")
        else:
            services.withdraw_cascade(actor=actor, cascade=thread)
    except (DomainError, NotAllowed) as refused:
        return type(refused).__name__
    return "done"


def outcome(one: Cascade, came_of_it: list[str]) -> tuple[Any, ...]:
    """All that is left of it, but for identities and hours."""
    now = Cascade.objects.select_related("objective").get(pk=one.pk)
    rows = now.versions.order_by("number").values_list("number", "title", "side", "stale")
    made = now.objective and (now.objective.title, now.objective.state)
    who = now.giver_agreed_by_id, now.taker_agreed_by_id, now.closed_by_id
    return now.state, now.number, now.title, now.spoken, now.reason, who, made, [*rows], came_of_it


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_acts_at_once_one_comes_first(cast: Cast, parent: Objective) -> None:
    """Each pair, from what both had before them: what is left is what one after the other would leave."""
    for first, second in combinations(ACTS, 2):
        one = opened(cast, parent)
        in_turn = []
        for order in ((first, second), (second, first)):
            with taken_back():
                came = {act: does(cast, one, act, 1) for act in order}
                in_turn.append(outcome(one, [came[first], came[second]]))
        assert outcome(one, at_once(cast, one, [first, second], [1, 1])) in in_turn, (first, second)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_counters_at_once_one_stands_and_each_is_kept(
    cast: Cast, parent: Objective
) -> None:
    one = opened(cast, parent)
    acts = [(name, "counter") for name in ("ben", "cyd", "ada", "gus")]
    for round_ in range(1, 4):
        stands = Cascade.objects.get(pk=one.pk).number
        came_of_it = at_once(cast, one, acts, [stands] * 4)
        assert sorted(came_of_it) == ["stands"] + ["too late"] * 3
        numbers = [*one.versions.order_by("number").values_list("number", flat=True)]
        assert numbers == [*range(1, 2 + 4 * round_)]
        now = Cascade.objects.get(pk=one.pk)
        said = now.versions.get(number=now.number)
        assert (said.stale, said.title) == (False, now.title)
        assert said.author == getattr(cast, acts[came_of_it.index("stands")][0])


def at_once(cast: Cast, one: Cascade, acts: list[Act], answers: list[int]) -> list[str]:
    """Each in a transaction of its own; what came of each."""
    together = threading.Barrier(len(acts))
    came: dict[Act, str] = {}

    def run(act: Act, number: int) -> None:
        together.wait()
        try:
            came[act] = does(cast, one, act, number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(acts, answers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [came[act] for act in acts]
