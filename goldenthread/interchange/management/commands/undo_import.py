"""`goldenthread undo-import NUMBER`: take a whole import back, or say what that would do."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.interchange import selectors, services
from goldenthread.interchange.management.commands import NOTHING_DONE, SOME_REFUSED, who_imports
from goldenthread.interchange.models import Import


class Command(BaseCommand):
    help = (
        "Take an import back: what it added goes, what it changed becomes what it was; what was changed since "
        "stays, and is listed. Exit code 0: done; 1: something stays; 2: nothing was done."
    )
    requires_system_checks = ()  # they load every page first: `goldenthread check` is for that

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("number", type=int, help="as in the address of its page")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, only")
        parser.add_argument("--as", dest="email", help="who takes it back, by e-mail")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = who_imports(options["email"])
        batch = Import.objects.visible_to(actor).filter(pk=options["number"]).first()
        if batch is None:
            raise CommandError(f"There is no import {options['number']}.", returncode=NOTHING_DONE)
        try:
            services.require_applied(actor, batch)
            if options["dry_run"]:
                plan = services.what_undoing_does(batch, actor)
                counts, stays = plan.counts(), plan.told()
            else:
                self.stderr.write(f"Taking back {batch.total:,} rows …")
                services.undo(actor=actor, batch=batch)
                counts = batch.undone
                stays = batch.undone["stays"]
        except (DomainError, NotAllowed) as refused:
            raise CommandError(str(refused), returncode=NOTHING_DONE) from refused
        will = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{batch.filename}: {counts['removed']} {will}removed, {counts['restored']} restored, "
            f"{counts['left']} left, {counts['withdrawn']} withdrawn, {len(stays)} stay."
        )
        for one in selectors.what_stayed(stays, actor):
            at = parse_datetime(one["at"]) if one["at"] else None
            who = f" ({one['who']}, {at:%-d %b %Y %H:%M})" if at else ""
            self.stdout.write(f"  {one['kind']} “{one['title']}”: {one['why']}{who}")
        if options["dry_run"]:
            self.stdout.write("\nNothing was taken back: this was a dry run.")
        elif stays:
            raise SystemExit(SOME_REFUSED)
