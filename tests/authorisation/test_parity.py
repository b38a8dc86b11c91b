"""`visible_to` is the *see* row of the permission table in SQL: for every person and object of a generated
organisation the two agree. Models are found by looking; one that gains `visible_to` is held to it at once."""

import datetime as dt
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.utils import timezone

from goldenthread.core.access import relations
from goldenthread.core.models import Job, Letter
from goldenthread.interchange.models import CalendarFeed, Delivery, Import, ImportRow, Webhook
from goldenthread.objectives.cascade_states import SETTLED, CascadeState
from goldenthread.objectives.models import (
    Cascade,
    Contribution,
    Cycle,
    Dependency,
    ExpectationChange,
    Objective,
)
from goldenthread.objectives.selectors.cascades.thread import seen_cascade
from goldenthread.objectives.selectors.dependencies import seen_dependency
from goldenthread.objectives.selectors.page import seen_objective
from goldenthread.objectives.services.links import rebuild_lines
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import ALLOWED, Action
from goldenthread.programme.models import AgendaPoint, Handover, LeadershipReview, ReviewAction
from goldenthread.programme.selectors.reviews.page import seen_action, seen_review
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, TradeOff
from goldenthread.tradeoffs.models import Decision, WhatGives
from goldenthread.tradeoffs.selectors.gives import seen_gives
from goldenthread.tradeoffs.selectors.page import seen_decision
from tests.cast import (
    TODAY,
    make_allocation,
    make_cascade,
    make_cycle,
    make_decision,
    make_dependency,
    make_deputy,
    make_head,
    make_key_result,
    make_kpi,
    make_organisation,
    make_person,
    make_plan,
    make_priority,
    make_strategy,
    make_template,
    make_token,
    make_unit,
    make_what_gives,
)

pytestmark = pytest.mark.django_db

PEOPLE, OBJECTIVES = 24, 40
# How pages and acts find one of them, with SQL that is put together once for all readers (`people.seen`).
FOUND_ONE_BY_ONE: dict[type[models.Model], Callable[[Person, int], Any]] = {
    Cascade: seen_cascade,
    Decision: seen_decision,
    Dependency: seen_dependency,
    LeadershipReview: seen_review,
    Objective: seen_objective,
    ReviewAction: seen_action,
    WhatGives: seen_gives,
}
HAVE_VISIBLE_TO = sorted(
    (
        model
        for model in apps.get_models()
        if model.__module__.startswith("goldenthread.")
        and hasattr(model._default_manager.all(), "visible_to")
    ),
    key=lambda model: model._meta.label,
)


def generate(seed: int) -> list[Person]:
    """People in units of three levels, strategies, priorities, KPIs and objectives, tied at random."""
    rolls = random.Random(seed)
    make_organisation()
    root = make_unit("U")
    units = [root, *(make_unit(f"U{n}", root) for n in range(3))]
    units += [make_unit(f"U{n}", rolls.choice(units[1:4])) for n in range(3, 9)]
    people: list[Person] = []
    for n in range(PEOPLE):
        people.append(
            make_person(
                f"P{n}",
                unit=rolls.choice([None, *units]),
                manager=rolls.choice([None, *people[-8:]]),
                account=rolls.random() < 0.8,
                granted_leader=rolls.random() < 0.1,
                is_hr=rolls.random() < 0.1,
                is_admin=rolls.random() < 0.1,
            )
        )
    for unit in units:
        if rolls.random() < 0.7:
            make_head(unit, rolls.choice(people))
    priorities = _strategies(rolls, people, units)
    _objectives(rolls, people, units, priorities)
    _decisions(rolls, people)
    for objective in Objective.objects.exclude(state=State.UNCONFIRMED):
        make_dependency(
            objective,
            rolls.choice(units),
            asked_by=rolls.choice([None, *people]),
            delivers=rolls.choice([None, *Objective.objects.all()]),
        )
    for whose in rolls.sample(people, 8):
        make_what_gives(
            whose,
            rolls.choice(people),
            Objective.objects.order_by("pk")[:2],
            author=rolls.choice([None, *people]),
            escalated_by=rolls.choice([None, *people]),
            to=rolls.choice([None, *people]),
        )
    _cascades(rolls, people, units, priorities)
    _reviews(rolls, people)
    make_plan(people[0])
    for whose in [*rolls.sample(people, 15), *rolls.sample(units, 5)]:
        make_allocation(whose)
    rebuild_lines()
    for person in rolls.sample(people, 8):
        make_token(person)
    for person in rolls.sample(people, 15):  # chains and circles among them
        make_deputy(person, rolls.choice([one for one in people if one != person]))
    for person in rolls.sample(people, 8):
        Handover.objects.create(person=person, reason=Handover.Reason.MOVED, day=TODAY)
    for n in range(8):
        file = Import.objects.create(
            filename=f"{n}.csv",
            digest=str(n),
            author=rolls.choice([None, *people]),
            confidential=rolls.random() < 0.5,
        )
        ImportRow.objects.create(file=file, line=1, kind="unit", title="U", outcome="created")
        CalendarFeed.objects.create(person=people[n], digest=str(n))
        asker = rolls.choice([None, *people])
        Job.objects.create(kind="k", due_at=timezone.now(), actor_id=asker and asker.pk)
        Letter.objects.create(kind="Invitation", to="u@northwind.example", message_id=f"<{n}>")
        webhook = Webhook.objects.create(name=f"W{n}", url="https://u.example/", secret="")
        Delivery.objects.create(
            webhook=webhook, type="unit.edit", message_id=f"m{n}", due_at=timezone.now()
        )
    return list(Person.objects.all())


def _reviews(rolls: random.Random, people: list[Person]) -> None:
    for n in range(4):
        review = LeadershipReview.objects.create(
            cycle=Cycle.objects.order_by("pk")[0],
            held_on=TODAY + dt.timedelta(n),
            chair=rolls.choice(people),
            author=rolls.choice([None, *people]),
        )
        review.attendees.set(rolls.sample(people, 3))
        about = Objective.objects.order_by("pk")[n]
        point = AgendaPoint.objects.create(review=review, objective=about, sentence="At risk")
        for which in (None, point):
            ReviewAction.objects.create(
                review=review,
                point=which,
                title="Do",
                owner=rolls.choice(people),
                author=rolls.choice([None, *people]),
                due_on=TODAY,
            )


def _strategies(rolls: random.Random, people: list[Person], units: list[Unit]) -> list[Priority]:
    priorities = []
    for n in range(3):
        strategy = make_strategy(
            rolls.choice(people), title=f"S{n}", unit=rolls.choice(units) if n else None
        )
        for m in range(5):
            priority = make_priority(
                strategy,
                f"S{n}P{m}",
                confidential=rolls.random() < 0.5,
                sponsor=rolls.choice([None, *people]),
                state=rolls.choice(Priority.State.values),
                sponsor_named_by=rolls.choice([None, people[0]]),
            )
            priorities.append(priority)
            TradeOff.objects.create(
                strategy=strategy, priority=rolls.choice([None, priority]), this=f"T{n}{m}"
            )
            kpi = make_kpi(
                f"K{n}{m}",
                owner=rolls.choice([None, *people]),
                unit=rolls.choice([None, *units]),
                state=rolls.choice(Kpi.State.values),
            )
            ExpectedResult.objects.create(priority=priority, text="R", kpi=kpi)
    return priorities


def _cascades(
    rolls: random.Random, people: list[Person], units: list[Unit], priorities: list[Priority]
) -> None:
    """Drafts, open and settled ones, some with the objective that they made."""
    made = list(Objective.objects.order_by("pk"))
    for n in range(25):
        state = rolls.choice(CascadeState.values)
        agreed = state in SETTLED
        at = timezone.now() if agreed else None
        giver, taker = rolls.sample(units, 2)
        make_cascade(
            giver,
            taker,
            rolls.choice(priorities),
            direction=rolls.choice(["down", "up"]),
            state=state,
            author=rolls.choice([None, *people]),
            objective=made[n] if agreed and n < len(made) else None,
            giver_agreed_at=at,
            taker_agreed_at=at,
            reason="R",
        )


def _decisions(rolls: random.Random, people: list[Person]) -> None:
    for n in range(20):
        make_decision(
            rolls.choice(people),
            f"D{n}",
            rolls.sample(people, rolls.randrange(3)),
            author=rolls.choice([None, *people]),
            confidential=rolls.random() < 0.7,
        )


def _objectives(
    rolls: random.Random, people: list[Person], units: list[Unit], priorities: list[Priority]
) -> None:
    cycle = make_cycle()
    make_template()
    made: list[Objective] = []
    for n in range(OBJECTIVES):
        state = rolls.choice(State.values)
        owners: list[Any] = [rolls.choice(people), rolls.choice(units)]
        owner = None if state == State.UNCONFIRMED and n % 2 else rolls.choice(owners)
        objective = Objective.objects.create(
            title=f"O{n}",
            cycle=cycle,
            owner_person=owner if isinstance(owner, Person) else None,
            owner_unit=owner if isinstance(owner, Unit) else None,
            author=rolls.choice([None, *people]),
            restricted=rolls.random() < 0.7,
            state=state,
        )
        for _ in range(rolls.randrange(3)):
            make_key_result(objective, reporter=rolls.choice([None, *people]))
        for parent in rolls.sample([*made, *priorities], rolls.randrange(3)) if made else []:
            above = "objective" if isinstance(parent, Objective) else "priority"
            over = rolls.random() < 0.2
            Contribution.objects.create(
                child_objective=objective,
                **{f"parent_{above}": parent},
                valid_from=TODAY - dt.timedelta(9),
                valid_to=TODAY - dt.timedelta(1) if over else None,
            )
        if rolls.random() < 0.3:
            ExpectationChange.objects.create(
                objective=objective,
                author=rolls.choice(people),
                addressee=rolls.choice([None, *people]),
                reason="R",
                state=rolls.choice(ExpectationChange.State.values),
            )
        made.append(objective)


@pytest.mark.parametrize("seed", [0 if connection.vendor == "sqlite" else 1])
def test_what_is_listed_is_what_the_table_lets_one_see(seed: int) -> None:
    people = generate(seed)
    see = ALLOWED[Action.SEE]
    differ = []
    rolls = random.Random(seed)
    for model in HAVE_VISIBLE_TO:
        records: list[Any] = list(model._default_manager.all())
        assert records, f"generate some {model._meta.verbose_name_plural} above"
        for person in people if connection.vendor == "sqlite" else people[::2]:
            listed = set(model._default_manager.visible_to(person).values_list("pk", flat=True))
            reading = Person.objects.get(pk=person.pk)
            reading.only_reads = True  # as a page asks: what they may see is looked up once
            for _ in range(2):
                rows = model._default_manager.visible_to(reading)
                assert set(rows.values_list("pk", flat=True)) == listed
            if find := FOUND_ONE_BY_ONE.get(model):
                # Of those that the person sees, and of the others, two each; other people try others.
                for among in (listed, {one.pk for one in records} - listed):
                    for pk in rolls.sample(sorted(among), min(2, len(among))):
                        assert bool(find(person, pk)) == (pk in listed), (model, pk, person)
            allowed = {one.pk for one in records if see & relations(person, one)}
            differ += [
                f"{model._meta.label} {pk} for {person}: {'listed' if pk in listed else 'allowed'}"
                for pk in listed ^ allowed
            ]
        nobody: models.QuerySet[Any] = model._default_manager.visible_to(None)
        assert not nobody.exists()
    assert differ == []


def test_each_record_is_listed_once() -> None:
    people = generate(7)
    for model in HAVE_VISIBLE_TO:
        for person in people[:10]:
            listed = list(model._default_manager.visible_to(person).values_list("pk", flat=True))
            assert len(listed) == len(set(listed)), model


def test_history_is_seen_by_those_who_see_the_record() -> None:
    assert ALLOWED[Action.SEE_HISTORY] == ALLOWED[Action.SEE]
