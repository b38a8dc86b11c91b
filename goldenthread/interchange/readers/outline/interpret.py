"""Turning sections into a strategy: which words are the vision, which the priorities, and why."""

from __future__ import annotations

import datetime as dt
import re

from goldenthread.interchange.readers.outline.draft import LONG_TITLE, Draft
from goldenthread.interchange.readers.outline.model import (
    Ignored,
    Line,
    Outline,
    Section,
)
from goldenthread.interchange.readers.outline.words import (
    bare_title,
    plain,
    role,
    says_plan,
    split_label,
    topics,
)

# A title shorter than this is too common to recognise another page by its beginning.
_TELLING = 5

_NOT_USED = {
    "agenda": "An agenda.",
    "closing": "A closing page.",
    "context": "Background, not a priority.",
}


def interpret(
    sections: list[Section], ignored: list[Ignored], as_of: dt.date | None = None
) -> Outline:
    """The strategy that ``sections`` tell; every text ends in it or in ``ignored``."""
    return _Interpreter(ignored, as_of).outline(sections)


class _Interpreter:
    """One reading of one outline."""

    def __init__(self, ignored: list[Ignored], as_of: dt.date | None) -> None:
        self.ignored = list(ignored)
        self.as_of = as_of
        self.title = ""
        self.texts: dict[str, list[str]] = {"vision": [], "mission": [], "values": []}
        self.trade_offs: list[str] = []
        self.drafts: list[Draft] = []
        self.titled: dict[str, Draft] = {}
        self.begun: dict[str, Draft] = {}

    def ignore(self, where: str, text: str, why: str) -> None:
        if text:
            self.ignored.append(Ignored(where, text, why))

    def ignore_section(self, section: Section, why: str) -> None:
        words = [section.title, *(line.text for line in section.lines), section.notes]
        self.ignore(section.where, " / ".join(word for word in words if word), why)

    # -- the whole -------------------------------------------------------------------------------

    def outline(self, sections: list[Section]) -> Outline:
        sections = self.take_title(sections)
        unclassified: list[list[Section]] = []
        position = 0
        while position < len(sections):
            group = _with_children(sections, position)
            position += len(group)
            head = group[0]
            about = topics(head.title) if head.title else ()
            if not about and not head.title:
                self.read_untitled(head)
            elif not about:
                unclassified.append(group)
            elif "priorities" in about and not head.lines and len(group) == 1:
                # A divider slide: what follows until the next known heading are the priorities.
                following = _until_known(sections, position)
                position += len(following)
                self.keep_notes(head)
                for each in following:
                    self.add_priority([each])
            else:
                self.read_known(group, about)
        self.read_unclassified(unclassified)
        return Outline(
            title=self.title,
            vision="\n".join(self.texts["vision"]),
            mission="\n".join(self.texts["mission"]),
            values=tuple(self.texts["values"]),
            priorities=tuple(draft.done() for draft in self.drafts),
            trade_offs=tuple(self.trade_offs),
            ignored=tuple(self.ignored),
        )

    def take_title(self, sections: list[Section]) -> list[Section]:
        """Take the title of the whole off the front, with what stands beside it."""
        if not sections:
            return sections
        first = sections[0]
        if first.opens and not topics(first.title):
            self.title = first.title
            rest = self.take_statements(first)
            for line in rest:
                self.ignore(line.where or first.where, line.text, "Stands on the title page.")
            self.keep_notes(first)
            return sections[1:]
        alone = all(each.level > first.level for each in sections[1:])
        if (
            first.title
            and not topics(first.title)
            and len(sections) > 1
            and (alone or (says_plan(first.title) and not first.lines))
        ):
            self.title = first.title
            untitled = Section(first.where, "", first.level + 1, first.lines)
            return ([untitled] if first.lines else []) + sections[1:]
        if not first.title and first.lines and not first.lines[0].marked:
            line = first.lines[0]
            if says_plan(line.text) and len(line.text) <= LONG_TITLE and ":" not in line.text:
                self.title = line.text
                first.lines.pop(0)
        return sections

    def keep_notes(self, section: Section) -> None:
        self.ignore(section.where, section.notes, "Speaker notes of a page that is no priority.")

    def take_statements(self, section: Section) -> list[Line]:
        """Take "Vision: …" and the like out of a section's lines; gives back the others."""
        rest: list[Line] = []
        open_topic, open_depth = "", 0
        for line in section.lines:
            label, text = split_label(line.text)
            about = topics(label) if label else topics(line.text)
            statement = next((each for each in about if each in self.texts), "")
            if not statement and about == ("trade_offs",):
                statement = "trade_offs"
            if statement and (label or len(about) == 1):
                open_topic, open_depth = statement, line.depth
                if label and text:
                    self.add_text(statement, text)
            elif open_topic and (line.depth > open_depth or not self.has_text(open_topic)):
                self.add_text(open_topic, line.text)
            else:
                open_topic = ""
                rest.append(line)
        return rest

    def has_text(self, topic: str) -> bool:
        return bool(self.trade_offs if topic == "trade_offs" else self.texts[topic])

    def add_text(self, topic: str, text: str) -> None:
        if topic == "trade_offs":
            self.trade_offs.append(text)
        elif topic == "values" and len(text) <= 120 and text.count(",") >= 2:
            self.texts["values"] += [part for part in _parts(text) if part]
        else:
            self.texts[topic].append(text)

    # -- known headings --------------------------------------------------------------------------

    def read_known(self, group: list[Section], about: tuple[str, ...]) -> None:
        head = group[0]
        if "priorities" in about:
            self.keep_notes(head)
            self.read_list(head)
            for child in _children(group):
                self.add_priority(child)
            return
        unused = next((_NOT_USED[each] for each in about if each in _NOT_USED), "")
        if unused:
            for section in group:
                self.ignore_section(section, unused)
            return
        if len(about) > 1:
            rest = self.take_statements(head)
            # "Vision and mission" with nothing but two paragraphs: in that order.
            if len(rest) == len(about) and not any(self.has_text(each) for each in about):
                for topic, line in zip(about, rest, strict=True):
                    self.add_text(topic, line.text)
            else:
                for line in rest:
                    self.ignore(
                        head.where, line.text, f"Unclear whether it is {' or '.join(about)}."
                    )
        else:
            for line in head.lines:
                self.add_text(about[0], _unlabelled(line.text, about[0]))
        self.keep_notes(head)
        for section in group[1:]:
            inner = topics(section.title)
            if inner and inner != about:
                self.read_known([section], inner)
                continue
            words = [section.title, *(line.text for line in section.lines)]
            for text in (
                words if about[0] == "values" and len(words) == 1 else [": ".join(words[:2])]
            ):
                self.add_text(about[0], text)
            for text in words[2:]:
                self.add_text(about[0], text)

    def read_untitled(self, section: Section) -> None:
        section.lines = self.take_statements(section)
        if section.lines:
            self.read_list(section)

    def read_list(self, section: Section) -> None:
        """A list of priorities: each line of the lowest depth is one, deeper lines belong to it."""
        lines = self.take_statements(section)
        if not lines:
            return
        base = min(line.depth for line in lines)
        any_marked = any(line.marked for line in lines if line.depth == base)
        draft: Draft | None = None
        below: list[Line] = []
        for line in [*lines, None]:
            if line is None or line.depth == base:
                if draft is not None:
                    draft.fill(below)
                below = []
            if line is None:
                break
            if line.depth > base:
                below.append(line)
                continue
            label, _ = split_label(line.text)
            if " even over " in line.text.casefold():
                self.trade_offs.append(line.text)
            elif draft is not None and label and role(label) and not topics(label):
                below.append(Line(line.text, base + 1, line.marked))
            elif any_marked and not line.marked:
                self.ignore(
                    line.where or section.where,
                    line.text,
                    "An introduction to the list of priorities.",
                )
            elif not label and len(line.text) > 240:
                self.ignore(
                    line.where or section.where, line.text, "Too long for the title of a priority."
                )
            else:
                draft = Draft.titled(line.text, line.where or section.where, self.as_of)
                self.add(draft)

    # -- headings that nobody knows ----------------------------------------------------------------

    def read_unclassified(self, groups: list[list[Section]]) -> None:
        if not self.drafts and len(groups) == 1 and says_plan(groups[0][0].title):
            # "Strategy 2028" over a plain list: the list is the priorities.
            self.title = self.title or groups[0][0].title
            self.read_known(groups[0], ("priorities",))
            return
        numbered = [group for group in groups if bare_title(group[0].title)[1]]
        listed = bool(self.drafts)
        for group in groups:
            head = group[0]
            match = self.matching(head.title, loosely=listed)
            if match is not None:
                self.fill_group(match, group)
                match.source += f", {head.where}"
            elif listed or (numbered and group not in numbered):
                for section in group:
                    rest = Section(
                        section.where,
                        section.title,
                        section.level,
                        self.take_statements(section),
                        section.notes,
                    )
                    self.ignore_section(rest, "Not in the list of priorities.")
            elif len(groups) == 1 and not head.lines and _is_over_priorities(group):
                self.ignore(head.where, head.title, "A heading over the priorities.")
                self.keep_notes(head)
                for child in _children(group):
                    self.add_priority(child)
            elif len(group) > 1 or head.lines or head.notes or group in numbered:
                self.add_priority(group)
            else:
                self.ignore(head.where, head.title, "A heading with nothing under it.")

    def matching(self, title: str, *, loosely: bool = False) -> Draft | None:
        """The priority that a later page is about; loosely: one title begins with the other."""
        wanted = _key(title)
        exact = self.titled.get(wanted)
        if exact is not None or not loosely or len(wanted) < _TELLING:
            return exact
        shorter = (self.titled.get(start) for start in _starts(wanted))
        return next((draft for draft in shorter if draft), None) or self.begun.get(wanted)

    def add(self, draft: Draft) -> None:
        """Add a draft and remember its title and the beginnings of it."""
        self.drafts.append(draft)
        key = _key(draft.title)
        self.titled.setdefault(key, draft)
        for start in _starts(key):
            self.begun.setdefault(start, draft)

    # -- one priority ----------------------------------------------------------------------------

    def add_priority(self, group: list[Section]) -> None:
        head = group[0]
        known = self.matching(head.title)
        title, _ = bare_title(head.title)
        if topics(head.title) and known is None:
            self.read_known(group, topics(head.title))
            return
        draft = known or Draft(title, head.where, self.as_of)
        if known is None:
            self.add(draft)
        self.fill_group(draft, group)

    def fill_group(self, draft: Draft, group: list[Section]) -> None:
        head = group[0]
        draft.fill(head.lines)
        if head.notes:
            draft.notes.append(head.notes)
        for section in group[1:]:
            heading = Line(section.title, 0, marked=True)
            if role(section.title):
                heading.text = f"{section.title}:"
            deeper = [Line(each.text, each.depth + 1, each.marked) for each in section.lines]
            draft.fill([heading, *deeper])
            if section.notes:
                draft.notes.append(section.notes)


def _key(title: str) -> str:
    """A title as other pages repeat it: without its number, "(2/3)" or "(continued)"."""
    bare = re.sub(r"\s*\((?:\d+\s*(?:/|of)\s*\d+|cont[a-z.’']*)\)\s*$", "", title, flags=re.I)
    return plain(bare_title(bare)[0])


def _starts(title: str) -> list[str]:
    """The beginnings of a title, word by word, that are long enough to tell."""
    words = title.split()[:30]
    starts = (" ".join(words[:count]) for count in range(len(words) - 1, 0, -1))
    return [start for start in starts if len(start) >= _TELLING]


def _with_children(sections: list[Section], position: int) -> list[Section]:
    head = sections[position]
    group = [head]
    for section in sections[position + 1 :]:
        if not head.title or section.level <= head.level:
            break
        group.append(section)
    return group


def _children(group: list[Section]) -> list[list[Section]]:
    """The sections directly below the head of a group, each with its own."""
    found: list[list[Section]] = []
    position = 1
    while position < len(group):
        child = _with_children(group, position)
        found.append(child)
        position += len(child)
    return found


def _is_over_priorities(group: list[Section]) -> bool:
    """Whether a lone heading stands over several others that are no parts of a priority."""
    children = _children(group)
    return len(children) > 1 and not any(role(child[0].title) for child in children)


def _until_known(sections: list[Section], position: int) -> list[Section]:
    following: list[Section] = []
    for section in sections[position:]:
        if topics(section.title):
            break
        following.append(section)
    return following


def _unlabelled(text: str, topic: str) -> str:
    """ "Our vision: …" under the heading "Vision" without its label."""
    label, rest = split_label(text)
    return rest if label and rest and topics(label) == (topic,) else text


def _parts(text: str) -> list[str]:
    return [part.strip(" .") for part in re.split(r",|;|\band\b|&", text)]
