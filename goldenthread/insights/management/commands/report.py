"""`goldenthread report alignment`: the figures of the alignment page, printed."""

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.insights.reports import alignment_report, as_html, as_text


class Command(BaseCommand):
    help = "Print a report: alignment. As text, as JSON, or as an HTML page that stands alone and prints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("report", choices=["alignment"])
        parser.add_argument("--format", choices=["text", "json", "html"], default="text")
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, help="the day, such as 2026-11-23 (today)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.current() is None:
            raise CommandError("There is no organisation in this database yet.")
        if options["as_of"] and options["as_of"] > clock.today():
            raise CommandError(f"{options['as_of']} has not come yet.")
        report = alignment_report(options["as_of"])
        if options["format"] == "json":
            text = json.dumps(report.as_data(), ensure_ascii=False, indent=2)
        elif options["format"] == "html":
            text = as_html(report)
        else:
            text = as_text(report)
        self.stdout.write(text)
