"""Who speaks for which unit in a cascade, and whose word is awaited.

Both sides agree, and never one person for both: where whoever answers for a unit has written what stands, or cannot
answer, the next above with an account does. Where there is nobody, one agrees alone and the record says so.
"""

from collections.abc import Collection

from goldenthread.core.access import relations
from goldenthread.objectives.models import Cascade, CascadeSide, CascadeVersion
from goldenthread.objectives.models.cascade import has_voice
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import ABOVE, Relation


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
