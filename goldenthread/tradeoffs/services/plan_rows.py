"""The candidates of a plan as written, and the teams that they bring in."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from goldenthread.core import audit, clock
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority
from goldenthread.strategy.services.checks import words
from goldenthread.tradeoffs.models import Candidate, CandidateEffort, Plan, TeamCapacity
from goldenthread.tradeoffs.selectors.points import Points, points_of
from goldenthread.tradeoffs.selectors.prefilled import capacity_of, effort_of

MOST_CANDIDATES, MOST_TEAMS = 400, 80
MOST_NUMBER = 32_767
MOST_VALUE, MOST_FTE = Decimal(99_999), Decimal(9_999)
ZERO = Decimal(0)
Team = tuple[Unit, str]
"""A unit and a skill; "" is anybody of the unit."""


@dataclass(frozen=True)
class CandidateRow:
    """A candidate as written: an objective, or the title of one that does not exist yet.

    `value` None takes it from the strategy. `needs` names others of the plan by "#3" or by title. `running` None
    looks whether the objective runs today; `effort` None takes what is allocated to it.
    """

    objective: Objective | None = None
    title: str = ""
    owner: Person | Unit | None = None
    priority: Priority | None = None
    value: Decimal | None = None
    running: bool | None = None
    mandatory: bool = False
    stop_cost: Decimal = ZERO
    start_cost: Decimal = ZERO
    alternative: str = ""
    needs: Sequence[str] = ()
    effort: Mapping[Team, Decimal] | None = None
    number: int | None = None  # of the one that it rewrites
    give: int | None = None  # the number that a new one gets, where a file has it


def as_it_stands(one: Candidate) -> CandidateRow:
    """The row that would leave the candidate as it is: what somebody rewrites a part of begins with it."""
    return CandidateRow(
        number=one.number,
        title=one.title,
        owner=one.owner,
        priority=one.priority,
        value=one.value,
        running=one.running,
        mandatory=one.mandatory,
        stop_cost=one.stop_cost,
        start_cost=one.start_cost,
        alternative=one.alternative,
        needs=tuple(f"#{other.number}" for other in one.needs.all()),
    )


def add_teams(plan: Plan, units: Sequence[Unit]) -> None:
    """Take units into the plan with the capacity that they have."""
    capacity = capacity_of(units, plan.cycle)
    TeamCapacity.objects.bulk_create(
        [TeamCapacity(plan=plan, unit=unit, fte=capacity[unit.pk]) for unit in units]
    )


def written(actor: Person, plan: Plan, rows: Sequence[CandidateRow]) -> list[Candidate]:
    """The candidates as these rows have them, stored; the caller has asked permission. Raises `DomainError`."""
    held = {one.number: one for one in plan.candidates.select_related("objective__cycle")}
    new = sum(row.number is None for row in rows)
    if len(held) + new > MOST_CANDIDATES:
        raise DomainError(f"At most {MOST_CANDIDATES} candidates fit into a plan.")
    rows = [_checked(row, held, place) for place, row in enumerate(rows)]
    asked = [row.objective.pk for row in rows if row.objective is not None and row.value is None]
    points = points_of(asked) if asked else {}
    taken = effort_of(
        actor, [row.objective for row in rows if row.objective and row.effort is None]
    )
    teams = {(one.unit_id, one.skill) for one in plan.teams.all()}
    number, made = plan.last_number, list[Candidate]()
    today = clock.today()
    names = {_name(one): one.number for one in held.values()}
    effort: list[CandidateEffort] = []
    for place, row in enumerate(rows):
        one = held.get(row.number or 0)
        if one is None:
            mine = row.give or number + 1
            if mine in held or not 0 < mine <= MOST_NUMBER:
                raise DomainError(f"A new candidate cannot be #{mine}.", f"rows.{place}.number")
            number = max(number, mine)
            one = Candidate(plan=plan, number=mine, objective=row.objective)
        _fill(one, row, points, today)
        if names.setdefault(_name(one), one.number) != one.number:
            raise DomainError(f"“{one}” is in the plan already.", f"rows.{place}.title")
        one.save()
        effort += _effort(one, row, taken, teams, place)
        made.append(one)
    said = [one for one, row in zip(made, rows, strict=True) if row.effort is not None]
    CandidateEffort.objects.filter(candidate__in=said).delete()
    CandidateEffort.objects.bulk_create(effort)
    plan.last_number = number
    Plan.objects.filter(pk=plan.pk).update(last_number=number)
    _bring_teams(plan, made, teams)
    _set_needs(plan, made, rows)
    return made


def _checked(row: CandidateRow, held: Mapping[int, Candidate], place: int) -> CandidateRow:
    at = f"rows.{place}"
    if row.number is not None:
        if row.number not in held:
            raise DomainError(f"There is no candidate #{row.number}.", f"{at}.number")
        row = replace(row, objective=held[row.number].objective)
    if row.objective is None:
        row = replace(row, title=words(row.title, f"{at}.title"))
    elif row.objective.is_closed:
        raise DomainError(f"“{row.objective}” is closed.", f"{at}.objective")
    for name in ("value", "stop_cost", "start_cost"):
        if (amount := getattr(row, name)) is not None:
            check_amount(amount, MOST_VALUE, "A value", f"{at}.{name}")
    for fte in (row.effort or {}).values():
        check_amount(fte, MOST_FTE, "FTE", f"{at}.effort")
    if len(row.alternative) > 40:
        raise DomainError(
            "A short word for the alternatives, at most 40 letters.", f"{at}.alternative"
        )
    return row


def check_amount(amount: Decimal, most: Decimal, what: str, at: str) -> None:
    """Refuse what is below 0, above the most, or finer than hundredths."""
    if not amount.is_finite() or not 0 <= amount <= most:
        raise DomainError(f"{what} lies between 0 and {most:,}.", at)
    if amount != round(amount, 2):
        raise DomainError("At most two decimal places are kept.", at)


def _fill(one: Candidate, row: CandidateRow, points: Points | str, today: dt.date) -> None:
    objective = row.objective
    if objective is None:
        one.title = row.title
        one.owner_person = row.owner if isinstance(row.owner, Person) else None
        one.owner_unit = row.owner if isinstance(row.owner, Unit) else None
    one.priority = row.priority
    if row.value is not None:
        if row.value != one.value or not one.from_strategy:
            one.value, one.from_strategy = row.value, False
            one.by_priority = {str(row.priority.pk): audit.plain(row.value)} if row.priority else {}
    elif objective is not None and not isinstance(points, str):
        take_points(one, points)
    runs_now = objective is not None and objective.is_live and objective.starts <= today
    one.running = runs_now if row.running is None else row.running
    one.mandatory, one.alternative = row.mandatory, " ".join(row.alternative.split())
    one.stop_cost, one.start_cost = row.stop_cost, row.start_cost


def take_points(one: Candidate, points: Points | str) -> None:
    """Let its value be what the strategy gives it, where that is known."""
    found = points.get(one.objective_id or 0) if not isinstance(points, str) else None
    if found is not None:
        one.by_priority = {str(pk): audit.plain(part) for pk, part in found.items()}
        one.value, one.from_strategy = sum(found.values(), ZERO), True


def _name(one: Candidate) -> str | int:
    """What no two candidates of a plan share: the objective, or the title of something new."""
    return one.objective_id or one.title.casefold()


def _effort(
    one: Candidate,
    row: CandidateRow,
    taken: Mapping[int, Mapping[int, Decimal]],
    teams: set[tuple[int, str]],
    place: int,
) -> list[CandidateEffort]:
    if row.effort is not None:
        found = {(unit.pk, skill.strip()): fte for (unit, skill), fte in row.effort.items()}
    elif row.number is None and row.objective is not None:
        allocated = taken.get(row.objective.pk, {})
        found = {(unit, ""): fte for unit, fte in allocated.items() if (unit, "") in teams}
    else:
        return []
    if any(len(skill) > 60 for _, skill in found):
        raise DomainError("A skill is at most 60 letters long.", f"rows.{place}.effort")
    return [
        CandidateEffort(candidate=one, unit_id=unit, skill=skill, fte=fte)
        for (unit, skill), fte in found.items()
        if fte
    ]


def _bring_teams(plan: Plan, written: Sequence[Candidate], teams: set[tuple[int, str]]) -> None:
    """What effort is asked of has a place among the teams: a unit with what it has, a skill with nothing yet."""
    asked = CandidateEffort.objects.filter(candidate__in=written).select_related("unit")
    missing = {(one.unit_id, one.skill): one.unit for one in asked}
    missing = {key: unit for key, unit in missing.items() if key not in teams}
    if len(teams) + len(missing) > MOST_TEAMS:
        raise DomainError(f"At most {MOST_TEAMS} teams and skills fit.")
    add_teams(plan, [unit for (_, skill), unit in missing.items() if not skill])
    TeamCapacity.objects.bulk_create(
        [
            TeamCapacity(plan=plan, unit=unit, skill=skill, fte=ZERO)
            for (_, skill), unit in missing.items()
            if skill
        ]
    )


def _set_needs(plan: Plan, written: Sequence[Candidate], rows: Sequence[CandidateRow]) -> None:
    every = list(plan.candidates.select_related("objective"))
    by_title = {str(one).casefold(): one for one in every}
    by_number = {f"#{one.number}": one for one in every}
    link, links = Candidate.needs.through, []
    for place, (one, row) in enumerate(zip(written, rows, strict=True)):
        for text in dict.fromkeys(row.needs):
            found = by_number.get(text) or by_title.get(text.casefold())
            if found is None:
                raise DomainError(f"“{text}” is not among the candidates.", f"rows.{place}.needs")
            if found.pk == one.pk:
                raise DomainError("A candidate cannot need itself.", f"rows.{place}.needs")
            links.append(link(from_candidate=one, to_candidate=found))
    link.objects.filter(from_candidate__in=written).delete()
    link.objects.bulk_create(links, ignore_conflicts=True)
