"""A Word document as sections: its headings with the lists and paragraphs under them."""

from __future__ import annotations

import io
import re
from typing import Any

from docx import Document
from docx.table import Table

from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile, check_zip
from goldenthread.interchange.readers.outline.model import Ignored, Line, Section
from goldenthread.interchange.readers.outline.presentation import lines_of_table
from goldenthread.interchange.readers.outline.words import topics

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DEEPEST = 6
# A short bold paragraph is a heading of the lowest rank.
_BOLD_LEVEL = 9


def sections_of_document(
    data: bytes, limits: Limits = LIMITS
) -> tuple[list[Section], list[Ignored]]:
    """The sections of a .docx. Raises RefusedFile when it cannot be opened safely."""
    check_zip(data, limits)
    try:
        return _read(Document(io.BytesIO(data)))
    # python-docx meets broken packages with whatever happens to fail first.
    except Exception as error:
        raise RefusedFile(
            "The document cannot be read: it is damaged or not a Word file. Open it in Word, save "
            "it as .docx and choose the new file."
        ) from error


def _read(document: Any) -> tuple[list[Section], list[Ignored]]:
    sections: list[Section] = []
    ignored: list[Ignored] = []
    number = 0
    for block in document.iter_inner_content():
        number += 1
        where = f"paragraph {number}"
        if isinstance(block, Table):
            rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in block.rows]
            _under(sections, f"table at {where}").lines.extend(lines_of_table(rows))
            continue
        ignored += [
            Ignored(where, "picture", "Pictures and charts are not read.")
            for picture in block._p.iter(f"{_W}drawing")
            if picture.find(f".//{_W}txbxContent") is None
        ]
        text = _text(block._p)
        style = str(block.style.name) if block.style is not None else ""
        if re.match(r"toc \d|TOC Heading", style, re.I):
            if text:
                ignored.append(Ignored(where, text, "The table of contents."))
            continue
        if text:
            _place(block, text, style, where, sections, ignored)
        for box in _text_boxes(block._p):
            _under(sections, where).lines.append(Line(box, 0, marked=False))
    for part in document.sections:
        for furniture in (part.header, part.footer):
            words = " ".join(" ".join(each.text.split()) for each in furniture.paragraphs).strip()
            if words and not any(each.text == words for each in ignored):
                ignored.append(Ignored("header or footer", words, "A header or footer."))
    return sections, ignored


def _place(
    block: Any,
    text: str,
    style: str,
    where: str,
    sections: list[Section],
    ignored: list[Ignored],
) -> None:
    if style == "Title":
        sections.append(Section(where, text, 1, opens=True))
    elif style == "Subtitle" and sections:
        ignored.append(Ignored(where, text, "A subtitle."))
    elif level := _heading_level(block, style):
        sections.append(Section(where, text, level + 1))
    elif (depth := _list_depth(block, style)) is not None:
        _under(sections, where).lines.append(Line(text, depth, marked=True))
    elif typed := re.match(r"(?:[-–•▪◦‣·●○■*]|\d{1,2}[.)])\s+(?=\S)", text):
        _under(sections, where).lines.append(Line(text[typed.end() :], 0, marked=True))
    elif _is_bold(block) and len(text) <= 100 and not text.endswith("."):
        sections.append(Section(where, text.rstrip(":"), _bold_level(text, sections)))
    else:
        _under(sections, where).lines.append(Line(text, 0, marked=False))


def _under(sections: list[Section], where: str) -> Section:
    if not sections or sections[-1].opens:
        sections.append(Section(where, "", 2))
    return sections[-1]


def _bold_level(text: str, sections: list[Section]) -> int:
    """Bold lines head a document that has no headings, else they are the lowest rank there.

    Only a list of priorities has bold lines below it: after "Vision" the next one is a neighbour.
    """
    if topics(text) or any(1 < each.level < _BOLD_LEVEL and each.title for each in sections):
        return _BOLD_LEVEL
    last = next((each for each in reversed(sections) if each.level == _BOLD_LEVEL), None)
    return _BOLD_LEVEL + (last is not None and "priorities" in topics(last.title))


def _heading_level(block: Any, style: str) -> int | None:
    """1 to 6 for a heading, by its style or the style that one is based on."""
    current = block.style
    for _ in range(10):
        if current is None:
            break
        if match := re.fullmatch(r"heading (\d)", str(current.name), re.I):
            return min(int(match[1]), _DEEPEST)
        current = current.base_style
    outline = block._p.find(f"{_W}pPr/{_W}outlineLvl")
    if outline is not None and str(outline.get(f"{_W}val")).isdigit():
        level = int(outline.get(f"{_W}val")) + 1
        return level if level <= _DEEPEST else None
    return None


def _list_depth(block: Any, style: str) -> int | None:
    """0 for a list item, 1 below it; None for a paragraph outside lists."""
    numbering = block._p.find(f"{_W}pPr/{_W}numPr")
    if numbering is not None:
        level = numbering.find(f"{_W}ilvl")
        value = str(level.get(f"{_W}val")) if level is not None else "0"
        return int(value) if value.isdigit() else 0
    if match := re.fullmatch(r"List (?:Bullet|Number|Paragraph)(?: (\d))?", style):
        return int(match[1]) - 1 if match[1] else 0
    return None


def _is_bold(block: Any) -> bool:
    runs = [run for run in block.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _text(paragraph: Any) -> str:
    """What is readable in a paragraph: inserted text too, deleted text and text boxes not."""
    pieces: list[str] = []
    for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br"):
        if any(above.tag == f"{_W}txbxContent" for above in element.iterancestors()):
            continue
        pieces.append((element.text or "") if element.tag == f"{_W}t" else " ")
    return " ".join("".join(pieces).split())


def _text_boxes(paragraph: Any) -> list[str]:
    """The paragraphs of text boxes anchored here, each once."""
    found: dict[str, None] = {}
    for box in paragraph.iter(f"{_W}txbxContent"):
        for inner in box.iter(f"{_W}p"):
            text = " ".join("".join(each.text or "" for each in inner.iter(f"{_W}t")).split())
            if text:
                found[text] = None
    return list(found)
