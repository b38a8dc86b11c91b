"""Everything that is written about decisions and effort."""

from goldenthread.tradeoffs.services.allocating import (
    allocate,
    confirm_inferred,
    declare_non_routine,
    first_day,
    may_plan_for,
)
from goldenthread.tradeoffs.services.deciding import (
    confirm_decision,
    decide,
    pass_decision,
    put_on_record,
)
from goldenthread.tradeoffs.services.imported import bring_in_decision, redraft_decision
from goldenthread.tradeoffs.services.looking_back import look_again_later, look_back
from goldenthread.tradeoffs.services.opening import (
    DecisionChanges,
    Wording,
    correct_decision,
    edit_decision,
    open_decision,
    withdraw_decision,
)
from goldenthread.tradeoffs.services.parts import OptionWords, Touched

__all__ = [
    "DecisionChanges",
    "OptionWords",
    "Touched",
    "Wording",
    "allocate",
    "bring_in_decision",
    "confirm_decision",
    "confirm_inferred",
    "correct_decision",
    "decide",
    "declare_non_routine",
    "edit_decision",
    "first_day",
    "look_again_later",
    "look_back",
    "may_plan_for",
    "open_decision",
    "pass_decision",
    "put_on_record",
    "redraft_decision",
    "withdraw_decision",
]
