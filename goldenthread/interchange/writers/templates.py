"""The table of templates for objectives."""

from collections.abc import Iterator, Sequence
from typing import Any

from goldenthread.interchange.services.criteria import write_criteria
from goldenthread.interchange.writers.scope import Scope
from goldenthread.objectives.models import ObjectiveTemplate
from goldenthread.objectives.services.templates import as_draft


def templates(scope: Scope) -> Iterator[Sequence[Any]]:
    """Retired ones too: they stay readable."""
    for one in ObjectiveTemplate.objects.prefetch_related("key_results").order_by("pk"):
        draft = as_draft(one)
        yield (
            scope.name(one),
            one.name,
            one.use,
            one.title,
            one.why,
            one.ambition,
            write_criteria(draft.key_results),
            one.retired_on is not None,
        )
