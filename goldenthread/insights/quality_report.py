"""The quality of objectives in words and in plain data: what the page *Criteria* shows, for papers."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.engine.quality.rules import RULES, Assessment, Rule
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.quality import assessments
from goldenthread.objectives.states import CLOSED
from goldenthread.ui.locale import format_number
from goldenthread.ui.templatetags.goldenthread import counted, day

BATCH = 500


@dataclass(frozen=True)
class Line:
    """One objective with something open."""

    objective: Objective
    found: Assessment

    @property
    def quality(self) -> str:
        value = self.found.quality.value
        return self.found.quality.reason if value is None else f"{value:.0f}"

    def as_data(self) -> Mapping[str, Any]:
        return {
            "id": self.objective.pk,
            "title": self.objective.title,
            "owner": str(self.objective.owner or "") or None,
            "state": self.objective.state,
            "quality": self.found.quality.value,
            "reason": self.found.quality.reason,
            "findings": [
                {"code": one.code, "severity": one.severity.value, "message": one.message}
                for one in self.found.findings
            ],
            "waived": sorted({one.code for one in self.found.waived}),
        }


@dataclass(frozen=True)
class QualityReport:
    """Everything that the report holds, for somebody without any special view of restricted work."""

    organisation: str
    as_of: dt.date
    total: int
    lines: list[Line]
    counts: Mapping[str, int]  # by code
    method_version: str = "objective-quality/1"

    @property
    def title(self) -> str:
        return f"Criteria of {self.organisation}, {day(self.as_of, 'full')}"

    @property
    def with_errors(self) -> int:
        return sum(bool(line.found.errors) for line in self.lines)

    @property
    def sentence(self) -> str:
        total = counted(self.total, "open objective,open objectives")
        must = counted(self.with_errors, "has,have")
        return f"{total}: {must} something that must be mended, {format_number(len(self.lines))} something open."

    @property
    def rules(self) -> list[tuple[Rule, int]]:
        return [(rule, self.counts[rule.code]) for rule in RULES if self.counts.get(rule.code)]

    def as_data(self) -> Mapping[str, Any]:
        return {
            "report": "quality",
            "organisation": self.organisation,
            "as_of": self.as_of.isoformat(),
            "method_version": self.method_version,
            "open_objectives": self.total,
            "with_errors": self.with_errors,
            "rules": [
                {
                    "code": rule.code,
                    "name": rule.name,
                    "severity": rule.shown_as().value,
                    "objectives": n,
                }
                for rule, n in self.rules
            ],
            "objectives": [line.as_data() for line in self.lines],
        }


def quality_report() -> QualityReport:
    """The open objectives that everybody sees, as they stand today: those with an error first."""
    on = clock.today()
    rows = Objective.objects.filter(restricted=False).exclude(state__in=CLOSED).order_by("pk")
    pks = list(rows.values_list("pk", flat=True))
    lines = [line for line in _lines(pks, on) if line.found.findings]
    lines.sort(key=lambda one: (not one.found.errors, one.found.quality.value or 0))
    organisation = Organisation.current()
    return QualityReport(
        organisation.name if organisation else "an empty database",
        on,
        len(pks),
        lines,
        Counter(code for line in lines for code in line.found.fired),
    )


def _lines(pks: list[int], on: dt.date) -> Iterator[Line]:
    listed = Objective.objects.select_related("cycle", "owner_person", "owner_unit__leader", "twin")
    for start in range(0, len(pks), BATCH):
        rows = list(listed.filter(pk__in=pks[start : start + BATCH]))
        found = assessments(rows, on)
        yield from (Line(row, found[row.pk]) for row in rows)


def quality_as_text(report: QualityReport) -> str:
    """The report for a terminal or a plain mail."""
    lines = [report.title, "=" * len(report.title), "", report.sentence, ""]
    lines += [f"{n:>6}  {rule.shown_as():<5}  {rule.name}" for rule, n in report.rules]
    for line in report.lines:
        lines += [
            "",
            f"{line.objective.title} ({line.objective.owner or 'nobody yet'}): {line.quality}",
        ]
        lines += _told(line)
    return "\n".join([*lines, ""])


def _told(line: Line) -> Iterable[str]:
    yield from (f"  {one.severity:<5}  {one.message}" for one in line.found.findings)
    if line.found.waived:
        yield f"  waived {', '.join(sorted({one.name for one in line.found.waived}))}"


def quality_as_html(report: QualityReport) -> str:
    """The report as a page that stands alone: no script, nothing loaded, made to be printed or sent."""
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    body = render_to_string("insights/report_quality.html", {"report": report})
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
