"""`goldenthread verify_audit`: say whether the sealed audit trail still is what was sealed."""

from typing import Any

from django.core.management import BaseCommand, CommandError

from goldenthread.core import audit
from goldenthread.core.models import AuditRecord, AuditSeal


class Command(BaseCommand):
    help = "Check the hash chain of the audit trail. Exit code 1 when anything in it has changed."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = audit.verify()
        if broken is not None:
            raise CommandError(
                f"Lines {broken.first_id} to {broken.last_id}, sealed on {broken.at:%d %B %Y, %H:%M} UTC, "
                "no longer fit their seal: something in them or before them was changed. Everything before "
                f"line {broken.first_id} is as it was sealed. Compare with a backup from before that day.",
                returncode=1,
            )
        last = AuditSeal.objects.order_by("-last_id").first()
        sealed = AuditRecord.objects.filter(pk__lte=last.last_id).count() if last else 0
        waiting = AuditRecord.objects.count() - sealed
        self.stdout.write(
            f"The audit trail is whole: {sealed} lines sealed, {waiting} not sealed yet."
        )
