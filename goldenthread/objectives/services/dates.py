"""Other dates for what is not agreed yet."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from goldenthread.core import audit, versions
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.agreement import proposal_of
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.states import State
from goldenthread.people.models import Person


def counter_dates(
    actor: Person, objective: Objective, dates: Mapping[str, dt.date], reason: str
) -> Objective:
    """Other dates for what is not agreed yet: a counter, where it was proposed.

    For a service of a room above that has asked its own permission.
    """
    if dates.get("ends_on", objective.ends) <= dates.get("starts_on", objective.starts):
        raise DomainError("The end must come after the start.", "ends_on")
    turn = {State.PROPOSED: State.COUNTERED, State.COUNTERED: State.PROPOSED}
    target = turn.get(State(objective.state))
    moves = {} if target is None else {"state": target, **proposal_of(actor, objective)}
    with transaction.atomic():
        before, after = audit.changed(objective, dates)
        versions.save(objective, {**dates, **moves})
        verb = "edit draft" if target is None else target.label.lower()
        audit.record(actor, verb, objective, before=before, after=after, note=reason)
        refresh([objective])
        objective.refresh_from_db()
    return objective
