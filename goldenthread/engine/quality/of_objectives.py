"""The rules about an objective as a whole, O01 to O17. Each answers with the figures of its message, or that it holds."""

from collections.abc import Collection
from datetime import date, timedelta
from itertools import pairwise

from goldenthread.engine.quality.facts import Answer, Asked, Kind, Verdict, fires_if
from goldenthread.engine.quality.of_key_results import is_output
from goldenthread.engine.quality.words import first_of, tokens

MOST_KEY_RESULTS = 5
SAME_FROM = 0.80
LONG_DAYS, STRETCH_DAYS = 366, 120
LATE_CADENCES = 2
WORKING_DAYS = 10


def no_owner(asked: Asked) -> Answer:
    return fires_if(not asked.objective.accountable)


def many_owners(asked: Asked) -> Answer:
    n = len(asked.objective.accountable)
    return fires_if(n > 1, n=n) if n else Verdict.LEFT_OUT


def no_result(asked: Asked) -> Answer:
    return fires_if(not asked.objective.key_results)


def many_results(asked: Asked) -> Answer:
    n = len(asked.objective.counting)
    return fires_if(n > MOST_KEY_RESULTS, n=n) if n else Verdict.LEFT_OUT


def dates(asked: Asked) -> Answer:
    starts, ends = asked.objective.starts, asked.objective.ends
    return fires_if(starts is None or ends is None or ends <= starts)


def outlives_parent(asked: Asked) -> Answer:
    ends = [goal.ends for goal in asked.objective.parents if goal.ends is not None]
    if not ends or asked.objective.ends is None:
        return Verdict.LEFT_OUT
    days = (asked.objective.ends - max(ends)).days
    return fires_if(days > 0, days=days)


def unlinked(asked: Asked) -> Answer:
    if asked.objective.run_the_business:
        return Verdict.HOLDS
    if asked.objective.in_line is None:
        return Verdict.LEFT_OUT
    return fires_if(not asked.objective.in_line)


def vague_verb(asked: Asked) -> Answer:
    one, words = asked.objective, asked.words
    if words is None:
        return Verdict.LEFT_OUT
    verb = next((token for token in one.tokens if token in words.vague_verbs), None)
    if verb is None or _has_digit(one.title):
        return Verdict.HOLDS
    return fires_if(
        not any(row.is_judged for row in one.key_results if row.is_numeric), verb=verb.capitalize()
    )


def compound(asked: Asked) -> Answer:
    title, words = asked.objective.title, asked.words
    if words is None:
        return Verdict.LEFT_OUT
    if first_of(title, words.joins):
        return fires_if(True)
    parts = [part.strip(".,:()") for part in title.lower().split()]
    pairs = pairwise(parts[1:])
    return fires_if(any(a in words.joins_before_verb and b in words.verbs for a, b in pairs))


def parent_copy(asked: Asked) -> Answer:
    one = asked.objective
    if asked.words is None or not one.parents or not one.tokens:
        return Verdict.LEFT_OUT
    return fires_if(any(alike(one.title, goal.title) for goal in one.parents))


def duplicate(asked: Asked) -> Answer:
    other = asked.objective.twin
    if asked.words is None or other is None:
        return Verdict.LEFT_OUT
    return fires_if(bool(other), other=f"“{other}”")


def placeholder(asked: Asked) -> Answer:
    one, words = asked.objective, asked.words
    if words is None:
        return Verdict.LEFT_OUT
    texts = [one.title]
    for row in one.key_results:
        texts += [row.title, row.target_text, row.unit, row.source]
    return fires_if(any(first_of(text, words.placeholders) for text in texts if text))


def no_effort(asked: Asked) -> Answer:
    if asked.objective.effort is None or not asked.objective.under_way:
        return Verdict.LEFT_OUT
    return fires_if(asked.objective.effort == 0)


def long_horizon(asked: Asked) -> Answer:
    one = asked.objective
    if one.starts is None or one.ends is None or one.ends <= one.starts:
        return Verdict.LEFT_OUT
    if (one.ends - one.starts).days + 1 <= LONG_DAYS:
        return Verdict.HOLDS
    marks = [due for row in one.key_results for due in row.milestones_due if due]
    marks += [row.due_on for row in one.key_results if row.due_on and row.due_on != one.ends]
    stops = [
        one.starts - timedelta(1),
        *sorted(due for due in marks if one.starts <= due <= one.ends),
    ]
    gaps = zip(stops, [*stops[1:], one.ends + timedelta(1)], strict=True)
    return fires_if(any((after - before).days - 1 >= STRETCH_DAYS for before, after in gaps))


def all_output(asked: Asked) -> Answer:
    rows = asked.objective.counting
    if not rows:
        return Verdict.LEFT_OUT
    done = [row.kind is Kind.MILESTONES or is_output(row, asked.words) for row in rows]
    return fires_if(all(done))


def stale(asked: Asked) -> Answer:
    one = asked.objective
    if not one.under_way or one.last_check_in_on is None or not one.cadence_days:
        return Verdict.LEFT_OUT
    days = (asked.as_of - one.last_check_in_on).days
    return fires_if(days > LATE_CADENCES * one.cadence_days, days=days)


def not_accepted(asked: Asked) -> Answer:
    one = asked.objective
    if one.accepted:
        return Verdict.HOLDS
    if one.accepted is None or one.offered_on is None:
        return Verdict.LEFT_OUT
    owner = one.accountable[0] if one.accountable else "The owner"
    return fires_if(working_days(one.offered_on, asked.as_of) > WORKING_DAYS, owner=owner)


def working_days(since: date, until: date) -> int:
    """Mondays to Fridays after the day `since`, up to and with `until`; 0 when that is not later."""
    days = (until - since).days
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((since + timedelta(n)).weekday() < 5 for n in range(1, rest + 1))


def alike(one: str, other: str) -> bool:
    """Whether two titles share at least four fifths of their words (Jaccard)."""
    return same_words(frozenset(tokens(one)), frozenset(tokens(other)))


def same_words(one: Collection[str], other: Collection[str]) -> bool:
    shared = len(set(one) & set(other))
    return bool(shared) and 5 * shared >= 4 * (len(one) + len(other) - shared)


def _has_digit(title: str) -> bool:
    return any(sign.isdigit() for sign in title)
