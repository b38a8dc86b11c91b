"""The cast that every test tells its story with, and small factories for what a story needs besides.

Northwind Rail is led by Ada. Ben heads Operations and reports to her; Flo works there and reports to him. Gus
heads Stations; Cyd works there and reports to Gus. Dee is the HR partner and Eve the administrator, both in the
head office and reporting to Ada. Factories write rows directly, closures included, and ask no permission; what a
service does is tested through the service.
"""

import datetime as dt
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from goldenthread.core import history
from goldenthread.core.models import Organisation
from goldenthread.objectives.models import (
    Cascade,
    CascadeSide,
    CascadeVersion,
    Contribution,
    Cycle,
    Dependency,
    KeyResult,
    Objective,
    ObjectiveTemplate,
    TemplateKeyResult,
)
from goldenthread.objectives.services.figures import can_be_scored
from goldenthread.objectives.services.links import rebuild_lines
from goldenthread.objectives.states import State
from goldenthread.people.models import (
    AccessToken,
    Deputy,
    Person,
    ReportingClosure,
    Unit,
    UnitClosure,
    User,
)
from goldenthread.people.services.token import NewToken, digest
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.tradeoffs.models import (
    Allocation,
    Candidate,
    CandidateEffort,
    CompetingItem,
    Decision,
    Option,
    Plan,
    Scenario,
    TeamCapacity,
    Touch,
    WhatGives,
    touched_by,
)

TODAY = dt.date(2026, 5, 13)  # the organisation of the tests stands still on this day
PASSWORD = "a-long-train-journey"


@dataclass(frozen=True)
class Cast:
    """Who is who, and where they work."""

    ada: Person
    ben: Person
    cyd: Person
    dee: Person
    eve: Person
    flo: Person
    gus: Person
    root: Unit
    operations: Unit
    stations: Unit


def make_organisation(**fields: Any) -> Organisation:
    """Northwind Rail, standing still on `TODAY`."""
    given = {"name": "Northwind Rail", "time_zone": "Europe/Copenhagen", "stands_on": TODAY}
    return Organisation.objects.create(**given | fields)


def make_cast() -> Cast:
    """Everybody of the story, with accounts, units and reporting lines; in bulk, since most tests begin with them."""
    root = make_unit("Northwind Rail")
    operations, stations = make_unit("Operations", root), make_unit("Stations", root)
    ada = _member("Ada Holm", root, position="Chief executive", granted_leader=True)
    ben = _member("Ben Aske", operations, position="Head of operations")
    flo = _member("Flo Dahl", operations, position="Train planner")
    gus = _member("Gus Lind", stations, position="Head of stations")
    cyd = _member("Cyd Berg", stations, position="Station agent")
    dee = _member("Dee Voss", root, position="HR partner", is_hr=True)
    eve = _member("Eve Rask", root, position="IT", is_admin=True)
    people, units = [ada, ben, flo, gus, cyd, dee, eve], [root, operations, stations]
    User.objects.bulk_create([person.user for person in people if person.user])
    Person.objects.bulk_create(people)
    for unit, head in zip(units, (ada, ben, gus), strict=True):
        unit.leader, head.heads_unit = head, True
    for manager, reports in ((ada, (ben, gus, dee, eve)), (ben, (flo,)), (gus, (cyd,))):
        for report in reports:
            report.manager = manager
    Unit.objects.bulk_update(units, ["leader"])
    Person.objects.bulk_update(people, ["manager", "heads_unit"])
    ReportingClosure.objects.bulk_create(
        [
            *(ReportingClosure(manager=one.manager, report=one, depth=1) for one in people[1:]),
            *(ReportingClosure(manager=ada, report=one, depth=2) for one in (flo, cyd)),
        ]
    )
    history.keep(units)
    history.keep(people)
    return Cast(ada, ben, cyd, dee, eve, flo, gus, root, operations, stations)


def _member(name: str, unit: Unit, **fields: Any) -> Person:
    """Somebody with an account, not stored yet."""
    email = f"{name.split()[0].lower()}@northwind.example"
    user = User(email=email, password=make_password(PASSWORD))
    return Person(name=name, email=email, user=user, unit=unit, **fields)


def make_unit(name: str = "Fleet", parent: Unit | None = None, **fields: Any) -> Unit:
    unit = Unit.objects.create(name=name, parent=parent, **fields)
    above = UnitClosure.objects.filter(descendant=parent) if parent else []
    rows = [
        UnitClosure(ancestor_id=row.ancestor_id, descendant=unit, depth=row.depth + 1)
        for row in above
    ]
    UnitClosure.objects.bulk_create([UnitClosure(ancestor=unit, descendant=unit, depth=0), *rows])
    return unit


def make_head(unit: Unit, person: Person) -> None:
    """Make the person the unit's leader."""
    unit.leader = person
    unit.save()
    person.heads_unit = True
    person.save(update_fields=["heads_unit"])


def make_person(
    name: str = "Ivo Krag",
    *,
    unit: Unit | None = None,
    manager: Person | None = None,
    account: bool = True,
    **fields: Any,
) -> Person:
    """Somebody with an account (`PASSWORD`), the address made of their first name, unless told otherwise."""
    email = fields.pop("email", f"{name.split()[0].lower()}@northwind.example" if account else "")
    user = User.objects.create_user(email, PASSWORD) if account else None
    person = Person.objects.create(
        name=name, email=email, user=user, unit=unit, manager=manager, **fields
    )
    if manager is not None:
        above = ReportingClosure.objects.filter(report=manager)
        ReportingClosure.objects.bulk_create(
            [
                ReportingClosure(manager=manager, report=person, depth=1),
                *(
                    ReportingClosure(manager_id=row.manager_id, report=person, depth=row.depth + 1)
                    for row in above
                ),
            ]
        )
    return person


def make_deputy(person: Person, deputy: Person, **fields: Any) -> Deputy:
    """`deputy` stands in for `person` from yesterday for a fortnight, unless told otherwise."""
    given = {"starts_on": TODAY - dt.timedelta(1), "ends_on": TODAY + dt.timedelta(13)} | fields
    made = Deputy.objects.create(person=person, deputy=deputy, **given)
    deputy.deputises_until = max(made.ends_on, deputy.deputises_until or made.ends_on)
    deputy.save()
    deputy.__dict__.pop("stands_in_for", None)
    return made


def make_token(person: Person, name: str = "Program", **fields: Any) -> NewToken:
    """A personal token of the person that reads and writes; it counts as used just now."""
    secret = f"gt_{secrets.token_urlsafe(32)}"
    now = timezone.now()
    given = {"scope": AccessToken.Scope.WRITE, "expires_at": now + dt.timedelta(days=9)}
    token = AccessToken.objects.create(
        person=person,
        name=name,
        prefix=secret[:10],
        digest=digest(secret),
        **given | {"last_used_at": now} | fields,
    )
    return NewToken(token, secret)


def make_strategy(leader: Person, **fields: Any) -> Strategy:
    """The organisation's strategy, in force, its weights not confirmed."""
    given = {
        "title": "On time, every time",
        "state": Strategy.State.IN_FORCE,
        "starts_on": dt.date(2025, 1, 1),
        "ends_on": dt.date(2027, 12, 31),
    }
    return Strategy.objects.create(leader=leader, **given | fields)


def make_priority(strategy: Strategy, title: str = "Punctual trains", **fields: Any) -> Priority:
    """An active priority; a sponsor becomes a leader by it."""
    given = {"state": Priority.State.ACTIVE, "position": strategy.priorities.count()}
    priority = Priority.objects.create(strategy=strategy, title=title, **given | fields)
    if priority.sponsor is not None and not priority.sponsor.sponsors:
        priority.sponsor.sponsors = True
        priority.sponsor.save()
    return priority


def make_kpi(name: str = "Trains on time", **fields: Any) -> Kpi:
    given = {"measure": "%", "decimals": 1}
    return Kpi.objects.create(name=name, **given | fields)


def make_cycle(name: str = "Q2 2026", **fields: Any) -> Cycle:
    """The second quarter of 2026, open; `TODAY` is 42 days into its 90."""
    given = {"starts_on": dt.date(2026, 4, 1), "ends_on": dt.date(2026, 6, 30)}
    return Cycle.objects.create(name=name, **given | fields)


def make_template(name: str = "Better service", **fields: Any) -> ObjectiveTemplate:
    """A template with one key result: a metric in minutes."""
    given = {"title": "Customers wait less for …", "use": "Teams that serve customers"}
    template = ObjectiveTemplate.objects.create(name=name, **given | fields)
    TemplateKeyResult.objects.create(template=template, title="Median wait", measure="min")
    return template


def make_objective(
    owner: Person | Unit, title: str = "Cut delays at the junction", **fields: Any
) -> Objective:
    """An active objective of the person or unit, in the open cycle (made at first need)."""
    if "cycle" not in fields:
        fields["cycle"] = Cycle.objects.filter(name="Q2 2026").first() or make_cycle()
    given = {
        "state": State.ACTIVE,
        "owner_person": owner if isinstance(owner, Person) else None,
        "owner_unit": owner if isinstance(owner, Unit) else None,
        "search": f"{title} {owner}".casefold(),
    }
    return Objective.objects.create(title=title, **given | fields)


def make_key_result(
    objective: Objective, title: str = "Delayed departures a week", **fields: Any
) -> KeyResult:
    """A metric from 40 down to 10, unless told otherwise."""
    given = {
        "baseline": Decimal(40),
        "target": Decimal(10),
        "position": objective.key_results.count(),
    }
    made = KeyResult.objects.create(objective=objective, title=title, **given | fields)
    if can_be_scored(made) and not objective.measurable:
        objective.measurable = True
        Objective.objects.filter(pk=objective.pk).update(measurable=True)
        history.keep([objective], ["measurable"])
    return made


def make_cascade(
    giver: Unit,
    taker: Unit,
    parent: Objective | Priority,
    title: str = "Halve the waits at the junction",
    **fields: Any,
) -> Cascade:
    """A proposal of the giver with one key result, sent today, to be answered within a week."""
    cycle = fields.pop("cycle", None) or Cycle.objects.filter(name="Q2 2026").first()
    given = {
        "state": "proposed",
        "direction": "down",
        "spoken": "giver" if fields.get("direction", "down") == "down" else "taker",
        "answer_by": TODAY + dt.timedelta(7),
        "author": giver.leader if fields.get("direction", "down") == "down" else taker.leader,
        "proposed_at": timezone.now(),
        f"parent_{'objective' if isinstance(parent, Objective) else 'priority'}": parent,
    } | fields
    made = Cascade.objects.create(
        giver_unit=giver, taking_unit=taker, cycle=cycle or make_cycle(), title=title, **given
    )
    make_cascade_version(made)
    return made


def make_cascade_version(cascade: Cascade, number: int = 1, **fields: Any) -> CascadeVersion:
    """A version as the opening side writes it, and criteria that can be agreed."""
    given = {
        "side": CascadeSide(cascade.spoken),
        "author": cascade.author,
        "recorded_at": timezone.now(),
        "title": cascade.title,
        "key_results": [KEPT_KEY_RESULT],
        "mandate": "How the crews are split.",
        "resources": "What the unit has.",
        "answer_by": cascade.answer_by,
    }
    return CascadeVersion.objects.create(cascade=cascade, number=number, **given | fields)


KEPT_KEY_RESULT = {
    "title": "Delayed departures a week",
    "kind": "metric",
    "measure": "departures",
    "baseline": "40",
    "target": "20",
    "decimals": 0,
    "weight": "1",
    "required_share": "1",
}


def make_decision(
    decider: Person,
    question: str = "Do we lease or buy?",
    touches: Iterable[Any] = (),
    **fields: Any,
) -> Decision:
    """An open question with two options, due in a week; with `decided_on` decided for the first of them."""
    given = {"due_on": TODAY + dt.timedelta(7), "author": decider}
    if fields.get("decided_on"):
        given |= {"state": Decision.State.DECIDED, "given_up": "The new depot"}
        given |= {"look_again_on": TODAY + dt.timedelta(60)}
    made = Decision.objects.create(decider=decider, question=question, **given | fields)
    chosen = made.decided_on is not None
    Option.objects.create(decision=made, title="Lease", speaks_for="Cheap now", chosen=chosen)
    Option.objects.create(decision=made, title="Buy", speaks_against="Dear now", position=1)
    for record in touches:
        Touch.objects.create(**{"decision": made, touched_by(record): record})
    return made


def make_allocation(whose: Person | Unit, share: str = "0.4", **fields: Any) -> Allocation:
    """A share of somebody's time in the open cycle, to run the business unless told what for."""
    cycle = fields.pop("cycle", None) or Cycle.objects.filter(name="Q2 2026").first()
    cycle = cycle or make_cycle()
    given = {
        "run_the_business": not {"objective", "priority"} & set(fields),
        "starts_on": cycle.starts_on,
        "ends_on": cycle.ends_on,
        "unit" if isinstance(whose, Unit) else "person": whose,
    }
    return Allocation.objects.create(cycle=cycle, share=Decimal(share), **given | fields)


def make_dependency(objective: Objective, unit: Unit, **fields: Any) -> Dependency:
    """The unit is asked for something that the objective needs in a month, its answer wanted in a week."""
    given = {
        "needs": "Two drivers for the trial week",
        "needed_by": TODAY + dt.timedelta(30),
        "answer_by": TODAY + dt.timedelta(7),
        "asked_on": TODAY,
    }
    return Dependency.objects.create(objective=objective, unit=unit, **given | fields)


def make_plan(
    author: Person | None, objectives: Iterable[Objective] = (), unit: Unit | None = None
) -> Plan:
    """A plan of the open cycle with a scenario; each objective is worth 3 and takes one of the two that the unit has."""
    cycle = Cycle.objects.filter(name="Q2 2026").first() or make_cycle()
    rows = list(objectives)
    made = Plan.objects.create(
        name="The next quarter", cycle=cycle, author=author, last_number=len(rows)
    )
    Scenario.objects.create(plan=made, name="As things stand")
    if unit is not None:
        TeamCapacity.objects.create(plan=made, unit=unit, fte=Decimal(2))
    for place, objective in enumerate(rows):
        one = Candidate.objects.create(
            plan=made, number=place + 1, objective=objective, value=Decimal(3), running=True
        )
        if unit is not None:
            CandidateEffort.objects.create(candidate=one, unit=unit, fte=Decimal(1))
    return made


def make_what_gives(
    person: Person, addressee: Person, objectives: Iterable[Objective] = (), **fields: Any
) -> WhatGives:
    """A request that waits and is due in a week; answered where a decision is given."""
    given = {
        "author": person,
        "ask": "Which of these stops?",
        "asked_on": TODAY,
        "due_on": TODAY + dt.timedelta(7),
        "state": "answered" if fields.get("decision") else "open",
    }
    to = fields.pop("to", None)
    made = WhatGives.objects.create(person=person, addressee=addressee, **given | fields)
    for place, objective in enumerate(objectives):
        CompetingItem.objects.create(
            what_gives=made, objective=objective, position=place, share=Decimal("0.5"), to=to
        )
    return made


def link(
    child: Objective | Priority,
    parent: Objective | Priority,
    strength: int = Contribution.Strength.MEDIUM,
    **fields: Any,
) -> Contribution:
    """Say that the child serves the parent, and bring the stored lines up to date."""
    ends = {
        f"{end}_{'objective' if isinstance(node, Objective) else 'priority'}": node
        for end, node in (("child", child), ("parent", parent))
    }
    made = Contribution.objects.create(
        **ends, strength=strength, **{"valid_from": dt.date(2026, 4, 1)} | fields
    )
    rebuild_lines()
    if isinstance(child, Objective):
        child.refresh_from_db(fields=["in_line"])
    return made


def signed_in(client: Client, person: Person) -> Client:
    """The client, signed in as the person."""
    assert person.user is not None, f"{person} has no account"
    client.force_login(person.user)
    return client
