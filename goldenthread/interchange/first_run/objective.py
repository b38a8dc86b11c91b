"""The first objective: one owner, one priority, one key result, in a cycle that nobody has to set up."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from goldenthread.core import clock
from goldenthread.objectives.models import Contribution, Cycle, Objective
from goldenthread.objectives.services.agreement import propose
from goldenthread.objectives.services.closing import add_cycle
from goldenthread.objectives.services.drafts import (
    KeyResultDraft,
    ObjectiveDraft,
    Serves,
    draft_objective,
)
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority


@transaction.atomic
def set_first_objective(
    *,
    actor: Person,
    title: str,
    priority: Priority,
    key_result: str,
    baseline: Decimal,
    target: Decimal,
    measure: str = "",
) -> Objective:
    """Draft an objective of one's own for this quarter and propose it: agreed at once where nobody stands above.

    Asks *draft*, *link* and *propose objective*, and *run cycles* when the quarter has no cycle yet.
    """
    criterion = KeyResultDraft(
        title=key_result,
        measure=measure.strip(),
        baseline=baseline,
        target=target,
        decimals=max(places(baseline), places(target)),
    )
    cycle, today = this_cycle(actor), clock.today()
    draft = ObjectiveDraft(
        title=title,
        cycle=cycle,
        # From today: who begins late in a quarter is not behind on the first day.
        starts_on=today if cycle.starts_on < today < cycle.ends_on else None,
        owner=actor,
        key_results=[criterion],
        serves=[Serves(priority, Contribution.Strength.STRONG)],
    )
    drafted = draft_objective(actor=actor, draft=draft)
    # Read once with its key results: each question of who may what looks at them.
    objective = (
        Objective.objects.select_related("cycle", "owner_person__manager")
        .prefetch_related("key_results")
        .get(pk=drafted.pk)
    )
    return propose(actor=actor, objective=objective)


def this_cycle(actor: Person) -> Cycle:
    """The open cycle that today lies in, else this quarter by the organisation's calendar, made now."""
    today = clock.today()
    running = Cycle.objects.filter(
        state=Cycle.State.OPEN, starts_on__lte=today, ends_on__gte=today
    ).first()
    if running is not None:
        return running
    name, starts_on, ends_on = quarter_of(today)
    return add_cycle(actor=actor, name=name, starts_on=starts_on, ends_on=ends_on)


def quarter_of(day: dt.date) -> tuple[str, dt.date, dt.date]:
    """The quarter that a day lies in: its name, such as "Q4 2026", first and last day."""
    number = (day.month - 1) // 3 + 1
    starts_on = dt.date(day.year, 3 * number - 2, 1)
    after = dt.date(day.year + number // 4, 3 * number % 12 + 1, 1)
    return f"Q{number} {day.year}", starts_on, after - dt.timedelta(days=1)


def places(value: Decimal) -> int:
    """How many decimal places a number was typed with, up to six."""
    exponent = value.as_tuple().exponent
    return min(6, max(0, -exponent)) if isinstance(exponent, int) else 0
