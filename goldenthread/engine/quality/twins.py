"""Objectives that look like another one: rule O11, over any number of them.

Comparing each with each would take hours for a large organisation. Titles that share four fifths of their words also share some
of their few rarest ones, so only those that do are compared (prefix filtering).
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from goldenthread.engine.quality.of_objectives import same_words
from goldenthread.engine.quality.words import tokens

SHARED = 3  # rare words that two titles alike, but not the same, have in common


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
    alike = _alike(by_words)
    found: dict[Hashable, Hashable] = {}
    for words, own in by_words.items():
        others = [one for near in alike[words] for one in by_words[near]]
        for one in own:
            twin = next((other for other in others if other != one and one.overlaps(other)), None)
            if twin is not None:
                found[one.key] = twin.key
    return found


def _alike(titles: Collection[frozenset[str]]) -> dict[frozenset[str], list[frozenset[str]]]:
    """For each set of words those alike to it, itself first."""
    common = Counter(word for words in titles for word in words)
    index: dict[tuple[str, ...], list[frozenset[str]]] = {}
    alike = {words: [words] for words in titles}
    for words in titles:
        for together in combinations(rarest(words, common, SHARED), SHARED):
            for other in index.get(together, ()):
                if same_words(words, other) and other not in alike[words]:
                    alike[words].append(other)
                    alike[other].append(words)
            index.setdefault(together, []).append(words)
    return alike


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


def rarest(
    words: frozenset[str], common: Mapping[str, int] | None = None, shared: int = 1
) -> list[str]:
    """The words of which every title alike to this one has at least `shared` (titles of up to three words: the same title).

    Rare by these counts, or, where nothing is counted, long ones first. Two sets alike to four fifths share at least ⌈4n/5⌉ of the n words of
    either: of all but that many, and `shared` more, at most n − ⌈4n/5⌉ are missing.
    """
    counts = common or {}
    ordered = sorted(words, key=lambda word: (counts.get(word, 0), -len(word), word))
    return ordered[: len(words) - -(-4 * len(words) // 5) + shared]
