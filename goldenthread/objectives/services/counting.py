"""The stored sums of work below priorities: moved by the difference of each check-in, counted anew behind the page.

What an objective keeps of a priority's value (`ObjectivePriority.share`) changes only with the lines. So a new
score moves the sums of the priorities that it reaches by share x difference, and nothing else has to be read. A
link, a state, an owner asks for one job that counts everything again; while it waits, the sums stand as of the
last count. Both lock the same rows, so that a check-in during the count is neither lost nor counted twice.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from goldenthread.core import clock
from goldenthread.core.bulk import rewrite
from goldenthread.core.held import Held
from goldenthread.core.jobs import enqueue
from goldenthread.objectives.models import (
    Objective,
    ObjectiveHeld,
    ObjectivePriority,
    PriorityWork,
    StrategyWork,
)
from goldenthread.objectives.selectors.counted_work import (
    AT_ONCE,
    COUNT_WORK,
    AddedUp,
    add_up,
)
from goldenthread.people.models import UnitHeld
from goldenthread.strategy.models import PriorityHeld, StrategyHeld

LINES = (ObjectiveHeld, UnitHeld, PriorityHeld, StrategyHeld)
BATCH = 2000
SAME = 1e-12  # shares nearer than this are the same, added up in another order
Score = float | None
Step = Callable[[], AbstractContextManager[object]]
COUNT_KEEPERS: list[Callable[[Step], None]] = []
"""Rooms above that keep what they measure of all lines; told after each count."""


def lines_changed(model: type[Held] | None = None) -> None:
    """Ask for the work to be counted again: a line, or what it hangs on, is no longer what was counted.

    Where nothing has been counted yet and pages are quick to add up for themselves, the night is soon enough.
    """
    if model is not None and model not in LINES:
        return
    if StrategyWork.objects.exists() or Objective.objects.counted()[AT_ONCE:].exists():
        enqueue(COUNT_WORK, key=COUNT_WORK)


def effort_changed() -> None:
    """Ask for the work to be counted again where pages do not count effort for themselves."""
    if Objective.objects.counted()[AT_ONCE:].exists():
        enqueue(COUNT_WORK, key=COUNT_WORK)


def scores_changed(changes: Mapping[int, tuple[Score, Score]]) -> None:
    """Move the sums above objectives by the difference between their old scores and their new ones.

    In the transaction that writes the scores, and last in it: it holds the rows of the priorities until the end.
    """
    changed = {pk: (old, new) for pk, (old, new) in changes.items() if old != new}
    if not changed:
        return
    rows = ObjectivePriority.objects.filter(objective__in=changed, share__gt=0).order_by()
    above = PriorityWork.objects.select_for_update().filter(priority__in=rows.values("priority"))
    held = {row.pk for row in above}  # before the shares are read: a count may have waited
    if not held:
        return
    differences: dict[int, list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for priority, objective, share in rows.values_list("priority_id", "objective_id", "share"):
        old, new = changed[objective]
        one = differences[priority]
        one[0] += (new is not None) - (old is not None)
        one[1] += share * ((new is not None) - (old is not None))
        one[2] += share * ((new or 0.0) - (old or 0.0))
    table = PriorityWork._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET n = n + %s, measured = measured + %s, done = done + %s"  # noqa: S608 (a table of ours, nothing typed)
            " WHERE priority_id = %s",
            [[*sums, priority] for priority, sums in differences.items() if priority in held],
        )


def count_work(step: Step = transaction.atomic) -> int:
    """Count everything anew, in short transactions, and answer how many lines got another share.

    Needs no permission: it writes nothing that its readers could not have added up.
    """
    found = add_up()
    changed = _changed_shares(found)
    for start in range(0, len(changed), BATCH):
        with step():
            _write_shares(changed[start : start + BATCH])
    with step():
        _write_sums(found)
    for keep in COUNT_KEEPERS:
        keep(step)
    return len(changed)


def _changed_shares(found: AddedUp) -> list[tuple[float, int, int]]:
    """(share, objective, priority) of every stored line whose share is another now."""
    stored: dict[int, dict[int, float]] = defaultdict(dict)
    held = ObjectivePriority.objects.filter(share__gt=0).order_by()
    for priority, objective, share in held.values_list(
        "priority_id", "objective_id", "share"
    ).iterator():
        stored[priority][objective] = share
    changed = []
    for priority, kept in found.shares():
        before = stored.pop(priority, {})
        for node, share in kept.items():
            if node[0] == "o" and abs(before.pop(int(node[1:]), 0.0) - share) > SAME:
                changed.append((share, int(node[1:]), priority))
        changed += [(0.0, objective, priority) for objective in before]
    for priority, before in stored.items():
        changed += [(0.0, objective, priority) for objective in before]
    return changed


def _write_shares(rows: list[tuple[float, int, int]]) -> None:
    table = ObjectivePriority._meta.db_table
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET share = %s WHERE objective_id = %s AND priority_id = %s",  # noqa: S608 (a table of ours, nothing typed)
            rows,
        )


def _write_sums(found: AddedUp) -> None:
    """Sum up what is stored, under the lock that every check-in takes."""
    now, today = timezone.now(), clock.today()
    PriorityWork.objects.bulk_create(
        [PriorityWork(priority_id=pk) for pk in found.by_priority], ignore_conflicts=True
    )
    rows = {row.pk: row for row in PriorityWork.objects.select_for_update().order_by("pk")}
    scored = Q(objective__score__isnull=False)
    sums = (
        ObjectivePriority.objects.filter(share__gt=0)
        .order_by()
        .values("priority_id")
        .annotate(
            n=Count("pk", filter=scored),
            measured=Sum("share", filter=scored),
            done=Sum(F("share") * F("objective__score")),
        )
    )
    of = {one["priority_id"]: one for one in sums}
    for pk, row in rows.items():
        reached, one = found.by_priority.get(pk, (0, 0)), of.get(pk)
        row.objectives, row.people = reached
        row.n = one["n"] if one else 0
        row.measured = (one and one["measured"]) or 0.0
        row.done = (one and one["done"]) or 0.0
    rewrite([*rows.values()], ["objectives", "people", "n", "measured", "done"])
    open_objectives = Objective.objects.counted(today).count()
    StrategyWork.objects.bulk_create(
        [
            StrategyWork(
                strategy_id=pk,
                objectives=reached.objectives,
                people=reached.people,
                open_objectives=open_objectives,
                counted_on=today,
                counted_at=now,
            )
            for pk, reached in found.by_strategy.items()
        ],
        update_conflicts=True,
        unique_fields=["strategy"],
        update_fields=["objectives", "people", "open_objectives", "counted_on", "counted_at"],
    )
