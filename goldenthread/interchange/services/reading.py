"""A file as rows: what it is, how it is written, and which column says what."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from goldenthread.interchange.readers.kinds import (
    KINDS,
    Mapping,
    detect_kind,
    detect_preset,
    dump_mapping,
    load_mapping,
    load_preset,
    map_columns,
)
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.readers.rows import Reading, read_rows
from goldenthread.interchange.readers.sniff import sniff
from goldenthread.interchange.readers.stratml import Plan, Relationship, read_stratml
from goldenthread.interchange.readers.table import Table, read_table
from goldenthread.interchange.services.plan_rows import plan_rows
from goldenthread.interchange.services.rows import Row, fitted

STRATML = "stratml"
KIND_NAMES = (STRATML, *KINDS)
TITLES = dict.fromkeys(("cycles", "kpis", "people", "units"), "name") | {
    "expected_results": "expected_result",
    "trade_offs": "this",
}
DATED = {
    "observations": ("kpi", "date"),
    "targets": ("kpi", "due_on"),
    "check_ins": ("key_result", "date"),
}
ABOUT = ("owner", "sponsor", "manager", "objective", "kpi", "parent")  # what else tells rows apart
MOST_PROBLEMS = 200
SURE = 0.5


class OutlineInstead(RefusedFile):
    """The file is a presentation, a document or a text: the page for outlines reads it."""


@dataclass
class Read:
    """What came out of a file. `problem` says why there are no rows yet; `mapping` is empty for a plan."""

    kind: str
    rows: list[Row] = field(default_factory=list)
    detected: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=dict)
    problem: str = ""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_file(
    filename: str, data: bytes, kind: str, mapping: dict[str, Any] | None, today: dt.date
) -> Read:
    """The rows of a file. `kind` is empty when the file is to tell; `mapping` as `dump_mapping` has it.

    Raises `RefusedFile` for what cannot be read at all, `OutlineInstead` for what another page reads.
    """
    found = sniff(filename, data)
    if kind in KINDS or mapping:
        if found.kind in {"pptx", "docx", "unsupported"}:
            raise RefusedFile(found.advice or "This is not a table. Save it as CSV (UTF-8).")
        return _table(data, kind, mapping)
    if kind == STRATML or found.kind == "stratml":
        return _plan(read_stratml(data), today)
    if found.kind == "csv":
        return _table(data, "", None)
    if found.kind in {"pptx", "docx", "text"}:
        raise OutlineInstead(
            "This is a presentation, a document or a text, not a table. It is read as a strategy, with its "
            "headings as draft priorities."
        )
    raise RefusedFile(found.advice)


def _plan(plan: Plan, today: dt.date) -> Read:
    kept = [asdict(one) for one in plan.kept_as_text]
    said = [
        ("Organisation", " · ".join(one.name for one in plan.organisations if one.name)),
        ("About the organisation", " · ".join(one.description for one in plan.organisations)),
        (
            "Stakeholders of the organisation",
            ", ".join(each.name for one in plan.organisations for each in one.stakeholders),
        ),
        ("Description", plan.description if plan.mission else ""),
        ("Other information", plan.other_information),
        ("Source", plan.source),
        ("Submitted by", f"{plan.submitter.name} {plan.submitter.email}" if plan.submitter else ""),
    ]
    said += [
        (f"Relationship of “{one.name}”", " ".join(part for part in _link(each) if part))
        for goal in plan.goals
        for one in (
            *goal.indicators,
            *(each for part in goal.objectives for each in part.indicators),
        )
        for each in one.relationships
    ]
    kept += [
        {"line": 0, "where": "", "name": name, "text": text.strip(" ·")}
        for name, text in said
        if text.strip(" ·")
    ]
    detected = {
        "part": plan.part,
        "plan": plan.name,
        "starts": plan.start.isoformat() if plan.start else "",
        "ends": plan.end.isoformat() if plan.end else "",
        "repairs": [asdict(one) for one in plan.repairs],
        "kept": kept,
    }
    return Read(STRATML, plan_rows(plan, today), detected)


def _link(link: Relationship) -> tuple[str, ...]:
    return (link.kind, link.name, link.description, *link.referents)


def _table(data: bytes, kind: str, given: dict[str, Any] | None) -> Read:
    table = read_table(data)
    mapping = _mapping(table, kind, given)
    detected = _dialect(table)
    if mapping is None:
        words = "Say what the rows of this file are: units, people, objectives or something else."
        return Read("", [], detected, {}, words)
    detected["preset"] = "" if given else detect_preset(table.headers, mapping.kind) or ""
    kept = _as_json(mapping)
    try:
        reading = read_rows(table, mapping)
    except RefusedFile as refused:
        return Read(mapping.kind, [], detected, kept, refused.message)
    detected["unused"] = list(reading.unused)
    return Read(mapping.kind, _rows(table, reading), detected, kept)


def _mapping(table: Table, kind: str, given: dict[str, Any] | None) -> Mapping | None:
    if given:
        mapping = from_json(given)
        return mapping if mapping.kind == kind or not kind else _found(table, kind)
    if not kind:
        if preset := detect_preset(table.headers):
            return load_preset(preset)
        detected, sure = detect_kind(table.headers)
        if detected is None or sure < SURE:
            return None
        kind = detected
    return _found(table, kind)


def _found(table: Table, kind: str) -> Mapping:
    preset = detect_preset(table.headers, kind)
    return load_preset(preset) if preset else map_columns(table.headers, kind)


def from_json(given: dict[str, Any]) -> Mapping:
    """The mapping as it is kept. Raises `RefusedFile` saying which part is wrong."""
    return load_mapping(json.dumps(given))


def _as_json(mapping: Mapping) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dump_mapping(mapping))
    return found


def with_instead(mapping: dict[str, Any], field: str, text: str, instead: str) -> dict[str, Any]:
    """The mapping that reads one text in a field as another."""
    old = from_json(mapping)
    values = {**old.values, field: {**old.values.get(field, {}), text: instead}}
    return _as_json(replace(old, values=values))


def _dialect(table: Table) -> dict[str, Any]:
    samples = {
        header: next(
            (fitted(row.cells[header], 60)[0] for row in table.rows if row.cells[header].strip()),
            "",
        )
        for header in table.headers
    }
    return {
        **asdict(table.dialect),
        "headers": list(table.headers),
        "samples": samples,
        "problems": [asdict(one) for one in table.problems[:MOST_PROBLEMS]],
    }


def _rows(table: Table, reading: Reading) -> list[Row]:
    cells = {row.line: row.cells for row in table.rows}
    rows = []
    for read in reading.rows:
        row = Row(
            read.line,
            reading.kind,
            title_of(reading.kind, read.values),
            read.values,
            cells[read.line],
        )
        row.notes = list(read.notes)
        row.about = next((row.text(name) for name in ABOUT if row.text(name)), "")
        if read.problems:
            row.refuse(" ".join(problem.message for problem in read.problems))
            row.unread = True
        rows.append(row)
    for left in reading.left_out:
        row = Row(
            left.line,
            reading.kind,
            title_of(reading.kind, left.values),
            left.values,
            cells[left.line],
        )
        row.leave_out(left.reason)
        rows.append(row)
    return rows


def title_of(kind: str, values: dict[str, Any]) -> str:
    """What a row is called in the list."""
    if kind == "contributions":
        title = f"{values.get('child') or '–'} serves {values.get('parent') or '–'}"
    elif kind in DATED:
        of, when = DATED[kind]
        name, day = str(values.get(of) or "–"), values.get(when)
        title = f"{name}, {day:%-d %b %Y}" if day else name
    else:
        title = str(values.get(TITLES.get(kind, "title")) or values.get("external_id") or "–")
    return fitted(title, 300)[0]
