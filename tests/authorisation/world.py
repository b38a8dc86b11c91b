"""A small organisation in which everybody is named for how they stand to the records in it.

`deputy` stands in for `owner`, who works in Operations, which `unit_head` leads, and reports to `manager`, who reports to `chain`. The
records are theirs; a second set belongs to `other`, to whom none of them stands in any relation. So a table of
expectations can be written in words.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Model
from django.utils import timezone

from goldenthread.core.models import Job, Letter
from goldenthread.interchange.models import CalendarFeed, Delivery, Import, Webhook
from goldenthread.interchange.webhooks import signing
from goldenthread.objectives.models import Cycle, ExpectationChange, Objective, RuleWaiver
from goldenthread.objectives.states import State
from goldenthread.people.models import Absence, Person, SignIn, Unit, User
from goldenthread.programme.models import AgendaPoint, Handover, LeadershipReview, ReviewAction
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy, TradeOff
from goldenthread.strategy.services import add_even_over, observe, set_target
from goldenthread.tradeoffs.models import Decision
from tests.cast import (
    TODAY,
    link,
    make_allocation,
    make_cascade,
    make_cycle,
    make_decision,
    make_dependency,
    make_deputy,
    make_head,
    make_key_result,
    make_kpi,
    make_objective,
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
from tests.passkeys import Device

SECRET = "the-owner-knows"  # opens the calendar of the owner
OPEN, OTHERS = "open", "somebody else's"
CONFIDENTIAL, RESTRICTED = "confidential", "restricted"


@dataclass(frozen=True)
class Variant:
    """One record to try an address with: what makes it special, and the ids that the address takes."""

    kind: str
    name: str
    pk: int


@dataclass(frozen=True)
class World:
    """Users by what they are to the records, and the records by kind."""

    users: dict[str, User | None]
    records: dict[str, list[Variant]]


Made = list[tuple[str, str, Model]]


def make_world() -> World:
    make_organisation()
    root = make_unit("Northwind Rail")
    operations, elsewhere = make_unit("Operations", root), make_unit("Elsewhere", root)
    people: dict[str, Person] = {}
    for name in ("chain", "other", "author", "reporter", "colleague", "deputy"):
        people[name] = make_person(name, unit=elsewhere)
    people["manager"] = make_person("manager", unit=elsewhere, manager=people["chain"])
    people["owner"] = make_person("owner", unit=operations, manager=people["manager"])
    people["unit_head"] = make_person("unit_head", unit=elsewhere)
    make_head(operations, people["unit_head"])
    for name in ("sponsor", "strategy_leader", "leader"):
        people[name] = make_person(name, unit=elsewhere, granted_leader=name != "sponsor")
    people["hr"] = make_person("hr", unit=elsewhere, is_hr=True)
    people["admin"] = make_person("admin", unit=elsewhere, is_admin=True)
    people["left"] = make_person("left", unit=elsewhere, end=TODAY - dt.timedelta(1))
    users = {name: person.user for name, person in people.items()}
    users["stranger"] = User.objects.create_user("stranger@northwind.example", "a-long-train-trip")
    users["anonymous"] = None
    makers = (
        _people,
        _accounts,
        _strategies,
        _priorities,
        _kpis,
        _objectives,
        _imports,
        _jobs,
        _handovers,
        _decisions,
        _what_gives,
        _dependencies,
        _cascades,
        _reviews,
        _plans,
    )
    records: dict[str, list[Variant]] = {}
    for make in makers:
        for kind, name, record in make(people):
            records.setdefault(kind, []).append(Variant(kind, name, record.pk))
    return World(users, records)


def _imports(people: dict[str, Person]) -> Made:
    """Brought in by somebody who may not import any more; and the calendar of the owner."""
    digest = hashlib.sha256(SECRET.encode()).hexdigest()
    CalendarFeed.objects.create(person=people["owner"], digest=digest)
    found: Made = []
    for name in (OPEN, CONFIDENTIAL):
        batch = Import.objects.create(
            filename=f"{name}.csv",
            kind="units",
            digest="0" * 64,
            data=b"Unit\nFleet\n",
            mapping={"kind": "units", "columns": {"name": "Unit"}},
            detected={"headers": ["Unit"], "encoding": "utf-8", "bom": False, "delimiter": ","}
            | {"date_order": None, "decimal_comma": None},
            author=people["author"],
            confidential=name == CONFIDENTIAL,
            created=1,
        )
        cells = {"cells": {"Unit": "Fleet"}, "values": {"name": "Fleet"}}
        batch.rows.create(line=2, kind="units", title="Fleet", outcome="created", payload=cells)
        found.append(("import", name, batch))
    return found


def _jobs(people: dict[str, Person]) -> Made:
    """Asked for by somebody, and by the house itself; a letter and a webhook's event that came to nothing."""
    found: Made = []
    for name, asker in ((OPEN, people["author"]), (OTHERS, None)):
        for variant, state in ((name, "waiting"), (f"{name}, failed", "failed")):
            job = Job.objects.create(
                kind="clear sessions",
                due_at=timezone.now(),
                actor_id=asker and asker.pk,
                state=state,
            )
            found.append(("job", variant, job))
    letter = Letter.objects.create(
        kind="Invitation", to="ivo@northwind.example", message_id="<1@northwind>", state="unsure"
    )
    webhook = Webhook.objects.create(
        name="Data warehouse",
        url="https://hooks.example/take",
        nouns=["unit"],
        secret=signing.closed(signing.new_secret()),
    )
    delivery = Delivery.objects.create(
        webhook=webhook, type="unit.edit", message_id="msg_1", state="failed", due_at=timezone.now()
    )
    return [
        *found,
        ("letter", OPEN, letter),
        ("webhook", OPEN, webhook),
        ("delivery", OPEN, delivery),
    ]


def _handovers(people: dict[str, Person]) -> Made:
    reason = Handover.Reason
    return [
        ("handover", name, Handover.objects.create(person=people[whose], reason=why, day=TODAY))
        for name, whose, why in (
            (OPEN, "owner", reason.MOVED),
            ("new manager", "owner", reason.MANAGER),
            (OTHERS, "other", reason.MOVED),
        )
    ]


def _decisions(people: dict[str, Person]) -> Made:
    """The owner decides them, the reporter is named in them; of what they touch one objective is restricted."""
    touched = [
        *Objective.objects.filter(title__in=[f"{OPEN} objective", f"{RESTRICTED} objective"]),
        *Priority.objects.filter(title__in=[f"{OPEN} priority", f"{CONFIDENTIAL} priority"]),
        people["reporter"],
    ]
    state = Decision.State
    decided = {"decided_on": TODAY - dt.timedelta(9), "look_again_on": TODAY}
    found: Made = []
    for name, fields in (
        (OPEN, {}),
        ("decided", decided),
        (CONFIDENTIAL, {"confidential": True}),
        ("unconfirmed", {"state": state.UNCONFIRMED}),
        (OTHERS, {"author": None, "decider": people["other"]}),
    ):
        given = {"author": people["author"], "decider": people["owner"]} | fields
        one = make_decision(given.pop("decider"), f"{name} decision?", touched, **given)
        found.append(("decision", name, one))
    return found


def _what_gives(people: dict[str, Person]) -> Made:
    """The owner's time, asked by the author, answered by the manager; the reporter is named in the answer."""
    owner, other = people["owner"], people["other"]
    competing = list(
        Objective.objects.filter(title__in=[f"{OPEN} objective", f"{RESTRICTED} objective"])
    )
    decided = make_decision(people["manager"], "What gives?", decided_on=TODAY, confidential=True)
    asked = {"author": people["author"]}
    manager = people["manager"]
    answered = make_what_gives(
        *(owner, manager, competing), decision=decided, to=people["reporter"], **asked
    )
    return [
        ("what_gives", OPEN, make_what_gives(owner, manager, competing, **asked)),
        ("what_gives", "answered", answered),
        ("what_gives", OTHERS, make_what_gives(other, other)),
    ]


def _dependencies(people: dict[str, Person]) -> Made:
    """What the owner's objectives need of a unit that the leader leads, and somebody else's of one without any."""
    yard, depot = make_unit("Yard"), make_unit("Depot")
    make_head(yard, people["leader"])
    found: Made = []
    for name, title, unit, fields in (
        (OPEN, f"{OPEN} objective", yard, {}),
        ("accepted", f"{OPEN} objective", yard, {"state": "accepted", "promised_on": TODAY}),
        (RESTRICTED, f"{RESTRICTED} objective", yard, {}),
        (OTHERS, f"{OTHERS} objective", depot, {}),
    ):
        objective = Objective.objects.get(title=title)
        found.append(("dependency", name, make_dependency(objective, unit, **fields)))
    return found


def _cascades(people: dict[str, Person]) -> Made:
    """The owner leads the unit that takes it on, within the unit head's; somebody else's unit gives it."""
    giver = make_person("giver", unit=people["other"].unit)
    root = Unit.objects.get(name="Northwind Rail")
    giving = make_unit("Giving", root, leader=giver)
    taking = make_unit("Taking", people["owner"].unit, leader=people["owner"])
    third = make_unit("Third", root, leader=people["other"])
    parent = Priority.objects.get(title=f"{OPEN} priority")
    signed = {"giver_agreed_at": timezone.now(), "taker_agreed_at": timezone.now()}
    found: Made = []
    for name, fields in (
        (OPEN, {}),
        ("offered", {"direction": "up"}),
        ("draft", {"direction": "up", "state": "draft"}),
        ("agreed", {"state": "active", **signed}),
        (OTHERS, {"taking_unit": third, "author": None}),
    ):
        given: dict[str, Any] = {"author": people["author"]} | fields
        if name == "agreed":
            given["objective"] = make_objective(taking, "Agreed between units")
        taker = given.pop("taking_unit", taking)
        found.append(
            ("cascade", name, make_cascade(giving, taker, parent, f"{name} cascade", **given))
        )
    return found


def _reviews(people: dict[str, Person]) -> Made:
    """The owner chairs it, the author prepared it, the reporter is there; the colleague has something to do of it."""
    found: Made = []
    for name, chair, days in ((OPEN, "owner", 0), ("closed", "owner", 7), (OTHERS, "other", 14)):
        theirs = name == OTHERS
        review = LeadershipReview.objects.create(
            cycle=Cycle.objects.get(),
            held_on=TODAY - dt.timedelta(days),
            chair=people[chair],
            author=None if theirs else people["author"],
            state="closed" if name == "closed" else "prepared",
        )
        if not theirs:
            review.attendees.set([people["reporter"]])
        found.append(("review", name, review))
        if name == "closed":
            continue
        action = ReviewAction.objects.create(
            review=review,
            owner=people["other" if theirs else "colleague"],
            author=None if theirs else people["author"],
            due_on=TODAY,
            title=f"{name} action",
        )
        found.append(("action", name, action))
    open_one = LeadershipReview.objects.get(held_on=TODAY)
    for title in (OPEN, RESTRICTED):
        about = Objective.objects.get(title=f"{title} objective")
        made = Decision.objects.get(question=f"{OPEN} decision?") if title == OPEN else None
        point = AgendaPoint.objects.create(
            review=open_one, objective=about, sentence=title, made=made
        )
        found.append(("point", title, point))
    return found


def _plans(people: dict[str, Person]) -> Made:
    """By a leader, over what the owner has."""
    objectives = Objective.objects.filter(
        title__in=[f"{OPEN} objective", f"{RESTRICTED} objective"]
    )
    plan = make_plan(people["leader"], objectives, people["owner"].unit)
    return [("plan", OPEN, plan), ("scenario", OPEN, plan.scenarios.get())]


def _people(people: dict[str, Person]) -> Made:
    owner, other = people["owner"], people["other"]
    away = [
        Absence.objects.create(person=one, start=TODAY, end=TODAY + dt.timedelta(3))
        for one in (owner, other)
    ]
    tokens = [make_token(one, "Payroll").token for one in (owner, other)]
    return [
        ("token", OPEN, tokens[0]),
        ("token", OTHERS, tokens[1]),
        ("person", OPEN, owner),
        ("person", OTHERS, other),
        ("absence", OPEN, away[0]),
        ("absence", OTHERS, away[1]),
        ("deputy", OPEN, make_deputy(owner, people["deputy"])),
        ("deputy", OTHERS, make_deputy(other, make_person("stand-in", unit=other.unit))),
        ("unit", OPEN, owner.unit),
        ("unit", OTHERS, other.unit),
    ]


def _accounts(people: dict[str, Person]) -> Made:
    """A passkey and a browser in which somebody is signed in."""
    found: Made = []
    for name, person in ((OPEN, people["owner"]), (OTHERS, people["other"])):
        user = person.user
        assert user is not None
        key = {"challenge": "AAAA", "user": {"id": "AAAA"}}
        held = {"name": "Phone", "credential": Device().creates({"publicKey": key})}
        passkey = Authenticator.objects.create(
            user=user, type=Authenticator.Type.WEBAUTHN, data=held
        )
        session = SignIn.objects.create(
            user=user, address="127.0.0.1", session_key=f"key of {name}", browser="Firefox"
        )
        found += [("passkey", name, passkey), ("session", name, session)]
    return found


def _strategies(people: dict[str, Person]) -> Made:
    led = make_strategy(people["strategy_leader"], title="Led")
    fresh = make_strategy(people["strategy_leader"], title="Fresh", state=Strategy.State.DRAFT)
    others = make_strategy(people["other"], title="Other", unit=people["other"].unit)
    return [("strategy", OPEN, led), ("strategy", "draft", fresh), ("strategy", OTHERS, others)]


def _priorities(people: dict[str, Person]) -> Made:
    sponsor, leads = people["sponsor"], people["strategy_leader"]
    led, others = Strategy.objects.get(title="Led"), Strategy.objects.get(title="Other")
    found: Made = []
    for name, strategy, fields in (
        (OPEN, led, {"sponsor": sponsor, "weight": Decimal(60)}),
        (CONFIDENTIAL, led, {"sponsor": sponsor, "confidential": True, "weight": Decimal(40)}),
        (
            "unconfirmed",
            led,
            {"state": Priority.State.UNCONFIRMED, "sponsor": sponsor, "sponsor_named_by": leads},
        ),
        ("dropped", led, {"state": Priority.State.DROPPED, "sponsor": sponsor}),
        (OTHERS, others, {}),
    ):
        priority = make_priority(strategy, f"{name} priority", **fields)
        result = ExpectedResult.objects.create(priority=priority, text=f"{name} result")
        found += [("priority", name, priority), ("result", name, result)]
    secret = Priority.objects.get(title=f"{CONFIDENTIAL} priority")
    plain = add_even_over(actor=leads, strategy=led, this="On time", over="fast")
    hidden = add_even_over(actor=leads, strategy=led, this="Quiet", over="loud", priority=secret)
    theirs = TradeOff.objects.create(strategy=others, kind=TradeOff.Kind.NOT_DOING, this="Nights")
    return [
        *found,
        ("trade_off", OPEN, plain),
        ("trade_off", CONFIDENTIAL, hidden),
        ("trade_off", OTHERS, theirs),
    ]


def _kpis(people: dict[str, Person]) -> Made:
    found: Made = []
    for name, owner in ((OPEN, people["owner"]), (OTHERS, people["other"])):
        kpi = make_kpi(f"{name} KPI", owner=owner)
        seen = observe(actor=owner, kpi=kpi, on=TODAY, value=Decimal(81))
        target = set_target(actor=owner, kpi=kpi, due_on=dt.date(2026, 12, 31), value=Decimal(90))
        found += [("kpi", name, kpi), ("observation", name, seen), ("target", name, target)]
    served = ExpectedResult.objects.get(text=f"{OPEN} result")
    served.kpi = Kpi.objects.get(name=f"{OPEN} KPI")
    served.save()
    unowned = make_kpi("unowned KPI", state=Kpi.State.UNCONFIRMED)
    return [*found, ("kpi", "unconfirmed", unowned)]


def _objectives(people: dict[str, Person]) -> Made:
    owner, other = people["owner"], people["other"]
    cycle = make_cycle()
    for whose in (owner, owner.unit, other):
        make_allocation(whose)
    priority = Priority.objects.get(title=f"{OPEN} priority")
    found: Made = [("cycle", OPEN, cycle), ("template", OPEN, make_template())]
    for name, fields in (
        (OPEN, {"state": State.ACTIVE}),
        (RESTRICTED, {"state": State.ACTIVE, "restricted": True}),
        ("draft", {"state": State.DRAFT}),
        ("restricted draft", {"state": State.DRAFT, "restricted": True}),
        ("proposed", {"state": State.PROPOSED, "proposed_by": owner}),
        ("proposed by the manager", {"state": State.PROPOSED, "proposed_by": people["manager"]}),
        ("unconfirmed", {"state": State.UNCONFIRMED}),
        ("closed", {"state": State.ACHIEVED}),
        (OTHERS, {"state": State.ACTIVE, "owner_person": other, "author": None}),
        ("somebody else's restricted", {"owner_person": other, "restricted": True}),
    ):
        given = {"owner_person": owner, "author": people["author"], "cycle": cycle} | fields
        if given["owner_person"] == other:
            given["author"] = None
        objective = make_objective(given.pop("owner_person"), f"{name} objective", **given)
        theirs = objective.owner_person == other
        reporter = None if theirs else people["reporter"]
        key_result = make_key_result(objective, reporter=reporter, measure="departures")
        found += [("objective", name, objective), ("key_result", name, key_result)]
        if not theirs:
            found.append(("link", name, link(objective, priority)))
        if name in {OPEN, RESTRICTED, OTHERS, "somebody else's restricted"}:
            waiver = RuleWaiver.objects.create(
                objective=objective, code="O07", reason="Known", waived_at=timezone.now()
            )
            found.append(("waiver", name, waiver))
        if name in {OPEN, RESTRICTED, OTHERS}:
            speakers = [(name, objective.owner_person)]
            speakers += [("by the manager", people["manager"])] if name == OPEN else []
            for variant, speaker in speakers:
                change = ExpectationChange.objects.create(
                    objective=objective, author=speaker, reason="Less", changes={}, before={}
                )
                found.append(("change", variant, change))
    return found
