"""Writing expected results and trade-offs: what priorities shall bring about, and what was chosen against."""

from typing import Any

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError
from goldenthread.interchange.own import own_identifier
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import Outcome, Row, fitted
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.direction import of_organisation
from goldenthread.permissions import Action
from goldenthread.strategy import services
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy, TradeOff


def write_expected_results(run: Run) -> None:
    """Those of drafts are written, those of confirmed priorities by who may edit these."""
    held = list(ExpectedResult.objects.select_related("priority__strategy", "kpi"))
    by_id = {own_identifier(one, run.own_mark): one for one in held}
    by_id |= {one.external_id: one for one in held if one.external_id}
    by_words = {(one.priority_id, fold(one.text)): one for one in held}
    for row in run.each("expected_results"):
        with run.attempt(row):
            priority = run.priorities.find(row.text("priority"), "priority")
            row.about, row.confidential = str(priority), priority.confidential
            key = (priority.pk, fold(row.text("expected_result")))
            standing = by_id.get(row.external_id) or by_words.get(key)
            result = _write_result(run, row, priority, standing)
            by_words[key] = result


def _write_result(
    run: Run, row: Row, priority: Priority, held: ExpectedResult | None
) -> ExpectedResult:
    wanted: dict[str, Any] = {"text": fitted(row.text("expected_result"), 300)[0]}
    wanted |= row.given("baseline", "target", "starts_on", "due_on")
    if text := row.text("kpi"):
        wanted["kpi"] = run.kpis.find(text, "kpi")
    is_draft = priority.state == Priority.State.UNCONFIRMED
    if held is None:
        if is_draft:
            held = services.draft_expected_result(
                actor=run.actor, priority=priority, external_id=row.external_id, **wanted
            )
        else:
            held = services.add_expected_result(actor=run.actor, priority=priority, **wanted)
            run.identify(held, row.external_id)
        row.done(held, Outcome.CREATED)
        return held
    if held.priority_id != priority.pk:
        raise DomainError("This is an expected result of another priority.")

    def write(after: dict[str, Any]) -> None:
        if is_draft:
            services.redraft_expected_result(actor=run.actor, result=held, **after)
        else:
            services.edit_expected_result(
                actor=run.actor, result=held, version=held.version, **after
            )

    run.update(row, held, wanted, write)
    return held


def write_trade_offs(run: Run) -> None:
    """What a strategy chose; only who leads it adds to that."""
    held = list(TradeOff.objects.select_related("strategy", "priority"))
    by_id = {own_identifier(one, run.own_mark): one for one in held}
    by_id |= {one.external_id: one for one in held if one.external_id}
    by_words = {(one.strategy_id, fold(one.this), fold(one.over)): one for one in held}
    for row in run.each("trade_offs"):
        with run.attempt(row):
            strategy, priority = _chosen_in(run, row)
            row.about, row.confidential = str(strategy), bool(priority and priority.confidential)
            key = (strategy.pk, fold(row.text("this")), fold(row.text("over")))
            standing = by_id.get(row.external_id) or by_words.get(key)
            by_words[key] = _write_trade_off(run, row, strategy, priority, standing)


def _chosen_in(run: Run, row: Row) -> tuple[Strategy, Priority | None]:
    text = row.text("priority")
    priority = run.priorities.find(text, "priority") if text else None
    if text := row.text("strategy"):
        return run.strategies.find(text, "strategy"), priority
    strategy = priority.strategy if priority else of_organisation(run)
    if strategy is None:
        raise DomainError("Nothing says which strategy chose this.", "strategy")
    return strategy, priority


def _write_trade_off(
    run: Run, row: Row, strategy: Strategy, priority: Priority | None, held: TradeOff | None
) -> TradeOff:
    fields: dict[str, Any] = row.given("frees_fte", "decided_on", "look_again_on")
    fields["note"] = str(row.values.get("note") or "")
    wanted: dict[str, Any] = {"this": fitted(row.text("this"), 200)[0]}
    if over := fitted(row.text("over"), 200)[0]:
        wanted["over"] = over
    if priority is not None:
        wanted["priority"] = priority
    if held is not None:
        standing = held
        wanted |= {name: value for name, value in fields.items() if value not in (None, "")}
        run.update(
            row,
            held,
            wanted,
            lambda after: services.edit_trade_off(
                actor=run.actor, trade_off=standing, version=standing.version, **after
            ),
        )
        return held
    if not can(run.actor, Action.EDIT_STRATEGY, strategy):
        raise DomainError(f"{strategy.leader} leads “{strategy}” and adds its trade-offs.")
    if over:
        fields.pop("frees_fte", None)
        held = services.add_even_over(actor=run.actor, strategy=strategy, **wanted, **fields)
    else:
        held = services.add_not_doing(actor=run.actor, strategy=strategy, **wanted, **fields)
    run.identify(held, row.external_id)
    row.done(held, Outcome.CREATED)
    return held
