"""Plans of a cycle: beginning one, what could run, what the teams have, scenarios, and having them worked out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from goldenthread.core import audit, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import enqueue
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority
from goldenthread.strategy.services.checks import words
from goldenthread.tradeoffs.models import (
    Candidate,
    CandidateEffort,
    OwnerLimit,
    Plan,
    Scenario,
    TeamCapacity,
)
from goldenthread.tradeoffs.selectors.points import points_of
from goldenthread.tradeoffs.selectors.prefilled import teams_of
from goldenthread.tradeoffs.services.plan_rows import (
    MOST_CANDIDATES,
    MOST_FTE,
    MOST_TEAMS,
    CandidateRow,
    Team,
    add_teams,
    check_amount,
    take_points,
    written,
)

MOST_SCENARIOS = 8
WORK_OUT = "work out a plan"
AS_BEFORE = "As things stand"


@dataclass(frozen=True)
class Moves:
    """What a scenario assumes: teams' capacity moved, other weights, candidates forced in (True) or out (False), and
    whether every priority keeps at least one."""

    capacity: Mapping[Team, Decimal] = field(default_factory=dict)
    weights: Mapping[Priority, Decimal] = field(default_factory=dict)
    forced: Mapping[int, bool] = field(default_factory=dict)
    keeps_priorities: bool = False


@transaction.atomic
def begin_plan(
    *,
    actor: Person,
    name: str,
    cycle: Cycle,
    unit: Unit | None = None,
    objectives: Sequence[Objective] = (),
) -> Plan:
    """A plan of a cycle with the teams right below the unit, their capacity, these objectives and a first scenario.

    Permission: a leader. Raises `DomainError`.
    """
    require(actor, Action.PLAN_CYCLE)
    if cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{cycle} is closed. Plan one to come.", "cycle")
    made = Plan.objects.create(name=words(name, "name"), cycle=cycle, unit=unit, author=actor)
    audit.record(actor, "open plan", made, after={"name": made.name, "cycle": cycle, "unit": unit})
    add_teams(made, teams_of(unit)[:MOST_TEAMS])
    Scenario.objects.create(plan=made, name=AS_BEFORE)
    written(actor, made, [CandidateRow(objective=one) for one in objectives])
    return made


@transaction.atomic
def bring_in_plan(
    *, actor: Person, name: str, cycle: Cycle, unit: Unit | None = None, external_id: str = ""
) -> Plan:
    """A plan as a file has it, with nothing filled in. Permission: a leader. Raises `DomainError`."""
    require(actor, Action.PLAN_CYCLE)
    if cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{cycle} is closed. Plan one to come.", "cycle")
    made = Plan.objects.create(
        name=words(name, "name"), cycle=cycle, unit=unit, author=actor, external_id=external_id
    )
    audit.record(actor, "open plan", made, after={"name": made.name, "cycle": cycle, "unit": unit})
    return made


@transaction.atomic
def edit_plan(*, actor: Person, plan: Plan, **changes: Any) -> Plan:
    """Call it something else, or say whose teams it plans. Permission: a leader. Raises `DomainError`."""
    _may_write(actor, plan)
    before, after = audit.changed(plan, changes)
    if after:
        versions.save(plan, after)
        audit.record(actor, "edit plan", plan, before=before, after=after)
    return plan


@transaction.atomic
def candidates_written(
    *, actor: Person, plan: Plan, rows: Sequence[CandidateRow]
) -> list[Candidate]:
    """As `write_candidates`, for who needs to know which these are."""
    _may_write(actor, plan)
    _save_version(plan, None)
    made = written(actor, plan, rows)
    audit.record(
        actor, "edit candidates", plan, after={"candidates": [f"#{one.number}" for one in made]}
    )
    return made


@transaction.atomic
def write_candidates(
    *,
    actor: Person,
    plan: Plan,
    rows: Sequence[CandidateRow],
    removed: Sequence[int] = (),
    version: int | None = None,
) -> Plan:
    """Add candidates, rewrite those with a `number`, take others out; all in one act, or nothing.

    A team that effort is asked of comes into the plan with the capacity it has. Permission: a leader. Raises
    `SavedMeanwhile`, `DomainError` with the row in its field ("rows.2.value").
    """
    _may_write(actor, plan)
    _save_version(plan, version)
    held = plan.candidates.filter(number__in=removed)
    gone = [str(one) for one in held.select_related("objective")]
    held.delete()
    for scenario in plan.scenarios.all():
        kept = {key: one for key, one in scenario.forced.items() if int(key) not in removed}
        if kept != scenario.forced:
            Scenario.objects.filter(pk=scenario.pk).update(forced=kept)
    new = written(actor, plan, rows)
    if gone or new:
        numbers = {"candidates": [f"#{one.number}" for one in new]}
        left_out = {"left_out": [f"#{number}" for number in removed]} if gone else {}
        audit.record(actor, "edit candidates", plan, after=numbers | left_out)
    return plan


@transaction.atomic
def set_teams(
    *,
    actor: Person,
    plan: Plan,
    capacity: Mapping[Team, Decimal],
    limits: Mapping[Person | Unit, int] | None = None,
    version: int | None = None,
) -> Plan:
    """Say what each team, or a skill in it, has for the candidates; and how many an owner may run at most.

    What is not named any more leaves the plan, unless a candidate takes something of it. `limits` None leaves those.
    """
    _may_write(actor, plan)
    _save_version(plan, version)
    for (unit, _), fte in capacity.items():
        check_amount(fte, MOST_FTE, "FTE", f"team-{unit.pk}")
    if len(capacity) > MOST_TEAMS:
        raise DomainError(f"At most {MOST_TEAMS} teams and skills fit.", "teams")
    wanted = {(unit.pk, skill.strip()): fte for (unit, skill), fte in capacity.items()}
    held = {(one.unit_id, one.skill): one for one in plan.teams.select_related("unit")}
    taken = set(
        CandidateEffort.objects.filter(candidate__plan=plan).values_list("unit_id", "skill")
    )
    before, after = {}, {}
    for key, team in held.items():
        if key not in wanted:
            if key in taken:
                raise DomainError(
                    f"Candidates take effort of {team}: it stays in the plan.", "teams"
                )
            before[str(team)] = team.fte
            team.delete()
        elif team.fte != wanted[key]:
            before[str(team)], after[str(team)] = team.fte, wanted[key]
            team.fte = wanted[key]
            team.save()
    units = {unit.pk: unit for unit, _ in capacity}
    for key, fte in wanted.items():
        if key not in held:
            made = TeamCapacity.objects.create(plan=plan, unit=units[key[0]], skill=key[1], fte=fte)
            after[str(made)] = fte
    if before or after:
        audit.record(actor, "set capacity", plan, before=before, after=after)
    if limits is not None:
        _set_limits(actor, plan, limits)
    return plan


def set_team(*, actor: Person, plan: Plan, team: Team, fte: Decimal) -> Plan:
    """Say what one team has, and leave the others. Permission: a leader. Raises `DomainError`."""
    held = {(one.unit, one.skill): one.fte for one in plan.teams.select_related("unit")}
    return set_teams(actor=actor, plan=plan, capacity=held | {team: fte})


@transaction.atomic
def set_limits(*, actor: Person, plan: Plan, limits: Mapping[Person | Unit, int]) -> Plan:
    """Say how many each owner may run at most. Permission: a leader. Raises `DomainError`."""
    _may_write(actor, plan)
    _save_version(plan, None)
    _set_limits(actor, plan, limits)
    return plan


def _set_limits(actor: Person, plan: Plan, limits: Mapping[Person | Unit, int]) -> None:
    was = {str(one.owner): one.most for one in plan.owner_limits.select_related("person", "unit")}
    becomes = {str(owner): most for owner, most in limits.items()}
    if was == becomes:
        return
    if any(not 0 <= most <= MOST_CANDIDATES for most in limits.values()):
        raise DomainError(f"A limit lies between 0 and {MOST_CANDIDATES}.", "limits")
    plan.owner_limits.all().delete()
    for owner, most in limits.items():
        name = "person" if isinstance(owner, Person) else "unit"
        OwnerLimit.objects.create(plan=plan, most=most, **{name: owner})
    audit.record(actor, "set owner limits", plan, before=was, after=becomes)


@transaction.atomic
def write_scenario(
    *,
    actor: Person,
    plan: Plan,
    name: str,
    moves: Moves,
    scenario: Scenario | None = None,
    version: int | None = None,
) -> Scenario:
    """Add a scenario, or rewrite one. What was worked out of other assumptions then counts as outdated.

    What it asks of candidates that the actor does not see stays. Permission: a leader. Raises `SavedMeanwhile`,
    `DomainError`.
    """
    _may_write(actor, plan)
    _save_version(plan, version)
    name = words(name, "name")[:80]
    others = plan.scenarios.exclude(pk=scenario.pk if scenario else 0)
    if others.filter(name__iexact=name).exists():
        raise DomainError(f"There is a scenario “{name}” already.", "name")
    if scenario is None and len(others) >= MOST_SCENARIOS:
        raise DomainError(f"At most {MOST_SCENARIOS} scenarios stand side by side.", "name")
    fields = {"name": name, **kept_moves(actor, plan, moves, scenario)}
    last = others.aggregate(last=Max("position"))["last"]
    row = scenario or Scenario(plan=plan, position=0 if last is None else last + 1)
    for key, value in fields.items():
        setattr(row, key, value)
    row.save(update_fields=None if scenario is None else list(fields))
    audit.record(actor, "edit scenario", plan, after={"scenario": name})
    return row


def moves_of(plan: Plan, scenario: Scenario) -> Moves:
    """What a scenario assumes, with the records that it names."""
    teams = {str(one.pk): one for one in plan.teams.select_related("unit")}
    priorities = Priority.objects.in_bulk([int(pk) for pk in scenario.weights])
    return Moves(
        {
            (teams[pk].unit, teams[pk].skill): Decimal(fte)
            for pk, fte in scenario.capacity.items()
            if pk in teams
        },
        {
            priorities[int(pk)]: Decimal(weight)
            for pk, weight in scenario.weights.items()
            if int(pk) in priorities
        },
        {int(number): runs for number, runs in scenario.forced.items()},
        scenario.keeps_priorities,
    )


def kept_moves(
    actor: Person, plan: Plan, moves: Moves, scenario: Scenario | None
) -> dict[str, Any]:
    """The same by ids, as a scenario keeps it: of candidates that the actor does not see what stands in it already.
    Raises `DomainError`."""
    teams = {(one.unit_id, one.skill): one.pk for one in plan.teams.all()}
    numbers = set(plan.candidates.values_list("number", flat=True))
    capacity = {}
    for (unit, skill), fte in moves.capacity.items():
        if (unit.pk, skill) not in teams:
            raise DomainError(f"{unit} is not among the teams of the plan.", "capacity")
        check_amount(abs(fte), MOST_FTE, "FTE", "capacity")
        if fte:
            capacity[str(teams[unit.pk, skill])] = audit.plain(fte)
    if unknown := set(moves.forced) - numbers:
        raise DomainError(f"There is no candidate #{min(unknown)}.", "forced")
    for weight in moves.weights.values():
        check_amount(weight, Decimal(100), "A weight", "weights")
    unseen = _unseen(actor, plan)
    forced = {str(number): runs for number, runs in moves.forced.items() if number not in unseen}
    stands = {} if scenario is None else scenario.forced
    return {
        "capacity": capacity,
        "weights": {str(one.pk): audit.plain(weight) for one, weight in moves.weights.items()},
        "forced": forced | {key: runs for key, runs in stands.items() if int(key) in unseen},
        "keeps_priorities": moves.keeps_priorities,
    }


def _unseen(actor: Person, plan: Plan) -> set[int]:
    """The numbers of candidates whose objective the actor does not see."""
    seen = Objective.objects.visible_to(actor).filter(pk=OuterRef("objective"))
    rows = plan.candidates.filter(~Exists(seen), objective__isnull=False)
    return set(rows.values_list("number", flat=True))


@transaction.atomic
def remove_scenario(*, actor: Person, scenario: Scenario) -> None:
    """Take a scenario out; one stays."""
    plan = scenario.plan
    _may_write(actor, plan)
    _save_version(plan, None)
    if plan.scenarios.count() == 1:
        raise DomainError("One scenario stays.")
    audit.record(actor, "remove scenario", plan, before={"scenario": scenario.name})
    scenario.delete()


@transaction.atomic
def work_out(*, actor: Person, plan: Plan) -> Plan:
    """Ask for the scenarios that are new or outdated to be worked out, behind the page. The plan says by which job."""
    _may_write(actor, plan)
    if not plan.candidates.exists():
        raise DomainError("Add candidates first: there is nothing to choose from.")
    plan.job = enqueue(WORK_OUT, {"plan": plan.pk}, key=str(plan.pk), actor=actor)
    Plan.objects.filter(pk=plan.pk).update(job=plan.job)
    audit.record(actor, "ask for plan", plan)
    return plan


@transaction.atomic
def take_values_anew(*, actor: Person, plan: Plan) -> Plan:
    """Let every value that comes from the strategy be what it is today."""
    _may_write(actor, plan)
    rows = list(plan.candidates.filter(from_strategy=True))
    points = points_of([one.objective_id for one in rows if one.objective_id is not None])
    if isinstance(points, str):
        raise DomainError(f"The strategy gives no values now: {points}.")
    for one in rows:
        take_points(one, points)
        one.save()
    _save_version(plan, None)
    audit.record(actor, "take values anew", plan, after={"candidates": len(rows)})
    return plan


def _may_write(actor: Person, plan: Plan) -> None:
    require(actor, Action.PLAN_CYCLE, plan)
    if plan.is_adopted:
        raise DomainError("This plan was adopted and stays as it was. Begin another one.")


def _save_version(plan: Plan, version: int | None) -> None:
    """Let the plan count as changed, so that a second writer notices."""
    versions.save(plan, {"name": plan.name}, version=version)
