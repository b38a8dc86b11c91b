"""Planning a cycle: candidates, teams, scenarios, working out, adopting."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.jobs import run_due
from goldenthread.insights.selectors.due import due_for
from goldenthread.objectives.models import Cycle, ExpectationChange, Objective
from goldenthread.objectives.services.changes import answer_change
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.tradeoffs.kept_plan import kept, read
from goldenthread.tradeoffs.models import Decision, Plan, Scenario
from goldenthread.tradeoffs.selectors.plan_page import PlanPage, plan_page
from goldenthread.tradeoffs.selectors.portfolio import portfolio_of, rows_of
from goldenthread.tradeoffs.services import adopting, planning
from goldenthread.tradeoffs.services.plan_rows import CandidateRow
from goldenthread.tradeoffs.services.planning import Moves
from goldenthread.tradeoffs.services.working_out import work_out_scenarios
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_cycle,
    make_key_result,
    make_objective,
    make_person,
    make_plan,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db
LOOK_AGAIN = TODAY + dt.timedelta(90)


@pytest.fixture
def q3() -> Cycle:
    return make_cycle(
        "Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30), state="planned"
    )


@pytest.fixture
def plan(cast: Cast, q3: Cycle) -> Plan:
    """Two live objectives of Operations, one of them beyond the quarter, and something new; 2 people."""
    long = make_objective(cast.flo, "Clean depots", ends_on=dt.date(2026, 12, 31))
    make_key_result(long)
    made = planning.begin_plan(
        actor=cast.ben, name="Q3", cycle=q3, unit=cast.operations, objectives=[long]
    )
    planning.set_teams(actor=cast.ben, plan=made, capacity={(cast.operations, ""): Decimal(2)})
    one = (cast.operations, "")
    planning.write_candidates(
        actor=cast.ben,
        plan=made,
        rows=[
            CandidateRow(number=1, value=Decimal(2), effort={one: Decimal(2)}),
            CandidateRow(
                title="Night trains", owner=cast.flo, value=Decimal(9), effort={one: Decimal(1)}
            ),
            CandidateRow(title="Wait", value=Decimal(1), effort={one: Decimal(2)}),
        ],
    )
    made.refresh_from_db()
    return made


def worked_out(plan: Plan, actor: Person) -> PlanPage:
    planning.work_out(actor=actor, plan=plan)
    run_due()
    return plan_page(actor, Plan.objects.get(pk=plan.pk))


def verdicts(page: PlanPage, column: int = 0) -> dict[str, str]:
    return {row.title: str(cell.verdict) for row in page.candidates if (cell := row.cells[column])}


def adopt(plan: Plan, actor: Person, **fields: object) -> Decision:
    given = {"given_up": "Clean depots", "reason": "Trains first", "look_again_on": LOOK_AGAIN}
    scenario = plan.scenarios.get()
    return adopting.adopt_scenario(actor=actor, scenario=scenario, **given | fields)


def test_a_plan_says_what_to_start_and_stop_and_why(cast: Cast, plan: Plan) -> None:
    page = worked_out(plan, cast.ben)
    assert verdicts(page) == {"Clean depots": "stop", "Night trains": "start", "Wait": "defer"}
    why = {row.title: cell.why for row in page.candidates if (cell := row.cells[0])}
    assert why["Night trains"] == "Worth 9."
    assert why["Wait"] == "No room in Operations: it needs 2, 1 left."
    [load] = page.teams[0].loads
    assert load is not None
    assert (load.load.used, load.load.capacity) == (1, 2)
    assert load.more is not None
    assert load.more.value == 2  # then the depots go on
    assert page.is_ready


def test_what_changes_makes_a_result_outdated_and_only_that_is_solved_again(
    cast: Cast, plan: Plan
) -> None:
    worked_out(plan, cast.ben)
    first = Scenario.objects.get()
    other = planning.write_scenario(
        actor=cast.ben, plan=plan, name="Grow", moves=Moves({(cast.operations, ""): Decimal(1)})
    )
    page = worked_out(plan, cast.ben)
    assert verdicts(page, 1)["Clean depots"] == "continue"
    assert [row.title for row in page.candidates if row.differs] == ["Clean depots"]
    assert page.scenarios[1].more == 2
    assert page.scenarios[1].moves == ["Operations +1 FTE"]
    assert Scenario.objects.get(pk=first.pk).stamp == first.stamp
    plan.refresh_from_db()
    planning.write_scenario(
        actor=cast.ben, plan=plan, scenario=other, name="Grow", moves=Moves(forced={3: True})
    )
    page = plan_page(cast.ben, Plan.objects.get(pk=plan.pk))
    assert [one.outdated for one in page.scenarios] == [False, True]
    page = worked_out(plan, cast.ben)
    cell = page.candidates[2].cells[1]
    assert cell is not None
    assert cell.why == "This scenario asks for it."
    assert cell.price is not None
    assert cell.price.value == 8  # night trains, less what waits


def test_what_must_run_and_does_not_fit_names_the_team(cast: Cast, plan: Plan) -> None:
    planning.write_scenario(
        actor=cast.ben,
        plan=plan,
        scenario=plan.scenarios.get(),
        name="All",
        moves=Moves(forced={1: True, 3: True}),
    )
    page = worked_out(plan, cast.ben)
    assert page.scenarios[0].problem == (
        "What must run does not fit: over capacity in Operations by 2 FTE. "
        "It would fit without “Clean depots” or “Wait”."
    )
    assert page.best is None
    with pytest.raises(DomainError, match="does not fit"):
        adopt(plan, cast.ben)


def test_a_kept_result_is_read_as_it_was(cast: Cast, plan: Plan) -> None:
    worked_out(plan, cast.ben)
    given = plan.scenarios.get()
    assert given.result is not None
    assert kept(read(given.result)) == given.result


def test_values_come_from_confirmed_weights_and_move_with_them(
    cast: Cast, strategy: Strategy, q3: Cycle
) -> None:
    safety, comfort = (
        make_priority(strategy, title, weight=Decimal(weight))
        for title, weight in (("Safety", 60), ("Comfort", 40))
    )
    Strategy.objects.filter(pk=strategy.pk).update(weights_confirmed_at=timezone.now())
    both, part = make_objective(cast.flo, "Both"), make_objective(cast.flo, "Part")
    link(both, safety)
    link(both, comfort)
    link(part, both)
    made = planning.begin_plan(actor=cast.ben, name="Q3", cycle=q3, objectives=[both])
    one = made.candidates.get()
    assert one.from_strategy
    assert one.value == 100  # with what serves it and is no candidate
    planning.write_candidates(actor=cast.ben, plan=made, rows=[CandidateRow(objective=part)])
    planning.take_values_anew(actor=cast.ben, plan=made)
    assert [row.value for row in made.candidates.all()] == [0, 100]  # it passes all of it on
    scenario = planning.write_scenario(
        actor=cast.ben, plan=made, name="Safety first", moves=Moves(weights={safety: Decimal(90)})
    )
    given = portfolio_of(rows_of(made), scenario)
    assert given.candidates[1].value == 130  # 60 points grow by half, 40 stay


# --- every priority keeps at least one


@pytest.fixture
def served(plan: Plan, strategy: Strategy, cast: Cast) -> Plan:
    """The depots serve Safety through another objective; nothing serves Costs; “Wait” is new and to serve Comfort."""
    safety, comfort, _ = (
        make_priority(strategy, title) for title in ("Safety", "Comfort", "Costs")
    )
    depots = plan.candidates.get(number=1).objective
    assert depots is not None
    between = make_objective(cast.cyd, "Safe stations")
    link(depots, between)
    link(between, safety)
    new = CandidateRow(number=3, title="Wait", value=Decimal(1), priority=comfort)
    planning.write_candidates(actor=cast.ben, plan=plan, rows=[new])
    return Plan.objects.get(pk=plan.pk)


def keep(plan: Plan, actor: Person, name: str = "Keep all", **fields: Any) -> PlanPage:
    moves = Moves(keeps_priorities=True, **fields)
    one = plan.scenarios.filter(name=name).first()
    planning.write_scenario(actor=actor, plan=plan, name=name, moves=moves, scenario=one)
    return worked_out(plan, actor)


def test_every_priority_keeps_an_objective_and_that_has_its_price(cast: Cast, served: Plan) -> None:
    page = keep(served, cast.ben, capacity={(cast.operations, ""): Decimal(2)})
    assert verdicts(page, 0) == {"Clean depots": "stop", "Night trains": "start", "Wait": "defer"}
    assert verdicts(page, 1) == {
        "Clean depots": "continue",
        "Night trains": "defer",
        "Wait": "start",
    }
    shown = page.scenarios[1]
    assert "Every priority keeps at least one objective" in shown.moves
    assert shown.keeping is not None
    assert shown.keeping.price.value == 8  # depots and night trains give 11, these give 3
    assert shown.bare == "No candidate stands under “Costs”."
    why = {row.title: cell.why for row in page.candidates if (cell := row.cells[1])}
    assert why["Clean depots"] == "Worth 2. Nothing else runs under “Safety”."
    assert page.scenarios[0].keeping is None


def test_what_stands_under_a_priority_moves_and_makes_the_result_outdated(
    cast: Cast, served: Plan
) -> None:
    keep(served, cast.ben)
    costs = Priority.objects.get(title="Costs")
    draft = make_objective(cast.flo, "Sell scrap", state=State.DRAFT, cycle=served.cycle)
    row = CandidateRow(objective=draft, value=Decimal(0), effort={})
    planning.write_candidates(actor=cast.ben, plan=served, rows=[row])
    link(draft, costs)
    page = plan_page(cast.ben, Plan.objects.get(pk=served.pk))
    assert page.scenarios[1].outdated
    one = worked_out(served, cast.ben).candidates[3].cells[1]
    assert one is not None
    assert (one.verdict, one.why) == ("start", "Nothing else runs under “Costs”.")
    scenario = served.scenarios.get(name="Keep all")
    planning.write_scenario(
        actor=cast.ben, plan=served, name="Keep all", moves=Moves(), scenario=scenario
    )
    page = plan_page(cast.ben, Plan.objects.get(pk=served.pk))
    assert [one.outdated for one in page.scenarios] == [False, True]


def test_priorities_that_cannot_all_keep_one_are_named(cast: Cast, served: Plan) -> None:
    page = keep(served, cast.ben)
    assert page.scenarios[1].problem == (
        "What must run, with every priority kept, does not fit: over capacity in Operations by 2 FTE. "
        "It would fit without keeping every priority."
    )
    page = keep(served, cast.ben, forced={1: False})
    assert page.scenarios[1].problem == (
        "“Safety” can keep no objective: nothing under it can run (“Clean depots”)."
    )
    served.candidates.filter(number__in=(1, 3)).update(alternative="one")
    page = keep(served, cast.ben)
    assert page.scenarios[1].problem == (
        "“Safety” and “Comfort” exclude each other: not all of them can keep an objective."
    )
    served.scenarios.exclude(name="Keep all").delete()
    with pytest.raises(DomainError, match="does not fit"):
        adopt(Plan.objects.get(pk=served.pk), cast.ben)


def test_without_a_strategy_in_force_no_priority_keeps_anything(cast: Cast, plan: Plan) -> None:
    page = keep(plan, cast.ben)
    assert page.scenarios[1].bare == "No priority is in force."
    assert verdicts(page, 0) == verdicts(page, 1)


def test_what_keeping_every_priority_costs_goes_on_record(
    cast: Cast, served: Plan, client: Client
) -> None:
    signed_in(client, cast.ben)
    address = reverse("scenario-edit", args=[served.pk, served.scenarios.get().pk])
    team = served.teams.get()
    sent = {"name": "Keep all", "keeps_priorities": "on", f"team-{team.pk}": "2"}
    sent["version"] = str(Plan.objects.get(pk=served.pk).version)
    assert client.post(address, sent).status_code == 302
    assert served.scenarios.get().keeps_priorities
    assert "checked" in client.get(address).content.decode()
    worked_out(served, cast.ben)
    shown = text(client, "plan", served.pk)
    assert "<b>Keeping every priority costs 8.0 points.</b>" in shown
    assert "No candidate stands under “Costs”." in shown
    shown = text(client, "plan-adopt", served.pk, served.scenarios.get().pk)
    assert "Every priority keeps at least one objective, which costs 8.0 points." in shown
    decision = adopt(Plan.objects.get(pk=served.pk), cast.ben)
    assert decision.options.get().speaks_for == (
        "Worth 3.0 points: continue 1, start 1, defer 1. "
        "Every priority keeps at least one objective, which costs 8.0 points."
    )


def test_what_is_allocated_is_taken_in_only_as_a_sum_of_enough_people(
    cast: Cast, q3: Cycle
) -> None:
    objective = make_objective(cast.flo, "Clean depots")
    for n in range(4):
        make_allocation(
            make_person(f"P{n} Krag", unit=cast.operations, manager=cast.ben), objective=objective
        )
    few = planning.begin_plan(
        actor=cast.ben, name="Few", cycle=q3, unit=cast.operations, objectives=[objective]
    )
    assert not few.candidates.get().effort.exists()
    make_allocation(cast.flo, objective=objective)
    enough = planning.begin_plan(
        actor=cast.ben, name="Enough", cycle=q3, unit=cast.operations, objectives=[objective]
    )
    assert enough.candidates.get().effort.get().fte == 2
    assert enough.teams.get().fte == 6  # everybody in it: no part is declared to be routine


def test_adopting_decides_and_proposes_and_changes_nothing_itself(cast: Cast, plan: Plan) -> None:
    worked_out(plan, cast.ben)
    before = Objective.objects.get(title="Clean depots")
    decision = adopt(plan, cast.ben)
    plan.refresh_from_db()
    assert plan.decision == decision
    assert decision.state == Decision.State.DECIDED
    assert decision.freed_fte == 2
    assert [(one.title, one.chosen) for one in decision.options.all()] == [
        ("As things stand", True)
    ]
    after = Objective.objects.get(pk=before.pk)
    assert (after.state, after.ends, after.version) == (before.state, before.ends, before.version)
    stopped, started, deferred = plan.candidates.all()
    assert stopped.change is not None
    assert stopped.change.state == "open"
    assert stopped.change.changes == {"objective": {"ends_on": "2026-06-30"}}
    assert started.objective is not None
    assert (started.objective.state, started.objective.owner) == (State.DRAFT, cast.flo)
    assert started.objective.cycle == plan.cycle
    assert deferred.objective is None
    answer_change(actor=cast.flo, change=stopped.change, accept=True)
    after.refresh_from_db()
    assert after.ends == dt.date(2026, 6, 30)


def test_nothing_is_accepted_by_adopting_even_for_who_speaks_for_both(
    cast: Cast, plan: Plan
) -> None:
    Person.objects.filter(pk=cast.flo.pk).update(user=None)
    worked_out(plan, cast.ben)
    adopt(plan, cast.ben)
    change = plan.candidates.first().change
    assert change is not None
    assert change.state == "open"


def test_what_the_actor_may_not_change_is_not_proposed(cast: Cast, plan: Plan) -> None:
    worked_out(plan, cast.gus)
    adopt(plan, cast.gus)
    assert [one.change for one in plan.candidates.all()] == [None] * 3
    assert plan.candidates.get(number=2).objective is None


def test_an_adopted_plan_stays_as_it_was(cast: Cast, plan: Plan) -> None:
    worked_out(plan, cast.ben)
    adopt(plan, cast.ben)
    plan.refresh_from_db()
    with pytest.raises(DomainError, match="adopted"):
        planning.write_candidates(actor=cast.ben, plan=plan, rows=[CandidateRow(title="More")])
    with pytest.raises(DomainError, match="adopted"):
        adopt(plan, cast.ben)


def test_what_is_not_worked_out_is_not_adopted(cast: Cast, plan: Plan) -> None:
    with pytest.raises(DomainError, match="worked out first"):
        adopt(plan, cast.ben)
    worked_out(plan, cast.ben)
    planning.set_teams(actor=cast.ben, plan=plan, capacity={(cast.operations, ""): Decimal(5)})
    with pytest.raises(DomainError, match="changed since"):
        adopt(plan, cast.ben)


def test_only_leaders_plan(cast: Cast, plan: Plan, q3: Cycle) -> None:
    with pytest.raises(NotAllowed):
        planning.begin_plan(actor=cast.flo, name="Mine", cycle=q3)
    with pytest.raises(NotAllowed):
        planning.work_out(actor=cast.dee, plan=plan)


def test_the_second_writer_is_told(cast: Cast, plan: Plan) -> None:
    seen = plan.version
    planning.write_candidates(
        actor=cast.ben, plan=plan, rows=[CandidateRow(title="A")], version=seen
    )
    with pytest.raises(SavedMeanwhile):
        planning.write_candidates(
            actor=cast.gus, plan=plan, rows=[CandidateRow(title="B")], version=seen
        )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (CandidateRow(title=" "), "cannot be empty"),
        (CandidateRow(title="Night trains"), "in the plan already"),
        (CandidateRow(title="New", value=Decimal(-1)), "between 0"),
        (CandidateRow(title="New", value=Decimal("0.001")), "two decimal places"),
        (CandidateRow(title="New", needs=["#99"]), "not among the candidates"),
        (CandidateRow(number=2, title="Night trains", needs=["#2"]), "cannot need itself"),
        (CandidateRow(number=99), "no candidate #99"),
        (CandidateRow(title="New", alternative="x" * 41), "40 letters"),
    ],
)
def test_a_candidate_that_cannot_be_is_refused(
    cast: Cast, plan: Plan, row: CandidateRow, says: str
) -> None:
    with pytest.raises(DomainError, match=says):
        planning.write_candidates(actor=cast.ben, plan=plan, rows=[row])
    assert plan.candidates.count() == 3


def test_a_team_that_candidates_take_stays(cast: Cast, plan: Plan) -> None:
    with pytest.raises(DomainError, match="stays in the plan"):
        planning.set_teams(actor=cast.ben, plan=plan, capacity={})


def test_an_owner_runs_no_more_than_their_limit(cast: Cast, plan: Plan) -> None:
    planning.set_teams(
        actor=cast.ben,
        plan=plan,
        capacity={(cast.operations, ""): Decimal(9)},
        limits={cast.flo: 1},
    )
    page = worked_out(plan, cast.ben)
    cell = page.candidates[0].cells[0]
    assert cell is not None
    assert cell.why == "Flo Dahl runs 1 already: the limit."


# --- the pages


def text(client: Client, name: str, *args: int) -> str:
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_says_in_words_what_is_proposed(cast: Cast, plan: Plan, client: Client) -> None:
    worked_out(plan, cast.ben)
    signed_in(client, cast.gus)
    shown = text(client, "plan", plan.pk)
    assert "“As things stand”</em> is worth most: 9.0 points; 1 starts, 1 stops, 1 waits." in shown
    assert "Proposal" in shown
    assert "No room in Operations" in shown


def test_a_restricted_objective_is_not_named_to_who_may_not_see_it(
    cast: Cast, client: Client
) -> None:
    secret = make_objective(cast.flo, "Close the depot", restricted=True)
    made = make_plan(cast.ben, [secret], cast.operations)
    worked_out(made, cast.ben)
    signed_in(client, cast.gus)
    for name in ("plan", "plan-candidates", "plan-csv"):
        answer = client.get(reverse(name, args=[made.pk]))
        body = b"".join(answer) if answer.streaming else answer.content
        assert b"Close the depot" not in body
    decision = adopt(made, cast.ben)
    assert "Close the depot" not in str(decision.options.values_list("speaks_against", flat=True))


def test_the_grid_saves_all_or_nothing(cast: Cast, plan: Plan, client: Client) -> None:
    signed_in(client, cast.ben)
    address = reverse("plan-candidates", args=[plan.pk])
    sent = {
        "version": plan.version,
        "value-1": "4,5",
        "effort-1": "Operations 1.5; Stations (welding) 0.5",
        "running-1": "on",
        "needs-1": "#2",
        "remove-3": "on",
        "value-2": "9",
        "effort-2": "Operations 1",
        "title-new0": "Quiet coaches",
        "owner-new0": "Stations",
        "value-new0": "3",
        "effort-new0": "Stations 1",
    }
    wrong = client.post(address, sent | {"effort-new0": "Nowhere 1"})
    assert wrong.status_code == 422
    assert "There is no unit called “Nowhere”" in wrong.content.decode()
    assert plan.candidates.count() == 3
    assert client.post(address, sent).status_code == 302
    first = plan.candidates.get(number=1)
    assert first.value == Decimal("4.5")
    assert {(part.unit.name, part.skill, part.fte) for part in first.effort.all()} == {
        ("Operations", "", Decimal("1.5")),
        ("Stations", "welding", Decimal("0.5")),
    }
    assert [other.number for other in first.needs.all()] == [2]
    new = plan.candidates.get(title="Quiet coaches")
    assert (new.number, new.owner) == (4, cast.stations)
    assert not plan.candidates.filter(number=3).exists()
    assert client.post(address, sent).status_code == 409


def test_what_is_written_out_is_read_in_again(cast: Cast, plan: Plan, client: Client) -> None:
    signed_in(client, cast.ben)
    stream = client.get(reverse("plan-csv", args=[plan.pk]))
    file = b"".join(stream).decode("utf-8-sig")
    before = list(plan.candidates.values("number", "title", "value", "running", "mandatory"))
    address = reverse("plan-paste", args=[plan.pk])
    assert client.post(address, {"rows": file}).status_code == 302
    assert (
        list(plan.candidates.values("number", "title", "value", "running", "mandatory")) == before
    )
    sheet = "title\tvalue\teffort\nSleeper cars\t6\tOperations 1"
    assert client.post(address, {"rows": sheet}).status_code == 302
    assert plan.candidates.get(title="Sleeper cars").value == 6
    bad = client.post(address, {"rows": "title\tvalue\nX\tmany"})
    assert bad.status_code == 422
    assert "Row 2" in bad.content.decode()


def test_teams_and_scenarios_are_written_on_their_pages(
    cast: Cast, plan: Plan, client: Client
) -> None:
    signed_in(client, cast.ben)
    team = plan.teams.get()
    sent = {
        "version": plan.version,
        f"team-{team.pk}": "2,5",
        "new-team": "Stations (welding)",
        "new-fte": "1",
        f"limit-n{cast.flo.pk}": "2",
    }
    assert client.post(reverse("plan-teams", args=[plan.pk]), sent).status_code == 302
    assert {str(one): one.fte for one in plan.teams.all()} == {
        "Operations": Decimal("2.5"),
        "Stations (welding)": Decimal(1),
    }
    assert plan.owner_limits.get().most == 2
    address = reverse("scenario-new", args=[plan.pk])
    given = {"name": "Fewer", f"team-{team.pk}": "-1", "force-3": "in"}
    assert client.post(address, given).status_code == 302
    one = plan.scenarios.get(name="Fewer")
    assert (one.capacity, one.forced) == ({str(team.pk): "-1"}, {"3": True})
    assert client.post(address, given).status_code == 422
    text(client, "scenario-edit", plan.pk, one.pk)
    client.post(reverse("scenario-remove", args=[plan.pk, one.pk]))
    assert not plan.scenarios.filter(name="Fewer").exists()


def test_a_plan_begins_with_what_runs_and_the_teams_below(
    cast: Cast, q3: Cycle, client: Client
) -> None:
    make_objective(cast.flo, "Clean depots")
    make_objective(cast.cyd, "Warm halls")
    make_objective(cast.flo, "Wages", run_the_business=True)
    signed_in(client, cast.ada)
    text(client, "plan-new")
    sent = {"name": "Q3", "cycle": q3.pk, "unit": "Northwind Rail", "take_in": "on"}
    assert client.post(reverse("plan-new"), sent).status_code == 302
    made = Plan.objects.get()
    assert {str(one) for one in made.candidates.all()} == {"Clean depots", "Warm halls"}
    assert {str(one) for one in made.teams.all()} == {"Operations", "Stations"}
    shown = text(client, "plans")
    assert "Q3" in shown
    assert "Proposal" in shown


def test_adopting_on_its_page(cast: Cast, plan: Plan, client: Client) -> None:
    worked_out(plan, cast.ben)
    signed_in(client, cast.ben)
    address = reverse("plan-adopt", args=[plan.pk, plan.scenarios.get().pk])
    shown = client.get(address).content.decode()
    assert "Stop: “Clean depots”." in shown
    version = Plan.objects.get(pk=plan.pk).version
    sent = {
        "version": version,
        "given_up": "Depots",
        "reason": "Trains first",
        "look_again_on": LOOK_AGAIN.isoformat(),
    }
    assert client.post(address, sent).status_code == 302
    page = text(client, "plan", plan.pk)
    assert "was adopted" in page
    assert "Change proposed: waits" in page
    decision = Decision.objects.get()
    assert plan.name in text(client, "decision", decision.pk)


@pytest.fixture
def secret(cast: Cast, plan: Plan) -> Plan:
    """The plan with a restricted candidate of Cyd, which Ben does not see; the first scenario runs it, by Ada's wish."""
    hers = make_objective(cast.cyd, "Close the depot", restricted=True)
    planning.write_candidates(
        actor=cast.ada, plan=plan, rows=[CandidateRow(objective=hers, value=Decimal(3))]
    )
    planning.write_scenario(
        actor=cast.ada,
        plan=plan,
        scenario=plan.scenarios.get(),
        name="First",
        moves=Moves(forced={1: True, 4: True}),
    )
    return plan


def test_who_rewrites_a_scenario_leaves_what_they_do_not_see(
    cast: Cast, secret: Plan, client: Client
) -> None:
    one = secret.scenarios.get()
    signed_in(client, cast.ben)
    sent = {"name": "First", "force-3": "out", "version": secret.version}
    address = reverse("scenario-edit", args=[secret.pk, one.pk])
    assert client.post(address, sent).status_code == 302
    one.refresh_from_db()
    assert one.forced == {"3": False, "4": True}
    secret.refresh_from_db()
    planning.write_scenario(
        actor=cast.ada, plan=secret, scenario=one, name="First", moves=Moves(forced={1: True})
    )
    assert secret.scenarios.get().forced == {"1": True}


def test_whose_a_candidate_is_that_one_does_not_see_is_not_told(
    cast: Cast, secret: Plan, client: Client
) -> None:
    planning.write_scenario(
        actor=cast.ada, plan=secret, scenario=secret.scenarios.get(), name="First", moves=Moves()
    )
    secret.refresh_from_db()
    signed_in(client, cast.ben)
    assert cast.cyd.name not in text(client, "plan-teams", secret.pk)
    planning.set_limits(actor=cast.ada, plan=secret, limits={cast.cyd: 0})
    page = worked_out(secret, cast.ben)
    why = {row.title: cell.why for row in page.candidates if (cell := row.cells[0])}
    assert why["A restricted objective"] == "Its owner may run none."
    seen = plan_page(cast.ada, Plan.objects.get(pk=secret.pk)).candidates[3].cells[0]
    assert seen is not None
    assert seen.why == f"{cast.cyd} may run none."


def test_of_two_who_change_a_scenario_the_second_is_told(
    cast: Cast, plan: Plan, client: Client
) -> None:
    one = plan.scenarios.get()
    address = reverse("scenario-edit", args=[plan.pk, one.pk])
    signed_in(client, cast.ben)
    shown = client.get(address).content.decode()
    assert f'name="version" value="{plan.version}"' in shown
    planning.write_scenario(
        actor=cast.ada, plan=plan, scenario=one, name="Adas", moves=Moves(forced={1: True})
    )
    sent = {"name": "Bens", "force-3": "in", "version": plan.version - 1}
    answer = client.post(address, sent)
    assert answer.status_code == 409
    assert "Bens" in answer.content.decode()
    one.refresh_from_db()
    assert (one.name, one.forced) == ("Adas", {"1": True})
    assert client.post(address, sent | {"version": plan.version}).status_code == 302
    assert plan.scenarios.get().name == "Bens"


def test_of_two_who_take_a_scenario_out_one_stays(cast: Cast, plan: Plan) -> None:
    planning.write_scenario(actor=cast.ben, plan=plan, name="Grow", moves=Moves())
    first, second = Scenario.objects.select_related("plan").filter(plan=plan)
    planning.remove_scenario(actor=cast.ben, scenario=first)
    with pytest.raises(SavedMeanwhile):
        planning.remove_scenario(actor=cast.ada, scenario=second)
    assert plan.scenarios.get() == second


def test_only_scenarios_of_what_stands_are_options(cast: Cast, plan: Plan) -> None:
    """A scenario that was worked out before a candidate went is neither put on record nor in the way."""
    planning.write_scenario(actor=cast.ben, plan=plan, name="Grow", moves=Moves(forced={3: True}))
    worked_out(plan, cast.ben)
    plan.refresh_from_db()
    planning.write_candidates(actor=cast.ben, plan=plan, rows=[], removed=[3])
    first = plan.scenarios.get(name=planning.AS_BEFORE)

    @contextmanager
    def one_alone(**told: Any) -> Iterator[None]:
        if told["done"] > 1:
            raise InterruptedError
        yield

    with pytest.raises(InterruptedError):
        work_out_scenarios(plan.pk, one_alone)
    first.refresh_from_db()
    decision = adopting.adopt_scenario(
        actor=cast.ben, scenario=first, given_up="Depots", reason="x", look_again_on=LOOK_AGAIN
    )
    assert [one.title for one in decision.options.all()] == [planning.AS_BEFORE]


def test_what_is_worked_out_while_a_plan_is_adopted_does_not_touch_it(
    cast: Cast, plan: Plan
) -> None:
    worked_out(plan, cast.ben)
    plan.refresh_from_db()
    planning.write_scenario(actor=cast.ben, plan=plan, name="Grow", moves=Moves(forced={3: True}))

    @contextmanager
    def adopted_meanwhile(**_: Any) -> Iterator[None]:
        adopting.adopt_scenario(
            actor=cast.ben,
            scenario=Scenario.objects.get(name=planning.AS_BEFORE),
            given_up="Depots",
            reason="Trains first",
            look_again_on=LOOK_AGAIN,
        )
        yield

    work_out_scenarios(plan.pk, adopted_meanwhile)
    assert plan.scenarios.get(name="Grow").result is None


def test_pages_ask_the_same_however_much_is_planned(
    cast: Cast, plan: Plan, client: Client, assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.ben)

    def look() -> None:
        planning.work_out(actor=cast.ben, plan=plan)
        run_due()
        for name in ("plan", "plan-candidates", "plan-teams", "plan-csv"):
            assert_queries(f"planner: {name}", client.get, reverse(name, args=[plan.pk]))
        for name in ("plans", "plan-new"):
            assert_queries(f"planner: {name}", client.get, reverse(name))
        first = plan.scenarios.first()
        assert first is not None
        for name in ("scenario-edit", "plan-adopt"):
            address = reverse(name, args=[plan.pk, first.pk])
            assert_queries(f"planner: {name}", client.get, address)

    look()
    team = (cast.operations, "")
    planning.write_candidates(
        actor=cast.ben,
        plan=plan,
        rows=[
            CandidateRow(
                title=f"New {n}", owner=cast.cyd, value=Decimal(n), effort={team: Decimal(1)}
            )
            for n in range(20)
        ],
    )
    for n in range(4):
        planning.write_scenario(
            actor=cast.ben,
            plan=plan,
            name=f"Grow {n}",
            moves=Moves({team: Decimal(n + 1)}, forced={4: False}),
        )
        make_plan(cast.ada, [], cast.stations)
    look()


def test_keeping_every_priority_asks_two_queries_more(
    cast: Cast, served: Plan, client: Client, assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.ben)

    def look() -> None:
        keep(served, cast.ben, capacity={(cast.operations, ""): Decimal(2)})
        address = reverse("plan", args=[served.pk])
        assert_queries("planner: plan, every priority kept", client.get, address)

    look()
    comfort = Priority.objects.get(title="Comfort")
    rows = [CandidateRow(title=f"New {n}", priority=comfort, value=Decimal(n)) for n in range(20)]
    planning.write_candidates(actor=cast.ben, plan=served, rows=rows)
    keep(served, cast.ben, "Keep all, with less")
    look()


@pytest.fixture
def drafts(cast: Cast, plan: Plan) -> Plan:
    """The same with a proposal of Flo that there is room for, and a draft of hers that there is none for."""
    one = (cast.operations, "")
    rows = [
        (make_objective(cast.flo, "Sleepers", state=State.PROPOSED, cycle=plan.cycle), 5, "0.5"),
        (make_objective(cast.flo, "Buffet", state=State.DRAFT, cycle=plan.cycle), 1, "2"),
    ]
    planning.write_candidates(
        actor=cast.ben,
        plan=plan,
        rows=[
            CandidateRow(objective=work, value=Decimal(value), effort={one: Decimal(fte)})
            for work, value, fte in rows
        ],
    )
    worked_out(plan, cast.ben)
    return plan


def test_the_owner_of_what_nobody_has_agreed_on_is_asked_to_start_it_or_to_let_it_wait(
    cast: Cast, drafts: Plan, client: Client
) -> None:
    before = list(Objective.objects.order_by("pk").values("pk", "state", "version", "cycle"))
    adopt(drafts, cast.gus)
    assert (
        list(Objective.objects.order_by("pk").values("pk", "state", "version", "cycle")) == before
    )
    asked = {str(one): one.asks for one in drafts.candidates.exclude(asks="")}
    assert asked == {"Sleepers": "start", "Buffet": "wait"}
    signed_in(client, cast.flo)
    home = client.get("/").content.decode()
    assert "Start “Sleepers”" in home
    assert "Let “Buffet” wait" in home
    waits = Objective.objects.get(title="Buffet")
    page = client.get(waits.get_absolute_url()).content.decode()
    assert "The plan of Q3 2026 has no room for it: give it a later cycle." in page
    starts = Objective.objects.get(title="Sleepers")
    page = client.get(starts.get_absolute_url()).content.decode()
    assert "The plan of Q3 2026 has room for it: propose it, or agree on it." in page
    assert "Asked to wait" in text(signed_in(client, cast.ben), "plan", drafts.pk)
    history = client.get(reverse("history", args=["plan", drafts.pk])).content.decode()
    assert "Asked the owner by" in history
    assert "Sleepers" in history
    told = [one.title for one in due_for(cast.flo, [], TODAY)]
    assert {"Start “Sleepers”", "Let “Buffet” wait"} <= set(told)


def test_the_reason_of_a_confidential_adoption_stays_with_the_decision(
    cast: Cast, plan: Plan
) -> None:
    worked_out(plan, cast.ben)
    decision = adopt(plan, cast.ben, reason="We sell the depots", confidential=True)
    proposed = ExpectationChange.objects.get()
    assert decision.reason == "We sell the depots"
    assert "depots" not in proposed.reason
    assert str(plan) in proposed.reason


def test_what_was_done_about_it_is_not_asked_any_more(
    cast: Cast, drafts: Plan, client: Client
) -> None:
    adopt(drafts, cast.ben, confidential=True)
    signed_in(client, cast.flo)
    waits = Objective.objects.get(title="Buffet")
    assert "Buffet” wait" not in client.get("/").content.decode()
    assert "The plan of" not in client.get(waits.get_absolute_url()).content.decode()
    Decision.objects.update(confidential=False)
    assert "Buffet” wait" in client.get("/").content.decode()
    later = make_cycle(
        "Q4 2026", starts_on=dt.date(2026, 10, 1), ends_on=dt.date(2026, 12, 31), state="planned"
    )
    Objective.objects.filter(pk=waits.pk).update(cycle=later)
    Objective.objects.filter(title="Sleepers").update(state=State.AGREED)
    home = client.get("/").content.decode()
    assert "Buffet” wait" not in home
    assert "Start “Sleepers”" not in home
    assert "The plan of" not in client.get(waits.get_absolute_url()).content.decode()
