"""Which rows an import wrote: the numbers of every table before and after, where nobody else writes in between.

On PostgreSQL others do; what an import wrote there also bears who imported it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Max

from goldenthread.core.models import AuditRecord
from goldenthread.interchange.models import Import
from goldenthread.objectives.models import (
    Cascade,
    CheckIn,
    Contribution,
    Cycle,
    Dependency,
    ExpectationChange,
    KeyResult,
    Milestone,
    Objective,
    ObjectiveTemplate,
)
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import (
    ExpectedResult,
    Kpi,
    KpiTarget,
    Observation,
    Priority,
    Strategy,
    TradeOff,
)
from goldenthread.tradeoffs.models import Allocation, Decision, Plan

# In the order in which they can be taken back: each after what hangs on it.
WRITTEN = (
    Plan,
    Allocation,
    Decision,
    Dependency,
    Cascade,
    Contribution,
    CheckIn,
    Observation,
    ExpectationChange,
    Milestone,
    KeyResult,
    Objective,
    ObjectiveTemplate,
    ExpectedResult,
    TradeOff,
    KpiTarget,
    Kpi,
    Priority,
    Strategy,
    Cycle,
    Person,
    Unit,
)
Marks = dict[str, list[int]]


def _last() -> dict[str, int]:
    return {
        model._meta.label_lower: model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        for model in (AuditRecord, *WRITTEN)
    }


@contextmanager
def marked(pk: int) -> Iterator[None]:
    """Note with the import of this number what is written meanwhile."""
    before = _last()
    yield
    found: Marks = {
        label: [before[label], last] for label, last in _last().items() if last > before[label]
    }
    Import.objects.filter(pk=pk).update(marks=found)
