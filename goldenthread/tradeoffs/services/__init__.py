"""Everything that is written about decisions, effort and what gives."""

from goldenthread.tradeoffs.services.allocating import (
    allocate,
    confirm_inferred,
    declare_non_routine,
    first_day,
    fit_to_cycle,
    may_plan_for,
    moved_together,
)
from goldenthread.tradeoffs.services.answering import Answer, answer_what_gives
from goldenthread.tradeoffs.services.asking import (
    acknowledge_answer,
    ask_what_gives,
    escalate_what_gives,
    pass_what_gives,
    withdraw_what_gives,
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
    "Answer",
    "DecisionChanges",
    "OptionWords",
    "Touched",
    "Wording",
    "acknowledge_answer",
    "allocate",
    "answer_what_gives",
    "ask_what_gives",
    "bring_in_decision",
    "confirm_decision",
    "confirm_inferred",
    "correct_decision",
    "decide",
    "declare_non_routine",
    "edit_decision",
    "escalate_what_gives",
    "first_day",
    "fit_to_cycle",
    "look_again_later",
    "look_back",
    "may_plan_for",
    "moved_together",
    "open_decision",
    "pass_decision",
    "pass_what_gives",
    "put_on_record",
    "redraft_decision",
    "withdraw_decision",
    "withdraw_what_gives",
]
