"""Who may pass on what somebody holds, when they leave, move or are away."""

from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.people.services.person import works_here
from goldenthread.permissions import Action


def may_pass_on(actor: Person, holder: Person) -> bool:
    """They themself and the lines above them; HR partners only where nobody above them is left to do it."""
    return can(actor, Action.HAND_OVER, holder) or (actor.is_hr and not _anybody_above(holder))


def require_pass_on(actor: Person, holder: Person, to: Person) -> None:
    """Raise unless the actor may pass on what `holder` holds, to somebody else who works here.

    An HR partner who does so by office keeps nothing for themself.
    """
    if not may_pass_on(actor, holder):
        require(actor, Action.HAND_OVER, holder)
    if to == holder:
        raise DomainError(f"{holder} holds it already. Choose somebody else.", "to")
    works_here(to, "to")
    if to.end is not None and holder.end is not None and to.end <= holder.end:
        raise DomainError(f"{to} leaves as well. Choose somebody who stays.", "to")
    if to == actor and not can(actor, Action.HAND_OVER, holder):
        raise DomainError("Choose somebody other than yourself.", "to")


def _anybody_above(holder: Person) -> bool:
    """Whether somebody in the lines above works here and can sign in."""
    seen: set[int] = set()
    above = holder.manager
    while above is not None and above.pk not in seen:
        seen.add(above.pk)
        if above.user_id is not None and not above.has_left:
            return True
        above = above.manager
    unit = holder.unit
    while unit is not None:
        head = unit.leader
        if head is not None and head != holder and head.user_id is not None and not head.has_left:
            return True
        unit = unit.parent
    return False
