"""The ledger: what of a leader's own is open, fact by fact; no score and no order of merit."""

from goldenthread.insights.selectors.ledger.kinds import KINDS, Fact, Kind
from goldenthread.insights.selectors.ledger.leaders import (
    LedgerFilter,
    LedgerLeader,
    facts_of,
    ledger_leaders,
    with_facts,
)

__all__ = [
    "KINDS",
    "Fact",
    "Kind",
    "LedgerFilter",
    "LedgerLeader",
    "facts_of",
    "ledger_leaders",
    "with_facts",
]
