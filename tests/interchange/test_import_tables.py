"""Tables of every kind: what is written, what is refused and why, and that nothing agreed is changed."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.interchange import services
from goldenthread.interchange.models import Import
from goldenthread.objectives.models import (
    Contribution,
    Cycle,
    ExpectationChange,
    KeyResult,
    Objective,
)
from goldenthread.objectives.services.changes import answer_change
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure
from goldenthread.strategy.models import Kpi, Observation, Priority, Strategy
from tests.cast import (
    link,
    make_key_result,
    make_kpi,
    make_objective,
    make_person,
    make_priority,
    make_unit,
)
from tests.interchange.importing import brought_in, holds, outcomes, row, staged, table

UNITS = table(
    "Code;Unit;Parent;Head", "2;Tracks;1;", "1;Works;Northwind Rail;ben@northwind.example"
)


# Units and people ---------------------------------------------------------------------------------------


def test_units_find_their_parents_in_any_order(dee: Person, ben: Person) -> None:
    brought_in(dee, UNITS, "units")
    tracks = Unit.objects.get(name="Tracks")
    assert tracks.external_id == "2"
    assert str(tracks.parent) == "Works"
    above = UnitClosure.objects.filter(descendant=tracks).values_list("ancestor__name", flat=True)
    assert set(above) == {"Tracks", "Works", "Northwind Rail"}
    ben.refresh_from_db()
    assert Unit.objects.get(name="Works").leader == ben


def test_units_in_a_loop_are_refused_with_their_path(dee: Person) -> None:
    loop = table("Unit;Parent", "North;East", "East;South", "South;North", "West;South")
    batch = staged(dee, loop, "units")
    assert outcomes(batch) == dict.fromkeys((2, 3, 4, 5), "refused")
    assert row(batch, 3).reason == "That closes a loop: East → South → North → East."
    assert "West" not in Unit.objects.values_list("name", flat=True)


def test_swapping_two_units_is_no_loop(dee: Person) -> None:
    top = make_unit("Top")
    make_unit("Below", top)
    brought_in(dee, table("Unit;Parent", "Top;Below", "Below;Northwind Rail"), "units")
    assert str(Unit.objects.get(name="Top").parent) == "Below"


def test_people_find_managers_and_units_in_the_file(eve: Person) -> None:
    lines = table(
        "ID;Name;E-mail;Department;Manager ID;FTE;Start date",
        "p3;Kim Ek;kim@x.example;Signals;p2;0,8;3.2.2026",
        "p2;Liv Moe;liv@x.example;Operations;p1;1;",
        "p1;Max Orr;max@x.example;;ada@northwind.example;1;",
    )
    batch = brought_in(eve, lines)
    assert (batch.kind, batch.created, batch.refused) == ("people", 4, 0)
    kim = Person.objects.get(name="Kim Ek")
    assert (kim.fte, kim.start) == (Decimal("0.8"), dt.date(2026, 2, 3))
    above = ReportingClosure.objects.filter(report=kim).order_by("depth")
    assert [one.manager.name for one in above.select_related("manager")] == [
        "Liv Moe",
        "Max Orr",
        "Ada Holm",
    ]
    made = row(batch, 2, "units")
    assert made.title == "Signals"
    assert "Named in line 2" in made.notes[0]


def test_a_loop_of_managers_is_refused_with_its_path_and_spares_who_reports_to_it(
    eve: Person,
) -> None:
    lines = table(
        "Name;E-mail;Manager", *(f"{a} Z;{a}@x.example;{b} Z" for a, b in ("AB", "BC", "CA", "DA"))
    )
    batch = brought_in(eve, lines, "people")
    assert outcomes(batch) == {2: "refused", 3: "refused", 4: "refused", 5: "created"}
    assert row(batch, 2).reason == "That closes a loop: A Z → B Z → C Z → A Z."
    assert Person.objects.get(name="D Z").manager is None
    assert "refused" in row(batch, 5).notes[0]


def test_a_loop_with_somebody_who_is_here_is_refused(eve: Person, ada: Person, flo: Person) -> None:
    batch = staged(
        eve,
        table("E-mail;Name;Manager", "ada@northwind.example;Ada Holm;flo@northwind.example"),
        "people",
    )
    assert "Ada Holm → Flo Dahl → Ben Aske → Ada Holm" in row(batch, 2).reason


def test_an_empty_cell_leaves_what_stands(eve: Person, flo: Person) -> None:
    brought_in(
        eve, table("E-mail;Name;Position;Manager", "flo@northwind.example;Flo Dahl;;"), "people"
    )
    flo.refresh_from_db()
    assert flo.position == "Train planner"
    assert str(flo.manager) == "Ben Aske"


def test_somebody_is_never_made_into_somebody_else(eve: Person, flo: Person) -> None:
    flo.external_id = "12"
    flo.save()
    batch = brought_in(eve, table("ID;Name;Position", "12;Per Quist;Driver"), "people")
    assert batch.refused == 1
    assert "12 identifies Flo Dahl here" in row(batch, 2).reason


def test_a_person_without_any_key_is_found_by_name(eve: Person) -> None:
    for _ in range(2):
        brought_in(eve, table("Name;Position", "Per Quist;Driver"), "people")
    assert Person.objects.filter(name="Per Quist").count() == 1


@pytest.mark.parametrize("by_mail_first", [True, False])
def test_nobody_is_renamed_whom_another_row_knows_by_name_alone(
    eve: Person, flo: Person, by_mail_first: bool
) -> None:
    lines = ["Kim Ek;flo@northwind.example;Driver", "Flo Dahl;;Planner"]
    lines = lines if by_mail_first else lines[::-1]
    for _ in range(2):
        batch = brought_in(eve, table("Name;E-mail;Position", *lines), "people")
        assert batch.refused == 1
        flo.refresh_from_db()
        assert (flo.name, flo.position) == ("Flo Dahl", "Planner")
    assert not Person.objects.filter(name="Kim Ek").exists()
    if by_mail_first:
        assert "line 3 knows by that name alone" in row(batch, 2).reason


def test_a_leader_adds_people_but_does_not_change_them(ben: Person, flo: Person) -> None:
    lines = table(
        "E-mail;Name;Position", "flo@northwind.example;Flo Dahl;Boss", "new@x.example;New One;Clerk"
    )
    batch = brought_in(ben, lines, "people")
    assert outcomes(batch) == {2: "refused", 3: "created"}
    assert "HR partners and administrators" in row(batch, 2).reason


def test_nobody_rises_by_an_import(dee: Person, cyd: Person) -> None:
    lines = table("E-mail;Name;Manager", "cyd@northwind.example;Cyd Berg;dee@northwind.example")
    assert "place you above" in row(staged(dee, lines, "people"), 2).reason


def test_an_e_mail_that_opens_an_account_is_changed_by_administrators_only(
    dee: Person, eve: Person, flo: Person
) -> None:
    flo.external_id = "f"
    flo.save()
    lines = table("ID;Name;E-mail", "f;Flo Dahl;flo.dahl@northwind.example")
    assert staged(dee, lines, "people").refused == 1
    brought_in(eve, lines, "people")
    flo.refresh_from_db()
    assert flo.user is not None
    assert flo.user.email == flo.email == "flo.dahl@northwind.example"


def test_values_of_people_are_not_kept_with_the_import(eve: Person, flo: Person) -> None:
    lines = table("E-mail;Name;Grade", "flo@northwind.example;Flo Dahl;G7", "odd;Per Quist;G9")
    batch = brought_in(eve, lines, "people")
    assert row(batch, 2).changes == [["Level", "", ""]]
    assert row(batch, 2).payload == {}
    assert row(batch, 3).payload["cells"]["Grade"] == "G9"  # refused: it waits to be put right
    batch.refresh_from_db()
    assert batch.data is None


# Priorities ---------------------------------------------------------------------------------------------


def test_priorities_wait_for_the_strategys_leader(
    dee: Person, ada: Person, ben: Person, strategy: Strategy
) -> None:
    lines = table(
        "Priority;Why;Sponsor;Weight;Expected results;Not doing",
        '"Clean trains";Riders stay;ben@northwind.example;40;"92 % rated clean; no complaint twice";No night fleet',
    )
    batch = brought_in(dee, lines, "priorities")
    clean = Priority.objects.get()
    assert clean.state == Priority.State.UNCONFIRMED
    assert (clean.sponsor, clean.has_sponsor, clean.weight) == (ben, False, None)
    assert clean.source == "table.csv, line 2"
    assert [one.text for one in clean.expected_results.all()] == [
        "92 % rated clean",
        "no complaint twice",
    ]
    notes = " ".join(row(batch, 2).notes)
    assert "Its weight 40 is not taken over" in notes
    assert "Trade-off not added: “No night fleet”" in notes


def test_a_confirmed_priority_is_changed_by_those_who_may(
    dee: Person, ada: Person, strategy: Strategy
) -> None:
    make_priority(strategy, "Punctual trains")
    lines = table("Priority;Why", "Punctual trains;Riders trust us")
    refused = brought_in(dee, lines, "priorities")
    assert "“Punctual trains” is confirmed" in row(refused, 2).reason
    updated = brought_in(ada, lines, "priorities")
    assert row(updated, 2).changes == [["Why", "–", "Riders trust us"]]


def test_a_confidential_priority_stays_so_and_its_import_with_its_author(
    ada: Person, dee: Person, eve: Person, strategy: Strategy
) -> None:
    lines = table("Priority;Confidential", "Buy Southwind;yes")
    batch = brought_in(dee, lines, "priorities")
    assert Priority.objects.get().confidential
    assert Import.objects.visible_to(dee).get() == batch
    assert not Import.objects.visible_to(eve).exists()
    changed = staged(eve, table("Priority;Why", "Buy Southwind;Because"), "priorities")
    assert "may not see" in row(changed, 2).reason
    assert row(changed, 2).changes == []


# Objectives ---------------------------------------------------------------------------------------------

OBJECTIVES = table(
    "ID;Objective;Owner;Cycle;Serves",
    "o2;Fewer late departures;flo@northwind.example;Q3 2026;o1",
    "o1;Timetable that holds;Operations;Q3 2026;Punctual trains",
)


def test_objectives_arrive_unconfirmed_at_their_owners(
    dee: Person, flo: Person, strategy: Strategy
) -> None:
    make_priority(strategy)
    batch = brought_in(dee, OBJECTIVES, "objectives")
    fewer, timetable = Objective.objects.order_by("external_id")[::-1]
    assert (fewer.state, fewer.owner, fewer.author) == (State.UNCONFIRMED, flo, None)
    assert timetable.owner == Unit.objects.get(name="Operations")
    assert Cycle.objects.get().starts_on == dt.date(2026, 7, 1)
    assert fewer.links_up.get().parent == timetable
    assert fewer.reaches.get().priority.title == "Punctual trains"
    assert not fewer.in_line
    assert row(batch, 2, "objectives").notes[0] == "Unconfirmed: waits for Flo Dahl."
    assert fewer not in Objective.objects.counted()


def test_a_loop_in_the_file_is_refused_where_it_closes(dee: Person, cycle: Cycle) -> None:
    lines = table(
        "Objective;Owner;Serves",
        "One;Operations;Two",
        "Two;Operations;Three",
        "Three;Operations;One",
    )
    batch = brought_in(dee, lines, "objectives")
    assert outcomes(batch) == {2: "created", 3: "created", 4: "refused"}
    assert row(batch, 4).reason.startswith("The link would close a loop: Three →")
    assert not Objective.objects.filter(title="Three").exists()


def test_a_loop_with_what_is_here_is_refused(dee: Person, flo: Person, cycle: Cycle) -> None:
    upper, lower = make_objective(flo, "Upper"), make_objective(flo, "Lower")
    link(lower, upper)
    batch = staged(dee, table("Child;Parent", "Upper;Lower"), "contributions")
    assert row(batch, 2).outcome == "refused"


def test_an_owner_who_is_nobody_is_refused_and_the_right_one_taken_with_one_click(
    dee: Person, flo: Person, cycle: Cycle
) -> None:
    lines = table(
        "Objective;Owner",
        "Fewer delays;flo@nortwhind.example",
        "Fewer faults;flo@nortwhind.example",
    )
    batch = staged(dee, lines, "objectives")
    refused = row(batch, 2)
    assert refused.reason.endswith("Did you mean Flo Dahl?")
    batch = services.put_right(actor=dee, batch=batch, row=refused)
    assert outcomes(batch) == {2: "created", 3: "created"}


def test_an_agreed_objective_is_only_proposed_to_change(
    dee: Person, ben: Person, flo: Person, cycle: Cycle
) -> None:
    held = make_objective(flo, external_id="o9")
    make_key_result(held)
    lines = table("ID;Objective;Owner;Cycle", "o9;Cut delays by half;flo@northwind.example;Q2 2026")
    batch = brought_in(dee, lines, "objectives")
    held.refresh_from_db()
    assert held.title == "Cut delays at the junction"
    change = ExpectationChange.objects.get()
    assert (change.author, change.addressee, change.state) == (dee, flo, "open")
    assert (batch.updated, batch.proposed) == (1, 1)
    assert row(batch, 2).notes == ["Agreed before: becomes an expectation change for Flo Dahl."]
    before = holds()
    again = brought_in(dee, lines, "objectives")
    assert holds() == before
    assert outcomes(again) == {2: "unchanged"}
    answer_change(actor=flo, change=change, accept=True)
    held.refresh_from_db()
    assert held.title == "Cut delays by half"


def test_an_importer_who_may_agree_alone_still_only_proposes(ada: Person, cycle: Cycle) -> None:
    held = make_objective(ada, external_id="o9")
    make_key_result(held)
    brought_in(
        ada,
        table("ID;Objective;Owner;Cycle", "o9;Another;ada@northwind.example;Q2 2026"),
        "objectives",
    )
    held.refresh_from_db()
    assert held.title == "Cut delays at the junction"
    assert ExpectationChange.objects.get().state == "open"


def test_a_draft_that_was_taken_on_is_its_owners(dee: Person, flo: Person, cycle: Cycle) -> None:
    make_objective(flo, state=State.DRAFT, external_id="o9")
    lines = table("ID;Objective;Owner;Cycle", "o9;Another;flo@northwind.example;Q2 2026")
    refused = row(staged(dee, lines, "objectives"), 2)
    assert refused.reason.endswith("was taken on. Flo Dahl changes it on its page.")


def test_a_restricted_objective_shows_nothing_to_whoever_may_not_see_it(
    dee: Person, flo: Person, cycle: Cycle
) -> None:
    make_objective(flo, "Secret merger", restricted=True, external_id="s")
    lines = table("ID;Objective;Owner;Cycle", "s;Guess;flo@northwind.example;Q2 2026")
    told = row(staged(dee, lines, "objectives"), 2)
    assert "may not see" in told.reason
    assert "Secret" not in f"{told.reason}{told.changes}{told.notes}"
    named = staged(
        dee,
        table("Objective;Owner;Serves", "Mine;dee@northwind.example;Secret merger"),
        "objectives",
    )
    assert "is not among" in row(named, 2).reason


def test_a_cycle_that_nobody_can_tell_is_refused(dee: Person, eve: Person) -> None:
    lines = table("Objective;Owner;Cycle", "One;Operations;Spring")
    assert "There is no cycle “Spring”" in row(staged(dee, lines, "objectives"), 2).reason
    by_admin = staged(eve, table("Objective;Owner;Cycle", "One;Operations;2027"), "objectives")
    assert "You may not run cycles" in row(by_admin, 2).reason  # whoever runs none makes none


# Key results, contributions, KPIs, observations ---------------------------------------------------------


def test_key_results_come_with_where_they_stand(dee: Person, flo: Person, cycle: Cycle) -> None:
    objective = make_objective(flo, "Delays", state=State.UNCONFIRMED)
    lines = table(
        "Objective;Key result;From;To;Unit of measure;Actual;At least;Type",
        "Delays;Late departures;40;10;a week;25;;",
        "Delays;Seats free;;;%;;12,5;threshold",
        "Delays;New board live;;;;;;milestone",
    )
    brought_in(dee, lines, "key_results")
    late, seats, board = KeyResult.objects.order_by("position")
    assert (late.baseline, late.target, late.latest, late.score) == (40, 10, 25, pytest.approx(0.5))
    assert (seats.kind, seats.low, seats.decimals) == ("threshold", Decimal("12.5"), 1)
    assert board.milestones.get().title == "New board live"
    assert objective.key_results.count() == 3


def test_key_results_of_an_agreed_objective_are_one_proposal(
    dee: Person, flo: Person, cycle: Cycle
) -> None:
    objective = make_objective(flo, "Delays")
    late = make_key_result(objective, "Late departures")
    lines = table(
        "Objective;Key result;From;To", "Delays;Late departures;40;5", "Delays;Complaints;9;1"
    )
    batch = brought_in(dee, lines, "key_results")
    assert (batch.updated, batch.proposed) == (2, 2)
    change = ExpectationChange.objects.get()
    assert change.changes["key_results"] == {str(late.pk): {"target": "5"}}
    assert [one["title"] for one in change.changes["added"]] == ["Complaints"]
    before = holds()
    brought_in(dee, lines, "key_results")
    assert holds() == before


def test_a_check_in_of_an_agreed_objective_is_its_owners(
    dee: Person, flo: Person, cycle: Cycle
) -> None:
    late = make_key_result(make_objective(flo, "Delays"), "Late departures")
    lines = table("Objective;Key result;Actual", "Delays;Late departures;20")
    told = row(brought_in(dee, lines, "key_results"), 2)
    assert "Its value 20 is not recorded" in told.notes[0]
    brought_in(flo_as_leader(flo), lines, "key_results")
    late.refresh_from_db()
    assert late.latest == 20


def test_milestones_follow_the_file_until_one_is_checked_in(
    dee: Person, flo: Person, cycle: Cycle
) -> None:
    objective = make_objective(flo, "Delays", state=State.UNCONFIRMED)
    first = table("Objective;Key result;Type;Milestones", "Delays;Boards;milestone;Order")
    brought_in(dee, first, "key_results")
    boards = KeyResult.objects.get()
    later = table("Objective;Key result;Type;Milestones", "Delays;Boards;milestone;Fit [weight 2]")
    assert brought_in(dee, later, "key_results").updated == 1
    assert [(one.title, one.weight) for one in boards.milestones.all()] == [("Fit", 2)]
    done = table("Objective;Key result;Date;Done", "Delays;Boards;2026-05-11;1")
    assert brought_in(dee, done, "check_ins").created == 1
    refused = row(brought_in(dee, first, "key_results"), 2)
    assert refused.reason == "“Boards” has check-ins, so its milestones stay as they are."
    Objective.objects.filter(pk=objective.pk).update(state=State.ACTIVE)
    told = row(brought_in(dee, first, "key_results"), 2)
    assert "Its milestones differ; they are changed on its page." in told.notes


def test_an_unconfirmed_objective_and_its_key_result_follow_the_file(
    dee: Person, flo: Person, cycle: Cycle
) -> None:
    head, late = "ID;Objective;Owner;Why", "Objective;Key result;From;To"
    brought_in(dee, table(head, "o1;Delays;flo@northwind.example;Riders wait"), "objectives")
    brought_in(dee, table(late, "Delays;Late departures;40;10"), "key_results")
    again = table(head, "o1;Fewer delays;ben@northwind.example;Riders wait")
    assert brought_in(dee, again, "objectives").updated == 1
    assert brought_in(dee, table(late, "Fewer delays;Late departures;40;5"), "key_results").updated
    objective, key_result = Objective.objects.get(), KeyResult.objects.get()
    assert (objective.title, str(objective.owner)) == ("Fewer delays", "Ben Aske")
    assert objective.search == "fewer delays ben aske"
    assert key_result.target == 5


def test_check_ins_are_recorded_for_days_that_were_and_once_a_day(
    flo: Person, cycle: Cycle
) -> None:
    late = make_key_result(make_objective(flo, "Delays"), "Late departures")
    lines = table(
        "Objective;Key result;Date;Value",
        "Delays;Late departures;2026-05-11;30",
        "Delays;Late departures;2026-05-11;20",
        "Delays;Late departures;2026-05-14;20",
        "Delays;Complaints;2026-05-11;3",
    )
    batch = brought_in(flo_as_leader(flo), lines, "check_ins")
    assert batch.created == 1
    assert [(one.as_of.day, one.value) for one in late.check_ins.all()] == [(11, 30)]
    assert "already stands in line 2" in row(batch, 3).reason
    assert "lies in the future" in row(batch, 4).reason
    assert row(batch, 5).outcome == "refused"
    assert brought_in(flo, lines, "check_ins").created == 0
    other = table("Objective;Key result;Date;Value", "Delays;Late departures;2026-05-11;20")
    assert "Its owner corrects it" in row(brought_in(flo, other, "check_ins"), 2).reason


def flo_as_leader(flo: Person) -> Person:
    flo.granted_leader = True
    flo.save()
    return flo


def test_contributions_tie_what_is_unconfirmed_and_ask_for_the_rest(
    dee: Person, flo: Person, strategy: Strategy, cycle: Cycle
) -> None:
    make_priority(strategy)
    make_objective(flo, "Fresh", state=State.UNCONFIRMED)
    make_objective(flo, "Agreed")
    lines = table(
        "Child;Parent;Strength", "Fresh;Punctual trains;strong", "Agreed;Punctual trains;weak"
    )
    batch = brought_in(dee, lines, "contributions")
    assert outcomes(batch) == {2: "created", 3: "refused"}
    assert Contribution.objects.get().strength == 9
    weaker = brought_in(
        dee, table("Child;Parent;Strength", "Fresh;Punctual trains;weak"), "contributions"
    )
    assert row(weaker, 2).changes == [["Serves Punctual trains", "strong", "weak"]]
    assert Contribution.objects.get(valid_to__isnull=True).strength == 1


def test_kpis_come_with_targets_and_show_their_priority(
    dee: Person, ben: Person, strategy: Strategy
) -> None:
    make_priority(strategy, state=Priority.State.UNCONFIRMED)
    lines = table(
        "KPI;Unit of measure;Direction;Owner;Baseline;Target;Target date;Priority",
        "Trains on time;%;up;ben@northwind.example;82,5;90;31.12.2026;Punctual trains",
    )
    brought_in(dee, lines, "kpis")
    kpi = Kpi.objects.get()
    assert (kpi.state, kpi.owner, kpi.decimals) == (Kpi.State.UNCONFIRMED, ben, 1)
    assert kpi.targets.get().value == 90
    assert kpi.expected_results.get().target == 90


def test_observations_go_in_as_facts_and_are_not_overwritten(dee: Person) -> None:
    make_kpi()
    lines = table(
        "KPI;Date;Value",
        "Trains on time;2026-04-30;81.5",
        "Trains on time;2026-06-30;83",
        "Nothing;2026-04-30;1",
    )
    batch = brought_in(dee, lines, "observations")
    assert outcomes(batch) == {2: "created", 3: "refused", 4: "refused"}
    assert "lies in the future" in row(batch, 3).reason
    again = brought_in(dee, table("KPI;Date;Value", "Trains on time;2026-04-30;99"), "observations")
    assert "has a value already" in row(again, 2).reason
    assert Observation.objects.get().value == Decimal("81.5")


# The import itself --------------------------------------------------------------------------------------


def test_only_those_who_may_import(flo: Person) -> None:
    with pytest.raises(NotAllowed):
        staged(flo, UNITS, "units")


def test_an_import_is_written_once(dee: Person, ben: Person) -> None:
    batch = staged(dee, UNITS, "units")
    other = Import.objects.get(pk=batch.pk)
    services.apply(actor=dee, batch=batch)
    with pytest.raises(DomainError, match="written"):
        services.apply(actor=dee, batch=other)


def test_a_discarded_import_writes_nothing(dee: Person, ben: Person) -> None:
    batch = services.discard(actor=dee, batch=staged(dee, UNITS, "units"))
    with pytest.raises(DomainError, match="discarded"):
        services.apply(actor=dee, batch=batch)
    assert not Unit.objects.filter(name="Works").exists()


def test_rows_are_decided_anew_when_they_are_written(dee: Person, ben: Person) -> None:
    batch = staged(dee, UNITS, "units")
    make_unit("Works", external_id="1")
    batch = services.apply(actor=dee, batch=batch)
    changed = row(batch, 3)
    assert changed.outcome == "updated"
    assert changed.notes == ["The preview had it as new: what it is about has changed since."]
    assert Unit.objects.filter(name="Works").count() == 1


def test_what_is_written_is_in_the_audit_trail(dee: Person, ben: Person) -> None:
    brought_in(dee, UNITS, "units")
    brought_in(dee, table("Name;E-mail", "Kim Ek;kim@x.example"), "people")
    told = AuditRecord.objects.filter(actor_id=dee.pk)
    assert set(told.values_list("verb", flat=True)) == {"add unit", "add person"}


def test_two_rows_about_the_same_are_not_both_written(dee: Person, cycle: Cycle) -> None:
    lines = table("Objective;Owner", "Same;Operations", "same ;operations")
    assert outcomes(brought_in(dee, lines, "objectives"))[3] == "refused"
    assert Objective.objects.count() == 1


def test_a_person_whose_account_is_gone_keeps_the_import_readable(dee: Person) -> None:
    batch = staged(dee, table("Unit", "Fleet"), "units")
    make_person("Ann Oth")
    assert str(batch.author) == "Dee Voss"
