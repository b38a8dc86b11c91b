"""What a file may cost us, and the one way in which a file is refused."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree


class RefusedFile(Exception):
    """A file, or a part of it, that is not read: says what, where and what to do.

    ``line`` and ``column`` count from 1 and are None where the file has no lines.
    """

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        if self.line is None:
            return self.message
        place = f"Line {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class Limits:
    """Upper bounds on one file; a strategy, a plan or a staff list stays far below them."""

    bytes: int = 20_000_000
    rows: int = 200_000
    columns: int = 500
    cells: int = 4_000_000
    pasted_people: int = 2_000
    outline_lines: int = 5_000
    cell_characters: int = 100_000
    xml_depth: int = 60
    xml_elements: int = 300_000
    xml_attributes: int = 200  # of one element
    zip_entries: int = 5_000
    zip_unpacked_bytes: int = 300_000_000
    zip_ratio: int = 200
    xml_part_bytes: int = 50_000_000


LIMITS = Limits()

# Below this size a high compression ratio is harmless (empty slides compress very well).
_RATIO_MATTERS_FROM_BYTES = 5_000_000


def check_size(data: bytes, limits: Limits = LIMITS) -> None:
    """Refuse an empty file and one that is too large to read safely."""
    if not data:
        raise RefusedFile("The file is empty. Choose a file that has something in it.")
    if len(data) > limits.bytes:
        raise RefusedFile(
            f"The file has {len(data) / 1e6:.1f} MB; at most {limits.bytes / 1e6:.0f} MB are read. "
            "Split it, or take the pictures out."
        )


def check_zip(data: bytes, limits: Limits = LIMITS) -> None:
    """Refuse an archive (.pptx, .docx, .xlsx) that is broken or would unpack to far more than it looks.

    Every XML part is walked too, so that the libraries that open the file afterwards never
    meet a document type definition, an entity or endless nesting.
    """
    check_size(data, limits)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, len(data), limits)
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    try:
                        guard_xml(archive.read(entry), limits)
                    except RefusedFile as refusal:
                        raise RefusedFile(
                            f"{refusal.message} (in the part {entry.filename})",
                            refusal.line,
                            refusal.column,
                        ) from refusal
    except RefusedFile:
        raise
    # A crafted archive can make zipfile raise almost anything; all of it means "broken".
    except Exception as error:
        raise RefusedFile(
            "The file is damaged: it cannot be unpacked. Open it in the program that made it, "
            "save it again and choose the new file."
        ) from error


def _check_entries(entries: list[zipfile.ZipInfo], packed_bytes: int, limits: Limits) -> None:
    if len(entries) > limits.zip_entries:
        raise RefusedFile(
            f"The file holds {len(entries)} parts; at most {limits.zip_entries} are read. "
            "Split it into smaller files."
        )
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise RefusedFile("The file is protected by a password. Save it without one.")
    # zipfile never reads past the size an entry declares, so declared sizes are a true bound.
    unpacked_bytes = sum(entry.file_size for entry in entries)
    too_dense = (
        unpacked_bytes > _RATIO_MATTERS_FROM_BYTES
        and unpacked_bytes > packed_bytes * limits.zip_ratio
    )
    if unpacked_bytes > limits.zip_unpacked_bytes or too_dense:
        raise RefusedFile(
            f"The file would unpack to {unpacked_bytes / 1e6:.0f} MB, far more than its "
            f"{packed_bytes / 1e6:.2f} MB suggest. It is not opened; save it again without large "
            "pictures or embedded files."
        )
    for entry in entries:
        if (
            entry.filename.lower().endswith((".xml", ".rels"))
            and entry.file_size > limits.xml_part_bytes
        ):
            raise RefusedFile(
                f"The part {entry.filename} has {entry.file_size / 1e6:.0f} MB of text; at most "
                f"{limits.xml_part_bytes / 1e6:.0f} MB are read. Split the file."
            )


def guard_xml(data: bytes, limits: Limits = LIMITS) -> None:
    """Walk XML once, building nothing, and refuse what is malformed, nested or expanding.

    Raises RefusedFile with line and column of the first fault.
    """
    parser = expat.ParserCreate()
    depth = 0
    elements = 0

    def here(message: str) -> RefusedFile:
        return RefusedFile(message, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > limits.xml_depth:
            raise here(
                f"Elements are nested more than {limits.xml_depth} deep. No plan needs that; "
                "check how the file was made."
            )
        if len(attributes) > limits.xml_attributes:
            raise here(
                f"The element {name[:60]} has {len(attributes)} attributes; at most "
                f"{limits.xml_attributes} are read. Check how the file was made."
            )
        if elements > limits.xml_elements:
            raise here(f"There are more than {limits.xml_elements} elements. Split the file.")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*ignored: object) -> None:
        raise here(
            "The file has a document type definition (<!DOCTYPE>). These can load or blow up "
            "text and are not read. Remove the <!DOCTYPE …> part and try again."
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise RefusedFile(
            f"The XML is malformed: {expat.ErrorString(error.code)}. Mend it there, or export "
            "the file again.",
            error.lineno,
            error.offset + 1,
        ) from error
    except (ValueError, LookupError, UnicodeError) as error:
        raise RefusedFile(
            f"The XML is in an encoding that is not read ({error}). Save it as UTF-8."
        ) from error


def parse_xml(data: bytes, limits: Limits = LIMITS) -> etree._Element:
    """The root of a document that passed ``guard_xml``; entities, DTDs and the network stay off."""
    check_size(data, limits)
    guard_xml(data, limits)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise RefusedFile(
            f"The XML is malformed: {error.msg}. Mend it there, or export the file again.",
            line,
            column,
        ) from error
