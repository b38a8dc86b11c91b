"""Whether the rhythm is kept: who has something agreed, what of it can be judged, and whether check-ins come."""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from goldenthread.engine.result import Result, share, undefined

METHOD_VERSION = "adoption/1"


class CheckIns(NamedTuple):
    """Of one objective: how many check-ins were due, and in how many of those spans one was made."""

    held: int
    due: int

    @property
    def kept(self) -> bool | None:
        """At least four of five; None while none was due yet."""
        return 5 * self.held >= 4 * self.due if self.due else None


def check_ins_due(
    begin: date,
    as_of: date,
    cadence_days: int,
    check_ins: Iterable[date],
    away: Collection[tuple[date, date]] = (),
) -> CheckIns:
    """How many check-ins were due since `begin`, and how many of them were made.

    The days after `begin` are cut into spans as long as the cadence. A span that was over before `as_of` asks for a
    check-in in it; more than one in a span count once, and the day of the beginning counts into the first.

    Shapes: `away` are first and last days on which the owner was not there; they count into no span.
    Missing: nothing is due before the first span is over.
    Source: measures.md 1.2 (check-ins) and 11.2 (due, leave removed).
    """
    due = _days_there(begin, as_of - timedelta(days=1), away) // cadence_days
    spans = {
        max(_days_there(begin, day, away) - 1, 0) // cadence_days
        for day in check_ins
        if begin <= day < as_of
    }
    return CheckIns(sum(span < due for span in spans), due)


def agreed_share(
    people_with_one: int, people: int, *, cycle_runs: bool = True, as_of: date | None = None
) -> Result:
    """Share of the people with an agreed objective in a running cycle, of their own or of a unit that they lead.

    Missing: without a running cycle there is nothing to have agreed.
    """
    if not cycle_runs:
        return undefined(
            "no cycle runs", unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
        )
    return share(
        people_with_one, people, unit_of_n="people", method_version=METHOD_VERSION, as_of=as_of
    )


def measurable_share(measurable: int, agreed: int, *, as_of: date | None = None) -> Result:
    """Share of the agreed objectives with a key result that can be scored."""
    return share(
        measurable, agreed, unit_of_n="objectives", method_version=METHOD_VERSION, as_of=as_of
    )


def rhythm_share(kept: int, due: int, agreed: int, *, as_of: date | None = None) -> Result:
    """Share of the agreed objectives with a check-in due so far (`due`) that keep the rhythm (`CheckIns.kept`).

    Missing: those on which none was due yet are left out; coverage says how many of the agreed could be judged.
    """
    return share(
        kept,
        due,
        unit_of_n="objectives with a check-in due",
        method_version=METHOD_VERSION,
        coverage=due / agreed if agreed else None,
        as_of=as_of,
    )


def _days_there(begin: date, day: date, away: Collection[tuple[date, date]]) -> int:
    """The days after `begin`, up to and with `day`, without those away; overlapping spells count once."""
    found = max((day - begin).days, 0)
    reached = begin
    for first, last in sorted(away):
        first, last = max(first, reached + timedelta(days=1)), min(last, day)
        if first <= last:
            found -= (last - first).days + 1
            reached = last
    return found
