"""Objectives that look like another one: rule O11, over any number of them.

Comparing each with each would take hours for a large organisation. Titles that share four fifths of their words also share some
of their few rarest ones, so only those that do are compared (prefix filtering, by the number of words of both). Titles made by
a template, alike but for a number, share only words that many have, and are then not compared at all.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from goldenthread.engine.quality.of_objectives import same_words
from goldenthread.engine.quality.words import tokens

SHARED = 3  # rare words that two titles alike, but not the same, have in common (such titles have four words or more)


@dataclass(frozen=True)
class Titled:
    """An open objective with its period, both days counted."""

    key: Hashable
    title: str
    starts: date
    ends: date

    def overlaps(self, other: "Titled") -> bool:
        return self.starts <= other.ends and other.starts <= self.ends


def twins(objectives: Iterable[Titled]) -> Mapping[Hashable, Hashable]:
    """For each objective that has one, another with nearly the same title in an overlapping period; the first that is found."""
    by_words: dict[frozenset[str], list[Titled]] = {}
    for one in objectives:
        if words := frozenset(tokens(one.title)):
            by_words.setdefault(words, []).append(one)
    found: dict[Hashable, Hashable] = {}
    for own in by_words.values():
        _pair(own, own, found)
    common = Counter(word for words in by_words for word in words)
    single: dict[int, list[frozenset[str]]] = {}  # each has somebody without a twin
    paired: dict[int, list[frozenset[str]]] = {}
    for words, own in by_words.items():
        near, keys = _keys(words, common)
        for key in near:
            for other in single.get(key, ()):
                if same_words(words, other):
                    _pair(own, by_words[other], found)
                    _pair(by_words[other], own, found)
            if key in single:
                for other in single[key]:
                    if _all_paired(by_words[other], found):
                        paired.setdefault(key, []).append(other)
                single[key] = [one for one in single[key] if not _all_paired(by_words[one], found)]
            for other in paired.get(key, ()):
                if _all_paired(own, found):
                    break
                if same_words(words, other):
                    _pair(own, by_words[other], found)
        kept = paired if _all_paired(own, found) else single
        for key in keys:
            kept.setdefault(key, []).append(words)
    return found


def _pair(
    own: Iterable[Titled], others: Collection[Titled], found: dict[Hashable, Hashable]
) -> None:
    """Give each of `own` that has no twin yet the first of the others that overlaps."""
    for one in own:
        if one.key not in found:
            twin = next((other for other in others if other != one and one.overlaps(other)), None)
            if twin is not None:
                found[one.key] = twin.key


def _all_paired(titles: Iterable[Titled], found: Mapping[Hashable, Hashable]) -> bool:
    return all(one.key in found for one in titles)


def _keys(words: frozenset[str], common: Mapping[str, int]) -> tuple[list[int], list[int]]:
    """Under which keys those alike to it stand, and under which it stands itself.

    Two titles of n and m words that share four fifths share at least ⌈4(n + m)/9⌉ words, so of the rarest n − ⌈4(n + m)/9⌉ + 3 of the
    one at least three are among as many of the other. Each key is the hash of three such words, with both lengths.
    """
    n = len(words)
    ordered = sorted(words, key=lambda word: (common[word], word))
    near, keys = [], []
    for m in range(-(-4 * n // 5), 5 * n // 4 + 1):
        shared = -(-4 * (n + m) // 9)
        for together in combinations(ordered[: n - shared + SHARED], SHARED):
            near.append(hash((m, n, together)))
            keys.append(hash((n, m, together)))
    return near, keys


def twin_of(one: Titled, others: Iterable[Titled]) -> Titled | None:
    """The first of the others that looks like this one."""
    own = frozenset(tokens(one.title))
    return next(
        (
            other
            for other in others
            if other.key != one.key
            and one.overlaps(other)
            and same_words(own, frozenset(tokens(other.title)))
        ),
        None,
    )


def rarest(words: frozenset[str]) -> list[str]:
    """Words, long ones first, of which every title alike to this one has at least one.

    Two sets alike to four fifths share at least ⌈4n/5⌉ of the n words of either, so at most n − ⌈4n/5⌉ are missing.
    """
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return ordered[: len(words) - -(-4 * len(words) // 5) + 1]
