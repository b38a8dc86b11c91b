"""Cascades between units: opened, countered, agreed by both sides, declined or taken back."""

from goldenthread.objectives.services.cascades.answering import (
    agree_cascade,
    counter_cascade,
    decline_cascade,
    withdraw_cascade,
)
from goldenthread.objectives.services.cascades.bringing_in import bring_in_cascade
from goldenthread.objectives.services.cascades.proposing import (
    edit_cascade_draft,
    offer_upward,
    propose_to_units,
    send_cascade,
    unit_above_for,
    unit_behind,
)
from goldenthread.objectives.services.cascades.terms import Terms, terms_of

__all__ = [
    "Terms",
    "agree_cascade",
    "bring_in_cascade",
    "counter_cascade",
    "decline_cascade",
    "edit_cascade_draft",
    "offer_upward",
    "propose_to_units",
    "send_cascade",
    "terms_of",
    "unit_above_for",
    "unit_behind",
    "withdraw_cascade",
]
