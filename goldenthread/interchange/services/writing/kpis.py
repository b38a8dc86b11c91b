"""Writing KPIs, their targets and what was observed."""

import datetime as dt
from decimal import Decimal
from typing import Any

from goldenthread.core.access import can
from goldenthread.core.errors import DomainError
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
from goldenthread.interchange.services.writing.direction import of_organisation
from goldenthread.permissions import Action
from goldenthread.strategy import services
from goldenthread.strategy.models import Kpi, KpiTarget, Priority

State = Kpi.State
MOST_PLACES = 6


def places(*values: Decimal | None) -> int:
    """How many decimal places show all of the values."""
    shifts = [int(value.normalize().as_tuple().exponent) for value in values if value is not None]
    return min(MOST_PLACES, max((-shift for shift in shifts if shift < 0), default=0))


def write_kpis(run: Run) -> None:
    for row in run.each("kpis"):
        with run.attempt(row):
            _write_kpi(run, row)


def _write_kpi(run: Run, row: Row) -> None:
    name, whole = fitted(row.text("name"), 200)
    measure, long_measure = fitted(row.text("unit"), 40)
    definition = paragraphs([whole, str(row.values.get("description") or ""), long_measure])
    wanted: dict[str, Any] = {"name": name}
    wanted |= {
        key: value
        for key, value in {
            "definition": definition,
            "measure": measure,
            "source": fitted(row.text("source"), 200)[0],
            "direction": row.text("direction"),
        }.items()
        if value
    }
    wanted |= row.given("low", "high")
    if (days := row.number("cadence_days")) is not None:
        wanted["cadence_days"] = days
    if text := row.text("owner_unit"):
        wanted["unit"] = run.units.find(text, "owner_unit")
    if text := row.text("owner"):
        wanted["owner"] = run.people.find(text, "owner")
        row.about = str(wanted["owner"])
    held = run.kpis.match(row.external_id, fold(name))
    if held is None:
        numbers = [row.values.get(key) for key in ("baseline", "target", "low", "high")]
        said = row.number("decimals")
        wanted["decimals"] = places(*numbers) if said is None else said
        held = services.draft_kpi(actor=run.actor, external_id=row.external_id, **wanted)
        run.know(run.kpis, held)
        run.settle(row, held, run.kpis)
        row.note(f"Unconfirmed: waits for {held.owner or 'a leader'}.")
        row.done(held, Outcome.CREATED)
    else:
        run.settle(row, held, run.kpis)
        _change(run, row, held, wanted)
    _own_target(run, row, held)
    _expected_result(run, row, held)


def _change(run: Run, row: Row, held: Kpi, wanted: dict[str, Any]) -> None:
    def write(after: dict[str, Any]) -> None:
        if held.state == State.ACTIVE and can(run.actor, Action.EDIT_KPI, held):
            services.edit_kpi(actor=run.actor, kpi=held, version=held.version, **after)
        else:
            services.redraft_kpi(actor=run.actor, kpi=held, **after)  # refuses what is confirmed

    run.update(row, held, wanted, write)


def _own_target(run: Run, row: Row, kpi: Kpi) -> None:
    """The target that a row of a table gives; it needs a date, which is the strategy's end unless said."""
    if row.values.keys().isdisjoint({"baseline", "target", "target_date"}):
        return  # a table of KPIs alone: low and high are the range in which any value is good
    aim = row.given("baseline", "target", "low", "high")
    if not aim.keys() & {"target", "low", "high"}:
        return
    if kpi.direction != Kpi.Direction.HOLD and "target" not in aim:
        return
    due = row.values.get("target_date")
    if due is None:
        strategy = of_organisation(run)
        due = (strategy and strategy.ends_on) or dt.date(run.today.year, 12, 31)
        row.note(f"The target has no date; {shown(due)} is taken.")
    value = aim.pop("target", None)
    if kpi.direction != Kpi.Direction.HOLD:
        aim = {key: aim[key] for key in ("baseline",) if key in aim}
    put_target(run, row, kpi, {"due_on": due, "value": value, **aim})


def put_target(run: Run, row: Row, kpi: Kpi, fields: dict[str, Any]) -> None:
    """Write a target where it differs from the one that stands for its day."""
    standing = next((one for one in kpi.targets.all() if one.due_on == fields["due_on"]), None)
    given = {key: value for key, value in fields.items() if value not in (None, "")}
    if standing is not None and all(_same(standing, key, value) for key, value in given.items()):
        return
    if fields.get("value") is not None and fields["value"] == fields.get("baseline"):
        row.note("The target equals where it starts; the start is left out.")
        fields["baseline"] = None
        if standing is not None and standing.value == fields["value"]:
            return
    if kpi.state == State.UNCONFIRMED:
        target = services.draft_target(actor=run.actor, kpi=kpi, **fields)
    elif can(run.actor, Action.EDIT_KPI, kpi):
        target = services.set_target(actor=run.actor, kpi=kpi, **fields)
    else:
        raise DomainError(f"“{kpi}” is confirmed. {kpi.owner or 'Its owner'} sets its targets.")
    getattr(kpi, "_prefetched_objects_cache", {}).pop("targets", None)
    if row.kind == "targets":
        row.done(kpi, Outcome.CREATED if standing is None else Outcome.UPDATED)
    elif row.outcome != Outcome.CREATED:
        row.done(kpi, Outcome.UPDATED)
    if row.outcome == Outcome.UPDATED:
        was = (
            shown(standing.value if standing.value is not None else standing.text)
            if standing
            else "–"
        )
        new = (
            target.value if target.value is not None else (target.text or target.high or target.low)
        )
        row.changes.append([f"Target by {shown(target.due_on)}", was, shown(new)])


def _same(standing: KpiTarget, name: str, value: Any) -> bool:
    return not differing(standing, {name: value})[1]


def _expected_result(run: Run, row: Row, kpi: Kpi) -> None:
    """Let the KPI show what its priority is expected to bring about."""
    text = row.text("priority")
    if not text:
        return
    if refused := run.refused_in_file(("priorities",), text):
        row.note(f"Its priority stands in line {refused.line}, which is refused.")
        return
    priority = run.priorities.find(text, "priority")
    if not row.about:
        row.about = str(priority)
    if any(one.kpi_id == kpi.pk for one in priority.expected_results.all()):
        return
    fields: dict[str, Any] = row.given("baseline", "target")
    fields["due_on"] = row.values.get("target_date")
    if fields.get("target") is not None and fields["target"] == fields.get("baseline"):
        fields.pop("baseline")
    if priority.state == Priority.State.UNCONFIRMED:
        services.draft_expected_result(
            actor=run.actor, priority=priority, text=kpi.name, kpi=kpi, **fields
        )
    elif priority.state == Priority.State.ACTIVE and can(run.actor, Action.EDIT_PRIORITY, priority):
        services.add_expected_result(
            actor=run.actor, priority=priority, text=kpi.name, kpi=kpi, **fields
        )
    else:
        row.note(f"It is not tied to “{priority}”, which is confirmed: its sponsor adds it there.")
        return
    getattr(priority, "_prefetched_objects_cache", {}).pop("expected_results", None)
    if row.outcome != Outcome.CREATED:
        row.done(kpi, Outcome.UPDATED)
        row.changes.append(["Shows", "–", shown(priority)])


def write_targets(run: Run) -> None:
    """Targets of a plan, one a period."""
    for row in run.each("targets"):
        with run.attempt(row):
            kpi = _kpi(run, row)
            row.done(kpi, Outcome.UNCHANGED)
            row.outcome = ""
            fields = {
                "due_on": row.values["due_on"],
                "starts_on": row.values.get("starts_on"),
                "baseline": row.values.get("baseline"),
                "value": row.values.get("value"),
                "low": row.values.get("low"),
                "high": row.values.get("high"),
                "text": fitted(row.text("text"), 500)[0],
            }
            put_target(run, row, kpi, fields)
            if not row.outcome:
                row.done(kpi, Outcome.UNCHANGED)


def write_observations(run: Run) -> None:
    """What KPIs were on a day: facts, so they go in whether or not the KPI is confirmed."""
    rows = run.of("observations")
    wanted = []
    for row in run.each("observations"):
        try:
            kpi = _kpi(run, row)
            row.subject = kpi
            text = fitted(row.text("text"), 500)[0]
            wanted.append(
                services.Loaded(
                    kpi,
                    row.values["date"],
                    row.values.get("value"),
                    row.text("note"),
                    text,
                    row.external_id,
                )
            )
        except DomainError as error:
            row.refuse(error)
    rows = [row for row in rows if not row.outcome]
    told = services.load_observations(actor=run.actor, rows=wanted)
    for row, result in zip(rows, told, strict=True):
        if isinstance(result, DomainError):
            row.refuse(result)
        else:
            row.done(row.subject, Outcome.CREATED if result else Outcome.UNCHANGED)


def _kpi(run: Run, row: Row) -> Kpi:
    if refused := run.refused_in_file(("kpis",), row.text("kpi")):
        raise DomainError(f"Its KPI stands in line {refused.line}, which is refused.")
    kpi = run.kpis.find(row.text("kpi"), "kpi")
    row.about = row.about or kpi.name
    return kpi
