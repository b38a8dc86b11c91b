"""Figures in words and in plain data: what the alignment page shows is what the report prints."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from goldenthread.core.models import Organisation
from goldenthread.engine.coverage import coverage_band
from goldenthread.engine.result import Result
from goldenthread.insights.selectors.alignment import Alignment, UnitFigures, alignment
from goldenthread.insights.selectors.loose_ends import (
    LooseEnd,
    StrandedPriority,
    loose_ends,
    loose_objectives,
    stranded_priorities,
)
from goldenthread.ui import charts
from goldenthread.ui.locale import format_number
from goldenthread.ui.templatetags.goldenthread import (
    day,
    percent,
    result_reason,
    result_value,
    result_words,
)

GRADES = {"E": "published evidence", "P": "policy"}


@dataclass(frozen=True)
class FigureLine:
    """One figure as it is read: the value, what it is made of, its interval, its band and who says so."""

    name: str
    result: Result

    @property
    def is_share(self) -> bool:
        return self.method != "depth"

    @property
    def method(self) -> str:
        return self.result.method_version.partition("/")[0]

    @property
    def kind(self) -> str:
        return "percent" if self.is_share else "number"

    @property
    def value(self) -> str:
        """The figure, or in two words why there is none."""
        return result_words(self.result) or result_value(self.result, self.kind)

    @property
    def count(self) -> str:
        """ "38 of 42 objectives", or over how many it was taken."""
        found = self.result
        if found.value is None:
            return result_reason(found)
        if found.denominator is not None and found.denominator == found.n:
            return f"{format_number(found.numerator or 0)} of {format_number(found.n)} {found.unit_of_n}"
        return f"over {format_number(found.n)} {found.unit_of_n}"

    @property
    def interval(self) -> str:
        found = self.result
        if found.ci_low is None or found.ci_high is None:
            return ""
        return f"95 % interval {percent(found.ci_low)} to {percent(found.ci_high)}"

    @property
    def band(self) -> str:
        """ "Strong", "Watch" or "Act"; "" where the measure has no bands."""
        found = coverage_band(self.result) if self.is_share else None
        return found.name.capitalize() if found else ""

    @property
    def grade(self) -> str:
        """What the limits of the band rest on."""
        found = coverage_band(self.result) if self.is_share else None
        return GRADES[found.grade.value] if found else ""

    @property
    def unit(self) -> str:
        """What stands beside the figure where its numerator and denominator are no counts."""
        found = self.result
        counts = found.denominator is not None and found.denominator == found.n
        return "" if counts or found.value is None else self.count

    def as_data(self) -> dict[str, Any]:
        found = self.result
        return {
            "name": self.name,
            "value": found.value,
            "status": found.status.value,
            "n": found.n,
            "unit_of_n": found.unit_of_n,
            "numerator": found.numerator,
            "denominator": found.denominator,
            "ci_low": found.ci_low,
            "ci_high": found.ci_high,
            "ci_method": found.ci_method,
            "band": self.band.lower() or None,
            "band_rests_on": self.grade or None,
            "reason": found.reason,
            "method_version": found.method_version,
        }


@dataclass(frozen=True)
class UnitLine:
    """One unit's two shares, as they are read."""

    unit: UnitFigures

    @property
    def by_count(self) -> FigureLine:
        return FigureLine(self.unit.name, self.unit.by_count)

    @property
    def by_people(self) -> FigureLine:
        return FigureLine(self.unit.name, self.unit.by_people)

    @property
    def dot(self) -> charts.DotPlot | None:
        """The share of objectives with its interval; None without a share."""
        found = self.unit.by_count
        if found.value is None or found.ci_low is None or found.ci_high is None:
            return None
        return charts.dot(found.value, found.ci_low, found.ci_high)


@dataclass(frozen=True)
class AlignmentReport:
    """Everything that the report holds, for somebody without any special view of restricted work."""

    organisation: str
    as_of: dt.date
    found: Alignment
    figures: list[FigureLine]
    stranded: list[StrandedPriority]
    loose: list[LooseEnd]  # of today, also where the figures are of a day gone by

    @property
    def title(self) -> str:
        return f"Alignment of {self.organisation}, {day(self.as_of, 'full')}"

    @property
    def units(self) -> list[UnitLine]:
        return [UnitLine(one) for one in self.found.units]

    def as_data(self) -> Mapping[str, Any]:
        return {
            "report": "alignment",
            "organisation": self.organisation,
            "as_of": self.as_of.isoformat(),
            "figures": [line.as_data() for line in self.figures],
            "loose": self.found.loose,
            "declared_run_the_business": self.found.declared,
            "stranded_priorities": [
                {
                    "title": one.title,
                    "unit": one.unit or None,
                    "reason": one.reason,
                    "weight": one.weight,
                }
                for one in self.stranded
            ],
            "loose_ends": [
                {"title": one.title, "owner": one.owner or None, "reason": one.reason}
                for one in self.loose
            ],
            "units": [
                {
                    "unit": one.unit.name,
                    "part_of": one.unit.parent or None,
                    "objectives_in_line": one.by_count.as_data(),
                    "people_in_line": one.by_people.as_data(),
                }
                for one in self.units
            ],
        }


def lines_of(found: Alignment) -> list[FigureLine]:
    """The figures of the whole, in the order in which they are shown."""
    return [FigureLine(name, result) for name, result in found.figures]


def alignment_report(as_of: dt.date | None = None) -> AlignmentReport:
    """The report of a day (today unless told). Titles that not everybody may see stay out of it."""
    found = alignment(as_of)
    organisation = Organisation.current()
    return AlignmentReport(
        organisation=organisation.name if organisation else "an empty database",
        as_of=found.as_of,
        found=found,
        figures=lines_of(found),
        stranded=stranded_priorities(found, None),
        loose=loose_ends(list(loose_objectives()), None),
    )


def as_text(report: AlignmentReport) -> str:
    """The report for a terminal or a plain mail."""
    lines = [report.title, "=" * len(report.title), ""]
    wide = max(len(line.name) for line in report.figures)
    for line in report.figures:
        band = f"{line.band} ({line.grade})" if line.band else ""
        told = "; ".join(part for part in (line.count, line.interval, band) if part)
        lines.append(f"{line.name:{wide}}  {line.value:>6}  {told}".rstrip())
    loose = f"{format_number(report.found.loose)} objectives reach no priority"
    if report.found.declared:
        loose += f"; {format_number(report.found.declared)} of them keep the business running"
    lines += ["", f"{loose}.", "", "Priorities without work below them"]
    lines += [
        f"  {one.title}{f' ({one.unit})' if one.unit else ''}: {one.reason}"
        for one in report.stranded
    ] or ["  None"]
    lines += ["", "Loose ends"]
    lines += [
        f"  {one.title}{f' ({one.owner})' if one.owner else ''}: {one.reason}"
        for one in report.loose
    ] or ["  None"]
    lines += ["", "By unit, with the units below: objectives in line; people in line of sight"]
    lines += [
        f"  {'  ' * one.unit.depth}{one.unit.name}: {one.by_count.value} ({one.by_count.count}); "
        f"{one.by_people.value} ({one.by_people.count})"
        for one in report.units
    ]
    return "\n".join([*lines, ""])


def as_html(report: AlignmentReport) -> str:
    """The report as a page that stands alone: no script, nothing loaded, made to be printed or sent."""
    style = (Path(__file__).parent / "report.css").read_text(encoding="utf-8")
    body = render_to_string("insights/report_alignment.html", {"report": report})
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(report.title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
