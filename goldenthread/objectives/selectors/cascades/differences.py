"""Two versions of a proposal beside each other: field by field, key result by key result, word by word."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from goldenthread.objectives.models import Contribution, Cycle
from goldenthread.objectives.services.cascades import Terms
from goldenthread.objectives.services.drafts import KeyResultDraft, in_words
from goldenthread.ui.templatetags.goldenthread import day, number

DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
ALIKE = 0.5  # key results whose titles share so much are the same one, reworded


@dataclass(frozen=True)
class Piece:
    """A few words of a text, and whether the other version has others in their place."""

    text: str
    differs: bool = False


@dataclass(frozen=True)
class Row:
    """One point of two versions. `before` is None where there is nothing to compare with."""

    label: str
    before: Sequence[Piece] | None
    after: Sequence[Piece]
    differs: bool


def rows_of(terms: Terms, cycle: Cycle, before: Terms | None = None) -> list[Row]:
    """Every point of a version, with that of another one before it where there is one."""
    plain = _plain(terms, cycle)
    was = _plain(before, cycle) if before is not None else {}
    rows = [
        _row(label, text, was.get(label) if before is not None else None)
        for label, text in plain.items()
    ]
    results = _key_results(terms.key_results, before.key_results if before is not None else None)
    return [*rows[:2], *results, *rows[2:]]


def words_apart(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces, what only one of them has marked; spaces stay with the word before them."""
    left, right = (re.findall(r"\S+\s*|\s+", text) for text in (one, other))
    matcher = SequenceMatcher(None, [w.strip() for w in left], [w.strip() for w in right], False)
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for tag, start, end, other_start, other_end in matcher.get_opcodes():
        spans = ((left, start, end), (right, other_start, other_end))
        for found, (words, first, last) in zip(pieces, spans, strict=True):
            text = "".join(words[first:last])
            if tag == "equal" and text:
                found.append(Piece(text))
            elif text:
                word = text.rstrip()
                found += [Piece(word, True), Piece(text[len(word) :])]
    return pieces


def _row(label: str, after: str, before: str | None) -> Row:
    if before is None:
        return Row(label, None, [Piece(after)] if after else [], False)
    if before == after:
        same = [Piece(after)] if after else []
        return Row(label, same, same, False)
    was, becomes = words_apart(before, after)
    return Row(label, was, becomes, True)


def _plain(terms: Terms, cycle: Cycle) -> dict[str, str]:
    """The points of a version in words, in the order in which one reads them; empty where nothing is said."""
    starts, ends = terms.starts_on or cycle.starts_on, terms.ends_on or cycle.ends_on
    kind = str(Contribution.Kind(terms.kind).label) if terms.kind else "In a way left open"
    strength = str(Contribution.Strength(terms.strength).label).lower()
    added = "" if terms.fte is None else f" {number(terms.fte)} FTE added."
    return {
        "Objective": terms.title,
        "Why": terms.why,
        "Contribution": f"{kind}, {strength}",
        "From, to": f"{day(starts)} to {day(ends)}",
        "Mandate": terms.mandate,
        "Resources": f"{terms.resources}{added}".strip(),
    }


def _key_results(
    now: Sequence[KeyResultDraft], before: Sequence[KeyResultDraft] | None
) -> list[Row]:
    if before is None:
        return [_row("Key result", _said(one), None) for one in now]
    pairs = _pairs(now, before)
    rows = [_row("Key result", _said(one), _said(was)) for one, was in pairs]
    gone = [one for one in before if all(one is not was for _, was in pairs)]
    return [*rows, *(_row("Key result", "", _said(one)) for one in gone)]


def _said(one: KeyResultDraft | None) -> str:
    """A key result in a line, its days as the reader writes them."""
    if one is None:
        return ""
    return DAY.sub(lambda found: day(dt.date.fromisoformat(found[0])), in_words([one])[0])


def _pairs(
    now: Sequence[KeyResultDraft], before: Sequence[KeyResultDraft]
) -> list[tuple[KeyResultDraft, KeyResultDraft | None]]:
    """Each key result with the one that it was: of the same title, else of the title most like it."""
    left = list(before)
    found: dict[int, KeyResultDraft] = {}

    def take(place: int, was: KeyResultDraft) -> None:
        found[place] = was
        left[:] = [one for one in left if one is not was]

    for place, one in enumerate(now):
        if same := next((was for was in left if was.title == one.title), None):
            take(place, same)
    for place, one in enumerate(now):
        if place in found or not left:
            continue
        likeness = [(_likeness(one.title, was.title), was) for was in left]
        best, was = max(likeness, key=lambda pair: pair[0])
        if best >= ALIKE:
            take(place, was)
    return [(one, found.get(place)) for place, one in enumerate(now)]


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.casefold(), other.casefold(), False).ratio()
