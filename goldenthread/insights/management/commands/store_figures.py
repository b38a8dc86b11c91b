"""`goldenthread store_figures`: keep the day's figures for the charts over time; a worker does it every night."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from goldenthread.core import clock
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.insights.services import store_figures


class Command(BaseCommand):
    help = "Store the figures of a day for the charts over time. Run again, it replaces that day's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as-of", type=dt.date.fromisoformat, help="the day, such as 2026-11-23 (today)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if Organisation.current() is None:
            raise CommandError("There is no organisation in this database yet.")
        day = options["as_of"] or clock.today()
        try:
            self.stdout.write(f"{store_figures(day)} figures of {day} are stored.")
        except DomainError as error:
            raise CommandError(error.message) from error
