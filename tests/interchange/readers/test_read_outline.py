"""Reading a strategy out of presentations, documents and pasted text."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE as RT
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.util import Inches

from goldenthread.interchange.readers.limits import Limits, RefusedFile
from goldenthread.interchange.readers.outline import (
    Outline,
    read_document,
    read_presentation,
    read_text,
)
from goldenthread.interchange.readers.outline.results import read_result

TODAY = dt.date(2026, 5, 1)


class Deck:
    """A presentation in the making; layouts are those of the default template."""

    TITLE, BULLETS, SECTION, TITLE_ONLY = 0, 1, 2, 5

    def __init__(self) -> None:
        self.file = Presentation()

    def slide(
        self, title: str, lines: Sequence[str] = (), layout: int = BULLETS, notes: str = ""
    ) -> Deck:
        """Add a slide; leading tabs of a line are its level."""
        slide = self.file.slides.add_slide(self.file.slide_layouts[layout])
        slide.shapes.title.text = title
        for index, line in enumerate(lines):
            frame = slide.placeholders[1].text_frame
            paragraph = frame.add_paragraph() if index else frame.paragraphs[0]
            paragraph.text, paragraph.level = line.lstrip("\t"), line.count("\t")
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
        return self

    def bytes(self) -> bytes:
        stream = io.BytesIO()
        self.file.save(stream)
        return stream.getvalue()

    def read(self) -> Outline:
        return read_presentation(self.bytes(), TODAY)


def titles(outline: Outline) -> list[str]:
    return [priority.title for priority in outline.priorities]


def results(outline: Outline, index: int = 0) -> list[str]:
    return [result.text for result in outline.priorities[index].expected_results]


def test_reads_a_deck_with_a_list_of_priorities() -> None:
    outline = (
        Deck()
        .slide("Aldervale Heat: strategy 2026–2028", ["Board, 12 May"], Deck.TITLE)
        .slide("Agenda", ["Vision", "Priorities"])
        .slide("Vision and mission", ["Vision", "\tWarm homes", "Mission", "\tPumps people love"])
        .slide("Our values", ["Candour", "Care"])
        .slide(
            "Strategic priorities 2026–2028",
            [
                "The quiet pump: Alder 3",
                "\t45 dB(A) certified by 31 March 2027",
                "\tFrom 0 to 1,000 homes by end of 2026",
                "Keep our installers",
                "\tChurn from 12 % to 6 % by Q4 2026",
                "Failures found before they happen",
            ],
        )
        .slide(
            "Failures found before they happen",
            [
                "85 % of failures predicted by 31 December",
                "Sponsor: Rui",
                "Initiatives",
                "\tSensors",
            ],
            notes="Mention the pilot.",
        )
        .slide("What we will not do", ["No new countries", "Quality even over speed"])
        .slide("Thank you!", layout=Deck.TITLE_ONLY)
        .read()
    )
    assert outline.title == "Aldervale Heat: strategy 2026–2028"
    assert (outline.vision, outline.mission) == ("Warm homes", "Pumps people love")
    assert outline.values == ("Candour", "Care")
    assert titles(outline) == [
        "The quiet pump: Alder 3",
        "Keep our installers",
        "Failures found before they happen",
    ]
    assert outline.priorities[0].source == "slide 5"
    homes = outline.priorities[0].expected_results[1]
    assert (homes.baseline, homes.target, homes.unit) == (Decimal(0), Decimal(1000), "homes")
    assert homes.due == dt.date(2026, 12, 31)
    failures = outline.priorities[2]
    assert failures.source == "slide 5, slide 6"
    assert failures.expected_results[0].due == dt.date(2026, 12, 31)
    assert failures.sponsor == "Rui"
    assert failures.notes == "Sensors\nMention the pilot."
    assert outline.trade_offs == ("No new countries", "Quality even over speed")
    assert {(each.where, each.why) for each in outline.ignored} == {
        ("slide 1", "Stands on the title page."),
        ("slide 2", "An agenda."),
        ("slide 8", "A closing page."),
    }


def test_reads_a_deck_with_a_slide_a_priority() -> None:
    outline = (
        Deck()
        .slide("Strategy", layout=Deck.TITLE)
        .slide("Grow in the north", ["Share from 3 % to 8 %", "Customers", "\tNPS from 30 to 50"])
        .slide("Keep our people", ["Why: they make it", "Attrition below 8 %"])
        .slide("Questions?")
        .read()
    )
    assert titles(outline) == ["Grow in the north", "Keep our people"]
    assert results(outline) == ["Share from 3 % to 8 %", "NPS from 30 to 50"]
    assert outline.priorities[0].expected_results[1].detail == "Customers"
    assert outline.priorities[1].why == "they make it"


def test_a_divider_slide_makes_the_next_ones_priorities() -> None:
    outline = (
        Deck()
        .slide("Plan", layout=Deck.TITLE)
        .slide("Our priorities", layout=Deck.SECTION)
        .slide("Priority 1: Grow", ["NPS of 60"])
        .slide("Priority 2: Save", ["Cost per unit below £30"])
        .slide("Next steps", ["Roll out"])
        .read()
    )
    assert titles(outline) == ["Grow", "Save"]
    assert outline.ignored[-1].text == "Next steps / Roll out"


def test_reads_boxes_side_by_side_and_tables() -> None:
    deck = Deck().slide("Our priorities", layout=Deck.TITLE_ONLY)
    deck.slide("Strategic goals", layout=Deck.TITLE_ONLY)
    boxes, sheet = deck.file.slides
    for column, lines in enumerate(
        [("Grow", "Share of 8 %"), ("Simplify", "Lead time below 18 days")]
    ):
        box = boxes.shapes.add_textbox(Inches(1 + 3 * column), Inches(2), Inches(2), Inches(2))
        box.text_frame.text = "\n".join(lines)
    table = sheet.shapes.add_table(2, 3, Inches(1), Inches(2), Inches(6), Inches(1)).table
    for row, cells in enumerate([("Goal", "Target", "Sponsor"), ("Heat", "from 3 to 8 %", "Ada")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    outline = deck.read()
    assert titles(outline) == ["Grow", "Simplify", "Heat"]
    assert results(outline, 1) == ["Lead time below 18 days"]
    assert outline.priorities[2].sponsor == "Ada"
    assert outline.priorities[2].expected_results[0].target == Decimal(8)


def test_a_priority_over_two_slides_is_one_and_a_longer_title_another() -> None:
    outline = (
        Deck()
        .slide("Strategy", layout=Deck.TITLE)
        .slide("Quality", ["Defects below 2 %"])
        .slide("Quality (continued)", ["NPS of 60"])
        .slide("Quality of data", ["95 % complete"])
        .read()
    )
    assert titles(outline) == ["Quality", "Quality of data"]
    assert results(outline) == ["Defects below 2 %", "NPS of 60"]
    assert outline.priorities[0].source == "slide 2, slide 3"


def test_reads_a_smart_art_diagram() -> None:
    deck = Deck().slide("Our priorities", layout=Deck.TITLE_ONLY)
    slide = deck.file.slides[0]
    dgm = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    a = "http://schemas.openxmlformats.org/drawingml/2006/main"
    points = {"1": "Grow", "2": "NPS of 60", "3": "Keep"}
    model = (
        f'<dgm:dataModel xmlns:dgm="{dgm}" xmlns:a="{a}"><dgm:ptLst><dgm:pt modelId="0" type="doc"/>'
        + "".join(
            f'<dgm:pt modelId="{key}"><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
            for key, text in points.items()
        )
        + '</dgm:ptLst><dgm:cxnLst><dgm:cxn modelId="7" srcId="0" destId="3" srcOrd="1"/>'
        '<dgm:cxn modelId="8" srcId="0" destId="1" srcOrd="0"/>'
        '<dgm:cxn modelId="9" srcId="1" destId="2" srcOrd="0"/></dgm:cxnLst></dgm:dataModel>'
    )
    part = Part(
        PackURI("/ppt/diagrams/data1.xml"),
        "application/vnd.openxmlformats-officedocument.drawingml.diagramData+xml",
        slide.part.package,
        model.encode(),
    )
    link = slide.part.relate_to(part, RT.DIAGRAM_DATA)
    frame = slide.shapes.add_table(1, 1, 0, 0, Inches(1), Inches(1))._element
    data = frame.find(f".//{{{a}}}graphicData")
    data.clear()
    data.set("uri", dgm)
    ids = etree.SubElement(data, f"{{{dgm}}}relIds")
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ids.set(f"{{{relations}}}dm", link)
    outline = deck.read()
    assert titles(outline) == ["Grow", "Keep"]
    assert results(outline) == ["NPS of 60"]


def test_a_hidden_slide_is_not_used_but_told() -> None:
    deck = Deck().slide("Strategy", layout=Deck.TITLE).slide("Grow", ["NPS of 60"])
    deck.slide("Secret", ["Sell all"])
    deck.file.slides[2]._element.set("show", "0")
    outline = deck.read()
    assert titles(outline) == ["Grow"]
    assert outline.ignored[0].text == "Secret / Sell all"


def test_reads_a_document_with_headings() -> None:
    document = Document()
    document.add_heading("Strategy 2028", 0)
    document.add_paragraph("Draft for the board", style="Subtitle")
    document.add_heading("Vision", 1)
    document.add_paragraph("Every home warm.")
    document.add_heading("Our priorities", 1)
    document.add_heading("1. The quiet pump", 2)
    document.add_paragraph("Noise is why people say no.")
    document.add_paragraph("45 dB(A) by 31 March 2027", style="List Bullet")
    document.add_paragraph("certified by an outside body", style="List Bullet 2")
    document.add_heading("2. Keep installers", 2)
    document.add_heading("Expected results", 3)
    document.add_paragraph("Churn from 12 % to 6 %", style="List Bullet")
    document.add_heading("Trade-offs", 1)
    document.add_paragraph("No new countries", style="List Bullet")
    document.sections[0].footer.paragraphs[0].text = "Confidential"
    stream = io.BytesIO()
    document.save(stream)
    outline = read_document(stream.getvalue(), TODAY)
    assert (outline.title, outline.vision) == ("Strategy 2028", "Every home warm.")
    assert titles(outline) == ["The quiet pump", "Keep installers"]
    pump = outline.priorities[0]
    assert pump.why == "Noise is why people say no."
    assert pump.expected_results[0].detail == "certified by an outside body"
    assert results(outline, 1) == ["Churn from 12 % to 6 %"]
    assert outline.trade_offs == ("No new countries",)
    assert [each.text for each in outline.ignored] == ["Draft for the board", "Confidential"]


def test_reads_a_document_whose_headings_are_only_bold() -> None:
    document = Document()
    for heading, text in (
        ("Vision", "Warm homes."),
        ("Grow", "- Share of 8 %"),
        ("Keep", "- NPS of 60"),
    ):
        document.add_paragraph().add_run(heading).bold = True
        document.add_paragraph(text)
    stream = io.BytesIO()
    document.save(stream)
    outline = read_document(stream.getvalue())
    assert outline.vision == "Warm homes."
    assert titles(outline) == ["Grow", "Keep"]


TYPED = {
    "markdown": "# Strategy\n## Vision\nWarm\n## Priorities\n### Grow\n- NPS of 60\n### Keep\n- Churn below 2 %",
    "numbers": "Strategy 2028\nVision: Warm\nOur priorities\n1. Grow\n   - NPS of 60\n2. Keep\n   - Churn below 2 %",
    "capitals": "VISION\nWarm\n\nPRIORITIES\n\nGrow\n• NPS of 60\nKeep\n• Churn below 2 %\n\nThank you",
    "indented": "Vision\nWarm\nPriorities\n- Grow\n    - NPS of 60\n- Keep\n    - Churn below 2 %",
    "markers": "Vision: Warm\nPriority 1: Grow\nResults:\n- NPS of 60\nPriority 2 – Keep\n- Churn below 2 %",
    "plain headings": "Vision: Warm\n\nGrow\n* NPS of 60\n\nKeep\n* Churn below 2 %",
    "letters": "Vision: Warm\n1. Grow\na. NPS of 60\n2. Keep\na. Churn below 2 %",
    "bold": "**Vision**\nWarm\n**Grow**\n- NPS of 60\n**Keep**\n- Churn below 2 %",
    "indentation only": "Vision: Warm\nPriorities\nGrow\n    NPS of 60\nKeep\n    Churn below 2 %",
}


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED.keys())
def test_reads_the_same_strategy_however_typed(text: str) -> None:
    outline = read_text(text)
    assert outline.vision == "Warm"
    assert titles(outline) == ["Grow", "Keep"]
    assert results(outline) == ["NPS of 60"]
    assert outline.priorities[1].expected_results[0].target == Decimal(2)


def test_headings_below_a_priority_say_what_their_lines_are() -> None:
    outline = read_text(
        "# Grow\n## Why\nIt pays.\n## Results\n- NPS of 60\n# Keep\n## Actions\n- Talk\n## Owner\nAda\n"
    )
    assert titles(outline) == ["Grow", "Keep"]
    assert outline.priorities[0].why == "It pays."
    assert results(outline) == ["NPS of 60"]
    assert (outline.priorities[1].notes, outline.priorities[1].sponsor) == ("Talk", "Ada")


def test_a_lone_heading_over_others_is_no_priority() -> None:
    outline = read_text(
        "# Where we go\n## Grow\n- NPS of 60\n## Keep\n- Churn below 2 %\n# Vision\nWarm"
    )
    assert titles(outline) == ["Grow", "Keep"]


def test_plain_lines_are_priorities() -> None:
    outline = read_text("Grow the business\nDelight customers\nSimplify how we work")
    assert titles(outline) == ["Grow the business", "Delight customers", "Simplify how we work"]
    assert outline.priorities[1].source == "line 2"


def test_a_reason_or_result_behind_a_title_is_parted_from_it() -> None:
    outline = read_text(
        "Priorities\n- Grow north – nobody serves that market today\n- Keep people: from 12 % to 8 % attrition"
    )
    assert titles(outline) == ["Grow north", "Keep people"]
    assert outline.priorities[0].why == "nobody serves that market today"
    assert outline.priorities[1].expected_results[0].baseline == Decimal(12)


def test_page_numbers_and_lines_are_told_not_used() -> None:
    outline = read_text("Grow\n- NPS of 60\nPage 3 of 9\n-----\n")
    assert [each.why for each in outline.ignored] == ["A page number.", "A dividing line."]


@pytest.mark.parametrize(
    ("text", "baseline", "target", "unit", "due"),
    [
        ("From 21 to 18 days by 31 December 2026", "21", "18", "days", (2026, 12, 31)),
        ("85 % by 31 December", None, "85", "%", (2026, 12, 31)),
        ("85 % by 1 March", None, "85", "%", (2027, 3, 1)),
        ("Revenue from £4m to £6.5m by end of March 2027", "4", "6.5", "£m", (2027, 3, 31)),
        ("NPS from 32 → 50 by 2027", "32", "50", "", (2027, 12, 31)),
        ("Churn below 4,5 % (by end of 2026)", None, "4.5", "%", (2026, 12, 31)),
        ("Second source for 20 critical parts", None, "20", "critical parts", None),
        ("20 new partners by 30.06.2026", None, "20", "partners", (2026, 6, 30)),
        ("1,000 homes by Q3 2026", None, "1000", "homes", (2026, 9, 30)),
        ("45 dB(A) certified", None, "45", "dB(A)", None),
        ("Reduce costs by 20 %", None, None, "", None),
        ("30 % fewer complaints", None, None, "", None),
        ("5 to 10 partners", None, None, "", None),
        ("Scope 3 audited in 2026", None, None, "", (2026, 12, 31)),
        ("Done by 30 February 2026", None, None, "", None),
        ("Profit of £3m by FY27", None, "3", "£m", None),
        ("Be the best", None, None, "", None),
    ],
)
def test_reads_figures_and_dates_of_results(
    text: str,
    baseline: str | None,
    target: str | None,
    unit: str,
    due: tuple[int, int, int] | None,
) -> None:
    result = read_result(text, TODAY)
    assert result.text == text
    assert result.baseline == (Decimal(baseline) if baseline else None)
    assert result.target == (Decimal(target) if target else None)
    assert result.unit == unit
    assert result.due == (dt.date(*due) if due else None)


def test_a_date_without_a_year_stays_open_when_today_is_not_known() -> None:
    result = read_result("85 % by 31 December")
    assert (result.due, result.due_text) == (None, "by 31 December")


HEADINGS = st.sampled_from(
    [
        "Vision",
        "Mission:",
        "VALUES",
        "## Priorities",
        "Our priorities",
        "# Plan",
        "Grow more",
        "Agenda",
        "Trade-offs",
        "Thank you",
        "Background",
        "Priority 1: Win",
        "Results:",
        "**Why**",
        "1. First",
    ]
)
LINES = st.sampled_from(
    ["{}", "- {}", "  - {}", "    * {}", "1. {}", "a) {}", "Why: {}", "Vision: {}"]
)


@given(st.lists(st.tuples(st.booleans(), HEADINGS, LINES), min_size=1, max_size=14))
def test_no_word_of_a_text_is_dropped(parts: list[tuple[bool, str, str]]) -> None:
    lines, words = [], []
    for number, (heading, title, shape) in enumerate(parts):
        if heading:
            lines.append(title)
            words += [each for each in ("Plan", "Grow more", "Win", "First") if each in title]
        else:
            word = f"word{chr(97 + number)}x"
            words.append(word)
            lines.append(shape.format(f"{word} more"))
    told = repr(read_text("\n".join(lines)))
    assert [word for word in words if word not in told] == []


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        outline = read_text(text, TODAY)
    except RefusedFile:
        return
    assert all(priority.title for priority in outline.priorities)


@given(st.text(alphabet="0123456789 .,%£$toby/-Q–fromJanuaryDecember", max_size=40))
def test_any_result_keeps_its_text(text: str) -> None:
    assert read_result(text, TODAY).text == text


def zip_of(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("read", [read_presentation, read_document])
def test_bombs_and_broken_files_are_refused(read: type[Outline]) -> None:
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    for data, says in (
        (zip_of({"ppt/media/a.bin": b"\0" * 50_000_000}), "unpack to 50 MB"),
        (zip_of({"word/document.xml": laughs}), "document type definition"),
        (zip_of({"ppt/presentation.xml": b"<a>" * 200 + b"</a>" * 200}), "nested"),
        (zip_of({"[Content_Types].xml": b"<Types"}), "malformed"),
        (zip_of({f"a{n}": b"" for n in range(6_000)}), "6000 parts"),
        (zip_of({"hello.txt": b"hello"}), "cannot be read"),
        (b"PK\x03\x04 nonsense", "damaged"),
        (b"", "empty"),
        (Deck().slide("Grow", ["NPS of 60"]).bytes()[:-200], "damaged"),
    ):
        with pytest.raises(RefusedFile, match=says):
            read(data)


def test_a_deck_over_the_limit_is_refused() -> None:
    with pytest.raises(RefusedFile, match="MB"):
        read_presentation(Deck().slide("Grow").bytes(), limits=Limits(bytes=100))


def test_a_deck_without_text_is_refused() -> None:
    with pytest.raises(RefusedFile, match="no slide with text"):
        read_presentation(Deck().slide("", layout=Deck.TITLE_ONLY).bytes())
