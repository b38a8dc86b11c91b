"""Nudges: HR asks whoever has the next step to look at it, and writes nothing of the work itself."""

from collections.abc import Collection

from django.db import transaction

from goldenthread.core import audit, clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.programme.models import Nudge
from goldenthread.programme.selectors.nudges import AGAIN_AFTER, nudged
from goldenthread.programme.selectors.stuck import Kind


@transaction.atomic
def nudge(*, actor: Person, kind: Kind, about: Collection[int]) -> list[Nudge]:
    """Ask, for each of these that is stuck in this way, who has the next step; answers the nudges made.

    HR partners only. It stands on their home at once, and in their next letter. What is no longer stuck, was asked
    within the last week, or has nobody with an account to ask is left out; raises when nothing is left.
    """
    require(actor, Action.NUDGE)
    on = clock.today()
    asked = nudged(kind, about, on)
    made = []
    for record in kind.rows(actor, on).filter(pk__in=about):
        to = kind.asks(record) if kind.asks and record.pk not in asked else None
        if to is not None:
            made.append(Nudge(kind=kind.key, about=record.pk, to=to, by=actor, day=on))
    if not made:
        raise DomainError(
            f"There is nobody to ask: it is settled, was asked within the last {AGAIN_AFTER.days} days, or "
            "nobody with an account has the next step."
        )
    Nudge.objects.bulk_create(made)
    for one in made:
        audit.record(actor, "nudge", one.to, note=kind.title)
    return made
