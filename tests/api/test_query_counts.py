"""A list costs the same number of queries however many rows it has, for every list that there is."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.models import Job, Letter, Organisation
from goldenthread.insights.models import Figure
from goldenthread.interchange.models import Delivery, Import, Webhook
from goldenthread.objectives.models import ExpectationChange, Objective, RuleWaiver
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.quality import look_at_all
from goldenthread.people.models import Absence, Person, Unit
from goldenthread.programme.models import AgendaPoint, Handover, LeadershipReview, ReviewAction
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy, TradeOff
from goldenthread.strategy.services import observe, set_target
from goldenthread.tradeoffs.models import Plan
from tests.authorisation.api_expectations import OPERATIONS
from tests.authorisation.test_api_matrix import ALL
from tests.authorisation.world import OPEN, World, make_world
from tests.cast import (
    TODAY,
    link,
    make_allocation,
    make_cascade,
    make_cycle,
    make_decision,
    make_dependency,
    make_deputy,
    make_key_result,
    make_kpi,
    make_objective,
    make_person,
    make_plan,
    make_priority,
    make_strategy,
    make_template,
    make_token,
    make_unit,
    make_what_gives,
)
from tests.conftest import counted, hold_to_count

from .conftest import Program

pytestmark = pytest.mark.django_db
LISTS = sorted(name for name in ALL if name.startswith("list_"))
# Who reads what not everybody may list.
AS = {
    "list_cascades": "owner",
    "list_absences": "owner",
    "list_what_gives": "owner",
    "list_tokens": "owner",
    "list_handovers": "owner",
    "list_handover_items": "owner",
    **dict.fromkeys(
        (
            "list_imports",
            "list_import_rows",
            "list_owned_by_nobody",
            "list_webhooks",
            "list_deliveries",
            "list_jobs",
            "list_letters",
            "list_stuck",
            "list_ledger",
            "list_unit_adoption",
        ),
        "admin",
    ),
}


def grow() -> None:
    """More of everything, tied to what the world holds already."""
    owner = Person.objects.get(name="owner")
    head = Person.objects.get(name="unit_head")
    strategy = Strategy.objects.get(title="Led")
    priority = Priority.objects.get(title="open priority")
    kpi = Kpi.objects.get(name="open KPI")
    objective = Objective.objects.get(title="open objective")
    review = LeadershipReview.objects.get(held_on=TODAY)
    batch = Import.objects.get(filename=f"{OPEN}.csv")
    plan = Plan.objects.get()
    giving, taking = (Unit.objects.get(name=name) for name in ("Giving", "Taking"))
    for n in range(5):
        day = TODAY - dt.timedelta(n + 1)
        unit = make_unit(f"Unit {n}", owner.unit)
        person = make_person(f"P{n} Person", unit=unit, manager=owner)
        Absence.objects.create(person=owner, start=day, end=day)
        make_person(f"I{n} Idle", unit=unit, manager=person)
        make_deputy(person, head)
        make_allocation(person, objective=objective)
        make_token(owner, f"Token {n}")
        make_objective(owner, f"Held {n}")
        made = make_decision(owner, f"D{n}?", [objective, priority, unit, kpi, person], author=head)
        other = LeadershipReview.objects.create(
            cycle=objective.cycle, unit=unit, held_on=day, chair=person, author=owner
        )
        other.attendees.set([head, owner])
        other.addenda.create(author=head, added_at=timezone.now(), text="Not so")
        point = AgendaPoint.objects.create(
            review=review, decision=made, sentence=f"D{n}", serves=priority, made=made
        )
        ReviewAction.objects.create(
            review=review, point=point, owner=person, author=head, due_on=day, title=f"A{n}"
        )
        make_plan(person, [objective], unit)
        candidate = plan.candidates.create(number=10 + n, title=f"New {n}", owner_person=person)
        candidate.needs.set(plan.candidates.filter(number__lt=10))
        candidate.effort.create(unit=plan.teams.first().unit, fte=Decimal(n + 1))
        plan.scenarios.create(name=f"Grow {n}", forced={str(10 + n): True}, weights={})
        make_dependency(objective, unit, delivers=objective, asked_by=owner, answered_by=head)
        make_cascade(giving, taking, priority, f"Cascade {n}")
        make_what_gives(person, owner, [objective, make_objective(person, f"Competes {n}")])
        make_decision(person, f"Late {n}?", due_on=day)
        Handover.objects.create(person=owner, reason=Handover.Reason.AWAY, day=day)
        Webhook.objects.create(name=f"System {n}", url="https://x.example", secret="")
        Job.objects.create(kind="clear sessions", due_at=timezone.now(), actor_id=person.pk)
        Letter.objects.create(kind="Invitation", to="ivo@northwind.example", message_id=f"<{n}>")
        audit.record(owner if n % 2 else head, "agree", objective, after={"owner_person": person})
        Delivery.objects.create(
            webhook=Webhook.objects.get(name="Data warehouse"),
            type="unit.edit",
            message_id=f"msg {n}",
            due_at=timezone.now(),
        )
        make_strategy(person, title=f"Strategy {n}", unit=unit)
        wanted = make_priority(strategy, f"Priority {n}", sponsor=person)
        measured = make_kpi(f"KPI {n}", owner=person, unit=unit)
        ExpectedResult.objects.create(priority=priority, text=f"Result {n}", kpi=measured)
        ExpectedResult.objects.create(priority=wanted, text=f"Other {n}", kpi=measured)
        TradeOff.objects.create(
            strategy=strategy, priority=wanted, kind="not_doing", this=f"Not {n}", decided_by=person
        )
        set_target(actor=owner, kpi=kpi, due_on=dt.date(2027, 1 + n, 1), value=Decimal(95))
        observe(actor=owner, kpi=kpi, on=day, value=Decimal(n))
        observe(actor=person, kpi=measured, on=day, value=Decimal(n))
        make_cycle(f"Cycle {n}")
        make_template(f"Template {n}")
        work = make_objective(person if n % 2 else unit, f"Objective {n}", author=person)
        make_objective(person, f"Loose {n}", restricted=bool(n % 2))
        check_in(actor=owner, key_result=make_key_result(objective), value=Decimal(30))
        check_in(actor=head, key_result=make_key_result(work), value=Decimal(30))
        link(work, wanted if n % 2 else objective)
        ExpectationChange.objects.create(
            objective=objective, author=person, reason="Less", changes={}, before={}
        )
        RuleWaiver.objects.create(
            objective=objective, code=f"K0{n + 1}", reason="Known", waived_at=timezone.now()
        )
        batch.rows.create(line=3 + n, kind="units", title="Fleet", outcome="created")
        Import.objects.create(filename=f"{n}.csv", digest=str(n), author=person, applied_by=owner)
        Figure.objects.create(
            measure="m", scope_kind="organisation", as_of=day, method_version="m/1", status="ok"
        )


def path_of(name: str, world: World) -> str:
    """The address of a list; of one record where it is a record's."""
    path, expected = ALL[name].path, OPERATIONS[name]
    if expected.kinds:
        record = next(one for one in world.records[expected.kinds[0]] if one.name == OPEN)
        for value in expected.ids(record.kind, record.pk).values():
            path = f"{path[: path.index('{')]}{value}{path[path.index('}') + 1 :]}"
    return path


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: Any) -> list[dict[str, tuple[Any, list[str]]]]:
    """Every list asked while there is little in it, and again when there is more: its answer and its queries."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = make_world()
        Figure.objects.create(
            measure="m", scope_kind="organisation", as_of=TODAY, method_version="m/1", status="ok"
        )
        people = {one.name: one for one in Person.objects.all()}
        shown = Objective.objects.get(title="open objective")
        check_in(actor=people["owner"], key_result=shown.key_results.get(), value=Decimal(35))
        programs = {who: Program(people[who]) for who in ("strategy_leader", *set(AS.values()))}

        def all_lists() -> dict[str, tuple[Any, list[str]]]:
            look_at_all()
            found = {}
            for name in LISTS:
                cache.clear()
                program = programs[AS.get(name, "strategy_leader")]
                found[name] = counted(program.get, path_of(name, world))
                Organisation.forget()
            return found

        few = all_lists()
        grow()
        found = [few, all_lists()]
        transaction.set_rollback(True)
    return found


@pytest.mark.sqlite
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_however_long_it_is(
    name: str, asked: list[dict[str, tuple[Any, list[str]]]]
) -> None:
    (few, at_first), (many, later) = (answers[name] for answers in asked)
    hold_to_count(f"api {name}", at_first)
    hold_to_count(f"api {name}", later)
    assert many.json()["count"] > few.json()["count"] > 0
