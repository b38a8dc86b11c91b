"""A row for where everybody and every unit stands now."""

from typing import Any

from django.db import migrations

from goldenthread.core.opening import open_rows


def begin(apps: Any, schema_editor: Any) -> None:
    open_rows(
        apps,
        ("people", "Person"),
        ("people", "PersonHeld"),
        lambda one: {
            "unit_id": one.unit_id,
            "manager_id": one.manager_id,
            "start": one.start,
            "end": one.end,
        },
        fields={"unit", "manager", "start", "end"},
    )
    open_rows(
        apps,
        ("people", "Unit"),
        ("people", "UnitHeld"),
        lambda one: {
            "parent_id": one.parent_id,
            "leader_id": one.leader_id,
            "ended_on": one.ended_on,
        },
        fields={"parent", "leader", "ended_on"},
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0003_held"), ("core", "0007_history_begins")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
