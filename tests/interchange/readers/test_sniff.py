"""Telling what kind of file somebody has chosen."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation

from goldenthread.interchange.readers.sniff import sniff

DATA = Path(__file__).parents[2] / "data"


def saved(document: object) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def zipped(name: str, content: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.xml")), ids=lambda path: path.name)
def test_knows_stratml_whatever_it_is_called(path: Path) -> None:
    assert sniff("plan.txt", path.read_bytes()).kind == "stratml"


@pytest.mark.parametrize("path", sorted(DATA.rglob("*.csv")), ids=lambda path: path.name)
def test_knows_csv_by_name_and_by_content(path: Path) -> None:
    assert sniff(path.name, path.read_bytes()).kind == "csv"


def test_knows_office_files_by_content() -> None:
    assert sniff("x.bin", saved(Presentation())).kind == "pptx"
    assert sniff("x.bin", saved(Document())).kind == "docx"


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("strategy.txt", b"Vision\nWarm homes\n\nPriorities\n- Grow, fast\n- Keep", "text"),
        ("strategy.md", b"# Plan", "text"),
        ("pasted", b"Name\tE-mail\nAda\ta@b.example\n", "csv"),
        ("people.txt", "Name;E-mail\nAda;a@b.example\n".encode("utf-16"), "csv"),
        ("broken.xml", b"<?xml version='1.0'?><a>", "stratml"),
    ],
)
def test_knows_text_from_tables(name: str, data: bytes, kind: str) -> None:
    assert sniff(name, data).kind == kind


@pytest.mark.parametrize(
    ("name", "data", "advice"),
    [
        ("a.pdf", b"%PDF-1.7", "PDF"),
        ("a.ppt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".pptx"),
        ("a.pptx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "password"),
        ("a.xlsb", zipped("xl/workbook.bin"), ".xlsx"),
        ("a.odp", zipped("mimetype", b"application/vnd.oasis.opendocument.presentation"), ".pptx"),
        ("a.key", zipped("Index/Document.iwa"), "export"),
        ("a.zip", zipped("a.txt"), "unpack"),
        ("a.pptx", b"PK\x03\x04broken", "damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n\x00\x00", "not text"),
        ("a.html", b"<!DOCTYPE html><p>hi", "web page"),
        ("a.rtf", b"{\\rtf1", "Word"),
        ("a.json", b'{"a": 1}', "JSON"),
        ("a.csv", b"", "empty"),
    ],
)
def test_says_what_to_do_with_what_is_not_read(name: str, data: bytes, advice: str) -> None:
    sniffed = sniff(name, data)
    assert sniffed.kind == "unsupported"
    assert advice in sniffed.advice


@given(st.text(max_size=10), st.binary(max_size=300))
def test_any_bytes_are_told_apart_without_an_error(name: str, data: bytes) -> None:
    sniffed = sniff(name, data)
    assert (sniffed.kind == "unsupported") == bool(sniffed.advice)
