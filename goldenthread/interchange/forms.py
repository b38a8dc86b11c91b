"""What the import page asks: the file, and which of its columns says what."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms

from goldenthread.interchange.models import Import
from goldenthread.interchange.outline_reading import too_large
from goldenthread.interchange.readers.kinds import KINDS, best_mapping, dump_mapping
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.services import KIND_NAMES, WORKBOOK, checked_mapping

KIND_WORDS = {
    "stratml": "A strategic plan (StratML)",
    "workbook": "A workbook with several sheets",
    "units": "Units",
    "people": "People",
    "priorities": "Priorities",
    "objectives": "Objectives",
    "key_results": "Key results",
    "contributions": "Contributions: what serves what",
    "cascades": "Cascades: what units propose to each other",
    "dependencies": "Dependencies: what objectives need of other units",
    "kpis": "KPIs",
    "observations": "Values of KPIs",
    "targets": "Targets of KPIs",
    "cycles": "Cycles",
    "strategies": "Strategies",
    "expected_results": "Expected results of priorities",
    "trade_offs": "Trade-offs",
    "check_ins": "Check-ins on key results",
    "templates": "Templates of objectives",
    "decisions": "Decisions",
    "allocations": "Effort: who works on what",
    "plans": "Plans of a cycle",
    "plan_teams": "What teams have for a plan",
    "plan_candidates": "Candidates of a plan",
    "plan_scenarios": "Scenarios of a plan",
}
ORDERS = (
    ("", "As found"),
    ("dmy", "Day first: 31.12.2026"),
    ("mdy", "Month first: 12/31/2026"),
    ("ymd", "Year first: 2026-12-31"),
)
MARKS = (("", "As found"), ("comma", "Comma: 1,5"), ("point", "Point: 1.5"))
LABELS = {"external_id": "Identifier", "fte": "FTE", "email": "E-mail", "kpi": "KPI"}
PASTED = "pasted.csv"
EXAMPLE = "Objective;Owner;Priority\nAlder 3 reaches 1,000 homes;helen@example.com;The quiet pump"


class FileForm(forms.Form):
    """A file dropped or chosen, or rows pasted."""

    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="The file",
        help_text="A table as Excel (.xlsx) or .csv, or a strategic plan as StratML (.xml), up to 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.tsv,.txt,.xml,.pptx,.docx"}),
    )
    text = forms.CharField(
        required=False,
        max_length=5_000_000,
        label="Rows",
        help_text="Out of a spreadsheet: select the rows with their headings, copy, paste.",
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false", "placeholder": EXAMPLE}),
    )
    kind = forms.ChoiceField(
        required=False,
        label="What the rows are",
        choices=[
            ("", "The headings tell"),
            *((name, words) for name, words in KIND_WORDS.items() if name != WORKBOOK),
        ],
    )
    mapping = forms.FileField(
        required=False,
        label="A saved mapping",
        help_text="Says which column is which, as saved from an earlier import.",
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )
    is_outline = False  # the file is one for the page of outlines

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        file = data.get("file")
        if file and (refusal := too_large(file.size)):
            self.add_error("file", refusal)
        elif file:
            data["data"], data["name"] = file.read(), file.name
        elif data.get("text", "").strip():
            data["data"], data["name"] = data["text"].encode(), PASTED
        elif not self.errors:
            self.add_error("file", "Choose a file, or paste rows.")
        return data

    def clean_mapping(self) -> dict[str, Any] | None:
        file = self.cleaned_data.get("mapping")
        if not file:
            return None
        if file.size > 1_000_000:
            raise forms.ValidationError("This is not a saved mapping: it is far too large.")
        try:
            raw = json.loads(file.read())
            found: dict[str, Any] = checked_mapping(raw if isinstance(raw, dict) else {})
        except RefusedFile as refused:
            raise forms.ValidationError(str(refused)) from refused
        except ValueError as error:
            raise forms.ValidationError(f"The mapping is not valid JSON: {error}") from error
        return found


class ColumnsForm(forms.Form):
    """Which column gives which field, and how dates and numbers are to be read."""

    kind = forms.ChoiceField(label="What the rows are")
    date_order = forms.ChoiceField(required=False, label="Dates", choices=ORDERS)
    decimal_mark = forms.ChoiceField(required=False, label="Decimal mark", choices=MARKS)

    def __init__(self, *args: Any, part: "Part", **kwargs: Any) -> None:
        self.part = part
        self.headers = part.headers
        super().__init__(*args, **kwargs)
        tables = [(name, KIND_WORDS[name]) for name in KIND_NAMES if name in KINDS]
        first = [("", "Left out")] if part.sheet is not None else [("", "Choose …")]
        self.fields["kind"].required = part.sheet is None
        choices = tables if part.kind and part.sheet is None else [*first, *tables]
        self["kind"].field.choices = choices  # type: ignore[attr-defined]  # a field with choices
        self.initial["kind"] = part.kind
        mapping = part.mapping
        self.initial["date_order"] = mapping.get("date_order") or ""
        marks: dict[Any, str] = {True: "comma", False: "point"}
        self.initial["decimal_mark"] = marks.get(mapping.get("decimal_comma"), "")
        for each in KINDS[part.kind].fields if part.kind in KINDS else ():
            name = f"column-{each.name}"
            self.fields[name] = forms.ChoiceField(
                required=False,
                label=LABELS.get(each.name) or each.name.replace("_", " ").capitalize(),
                choices=[("", "–"), *((header, header) for header in self.headers)],
            )
            self.initial[name] = mapping.get("columns", {}).get(each.name, "")

    def rows(self) -> list[dict[str, Any]]:
        """A line for each field: what it is, its column, and an example out of the file."""
        samples = self.part.samples
        kind = KINDS.get(self.part.kind)
        return [
            {
                "field": self[f"column-{each.name}"],
                "required": each.required,
                "sample": samples.get(self[f"column-{each.name}"].value() or "", ""),
            }
            for each in (kind.fields if kind else ())
        ]

    def mapping(self) -> dict[str, Any]:
        """The mapping chosen; what was known of the one before and is not asked here stays."""
        data = self.cleaned_data
        if not data["kind"]:
            return {"kind": ""}
        if data["kind"] != self.part.kind:
            return dict(json.loads(dump_mapping(best_mapping(self.headers, data["kind"]))))
        columns = {
            each.name: data[f"column-{each.name}"]
            for each in KINDS[data["kind"]].fields
            if data.get(f"column-{each.name}")
        }
        kept = {**self.part.mapping, "kind": data["kind"], "columns": columns}
        kept["date_order"] = data["date_order"] or None
        kept["decimal_comma"] = {"comma": True, "point": False}.get(data["decimal_mark"])
        return {key: value for key, value in kept.items() if value is not None}


@dataclass(frozen=True)
class Part:
    """One table of an import whose columns can be chosen: the file's, or that of one of its sheets."""

    kind: str
    mapping: dict[str, Any]
    headers: list[str]
    samples: dict[str, str]
    detected: dict[str, Any]
    sheet: str | None = None


def parts_of(batch: Import) -> list[Part]:
    """The tables of an import, none for a plan."""
    if "sheets" in batch.detected:
        mappings = batch.mapping.get("sheets", {})
        return [
            Part(
                one["kind"],
                mappings.get(one["name"], {}),
                one["headers"],
                one["samples"],
                one,
                one["name"],
            )
            for one in batch.detected["sheets"]
        ]
    if "headers" not in batch.detected:
        return []
    found = batch.detected
    return [Part(batch.kind, batch.mapping, found["headers"], found.get("samples", {}), found)]
