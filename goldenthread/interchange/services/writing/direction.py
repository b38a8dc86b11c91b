"""Writing strategies and priorities: as drafts, for the strategy's leader to confirm."""

import re
from typing import Any

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import (
    Outcome,
    Row,
    differing,
    fitted,
    paragraphs,
    shown,
)
from goldenthread.interchange.services.run import Run
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy import services
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy, TradeOff

State = Priority.State


def write_strategies(run: Run) -> None:
    for row in run.each("strategies"):
        with run.attempt(row):
            if run.is_plan:
                _write_frame(run, row)
            else:
                _write_strategy(run, row)


def _wanted_of_strategy(row: Row) -> dict[str, Any]:
    wanted = row.given("title", "starts_on", "ends_on", "vision", "mission", "values")
    if "title" in wanted:
        wanted["title"] = fitted(wanted["title"], 200)[0]
    return wanted


def _write_frame(run: Run, row: Row) -> None:
    """The frame of a plan: its own draft, else the organisation's strategy that its goals go into."""
    wanted = _wanted_of_strategy(row)
    held = run.strategies.by_id.get(row.external_id)
    if held is not None and held.state == Strategy.State.DRAFT:
        run.use(held)
        run.update(row, held, wanted, lambda after: _redraft(run, held, after))
        return
    standing = held if held and held.state != Strategy.State.ENDED else of_organisation(run)
    if standing is not None:
        run.use(standing)
        row.note(f"The goals go into “{standing}”; its own words stay as they are.")
        row.done(standing, Outcome.UNCHANGED)
        return
    if held is not None:
        raise DomainError(f"“{held}” has ended. A leader starts a new strategy first.")
    made = services.draft_strategy(
        actor=run.actor, leader=_leader(run), external_id=row.external_id, **wanted
    )
    run.use(made)
    row.about = f"led by {made.leader}"
    row.note("A draft: its leader puts it in force.")
    row.done(made, Outcome.CREATED)


def _redraft(run: Run, strategy: Strategy, changes: dict[str, Any]) -> None:
    services.redraft_strategy(actor=run.actor, strategy=strategy, **changes)


def _write_strategy(run: Run, row: Row) -> None:
    """A strategy of a table, of the organisation or a unit: a draft for whoever is to lead it."""
    wanted = _wanted_of_strategy(row)
    unit = run.units.find(row.text("unit"), "unit") if row.text("unit") else None
    held = run.strategies.match(row.external_id, (unit.pk if unit else None, fold(wanted["title"])))
    if held is None:
        leader = _led_by(run, row, unit)
        held = services.draft_strategy(
            actor=run.actor, leader=leader, unit=unit, external_id=row.external_id, **wanted
        )
        run.know(run.strategies, held)
        run.settle(row, held, run.strategies)
        row.about = f"led by {leader}"
        row.note("A draft: its leader puts it in force.")
        row.done(held, Outcome.CREATED)
        return
    run.settle(row, held, run.strategies)
    row.about = f"led by {held.leader}"

    def write(after: dict[str, Any]) -> None:
        if held.state == Strategy.State.DRAFT:
            _redraft(run, held, after)
        else:
            services.edit_strategy(actor=run.actor, strategy=held, version=held.version, **after)

    run.update(row, held, wanted, write)


def _led_by(run: Run, row: Row, unit: Unit | None) -> Person:
    """Who is to lead a new strategy: the one named if they lead here, else the nearest leader above the unit."""
    named = run.people.find(row.text("leader"), "leader") if row.text("leader") else None
    if named is not None and named.is_leader:
        return named
    leader = _nearest_leader(run, unit)
    if named is not None:
        row.note(f"{named} is not a leader here yet, so {leader} leads it until then.")
    return leader


def _nearest_leader(run: Run, unit: Unit | None) -> Person:
    """The head of the unit, or of the nearest unit above that has one, else who leads the organisation."""
    while unit is not None:
        if unit.leader is not None:
            return unit.leader
        unit = unit.parent
    return _leader(run)


def of_organisation(run: Run) -> Strategy | None:
    """The organisation's strategy: the one in force, else the newest draft."""
    own = Strategy.objects.filter(unit=None).select_related("leader")
    drafts = own.filter(state=Strategy.State.DRAFT).order_by("-pk")
    return own.in_force(run.today).first() or drafts.first()


def _leader(run: Run) -> Person:
    """Who leads a strategy that a file begins: whoever imports it, the head of the top unit, the only leader."""
    if run.actor.is_leader:
        return run.actor
    leaders = Person.objects.working(run.today)
    heads = leaders.filter(
        heads_unit=True, led_units__parent__isnull=True, led_units__ended_on__isnull=True
    )
    everybody = list(leaders.exclude(granted_leader=False, heads_unit=False, sponsors=False))
    for found in (list(heads.distinct()[:2]), everybody):
        if len(found) == 1:
            return found[0]
    raise DomainError("There is no strategy yet. A leader starts it; then import this again.")


def strategy_for(run: Run, row: Row, unit: Unit | None) -> Strategy:
    """The strategy that a priority belongs to, drafted where there is none yet."""
    if unit is None and run.strategy is not None:
        return run.strategy
    if unit is not None:
        own = Strategy.objects.filter(unit=unit).exclude(state=Strategy.State.ENDED)
        found = own.in_force(run.today).first() or own.order_by("-pk").first()
    else:
        found = of_organisation(run)
    if found is None:
        leader = _nearest_leader(run, unit)
        title = fitted(f"Strategy of {unit or Organisation.current()}", 200)[0]
        found = services.draft_strategy(actor=run.actor, title=title, leader=leader, unit=unit)
        run.made("strategies", found.title, row.line, found, f"A draft, led by {leader}.")
    if unit is None:
        run.use(found)
    return found


def write_priorities(run: Run) -> None:
    for row in run.each("priorities"):
        with run.attempt(row):
            _write_priority(run, row)


def _write_priority(run: Run, row: Row) -> None:
    unit = run.units.find(row.text("unit"), "unit") if row.text("unit") else None
    sponsor = _sponsor(run, row)
    title, whole = fitted(row.text("title"), 200)
    why = paragraphs([whole, str(row.values.get("why") or "")])
    wanted: dict[str, Any] = {"title": title} | ({"why": why} if why else {})
    if row.values.get("confidential") is not None:
        wanted["confidential"] = row.values["confidential"]
    row.confidential = bool(wanted.get("confidential"))
    held = run.priorities.by_id.get(row.external_id) if row.external_id else None
    if held is None:
        named = row.text("strategy")
        strategy = run.strategies.find(named, "strategy") if named else strategy_for(run, row, unit)
        held = run.priorities.match(row.external_id, (strategy.pk, fold(title)))
    if held is not None:
        run.settle(row, held, run.priorities)
        row.confidential |= held.confidential
        _change(run, row, held, wanted, sponsor)
    else:
        held = services.draft_priority(
            actor=run.actor,
            strategy=strategy,
            title=title,
            why=why,
            sponsor=sponsor,
            source=run.where(row),
            external_id=row.external_id,
        )
        if row.confidential:
            services.redraft_priority(actor=run.actor, priority=held, confidential=True)
        run.know(run.priorities, held)
        run.settle(row, held, run.priorities)
        row.note(f"Unconfirmed: waits for {held.strategy.leader}.")
        row.done(held, Outcome.CREATED)
    row.about = str(sponsor or held.sponsor or "")
    _results(run, row, held)
    _trade_offs(run, row, held)
    weight = row.values.get("weight")
    if weight is not None and weight != held.weight:
        row.note(
            f"Its weight {shown(weight)} is not taken over: {held.strategy.leader} sets and "
            "confirms the weights."
        )


def _sponsor(run: Run, row: Row) -> Person | None:
    if text := row.text("sponsor"):
        return run.people.find(text, "sponsor")
    for name in row.values.get("stakeholders") or []:
        if len(found := run.people.seen(name)) == 1:
            return found[0]
    return None


def _change(
    run: Run, row: Row, held: Priority, wanted: dict[str, Any], sponsor: Person | None
) -> None:
    if held.pk in run.priorities.hidden:
        if differing(held, wanted)[1]:
            raise DomainError(
                "This is about a priority that you may not see. Ask who leads its strategy."
            )
        row.done(held, Outcome.UNCHANGED)
        return
    if held.state == State.UNCONFIRMED:
        if sponsor is not None and held.sponsor_named_by is None:
            wanted = wanted | {"sponsor": sponsor}
        run.update(
            row,
            held,
            wanted,
            lambda after: services.redraft_priority(actor=run.actor, priority=held, **after),
        )
        return
    if sponsor is not None and sponsor != held.sponsor:
        row.note(f"{held.sponsor or 'Nobody'} sponsors it; {held.strategy.leader} may hand it on.")

    def write(after: dict[str, Any]) -> None:
        if held.state == State.DROPPED or not can(run.actor, Action.EDIT_PRIORITY, held):
            services.redraft_priority(
                actor=run.actor, priority=held, **after
            )  # refuses, in its words
        services.edit_priority(actor=run.actor, priority=held, version=held.version, **after)

    run.update(row, held, wanted, write)


def _results(run: Run, row: Row, priority: Priority) -> None:
    """Expected results, one a line or parted by semicolons; those that are there already are left as they are."""
    parts = _parts(row, "expected_results")
    if not parts:
        return
    held = ExpectedResult.objects.filter(priority=priority).values_list("text", flat=True)
    known = {fold(one) for one in held}
    for part in parts:
        text = fitted(part, 300)[0]
        if fold(text) in known:
            continue
        known.add(fold(text))
        if priority.state == State.UNCONFIRMED:
            services.draft_expected_result(actor=run.actor, priority=priority, text=text)
        elif can(run.actor, Action.EDIT_PRIORITY, priority):
            services.add_expected_result(actor=run.actor, priority=priority, text=text)
        else:
            row.note(f"Expected result not added: “{shown(text)}”. The priority is confirmed.")
            continue
        _grew(row, priority, "Expected result", text)


def _trade_offs(run: Run, row: Row, priority: Priority) -> None:
    parts = _parts(row, "trade_offs")
    known = {
        fold(one)
        for one in TradeOff.objects.filter(strategy=priority.strategy_id).values_list(
            "this", flat=True
        )
    }
    for part in parts:
        text = fitted(part, 200)[0]
        this, even, over = text.partition(" even over ")
        if fold(this if even else text) in known:
            continue
        if not can(run.actor, Action.EDIT_STRATEGY, priority.strategy):
            row.note(f"Trade-off not added: “{shown(text)}”. {priority.strategy.leader} adds it.")
            continue
        if even:
            services.add_even_over(
                actor=run.actor, strategy=priority.strategy, this=this, over=over, priority=priority
            )
        else:
            services.add_not_doing(
                actor=run.actor, strategy=priority.strategy, this=text, priority=priority
            )
        _grew(row, priority, "Trade-off", text)


def _grew(row: Row, priority: Priority, what: str, text: str) -> None:
    if row.outcome != Outcome.CREATED:
        row.done(priority, Outcome.UPDATED)
        row.changes.append([what, "–", shown(text)])


def _parts(row: Row, name: str) -> list[str]:
    parts = re.split(r"[\n;]+", str(row.values.get(name) or ""))
    return [" ".join(part.strip(" -–•*").split()) for part in parts if part.strip(" -–•*")]
