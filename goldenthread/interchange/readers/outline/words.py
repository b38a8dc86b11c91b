"""Recognising what a heading or a label is about; the words stand in ``words.json``."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = json.loads(
    Path(__file__).with_name("words.json").read_text(encoding="utf-8")
)
_FILLERS = frozenset(_WORDS["fillers"])
UP, DOWN = frozenset(_WORDS["up"]), frozenset(_WORDS["down"])
AT_MOST: tuple[str, ...] = tuple(_WORDS["at_most"])
AT_LEAST: tuple[str, ...] = tuple(_WORDS["at_least"])

_MARKER = re.compile(
    r"^(?:strategic\s+)?(?:" + "|".join(sorted(_WORDS["markers"], key=len, reverse=True)) + r")"
    r"\s*(?:no\.?\s*|#)?(?:\d{1,2}|[ivx]{1,4}|[a-h])\s*(?:[:.)–—-]\s*|\s+|$)",
    re.IGNORECASE,
)
_NUMBERING = re.compile(
    r"^(?:\(?\d{1,2}(?:\.\d{1,2})*[.):]|\d{1,2}\s*[–—-]|\d{1,2}(?=\s+[A-Z]))\s*"
)


def plain(text: str) -> str:
    """Lower case words only, parted by one space."""
    return " ".join(re.findall(r"[^\W_]+", text.replace("’", "").replace("'", "").casefold()))


def _core(text: str) -> str:
    return " ".join(
        word for word in plain(text).split() if word not in _FILLERS and not word.isdigit()
    )


def _lookup(groups: dict[str, list[str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, phrases in groups.items():
        for phrase in phrases:
            found.setdefault(_core(phrase) or plain(phrase), name)
    return found


_TOPICS = _lookup(_WORDS["topics"])
_ROLES = {phrase: name for name, group in _WORDS["roles"].items() for phrase in group}


@lru_cache(maxsize=4096)
def topics(heading: str) -> tuple[str, ...]:
    """What a heading is about: vision, mission, values, priorities, trade_offs, agenda, closing
    or context; two for "Vision and mission"; empty when it is none of these.
    """
    if not heading or len(heading) > 80:
        return ()
    bare = _NUMBERING.sub("", heading).strip()
    whole = _TOPICS.get(_core(bare)) or _TOPICS.get(plain(bare))
    if whole:
        return (whole,)
    parts = [part for part in re.split(r"\s+and\s+|&|,|/|\+", bare) if part.strip()]
    found = [_TOPICS.get(_core(part)) or _TOPICS.get(plain(part)) for part in parts]
    if len(parts) > 1 and all(found):
        return tuple(dict.fromkeys(topic for topic in found if topic))
    return ()


@lru_cache(maxsize=4096)
def role(label: str) -> str | None:
    """What a label inside a priority introduces: why, results, sponsor, trade_offs or actions."""
    return _ROLES.get(plain(label)) if len(label) <= 40 else None


def split_label(text: str) -> tuple[str, str]:
    """("Why", "because …") for "Why: because …"; ("", text) without a label; text "" after a bare
    label with a colon."""
    match = re.match(r"([^:]{2,40}?)\s*:\s*(.*)$", text, re.DOTALL)
    if not match:
        match = re.match(r"(.{2,40}?)\s+[–—-]\s+(.+)$", text, re.DOTALL)
    return (match[1].strip(), match[2].strip()) if match else ("", text)


def bare_title(text: str) -> tuple[str, bool]:
    """A title without "Priority 1:" or "1." before it, and whether such a marker stood there."""
    without = _MARKER.sub("", text.strip(), count=1)
    marked = without != text.strip()
    without = _NUMBERING.sub("", without).strip() if not marked else without.strip()
    return (without or text.strip()), marked


def says_plan(text: str) -> bool:
    """Whether a line reads like the title of a plan ("Strategy 2028")."""
    words = f" {plain(text)} "
    return any(f" {each} " in words for each in _WORDS["plan_words"])
