"""Who may open and send what, in words, for every address of the product.

People are called by how they stand to the record (`world.py`). `page` is read, `form` is read and sent, `act` is
only sent; what is not named answers 405. Who may not see the record finds nothing (404); who sees it and may not
act is told so (403); nobody signed in is led to the sign-in page. A new address fails until it stands here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from goldenthread.interchange.models import ImportRow
from goldenthread.tradeoffs.models import Scenario
from tests.authorisation.world import CONFIDENTIAL, OPEN, OTHERS, RESTRICTED, SECRET

People = frozenset[str]


def of(*names: str) -> People:
    return frozenset(names)


OWNER, MANAGER, CHAIN, UNIT_HEAD = of("owner"), of("manager"), of("chain"), of("unit_head")
SPONSOR, STRATEGY_LEADER = of("sponsor"), of("strategy_leader")
AUTHOR, REPORTER, COLLEAGUE = of("author"), of("reporter"), of("colleague")
LEADERS = of("leader", "unit_head", "sponsor", "strategy_leader")  # by office
GRANTED = of("leader", "strategy_leader")
HR, ADMIN = of("hr"), of("admin")
YARD = of("leader")  # leads the unit that the owner's objectives depend on
DEPUTY = of("deputy")  # stands in for the owner
NOBODY = of()
ABOVE = MANAGER | CHAIN | UNIT_HEAD
LINE = OWNER | ABOVE
EVERYBODY = LINE | LEADERS | AUTHOR | REPORTER | COLLEAGUE | DEPUTY | HR | ADMIN

IMPORTERS = LEADERS | HR | ADMIN
IN_REVIEW = LEADERS | OWNER | AUTHOR | REPORTER  # chairs, prepared, is there

# Records that not everybody sees, by kind and variant.
NAMED_ON_IT = LINE | SPONSOR | AUTHOR | REPORTER | DEPUTY
WORK = ("objective", "key_result", "link", "change", "waiver")
DEPUTISED = frozenset(
    {
        *(*WORK, "decision", "dependency", "kpi", "observation", "target", "cascade"),
        *("review", "point", "action"),
    }
)  # what the owner has to do with
SEEN: dict[tuple[str, str], People] = {
    **{(kind, RESTRICTED): NAMED_ON_IT for kind in WORK},
    **{(kind, "restricted draft"): NAMED_ON_IT for kind in WORK},
    **{(kind, "somebody else's restricted"): NOBODY for kind in WORK},
    **{(kind, CONFIDENTIAL): LEADERS for kind in ("priority", "result", "trade_off")},
    ("decision", CONFIDENTIAL): LEADERS | OWNER | DEPUTY | AUTHOR | REPORTER,
    ("dependency", RESTRICTED): NAMED_ON_IT | YARD,
    ("what_gives", OPEN): LINE | DEPUTY | AUTHOR,
    ("what_gives", "answered"): LINE | DEPUTY | AUTHOR | REPORTER,
    ("what_gives", OTHERS): NOBODY,
    **{("cascade", name): LINE | DEPUTY | AUTHOR for name in (OPEN, "offered")},
    ("cascade", "draft"): OWNER | DEPUTY | AUTHOR,
    ("cascade", OTHERS): NOBODY,
    ("review", OPEN): LEADERS | OWNER | DEPUTY | AUTHOR | REPORTER,
    ("review", "closed"): LEADERS | OWNER | DEPUTY | AUTHOR | REPORTER,
    ("review", OTHERS): LEADERS,
    ("point", OPEN): LEADERS | OWNER | DEPUTY | AUTHOR | REPORTER,
    ("point", RESTRICTED): OWNER | DEPUTY | AUTHOR | REPORTER | UNIT_HEAD | SPONSOR,
    ("action", OPEN): LEADERS | OWNER | DEPUTY | AUTHOR | REPORTER | COLLEAGUE,
    ("action", OTHERS): LEADERS,
    ("plan", OPEN): LEADERS,
    ("scenario", OPEN): LEADERS,
    ("token", OPEN): of("owner", "admin"),
    ("token", OTHERS): of("admin"),
    ("passkey", OPEN): OWNER,
    ("passkey", OTHERS): NOBODY,
    ("session", OPEN): OWNER,
    ("session", OTHERS): NOBODY,
    ("import", OPEN): IMPORTERS | AUTHOR,
    ("import", CONFIDENTIAL): AUTHOR,
    **{("job", variant): AUTHOR | ADMIN for variant in (OPEN, f"{OPEN}, failed")},
    **{("job", variant): ADMIN for variant in (OTHERS, f"{OTHERS}, failed")},
    ("letter", OPEN): ADMIN,
    **{("handover", name): LINE | HR | ADMIN for name in (OPEN, "new manager")},
    ("handover", OTHERS): HR | ADMIN,
    ("webhook", OPEN): ADMIN,
    ("delivery", OPEN): ADMIN,
}


@dataclass(frozen=True)
class Expected:
    """What an address answers. `office`: who of them may by right of office, so with anybody's record."""

    kinds: tuple[str, ...] = ()
    read: People | None = None
    send: People | None = None
    office: People = NOBODY
    by_variant: Mapping[str, People] = field(default_factory=dict)  # where the state decides who
    public: bool = False
    gone: People = NOBODY  # variants of the record that the page does not know
    after_password: bool = False  # half-way through signing in; whoever is not there begins anew
    away: bool = False  # whoever is not named is led elsewhere, instead of refused
    sends: Any = field(default_factory=dict)  # a mapping, or a function of the record's id
    ids: Callable[[str, int], dict[str, Any]] = lambda kind, pk: {"pk": pk}

    def allowed(self, method: str, kind: str, variant: str) -> People:
        """Who of everybody may, with this record."""
        accepted = self.read if method == "GET" else self.send
        if accepted is None:
            return NOBODY
        people = self.by_variant.get(variant, accepted)
        if people == EVERYBODY:
            return people
        if variant.startswith(OTHERS):
            return people & self.office
        return people | DEPUTY if kind in DEPUTISED and people & OWNER else people


def page(*kinds: str, to: People = EVERYBODY, **given: Any) -> Expected:
    return Expected(kinds, read=to, **given)


def form(*kinds: str, by: People = NOBODY, office: People = NOBODY, **given: Any) -> Expected:
    return Expected(kinds, read=by | office, send=by | office, office=office, **given)


def act(*kinds: str, by: People = NOBODY, office: People = NOBODY, **given: Any) -> Expected:
    return Expected(kinds, send=by | office, office=office, **given)


def nobody_signed_in(read: bool = True, send: bool = False, **given: Any) -> Expected:
    """Open to the world: signing in, a forgotten password, an invitation."""
    return Expected(
        read=EVERYBODY if read else None, send=EVERYBODY if send else None, public=True, **given
    )


def guided(send: bool = True) -> Expected:
    """A step of the first run: for the founder alone; everybody else is led home."""
    return Expected(read=NOBODY, send=NOBODY if send else None, away=True)


def row_of(pk: int) -> ImportRow | None:
    return ImportRow.objects.filter(file=pk).first()


def scenario_of(kind: str, pk: int) -> dict[str, Any]:
    return {"pk": pk, "scenario": getattr(Scenario.objects.filter(plan=pk).first(), "pk", 1)}


EXPECTED: dict[str, Expected] = {
    # Signing in ---------------------------------------------------------------------------------------------
    "account_login": nobody_signed_in(send=True),
    "account_logout": nobody_signed_in(send=True),
    "account_inactive": nobody_signed_in(),
    "account_reset_password": nobody_signed_in(send=True),
    "account_reset_password_done": nobody_signed_in(),
    "account_reset_password_from_key": nobody_signed_in(
        send=True, ids=lambda kind, pk: {"uidb36": "1", "key": "used-up"}
    ),
    "account_reset_password_from_key_done": nobody_signed_in(),
    "mfa_login_webauthn": nobody_signed_in(send=True, after_password=True),
    "mfa_authenticate": nobody_signed_in(send=True, after_password=True),
    "invitation": nobody_signed_in(send=True, ids=lambda kind, pk: {"token": "not-a-token"}),
    "account_change_password": form(by=EVERYBODY),
    # One's own account --------------------------------------------------------------------------------------
    "account": page(),
    "tokens": form(by=EVERYBODY, sends={"name": "Payroll", "scope": "read", "days": "30"}),
    "tokens-csv": page(),
    "token-revoke": act("token", by=OWNER, office=ADMIN),
    "account_reauthenticate": form(by=EVERYBODY),
    "mfa_reauthenticate": form(by=EVERYBODY),
    "mfa_reauthenticate_webauthn": form(by=EVERYBODY),
    "account-reminders": act(by=EVERYBODY, sends={"reminders": "off"}),
    "account-security": page(),
    "account-app": form(by=EVERYBODY),
    "account-app-remove": form(by=EVERYBODY),
    "account-passkey-add": form(by=EVERYBODY),
    "account-passkey": form("passkey", by=OWNER),
    "account-passkey-remove": act("passkey", by=OWNER),
    "account-codes": form(by=EVERYBODY),
    "account-codes-file": page(),
    "account-codes-new": act(by=EVERYBODY),
    "account-session-end": act("session", by=OWNER),
    "account-sessions-end": act(by=EVERYBODY),
    # The first run ------------------------------------------------------------------------------------------
    "first-run": guided(),
    "first-run-strategy": guided(),
    "first-run-priorities": guided(),
    "first-run-team": guided(),
    "first-run-objective": guided(),
    "first-run-check-in": guided(),
    "first-run-line": guided(send=False),
    "strategy-from-outline": form(by=STRATEGY_LEADER),
    "strategy-from-outline-review": form("strategy", by=STRATEGY_LEADER),
    # People and units ---------------------------------------------------------------------------------------
    "people": page(),
    "people-csv": page(),
    "people-pick": page(),
    "people-chart": page(),
    "person": page("person"),
    "person-reports": page("person"),
    "person-add": form(office=LEADERS | HR | ADMIN),
    "colleagues-paste": form(office=LEADERS | HR | ADMIN),
    "person-edit": form("person", office=HR | ADMIN),
    "person-leave": act("person", office=HR | ADMIN, sends={"on": "2026-06-30"}),
    "person-roles": form("person", office=ADMIN, sends={"leader": "on"}),
    "person-account": act("person", office=ADMIN, sends={"active": "no"}),
    "person-second-step": form("person", office=ADMIN),
    "person-invite": form("person", office=LEADERS | HR | ADMIN),
    "person-absences": form(
        "person",
        by=LINE - UNIT_HEAD,
        office=HR,
        sends={"start": "2026-07-01", "end": "2026-07-02"},
    ),
    "person-deputies": form(
        "person",
        by=LINE - UNIT_HEAD,
        office=HR,
        sends={"deputy": "colleague", "starts_on": "2026-07-01", "ends_on": "2026-07-02"},
    ),
    "deputy-end": act("deputy", by=LINE - UNIT_HEAD, office=HR),
    # Handovers ----------------------------------------------------------------------------------------------
    "programme": page(to=HR | ADMIN),
    "programme-adoption-csv": page(to=HR | ADMIN),
    "programme-stuck": page(to=HR | ADMIN, ids=lambda kind, pk: {"kind": "silent"}),
    "programme-stuck-csv": page(to=HR | ADMIN, ids=lambda kind, pk: {"kind": "silent"}),
    "programme-nudge": act(office=HR, ids=lambda kind, pk: {"kind": "no-objective"}),
    "leadership-reviews": page(),
    "leadership-reviews-csv": page(),
    "leadership-review-new": form(office=LEADERS),
    "leadership-review": page("review", to=IN_REVIEW, office=LEADERS),
    "leadership-review-edit": form("review", by=OWNER | AUTHOR),
    "leadership-review-refresh": act("review", by=OWNER | AUTHOR | REPORTER),
    "leadership-review-notes": act("review", by=OWNER | AUTHOR | REPORTER),
    "leadership-review-close": act("review", by=OWNER | AUTHOR),
    "leadership-review-add": act("review", by=OWNER | AUTHOR | REPORTER, sends={"text": "Not so"}),
    "review-action-new": form("review", by=OWNER | AUTHOR | REPORTER),
    "point-decide": form("point", by=NOBODY),
    "point-settle": form("point", by=OWNER | AUTHOR | REPORTER, sends={"outcome": "next_time"}),
    "review-actions": page(),
    "review-actions-csv": page(),
    "review-action": page("action", to=IN_REVIEW | COLLEAGUE, office=LEADERS),
    "review-action-done": act("action", by=OWNER | COLLEAGUE | AUTHOR),
    "review-action-put-off": act("action", by=OWNER | COLLEAGUE | AUTHOR),
    "review-action-drop": act("action", by=OWNER | COLLEAGUE | AUTHOR, sends={"reason": "Settled"}),
    "handovers": page(),
    "handovers-csv": page(),
    "unowned-csv": page(to=HR | ADMIN),
    "handover": Expected(
        ("handover",),
        read=LINE | HR | ADMIN,
        send=LINE | HR | ADMIN,
        office=HR | ADMIN,
    ),
    "handover-take-on": act("handover", by=NOBODY, by_variant={"new manager": MANAGER}),
    "handover-close": act(  # by office only where nobody above is left, as with somebody else's
        "handover",
        by=LINE,
        office=HR,
        by_variant=dict.fromkeys((OPEN, "new manager"), LINE),
        sends={"reason": "It ends"},
    ),
    "absence-remove": act("absence", by=LINE - UNIT_HEAD, office=HR),
    "units": page(),
    "units-pick": page(),
    "units-csv": page(),
    "unit": page("unit"),
    "unit-strategy": page("unit"),
    "unit-add": form(office=LEADERS | HR | ADMIN, sends={"name": "Fleet"}),
    "unit-edit": form("unit", office=HR | ADMIN),
    "unit-end": act("unit", office=HR | ADMIN, sends={"on": "2026-05-13"}),
    # Strategy -----------------------------------------------------------------------------------------------
    "strategy": page(),
    "strategy-new": form(office=LEADERS, sends={"title": "Next"}),
    "strategy-edit": form("strategy", by=STRATEGY_LEADER),
    "strategy-force": act("strategy", by=STRATEGY_LEADER),
    "strategy-end": form("strategy", by=STRATEGY_LEADER),
    "priorities": page("strategy"),
    "priorities-csv": page("strategy"),
    "priority-new": form("strategy", office=LEADERS, sends={"title": "Cleaner trains"}),
    "priorities-confirm": act("strategy", by=STRATEGY_LEADER),
    "priorities-order": act("strategy", by=STRATEGY_LEADER),
    "weights": form("strategy", by=STRATEGY_LEADER),
    "trade-offs": Expected(
        ("strategy",),
        read=EVERYBODY,
        send=STRATEGY_LEADER,
        sends={"kind": "not_doing", "this": "Night trains"},
    ),
    "trade-offs-csv": page("strategy"),
    "trade-off-edit": form("trade_off", by=STRATEGY_LEADER),
    "trade-off-remove": act("trade_off", by=STRATEGY_LEADER),
    "ledger": page(to=LEADERS | HR | ADMIN),
    "ledger-mine": page(to=LEADERS | HR | ADMIN),
    "ledger-csv": page(to=LEADERS | HR | ADMIN),
    "effort": page(),
    "what-gives-list": page(),
    "what-gives-csv": page(),
    "what-gives-new": form(by=EVERYBODY),
    "what-gives-of": page("person"),
    "what-gives": page("what_gives", to=LINE | DEPUTY | AUTHOR | REPORTER),
    "what-gives-answer": act("what_gives", by=MANAGER),
    "what-gives-escalate": act("what_gives", by=MANAGER),
    "what-gives-withdraw": act("what_gives", by=OWNER | AUTHOR),
    "what-gives-acknowledge": act("what_gives", by=OWNER),
    "plans": page(to=LEADERS),
    "plans-csv": page(to=LEADERS),
    "plan-new": form(office=LEADERS),
    "plan": page("plan", to=LEADERS),
    "plan-csv": page("plan", to=LEADERS),
    "plan-work-out": act("plan", office=LEADERS),
    "plan-values": act("plan", office=LEADERS),
    "plan-candidates": form("plan", office=LEADERS),
    "plan-paste": act("plan", office=LEADERS),
    "plan-teams": form("plan", office=LEADERS),
    "scenario-new": form("plan", office=LEADERS),
    "scenario-edit": form("plan", office=LEADERS, ids=scenario_of),
    "scenario-remove": act("plan", office=LEADERS, ids=scenario_of),
    "plan-adopt": form("plan", office=LEADERS, ids=scenario_of),
    "effort-plan": form(office=LEADERS),
    "person-effort": page("person", to=LINE | DEPUTY | GRANTED, office=GRANTED),
    "effort-csv": page(),
    "effort-entries": page(),
    "effort-flow-csv": page(),
    "effort-priorities-csv": page(),
    "objective-effort": page("objective"),
    "effort-confirm": act(by=EVERYBODY),
    "effort-non-routine": act(office=LEADERS, sends={"share": "60"}),
    "planning": page(),
    "planning-csv": page(),
    "planning-figures": page(),
    "dependencies": page(),
    "dependencies-csv": page(),
    "dependency-teams": page(),
    "dependency-teams-csv": page(),
    "deliverers-pick": page(),
    "objective-dependencies": page("objective"),
    "unit-dependencies": page("unit"),
    "dependency-new": form(
        "objective",
        by=LINE,
        sends={"needs": "A crane", "unit": "Yard", "needed_by": "2026-06-01"},
    ),
    "dependency": page("dependency"),
    "dependency-reword": form(
        "dependency", by=LINE, sends={"needs": "Two crews", "needed_by": "2026-06-01"}
    ),
    "dependency-accept": form("dependency", by=YARD, sends={"promised_on": "2026-06-01"}),
    "dependency-decline": form("dependency", by=YARD, sends={"reason": "No time"}),
    "dependency-deliver": act("dependency", by=LINE | YARD),
    "dependency-withdraw": form("dependency", by=LINE, sends={"reason": "Settled"}),
    "cascades": page(),
    "cascades-csv": page(),
    "cascade-versions-csv": page(),
    "cascade-new": form(by=OWNER | DEPUTY | UNIT_HEAD | of("leader")),
    "cascade-criteria": act(by=EVERYBODY),  # nothing is saved
    "cascade": page("cascade"),
    "cascade-edit": form("cascade", by=OWNER),
    "cascade-send": act("cascade", by=OWNER),
    "cascade-counter": form("cascade", by=OWNER, sends={"answers": 1}),
    "cascade-agree": act("cascade", by=LINE, sends={"answers": 1}),
    "cascade-decline": form("cascade", by=LINE, sends={"reason": "No crews."}),
    "cascade-withdraw": form("cascade", by=OWNER),
    "decisions": page(),
    "decisions-csv": page(),
    "touched-pick": page(),
    "decision-new": form(office=LEADERS, sends={"question": "A or B?", "due_on": "2026-06-01"}),
    "decision": page("decision"),
    "decision-edit": form("decision", by=OWNER | AUTHOR),
    "decision-wording": form("decision", by=OWNER | AUTHOR),
    "decision-decide": form("decision", by=OWNER),
    "decision-look-back": form("decision", by=OWNER),
    "decision-look-later": act("decision", by=OWNER),
    "decision-withdraw": form("decision", by=OWNER | AUTHOR, sends={"reason": "Settled"}),
    "decision-confirm": act("decision", by=OWNER),
    "priority": page("priority"),
    "priority-edit": form("priority", by=SPONSOR | STRATEGY_LEADER),
    "priority-confirm": act("priority", by=SPONSOR | STRATEGY_LEADER),
    "priority-hand": form("priority", by=SPONSOR | STRATEGY_LEADER),
    "priority-drop": form(
        "priority",
        by=STRATEGY_LEADER,
        by_variant={"unconfirmed": SPONSOR | STRATEGY_LEADER},
        sends={"reason": "Too much"},
    ),
    "result-add": act("priority", by=SPONSOR | STRATEGY_LEADER, sends={"text": "On time"}),
    "result-edit": form("result", by=SPONSOR | STRATEGY_LEADER),
    "result-measure": form("result", by=SPONSOR | STRATEGY_LEADER),
    "result-remove": act("result", by=SPONSOR | STRATEGY_LEADER),
    # KPIs ---------------------------------------------------------------------------------------------------
    "kpis": page(),
    "kpis-csv": page(),
    "kpis-pick": page(),
    "kpi": page("kpi"),
    "kpi-values-csv": page("kpi"),
    "kpi-new": form(office=LEADERS, sends={"name": "Seats", "direction": "up", "decimals": "0"}),
    "kpi-edit": form(
        "kpi",
        by=OWNER | UNIT_HEAD | SPONSOR | STRATEGY_LEADER,
        by_variant={"unconfirmed": NOBODY},
    ),
    "kpi-retire": form(
        "kpi",
        by=OWNER | UNIT_HEAD | SPONSOR | STRATEGY_LEADER,
        by_variant={"unconfirmed": NOBODY},
        sends={"reason": "Not used"},
    ),
    "kpi-target": form(
        "kpi",
        by=OWNER | UNIT_HEAD | SPONSOR | STRATEGY_LEADER,
        by_variant={"unconfirmed": NOBODY},
    ),
    "kpi-confirm": act(
        "kpi", by=OWNER | SPONSOR | STRATEGY_LEADER, by_variant={"unconfirmed": LEADERS}
    ),
    "kpi-observe": act(
        "kpi",
        by=LINE | SPONSOR | STRATEGY_LEADER,
        by_variant={"unconfirmed": NOBODY},
        sends={"on": "2026-05-12", "value": "80"},
    ),
    "target-remove": act("target", by=OWNER | UNIT_HEAD | SPONSOR | STRATEGY_LEADER),
    "observation-correct": form(
        "observation", by=LINE | SPONSOR | STRATEGY_LEADER, sends={"value": "80"}
    ),
    # Objectives ---------------------------------------------------------------------------------------------
    "objectives": page(),
    "objectives-csv": page(),
    "objectives-pick": page(),
    "objective-owners": page(),
    "objective": page("objective"),
    "objective-new": form(by=EVERYBODY),  # the owner typed in decides, in the service
    "objective-edit": form(
        "objective",
        by=LINE,
        by_variant=dict.fromkeys(
            ("draft", "restricted draft", "proposed", "proposed by the manager", "unconfirmed"),
            LINE | AUTHOR,
        ),
    ),
    "objective-propose": act("objective", by=LINE | AUTHOR),
    "objective-agree": act("objective", by=LINE),
    "objective-decline": form("objective", by=LINE, sends={"reason": "Too much"}),
    "objective-counter": form("objective", by=LINE),
    "objective-confirm": act("objective", by=LINE),
    "objective-change": form("objective", by=LINE),
    "objective-close": form("objective", by=LINE),
    "objective-learning": form("objective", by=LINE, sends={"learning": "Start earlier"}),
    "objective-link": form("objective", by=LINE),
    "objective-unlink": act("link", by=LINE),
    "objective-check-ins": page("objective", to=LINE | REPORTER, by_variant={OTHERS: NOBODY}),
    "check-in": form("key_result", by=LINE | REPORTER),
    "change-answer": Expected(("change",), read=EVERYBODY, send=LINE, sends={"accept": "yes"}),
    "change-withdraw": act("change", by=OWNER, by_variant={"by the manager": MANAGER}),
    "criteria": page(),
    "criteria-csv": page(),
    "objective-criteria": page("objective"),
    "criteria-check": act(by=EVERYBODY),  # nothing is saved
    "rule-waive": form(
        "objective",
        by=ABOVE,
        sends={"reason": "Known"},
        ids=lambda kind, pk: {"pk": pk, "code": "K09"},
    ),
    "rule-restore": act("waiver", by=ABOVE),
    "agree-all": act(by=EVERYBODY),
    "objectives-confirm": act(by=EVERYBODY),
    "templates": page(),
    "templates-csv": page(),
    "template-new": form(office=HR, sends={"name": "Better service", "title": "Better …"}),
    "template": page("template"),
    "template-edit": form("template", office=HR),
    "template-retire": act("template", office=HR),
    "cycles": page(),
    "cycles-csv": page(),
    "cycle": page("cycle"),
    "cycle-new": form(office=LEADERS | HR),
    "cycle-edit": form("cycle", office=LEADERS | HR),
    "cycle-close": form("cycle", office=LEADERS | HR),
    # Imports ------------------------------------------------------------------------------------------------
    "imports": page(to=IMPORTERS),
    "import-new": form(office=IMPORTERS),
    "import": page("import", to=IMPORTERS | AUTHOR),
    "import-mapping": page("import", to=IMPORTERS | AUTHOR),
    "import-refused": page("import", to=IMPORTERS | AUTHOR),
    "import-columns": act("import", office=IMPORTERS, sends={"kind": "units"}),
    "import-apply": act("import", office=IMPORTERS),
    "import-discard": act("import", office=IMPORTERS),
    "import-undo": form("import", office=IMPORTERS),
    "import-confirm": act("import", by=IMPORTERS | AUTHOR),
    "import-fix": act(
        "import",
        office=IMPORTERS,
        ids=lambda kind, pk: {"pk": pk, "row": getattr(row_of(pk), "pk", 1)},
    ),
    # Behind the pages ---------------------------------------------------------------------------------------
    "jobs": page(to=ADMIN),
    "jobs-csv": page(to=ADMIN),
    "letters-csv": page(to=ADMIN),
    "job": page("job", to=AUTHOR | ADMIN, office=ADMIN),
    "job-cancel": act("job", by=AUTHOR, office=ADMIN),
    "job-retry": act("job", by=AUTHOR, office=ADMIN),
    "letters": page(to=ADMIN),
    "letter-resend": act("letter", office=ADMIN),
    "imports-csv": page(to=IMPORTERS),
    "import-rows": page("import", to=IMPORTERS | AUTHOR),
    # Exports and calendars ----------------------------------------------------------------------------------
    "export": page(to=IMPORTERS),
    "export-tables": act(office=IMPORTERS),
    "export-plan": act(office=IMPORTERS),
    "calendar": form(by=EVERYBODY),
    "calendar-revoke": act(by=EVERYBODY),
    "calendar-feed": nobody_signed_in(ids=lambda kind, pk: {"secret": SECRET}),
    # Webhooks -----------------------------------------------------------------------------------------------
    "webhooks": page(to=ADMIN),
    "webhooks-csv": page(to=ADMIN),
    "webhook-add": form(office=ADMIN),
    "webhook": page("webhook", to=ADMIN),
    "webhook-events-csv": page("webhook", to=ADMIN),
    "webhook-edit": form("webhook", office=ADMIN),
    "webhook-pause": act("webhook", office=ADMIN),
    "webhook-resume": act("webhook", office=ADMIN),
    "webhook-secret": act("webhook", office=ADMIN),
    "webhook-remove": act("webhook", office=ADMIN),
    "webhook-test": act("webhook", office=ADMIN),
    "webhook-replay": act("webhook", office=ADMIN),
    "delivery-replay": act("delivery", office=ADMIN),
    # Across the rooms ---------------------------------------------------------------------------------------
    "home": page(),
    "strategy-choices": page(),
    "begin": page(),
    "begin-next": page(),
    "search": page(),
    "alignment": page(),
    "alignment-loose-csv": page(),
    "alignment-units-csv": page(),
    "alignment-stranded-csv": page(),
    "alignment-propose": page("priority", gone=of("unconfirmed", "dropped")),
    "inputs-outputs": page(),
    "inputs-outputs-csv": page(),
    "map": page(),
    "map-find": page(),
    "map-units": page(),
    "map-csv": page(),
    "methods": page(),
    "method": page(ids=lambda kind, pk: {"slug": "value-flow"}),
    **dict.fromkeys(
        ("history", "history-csv"),
        page(
            *("objective", "priority", "strategy", "kpi", "person", "unit", "cycle"),
            ids=lambda kind, pk: {"kind": kind, "pk": pk},
        ),
    ),
    # For programs -------------------------------------------------------------------------------------------
    "api-openapi": nobody_signed_in(),
    "api-docs": page(),
    "api-docs-room": page(ids=lambda kind, pk: {"slug": "units"}),
    # The pattern page, for whoever builds -------------------------------------------------------------------
    "patterns": nobody_signed_in(),
    "pattern_options": nobody_signed_in(),
}
