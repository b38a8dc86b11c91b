"""Writing plans of a cycle, by whoever may plan: teams, candidates and scenarios; what follows is worked out here."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.known import fold, one_of
from goldenthread.interchange.services.plan_cells import number_in, read_lines
from goldenthread.interchange.services.rows import Outcome, Row, fitted
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.cycles import cycle_for
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs.models import Candidate, Plan, Scenario
from goldenthread.tradeoffs.plan_forms import needs_in
from goldenthread.tradeoffs.services import planning
from goldenthread.tradeoffs.services.plan_rows import CandidateRow, Team, as_it_stands
from goldenthread.tradeoffs.services.planning import Moves

PLAIN = ("value", "running", "mandatory", "stop_cost", "start_cost", "alternative")


def write_plans(run: Run) -> None:
    for row in run.each("plans"):
        with run.attempt(row):
            cycle = cycle_for(run, row)
            wanted: dict[str, Any] = {"name": fitted(row.text("plan"), 200)[0]}
            if text := row.text("unit"):
                wanted["unit"] = run.units.find(text, "unit")
            row.about = str(cycle)
            held = run.plans.match(row.external_id, (cycle.pk, fold(wanted["name"])))
            if held is None:
                run.stand_alone(row, (cycle.pk, fold(wanted["name"])))
                held = planning.bring_in_plan(
                    actor=run.actor, cycle=cycle, external_id=row.external_id, **wanted
                )
                run.know(run.plans, held)
                row.done(held, Outcome.CREATED)
            else:
                run.settle(row, held, run.plans)
                _seen(run, held)
                _update(run, row, held, wanted)
            _write_limits(run, row, held)


def _update(run: Run, row: Row, plan: Plan, wanted: dict[str, Any]) -> None:
    run.update(
        row, plan, wanted, lambda after: planning.edit_plan(actor=run.actor, plan=plan, **after)
    )


def _write_limits(run: Run, row: Row, plan: Plan) -> None:
    lines = read_lines(str(row.values.get("owner_limits") or ""), 2, "owner_limits")
    limits: dict[Person | Unit, int] = {}
    for name, most in lines:
        if not most.isdigit():
            raise DomainError(f"“{most}” is no whole number.", "owner_limits")
        limits[one_of((run.people, run.units), name, "owner_limits")] = int(most)
    stands = {one.owner: one.most for one in plan.owner_limits.select_related("person", "unit")}
    if limits and limits != stands:
        planning.set_limits(actor=run.actor, plan=plan, limits=limits)
        row.done(plan, Outcome.UPDATED)


def _seen(run: Run, plan: Plan) -> None:
    if plan.pk in run.plans.hidden:
        raise DomainError("You may not see what stands here under this identifier.")


def _plan(run: Run, row: Row) -> Plan:
    plan = run.plans.find(row.text("plan"), "plan")
    row.about = str(plan)
    return plan


def write_plan_teams(run: Run) -> None:
    for row in run.each("plan_teams"):
        with run.attempt(row):
            plan = _plan(run, row)
            team = run.units.find(row.text("team"), "team"), row.text("skill")
            run.stand_alone(row, (plan.pk, team[0].pk, team[1]))
            held = plan.teams.filter(unit=team[0], skill=team[1]).first()
            fte = row.values["team_fte"]
            if held is not None and held.fte == fte:
                row.done(plan, Outcome.UNCHANGED)
                continue
            planning.set_team(actor=run.actor, plan=plan, team=team, fte=fte)
            before = {"fte": held and held.fte}
            row.done(plan, Outcome.UPDATED if held else Outcome.CREATED, before, {"fte": fte})


def write_plan_candidates(run: Run) -> None:
    """First each by itself, then what they need of each other."""
    written: list[tuple[Row, Plan, int]] = []
    for row in run.each("plan_candidates"):
        with run.attempt(row):
            plan = _plan(run, row)
            number = _candidate(run, row, plan)
            written.append((row, plan, number))
    for row, plan, number in written:
        needs = needs_in(str(row.values.get("needs") or ""))
        one = plan.candidates.select_related("objective").get(number=number)
        hidden = [other for other in one.needs.all() if not _is_seen(run, other)]
        if not needs or set(needs) == {f"#{other.number}" for other in one.needs.all()} - {
            f"#{other.number}" for other in hidden
        }:
            continue
        needs = (*needs, *(f"#{other.number}" for other in hidden))
        try:
            planning.write_candidates(
                actor=run.actor, plan=plan, rows=[replace(as_it_stands(one), needs=needs)]
            )
            row.done(plan, Outcome.UPDATED)
        except DomainError as error:
            row.note(f"What it needs is left out. {error.message}")


def _candidate(run: Run, row: Row, plan: Plan) -> int:
    objective = (
        run.objectives.find(row.text("objective"), "objective") if row.text("objective") else None
    )
    title = fitted(row.text("title"), 200)[0]
    if (objective is None) == (not title):
        raise DomainError("Name an objective, or give a title: one of the two.", "title")
    name = title or str(objective)
    row.title, row.confidential = name, objective is not None and objective.restricted
    number = row.number("number")
    run.stand_alone(row, (plan.pk, objective.pk if objective else fold(title)))
    every = list(plan.candidates.select_related("objective", "owner_person", "owner_unit"))
    same = [
        one
        for one in every
        if (one.objective_id == objective.pk if objective else fold(one.title) == fold(title))
    ]
    held = same[0] if same else None
    if held is None and any(one.number == number for one in every):
        raise DomainError(f"#{number} is another one in this plan.", "number")
    stands = CandidateRow(objective=objective, title=title, give=number)
    if held is not None:
        effort = {(part.unit, part.skill): part.fte for part in held.effort.select_related("unit")}
        stands = replace(as_it_stands(held), effort=effort)
    wanted = replace(stands, **row.given(*PLAIN), **_named(run, row))
    if held is not None and wanted == stands:
        row.done(plan, Outcome.UNCHANGED)
        return held.number
    (made,) = planning.candidates_written(actor=run.actor, plan=plan, rows=[wanted])
    row.done(plan, Outcome.CREATED if held is None else Outcome.UPDATED)
    return made.number


def _named(run: Run, row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if text := row.text("owner"):
        found["owner"] = one_of((run.people, run.units), text, "owner")
    if text := row.text("priority"):
        found["priority"] = run.priorities.find(text, "priority")
    if lines := read_lines(str(row.values.get("effort") or ""), 3, "effort"):
        found["effort"] = _teams(run, lines, "effort")
    return found


def _teams(run: Run, lines: list[list[str]], field: str) -> dict[Team, Decimal]:
    return {
        (run.units.find(unit, field), skill): number_in(fte, field) for unit, skill, fte in lines
    }


def _is_seen(run: Run, one: Candidate) -> bool:
    return one.objective_id is None or one.objective_id not in run.objectives.hidden


def write_plan_scenarios(run: Run) -> None:
    for row in run.each("plan_scenarios"):
        with run.attempt(row):
            plan = _plan(run, row)
            name = fitted(row.text("scenario"), 80)[0]
            run.stand_alone(row, (plan.pk, fold(name)))
            held = next((one for one in plan.scenarios.all() if fold(one.name) == fold(name)), None)
            moves = _moves(run, row, plan, held)
            kept = planning.kept_moves(run.actor, plan, moves, held)
            if held is not None and _same(kept, held):
                row.done(plan, Outcome.UNCHANGED)
                continue
            planning.write_scenario(
                actor=run.actor, plan=plan, name=name, moves=moves, scenario=held
            )
            row.done(plan, Outcome.CREATED if held is None else Outcome.UPDATED)


def _moves(run: Run, row: Row, plan: Plan, held: Scenario | None) -> Moves:
    """What the row assumes; an empty cell leaves what stands."""

    def lines(name: str, parts: int) -> list[list[str]]:
        return read_lines(str(row.values.get(name) or ""), parts, name)

    stands = planning.moves_of(plan, held) if held is not None else Moves()
    capacity = _teams(run, lines("capacity", 3), "capacity")
    weights = {
        run.priorities.find(name, "weights"): number_in(weight, "weights")
        for name, weight in lines("weights", 2)
    }
    forced: dict[int, bool] = {}
    for number, word in lines("forced", 2):
        if not number.lstrip("#").isdigit() or word not in {"in", "out"}:
            raise DomainError("Write “#3|in” or “#3|out” a line.", "forced")
        forced[int(number.lstrip("#"))] = word == "in"
    return Moves(
        capacity or stands.capacity,
        weights or stands.weights,
        forced or stands.forced,
        row.given("keeps_priorities").get("keeps_priorities", stands.keeps_priorities),
    )


def _same(moves: Mapping[str, Any], held: Scenario) -> bool:
    """Whether these are the scenario's, whatever zeros its numbers end with."""

    def numbers(given: Mapping[str, str]) -> dict[str, Decimal]:
        return {key: Decimal(value) for key, value in given.items()}

    return (
        numbers(moves["capacity"]) == numbers(held.capacity)
        and numbers(moves["weights"]) == numbers(held.weights)
        and moves["forced"] == held.forced
        and moves["keeps_priorities"] == held.keeps_priorities
    )
