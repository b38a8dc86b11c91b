"""Cycles, objectives, key results, check-ins, changes, contributions and templates over the API."""

from goldenthread.objectives.api import (
    agreement,
    changes,
    check_ins,
    contributions,
    cycles,
    objectives,
    quality,
    templates,
)

ROOMS = (
    cycles.room,
    objectives.room,
    quality.room,
    agreement.room,
    changes.room,
    check_ins.room,
    contributions.room,
    templates.room,
)
