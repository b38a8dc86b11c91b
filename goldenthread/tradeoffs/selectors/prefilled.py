"""What a plan begins with: the teams below a unit, what they have, and what runs already, and what is allocated to it."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from goldenthread.core import clock
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.tradeoffs.models import Allocation, NonRoutineShare
from goldenthread.tradeoffs.selectors.allocations import minimum_group

TAKEN_IN = 200
ZERO, CENT, ONE = Decimal(0), Decimal("0.01"), Decimal(1)


def teams_of(unit: Unit | None) -> list[Unit]:
    """The units right below it, or itself where there are none; without a unit those below the highest."""
    current = Unit.objects.filter(ended_on__isnull=True).select_related("leader")
    if unit is None:
        roots = list(current.filter(parent__isnull=True))
        if len(roots) != 1:
            return roots
        unit = roots[0]
    return list(current.filter(parent=unit).order_by("name")) or [unit]


def to_take_in(reader: Person, cycle: Cycle, unit: Unit | None) -> list[Objective]:
    """What runs now, or stands in the cycle, in the unit and below; what keeps the business running is no choice."""
    rows = Objective.objects.visible_to(reader).filter(state__in=COUNTED, run_the_business=False)
    running = rows.filter(cycle__state=Cycle.State.OPEN) | rows.filter(cycle=cycle)
    if unit is not None:
        below = UnitClosure.objects.filter(ancestor=unit).values("descendant")
        running = running.filter(owner_unit__in=below) | running.filter(
            owner_person__unit__in=below
        )
    return list(running.distinct().listed().order_by("pk")[:TAKEN_IN])


def capacity_of(units: Sequence[Unit], cycle: Cycle) -> dict[int, Decimal]:
    """What each has for objectives when the cycle begins, in full-time equivalents: everybody in it and below, less
    what keeps the business running.

    That is what is allocated to it by name, where so many people have it that nobody can be told from it; for the
    others the share that is declared for the organisation. A unit whose people are not entered has what is said of it,
    less the same share. Four queries.
    """
    on = max(cycle.starts_on, clock.today())
    inside: dict[int, set[int]] = defaultdict(set)
    of_unit: dict[int, Decimal] = {}
    below = UnitClosure.objects.filter(ancestor__in=units)
    for ancestor, at, fte in below.values_list("ancestor_id", "descendant_id", "descendant__fte"):
        inside[at].add(ancestor)
        if fte is not None:
            of_unit[at] = fte
    people = Person.objects.working(on).filter(unit__in=list(inside))
    entered = (
        Allocation.objects.in_force(clock.today())
        .filter(run_the_business=True, person__in=people)
        .values_list("person_id", "person__unit_id", "person__fte", "share")
    )
    named: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for pk, at, fte, share in entered:
        for ancestor in inside[at or 0]:
            named[ancestor][pk] = named[ancestor].get(pk, ZERO) + fte * share
    declared = NonRoutineShare.now()
    left = ONE if declared is None else declared
    found = dict.fromkeys((one.pk for one in units), ZERO)
    least = minimum_group()
    for pk, at, fte in people.values_list("pk", "unit_id", "fte"):
        of_unit.pop(at or 0, None)
        for ancestor in inside[at or 0]:
            told = len(named[ancestor]) >= least and pk in named[ancestor]
            found[ancestor] += max(fte - named[ancestor][pk], ZERO) if told else fte * left
    for at, fte in of_unit.items():
        for ancestor in inside[at]:
            found[ancestor] += fte * left
    return {pk: fte.quantize(CENT) for pk, fte in found.items()}


def effort_of(reader: Person, objectives: Sequence[Objective]) -> dict[int, dict[int, Decimal]]:
    """What is allocated to each today, by its id and the id of each unit from the giver's upwards.

    Only sums of so many people whom the reader sees that nobody can be told from them.
    """
    if not objectives:
        return {}
    rows = (
        Allocation.objects.visible_to(reader)
        .in_force(clock.today())
        .filter(objective__in=objectives, person__isnull=False)
    )
    given = list(
        rows.values_list("objective_id", "person_id", "person__unit_id", "person__fte", "share")
    )
    above: dict[int, list[int]] = defaultdict(list)
    for descendant, ancestor in UnitClosure.objects.filter(
        descendant__in={unit for _, _, unit, _, _ in given if unit is not None}
    ).values_list("descendant_id", "ancestor_id"):
        above[descendant].append(ancestor)
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    people: dict[tuple[int, int], set[int]] = defaultdict(set)
    for objective, person, unit, fte, share in given:
        for ancestor in above[unit or 0]:
            sums[objective, ancestor] += fte * share
            people[objective, ancestor].add(person)
    least = minimum_group()
    found: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for (objective, unit), fte in sums.items():
        if len(people[objective, unit]) >= least:
            found[objective][unit] = fte.quantize(CENT)
    return found
