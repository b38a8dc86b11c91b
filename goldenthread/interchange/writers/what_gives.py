"""The table of the requests what gives, with what competes and what becomes of it in a cell."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from goldenthread.interchange.writers.scope import Scope
from goldenthread.tradeoffs.models import CompetingItem
from goldenthread.tradeoffs.selectors.gives_list import LOADED, in_words


def what_gives(scope: Scope) -> Iterator[Sequence[Any]]:
    """As they were asked; of what competes and does not go out, no title."""
    going = Exists(scope.objectives.filter(pk=OuterRef("objective")))
    items = CompetingItem.objects.annotate(seen=going).select_related("objective")
    rows = scope.what_gives.select_related(*LOADED).prefetch_related(Prefetch("items", items))
    for one in rows.order_by("pk").iterator(500):
        yield (
            scope.name_of_person(one.person),
            one.ask,
            one.get_state_display(),
            scope.name_of_person(one.addressee),
            one.asked_on,
            one.due_on,
            scope.name_of_person(one.escalated_by),
            one.escalated_on,
            "\n".join(map(in_words, one.items.all())),
            one.decision.decided_on if one.decision else None,
            one.acknowledged_on,
        )
