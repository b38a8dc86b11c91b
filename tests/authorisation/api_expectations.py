"""Who may ask what of the API, for every operation, in the words of `expectations.py`. A new operation fails until it
stands here, with a body that is right where it takes one (`sends`)."""

from collections.abc import Callable
from typing import Any

from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person, Unit
from goldenthread.programme.models import Handover
from goldenthread.programme.selectors import items_of
from goldenthread.strategy.models import Priority
from tests.authorisation.expectations import (
    ABOVE,
    ADMIN,
    AUTHOR,
    COLLEAGUE,
    DEPUTY,
    EVERYBODY,
    GRANTED,
    HR,
    IMPORTERS,
    IN_REVIEW,
    LEADERS,
    LINE,
    MANAGER,
    NOBODY,
    OWNER,
    REPORTER,
    SPONSOR,
    STRATEGY_LEADER,
    UNIT_HEAD,
    YARD,
    Expected,
    act,
    page,
    row_of,
)
from tests.authorisation.world import OPEN

UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="units.csv"\r\n'
    b"Content-Type: text/csv\r\n\r\nUnit\nFleet\n\r\n--x--\r\n"
)
SHARES = {"seen": "*", "shares": [{"kind": "run", "share": "0.4"}]}
TERMS = {"title": "Fewer waits", "mandate": "The crews", "resources": "What it has"}
MINUTES = OWNER | AUTHOR | REPORTER  # who chairs, prepared, is there
KPI_EDITORS = OWNER | UNIT_HEAD | SPONSOR | STRATEGY_LEADER


def _person(name: str) -> int:
    return Person.objects.get(name=name).pk


def _unit(name: str) -> int:
    return Unit.objects.get(name=name).pk


def _priority(title: str) -> int:
    return Priority.objects.get(title=title).pk


def _effort_of(kind: str) -> Callable[[str, int], dict[str, Any]]:
    return lambda _, pk: {f"{kind}_id": pk, "cycle_id": Cycle.objects.get(name="Q2 2026").pk}


def _listed(strategy_id: int) -> list[Priority]:
    return list(Priority.objects.filter(strategy=strategy_id).exclude(state="dropped"))


def _shares(strategy_id: int) -> list[tuple[int, int]]:
    """The whole weight on the first active priority."""
    active = [one.pk for one in _listed(strategy_id) if one.state == "active"] or [1]
    return [(one, 0 if place else 100) for place, one in enumerate(active)]


def _draft() -> dict[str, Any]:
    key_result = {"title": "Delayed departures", "baseline": 40, "target": "10.5"}
    cycle = Cycle.objects.get(name="Q2 2026")
    return {"title": "Fewer delays", "cycle_id": cycle.pk, "key_results": [key_result]}


def _held(handover_id: int) -> list[str]:
    """The first thing that is to be passed on."""
    handover = Handover.objects.filter(pk=handover_id).first()
    return [one.key for one in items_of(handover)[:1]] if handover else ["objective-1"]


def _cascade() -> dict[str, Any]:
    """What is proposed, as a contribution to a priority."""
    cycle = Cycle.objects.get(name="Q2 2026")
    return TERMS | {"cycle_id": cycle.pk, "parent_priority_id": _priority("open priority")}


def _serves() -> dict[str, Any]:
    return {"parent_priority_id": _priority("open priority"), "strength": 9}


OPERATIONS: dict[str, Expected] = {
    # Organisation -------------------------------------------------------------------------------------------
    "read_organisation": page(),
    "read_me": page(),
    # Units --------------------------------------------------------------------------------------------------
    "list_units": page(),
    "read_unit": page("unit"),
    "add_unit": act(office=LEADERS | HR | ADMIN, sends={"name": "Fleet"}),
    "change_unit": act("unit", office=HR | ADMIN, sends={"name": "Renamed"}),
    "end_unit": act("unit", office=HR | ADMIN, sends={"on": "2026-05-13"}),
    # People -------------------------------------------------------------------------------------------------
    "list_people": page(),
    "read_person": page("person"),
    "read_reporting_line": page("person"),
    "add_person": act(office=LEADERS | HR | ADMIN, sends={"name": "Ivo Krag"}),
    "change_person": act("person", office=HR | ADMIN, sends={"position": "Driver"}),
    "note_leaving": act("person", office=HR | ADMIN, sends={"on": "2026-06-30"}),
    "list_absences": page("person", to=(LINE - UNIT_HEAD) | HR, office=HR),
    "note_absence": act(
        "person",
        by=LINE - UNIT_HEAD,
        office=HR,
        sends={"start": "2026-07-01", "end": "2026-07-02"},
    ),
    "remove_absence": act("absence", by=LINE - UNIT_HEAD, office=HR),
    "list_deputies": page(),
    "read_deputy": page("deputy"),
    "name_deputy": act(
        "person",
        by=LINE - UNIT_HEAD,
        office=HR,
        sends=lambda pk: {
            "deputy_id": _person("colleague"),
            "starts_on": "2026-07-01",
            "ends_on": "2026-07-02",
        },
    ),
    "end_deputy": act("deputy", by=LINE - UNIT_HEAD, office=HR),
    "read_roles": Expected(("person",), read=ADMIN, office=ADMIN),
    "grant_roles": act("person", office=ADMIN, sends={"leader": True}),
    "invite_person": act("person", office=LEADERS | HR | ADMIN),
    "close_account": act("person", office=ADMIN),
    "open_account": act("person", office=ADMIN),
    "list_tokens": page(),
    "read_token": Expected(("token",), read=OWNER | ADMIN, office=ADMIN),
    "revoke_token": act("token", by=OWNER, office=ADMIN),
    # Programme ----------------------------------------------------------------------------------------------
    "read_programme": page(to=HR | ADMIN),
    "list_unit_adoption": page(to=HR | ADMIN),
    "list_stuck": page(to=HR | ADMIN),
    "nudge": act(
        office=HR,
        sends=lambda pk: {"kind": "no-objective", "about_ids": [_person("colleague")]},
    ),
    # Handovers ----------------------------------------------------------------------------------------------
    "list_handovers": page(),
    "list_owned_by_nobody": page(to=HR | ADMIN),
    **dict.fromkeys(
        ("read_handover", "list_handover_items"),
        Expected(("handover",), read=LINE | HR | ADMIN, office=HR | ADMIN),
    ),
    "pass_on": act(  # by office only where nobody above is left, as with somebody else's
        "handover",
        by=LINE,
        office=HR,
        by_variant=dict.fromkeys((OPEN, "new manager"), LINE),
        sends=lambda pk: {"items": _held(pk), "to_id": _person("colleague")},
    ),
    "take_on_handover": act("handover", by_variant={"new manager": MANAGER}),
    "close_handover": act(
        "handover",
        by=LINE,
        office=HR,
        by_variant=dict.fromkeys((OPEN, "new manager"), LINE),
        sends={"reason": "It ends"},
    ),
    # Leadership reviews ---------------------------------------------------------------------------------------
    "list_leadership_reviews": page(),
    "prepare_leadership_review": act(
        office=LEADERS,
        sends=lambda _: {
            "cycle_id": Cycle.objects.get(name="Q2 2026").pk,
            "held_on": "2026-06-10",
            "attendee_ids": [_person("reporter")],
        },
    ),
    "read_leadership_review": page("review", to=IN_REVIEW, office=LEADERS),
    "list_agenda_points": page("review", to=IN_REVIEW, office=LEADERS),
    "change_leadership_review": act("review", by=OWNER | AUTHOR, sends={"held_on": "2026-06-10"}),
    "close_leadership_review": act("review", by=OWNER | AUTHOR),
    "bring_leadership_review_up_to_date": act("review", by=MINUTES),
    "keep_review_notes": act("review", by=MINUTES, sends={"notes": "All there"}),
    "add_review_addendum": act("review", by=MINUTES, sends={"text": "Not so"}),
    "add_review_action": act(
        "review",
        by=MINUTES,
        sends=lambda _: {
            "title": "Count",
            "owner_id": _person("colleague"),
            "due_on": "2026-06-01",
        },
    ),
    "read_agenda_point": page("point", to=IN_REVIEW),
    "settle_agenda_point": act("point", by=MINUTES, sends={"outcome": "next_time"}),
    "open_question_on_point": act(
        "point", by=NOBODY, sends={"question": "Night trains?", "due_on": "2026-06-01"}
    ),
    "decide_on_agenda_point": act(
        "point",
        by=NOBODY,
        sends={"choice": "Yes", "given_up": "The depot", "look_again_on": "2026-09-01"},
    ),
    "list_review_actions": page(),
    "read_review_action": page("action", to=IN_REVIEW | COLLEAGUE, office=LEADERS),
    "finish_review_action": act("action", by=OWNER | COLLEAGUE | AUTHOR),
    "put_off_review_action": act(
        "action",
        by=OWNER | COLLEAGUE | AUTHOR,
        sends={"due_on": "2026-06-01", "reason": "Away"},
    ),
    "drop_review_action": act("action", by=OWNER | COLLEAGUE | AUTHOR, sends={"reason": "Settled"}),
    # Strategies ---------------------------------------------------------------------------------------------
    "list_strategies": page(),
    "read_strategy": page("strategy"),
    "start_strategy": act(office=LEADERS, sends={"title": "Next"}),
    "change_strategy": act("strategy", by=STRATEGY_LEADER, sends={"vision": "Quiet trains"}),
    "put_strategy_in_force": act("strategy", by=STRATEGY_LEADER),
    "end_strategy": act("strategy", by=STRATEGY_LEADER),
    "read_weights": page("strategy"),
    "set_weights": act(
        "strategy",
        by=STRATEGY_LEADER,
        sends=lambda pk: {
            "weights": [{"priority_id": one, "weight": share} for one, share in _shares(pk)],
            "confirm": True,
        },
    ),
    "confirm_weights": act("strategy", by=STRATEGY_LEADER),
    "order_priorities": act(
        "strategy",
        by=STRATEGY_LEADER,
        sends=lambda pk: {"priority_ids": [one.pk for one in _listed(pk)]},
    ),
    "confirm_all_priorities": act("strategy", by=STRATEGY_LEADER),
    # Priorities ---------------------------------------------------------------------------------------------
    "list_priorities": page(),
    "read_priority": page("priority"),
    "add_priority": act("strategy", office=LEADERS, sends={"title": "Cleaner trains"}),
    "change_priority": act("priority", by=SPONSOR | STRATEGY_LEADER, sends={"why": "Trust"}),
    "confirm_priority": act("priority", by=SPONSOR | STRATEGY_LEADER),
    "hand_priority": act(
        "priority", by=SPONSOR | STRATEGY_LEADER, sends=lambda pk: {"sponsor_id": _person("leader")}
    ),
    "merge_priority": act(
        "priority", by=STRATEGY_LEADER, sends=lambda pk: {"into_id": _priority("open priority")}
    ),
    "drop_priority": act(
        "priority",
        by=STRATEGY_LEADER,
        by_variant={"unconfirmed": SPONSOR | STRATEGY_LEADER},
        sends={"reason": "Too much"},
    ),
    "list_expected_results": page("priority"),
    "add_expected_result": act("priority", by=SPONSOR | STRATEGY_LEADER, sends={"text": "On time"}),
    "read_expected_result": page("result"),
    "change_expected_result": act(
        "result", by=SPONSOR | STRATEGY_LEADER, sends={"text": "On time"}
    ),
    "remove_expected_result": act("result", by=SPONSOR | STRATEGY_LEADER),
    # Trade-offs ---------------------------------------------------------------------------------------------
    "list_trade_offs": page("strategy"),
    "add_trade_off": act(
        "strategy", by=STRATEGY_LEADER, sends={"kind": "not_doing", "this": "Night trains"}
    ),
    "read_trade_off": page("trade_off"),
    "change_trade_off": act("trade_off", by=STRATEGY_LEADER, sends={"note": "For now"}),
    "remove_trade_off": act("trade_off", by=STRATEGY_LEADER),
    # Dependencies -------------------------------------------------------------------------------------------
    "list_dependencies": page(),
    "ask_unit": act(
        "objective",
        by=LINE,
        sends=lambda _: {
            "needs": "A crane",
            "unit_id": _unit("Yard"),
            "needed_by": "2026-06-01",
        },
    ),
    "read_dependency": page("dependency"),
    "reword_dependency": act(
        "dependency", by=LINE, sends={"needs": "Two crews", "needed_by": "2026-06-01"}
    ),
    "accept_dependency": act("dependency", by=YARD, sends={"promised_on": "2026-06-01"}),
    "decline_dependency": act("dependency", by=YARD, sends={"reason": "No time"}),
    "deliver_dependency": act("dependency", by=LINE | YARD),
    "withdraw_dependency": act("dependency", by=LINE, sends={"reason": "Settled"}),
    # Cascades -----------------------------------------------------------------------------------------------
    "list_cascades": page(),
    "read_cascade": page("cascade"),
    "propose_to_units": act(
        by=OWNER | DEPUTY,
        sends=lambda _: _cascade() | {"giver_id": _unit("Taking"), "unit_ids": [_unit("Third")]},
    ),
    "offer_upward": act(
        by=OWNER | DEPUTY, sends=lambda _: _cascade() | {"unit_id": _unit("Taking")}
    ),
    "send_cascade": act("cascade", by=OWNER),
    "counter_cascade": act("cascade", by=OWNER, sends=TERMS | {"answers": 1}),
    "agree_cascade": act("cascade", by=LINE),
    "decline_cascade": act("cascade", by=LINE, sends={"reason": "No crews."}),
    "withdraw_cascade": act("cascade", by=OWNER, sends={"reason": "Later"}),
    # Decisions ----------------------------------------------------------------------------------------------
    "list_decisions": page(),
    "open_decision": act(office=LEADERS, sends={"question": "A or B?", "due_on": "2026-06-01"}),
    "read_decision": page("decision"),
    "change_decision": act("decision", by=OWNER | AUTHOR, sends={"background": "Now"}),
    "correct_decision": act("decision", by=OWNER | AUTHOR, sends={"reason": "Cheaper"}),
    "decide_decision": act(
        "decision",
        by=OWNER,
        sends={"choice": "Lease", "given_up": "The depot", "look_again_on": "2026-09-01"},
    ),
    "look_back_on_decision": act(
        "decision", by=OWNER, sends={"outcome": "It held", "as_expected": "yes"}
    ),
    "put_off_decision": act("decision", by=OWNER, sends={"on": "2026-09-01", "reason": "Early"}),
    "withdraw_decision": act("decision", by=OWNER | AUTHOR, sends={"reason": "Settled"}),
    "confirm_decision": act("decision", by=OWNER),
    # Effort -------------------------------------------------------------------------------------------------
    "list_what_gives": page(),
    "ask_what_gives": act(
        by=EVERYBODY,
        sends={"ask": "What stops?", "due_on": "2026-06-01", "items": [{"objective_id": 1}]},
    ),
    "read_what_gives": page("what_gives", to=LINE | DEPUTY | AUTHOR | REPORTER),
    "answer_what_gives": act(
        "what_gives",
        by=MANAGER,
        sends={"items": [], "reason": "First things first", "look_again_on": "2026-09-01"},
    ),
    "escalate_what_gives": act(
        "what_gives",
        by=MANAGER,
        sends=lambda _: {
            "sponsor_id": _person("leader"),
            "due_on": "2026-06-01",
            "reason": "It is theirs",
        },
    ),
    "withdraw_what_gives": act("what_gives", by=OWNER | AUTHOR, sends={"reason": "Settled"}),
    "acknowledge_what_gives": act("what_gives", by=OWNER),
    "list_allocations": page(),
    "read_person_effort": page(
        "person", to=LINE | DEPUTY | GRANTED, office=GRANTED, ids=_effort_of("person")
    ),
    "set_person_effort": act(
        "person", by=UNIT_HEAD, office=GRANTED, sends=SHARES, ids=_effort_of("person")
    ),
    "read_unit_effort": page(
        "unit", to=UNIT_HEAD | GRANTED, office=GRANTED, ids=_effort_of("unit")
    ),
    "set_unit_effort": act(
        "unit", by=UNIT_HEAD, office=GRANTED, sends=SHARES, ids=_effort_of("unit")
    ),
    # Planner ------------------------------------------------------------------------------------------------
    "list_plans": page(to=LEADERS),
    "begin_plan": act(
        office=LEADERS,
        sends=lambda _: {"name": "Q3", "cycle_id": Cycle.objects.get(name="Q2 2026").pk},
    ),
    **dict.fromkeys(
        ("read_plan", "list_plan_candidates", "read_plan_teams", "list_scenarios"),
        page("plan", to=LEADERS),
    ),
    "write_plan_candidates": act(
        "plan", office=LEADERS, sends={"rows": [{"title": "Night trains", "value": "3"}]}
    ),
    "set_plan_teams": act(
        "plan",
        office=LEADERS,
        sends=lambda _: {"teams": [{"unit_id": _unit("Operations"), "fte": "2.5"}]},
    ),
    **dict.fromkeys(("take_plan_values_anew", "work_out_plan"), act("plan", office=LEADERS)),
    "add_scenario": act("plan", office=LEADERS, sends={"name": "Grow"}),
    **dict.fromkeys(("read_scenario", "read_scenario_result"), page("scenario", to=LEADERS)),
    "rewrite_scenario": act("scenario", office=LEADERS, sends={"name": "Shrink"}),
    "remove_scenario": act("scenario", office=LEADERS),
    "adopt_scenario": act(
        "scenario",
        office=LEADERS,
        sends={"given_up": "The depot", "reason": "Trains first", "look_again_on": "2026-09-01"},
    ),
    # KPIs ---------------------------------------------------------------------------------------------------
    "list_kpis": page(),
    "read_kpi": page("kpi"),
    "add_kpi": act(office=LEADERS, sends={"name": "Seats"}),
    "change_kpi": act(
        "kpi", by=KPI_EDITORS, by_variant={"unconfirmed": NOBODY}, sends={"definition": "Counted"}
    ),
    "confirm_kpi": act(
        "kpi", by=OWNER | SPONSOR | STRATEGY_LEADER, by_variant={"unconfirmed": LEADERS}
    ),
    "retire_kpi": act(
        "kpi", by=KPI_EDITORS, by_variant={"unconfirmed": NOBODY}, sends={"reason": "Not used"}
    ),
    "list_targets": page("kpi"),
    "set_target": act(
        "kpi",
        by=KPI_EDITORS,
        by_variant={"unconfirmed": NOBODY},
        sends={"due_on": "2027-12-31", "value": 95},
    ),
    "read_target": page("target"),
    "change_target": act("target", by=KPI_EDITORS, sends={"due_on": "2027-12-31", "value": 95}),
    "remove_target": act("target", by=KPI_EDITORS),
    "list_observations": page("kpi"),
    "observe": act(
        "kpi",
        by=LINE | SPONSOR | STRATEGY_LEADER,
        by_variant={"unconfirmed": NOBODY},
        sends={"on": "2026-05-12", "value": "80"},
    ),
    "correct_observation": act(
        "observation",
        by=LINE | SPONSOR | STRATEGY_LEADER,
        sends={"value": "80", "note": "Counted twice"},
    ),
    # Cycles -------------------------------------------------------------------------------------------------
    "list_templates": page(),
    "read_template": page("template"),
    "add_template": act(office=HR, sends={"name": "Better service", "title": "Better …"}),
    "change_template": act("template", office=HR, sends={"use": "Each year"}),
    "retire_template": act("template", office=HR),
    "offer_template": act("template", office=HR),
    "list_cycles": page(),
    "read_cycle": page("cycle"),
    "plan_cycle": act(
        office=LEADERS | HR,
        sends={"name": "Q3 2026", "starts_on": "2026-07-01", "ends_on": "2026-09-30"},
    ),
    "change_cycle": act("cycle", office=LEADERS | HR, sends={"name": "Spring"}),
    "end_cycle": act("cycle", office=LEADERS | HR),
    # Objectives ---------------------------------------------------------------------------------------------
    "list_objectives": page(),
    "read_objective": page("objective"),
    "draft_objective": act(by=EVERYBODY, sends=lambda pk: _draft()),
    "rewrite_objective": act("objective", by=LINE | AUTHOR, sends=lambda pk: _draft()),
    "correct_wording": act("objective", by=LINE, sends={"title": "Fewer delays", "why": ""}),
    "list_key_results": page("objective"),
    "read_key_result": page("key_result"),
    "propose_objective": act("objective", by=LINE | AUTHOR),
    "agree_objective": act("objective", by=LINE),
    "counter_objective": act("objective", by=LINE, sends=lambda pk: _draft() | {"note": "Less"}),
    "decline_objective": act("objective", by=LINE, sends={"reason": "Too much"}),
    "confirm_objective": act("objective", by=LINE),
    "list_criteria": page(),
    "read_criteria": page("objective"),
    "list_waivers": page("objective"),
    "waive_rule": act("objective", by=ABOVE, sends={"code": "K02", "reason": "Known"}),
    "restore_rule": act("waiver", by=ABOVE),
    "close_objective": act("objective", by=LINE, sends={"learning": "Start earlier"}),
    "add_learning": act("objective", by=LINE, sends={"learning": "Start earlier"}),
    "list_changes": page("objective"),
    "propose_change": act(
        "objective", by=LINE, sends={"reason": "Less", "objective": {"ends_on": "2026-06-15"}}
    ),
    "read_change": page("change"),
    "answer_change": act("change", by=LINE, sends={"accept": True}),
    "withdraw_change": act("change", by=OWNER, by_variant={"by the manager": MANAGER}),
    "list_check_ins": page(),
    "check_in": act("key_result", by=LINE | REPORTER, sends={"value": "30"}),
    # Contributions ------------------------------------------------------------------------------------------
    "list_contributions": page(),
    "tie_objective": act("objective", by=LINE, sends=lambda pk: _serves()),
    "tie_priority": act("priority", by=SPONSOR | STRATEGY_LEADER, sends=lambda pk: _serves()),
    "untie": act("link", by=LINE),
    # Alignment ----------------------------------------------------------------------------------------------
    "read_effort": page(),
    "read_alignment": page(),
    "list_unit_alignment": page(),
    "read_inputs_outputs": page(),
    "read_planning": page(),
    "list_planning_units": page(),
    "list_loose_ends": page(),
    "list_ledger": page(to=LEADERS | HR | ADMIN),
    "list_figures": page(),
    "list_history": page(
        *("objective", "priority", "strategy", "kpi", "person", "unit", "cycle"),
        ids=lambda kind, pk: {"kind": kind, "pk": pk},
    ),
    # Imports ------------------------------------------------------------------------------------------------
    "list_imports": page(to=IMPORTERS),
    "stage_import": act(office=IMPORTERS, sends=UPLOAD),
    "read_import": page("import", to=IMPORTERS | AUTHOR),
    "list_import_rows": page("import", to=IMPORTERS | AUTHOR),
    "set_import_columns": act("import", office=IMPORTERS, sends={"kind": "units"}),
    "apply_import": act("import", office=IMPORTERS),
    "discard_import": act("import", office=IMPORTERS),
    "confirm_import": act("import", by=IMPORTERS | AUTHOR),
    "undo_import": act("import", office=IMPORTERS),
    "put_import_row_right": act(
        "import",
        office=IMPORTERS,
        ids=lambda kind, pk: {"pk": pk, "row": getattr(row_of(pk), "pk", 1)},
    ),
    # Behind the pages ---------------------------------------------------------------------------------------
    "list_jobs": page(to=ADMIN),
    "read_job": page("job", to=AUTHOR | ADMIN, office=ADMIN),
    "cancel_job": act("job", by=AUTHOR, office=ADMIN),
    "retry_job": act("job", by=AUTHOR, office=ADMIN),
    "list_letters": page(to=ADMIN),
    "read_letter": page("letter", to=ADMIN),
    "resend_letter": act("letter", office=ADMIN),
    # Webhooks -----------------------------------------------------------------------------------------------
    "list_webhooks": page(to=ADMIN),
    "read_webhook": page("webhook", to=ADMIN),
    "add_webhook": act(
        office=ADMIN,
        sends={"name": "Planning", "url": "https://plan.example/take", "nouns": ["objective"]},
    ),
    "change_webhook": act("webhook", office=ADMIN, sends={"name": "Data"}),
    "pause_webhook": act("webhook", office=ADMIN),
    "resume_webhook": act("webhook", office=ADMIN),
    "renew_webhook_secret": act("webhook", office=ADMIN),
    "remove_webhook": act("webhook", office=ADMIN),
    "send_webhook_test": act("webhook", office=ADMIN),
    "replay_webhook": act("webhook", office=ADMIN),
    "list_deliveries": page("webhook", to=ADMIN),
    "read_delivery": page("delivery", to=ADMIN),
    "replay_delivery": act("delivery", office=ADMIN),
}
