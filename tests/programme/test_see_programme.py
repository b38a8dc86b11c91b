"""HR's page: the rhythm, adoption by unit, and who is stuck."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.engine.result import Status
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.states import State
from goldenthread.people.models import Absence
from goldenthread.programme.selectors.adoption import Adoption, adoption_today
from goldenthread.programme.selectors.rhythm import rhythms
from goldenthread.programme.selectors.stuck import KINDS, stuck_counts
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_key_result,
    make_objective,
    make_person,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(n)


def moment(n: int) -> dt.datetime:
    return dt.datetime.combine(days(n), dt.time(12), dt.UTC)


def titles(cast: Cast, kind: str) -> list[str]:
    """What HR reads in one list."""
    found = KINDS[kind]
    return [found.row(one).title for one in found.rows(cast.dee, TODAY)]


def of_units() -> dict[str, Adoption]:
    return {one.name: one for one in adoption_today().units}


# The rhythm -----------------------------------------------------------------------------------------------------


def test_the_days_of_the_running_and_the_next_cycle_stand_in_order(cast: Cast) -> None:
    make_cycle(opens_on=dt.date(2026, 3, 15), closes_on=dt.date(2026, 7, 10))
    make_cycle("Q4 2026", starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2026, 12, 31))
    make_cycle("Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30))
    make_cycle("2026", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 12, 31))
    found = rhythms(TODAY, 7)
    assert [(one.cycle.name, one.runs) for one in found] == [
        ("Q2 2026", True),
        ("2026", True),
        ("Q3 2026", False),
    ]
    first = found[0]
    assert [step.name for step in first.steps] == [
        "Planning opens",
        "Begins",
        "Today",
        "Landmark",
        "Ends",
        "Last day to score",
    ]
    assert (first.day, first.days) == (43, 91)
    assert first.next_step is not None
    assert first.next_step.name == "Landmark"


# Adoption -------------------------------------------------------------------------------------------------------


def test_adoption_counts_people_objectives_and_check_ins(cast: Cast) -> None:
    kept = make_objective(cast.flo)
    row = make_key_result(kept)
    for n in range(2, 8):
        check_in(actor=cast.flo, key_result=row, value=Decimal(30), as_of=days(-7 * n + 9))
    make_key_result(make_objective(cast.operations, restricted=True))
    make_objective(cast.cyd)
    make_objective(cast.dee, state=State.PROPOSED)
    make_objective(cast.gus, agreed_at=moment(-3))  # too new to ask for a check-in
    whole = adoption_today().whole
    people, judged, rhythm = (result for _, result in whole.figures)
    assert (people.numerator, people.n) == (4, 7)  # Flo, Ben for his unit, Cyd, Gus
    assert (judged.numerator, judged.n) == (2, 4)
    assert (rhythm.numerator, rhythm.n, rhythm.coverage) == (1, 3, 0.75)
    assert (people.status, people.ci_method) == (Status.OK, "wilson")


def test_days_away_ask_for_no_check_in(cast: Cast) -> None:
    row = make_key_result(make_objective(cast.flo))
    check_in(actor=cast.flo, key_result=row, value=Decimal(30), as_of=days(-37))
    assert adoption_today().whole.rhythm.numerator == 0
    Absence.objects.create(person=cast.flo, start=days(-34), end=days(-1))
    make_objective(cast.ben)  # anything that changes asks anew
    row = make_key_result(make_objective(cast.cyd))
    check_in(actor=cast.cyd, key_result=row, value=Decimal(30))
    assert adoption_today().whole.rhythm.numerator == 1


def test_few_people_are_withheld_with_their_objectives_at_every_level(cast: Cast) -> None:
    """Two in Operations, beside a region of six in one team: the six are not left over by subtraction."""
    region = make_unit("Region", cast.root)
    team = make_unit("Team", region)
    for n in range(6):
        make_person(f"T{n}", unit=team, account=False)
    for n in range(9):
        make_person(f"H{n}", unit=cast.root, account=False)
    make_key_result(make_objective(cast.ben))
    found = of_units()
    for _, result in found["Operations"].figures:
        assert (result.status, result.n, result.numerator) == (Status.SUPPRESSED, 0, None)
    assert found["Northwind Rail"].with_one.n == 22
    assert found["Team"].with_one.n == 6


def test_who_stands_in_no_unit_is_not_left_over(cast: Cast) -> None:
    make_person("Ivo Krag", account=False)
    assert of_units()["Northwind Rail"].withheld  # 7 of 8: the one would be told


# Who is stuck ---------------------------------------------------------------------------------------------------


def test_who_has_nothing_agreed_is_named_but_not_who_is_away_or_new(cast: Cast) -> None:
    make_cycle()
    make_objective(cast.flo)
    make_objective(cast.operations)
    make_objective(cast.cyd, state=State.DRAFT)
    make_objective(cast.gus, restricted=True)  # HR does not see it, so asks
    make_person("Ivo Krag", manager=cast.ben, start=days(-3))
    Absence.objects.create(person=cast.eve, start=days(-1), end=days(9))
    assert titles(cast, "no-objective") == ["Ada Holm", "Cyd Berg", "Dee Voss", "Gus Lind"]


def test_nobody_lacks_an_objective_in_the_first_two_weeks(cast: Cast) -> None:
    make_cycle(starts_on=days(-13))
    assert titles(cast, "no-objective") == []


def test_what_waits_is_stuck_after_two_weeks_and_says_for_whom(cast: Cast) -> None:
    for n, title in ((-15, "Long"), (-14, "Two weeks"), (-13, "Not yet")):
        make_objective(
            cast.flo, title, state=State.PROPOSED, proposed_by=cast.flo, proposed_at=moment(n)
        )
    make_objective(
        cast.cyd, "Asked", state=State.COUNTERED, proposed_by=cast.gus, proposed_at=moment(-20)
    )
    rows = [KINDS["waiting"].row(one) for one in KINDS["waiting"].rows(cast.dee, TODAY)]
    assert [(one.title, str(one.whom), one.since) for one in rows] == [
        ("Asked", "Cyd Berg", days(-20)),
        ("Long", "Ben Aske", days(-15)),
        ("Two weeks", "Ben Aske", days(-14)),
    ]


def test_silence_is_stuck_after_twice_the_cadence_unless_the_owner_is_away(cast: Cast) -> None:
    make_key_result(make_objective(cast.flo, "Never"))
    make_key_result(make_objective(cast.flo, "Spoke", last_check_in_on=days(-14)))
    make_key_result(make_objective(cast.flo, "Silent", last_check_in_on=days(-15)))
    make_key_result(make_objective(cast.flo, "Monthly", cadence_days=30))
    make_key_result(make_objective(cast.cyd, "Away"))
    make_objective(cast.flo, "No number")
    Absence.objects.create(person=cast.cyd, start=days(-1), end=days(1))
    assert sorted(titles(cast, "silent")) == ["Never", "Silent"]
    assert titles(cast, "not-measurable") == ["No number"]


def test_what_came_in_and_changes_wait_two_weeks(cast: Cast) -> None:
    old = make_objective(cast.flo, "Came in", state=State.UNCONFIRMED)
    make_objective(cast.flo, "Came today", state=State.UNCONFIRMED)
    Objective.objects.filter(pk=old.pk).update(created_at=moment(-15))
    agreed = make_objective(cast.flo, "Agreed")
    change = ExpectationChange.objects.create(
        objective=agreed, author=cast.flo, addressee=cast.ben, reason="Less rain"
    )
    assert titles(cast, "change") == []
    ExpectationChange.objects.filter(pk=change.pk).update(created_at=moment(-15))
    assert titles(cast, "change") == ["Change to “Agreed”"]
    assert titles(cast, "unconfirmed") == ["Came in"]


def test_hr_reads_no_restricted_work_in_any_list(cast: Cast, client: Client) -> None:
    hidden = {"restricted": True, "created_at": moment(-30)}
    made = [
        make_objective(cast.flo, "Secret", restricted=True),
        make_objective(cast.flo, "Secret", restricted=True, state=State.UNCONFIRMED),
        make_objective(
            cast.flo, "Secret", restricted=True, state=State.PROPOSED, proposed_at=moment(-30)
        ),
    ]
    make_key_result(make_objective(cast.flo, "Secret", restricted=True))
    Objective.objects.filter(pk__in=[one.pk for one in made]).update(**hidden)
    ExpectationChange.objects.create(objective=made[0], author=cast.flo, reason="Secret")
    ExpectationChange.objects.update(created_at=moment(-30))
    Objective.objects.filter(pk=made[0].pk).update(owner_person=None, owner_unit=make_unit())
    counts = {kind.key: count for kind, count in stuck_counts(cast.dee)}
    assert {key for key, count in counts.items() if count} == {"no-objective"}
    signed_in(client, cast.dee)
    for key in KINDS:
        assert "Secret" not in client.get(reverse("programme-stuck", args=[key])).text
        lines = client.get(reverse("programme-stuck-csv", args=[key])).getvalue().decode()
        assert "Secret" not in lines


# The pages ------------------------------------------------------------------------------------------------------


def test_pages_for_hr(client: Client, cast: Cast, assert_queries: Callable[..., Any]) -> None:
    for n in range(3):
        make_key_result(make_objective(cast.flo, f"O{n}"))
        make_objective(
            cast.cyd, f"P{n}", state=State.PROPOSED, proposed_by=cast.cyd, proposed_at=moment(-30)
        )
    signed_in(client, cast.dee)
    page = assert_queries("programme", client.get, reverse("programme")).text
    assert "Q2 2026 is on day 43 of 91" in page
    assert "Withheld: too few people" in page
    assert "No check-in for long" in page
    assert "Reports to nobody" not in page
    address = reverse("programme-stuck", args=["waiting"])
    listed = assert_queries("who is stuck", client.get, address).text
    assert "P2" in listed
    assert "Gus Lind" in listed
    within = client.get(address, {"unit": cast.operations.pk}).text
    assert "None fits" in within
    assert "P1" in client.get(address, {"unit": str(cast.stations.pk), "q": "p1 Cyd"}).text
    table = client.get(reverse("programme-adoption-csv")).getvalue().decode()
    assert "Operations,Northwind Rail,,,,,," in table
    assert "Northwind Rail,,7,1,3,3,3,0" in table.replace("\r", "")
    assert client.get("/programme/stuck/nothing/").status_code == 404


def test_an_empty_organisation_is_told_how_to_begin(client: Client, cast: Cast) -> None:
    page = signed_in(client, cast.eve).get(reverse("programme")).text
    assert "No cycle yet" in page
    assert "No cycle runs." in page  # where the figures would stand
    assert "Add the first one" not in page  # leaders and HR run cycles
    assert "Add the first one" in signed_in(client, cast.dee).get(reverse("programme")).text
