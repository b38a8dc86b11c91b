"""One priority while it is being read: its reasons, results, trade-offs, sponsor and notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from goldenthread.interchange.readers.outline.model import DraftPriority, ExpectedResult, Line
from goldenthread.interchange.readers.outline.results import has_figure, read_result
from goldenthread.interchange.readers.outline.words import bare_title, role, split_label

LONG_TITLE = 120


@dataclass
class Draft:
    """A priority to which lines are added as they are met."""

    title: str
    source: str
    as_of: dt.date | None = None
    why: list[str] = field(default_factory=list)
    results: list[ExpectedResult] = field(default_factory=list)
    trade_offs: list[str] = field(default_factory=list)
    sponsor: str = ""
    notes: list[str] = field(default_factory=list)

    @classmethod
    def titled(cls, text: str, where: str, as_of: dt.date | None) -> Draft:
        """A draft whose title is parted from a reason or result behind a colon or dash."""
        title, _ = bare_title(text)
        draft = cls(title, where, as_of)
        label, reason = split_label(title)
        is_result = has_figure(reason) and len(reason) <= LONG_TITLE
        # "The quiet pump: Alder 3" is all title; a reason takes a few words.
        if label and len(label) <= 80 and (is_result or len(reason.split()) > 3):
            draft.title = label
            draft.put("results" if is_result else "why", reason)
        return draft

    def done(self) -> DraftPriority:
        """The priority as read."""
        return DraftPriority(
            title=self.title,
            source=self.source,
            why="\n".join(self.why),
            expected_results=tuple(self.results),
            trade_offs=tuple(self.trade_offs),
            sponsor=self.sponsor,
            notes="\n".join(self.notes),
        )

    def fill(self, lines: list[Line]) -> None:
        """Read what stands under a priority: reasons, results, trade-offs, sponsor, the rest."""
        if not lines:
            return
        base = min(line.depth for line in lines)
        any_marked = any(line.marked for line in lines)
        under: str | None = None
        for position, line in enumerate(lines):
            label, text = split_label(line.text)
            kind = role(label) if label else role(line.text.rstrip(":"))
            bare = kind is not None and not (label and text)
            if bare and (_deeper(lines, position) or line.text.endswith(":")):
                under = kind
            elif kind is not None and label and text:
                self.put(kind, text)
                under = kind if _deeper(lines, position) else None
            elif " even over " in line.text.casefold():
                self.trade_offs.append(line.text)
            elif under is not None and (line.depth > base or not line.marked or base == 0):
                if line.depth <= base and _had_deeper(lines, position):
                    under = None
                    self._put_plain(lines, position, any_marked, base)
                else:
                    self.put(under, line.text)
            else:
                self._put_plain(lines, position, any_marked, base)

    def put(self, kind: str, text: str) -> None:
        """Add a text whose label says what it is."""
        if kind == "why":
            self.why.append(text)
        elif kind == "results":
            self.results += [read_result(each, self.as_of) for each in _semicolon_parts(text)]
        elif kind == "trade_offs":
            self.trade_offs.append(text)
        elif kind == "sponsor" and not self.sponsor:
            self.sponsor = text
        else:
            self.notes.append(text)

    def _put_plain(self, lines: list[Line], position: int, any_marked: bool, base: int) -> None:
        """A line without a label: a reason when it is prose, else an expected result."""
        line = lines[position]
        prose = not line.marked and (
            any_marked or (len(line.text) > LONG_TITLE and not has_figure(line.text))
        )
        if prose:
            self.why.append(line.text)
            return
        parent = _parent(lines, position)
        if parent is None:
            below = _deeper(lines, position)
            if below and not has_figure(line.text) and any(has_figure(x.text) for x in below):
                return  # a caption: its lines are the results and carry it as their detail
            self.results.append(read_result(line.text, self.as_of))
        elif has_figure(line.text) and not has_figure(parent.text):
            self.results.append(read_result(line.text, self.as_of, detail=parent.text))
        elif self.results and parent.text == self.results[-1].text.split("\n")[0]:
            last = self.results[-1]
            detail = f"{last.detail}; {line.text}" if last.detail else line.text
            self.results[-1] = read_result(last.text, self.as_of, detail)
        else:
            self.notes.append(f"{parent.text}: {line.text}")


def _deeper(lines: list[Line], position: int) -> list[Line]:
    found: list[Line] = []
    for line in lines[position + 1 :]:
        if line.depth <= lines[position].depth:
            break
        found.append(line)
    return found


def _had_deeper(lines: list[Line], position: int) -> bool:
    return position > 0 and lines[position - 1].depth > lines[position].depth


def _parent(lines: list[Line], position: int) -> Line | None:
    for line in reversed(lines[:position]):
        if line.depth < lines[position].depth:
            return line
    return None


def _semicolon_parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
