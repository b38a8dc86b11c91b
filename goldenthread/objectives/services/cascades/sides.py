"""Who speaks for which unit in a cascade, and whose word is awaited.

Both sides agree, and never one person for both: where whoever answers for a unit has written what stands, or cannot
answer, the next above with an account does. Where there is nobody, one agrees alone and the record says so.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from goldenthread.core.access import relations
from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import Cascade, CascadeSide, CascadeVersion
from goldenthread.objectives.models.cascade import Above, has_voice
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure
from goldenthread.permissions import ABOVE, Relation

CAN_ANSWER = ("name", "user", "manager", "end")  # what tells whether somebody can, and who is above


def sides_of(cascade: Cascade, person: Person) -> set[CascadeSide]:
    """The units that somebody speaks for in it, as a deputy too."""
    return sides_in(relations(person, cascade))


def sides_in(found: Collection[Relation]) -> set[CascadeSide]:
    """The units that these relations to a cascade speak for."""
    return {side for side in CascadeSide if side.relation in found}


def writing_side(cascade: Cascade, person: Person) -> CascadeSide | None:
    """For which unit another version by this person speaks; whoever leads both stays on the side that spoke last."""
    sides = sides_of(cascade, person)
    if len(sides) == 2:
        return CascadeSide(cascade.spoken)
    return next(iter(sides), None)


def standing(cascade: Cascade) -> CascadeVersion:
    """The version that stands."""
    return cascade.versions.select_related("author", "author_for").get(number=cascade.number)


def load_above(cascades: Collection[Cascade]) -> None:
    """Load all that stands above both units of each, so that nothing more is asked to tell whose word is awaited.

    Load the units with their leaders before. Two queries, however many cascades.
    """
    units = [unit for one in cascades for unit in (one.giver_unit, one.taking_unit)]
    over: dict[int, set[int]] = defaultdict(set)
    heads: dict[int, Unit] = {}
    for above in _units_above(units=sorted({one.pk for one in units})):
        over[above.descendant_id].add(above.ancestor_id)
        heads[above.ancestor_id] = above.ancestor
    leaders = [unit.leader for unit in units if unit.leader is not None]
    managed: dict[int | None, set[int]] = defaultdict(set)
    managers: dict[int, Person] = {}
    for line in _managers_above(reports=sorted({one.pk for one in leaders})):
        managed[line.report_id].add(line.manager_id)
        managers[line.manager_id] = line.manager
    for person in [*managers.values(), *leaders]:
        if person.manager_id in managers:
            person.manager = managers[person.manager_id]
    for unit in [*heads.values(), *units]:
        if unit.parent_id in heads:
            unit.parent = heads[unit.parent_id]
    for unit in units:
        led = (heads[pk].leader_id for pk in over[unit.pk])
        known = Above(frozenset(managed[unit.leader_id]), frozenset(pk for pk in led if pk))
        unit.known_above = known  # type: ignore[attr-defined]  # loaded beside it


@Prepared
def _units_above(*, units: Sequence[int]) -> QuerySet[UnitClosure]:
    rows = UnitClosure.objects.filter(descendant__in=units, depth__gt=0)
    leader = (f"ancestor__leader__{name}" for name in CAN_ANSWER)
    return rows.select_related("ancestor__leader").only(
        "descendant", "ancestor__name", "ancestor__parent", "ancestor__leader", *leader
    )


@Prepared
def _managers_above(*, reports: Sequence[int]) -> QuerySet[ReportingClosure]:
    rows = ReportingClosure.objects.filter(report__in=reports).select_related("manager")
    return rows.only("report", *(f"manager__{name}" for name in CAN_ANSWER))


def answerer(cascade: Cascade, version: CascadeVersion) -> Person | None:
    """Whose word is awaited on the version that stands; None where nobody but its writer could give it."""
    unit = cascade.answering_unit
    wrote = {version.author_id, version.author_for_id}
    leader = unit.leader
    if leader is not None and has_voice(unit) and leader.pk not in wrote:
        return leader
    return _next_above(leader, unit, wrote)


def _next_above(person: Person | None, unit: Unit | None, but: set[int | None]) -> Person | None:
    """The nearest manager with an account, else the nearest such head of a unit, who has not written it."""

    def can_answer(one: Person | None) -> bool:
        return (
            one is not None and one.user_id is not None and not one.has_left and one.pk not in but
        )

    above = person.manager if person is not None else None
    while above is not None:
        if can_answer(above):
            return above
        above = above.manager
    while unit is not None:
        if can_answer(unit.leader):
            return unit.leader
        unit = unit.parent
    return None


def may_answer(cascade: Cascade, version: CascadeVersion, person: Person) -> bool:
    """Whether this person can agree to the version that stands, for the side that did not write it."""
    return answers_in(relations(person, cascade), cascade, version, person)


def answers_in(
    found: Collection[Relation], cascade: Cascade, version: CascadeVersion, person: Person
) -> bool:
    """`may_answer` of somebody whose relations to the cascade are known."""
    awaited = answerer(cascade, version)
    on_side = cascade.answering_side in sides_in(found)
    if awaited is None:
        return on_side
    if person.pk in {version.author_id, version.author_for_id}:
        return False
    if awaited.pk == cascade.answering_unit.leader_id:
        return on_side
    stands_above = bool(ABOVE & set(found)) or on_side
    return stands_above and awaited in person.self_and_lenders


def why_alone(cascade: Cascade, version: CascadeVersion) -> str:
    """Why one person may agree for both, in words for the record; empty when another must."""
    if answerer(cascade, version) is not None:
        return ""
    return f"agreed alone: nobody but {version.author} could answer for {cascade.answering_unit}"


def writes_for(cascade: Cascade, side: CascadeSide, person: Person) -> Person | None:
    """The leader of the unit, when the person writes as their deputy."""
    leader = cascade.unit_of(side).leader
    stands_in = leader is not None and leader != person and leader in person.self_and_lenders
    return leader if stands_in else None
