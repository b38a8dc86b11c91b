"""Telling what kind of file somebody has chosen, by its content first and its name second."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

from goldenthread.interchange.readers.kinds import detect_kind
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.readers.table import decode_text, read_table

FileKind = Literal["stratml", "csv", "xlsx", "pptx", "docx", "text", "unsupported"]

_ZIPPED: tuple[tuple[str, FileKind, str], ...] = (
    ("ppt/presentation.xml", "pptx", ""),
    ("word/document.xml", "docx", ""),
    ("xl/workbook.xml", "xlsx", ""),
    ("xl/workbook.bin", "unsupported", "A binary Excel workbook: save it as .xlsx."),
    ("Index/Document.iwa", "unsupported", "An Apple file: export it as PowerPoint or Word."),
    ("Index.zip", "unsupported", "An Apple file: export it as PowerPoint or Word."),
)
_OPEN_DOCUMENT = (
    ("presentation", "An OpenDocument presentation: save it as PowerPoint (.pptx)."),
    ("text", "An OpenDocument text: save it as Word (.docx)."),
    ("spreadsheet", "An OpenDocument sheet: save it as Excel (.xlsx) or CSV (UTF-8)."),
)
_OLD_OFFICE = {
    ".ppt": "An old PowerPoint file: save it as .pptx.",
    ".doc": "An old Word file: save it as .docx.",
    ".xls": "An old Excel file: save it as .xlsx.",
}
_READ = "Presentations (.pptx), documents (.docx), text, Excel (.xlsx), CSV and StratML (.xml) are read."


@dataclass(frozen=True)
class Sniffed:
    """The kind of a file; for "unsupported" ``advice`` says what to do instead."""

    kind: FileKind
    advice: str = ""


def sniff(filename: str, data: bytes) -> Sniffed:
    """What ``data`` is. Never raises: what cannot be read is "unsupported", with advice."""
    suffix = PurePath(filename).suffix.lower()
    if not data.strip():
        return Sniffed("unsupported", "The file is empty.")
    if data.startswith(b"PK"):
        return _sniff_zip(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        advice = _OLD_OFFICE.get(
            suffix, "The file is protected by a password or from an old Office: save it anew."
        )
        return Sniffed("unsupported", advice)
    if data.startswith(b"%PDF"):
        return Sniffed(
            "unsupported",
            "A PDF: drop the presentation or document it was made from, or paste its text.",
        )
    if data.startswith(b"{\\rtf"):
        return Sniffed("unsupported", "An RTF file: save it as Word (.docx).")
    return _sniff_text(suffix, data)


def _sniff_zip(data: bytes) -> Sniffed:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            entry = archive.getinfo("mimetype") if "mimetype" in names else None
            mimetype = ""
            if entry is not None and entry.file_size < 200:
                mimetype = archive.read(entry).decode("ascii", "replace")
    except Exception:  # a crafted archive can make zipfile raise almost anything
        return Sniffed("unsupported", "The file is damaged: save it again where it was made.")
    for name, kind, advice in _ZIPPED:
        if name in names:
            return Sniffed(kind, advice)
    for word, advice in _OPEN_DOCUMENT:
        if f"opendocument.{word}" in mimetype:
            return Sniffed("unsupported", advice)
    return Sniffed("unsupported", f"A packed archive: unpack it first. {_READ}")


def _sniff_text(suffix: str, data: bytes) -> Sniffed:
    try:
        text = decode_text(data[:200_000])
    except RefusedFile:
        return Sniffed("unsupported", f"This is not text. {_READ}")
    start = text.lstrip()[:2_000]
    if re.search(r"<([\w-]+:)?(StrategicPlan|PerformancePlanOrReport)\b", text):
        return Sniffed("stratml")
    if start.startswith("<?xml") or suffix == ".xml":
        # Its reader says where it is malformed or why it is not a plan.
        return Sniffed("stratml")
    if start.lower().startswith(("<!doctype html", "<html")):
        return Sniffed("unsupported", "A web page: copy its text and paste it.")
    if start.startswith("{") and suffix in (".json", ""):
        return Sniffed("unsupported", f"A JSON file. {_READ}")
    if suffix in (".csv", ".tsv", ".tab"):
        return Sniffed("csv")
    if suffix in (".md", ".markdown"):
        return Sniffed("text")
    return Sniffed("csv" if _looks_like_a_table(data) else "text")


def _looks_like_a_table(data: bytes) -> bool:
    try:
        table = read_table(data)
    except RefusedFile:
        return False
    if len(table.headers) < 2 or not table.rows:
        return False
    even = sum(1 for row in table.rows if not row.extra and all(row.cells.values()))
    return detect_kind(table.headers)[0] is not None and even * 2 >= len(table.rows)
