"""Fill an empty database with an organisation of a given size, and sign its leader in.

Three objectives a person, each with two key results and weekly check-ins, linked up through unit objectives to
five weighted priorities; seven in a hundred hang loose. Of one unit in five a decision, a cascade, a dependency and a
*What gives?* wait for an answer. Those who lead a unit have an account. Prints what the measuring needs as JSON.
"""

import datetime as dt
import json
import random
import sys
from decimal import Decimal

import django

CHECK_INS = """
    INSERT INTO objectives_checkin (key_result_id, as_of, value, milestones_done, confidence, note, author_id,
        recorded_at, external_id)
    SELECT id, %s, %s * (3 + (id * 7919 + %s * 104729) %% 10), '[]', 'medium', '', %s, %s, ''
    FROM objectives_keyresult ORDER BY id
"""
CHECKED_IN = 200  # the key results that the measured check-ins are of


def main(people: int) -> None:
    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import connection, transaction
    from django.utils import timezone

    from goldenthread.core import history
    from goldenthread.core.bulk import rewrite
    from goldenthread.core.jobs import run_due
    from goldenthread.core.models import Organisation
    from goldenthread.insights.services import KEPT, store_figures
    from goldenthread.objectives.cascade_states import CascadeState
    from goldenthread.objectives.models import (
        Cascade,
        CascadeSide,
        CascadeVersion,
        Contribution,
        Cycle,
        Dependency,
        KeyResult,
        Objective,
        ObjectiveScore,
    )
    from goldenthread.objectives.services import figures, links
    from goldenthread.objectives.services.counting import count_work
    from goldenthread.objectives.states import State
    from goldenthread.people.models import Person, Unit, User
    from goldenthread.people.services import rebuild_closures
    from goldenthread.strategy.models import (
        ExpectedResult,
        Kpi,
        Observation,
        Priority,
        Strategy,
    )
    from goldenthread.tradeoffs.models import Allocation, Decision, WhatGives

    chance = random.Random(people)
    day = dt.date(2026, 11, 23)
    start, end = dt.date(2026, 10, 1), dt.date(2026, 12, 31)
    now = timezone.now()
    with transaction.atomic():
        Organisation.objects.create(name="Bench", stands_on=day)
        user = User.objects.create_user("leader@example.org", "bench-password-1")
        root = Unit.objects.create(name="Whole")
        names = (f"Unit {number:05}" for number in range(max(4, people // 12)))
        units = [root, *(Unit(name=name, parent=root) for name in names)]
        Unit.objects.bulk_create(units[1:])
        for number, unit in enumerate(units[9:], start=8):
            unit.parent = units[number // 8]
        rewrite(units[9:], ["parent"])
        accounts = [user, *(User(email=f"{n}@example.org") for n in range(1, len(units)))]
        User.objects.bulk_create(accounts[1:], batch_size=2000)
        staff = [
            Person(
                name=f"Person {number:06}",
                email=accounts[number].email if number < len(units) else "",
                unit=units[number % len(units)],
                granted_leader=number == 0,
                heads_unit=number < len(units),
                user=accounts[number] if number < len(units) else None,
            )
            for number in range(people)
        ]
        Person.objects.bulk_create(staff, batch_size=2000)
        for number, unit in enumerate(units):
            unit.leader = staff[number]
        rewrite(units, ["leader"])
        units_by_id = {unit.pk: unit for unit in units}
        leaders = {unit.pk: unit.leader for unit in units}
        for person in staff[1:]:
            unit = units_by_id[person.unit_id or 0]
            boss = leaders[unit.pk]
            if boss is person:
                boss = leaders[unit.parent_id] if unit.parent_id else staff[0]
            person.manager = boss if boss is not person else staff[0]
        rewrite(staff, ["manager"])
        rebuild_closures()

        strategy = Strategy.objects.create(
            title="Plan", leader=staff[0], state="in_force", weights_confirmed_at=now
        )
        priorities = [
            Priority(
                strategy=strategy,
                title=f"Priority {number}",
                weight=Decimal(20),
                state="active",
                sponsor=staff[1 + number],
                position=number,
            )
            for number in range(5)
        ]
        Priority.objects.bulk_create(priorities)
        kpis = [Kpi(name=f"Indicator {n}", owner=staff[n]) for n in range(10)]
        Kpi.objects.bulk_create(kpis)
        Observation.objects.bulk_create(
            Observation(kpi=kpi, on=dt.date(2026, month, 15), value=40 + month * 2, recorded_at=now)
            for kpi in kpis
            for month in range(1, 12)
        )
        ExpectedResult.objects.bulk_create(
            ExpectedResult(
                priority=priorities[n % 5],
                text=kpi.name,
                kpi=kpi,
                baseline=40,
                target=70,
                starts_on=dt.date(2026, 1, 1),
                due_on=dt.date(2026, 12, 31),
            )
            for n, kpi in enumerate(kpis)
        )
        cycle = Cycle.objects.create(name="Q4 2026", starts_on=start, ends_on=end)
        total = people * 3
        of_units = len(units)
        rows = [
            Objective(
                title=f"Objective {number:06} of the quarter",
                cycle=cycle,
                owner_unit=units[number] if number < of_units else None,
                owner_person=None if number < of_units else staff[number % people],
                state=State.ACTIVE,
                agreed_at=now,
                search=f"objective {number:06} of the quarter",
            )
            for number in range(total)
        ]
        Objective.objects.bulk_create(rows, batch_size=2000)
        Contribution.objects.bulk_create(
            (
                Contribution(
                    child_objective=row,
                    parent_priority=priorities[number % 5] if number < of_units else None,
                    parent_objective=None if number < of_units else rows[number % of_units],
                    strength=chance.choice([1, 3, 9]),
                    valid_from=start,
                )
                for number, row in enumerate(rows)
                if number < of_units or chance.random() > 0.07
            ),
            batch_size=2000,
        )
        Allocation.objects.bulk_create(
            (
                Allocation(
                    person=person,
                    objective=None if part is None else rows[number + part * people],
                    run_the_business=part is None,
                    cycle=cycle,
                    share=share,
                    starts_on=start,
                    ends_on=end,
                )
                for number, person in enumerate(staff)
                for part, share in (
                    (1, Decimal("0.4")),
                    (2, Decimal("0.3")),
                    (None, Decimal("0.3")),
                )
            ),
            batch_size=2000,
        )
        key_results = [
            KeyResult(
                objective=row, title=f"Result {n}", baseline=0, target=100, measure="%", position=n
            )
            for row in rows
            for n in (1, 2)
        ]
        KeyResult.objects.bulk_create(key_results, batch_size=2000)
        with connection.cursor() as cursor:  # millions of them, at once
            for week in range(1, 8):
                cursor.execute(
                    CHECK_INS, [start + dt.timedelta(days=7 * week), week, week, staff[0].pk, now]
                )
        for first in range(0, total, 2000):
            figures.refresh(rows[first : first + 2000])
        links.rebuild_lines()
    late, soon = day - dt.timedelta(days=3), day + dt.timedelta(days=9)
    asked = units[1::5]  # one unit in five waits for an answer of each kind
    Decision.objects.bulk_create(
        Decision(question=f"Who does without, {unit}?", decider=unit.leader, due_on=late)
        for unit in asked
    )
    WhatGives.objects.bulk_create(
        WhatGives(
            person=staff[number + of_units],
            ask="Two things at once",
            addressee=unit.leader,
            asked_on=late,
            due_on=soon,
        )
        for number, unit in enumerate(asked)
    )
    Dependency.objects.bulk_create(
        Dependency(
            objective=rows[0],
            needs="Figures by the week",
            unit=unit,
            needed_by=soon,
            answer_by=late,
            asked_on=late,
        )
        for unit in asked
    )
    cascades = [
        Cascade(
            parent_objective=rows[0],
            giver_unit=root,
            taking_unit=unit,
            cycle=cycle,
            state=CascadeState.PROPOSED,
            title="Half the time",
            spoken=CascadeSide.GIVER,
            answer_by=soon,
            author=staff[0],
            proposed_at=now,
        )
        for unit in asked
    ]
    Cascade.objects.bulk_create(cascades)
    CascadeVersion.objects.bulk_create(
        CascadeVersion(
            cascade=one,
            number=1,
            side=CascadeSide.GIVER,
            author=staff[0],
            recorded_at=now,
            title=one.title,
            answer_by=soon,
        )
        for one in cascades
    )
    for model in KEPT:
        history.keep_all(model, start)
    ObjectiveScore.objects.update(valid_from=start)
    tidy_up()
    run_due()  # what changed lines asked for
    if (organisation := Organisation.current()) is not None:
        organisation.remember()  # as the job that does it at night
    count_work()  # as each night does
    for back in (8, 2, 1):  # as nights stored them, up to the last
        store_figures(day - dt.timedelta(days=back))

    tidy_up()

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    own = next(row for row in rows if row.owner_person_id == staff[0].pk)
    measured = key_results[2 * of_units :: max(2, 2 * (total - of_units) // CHECKED_IN)]
    found = {
        "session": session.session_key,
        "token": "a" * 32,
        "objective": own.pk,
        "check_ins": [row.pk for row in measured],
        "person": staff[people // 2].pk,
        "unit": units[1].pk,
        "priority": priorities[0].pk,
        "kpi": kpis[0].pk,
    }
    sys.stdout.write(json.dumps(found))


def tidy_up() -> None:
    """What the autovacuum of a PostgreSQL does by itself, and one set up for tests may not; of SQLite nobody asks it."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main(int(sys.argv[1]))
