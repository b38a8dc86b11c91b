"""What stood before this step was not kept: from today on it is."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.db import migrations


def begin(apps: Any, schema_editor: Any) -> None:
    for organisation in apps.get_model("core", "Organisation").objects.all():
        now = dt.datetime.now(ZoneInfo(organisation.time_zone))
        organisation.history_from = organisation.stands_on or now.date()
        organisation.save(update_fields=["history_from"])


class Migration(migrations.Migration):
    dependencies = [("core", "0006_history_from")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
