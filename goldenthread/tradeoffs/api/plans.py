"""Plans of a cycle over the API: begun, their candidates and teams written, their scenarios worked out and adopted."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query

from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import Filter, Id, found
from goldenthread.core.api.versions import version_seen
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.api.plan_shapes import (
    CandidateOut,
    CandidatesIn,
    NewPlan,
    PlanOut,
    PlanQuery,
    PlanTeamsIn,
    PlanTeamsOut,
    TeamFte,
)
from goldenthread.tradeoffs.models import Plan
from goldenthread.tradeoffs.selectors.plan_page import names_for, plan_list, plan_page
from goldenthread.tradeoffs.selectors.portfolio import rows_of
from goldenthread.tradeoffs.selectors.prefilled import to_take_in
from goldenthread.tradeoffs.services import planning
from goldenthread.tradeoffs.services.plan_rows import CandidateRow, Team, as_it_stands

room = Room("Planner")


def plan_of(request: PersonRequest, plan_id: int) -> Any:
    plan = plan_list(request.person).filter(pk=plan_id).select_related("job").first()
    if plan is None:
        raise Http404
    return plan


def plan_shown(request: PersonRequest, plan_id: int) -> PlanOut:
    """As it stands now."""
    return PlanOut.of_all([plan_of(request, plan_id)])[0]


def known(rows: "QuerySet[Any]", ids: Iterable[int | None], field: str) -> Mapping[int, Any]:
    """Those named, by id, in one query. Raises `DomainError`."""
    asked = {pk for pk in ids if pk is not None}
    there = rows.in_bulk(asked) if asked else {}
    if missing := asked - there.keys():
        what = rows.model._meta.verbose_name
        raise DomainError(f"There is no {what} {min(missing)} here.", field)
    return there


def teams_in(sent: Iterable[TeamFte], field: str) -> dict[Team, Decimal]:
    """Full-time equivalents by team; one that is named twice has both."""
    every = list(sent)
    units = known(Unit.objects.all(), (one.unit_id for one in every), field)
    told: dict[Team, Decimal] = {}
    for one in every:
        team = units[one.unit_id], one.skill.strip()
        told[team] = told.get(team, Decimal(0)) + one.fte
    return told


@room.listing("/plans", PlanOut)
def list_plans(request: PersonRequest, sent: Query[PlanQuery]) -> Page[PlanOut]:
    """List the plans, the newest first.

    Leaders.
    """
    require(request.person, Action.PLAN_CYCLE)
    return page_of(request, plan_list(request.person, sent.q, sent.cycle_id), sent, PlanOut.of_all)


@room.creating("/plans", PlanOut, at="plans")
def begin_plan(request: PersonRequest, sent: NewPlan) -> PlanOut:
    """Begin a plan of a cycle, with its teams, what they have, and a first scenario.

    A leader.
    """
    cycle = found(Cycle.objects.all(), sent.cycle_id, "cycle_id")
    assert cycle is not None  # an id was sent
    unit = found(Unit.objects.all(), sent.unit_id, "unit_id")
    seen = Objective.objects.visible_to(request.person).select_related("cycle")
    objectives = list(known(seen, sent.objective_ids, "objective_ids").values())
    if sent.take_in:
        objectives += to_take_in(request.person, cycle, unit)
    made = planning.begin_plan(
        actor=request.person,
        name=sent.name,
        cycle=cycle,
        unit=unit,
        objectives=list({one.pk: one for one in objectives}.values()),
    )
    return plan_shown(request, made.pk)


@room.reading("/plans/{plan_id}", PlanOut)
def read_plan(request: PersonRequest, plan_id: Id) -> PlanOut:
    """Read a plan; its candidates, teams and scenarios are lists of their own.

    Leaders.
    """
    return plan_shown(request, plan_id)


@room.listing("/plans/{plan_id}/candidates", CandidateOut)
def list_plan_candidates(
    request: PersonRequest, plan_id: Id, sent: Query[Filter]
) -> Page[CandidateOut]:
    """List what could run. What you may not see is not named.

    Leaders.
    """
    page = plan_page(request.person, plan_of(request, plan_id))
    return page_of(
        request, page.candidates, sent, lambda rows: [CandidateOut.of(one, page) for one in rows]
    )


@room.changing("/plans/{plan_id}/candidates", PlanOut, method="POST")
def write_plan_candidates(request: PersonRequest, plan_id: Id, sent: CandidatesIn) -> PlanOut:
    """Add candidates, rewrite those with a number, take others out.

    A leader, until a scenario of the plan is adopted. A team that effort is asked of comes into the plan.
    """
    plan = plan_of(request, plan_id)
    version = version_seen(request, plan)
    planning.write_candidates(
        actor=request.person,
        plan=plan,
        rows=_rows(request.person, plan, sent),
        removed=sent.removed,
        version=version,
    )
    return plan_shown(request, plan_id)


def _rows(reader: Person, plan: Plan, sent: CandidatesIn) -> list[CandidateRow]:
    """What is sent as the service takes it. What the reader may not see is neither rewritten nor taken out."""
    rows = rows_of(plan)
    names = names_for(reader, rows)
    held = {one.number: one for one in rows.candidates if names.is_seen(one)}
    numbers = {*sent.removed, *(one.number for one in sent.rows if one.number is not None)}
    if unknown := numbers - held.keys():
        raise DomainError(f"There is no candidate #{min(unknown)}.", "rows")
    objectives = known(
        Objective.objects.visible_to(reader).select_related("cycle"),
        (one.objective_id for one in sent.rows),
        "rows",
    )
    people = known(
        Person.objects.visible_to(reader), (one.owner_person_id for one in sent.rows), "rows"
    )
    units = known(Unit.objects.all(), (one.owner_unit_id for one in sent.rows), "rows")
    priorities = known(
        Priority.objects.visible_to(reader), (one.priority_id for one in sent.rows), "rows"
    )
    found_rows = []
    for place, one in enumerate(sent.rows):
        given = one.given()
        stands = held.get(given.pop("number", 0))
        row = CandidateRow() if stands is None else as_it_stands(stands)
        if "objective_id" in given:
            given["objective"] = objectives[given.pop("objective_id")]
        if "priority_id" in given:
            given["priority"] = priorities.get(given.pop("priority_id") or 0)
        given["owner"] = _owner(given, people, units, row.owner)
        if "needs" in given:
            given["needs"] = [f"#{number}" for number in given["needs"]]
        if given.get("effort") is not None:
            given["effort"] = teams_in(given["effort"], f"rows.{place}.effort")
        found_rows.append(replace(row, **given))
    return found_rows


def _owner(
    given: dict[str, Any],
    people: Mapping[int, Person],
    units: Mapping[int, Unit],
    stands: Person | Unit | None,
) -> Person | Unit | None:
    person = people.get(given.pop("owner_person_id", 0))
    unit = units.get(given.pop("owner_unit_id", 0))
    if person is not None and unit is not None:
        raise DomainError("A candidate belongs to a person or to a unit.", "rows")
    return person or unit or stands


@room.changing("/plans/{plan_id}/take-values-anew", PlanOut, method="POST")
def take_plan_values_anew(request: PersonRequest, plan_id: Id) -> PlanOut:
    """Let every value that comes from the strategy be what it is today.

    A leader, until a scenario of the plan is adopted.
    """
    plan = plan_of(request, plan_id)
    version_seen(request, plan)
    planning.take_values_anew(actor=request.person, plan=plan)
    return plan_shown(request, plan_id)


@room.reading("/plans/{plan_id}/teams", PlanTeamsOut)
def read_plan_teams(request: PersonRequest, plan_id: Id) -> PlanTeamsOut:
    """Read what the teams have for the candidates, and how many an owner may run.

    Leaders.
    """
    return PlanTeamsOut.of(plan_page(request.person, plan_of(request, plan_id)))


@room.changing("/plans/{plan_id}/teams", PlanTeamsOut, method="PUT")
def set_plan_teams(request: PersonRequest, plan_id: Id, sent: PlanTeamsIn) -> PlanTeamsOut:
    """Say what each team, or a skill in it, has; and how many an owner may run at most.

    A leader, until a scenario of the plan is adopted. What is not named leaves the plan.
    """
    plan = plan_of(request, plan_id)
    version = version_seen(request, plan)
    planning.set_teams(
        actor=request.person,
        plan=plan,
        capacity=teams_in(sent.teams, "teams"),
        limits=_limits(request.person, sent),
        version=version,
    )
    return PlanTeamsOut.of(plan_page(request.person, plan_of(request, plan_id)))


def _limits(reader: Person, sent: PlanTeamsIn) -> dict[Person | Unit, int] | None:
    if sent.limits is None:
        return None
    people = known(
        Person.objects.visible_to(reader), (one.person_id for one in sent.limits), "limits"
    )
    units = known(Unit.objects.all(), (one.unit_id for one in sent.limits), "limits")
    told: dict[Person | Unit, int] = {}
    for place, one in enumerate(sent.limits):
        if (one.person_id is None) == (one.unit_id is None):
            raise DomainError("A limit is of a person or of a unit.", f"limits.{place}")
        told[people[one.person_id] if one.person_id is not None else units[one.unit_id]] = one.most
    return told


@room.asking("/plans/{plan_id}/work-out", PlanOut)
def work_out_plan(request: PersonRequest, plan_id: Id) -> PlanOut:
    """Have the scenarios that are new or outdated worked out, behind the request.

    A leader, until a scenario of the plan is adopted. `job` says by which job; afterwards its scenarios have results.
    """
    plan = plan_of(request, plan_id)
    version_seen(request, plan)
    planning.work_out(actor=request.person, plan=plan)
    return plan_shown(request, plan_id)
