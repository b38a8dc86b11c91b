"""An import in words and as data, for the command line."""

from collections.abc import Sequence
from typing import Any

from goldenthread.interchange.models import Import, ImportRow

Outcome = ImportRow.Outcome
HEADINGS = (
    ("Refused", Outcome.REFUSED),
    ("Updated", Outcome.UPDATED),
    ("Created", Outcome.CREATED),
    ("Left out", Outcome.UNCHANGED),
)
KINDS = {
    "allocations": "share of effort",
    "cascades": "cascade",
    "check_ins": "check-in",
    "contributions": "contribution",
    "cycles": "cycle",
    "decisions": "decision",
    "dependencies": "dependency",
    "expected_results": "expected result",
    "key_results": "key result",
    "kpis": "KPI",
    "objectives": "objective",
    "observations": "value",
    "people": "person",
    "plan_candidates": "candidate",
    "plan_scenarios": "scenario",
    "plan_teams": "team of a plan",
    "plans": "plan",
    "priorities": "priority",
    "strategies": "strategy",
    "targets": "target",
    "templates": "template",
    "trade_offs": "trade-off",
    "units": "unit",
    "values": "value",
    "workbook": "workbook",
}


def headline(batch: Import, *, dry_run: bool = False) -> str:
    """What an import comes to, in one sentence."""
    will = "would be " if dry_run or batch.is_staged else ""
    counts = (
        f"{batch.created} {will}created, {batch.updated} {will}updated, {batch.unchanged} unchanged"
    )
    return f"{counts}, {batch.refused} refused."


def as_text(batch: Import, rows: Sequence[ImportRow], *, dry_run: bool) -> str:
    """The whole of an import: each row that something happens to, with its line and why not."""
    lines = [f"{batch.filename} ({batch.kind}): {headline(batch, dry_run=dry_run)}"]
    if batch.proposed:
        lines.append(f"{batch.proposed} of the updated are proposed to their owners as changes.")
    for heading, outcome in HEADINGS:
        found = [row for row in rows if row.outcome == outcome]
        if outcome == Outcome.UNCHANGED:
            found = [row for row in found if row.reason]
        if found:
            lines += ["", heading, *(line for row in found for line in _row(row))]
    lines += _detected(batch)
    if dry_run:
        lines += ["", "Nothing was written: this was a dry run."]
    elif batch.is_staged:
        lines += ["", "Nothing was written."]
    return "\n".join(lines)


def _row(row: ImportRow) -> list[str]:
    what = KINDS.get(row.kind, row.kind)
    about = f" ({row.about})" if row.about else ""
    place = f"{row.sheet}, line {row.line}" if row.sheet else f"line {row.line}"
    lines = [f"  {place}: {what} “{row.title}”{about}"]
    if row.reason:
        lines.append(f"    {row.reason}")
    lines += [
        f"    {name}: {before} → {after}" if before or after else f"    {name}"
        for name, before, after in row.changes
    ]
    lines += [f"    {note}" for note in row.notes]
    return lines


def _detected(batch: Import) -> list[str]:
    detected = batch.detected
    lines: list[str] = []
    for one in detected.get("sheets", [detected]):
        if "encoding" in one:
            lines += ["", f"Read as {dialect(one)}."]
        if "name" in one and not one["kind"]:
            lines.append("  Left out: nothing says what its rows are.")
        if one.get("posts"):
            lines.append(one["posts"])
        if unused := one.get("unused"):
            lines.append(f"Columns not used: {', '.join(unused)}.")
        for problem in one.get("problems", []):
            where = f"line {problem['line']}: " if problem["line"] else ""
            lines.append(f"  {where}{problem['message']}")
    if repairs := detected.get("repairs"):
        lines += ["", "Repaired"]
        lines += [f"  line {one['line']}: {one['what']}. {one['done']}" for one in repairs]
    if kept := detected.get("kept"):
        lines += ["", "Kept as text, because no field takes it"]
        lines += [
            f"  {'line ' + str(one['line']) + ': ' if one['line'] else ''}{one['name']}: {one['text']}"
            for one in kept
        ]
    return lines


DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
ORDERS = {
    "ymd": "year first",
    "dmy": "day first",
    "mdy": "month first",
    "ambiguous": "unclear which way round",
}


def dialect(detected: dict[str, Any]) -> str:
    """How a table is written, in words."""
    if detected["encoding"] == "xlsx":
        sheet = detected.get("name") or detected.get("sheet", "")
        parts = ["Excel", f"sheet “{sheet}”"]
    else:
        mark = " with a byte order mark" if detected["bom"] else ""
        parts = [detected["encoding"].upper() + mark]
        parts.append(
            f"{DELIMITERS.get(detected['delimiter'], detected['delimiter'])} between cells"
        )
    if detected["date_order"]:
        parts.append(f"dates {ORDERS[detected['date_order']]}")
    if detected["decimal_comma"] is not None:
        parts.append(f"decimal {'comma' if detected['decimal_comma'] else 'point'}")
    return ", ".join(parts)


def as_data(batch: Import, rows: Sequence[ImportRow], *, dry_run: bool) -> dict[str, Any]:
    """The same for programs."""
    return {
        "import": None if batch.is_staged else batch.pk,
        "file": batch.filename,
        "kind": batch.kind,
        "dry_run": dry_run,
        "written": batch.state == Import.State.APPLIED,
        "created": batch.created,
        "updated": batch.updated,
        "unchanged": batch.unchanged,
        "refused": batch.refused,
        "proposed": batch.proposed,
        "detected": batch.detected,
        "rows": [
            {
                "line": row.line,
                "sheet": row.sheet,
                "kind": row.kind,
                "title": row.title,
                "outcome": row.outcome,
                "reason": row.reason,
                "notes": row.notes,
                "changes": [
                    {"what": what, "before": before, "after": after}
                    for what, before, after in row.changes
                ],
            }
            for row in rows
        ],
    }
