"""A file as rows: what it is, how it is written, and which column says what."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from goldenthread.interchange.readers.kinds import (
    KINDS,
    Mapping,
    best_mapping,
    detect_kind,
    detect_preset,
    dump_mapping,
    load_mapping,
    load_preset,
    map_columns,
    normalise,
)
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.readers.rows import Reading, read_rows
from goldenthread.interchange.readers.sniff import sniff
from goldenthread.interchange.readers.stratml import Plan, Relationship, read_stratml
from goldenthread.interchange.readers.table import Table, read_table
from goldenthread.interchange.readers.workbook import Sheet, read_workbook
from goldenthread.interchange.services.plan_rows import plan_rows
from goldenthread.interchange.services.rows import Row, fitted

STRATML = "stratml"
WORKBOOK = "workbook"  # several sheets, each with its own kind and mapping
KIND_NAMES = (STRATML, *KINDS)
TITLES = dict.fromkeys(("cycles", "kpis", "people", "units"), "name") | {
    "expected_results": "expected_result",
    "trade_offs": "this",
    "templates": "template",
    "decisions": "question",
    "dependencies": "needs",
    "plans": "plan",
    "plan_teams": "team",
    "plan_scenarios": "scenario",
}
DATED = {
    "observations": ("kpi", "date"),
    "targets": ("kpi", "due_on"),
    "check_ins": ("key_result", "date"),
}
ABOUT = ("owner", "sponsor", "manager", "objective", "kpi", "parent")  # what else tells rows apart
MOST_PROBLEMS = 200
TITLES_OF_SHEETS = {"people": "staff", "units": "departments", "observations": "values"}
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
    if found.kind == "xlsx" and kind != STRATML:
        return _workbook(read_workbook(data), kind, mapping)
    if kind in KINDS or mapping:
        if found.kind in {"pptx", "docx", "unsupported"}:
            raise RefusedFile(found.advice or "This is not a table. Save it as CSV (UTF-8).")
        return _table(read_table(data), kind, mapping)
    if kind == STRATML or found.kind == "stratml":
        return _plan(read_stratml(data), today)
    if found.kind == "csv":
        return _table(read_table(data), "", None)
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


def _workbook(sheets: list[Sheet], kind: str, given: dict[str, Any] | None) -> Read:
    """One sheet is a table like any other; of several, each that says what it is comes in as that.

    With `kind` or a mapping for one table, the sheet that it fits best is read alone.
    """
    named = (given or {}).get("sheets")
    if named is None and (len(sheets) == 1 or kind in KINDS or given):
        sheet = sheets[0] if len(sheets) == 1 else _fitting(sheets, kind, given)
        read = _table(sheet.table, kind or _named_after(sheet), given)
        return _of_one(read, sheet, [one.name for one in sheets if one is not sheet])
    reads = []
    for sheet in sheets:
        own = named.get(sheet.name, {"kind": ""}) if named is not None else None
        if own is not None and not own.get("kind"):
            reads.append((sheet, Read("", [], _dialect(sheet.table), {}, "")))  # left out by choice
        elif own is not None and "columns" not in own:
            reads.append((sheet, _table(sheet.table, own["kind"], None)))
        else:
            reads.append((sheet, _table(sheet.table, _named_after(sheet), own)))
    known = [(sheet, read) for sheet, read in reads if read.kind]
    if len(known) == 1 and named is None:
        [(sheet, read)] = known
        return _of_one(read, sheet, [one.name for one in sheets if one is not sheet])
    return _of_several(reads)


def _of_one(read: Read, sheet: Sheet, others: list[str]) -> Read:
    read.detected["sheet"] = sheet.name
    if others:
        words = f"Not read: the sheet{'s' if len(others) > 1 else ''} {', '.join(others)}."
        read.detected["problems"] = [{"message": words, "line": None}, *read.detected["problems"]]
    return read


def _of_several(reads: list[tuple[Sheet, Read]]) -> Read:
    parts, rows, problems = [], [], []
    for sheet, read in reads:
        for row in read.rows:
            row.sheet = sheet.name
        rows += read.rows
        left = not read.kind
        parts.append(
            read.detected
            | {
                "name": sheet.name,
                "kind": read.kind,
                "mapping": read.mapping,
                "rows": len(read.rows),
            }
            | {"problem": "" if left else read.problem}
        )
        if read.problem and not left:
            problems.append(f"Sheet “{sheet.name}”: {read.problem}")
    mapping = {"sheets": {one["name"]: one["mapping"] or {"kind": one["kind"]} for one in parts}}
    if not any(one["kind"] for one in parts):
        problems = [
            "Say what the rows of each sheet are: units, people, objectives or something else."
        ]
    return Read(WORKBOOK, rows, {"sheets": parts}, mapping, " ".join(problems))


def _named_after(sheet: Sheet) -> str:
    """The kind that a sheet is named after, where its columns can be one; else "": its headings tell."""
    name = normalise(sheet.name).replace(" ", "_")
    for kind in KINDS:
        if name in {kind, kind.removesuffix("s"), TITLES_OF_SHEETS.get(kind)}:
            return "" if map_columns(sheet.table.headers, kind).missing() else kind
    return ""


def _fitting(sheets: list[Sheet], kind: str, given: dict[str, Any] | None) -> Sheet:
    """The sheet that a mapping's columns, or a kind's, are found on most."""
    wanted = set((given or {}).get("columns", {}).values())

    def fit(sheet: Sheet) -> tuple[int, bool, int]:
        headers = sheet.table.headers
        columns = map_columns(headers, kind).columns if kind in KINDS else {}
        return len(wanted & set(headers)), _named_after(sheet) == kind, len(columns)

    return max(sheets, key=fit)


def _table(table: Table, kind: str, given: dict[str, Any] | None) -> Read:
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
    detected["posts"] = reading.posts
    return Read(mapping.kind, _rows(table, reading), detected, kept)


def _mapping(table: Table, kind: str, given: dict[str, Any] | None) -> Mapping | None:
    if given:
        mapping = from_json(given)
        return mapping if mapping.kind == kind or not kind else best_mapping(table.headers, kind)
    if not kind:
        if preset := detect_preset(table.headers):
            return load_preset(preset)
        detected, sure = detect_kind(table.headers)
        if detected is None or sure < SURE:
            return None
        kind = detected
    return best_mapping(table.headers, kind)


def checked_mapping(given: dict[str, Any]) -> dict[str, Any]:
    """A saved mapping, of one table or of the sheets of a workbook, as it is kept. Raises `RefusedFile`."""
    if not isinstance(sheets := given.get("sheets"), dict):
        return _as_json(from_json(given))
    return {
        "sheets": {
            str(name): _as_json(from_json(one))
            if isinstance(one, dict) and "columns" in one
            else {"kind": _known_kind(one)}
            for name, one in sheets.items()
        }
    }


def _known_kind(one: Any) -> str:
    kind = one.get("kind", "") if isinstance(one, dict) else ""
    return kind if kind in KINDS else ""


def from_json(given: dict[str, Any]) -> Mapping:
    """The mapping as it is kept. Raises `RefusedFile` saying which part is wrong."""
    return load_mapping(json.dumps(given))


def _as_json(mapping: Mapping) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dump_mapping(mapping))
    return found


def with_instead(
    mapping: dict[str, Any], field: str, text: str, instead: str, sheet: str = ""
) -> dict[str, Any]:
    """The mapping that reads one text in a field (of a sheet) as another."""
    if "sheets" in mapping:
        own = with_instead(mapping["sheets"][sheet], field, text, instead)
        return {"sheets": {**mapping["sheets"], sheet: own}}
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
