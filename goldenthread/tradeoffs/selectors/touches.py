"""What decisions touch, as far as a reader sees it: nothing restricted or confidential is named to others."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import TOUCHED, Decision, Touch


def touches_seen_by(reader: Person) -> QuerySet[Touch]:
    """The touches that name only what the reader sees, with the records named."""
    objectives = Objective.objects.visible_to(reader).filter(pk=OuterRef("objective"))
    priorities = Priority.objects.visible_to(reader).filter(pk=OuterRef("priority"))
    return (
        Touch.objects.filter(Q(objective__isnull=True) | Exists(objectives))
        .filter(Q(priority__isnull=True) | Exists(priorities))
        .select_related(*TOUCHED)
    )


def seen_touches(decision: Decision, reader: Person) -> list[Touch]:
    """What one decision touches. One query."""
    return list(touches_seen_by(reader).filter(decision=decision))


def touches_of(decisions: Iterable[Decision], reader: Person) -> dict[int, list[Touch]]:
    """What each of several decisions touches, by its id. One query."""
    found: dict[int, list[Touch]] = {one.pk: [] for one in decisions}
    for touch in touches_seen_by(reader).filter(decision__in=found):
        found[touch.decision_id].append(touch)
    return found
