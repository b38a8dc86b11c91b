"""Success criteria that hold: looked at whenever they are written, and kept with the objective.

What was found is kept on the objective, so that lists of any length can be filtered and counted by it. What moves with the days alone (no check-in,
a date gone by) is found by the nightly job.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from django.db.models import Q

from goldenthread.core.bulk import rewrite
from goldenthread.core.clock import today
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import enqueue
from goldenthread.core.prepared import Prepared
from goldenthread.engine.quality.facts import ObjectiveFacts
from goldenthread.engine.quality.rules import Finding
from goldenthread.engine.quality.twins import Titled, rarest, twin_of, twins
from goldenthread.engine.quality.words import tokens
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.quality import assessments, facts, judged, words
from goldenthread.objectives.states import CLOSED, LIVE

if TYPE_CHECKING:
    from django.db.models import QuerySet

LOOK, LOOK_AT_ALL = "look at criteria", "look at all criteria"
KEPT = ["looked_at_on", "open_rules", "open_errors", "quality", "twin", "has_effort"]
AT_ONCE = 50  # more are looked at behind the page
BATCH = 500
COMPARED = 2_000  # titles, at most, while somebody waits
NAMED = 3  # findings that a refusal names

Step = Callable[[], AbstractContextManager[object]]
EFFORT_KNOWN: list[Callable[[Sequence[int], dt.date], Mapping[int, bool]]] = []
"""Rooms above that know whether effort goes into objectives on a day, by id; nothing of those of which nothing says."""


class CriteriaOpen(DomainError):
    """An objective cannot be agreed while its success criteria have an open error."""


def not_yet(objectives: Iterable[Objective]) -> dict[int, CriteriaOpen]:
    """Those that cannot be agreed while an error is open, as they are stored, each with what to mend."""
    rows = _among_open(among=[one.pk for one in objectives])
    found = facts(rows, today())
    lists = words()
    told = {}
    for row in rows:
        errors = judged(row, found[row.pk], today(), lists).errors
        if errors:
            told[row.pk] = _refusal(row, found[row.pk], errors)
    return told


def _refusal(
    objective: Objective, known: ObjectiveFacts, errors: Sequence[Finding]
) -> CriteriaOpen:
    titles = {row.key: row.title for row in known.key_results}
    told = [
        f"{f'“{titles[one.key_result]}”: ' if one.key_result in titles else ''}{one.message}"
        for one in errors[:NAMED]
    ]
    more = f" And {len(errors) - NAMED} more." if len(errors) > NAMED else ""
    count = "one thing is" if len(errors) == 1 else f"{len(errors)} things are"
    return CriteriaOpen(
        f"“{objective}” cannot be agreed yet: {count} to mend. {' '.join(told)}{more}"
    )


def recheck(objectives: Iterable[Objective]) -> None:
    """Look at objectives again and keep what is found; many of them behind the page. Their versions stay."""
    pks = [one.pk for one in objectives]
    if len(pks) > AT_ONCE:
        outdate(Q(pk__in=pks))
        return
    rows = _among_open(among=pks)
    for row in rows:
        alone = row.restricted
        row.twin = None if alone else find_twin(row.title, row.starts, row.ends, row.pk)
    _keep(rows, today())


def outdate(which: Q) -> None:
    """Have these looked at again behind the page: what their rules read is no longer what it was."""
    if Objective.objects.filter(which).update(looked_at_on=None):
        look_again()


def effort_moved(which: Q) -> None:
    """Look again at those of these that run: the effort that goes into them may be another. Many of them behind the page."""
    running = Q(state__in=LIVE, looked_at_on__isnull=False)
    rows = list(_open().filter(which, running)[: AT_ONCE + 1])
    if len(rows) > AT_ONCE:
        outdate(which & running)
    else:
        _keep(rows, today())


def look_again() -> None:
    """Ask for what is outdated to be looked at. The caller has marked it."""
    enqueue(LOOK, key=LOOK)


def look_at_outdated(step: Step = nullcontext) -> int:
    """Look at the open objectives that are outdated; answers how many."""
    pks = list(_open().filter(looked_at_on__isnull=True).values_list("pk", flat=True))
    if len(pks) > AT_ONCE:
        return _look_at(pks, step)
    with step():
        recheck(Objective.objects.filter(pk__in=pks))
    return len(pks)


def look_at_all(step: Step = nullcontext) -> int:
    """Look at every open objective, in batches; answers how many."""
    return _look_at(list(_open().values_list("pk", flat=True)), step)


def _look_at(pks: Sequence[int], step: Step) -> int:
    """Titles that read alike are found over all of them at once."""
    like, on = _twins(), today()
    for start in range(0, len(pks), BATCH):
        batch = list(_open().filter(pk__in=pks[start : start + BATCH]))
        others = {one.pk: one for one in Objective.objects.filter(pk__in=_other(batch, like))}
        for row in batch:
            row.twin = others.get(like.get(row.pk, 0))
        with step():
            _keep(batch, on)
    return len(pks)


def find_twin(
    title: str, starts: dt.date, ends: dt.date, but: int | None = None
) -> Objective | None:
    """Another open objective, open to everybody, that reads like this title and overlaps the period.

    Asked by a word that every title alike has one of, so that few are compared; where many share such a word, the latest
    `COMPARED` only, because somebody waits. The nightly look compares all.
    """
    words = rarest(frozenset(tokens(title)))
    if not words:
        return None
    has_one = Q()
    for word in words:
        has_one |= Q(search__contains=word)
    near = Objective.objects.filter(has_one, restricted=False).exclude(state__in=CLOSED)
    rows = (
        near.exclude(pk=but or 0)
        .select_related("cycle")
        .only("title", "starts_on", "ends_on", "cycle", "restricted", "state")
    )
    by_key = {row.pk: row for row in rows.order_by("-pk")[:COMPARED]}
    others = (Titled(pk, row.title, row.starts, row.ends) for pk, row in by_key.items())
    found = twin_of(Titled(but, title, starts, ends), others)
    return None if found is None else by_key[found.key]  # type: ignore[index]  # a key of the engine is an id here


# Keeping --------------------------------------------------------------------------------------------------


def _open() -> "QuerySet[Objective]":
    rows = Objective.objects.exclude(state__in=CLOSED)
    return rows.select_related("cycle", "owner_person", "owner_unit__leader", "twin")


@Prepared
def _among_open(*, among: Sequence[int]) -> "QuerySet[Objective]":
    return _open().filter(pk__in=among)


def _keep(rows: Sequence[Objective], on: dt.date) -> None:
    efforts = [known([row.pk for row in rows if row.is_live], on) for known in EFFORT_KNOWN]
    for row in rows:
        row.looked_at_on = on
        row.has_effort = next((one[row.pk] for one in efforts if row.pk in one), None)
    for row, found in zip(rows, assessments(rows, on).values(), strict=True):
        row.open_rules = "".join(f" {code}" for code in found.fired) + " " if found.fired else ""
        row.open_errors = len({one.code for one in found.errors})
        row.quality = found.quality.value
    rewrite(rows, KEPT)


def _twins() -> Mapping[int, int]:
    """For each open objective another one, open to everybody, that reads like it."""
    rows = Objective.objects.exclude(state__in=CLOSED).select_related("cycle")
    titled = [
        (one.restricted, Titled(one.pk, one.title, one.starts, one.ends))
        for one in rows.only("title", "restricted", "starts_on", "ends_on", "cycle").iterator(BATCH)
    ]
    found = twins([one for restricted, one in titled if not restricted])
    return {pk: twin for pk, twin in found.items() if isinstance(pk, int) and isinstance(twin, int)}


def _other(rows: Sequence[Objective], like: Mapping[int, int]) -> list[int]:
    return [like[row.pk] for row in rows if row.pk in like]
