"""A row for how every objective stands now, and which of them can be measured."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef, Q

from goldenthread.core.opening import open_rows

METHOD_VERSION = "progress/1"


def measurable(apps: Any, schema_editor: Any) -> None:
    key_results = apps.get_model("objectives", "KeyResult").objects
    steps = apps.get_model("objectives", "Milestone").objects.filter(key_result=OuterRef("pk"))
    numbers = Q(baseline__isnull=False, target__isnull=False)
    bound = Q(low__isnull=False) | Q(high__isnull=False)
    scorable = (
        (Q(kind__in=["metric", "graded"]) & numbers)
        | (Q(kind="threshold") & bound)
        | Q(Exists(steps), kind="milestones")
    )
    able = key_results.filter(scorable, objective=OuterRef("pk"))
    objectives = apps.get_model("objectives", "Objective").objects
    objectives.filter(Exists(able)).update(measurable=True)


def begin(apps: Any, schema_editor: Any) -> None:
    open_rows(
        apps,
        ("objectives", "Objective"),
        ("objectives", "ObjectiveHeld"),
        lambda one: {
            "state": one.state,
            "owner_person_id": one.owner_person_id,
            "owner_unit_id": one.owner_unit_id,
            "run_the_business": one.run_the_business,
            "own_share": one.own_share,
            "counts_from": one.cycle.starts_on,
            "starts_on": one.starts_on or one.cycle.starts_on,
            "ends_on": one.ends_on or one.cycle.ends_on,
            "cadence_days": one.cadence_days,
        },
        fields={"state", "owner_person", "owner_unit", "run_the_business", "own_share"},
        related=("cycle",),
    )
    open_rows(
        apps,
        ("objectives", "Objective"),
        ("objectives", "ObjectiveScore"),
        lambda one: {
            "score": one.score,
            "measured_share": one.measured_share,
            "measurable": one.measurable,
            "expected_fixed": one.expected_fixed,
            "expected_slope": one.expected_slope,
            "last_check_in_on": one.last_check_in_on,
            "method_version": METHOD_VERSION,
        },
        fields=set(),
    )


class Migration(migrations.Migration):
    dependencies = [("objectives", "0003_held"), ("strategy", "0004_open_held")]

    operations = [
        migrations.RunPython(measurable, migrations.RunPython.noop),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
