"""Cycles, objectives, key results, check-ins, changes, contributions, dependencies and templates over the API."""

from goldenthread.objectives.api import (
    agreement,
    cascades,
    changes,
    check_ins,
    contributions,
    cycles,
    dependencies,
    objectives,
    quality,
    templates,
)

ROOMS = (
    cycles.room,
    objectives.room,
    quality.room,
    agreement.room,
    cascades.room,
    changes.room,
    check_ins.room,
    contributions.room,
    dependencies.room,
    templates.room,
)
