"""The small things of a StratML file, read tolerantly: text, dates, numbers, identifiers."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from goldenthread.interchange.readers.cells import parse_date, parse_decimal
from goldenthread.interchange.readers.stratml.plan import PLACEHOLDER, KeptText, Repair

_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
_ADDRESSED = ("Goal", "Objective", "PerformanceIndicator", "Organization")
_ENVELOPE = ("StrategicPlan", "PerformancePlanOrReport", "StrategicPlanCore")


class Walk:
    """One walk over one file: reads small things tolerantly and collects what it mended."""

    def __init__(self, lines_before: int) -> None:
        self.lines_before = lines_before
        self.repairs: list[Repair] = []
        self.kept: list[KeptText] = []
        self.empty = 0
        self.identifiers: Counter[str] = Counter()
        self.seeds: Counter[str] = Counter()
        self.paths: dict[etree._Element, str] = {}

    # -- the small things ------------------------------------------------------------------------

    def line(self, element: etree._Element) -> int:
        """The line in the file on which ``element`` starts."""
        line = element.sourceline
        # lxml knows no line for elements made in memory; ours all come from a file.
        return (line if isinstance(line, int) else 1) + self.lines_before

    def where(self, element: etree._Element) -> str:
        """The way down to ``element``, in the file's own numbering."""
        if element in self.paths:
            return self.paths[element]
        name = local_name(element)
        if name in _ADDRESSED:
            number = first_text(element, "SequenceIndicator") or first_text(element, "Name")
            name = f"{name} {number[:40]}".rstrip()
        parent = element.getparent()
        if parent is not None and local_name(parent) not in _ENVELOPE:
            name = f"{self.where(parent)} › {name}"
        self.paths[element] = name
        return name

    def repaired(self, element: etree._Element, what: str, done: str) -> None:
        """Report what was found and what was made of it."""
        self.repairs.append(Repair(self.line(element), self.where(element), what.rstrip("."), done))

    def keep(self, element: etree._Element, name: str, text: str) -> None:
        """Keep text that no field takes."""
        self.kept.append(KeptText(self.line(element), self.where(element), name, text))

    def children(self, element: etree._Element, known: str) -> dict[str, list[etree._Element]]:
        """Child elements by local name; what is not ``known`` here is kept as text and reported."""
        found: dict[str, list[etree._Element]] = {name: [] for name in known.split()}
        self.keep_loose_text(element)
        for child in element:
            if not isinstance(child.tag, str):
                self.keep_comment(child)
                continue
            name = local_name(child)
            if name in found:
                found[name].append(child)
                continue
            near = next((each for each in found if each.casefold() == name.casefold()), None)
            if near:
                self.repaired(child, f"The element is written {name}", f"It was read as {near}.")
                found[near].append(child)
            else:
                self.unknown(child)
        return found

    def keep_loose_text(self, element: etree._Element) -> None:
        """Keep what stands between the child elements."""
        pieces = [element.text, *(child.tail for child in element)]
        text = _tidy(" ".join(piece for piece in pieces if piece))
        if text:
            self.keep(element, "text between elements", text)
            self.repaired(element, "Text stands between elements", "It was kept as text.")

    def keep_comment(self, node: etree._Element) -> None:
        """Keep the words of a comment; processing instructions say nothing about the plan."""
        parent = node.getparent()
        text = _tidy(node.text or "")
        if text and parent is not None and isinstance(node, etree._Comment):
            self.keep(parent, "comment", text)

    def unknown(self, element: etree._Element) -> None:
        """Keep the text of an element that has no place here."""
        text = _all_text(element)
        if not text:
            self.repaired(
                element, f"The element {local_name(element)} is unknown here and empty", "Left out."
            )
            return
        self.keep(element, local_name(element), text)
        self.repaired(
            element,
            f"The element {local_name(element)} is unknown here",
            "Its text was kept as text.",
        )

    def attributes(self, element: etree._Element, known: str = "") -> dict[str, str]:
        """The known attributes ("" when missing); the others are kept as text."""
        names = known.split()
        found = dict.fromkeys(names, "")
        for key, value in element.attrib.items():
            name, text = str(key), _tidy(str(value))
            if name.startswith(_XSI) or not text:
                continue
            if name in found:
                found[name] = text
            elif name != "id":  # an XML editor's own mark
                self.keep(element, f"attribute {name}", text)
        return found

    def text(self, elements: list[etree._Element]) -> str:
        """The text of an element that should occur once; repeated texts are joined."""
        texts: dict[str, None] = {}
        for element in elements:
            self.attributes(element)
            text = _all_text(element)
            if text and len(element):
                self.repaired(
                    element, "Markup stands inside a text", "The text was taken without it."
                )
            if not text:
                self.empty += 1
            else:
                texts[text] = None
        if len(texts) > 1:
            self.repaired(
                elements[1],
                f"{local_name(elements[0])} occurs {len(texts)} times",
                "Joined into one.",
            )
        return "\n\n".join(texts)

    def date(self, elements: list[etree._Element]) -> dt.date | None:
        """The date in an element that should occur once; what is none is kept as text."""
        text = self.text(elements)
        if not text:
            return None
        element = elements[0]
        try:
            date = parse_date(text)
        except ValueError as error:
            self.keep(element, local_name(element), text)
            self.repaired(element, f"No date: {error}", "It was kept as text.")
            return None
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            self.repaired(element, f"The date is written “{text}”", f"It was read as {date}.")
        return date

    def period(
        self, element: etree._Element, starts: list[etree._Element], ends: list[etree._Element]
    ) -> tuple[dt.date | None, dt.date | None]:
        """Start and end; swapped ones are put the right way round."""
        start, end = self.date(starts), self.date(ends)
        if start is None or end is None or start <= end:
            return start, end
        what = f"The start {start} lies after the end {end}"
        if start - end == dt.timedelta(days=1):
            # A whole year whose start carries the wrong year; swapping would make it two days.
            self.repaired(
                element,
                f"{what} by one day: one of the two has the wrong year",
                "The end was kept, the start left open.",
            )
            return None, end
        self.repaired(element, what, "They were swapped.")
        return end, start

    def number(self, element: etree._Element, text: str, name: str) -> tuple[Decimal | None, str]:
        """The number in ``text`` and a sign that stood with it; (None, "") for words."""
        match = re.fullmatch(r"([$€£¥]?)\s*([-+−(]?[\d.,\s'’]*\d\)?)\s*([%$€£¥]?)", text)
        if match:
            try:
                value = parse_decimal(match[2], decimal_comma=False)
            except ValueError as error:
                self.repaired(element, str(error), "The value was kept as text.")
            else:
                if not re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
                    self.repaired(element, f"{name} is written “{text}”", f"Read as {value}.")
                return value, match[1] or match[3]
        self.keep(element, name, text)
        return None, ""

    # -- identity --------------------------------------------------------------------------------

    def count_identifiers(self, root: etree._Element) -> None:
        """Learn which identifiers occur more than once: those name nothing."""
        for element in elements_of(root):
            if local_name(element) in _ADDRESSED:
                identifier = first_text(element, "Identifier")
                if identifier:
                    self.identifiers[identifier] += 1

    def identity(self, element: etree._Element, parent_id: str, identifier: str, words: str) -> str:
        """A stable id: the file's own where it is usable, else derived from place and words.

        The same file read again gives the same ids, whatever else changes in it.
        """
        usable = bool(identifier) and not PLACEHOLDER.search(identifier)
        if usable and self.identifiers[identifier] == 1:
            return identifier
        seed = f"{parent_id}|{local_name(element)}|{identifier if usable else ''}|{words}"
        self.seeds[seed] += 1
        count = self.seeds[seed]
        derived = digest(seed if count == 1 else f"{seed}|{count}")
        if usable:
            what = f"The identifier {identifier} is used {self.identifiers[identifier]} times"
        else:
            what = f"The identifier is {'a placeholder' if identifier else 'missing'}"
        self.repaired(element, what, f"A stable one was derived: {derived}.")
        return derived


def elements_of(root: etree._Element) -> Iterator[etree._Element]:
    """All elements under and with ``root``, without comments and processing instructions."""
    for element in root.iter():
        if isinstance(element.tag, str):
            yield element


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(etree.QName(element).localname) if isinstance(element.tag, str) else "comment"


def _all_text(element: etree._Element) -> str:
    pieces = element.xpath(".//text()[not(parent::comment())]")
    assert isinstance(pieces, list)
    return _tidy(" ".join(str(piece) for piece in pieces) if len(element) else element.text or "")


def first_text(element: etree._Element, name: str) -> str:
    """The text of the first child called ``name``, or ""."""
    for child in element:
        if isinstance(child.tag, str) and local_name(child) == name:
            return _all_text(child)
    return ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def digest(seed: str) -> str:
    """An identifier made of ``seed``: the same for the same seed, and valid as an xsd:ID."""
    return "_gt_" + hashlib.sha256(seed.encode()).hexdigest()[:24]
