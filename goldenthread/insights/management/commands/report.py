"""`goldenthread report alignment` and `report quality`: what the pages *Alignment* and *Criteria* show, printed."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.insights.quality_report import (
    quality_as_html,
    quality_as_text,
    quality_report,
)
from goldenthread.insights.reports import alignment_report, as_html, as_text


class Command(BaseCommand):
    help = "Print a report: alignment, or quality of objectives. As text, as JSON, or as an HTML page that stands alone and prints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", choices=["alignment", "quality"])
        parser.add_argument("--format", choices=["text", "json", "html"], default="text")
        parser.add_argument(
            "--as-of",
            type=dt.date.fromisoformat,
            help="alignment only: the day, such as 2026-11-23 (today)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.current() is None:
            raise CommandError("There is no organisation in this database yet.")
        if options["as_of"] and options["as_of"] > clock.today():
            raise CommandError(f"{options['as_of']} has not come yet.")
        if options["report"] == "quality":
            if options["as_of"]:
                raise CommandError("The quality of objectives is told as it stands today.")
            self._write(options["format"], quality_report(), quality_as_text, quality_as_html)
        else:
            self._write(options["format"], alignment_report(options["as_of"]), as_text, as_html)

    def _write(
        self, kind: str, report: Any, text: Callable[[Any], str], html: Callable[[Any], str]
    ) -> None:
        if kind == "json":
            self.stdout.write(json.dumps(report.as_data(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(html(report) if kind == "html" else text(report))
