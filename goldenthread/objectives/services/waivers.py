"""Rules of quality set aside for an objective, and taken back: by the line above, with a reason that stays on record."""

from collections.abc import Collection

from django.db import transaction

from goldenthread.core import audit
from goldenthread.core.access import relations, require
from goldenthread.core.bulk import rewrite
from goldenthread.core.clock import now
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.engine.quality.rules import BY_CODE
from goldenthread.objectives.models import Objective, RuleWaiver
from goldenthread.objectives.services.agreement import Side, why_alone
from goldenthread.objectives.services.quality import recheck
from goldenthread.people.models import Person
from goldenthread.permissions import ABOVE, Action, Relation


def waive_rule(*, actor: Person, objective: Objective, code: str, reason: str) -> RuleWaiver:
    """Set a rule aside for an objective, with a reason that stays on record; it then counts neither way.

    Asks *waive rule*. Only the line above does so, and the owner where nobody stands above. Refuses an unknown rule, a closed
    objective, a rule waived already, and no reason.
    """
    require_line(actor, objective)
    if code not in BY_CODE:
        raise DomainError(f"There is no rule {code}.", "code")
    if not reason.strip():
        raise DomainError("Say why this rule is not to hold here: it stays on record.", "reason")
    if objective.is_closed:
        raise DomainError("This objective is closed; its criteria stay as they were.")
    with transaction.atomic():
        Objective.objects.select_for_update().get(pk=objective.pk)
        if objective.waivers.filter(code=code, ended_at__isnull=True).exists():
            raise DomainError("This rule is waived already.", "code")
        waiver = RuleWaiver.objects.create(
            objective=objective, code=code, reason=reason.strip(), author=actor, waived_at=now()
        )
        audit.record(
            actor, "waive rule", objective, after={"rule": _named(code)}, note=waiver.reason
        )
        _store_waived(objective)
    return waiver


def restore_rule(*, actor: Person, waiver: RuleWaiver) -> RuleWaiver:
    """Let a waived rule hold again. The waiver stays on record."""
    objective = waiver.objective
    require_line(actor, objective)
    if waiver.ended_at is not None:
        raise DomainError("This rule holds again already.")
    if objective.is_closed:
        raise DomainError("This objective is closed; its criteria stay as they were.")
    with transaction.atomic():
        Objective.objects.select_for_update().get(pk=objective.pk)
        waiver.ended_by, waiver.ended_at = actor, now()
        waiver.save(update_fields=["ended_by", "ended_at"])
        audit.record(actor, "restore rule", objective, before={"rule": _named(waiver.code)})
        _store_waived(objective)
    return waiver


def may_waive(objective: Objective, held: Collection[Relation]) -> bool:
    """Whether somebody with these relations sets rules aside: the line above, or the owner where nobody stands above."""
    if ABOVE & set(held):
        return True
    return Relation.OWNER in held and bool(why_alone(objective, Side.OWNER))


def require_line(actor: Person, objective: Objective) -> None:
    """Refuse whoever may not set rules aside for the objective. Raises: NotAllowed."""
    require(actor, Action.WAIVE_RULE, objective)
    if not may_waive(objective, relations(actor, objective)):
        raise NotAllowed(
            "Rules are waived by the line above, not by who answers for the objective."
        )


def _named(code: str) -> str:
    return f"{code} {BY_CODE[code].name}"


def _store_waived(objective: Objective) -> None:
    waived = objective.waivers.filter(ended_at__isnull=True)
    objective.waived_rules = " ".join(sorted(waived.values_list("code", flat=True)))
    rewrite([objective], ["waived_rules"])
    recheck([objective])
