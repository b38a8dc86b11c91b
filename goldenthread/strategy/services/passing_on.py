"""Passing on KPIs, sponsorships and strategies from somebody who leaves, moves or is away."""

from django.db import transaction

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.people.services import require_pass_on
from goldenthread.permissions import Action
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.strategy.services.checks import leads, write
from goldenthread.strategy.services.sponsor import refresh_sponsors


@transaction.atomic
def pass_kpi(*, actor: Person, kpi: Kpi, to: Person) -> Kpi:
    """Name the next owner of a KPI."""
    if kpi.owner is None:
        raise DomainError(f"Nobody owns “{kpi}”.", "to")
    require_pass_on(actor, kpi.owner, to)
    return write(actor, "hand over", kpi, {"owner": to}, note=f"Handover from {kpi.owner}")


@transaction.atomic
def pass_priority(*, actor: Person, priority: Priority, to: Person) -> Priority:
    """Name the next sponsor of a priority, who thereby leads. Nobody makes themself a leader by it."""
    before = priority.sponsor
    if before is None:
        raise DomainError(f"Nobody sponsors “{priority}”.", "to")
    require_pass_on(actor, before, to)
    if to == actor and not actor.is_leader and not can(actor, Action.EDIT_PRIORITY, priority):
        raise DomainError("Let the strategy’s leader name you.", "to")
    changes = {"sponsor": to, "sponsor_named_by": actor}
    write(actor, "hand over", priority, changes, note=f"Handover from {before}")
    refresh_sponsors([before, to])
    return priority


@transaction.atomic
def pass_strategy(*, actor: Person, strategy: Strategy, to: Person) -> Strategy:
    """Name the next leader of a strategy, who is a leader already."""
    require_pass_on(actor, strategy.leader, to)
    leads(to, "to")
    note = f"Handover from {strategy.leader}"
    return write(actor, "hand over", strategy, {"leader": to}, note=note)
