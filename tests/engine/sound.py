"""An objective on which no rule of quality fires, to be spoiled one fact at a time."""

import datetime as dt
from dataclasses import replace
from typing import Any

from goldenthread.engine.quality.facts import Goal, KeyResultFacts, Kind, ObjectiveFacts
from goldenthread.engine.quality.rules import Assessment, assess
from goldenthread.engine.quality.words import words_of

ON = dt.date(2026, 5, 13)
STARTS, ENDS = dt.date(2026, 4, 1), dt.date(2026, 6, 30)
ENGLISH = words_of("en")

CALLS = KeyResultFacts(
    1,
    "Calls answered within two minutes",
    unit="%",
    baseline=61,
    target=80,
    due_on=ENDS,
    source="Telephone system",
    reporter="Ada",
    value_before=61,
    measured_every=7,
)
STEPS = KeyResultFacts(
    2, "Second depot", kind=Kind.MILESTONES, due_on=ENDS, milestones_due=(dt.date(2026, 5, 1), None)
)
SOUND = ObjectiveFacts(
    "Installers reach a person within two minutes",
    (CALLS,),
    accountable=("Ada",),
    starts=STARTS,
    ends=ENDS,
    parents=(Goal("Service that installers recommend", ENDS),),
    in_line=True,
    twin="",
    effort=0.5,
    under_way=True,
    last_check_in_on=dt.date(2026, 5, 6),
    cadence_days=7,
    accepted=True,
)


def fired(one: ObjectiveFacts, on: dt.date = ON, **options: Any) -> tuple[str, ...]:
    """The codes that fire, in the order of the table."""
    return tuple(sorted(judged(one, on, **options).fired, key=lambda code: (code[0] != "O", code)))


def judged(one: ObjectiveFacts, on: dt.date = ON, **options: Any) -> Assessment:
    return assess(one, on, options.pop("words", ENGLISH), **options)


def with_key_result(**changes: Any) -> ObjectiveFacts:
    """The sound objective with its key result changed."""
    return replace(SOUND, key_results=(replace(CALLS, **changes),))
