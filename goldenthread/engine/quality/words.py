"""What the rules about wording look up: one file of words a language, in `engine/words/`."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

FILES = Path(__file__).parents[1] / "words"

Phrase: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class Bounds:
    """What values a unit allows; with `titles`, only where the title has one of these words."""

    units: frozenset[str]
    titles: frozenset[str]
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Words:
    """The word lists of one language, lower case; a phrase that begins a title is the tuple of its words."""

    vague_verbs: frozenset[str]
    joins: re.Pattern[str]
    joins_before_verb: frozenset[str]
    verbs: frozenset[str]
    placeholders: re.Pattern[str]
    output_beginnings: frozenset[Phrase]
    yes_no_units: frozenset[str]
    deliverable_units: frozenset[str]
    hold_beginnings: frozenset[Phrase]
    vague_qualifiers: re.Pattern[str]
    bounds: tuple[Bounds, ...]


@cache
def words_of(language: str) -> Words | None:
    """The words of a language by its code ("en", "en-gb"); None where nobody has written them down."""
    code = language.lower().replace("_", "-").partition("-")[0]
    path = FILES / f"{code}.toml"
    if not code.isalpha() or not path.is_file():
        return None
    return _words(tomllib.loads(path.read_text(encoding="utf-8")))


def tokens(text: str) -> list[str]:
    """The words and numbers of a text in lower case, letters of any language."""
    return re.findall(r"[^\W_]+", text.lower())


def begins_with(title: Sequence[str], phrases: Collection[Phrase]) -> bool:
    """Whether the words of a title begin with one of the phrases, which have three words at most."""
    return any(tuple(title[:n]) in phrases for n in (1, 2, 3))


def first_of(text: str, listed: re.Pattern[str]) -> str | None:
    """The first word, phrase or sign of a list that stands in the text, in lower case."""
    found = listed.search(text.lower())
    return found.group() if found else None


def _listed(phrases: Iterable[str]) -> re.Pattern[str]:
    """Finds any of the phrases as whole words; one that begins or ends with a sign is found beside letters too."""
    parts = (
        ("(?<!\\w)" if phrase[0].isalnum() else "")
        + re.escape(phrase)
        + ("(?!\\w)" if phrase[-1].isalnum() else "")
        for phrase in phrases
    )
    return re.compile("|".join(parts))


def _words(given: Mapping[str, Any]) -> Words:
    def phrases(name: str) -> frozenset[Phrase]:
        return frozenset(tuple(tokens(text)) for text in given[name])

    return Words(
        frozenset(given["vague_verbs"]),
        _listed(given["joins"]),
        frozenset(given["joins_before_verb"]),
        frozenset(given["verbs"]),
        _listed(given["placeholders"]),
        phrases("output_beginnings"),
        frozenset(given["yes_no_units"]),
        frozenset(given["deliverable_units"]),
        phrases("hold_beginnings"),
        _listed(given["vague_qualifiers"]),
        tuple(
            Bounds(
                frozenset(one["units"]),
                frozenset(one.get("titles", ())),
                one.get("low"),
                one.get("high"),
            )
            for one in given["bounds"]
        ),
    )
