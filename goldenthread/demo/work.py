"""A year of objectives: drafted, agreed, checked in on, closed and carried over, quarter by quarter."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from goldenthread.demo.check_ins import record_check_ins
from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables import past, work
from goldenthread.demo.tables.rows import Held, Measured, Result, Row, Steps
from goldenthread.objectives.models import Contribution, Cycle, KeyResult, Objective
from goldenthread.objectives.services import agreement, closing, drafts, links
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft, ObjectiveDraft
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority

Nodes = dict[str, Objective | Priority]
QUARTERS = (
    ("Q1 2026", "1 Jan", "31 Mar", "5 Jan"),
    ("Q2 2026", "1 Apr", "30 Jun", "16 Mar"),
    ("Q3 2026", "1 Jul", "30 Sep", "15 Jun"),
    ("Q4 2026", "1 Oct", "31 Dec", "14 Sep"),
    ("Q1 2027", "1 Jan 2027", "31 Mar 2027", "16 Nov"),
)
PAST = (past.Q1, past.Q2, past.Q3)
CLOSED_LAST = "q3-first"
RUNNER = "Nadia Berger"  # the HR partner runs the rhythm


def add_cycles(company: Company) -> dict[str, Cycle]:
    """The five quarters; the one to come is planned."""
    cycles = {}
    for name, first, last, opens in QUARTERS:
        with standing_on(min(day(opens), day("1 Jan") + dt.timedelta(days=14))):
            cycles[name] = closing.add_cycle(
                actor=company.people[RUNNER],
                name=name,
                starts_on=day(first),
                ends_on=day(last),
                opens_on=day(opens),
                closes_on=day(last),
            )
    cycles["Q1 2027"].state = Cycle.State.PLANNED
    cycles["Q1 2027"].save(update_fields=["state"])
    return cycles


# Planning -----------------------------------------------------------------------------------------------------


def plan(
    company: Company, cycle: Cycle, rows: Iterable[Row], nodes: Nodes, agreed_on: dt.date
) -> None:
    """Draft the rows, parents first, and agree to each; what was carried over is rewritten instead."""
    with standing_on(agreed_on):
        for row in rows:
            draft_row(company, cycle, row, nodes)
            objective = nodes[row.key]
            assert isinstance(objective, Objective)
            settle(company, objective)


def draft_row(
    company: Company, cycle: Cycle, row: Row, nodes: Nodes, *, restricted: bool = False
) -> Objective:
    """Write one objective as its owner would; `nodes` learns it under its key."""
    owner = company.owner(row.owner)
    actor = company.speaker(owner)
    serves = [drafts.Serves(nodes[key], strength, row.kind) for key, strength in row.serves.items()]
    draft = ObjectiveDraft(
        title=row.title,
        cycle=cycle,
        owner=owner,
        why=row.why,
        ambition=Objective.Ambition.ASPIRATIONAL
        if row.aspirational
        else Objective.Ambition.COMMITTED,
        critical=row.critical,
        restricted=restricted,
        starts_on=day(row.starts) if row.starts else None,
        key_results=[_key_result(one) for one in row.results],
        serves=serves,
    )
    carried = nodes.get(row.key)
    if isinstance(carried, Objective) and carried.state == State.DRAFT:
        drafts.edit_draft(actor=actor, objective=carried, draft=draft, version=carried.version)
        _tie(carried, serves, actor)
        return carried
    nodes[row.key] = objective = drafts.draft_objective(actor=actor, draft=draft)
    return objective


def _key_result(row: Result) -> KeyResultDraft:
    weight = Decimal(row.weight)
    if isinstance(row, Steps):
        steps = [MilestoneDraft(title, day(due) if due else None) for title, due in row.steps]
        return KeyResultDraft(
            row.title,
            KeyResult.Kind.MILESTONES,
            weight=weight,
            milestones=steps,
            due_on=day(row.due) if row.due else None,
        )
    if isinstance(row, Held):
        return KeyResultDraft(
            row.title,
            KeyResult.Kind.THRESHOLD,
            measure=row.measure,
            weight=weight,
            low=Decimal(row.low) if row.low else None,
            high=Decimal(row.high) if row.high else None,
            required_share=Decimal(row.share),
            source=row.source,
        )
    return KeyResultDraft(
        row.title,
        KeyResult.Kind.GRADED if row.commit else KeyResult.Kind.METRIC,
        measure=row.measure,
        weight=weight,
        baseline=Decimal(row.start) if row.start else None,
        target=Decimal(row.target),
        commit=Decimal(row.commit) if row.commit else None,
        stretch=Decimal(row.stretch) if row.stretch else None,
        source=row.source,
        decimals=max(_places(text) for text in (row.start, row.target, row.now)),
    )


def _places(number: str) -> int:
    return len(number.partition(".")[2])


def _tie(objective: Objective, serves: Sequence[drafts.Serves], actor: Person) -> None:
    """What was carried over keeps only the links of its new row; one to a dropped priority stays as it is."""
    wanted = {links.key(one.parent) for one in serves}
    for held in Contribution.objects.filter(child_objective=objective, valid_to__isnull=True):
        assert held.parent is not None
        if links.key(held.parent) not in wanted:
            links.unlink(actor=actor, contribution=held)
    for one in serves:
        if isinstance(one.parent, Objective):
            links.link(actor=actor, child=objective, parent=one.parent, strength=one.strength)


def settle(company: Company, objective: Objective) -> None:
    """Both sides agree: the owner proposes, the line says yes (or speaks for an owner without an account)."""
    agreement.propose(actor=company.speaker_for(objective), objective=objective)
    if objective.state == State.PROPOSED:
        above = agreement.next_above(objective)
        assert above is not None
        agreement.agree(actor=above, objective=objective)


def begin(objectives: Iterable[Objective], on: dt.date) -> None:
    """The period begins: what is agreed is active from now on."""
    with standing_on(on):
        for objective in objectives:
            agreement.begin_if_due(objective)


# The year -----------------------------------------------------------------------------------------------------


def begin_quarter(company: Company, cycles: dict[str, Cycle], number: int, nodes: Nodes) -> None:
    """Plan a quarter of the past and check in on it to its end. `nodes` learns every objective under its key."""
    name, first, last, _ = QUARTERS[number]
    rows = PAST[number]
    starts, ends = day(first), day(last)
    agreed_on = max(starts - dt.timedelta(days=3), day("14 Jan"))
    plan(company, cycles[name], rows, nodes, agreed_on)
    planned = _objectives(rows, nodes)
    begin(planned, max(starts, agreed_on))
    ended = [ends - dt.timedelta(days=2 + place % 5) for place in range(len(rows))]
    record_check_ins(company, zip(planned, rows, ended, strict=True), every=dt.timedelta(days=14))


def end_quarter(company: Company, cycles: dict[str, Cycle], number: int, nodes: Nodes) -> None:
    """Score everything on the cycle's last day, children before what they serve, and carry some over.

    `CLOSED_LAST` is the exception: what still serves it then hangs loose, as it shall.
    """
    cycle, following = cycles[QUARTERS[number][0]], cycles[QUARTERS[number + 1][0]]
    rows = PAST[number]
    in_order = sorted(
        zip(_objectives(rows, nodes), rows, strict=True),
        key=lambda one: (one[1].key == CLOSED_LAST, -one[0].pk),
    )
    with standing_on(cycle.ends_on, hour=17):
        for objective, row in in_order:
            objective.refresh_from_db()
            ending = closing.Ending(row.learning, carry_into=following if row.carry else None)
            closing.close_objective(
                actor=company.speaker_for(objective), objective=objective, ending=ending
            )
            if row.carry:
                nodes[row.key] = Objective.objects.get(carried_from=objective)
        closing.close_cycle(actor=company.people[RUNNER], cycle=cycle)


def _objectives(rows: Iterable[Row], nodes: Nodes) -> list[Objective]:
    return [one for row in rows if isinstance(one := nodes[row.key], Objective)]


# The quarter that runs ----------------------------------------------------------------------------------------


def plan_the_quarter(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """What is planned while the third quarter still runs: all but what it carries over."""
    carried = {row.key for row in past.Q3 if row.carry}
    catchball = next(row for row in work.UNIT_OBJECTIVES if row.key == "reach")
    heads = [row for row in work.UNIT_OBJECTIVES if row.key != catchball.key]
    plan(company, cycle, heads[:3], nodes, day("25 Sep"))
    negotiate(company, cycle, catchball, nodes)
    plan(company, cycle, heads[3:], nodes, day("28 Sep"))
    below = [row for row in work.OBJECTIVES_BELOW if row.key not in carried]
    loose = [row for row in work.LOOSE_ENDS if row.key not in carried]
    plan(company, cycle, [*below, *loose], nodes, day("29 Sep"))


def negotiate(company: Company, cycle: Cycle, row: Row, nodes: Nodes) -> None:
    """The one agreement that took three turns: proposed from above, countered, agreed."""
    above, owner = company.people["Helen Brandt"], company.people["Jonas Feld"]
    final = [_key_result(one) for one in row.results]
    assert isinstance(row.results[0], Measured)
    asked = _key_result(row.results[0]._replace(target="90", weight="60"))
    parents = [drafts.Serves(nodes[key], strength) for key, strength in row.serves.items()]
    first = ObjectiveDraft(
        title=row.title,
        cycle=cycle,
        owner=company.units[row.owner],
        why=row.why,
        critical=row.critical,
        key_results=[asked, final[1]],
        serves=parents,
    )
    with standing_on(day("21 Sep")):
        objective = drafts.draft_objective(actor=above, draft=first)
        agreement.propose(actor=above, objective=objective)
    with standing_on(day("24 Sep")):
        drafts.counter(
            actor=owner,
            objective=objective,
            draft=ObjectiveDraft(**{**first.__dict__, "key_results": final}),
            note="85 %, if routing by skill comes first. Two posts are vacant until November.",
            version=objective.version,
        )
    with standing_on(day("28 Sep")):
        agreement.agree(actor=above, objective=objective)
    nodes[row.key] = objective


def live_through_the_quarter(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """What was carried over is taken up, the quarter begins, and eight weeks of check-ins are made."""
    rows = (*work.UNIT_OBJECTIVES, *work.OBJECTIVES_BELOW, *work.LOOSE_ENDS)
    carried = {row.key for row in past.Q3 if row.carry}
    plan(company, cycle, [row for row in rows if row.key in carried], nodes, day("1 Oct"))
    objectives = _objectives(rows, nodes)
    for objective in objectives:
        objective.refresh_from_db()
    begin(objectives, day("1 Oct"))
    record_check_ins(
        company,
        [
            (objective, row, day(row.last))
            for objective, row in zip(objectives, rows, strict=True)
            if row.last
        ],
        every=dt.timedelta(days=7),
    )
