"""Cascades out of a file: drafts of the unit that would open the thread. A file speaks for nobody."""

from django.db import transaction

from goldenthread.core import audit
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.models import Cascade, CascadeSide, Cycle
from goldenthread.objectives.services.cascades.proposing import (
    Direction,
    Parent,
    check_thread,
    new_thread,
)
from goldenthread.objectives.services.cascades.terms import (
    Terms,
    check_terms,
    for_the_trail,
    write_version,
)
from goldenthread.objectives.services.links import served
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action


@transaction.atomic
def bring_in_cascade(
    *,
    actor: Person,
    parent: Parent,
    giver: Unit,
    taker: Unit,
    direction: str,
    cycle: Cycle,
    terms: Terms,
    source: str = "",
    external_id: str = "",
) -> Cascade:
    """Write a thread out of a file as a draft, wherever it stood elsewhere: who leads the opening unit sends it, or
    does not, and the other side answers here.

    Its term may be over. Permission: who may import. Raises `DomainError`, also where nobody leads the opening unit.
    """
    require(actor, Action.IMPORT)
    row = new_thread(actor, parent, giver, taker, Direction(direction), cycle, terms)
    opening = row.unit_of(row.opening_side)
    if opening.leader is None:
        side = "giving_unit" if row.opening_side == CascadeSide.GIVER else "taking_unit"
        raise DomainError(f"Nobody leads {opening}, so nobody could send it.", side)
    check_thread(row)
    check_terms(terms, cycle, taker)
    row.source, row.external_id, row.state = source[:200], external_id, CascadeState.DRAFT
    row.save()
    write_version(row, terms, number=1, side=row.opening_side, author=actor, author_for=None)
    after = {"giver_unit": giver, "taking_unit": taker, "cycle": cycle}
    audit.record(actor, "import cascade", row, after=after | served(parent) | for_the_trail(terms))
    return row
