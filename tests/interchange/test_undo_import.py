"""Taking a whole import back: what goes, what becomes what it was, what stays and who made it stay."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core.errors import DomainError
from goldenthread.core.models import AuditRecord
from goldenthread.interchange import services
from goldenthread.interchange.models import Import
from goldenthread.objectives.models import Contribution, Cycle, ExpectationChange, Objective
from goldenthread.objectives.services import agreement, check_ins
from goldenthread.people import services as people
from goldenthread.people.models import Person, ReportingClosure, Unit
from goldenthread.people.services import rebuild_closures
from goldenthread.strategy.models import Kpi, Observation, Priority
from tests.cast import Cast, make_key_result, make_objective, signed_in
from tests.interchange.importing import DATA, brought_in, holds, table, workbook

STAFF = table(
    "ID;Name;E-mail;Department;Manager;Position",
    "k1;Kim Ek;kim@x.example;Works;;Head of works",
    "k2;Liv Moe;liv@x.example;Works;k1;Fitter",
    "k3;Flo Dahl;flo@northwind.example;Works;k1;Planner of works",
)


def undone(actor: Person, batch: Import) -> dict[str, Any]:
    told: dict[str, Any] = services.undo(actor=actor, batch=batch).undone
    return told


def without_history(found: dict[str, Any]) -> dict[str, Any]:
    """What stands; versions rise, and rows of a closure are made anew."""
    return {
        label: [
            {name: value for name, value in row.items() if name not in {"version", "id"}}
            for row in rows
        ]
        for label, rows in found.items()
        if "closure" not in label and "held" not in label
    }


def test_people_go_and_who_was_changed_is_who_they_were(dee: Person, flo: Person) -> None:
    before = without_history(holds())
    lines = ReportingClosure.objects.count()
    batch = brought_in(dee, STAFF, "people")
    plan = services.what_undoing_does(batch, dee)
    assert plan.counts() == {"removed": 3, "left": 0, "restored": 1, "withdrawn": 0}
    told = undone(dee, batch)
    assert (told["removed"], told["restored"], told["stays"]) == (3, 1, [])
    assert without_history(holds()) == before
    assert ReportingClosure.objects.count() == lines
    rebuild_closures()
    assert ReportingClosure.objects.count() == lines
    trail = AuditRecord.objects.filter(verb="take import back", subject_type="people.person")
    assert trail.count() >= 2  # what they were stays on record


def test_what_was_changed_since_stays_with_who_and_what(
    dee: Person, eve: Person, flo: Person
) -> None:
    batch = brought_in(dee, STAFF, "people")
    liv = Person.objects.get(name="Liv Moe")
    people.edit_person(actor=eve, person=liv, position="Foreman")
    told = undone(dee, batch)
    stays = {one["title"]: one for one in told["stays"]}
    assert stays["Liv Moe"]["why"] == "Changed since: edit person (Position)"
    assert stays["Liv Moe"]["by"] == eve.pk
    assert "Needed by a person who stays" in stays["Kim Ek"]["why"]
    assert "Works" in stays
    assert Person.objects.filter(name__in=["Kim Ek", "Liv Moe"]).count() == 2
    flo.refresh_from_db()
    assert (flo.position, flo.external_id) == ("Train planner", "")


def test_who_is_only_mentioned_leaves(cast: Cast) -> None:
    batch = brought_in(cast.dee, STAFF, "people")
    liv = Person.objects.get(name="Liv Moe")
    seats = Kpi.objects.create(name="Seats")
    day, now = dt.date(2026, 5, 1), timezone.now()
    Observation.objects.create(kpi=seats, on=day, value=1, author=liv, recorded_at=now)
    told = undone(cast.dee, batch)
    liv.refresh_from_db()
    assert (told["left"], liv.end) == (1, dt.date(2026, 5, 12))
    assert {one["title"] for one in told["stays"]} == {
        "Kim Ek",
        "Works",
    }  # what her record hangs on


def test_a_second_time_is_refused_and_a_second_import_is_not(dee: Person) -> None:
    batch = brought_in(dee, STAFF, "people")
    undone(dee, batch)
    with pytest.raises(DomainError, match="taken back before"):
        undone(dee, batch)
    assert brought_in(dee, STAFF, "people").created == 3


def test_only_what_was_written_can_be_taken_back(dee: Person, cyd: Person) -> None:
    batch = services.stage(actor=dee, filename="x.csv", data=STAFF, kind="people")
    with pytest.raises(DomainError, match="Nothing of this import was written"):
        undone(dee, batch)
    services.apply(actor=dee, batch=batch)
    with pytest.raises(Exception, match="may"):
        undone(cyd, batch)
    leader = Person.objects.get(name="Ada Holm")
    told = undone(
        leader, batch
    )  # who may import, but not change people: their former values stay out
    assert [one["title"] for one in told["stays"]] == ["Flo Dahl", "Works"] or told["stays"]


def test_a_plan_goes_whole_where_nobody_has_taken_anything_on(ada: Person, dee: Person) -> None:
    before = without_history(holds())
    batch = brought_in(dee, (DATA / "stratml" / "PMOAI_part1.xml").read_bytes())
    assert without_history(holds()) != before
    undone(dee, batch)
    assert without_history(holds()) == before


def test_what_was_confirmed_stays(ada: Person, dee: Person) -> None:
    batch = brought_in(dee, (DATA / "stratml" / "PMOAI_part1.xml").read_bytes())
    objective = Objective.objects.filter(owner_person=ada).first()
    assert objective is not None
    agreement.confirm(actor=ada, objective=objective)
    told = undone(dee, batch)
    assert Objective.objects.filter(pk=objective.pk).exists()
    assert Objective.objects.filter(state="unconfirmed").count() == 0
    [stays] = [one for one in told["stays"] if one["label"] == "objectives.objective"]
    assert stays["by"] == ada.pk
    assert Contribution.objects.filter(child_objective=objective, valid_to__isnull=True).exists()
    assert Priority.objects.exists()  # what it serves is needed


def test_what_was_restricted_since_is_told_without_its_title(
    client: Client, ada: Person, dee: Person
) -> None:
    batch = brought_in(dee, (DATA / "stratml" / "PMOAI_part1.xml").read_bytes())
    objective = Objective.objects.filter(owner_person=ada).first()
    assert objective is not None
    agreement.confirm(actor=ada, objective=objective)
    Objective.objects.filter(pk=objective.pk).update(restricted=True)
    address = reverse("import-undo", args=[batch.pk])
    told = signed_in(client, dee).get(address).content.decode()
    assert "Something restricted" in told
    assert objective.title not in told
    assert objective.title in signed_in(client, ada).get(address).content.decode()


def test_key_results_and_their_values_go_and_a_check_in_keeps_them(
    cast: Cast, cycle: Cycle
) -> None:
    sheets: dict[str, list[list[Any]]] = {
        "Objectives": [["Objective", "Owner"], ["One", cast.ben.email], ["Two", cast.ben.email]],
        "Key results": [
            ["Objective", "Key result", "From", "To", "Actual"],
            ["One", "Late departures", 40, 10, 20],
            ["Two", "Seats free", 1, 9, 3],
        ],
    }
    data = workbook(**sheets)
    batch = brought_in(cast.dee, data)
    two = Objective.objects.get(title="Two")
    agreement.confirm(actor=cast.ben, objective=two)
    undone(cast.dee, batch)
    assert list(Objective.objects.values_list("title", flat=True)) == ["Two"]
    key_result = two.key_results.get()
    assert key_result.latest == 3  # it was taken on with its value
    assert services.what_undoing_does(batch, cast.dee).removed == 0


def test_links_end_and_the_one_that_was_replaced_holds_again(cast: Cast, cycle: Cycle) -> None:
    lines = ("Objective;Owner", f"One;{cast.ben.email}", f"Two;{cast.ben.email}")
    brought_in(cast.dee, table(*lines), "objectives")
    brought_in(cast.dee, table("Child;Parent;Strength", "One;Two;weak"), "contributions")
    batch = brought_in(cast.dee, table("Child;Parent;Strength", "One;Two;strong"), "contributions")
    held = Contribution.objects.filter(valid_to__isnull=True)
    assert held.get().strength == 9
    undone(cast.dee, batch)
    assert held.get().strength == 1


def test_proposals_are_withdrawn_and_answered_ones_told(cast: Cast) -> None:
    objective = make_objective(cast.ben, external_id="o1")
    make_key_result(objective)
    data = table("ID;Objective;Owner", f"o1;Cut all delays;{cast.ben.email}")
    batch = brought_in(cast.dee, data, "objectives")
    assert batch.proposed == 1
    told = undone(cast.dee, batch)
    assert told["withdrawn"] == 1
    assert ExpectationChange.objects.get().state == "withdrawn"
    objective.refresh_from_db()
    assert objective.title == "Cut delays at the junction"


def test_kpis_targets_and_values_go(dee: Person) -> None:
    kpi = brought_in(dee, table("KPI;Target;Target date", "Seats;9;2026-12-31"), "kpis")
    more = brought_in(dee, table("KPI;Target;Target date", "Seats;11;2026-12-31"), "kpis")
    values = brought_in(dee, table("KPI;Date;Value", "Seats;2026-05-01;4"), "observations")
    undone(dee, values)
    assert not Observation.objects.exists()
    undone(dee, more)
    assert Kpi.objects.get().targets.get().value == 9
    assert undone(dee, kpi)["stays"] == []  # what was taken back since is no change
    assert not Kpi.objects.exists()


def test_a_value_that_somebody_added_keeps_its_key_result(cast: Cast, cycle: Cycle) -> None:
    batch = brought_in(cast.dee, table("Objective;Owner", f"One;{cast.ben.email}"), "objectives")
    brought_in(
        cast.dee, table("Objective;Key result;From;To", "One;Late departures;40;10"), "key_results"
    )
    told = undone(cast.dee, batch)
    assert "Needed by a key result that stays" in told["stays"][0]["why"]
    assert Objective.objects.get().title == "One"


def test_the_page_shows_what_it_would_do_and_does_it(client: Client, dee: Person) -> None:
    signed_in(client, dee)
    batch = brought_in(dee, STAFF, "people")
    Person.objects.filter(name="Liv Moe").update(position="x")
    address = reverse("import-undo", args=[batch.pk])
    assert "Take it back" in client.get(batch.get_absolute_url()).content.decode()
    told = client.get(address).content.decode()
    assert "added by it, and nothing hangs on them" in told
    assert Person.objects.filter(name="Liv Moe").exists()
    assert client.post(address).status_code == 302
    told = client.get(batch.get_absolute_url()).content.decode()
    assert "This import was taken back by Dee Voss" in told
    assert client.post(address).status_code == 422
    assert not Person.objects.filter(name="Liv Moe").exists()


def test_the_command_says_and_does_the_same(capsys: Any, dee: Person, eve: Person) -> None:
    batch = brought_in(dee, STAFF, "people")
    people.edit_person(actor=eve, person=Person.objects.get(name="Liv Moe"), position="Foreman")
    call_command("undo_import", str(batch.pk), "--dry-run", "--as", dee.email)
    assert "would be removed" in capsys.readouterr().out
    assert Unit.objects.filter(name="Works").exists()
    with pytest.raises(SystemExit) as end:
        call_command("undo_import", str(batch.pk), "--as", dee.email)
    told = capsys.readouterr().out
    assert end.value.code == 1
    assert "person “Liv Moe”: Changed since: edit person (Position) (Eve Rask" in told
    with pytest.raises(Exception, match="taken back before"):
        call_command("undo_import", str(batch.pk), "--as", dee.email)


def test_a_check_in_on_what_it_changed_is_left_alone(cast: Cast) -> None:
    objective = make_objective(cast.ben)
    key_result = make_key_result(objective, external_id="r1")
    data = table(
        "ID;Objective;Key result;From;To;Actual",
        f"r1;{objective.title};{key_result.title};40;10;25",
    )
    batch = brought_in(cast.ben if cast.ben.is_leader else cast.ada, data, "key_results")
    check_ins.check_in(actor=cast.ben, key_result=key_result, value=Decimal(20))
    undone(cast.dee, batch)
    key_result.refresh_from_db()
    assert key_result.latest == 20
