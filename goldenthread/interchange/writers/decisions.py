"""The table of decisions, with their options and what they touch in a cell each."""

from collections.abc import Iterator, Sequence
from typing import Any

from goldenthread.interchange.services.decision_cells import write_options, write_touches
from goldenthread.interchange.writers.scope import Scope
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import Touch


def decisions(scope: Scope) -> Iterator[Sequence[Any]]:
    """Each after the one that it replaces."""
    rows = scope.decisions.select_related("decider", "replaces").prefetch_related("options")
    every = list(rows.order_by("pk"))
    touched = scope.touches(every)
    going = {one.pk for one in every}
    for one in every:
        options = list(one.options.all())
        yield (
            scope.name(one),
            one.question,
            one.background,
            scope.name_of_person(one.decider),
            write_options(options),
            next((option.title for option in options if option.chosen), ""),
            one.reason,
            one.given_up,
            one.freed_fte,
            one.freed_until,
            write_touches(_named(scope, touch) for touch in touched[one.pk]),
            one.expected,
            one.due_on,
            one.decided_on,
            one.look_again_on,
            one.looked_back_on,
            one.outcome,
            one.as_expected,
            one.learnt,
            one.confidential,
            scope.name(one.replaces) if one.replaces_id in going else "",
            one.state,
        )


def _named(scope: Scope, touch: Touch) -> tuple[str, str]:
    record = touch.record
    name = scope.name_of_person(record) if isinstance(record, Person) else scope.name(record)
    return touch.name, name
