"""The pattern page: every component in every state, open to all, holding no data."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from goldenthread.engine.result import (
    Result,
    Status,
    insufficient_data,
    measured,
    share,
    suppressed,
    undefined,
)
from goldenthread.ui import charts
from goldenthread.ui.fields import DayField, NumberField
from goldenthread.ui.health import HEALTHS
from goldenthread.ui.tree import rails


class PatternForm(forms.Form):
    """One field of every kind, for the pattern page."""

    title = forms.CharField(label="What will be true", help_text="A result, not a task")
    target = NumberField(label="Target")
    due = DayField(label="Due")
    unit = forms.ChoiceField(
        label="Unit", choices=[("service", "Service"), ("sales", "Sales and Partners")]
    )
    why = forms.CharField(label="Why it matters", widget=forms.Textarea(attrs={"rows": 3}))
    confidence = forms.ChoiceField(
        label="Will it reach 85 %?",
        choices=[("low", "Unlikely"), ("medium", "Open"), ("high", "Likely")],
        widget=forms.RadioSelect,
    )
    critical = forms.BooleanField(
        label="Critical: counted in the organisation’s execution figure", required=False
    )
    owner = forms.CharField(label="Owner")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("target") == 62:
            self.add_error("target", "Equal to the start, 62 %")
        return cleaned


FINDINGS = (
    {
        "severity": "error",
        "words": "Must be mended",
        "name": "No baseline",
        "of": "Calls answered within two minutes",
        "message": "Where are we starting from? Enter today’s value or a date to measure it.",
        "url": "#findings",
        "act": "Enter the start",
        "waive_url": "#findings",
    },
    {
        "severity": "warn",
        "words": "Worth mending",
        "name": "Unlinked",
        "message": "Which priority does this serve? Link it or mark it as run-the-business.",
        "url": "#findings",
        "act": "Tie it",
    },
    {
        "severity": "info",
        "words": "A question",
        "name": "Duplicate",
        "message": "Looks like “A very long title that somebody has pasted from a presentation without a thought for those "
        "who read it on a telephone”. Join forces or tell them apart.",
    },
)


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """Every component, with invented figures of the demo's company."""
    start, end, today = dt.date(2026, 10, 1), dt.date(2026, 12, 31), dt.date(2026, 11, 23)
    typed = {"title": "Questions solved in the first contact", "target": "62", "why": "…"}
    bad = PatternForm({f"bad-{name}": text for name, text in typed.items()}, prefix="bad")
    context = {
        "healths": list(HEALTHS),
        "paces": [
            (0.63, 0.58, "on_pace"),
            (0.44, 0.58, "behind"),
            (0.2, 0.58, "at_risk"),
            (0.45, 0.58, "outdated"),
            (1, 0.58, "done"),
            (None, 0.58, "not_measured"),
        ],
        "whole": _thread(),
        "branching": _branching(),
        "broken": _broken(),
        "line": [*_thread()[:2], {"title": "Answer my queue’s calls"}],
        "person": SimpleNamespace(name="Lena Kovač", initials="LK", position="Partner Success"),
        "long_person": SimpleNamespace(
            name="Maximiliane Wolfeschlegelsteinhausenbergerdorff",
            initials="MW",
            position="Vice president for installer relations, northern and eastern markets",
        ),
        "form": PatternForm(initial={"unit": "service", "confidence": "medium"}),
        "bad": bad,
        "results": _results(today),
        "findings": FINDINGS,
        "views": [
            {"title": "All", "url": "?", "here": True, "count": 42},
            {"title": "My team’s", "url": "?view=team", "count": 10},
            {"title": "Loose ends", "url": "?view=loose", "count": 4},
        ],
        "page": Paginator(range(312), 25).page(2),
        "tree": _tree(),
        "plot": _pace_chart(start, end, today),
        "range_plot": _range_chart(),
        "coverage_plot": _coverage_chart(),
        "empty_plot": charts.line_chart(
            "Seasonal efficiency",
            [],
            start=start,
            end=end,
            unit="SCOP",
            today=today,
            width=600,
            height=230,
        ),
        "sparks": _sparks(),
        "knots": [charts.knot(weight) for weight in (30, 25, 15, 5, None)],
        "dots": [
            (
                "Objectives in line",
                charts.dot(0.9, 0.77, 0.96),
                0.9,
                "90 %, 95 % interval 77 to 96 %",
            ),
            ("People in line", charts.dot(0.62, 0.3, 0.86), 0.62, "62 %, 95 % interval 30 to 86 %"),
            ("Effort in line", charts.dot(None), None, "no figure"),
        ],
        "heat": charts.heat(
            [
                (f"Week {week}", value)
                for week, value in enumerate(
                    (0.95, 0.9, 0.74, 0.5, 0.31, None, 0.12, 0.45, 0.66, 0.81, 0.9, 1.0), 36
                )
            ]
        ),
        "rows": [("Target", "90 %", "85 %"), ("Due", "31 December 2026", "31 January 2027")],
        "long": "A very long title that somebody has pasted from a presentation without a thought for those who read it on a telephone: "
        * 2,
        "word": "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    }
    return render(request, "ui/patterns.html", context)


@require_safe
def options(request: HttpRequest) -> HttpResponse:
    """What the picker of the pattern page finds: the invented people whose name holds the words."""
    query = request.GET.get("q", "").strip()
    people = [
        "Ana Nowak",
        "Daniel Weiss",
        "Helen Brandt",
        "Jonas Feld",
        "Lena Kovač",
        "Rui Tavares",
    ]
    found = [
        {"pk": number, "title": name, "note": "Partner Success"}
        for number, name in enumerate(people)
        if query.lower() in name.lower()
    ]
    return render(request, "ui/_picker_options.html", {"options": found, "query": query})


def _thread() -> list[dict[str, Any]]:
    return [
        {
            "title": "Keep our installers",
            "url": "#thread",
            "note": "Priority, weight 25",
            "kind": "root",
        },
        {
            "title": "Installers reach a person within two minutes",
            "url": "#thread",
            "note": "Partner Success",
            "kind": "step",
        },
        {"title": "Answer my queue’s calls", "note": "Lena Kovač", "kind": "here"},
    ]


def _branching() -> list[dict[str, Any]]:
    return [
        {"title": "Installers reach a person", "note": "carries 15 of 100", "kind": "here"},
        {
            "title": "Answer my queue’s calls",
            "url": "#thread",
            "note": "Lena Kovač",
            "kind": "child",
            "health": "behind",
        },
        {
            "title": "Move three desks to routing by skill",
            "url": "#thread",
            "note": "Samir Haddad",
            "kind": "child",
            "health": "at_risk",
        },
    ]


def _broken() -> list[dict[str, Any]]:
    return [
        {
            "title": "No priority above",
            "note": "Its unit objective closed on 30 September.",
            "kind": "loose",
            "action_url": "#tie",
            "action_word": "Tie it",
        },
        {
            "title": "Move to the new ticket system",
            "note": "Samir Haddad",
            "kind": "here",
            "loose": True,
        },
    ]


def _results(today: dt.date) -> list[tuple[str, Result, str]]:
    method = "coverage/1"
    return [
        (
            "Objectives in line",
            share(38, 42, unit_of_n="objectives", method_version=method),
            "percent",
        ),
        (
            "Spread of effort",
            measured(5.1, n=42, unit_of_n="objectives", method_version=method),
            "number:1",
        ),
        (
            "Handed down or negotiated",
            share(
                3,
                9,
                unit_of_n="links",
                method_version=method,
                status=Status.EARLY,
                reason="fewer than 20 links",
            ),
            "percent",
        ),
        (
            "Value in line",
            insufficient_data("weights not set", unit_of_n="objectives", method_version=method),
            "percent",
        ),
        (
            "Catchball",
            undefined("no link needs acceptance", unit_of_n="links", method_version=method),
            "percent",
        ),
        ("Clarity, Supply", suppressed(unit_of_n="people", method_version=method), "percent"),
    ]


def _tree() -> list[dict[str, Any]]:
    rows: list[tuple[int, str, str, float | None, str]] = [
        (0, "The quiet pump: Alder 3", "Tomas Okafor", 0.84, "on_pace"),
        (1, "Alder 3 certified at 50 dB(A)", "Engineering", 0.62, "on_pace"),
        (2, "Compressor mount v4 damps 3 dB", "Acoustics team", 0.58, "on_pace"),
        (3, "Rubber of the mount chosen", "Ana Nowak", 0.44, "behind"),
        (4, "Ageing test of 1,000 hours", "Test bench", None, "not_measured"),
        (3, "Mount drawn for the line", "Ana Nowak", 1, "done"),
        (2, "Fan profile frozen", "Ana Nowak", 1, "done"),
        (1, "First 200 Alder 3 built without rework", "Operations", 0.41, "behind"),
    ]
    depths = [row[0] for row in rows]
    return [
        {
            "rails": rail,
            "root": depth == 0,
            "title": title,
            "owner": owner,
            "progress": progress,
            "health": health,
            "open": index + 1 < len(rows) and depths[index + 1] > depth,
            "url": "#tree",
            "toggle_url": "#tree" if index + 1 < len(rows) and depths[index + 1] > depth else "",
        }
        for index, (rail, (depth, title, owner, progress, health)) in enumerate(
            zip(rails(depths), rows, strict=True)
        )
    ]


def _pace_chart(start: dt.date, end: dt.date, today: dt.date) -> charts.LinePlot:
    values = ((1, 60), (5, 61), (12, 62), (19, 62), (26, 64), (33, 65), (40, 67), (47, 68))
    return charts.line_chart(
        "Calls answered within two minutes",
        [
            charts.Point(start + dt.timedelta(days=day - 1), value, "Jonas Feld")
            for day, value in values
        ],
        start=start,
        end=end,
        unit="%",
        path=charts.Path(start, end, 60, 85),
        forecast=charts.Forecast(end, 76, 72, 80),
        today=today,
    )


def _range_chart() -> charts.LinePlot:
    year = dt.date(2026, 1, 1)
    values = (46, 45, 47, 49, None, None, 44, 43, 41, 38, 37)
    return charts.line_chart(
        "Stock of compressors",
        [
            charts.Point(dt.date(2026, month, 28), value, "Supply")
            for month, value in enumerate(values, 1)
        ],
        start=year,
        end=dt.date(2026, 12, 31),
        unit="days",
        goals=[
            charts.Goal(year, dt.date(2026, 6, 30), 42, 50),
            charts.Goal(dt.date(2026, 7, 1), dt.date(2026, 12, 31), 40, 46),
        ],
        today=dt.date(2026, 11, 23),
        width=600,
        height=230,
    )


def _coverage_chart() -> charts.LinePlot:
    values = (61, 64, 70, 72, 71, 78, 83, 86, 88, 90)
    return charts.line_chart(
        "Objectives in line",
        [
            charts.Point(dt.date(2026, month, 1), value, f"{round(value * 42 / 100)} of 42")
            for month, value in enumerate(values, 2)
        ],
        start=dt.date(2026, 1, 1),
        end=dt.date(2026, 12, 31),
        unit="%",
        at_least=0,
        at_most=100,
        today=dt.date(2026, 11, 23),
        width=600,
        height=230,
    )


def _sparks() -> list[dict[str, Any]]:
    given: list[tuple[str, list[float | None], str, float | None]] = [
        ("Sound power at 7 kW", [58, 57, 55.6, 54.6, 53.5, 52.3, 52, 51.4, 51.2], "dB", 50),
        ("Still ordering after a year", [71, 71.4, None, 72.1, 73, 74.6, 76], "%", 85),
        ("Certified installers", [34], "people", 40),
        ("Returns", [], "%", 2),
    ]
    return [
        {
            "name": name,
            "plot": charts.spark(values, target),
            "words": charts.spark_words(name, values, unit, target),
            "last": next((value for value in reversed(values) if value is not None), None),
            "unit": unit,
            "target": target,
        }
        for name, values, unit, target in given
    ]
