"""Who may do what: one table from an action to the relations that allow it.

A record says how a person is related to it (`relations_to`), state included; an action is allowed when one of
those relations stands in its row. `core.access` asks the question, `QuerySet.visible_to` is the *SEE* rows in
SQL, and a parity test holds the two together. `docs/reference/permissions.md` is generated from this table.
"""

from enum import StrEnum


class Relation(StrEnum):
    """How a person stands to a record."""

    EVERYBODY = "everybody"  # anyone signed in, where the record is open to all
    SELF = "self"  # the person record is one's own
    OWNER = "owner"  # owns it, or leads the unit that owns it
    MANAGER = "manager"  # direct manager of the owner
    CHAIN = "chain"  # further up the owner's management line
    UNIT_HEAD = "unit head"  # leads a unit above the one it belongs to
    SPONSOR = "sponsor"  # sponsors the priority, or one that it serves
    STRATEGY_LEADER = "strategy leader"  # leads the strategy that it belongs to
    ADDRESSEE = "addressee"  # named to confirm or answer
    AUTHOR = "author"  # wrote it
    REPORTER = "reporter"  # reports one of its numbers
    DECIDER = "decider"  # decides it, or has decided
    NAMED = "named"  # named in it
    PLANNER = "planner"  # leads, and stands above those whose effort it is; or leads as granted
    GIVER = "hands it down"  # speaks for the unit that answers for what a cascade serves
    TAKER = "takes it on"  # speaks for the unit that would do it
    LEADER = "leader"  # head of a unit, sponsor, or granted
    HR = "HR partner"
    ADMIN = "administrator"


class Action(StrEnum):
    """What can be done. Names are verbs of the field; each is asked by exactly the services that do it."""

    SEE = "see"
    # people, units, the organisation
    GRANT_ROLES = "grant roles"
    SECURE_ACCOUNT = "secure the account"
    INVITE = "invite"
    ADD_PEOPLE = "add people and units"
    EDIT_PERSON = "edit person"
    EDIT_UNIT = "edit unit"
    RECORD_ABSENCE = "record absence"
    NAME_DEPUTY = "name deputy"
    HAND_OVER = "hand over"
    MAKE_TOKEN = "make access token"  # noqa: S105  a verb
    REVOKE_TOKEN = "revoke access token"  # noqa: S105 (the name of an act)
    IMPORT = "import"
    EXPORT = "export"
    SUBSCRIBE = "subscribe to own dates"
    SET_REMINDERS = "choose reminders"
    SEE_PROGRAMME = "see the programme"
    NUDGE = "nudge"
    SEE_LEDGER = "see the ledger of leaders"
    PREPARE_REVIEW = "prepare leadership review"
    RUN_REVIEW = "run leadership review"
    TAKE_MINUTES = "take minutes"
    DO_ACTION = "do action"
    WRITE_TEMPLATES = "write templates"
    RUN_WEBHOOKS = "run webhooks"
    SEE_HISTORY = "see history"
    SEE_PERSONAL = "see personal values in the history"
    SEE_JOBS = "see jobs and letters"
    CANCEL_JOB = "cancel job"
    RETRY_JOB = "try a job again"
    RESEND_LETTER = "send a letter again"
    # strategy
    START_STRATEGY = "start strategy"
    START_UNIT_STRATEGY = "start a unit's strategy"
    EDIT_STRATEGY = "edit strategy"
    SET_WEIGHTS = "set weights"
    ADD_PRIORITY = "add priority"
    EDIT_PRIORITY = "edit priority"
    CONFIRM_PRIORITY = "confirm priority"
    ADD_KPI = "add KPI"
    EDIT_KPI = "edit KPI"
    OBSERVE = "record observation"
    CONFIRM_KPI = "confirm KPI"
    # cycles and objectives
    RUN_CYCLES = "run cycles"
    DRAFT_OBJECTIVE = "draft objective"
    EDIT_DRAFT = "edit draft"
    PROPOSE_OBJECTIVE = "propose objective"
    AGREE_OBJECTIVE = "agree objective"
    WAIVE_RULE = "waive rule"
    CONFIRM_OBJECTIVE = "confirm objective"
    CORRECT_WORDING = "correct wording"
    PROPOSE_CHANGE = "propose change"
    ANSWER_CHANGE = "answer change"
    LINK = "link"
    CHECK_IN = "check in"
    CLOSE_OBJECTIVE = "close objective"
    ASK_UNIT = "ask another unit"
    ANSWER_DEPENDENCY = "answer dependency"
    DELIVER_DEPENDENCY = "deliver dependency"
    WITHDRAW_DEPENDENCY = "withdraw dependency"
    # cascades between units
    PROPOSE_CASCADE = "propose between units"
    COUNTER_CASCADE = "counter between units"
    AGREE_CASCADE = "agree between units"
    DECLINE_CASCADE = "decline between units"
    WITHDRAW_CASCADE = "withdraw between units"
    # decisions
    OPEN_DECISION = "open decision"
    EDIT_DECISION = "edit decision"
    CONFIRM_DECISION = "confirm decision"
    DECIDE = "decide"
    LOOK_BACK = "look back"
    # effort
    PLAN_EFFORT = "plan effort"
    DECLARE_NON_ROUTINE = "declare non-routine work"
    ALLOCATE = "allocate"
    CONFIRM_EFFORT = "confirm own effort"
    # planner
    PLAN_CYCLE = "plan a cycle"
    # what gives?
    ASK_WHAT_GIVES = "ask what gives"
    ANSWER_WHAT_GIVES = "answer what gives"
    ESCALATE_WHAT_GIVES = "escalate what gives"
    ACKNOWLEDGE_ANSWER = "acknowledge what gives"
    WITHDRAW_WHAT_GIVES = "withdraw what gives"


_R = Relation

# What a deputy has of the one they stand in for, on records of work: never who somebody is, nor an office.
LENT: frozenset[Relation] = frozenset(
    {
        _R.OWNER,
        _R.MANAGER,
        _R.CHAIN,
        _R.UNIT_HEAD,
        _R.SPONSOR,
        _R.STRATEGY_LEADER,
        _R.REPORTER,
        _R.DECIDER,
        _R.PLANNER,
        _R.GIVER,
        _R.TAKER,
    }
)
SIDES: frozenset[Relation] = frozenset({_R.GIVER, _R.TAKER})
ABOVE: frozenset[Relation] = frozenset({_R.MANAGER, _R.CHAIN, _R.UNIT_HEAD})
_LINE = frozenset({_R.OWNER, _R.MANAGER, _R.CHAIN, _R.UNIT_HEAD})

ALLOWED: dict[Action, frozenset[Relation]] = {
    Action.SEE: frozenset(
        {
            _R.EVERYBODY,
            _R.SELF,
            _R.SPONSOR,
            _R.STRATEGY_LEADER,
            _R.ADDRESSEE,
            _R.AUTHOR,
            _R.REPORTER,
            _R.DECIDER,
            _R.NAMED,
            _R.PLANNER,
            *SIDES,
            *_LINE,
        }
    ),
    Action.GRANT_ROLES: frozenset({_R.ADMIN}),
    Action.SECURE_ACCOUNT: frozenset({_R.SELF}),
    Action.INVITE: frozenset({_R.ADMIN, _R.HR, _R.LEADER}),
    Action.ADD_PEOPLE: frozenset({_R.ADMIN, _R.HR, _R.LEADER}),
    Action.EDIT_PERSON: frozenset({_R.ADMIN, _R.HR}),
    Action.EDIT_UNIT: frozenset({_R.ADMIN, _R.HR}),
    Action.RECORD_ABSENCE: frozenset({_R.SELF, _R.MANAGER, _R.CHAIN, _R.HR}),
    Action.NAME_DEPUTY: frozenset({_R.SELF, _R.MANAGER, _R.CHAIN, _R.HR}),
    Action.HAND_OVER: frozenset({_R.SELF, _R.MANAGER, _R.CHAIN, _R.UNIT_HEAD}),
    Action.MAKE_TOKEN: frozenset({_R.SELF}),
    Action.REVOKE_TOKEN: frozenset({_R.SELF, _R.ADMIN}),
    Action.IMPORT: frozenset({_R.ADMIN, _R.HR, _R.LEADER}),
    Action.EXPORT: frozenset({_R.ADMIN, _R.HR, _R.LEADER}),
    Action.SUBSCRIBE: frozenset({_R.SELF}),
    Action.SET_REMINDERS: frozenset({_R.SELF}),
    Action.SEE_PROGRAMME: frozenset({_R.ADMIN, _R.HR}),
    Action.NUDGE: frozenset({_R.HR}),
    Action.SEE_LEDGER: frozenset({_R.LEADER, _R.HR, _R.ADMIN}),
    Action.PREPARE_REVIEW: frozenset({_R.LEADER}),
    Action.RUN_REVIEW: frozenset({_R.AUTHOR, _R.DECIDER}),
    Action.TAKE_MINUTES: frozenset({_R.AUTHOR, _R.DECIDER, _R.NAMED}),
    Action.DO_ACTION: frozenset({_R.OWNER, _R.AUTHOR, _R.DECIDER}),
    Action.WRITE_TEMPLATES: frozenset({_R.HR}),
    Action.RUN_WEBHOOKS: frozenset({_R.ADMIN}),
    Action.SEE_HISTORY: frozenset(
        {
            _R.EVERYBODY,
            _R.SELF,
            _R.SPONSOR,
            _R.STRATEGY_LEADER,
            _R.ADDRESSEE,
            _R.AUTHOR,
            _R.REPORTER,
            _R.DECIDER,
            _R.NAMED,
            _R.PLANNER,
            *SIDES,
            *_LINE,
        }
    ),
    Action.SEE_PERSONAL: frozenset({_R.SELF, _R.MANAGER, _R.CHAIN, _R.UNIT_HEAD, _R.HR, _R.ADMIN}),
    Action.SEE_JOBS: frozenset({_R.ADMIN}),
    Action.CANCEL_JOB: frozenset({_R.ADMIN, _R.AUTHOR}),
    Action.RETRY_JOB: frozenset({_R.ADMIN, _R.AUTHOR}),
    Action.RESEND_LETTER: frozenset({_R.ADMIN}),
    Action.START_STRATEGY: frozenset({_R.LEADER}),
    Action.START_UNIT_STRATEGY: frozenset({_R.OWNER, _R.UNIT_HEAD}),
    Action.EDIT_STRATEGY: frozenset({_R.STRATEGY_LEADER}),
    Action.SET_WEIGHTS: frozenset({_R.STRATEGY_LEADER}),
    Action.ADD_PRIORITY: frozenset({_R.STRATEGY_LEADER, _R.LEADER}),
    Action.EDIT_PRIORITY: frozenset({_R.SPONSOR, _R.STRATEGY_LEADER}),
    Action.CONFIRM_PRIORITY: frozenset({_R.SPONSOR, _R.STRATEGY_LEADER}),
    Action.ADD_KPI: frozenset({_R.LEADER}),
    Action.EDIT_KPI: frozenset({_R.OWNER, _R.UNIT_HEAD, _R.SPONSOR}),
    Action.OBSERVE: frozenset({_R.OWNER, _R.MANAGER, _R.CHAIN, _R.UNIT_HEAD, _R.SPONSOR}),
    Action.CONFIRM_KPI: frozenset({_R.OWNER, _R.SPONSOR, _R.ADDRESSEE}),
    Action.RUN_CYCLES: frozenset({_R.LEADER, _R.HR}),
    Action.DRAFT_OBJECTIVE: _LINE,
    Action.EDIT_DRAFT: _LINE | {_R.AUTHOR},
    Action.PROPOSE_OBJECTIVE: _LINE | {_R.AUTHOR},
    Action.AGREE_OBJECTIVE: _LINE,
    Action.WAIVE_RULE: _LINE,
    Action.CONFIRM_OBJECTIVE: _LINE | {_R.ADDRESSEE},
    Action.CORRECT_WORDING: _LINE,
    Action.PROPOSE_CHANGE: _LINE,
    Action.ANSWER_CHANGE: _LINE | {_R.ADDRESSEE},
    Action.LINK: _LINE,
    Action.CHECK_IN: _LINE,
    Action.CLOSE_OBJECTIVE: _LINE,
    Action.ASK_UNIT: _LINE,
    Action.ANSWER_DEPENDENCY: frozenset({_R.DECIDER}),
    Action.DELIVER_DEPENDENCY: _LINE | {_R.DECIDER, _R.NAMED},
    Action.WITHDRAW_DEPENDENCY: _LINE,
    Action.PROPOSE_CASCADE: SIDES,
    Action.COUNTER_CASCADE: SIDES,
    Action.AGREE_CASCADE: SIDES | ABOVE,  # above: where one person leads both units
    Action.DECLINE_CASCADE: SIDES | ABOVE,
    Action.WITHDRAW_CASCADE: SIDES,
    Action.OPEN_DECISION: frozenset({_R.LEADER}),
    Action.EDIT_DECISION: frozenset({_R.AUTHOR, _R.DECIDER}),
    Action.CONFIRM_DECISION: frozenset({_R.DECIDER}),
    Action.DECIDE: frozenset({_R.DECIDER}),
    Action.LOOK_BACK: frozenset({_R.DECIDER}),
    Action.PLAN_EFFORT: frozenset({_R.LEADER}),
    Action.DECLARE_NON_ROUTINE: frozenset({_R.LEADER}),
    Action.ALLOCATE: frozenset({_R.PLANNER}),
    Action.CONFIRM_EFFORT: frozenset({_R.SELF}),
    Action.PLAN_CYCLE: frozenset({_R.LEADER}),
    Action.ASK_WHAT_GIVES: frozenset({_R.SELF, _R.MANAGER, _R.CHAIN, _R.UNIT_HEAD}),
    Action.ANSWER_WHAT_GIVES: frozenset({_R.DECIDER}),
    Action.ESCALATE_WHAT_GIVES: frozenset({_R.DECIDER}),
    Action.ACKNOWLEDGE_ANSWER: frozenset({_R.SELF}),
    Action.WITHDRAW_WHAT_GIVES: frozenset({_R.SELF, _R.AUTHOR}),
}
