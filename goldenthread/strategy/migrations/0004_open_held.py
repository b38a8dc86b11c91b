"""A row for how every strategy and priority stands now."""

from typing import Any

from django.db import migrations

from goldenthread.core.opening import known_since, open_rows


def begin(apps: Any, schema_editor: Any) -> None:
    open_rows(
        apps,
        ("strategy", "Strategy"),
        ("strategy", "StrategyHeld"),
        lambda one: {
            "state": one.state,
            "starts_on": one.starts_on,
            "ends_on": one.ends_on,
            "weights_confirmed_at": one.weights_confirmed_at,
        },
        fields={"state", "starts_on", "ends_on", "weights_confirmed_at"},
    )
    open_rows(
        apps,
        ("strategy", "Priority"),
        ("strategy", "PriorityHeld"),
        lambda one: {
            "state": one.state,
            "weight": one.weight,
            "sponsor_id": one.sponsor_id,
            "sponsor_named_by_id": one.sponsor_named_by_id,
        },
        fields={"state", "weight", "sponsor", "sponsor_named_by"},
    )
    _since_weights_were_set(apps)


def _since_weights_were_set(apps: Any) -> None:
    """The trail tells of weights at the strategy, and names its priorities by their ids."""
    held = apps.get_model("strategy", "PriorityHeld")
    for row in held.objects.filter(weight__isnull=False).select_related("priority__strategy"):
        set_on = known_since(apps, "strategy.strategy", {str(row.priority_id)})
        since = set_on(row.priority.strategy)
        if since > row.valid_from:
            row.valid_from = since
            row.save(update_fields=["valid_from"])


class Migration(migrations.Migration):
    dependencies = [("strategy", "0003_held"), ("people", "0004_open_held")]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
