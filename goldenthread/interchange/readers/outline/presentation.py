"""A PowerPoint presentation as sections: one a slide."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE_TYPE, PP_PLACEHOLDER

from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile, check_zip
from goldenthread.interchange.readers.outline.model import Ignored, Line, Section

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE)
_FURNITURE = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE)


def sections_of_presentation(
    data: bytes, limits: Limits = LIMITS
) -> tuple[list[Section], list[Ignored]]:
    """The slides of a .pptx. Raises RefusedFile when it cannot be opened safely."""
    check_zip(data, limits)
    ignored: list[Ignored] = []
    sections: list[Section] = []
    try:
        slides = list(Presentation(io.BytesIO(data)).slides)
        for number, slide in enumerate(slides, start=1):
            section = _section(slide, number, ignored)
            if section is not None:
                sections.append(section)
    # python-pptx meets broken packages with whatever happens to fail first.
    except Exception as error:
        raise RefusedFile(
            "The presentation cannot be read: it is damaged or not a PowerPoint file. Open it in "
            "PowerPoint, save it as .pptx and choose the new file."
        ) from error
    if not sections:
        raise RefusedFile("The presentation has no slide with text. Pictures are not read.")
    return sections, ignored


def _section(slide: Any, number: int, ignored: list[Ignored]) -> Section | None:
    where = f"slide {number}"
    title, opens = "", False
    blocks: list[list[Line]] = []
    for shape in _in_reading_order(slide.shapes):
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        text = shape.text_frame.text.strip() if shape.has_text_frame else ""
        if kind in _FURNITURE:
            if text:
                ignored.append(Ignored(where, text, "A page number, date or footer."))
        elif kind in _TITLES and not title:
            title = " ".join(text.split())
            opens = number == 1 and kind == PP_PLACEHOLDER.CENTER_TITLE
        elif shape.has_text_frame:
            blocks.append(_lines(shape, where, ignored))
        elif getattr(shape, "has_table", False):
            rows = [[" ".join(c.text.split()) for c in row.cells] for row in shape.table.rows]
            blocks.append(lines_of_table(rows))
        elif diagram := _diagram(shape, slide):
            blocks.append(diagram)
        elif why := _not_read(shape):
            ignored.append(Ignored(where, shape.name, why))
    blocks = [block for block in blocks if block]
    notes = ""
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = slide.notes_slide.notes_text_frame.text.strip()
    if not title and blocks:
        first = blocks[0]
        if len(first[0].text) <= 80:
            title = first.pop(0).text
            blocks = [block for block in blocks if block]
    if not (title or blocks or notes):
        return None
    if slide._element.get("show") == "0":
        ignored.append(Ignored(where, _all_words(title, blocks), "The slide is hidden."))
        return None
    section = Section(where, title, 1, _joined(blocks), notes)
    section.opens = opens or (
        number == 1 and len(section.lines) <= 2 and not any(x.marked for x in section.lines)
    )
    return section


def _all_words(title: str, blocks: list[list[Line]]) -> str:
    return " / ".join([title, *(line.text for block in blocks for line in block)]).strip(" /")


def _joined(blocks: list[list[Line]]) -> list[Line]:
    """All text boxes as one list; of boxes side by side each has its own heading."""
    headed = [block for block in blocks if len(block) > 1 and all(x.depth == 0 for x in block)]
    boxes = len(blocks) >= 2 and len(headed) >= 2
    lines: list[Line] = []
    for block in blocks:
        if boxes and block in headed:
            lines.append(Line(block[0].text, 0, True))
            lines += [Line(line.text, 1, line.marked) for line in block[1:]]
        else:
            lines += block
    return lines


def _in_reading_order(shapes: Any) -> Iterator[Any]:
    """Placeholders first, as the layout has them, then boxes by rows from the top left."""
    placeholders: list[Any] = []
    others: list[Any] = []
    for shape in _flat(shapes):
        (placeholders if shape.is_placeholder else others).append(shape)
    yield from placeholders
    # Boxes whose tops differ by less than half an inch stand in one row.
    yield from sorted(others, key=lambda one: ((one.top or 0) // 457_200, one.left or 0))


def _flat(shapes: Any) -> Iterator[Any]:
    for shape in shapes:
        if shape.shape_type == MSO_SHAPE_TYPE.GROUP:
            yield from _flat(shape.shapes)
        else:
            yield shape


def _lines(shape: Any, where: str, ignored: list[Ignored]) -> list[Line]:
    lines: list[Line] = []
    # A layout's body lists its paragraphs; subtitles and free boxes do not unless told to.
    listed = shape.is_placeholder and shape.placeholder_format.type != PP_PLACEHOLDER.SUBTITLE
    for paragraph in shape.text_frame.paragraphs:
        text = " ".join(paragraph.text.replace("\v", " ").split())
        if not text:
            continue
        if re.fullmatch(r"\d{1,3}", text):
            ignored.append(Ignored(where, text, "A number without words."))
            continue
        typed = re.match(r"[-–•▪◦‣·●○■*]\s+(?=\S)", text)
        properties = paragraph._p.find(f"{_A}pPr")
        bullet = properties is not None and (
            properties.find(f"{_A}buChar") is not None
            or properties.find(f"{_A}buAutoNum") is not None
        )
        plain = properties is not None and properties.find(f"{_A}buNone") is not None
        marked = bool(typed) or bullet or (listed and not plain)
        lines.append(Line(text[typed.end() :] if typed else text, paragraph.level, marked))
    lowest = min((line.depth for line in lines), default=0)
    for line in lines:
        line.depth -= lowest
    return lines


def lines_of_table(rows: list[list[str]]) -> list[Line]:
    """A table row by row: the first cell, and below it the others with their column's name."""
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        return [Line(" – ".join(cell for cell in row if cell)) for row in rows]
    header, lines = rows[0], list[Line]()
    for row in rows[1:]:
        lines.append(Line(row[0] or "–", 0))
        seen = {row[0]}
        for name, cell in zip(header[1:], row[1:], strict=False):
            if cell and cell not in seen:  # merged cells repeat
                seen.add(cell)
                lines.append(Line(f"{name}: {cell}" if name else cell, 1))
    return lines


def _diagram(shape: Any, slide: Any) -> list[Line]:
    """The texts of a SmartArt diagram with their depth; empty for any other shape."""
    link = shape._element.find(f".//{_DGM}relIds")
    if link is None:
        return []
    part = slide.part.related_part(link.get(f"{_R}dm"))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(part.blob, parser)
    texts: dict[str, str] = {}
    top = ""
    for point in root.iter(f"{_DGM}pt"):
        if point.get("type") == "doc":
            top = str(point.get("modelId"))
        elif point.get("type") in (None, "node", "asst"):
            words = "".join(each.text or "" for each in point.iter(f"{_A}t"))
            texts[str(point.get("modelId"))] = " ".join(words.split())
    below: dict[str, list[tuple[int, str]]] = {}
    for tie in root.iter(f"{_DGM}cxn"):
        if tie.get("type") in (None, "parOf"):
            order = str(tie.get("srcOrd") or "0")
            below.setdefault(str(tie.get("srcId")), []).append(
                (int(order) if order.isdigit() else 0, str(tie.get("destId")))
            )
    lines: list[Line] = []
    seen: set[str] = set()

    def descend(point: str, depth: int) -> None:
        for _, child in sorted(below.get(point, [])):
            if child in texts and child not in seen and depth < 20:
                seen.add(child)
                if texts[child]:
                    lines.append(Line(texts[child], depth))
                descend(child, depth + 1)

    descend(top, 0)
    lines += [Line(text) for point, text in texts.items() if point not in seen and text]
    return lines


def _not_read(shape: Any) -> str:
    if getattr(shape, "has_chart", False):
        return "A chart: its figures are not read."
    if shape.shape_type == MSO_SHAPE_TYPE.PICTURE:
        return "A picture: text in pictures is not read."
    if shape.shape_type in (MSO_SHAPE_TYPE.EMBEDDED_OLE_OBJECT, MSO_SHAPE_TYPE.LINKED_OLE_OBJECT):
        return "An embedded object: it is not read."
    if shape.shape_type == MSO_SHAPE_TYPE.MEDIA:
        return "Sound or video: it is not read."
    return ""
