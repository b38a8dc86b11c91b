"""The scenarios of a plan over the API: what each assumes, what follows and why, and adopting one."""

from collections.abc import Mapping

from django.http import Http404
from ninja import Query

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.people.access import PersonRequest
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.api.decisions import shown as decision_shown
from goldenthread.tradeoffs.api.plans import known, plan_of, teams_in
from goldenthread.tradeoffs.api.scenario_shapes import (
    AdoptIn,
    ScenarioIn,
    ScenarioOut,
    ScenarioResultOut,
)
from goldenthread.tradeoffs.api.shapes import DecisionOut
from goldenthread.tradeoffs.models import Plan, Scenario
from goldenthread.tradeoffs.selectors.plan_page import PlanPage, names_for, plan_page
from goldenthread.tradeoffs.selectors.portfolio import rows_of
from goldenthread.tradeoffs.services import adopting, planning
from goldenthread.tradeoffs.services.planning import Moves

room = Room("Planner")


def _scenario(request: PersonRequest, scenario_id: int) -> Scenario:
    seen = Plan.objects.visible_to(request.person)
    one = Scenario.objects.filter(pk=scenario_id, plan__in=seen).first()
    if one is None:
        raise Http404
    one.plan = plan_of(request, one.plan_id)
    return one


def _weighed(request: PersonRequest, page: PlanPage) -> dict[int, Priority]:
    """The priorities that scenarios give other weights, where the reader sees them."""
    named = {int(pk) for one in page.rows.scenarios for pk in one.weights}
    return Priority.objects.visible_to(request.person).in_bulk(named)


def _shown(request: PersonRequest, scenario: Scenario) -> ScenarioOut:
    """As it stands now."""
    page = plan_page(request.person, plan_of(request, scenario.plan_id))
    one = next(one for one in page.scenarios if one.scenario.pk == scenario.pk)
    return ScenarioOut.of(one, page, _weighed(request, page))


def _moves(request: PersonRequest, plan: Plan, sent: ScenarioIn) -> Moves:
    rows = rows_of(plan)
    names = names_for(request.person, rows)
    seen = {one.number for one in rows.candidates if names.is_seen(one)}
    if unknown := {one.number for one in sent.forced} - seen:
        raise DomainError(f"There is no candidate #{min(unknown)}.", "forced")
    priorities: Mapping[int, Priority] = known(
        Priority.objects.visible_to(request.person),
        (one.priority_id for one in sent.weights),
        "weights",
    )
    return Moves(
        teams_in(sent.capacity, "capacity"),
        {priorities[one.priority_id]: one.weight for one in sent.weights},
        {one.number: one.runs for one in sent.forced},
        sent.keeps_priorities,
    )


@room.listing("/plans/{plan_id}/scenarios", ScenarioOut)
def list_scenarios(request: PersonRequest, plan_id: Id, sent: Query[Filter]) -> Page[ScenarioOut]:
    """List the scenarios of a plan, the first one first, with what each assumes and is worth.

    Leaders.
    """
    page = plan_page(request.person, plan_of(request, plan_id))
    weighed = _weighed(request, page)
    return page_of(
        request,
        page.scenarios,
        sent,
        lambda rows: [ScenarioOut.of(one, page, weighed) for one in rows],
    )


@room.creating("/plans/{plan_id}/scenarios", ScenarioOut, at="scenarios")
def add_scenario(request: PersonRequest, plan_id: Id, sent: ScenarioIn) -> ScenarioOut:
    """Add a scenario.

    A leader, until one of the plan is adopted.
    """
    plan = plan_of(request, plan_id)
    made = planning.write_scenario(
        actor=request.person, plan=plan, name=sent.name, moves=_moves(request, plan, sent)
    )
    return _shown(request, made)


@room.reading("/scenarios/{scenario_id}", ScenarioOut)
def read_scenario(request: PersonRequest, scenario_id: Id) -> ScenarioOut:
    """Read a scenario: what it assumes, whether it is worked out, and what it is worth.

    Leaders.
    """
    return _shown(request, _scenario(request, scenario_id))


@room.changing("/scenarios/{scenario_id}", ScenarioOut, method="PUT")
def rewrite_scenario(request: PersonRequest, scenario_id: Id, sent: ScenarioIn) -> ScenarioOut:
    """Let a scenario assume something else; what was worked out of it is outdated then.

    A leader, until one of the plan is adopted.
    """
    one = _scenario(request, scenario_id)
    version = version_seen(request, one.plan)
    planning.write_scenario(
        actor=request.person,
        plan=one.plan,
        scenario=one,
        name=sent.name,
        moves=_moves(request, one.plan, sent),
        version=version,
    )
    return _shown(request, one)


@room.removing("/scenarios/{scenario_id}")
def remove_scenario(request: PersonRequest, scenario_id: Id) -> None:
    """Take a scenario out; one stays.

    A leader, until one of the plan is adopted.
    """
    one = _scenario(request, scenario_id)
    version_seen(request, one.plan)
    planning.remove_scenario(actor=request.person, scenario=one)


@room.reading("/scenarios/{scenario_id}/result", ScenarioResultOut)
def read_scenario_result(request: PersonRequest, scenario_id: Id) -> ScenarioResultOut:
    """Read what starts, stops, goes on and waits and why, what it takes of each team, and what one person more would be worth.

    Leaders. What you may not see is not named.
    """
    one = _scenario(request, scenario_id)
    page = plan_page(request.person, one.plan)
    place = next(at for at, shown in enumerate(page.scenarios) if shown.scenario.pk == one.pk)
    return ScenarioResultOut.of(place, page)


@room.changing("/scenarios/{scenario_id}/adopt", DecisionOut, method="POST")
def adopt_scenario(request: PersonRequest, scenario_id: Id, sent: AdoptIn) -> DecisionOut:
    """Choose a scenario: the decision goes on record, and what it stops, starts and defers is proposed to the owners.

    A leader. It changes nobody's objective by itself. `If-Match` names the version of the plan.
    """
    one = _scenario(request, scenario_id)
    version = version_seen(request, one.plan)
    made = adopting.adopt_scenario(
        actor=request.person, scenario=one, version=version, **sent.given()
    )
    return decision_shown(request, made.pk)
