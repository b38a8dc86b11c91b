"""Marta looks at three scenarios, adds a fourth, has it worked out, and adopts it; the decision and the proposals follow, and
no objective changes before its owner answers."""

from goldenthread.core.jobs import run_due
from goldenthread.objectives.models import Objective
from goldenthread.tradeoffs.models import Decision, Plan
from tests.journeys.conftest import Arrive

PLAN = "What we run in the first quarter"
QUESTION = "Q1 2027: what do we start, stop and keep?"


def test_a_scenario_is_adopted_into_a_decision(demo: None, arrive: Arrive) -> None:
    before = {one.pk: (one.state, one.version) for one in Objective.objects.all()}
    marta = arrive()
    marta.opens("/").signs_in("Marta Lindqvist").opens("/planner/").follows(PLAN)
    marta.sees("As things stand", "Two more in Operations", "is worth most", "Proposal")
    marta.follows("Add a scenario").fills_in("Name", "Operations grows by one")
    marta.fills_in("Operations", "1").chooses("Every priority keeps at least one objective")
    marta.presses("Save").sees("Not worked out yet", "Operations +1 FTE", "Every priority keeps")
    marta.presses("Work it out").sees("It is being worked out")
    run_due()
    plan = Plan.objects.get()
    marta.opens(plan.get_absolute_url()).sees_no("Not worked out yet")
    marta.sees("Keeping every priority costs nothing.", "Nothing else runs under")

    chosen = plan.scenarios.get(name="Operations grows by one")
    marta.main.locator(".plan-scenario").filter(has_text=chosen.name).get_by_text("Adopt").click()
    marta.sees(f"Adopt “{chosen.name}”", "Nobody’s objective changes")
    marta.fills_in("Why this scenario", "Delivery is what customers wait for.")
    marta.presses("Adopt and put on record").sees("Adopted", QUESTION)
    plan.refresh_from_db()
    decision = Decision.objects.get(question=QUESTION)
    assert plan.decision == decision
    assert {one.title for one in decision.options.all()} == {
        one.name for one in plan.scenarios.all()
    }
    now = {one.pk: (one.state, one.version) for one in Objective.objects.filter(pk__in=before)}
    assert now == before
    assert any(one.objective_id not in before for one in plan.candidates.all() if one.title)

    marta.follows(QUESTION).sees("Operations grows by one", PLAN)
    phone = arrive(width=390, dark=True)
    phone.opens("/").signs_in("Rui Tavares").opens(plan.get_absolute_url()).sees("Adopted")
