"""Cycles and closing: every objective is scored, a short learning asked, what goes on carried over."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from goldenthread.core import audit, history, versions
from goldenthread.core.access import require
from goldenthread.core.clock import now, today
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Contribution, Cycle, KeyResult, Milestone, Objective
from goldenthread.objectives.services.agreement import begin_if_due
from goldenthread.objectives.services.figures import closing_of, refresh
from goldenthread.objectives.services.links import refresh_in_line_of, refresh_lines
from goldenthread.objectives.services.quality import recheck
from goldenthread.objectives.states import CLOSED, LIVE, State
from goldenthread.people.models import Person
from goldenthread.permissions import Action


@dataclass(frozen=True)
class Ending:
    """How one objective ends: scored, dropped, or carried over into another cycle."""

    learning: str = ""
    drop: bool = False
    carry_into: Cycle | None = None


def add_cycle(
    *,
    actor: Person,
    name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    opens_on: dt.date | None = None,
    landmark_on: dt.date | None = None,
    closes_on: dt.date | None = None,
    external_id: str = "",
) -> Cycle:
    """A new period for objectives. Asks *run cycles*; refuses dates out of order and a name taken."""
    require(actor, Action.RUN_CYCLES)
    fields = {
        "name": name.strip(),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "opens_on": opens_on,
        "landmark_on": landmark_on,
        "closes_on": closes_on,
    }
    _check_cycle(fields)
    with transaction.atomic():
        row = Cycle.objects.create(**fields, external_id=external_id)
        audit.record(actor, "add cycle", row, after=fields)
    return row


def edit_cycle(*, actor: Person, cycle: Cycle, version: int, **fields: Any) -> Cycle:
    """Change a cycle's name or dates while it is open."""
    require(actor, Action.RUN_CYCLES, cycle)
    if cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{cycle} is closed; it stays as it was.")
    names = ["name", "starts_on", "ends_on", "opens_on", "landmark_on", "closes_on"]
    merged = {name: fields.get(name, getattr(cycle, name)) for name in names}
    _check_cycle(merged, cycle)
    with transaction.atomic():
        before, after = audit.changed(cycle, fields)
        versions.save(cycle, fields, version=version)
        refresh(cycle.objectives.exclude(state__in=CLOSED))
        history.keep(cycle.objectives.select_related("cycle"))
        audit.record(actor, "edit cycle", cycle, before=before, after=after)
    return cycle


def _check_cycle(fields: Mapping[str, Any], cycle: Cycle | None = None) -> None:
    if not fields["name"]:
        raise DomainError("Give the cycle a name, such as “Q1 2027”.", "name")
    if Cycle.objects.filter(name=fields["name"]).exclude(pk=cycle.pk if cycle else 0).exists():
        raise DomainError(f"There is a cycle “{fields['name']}” already.", "name")
    if fields["ends_on"] <= fields["starts_on"]:
        raise DomainError("The end must come after the start.", "ends_on")
    landmark = fields["landmark_on"]
    if landmark and not fields["starts_on"] < landmark < fields["ends_on"]:
        raise DomainError("The landmark lies between start and end.", "landmark_on")
    if fields["opens_on"] and fields["opens_on"] > fields["ends_on"]:
        raise DomainError("Planning opens before the cycle ends.", "opens_on")
    if fields["closes_on"] and fields["closes_on"] < fields["ends_on"]:
        raise DomainError("The last day to score comes after the end.", "closes_on")


def close_objective(*, actor: Person, objective: Objective, ending: Ending) -> Objective:
    """Score and close an objective; carried over, a successor takes the remaining target with a link back.

    Key results never measured count 0 here, and the page says so. Asks *close objective*.
    """
    require(actor, Action.CLOSE_OBJECTIVE, objective)
    return end_objective(actor, objective, ending)


def end_objective(actor: Person, objective: Objective, ending: Ending) -> Objective:
    """`close_objective` for a service of a room above that has asked its own permission."""
    with transaction.atomic():
        refresh([objective])
        objective.refresh_from_db()
        if not objective.is_live:
            raise DomainError("Only an agreed objective is closed; a draft is declined or deleted.")
        _end(actor, objective, ending)
        _carry_over(actor, [(objective, None if ending.drop else ending.carry_into)])
        refresh_in_line_of([objective])
    return objective


def drop_unagreed(actor: Person, objective: Objective, reason: str) -> Objective:
    """Give up what was not agreed yet, for a service of a room above that has asked its own permission."""
    with transaction.atomic():
        _drop_unagreed(actor, objective, Ending(learning=reason), "given up before it was agreed")
        refresh_in_line_of([objective])
    return objective


def add_learning(*, actor: Person, objective: Objective, learning: str, version: int) -> Objective:
    """What the owner takes from a closed objective; asked when a cycle closes, answered when they like."""
    require(actor, Action.CLOSE_OBJECTIVE, objective)
    if not objective.is_closed:
        raise DomainError("The learning is asked for when the objective closes.")
    with transaction.atomic():
        before, after = audit.changed(objective, {"learning": learning.strip()})
        versions.save(objective, {"learning": learning.strip()}, version=version)
        audit.record(actor, "add learning", objective, before=before, after=after)
    return objective


def close_cycle(
    *, actor: Person, cycle: Cycle, endings: Mapping[int, Ending] | None = None
) -> Cycle:
    """Close a cycle: what is live is scored by rule, what was never agreed is dropped and says so.

    `endings` names, by objective id, what shall be dropped or carried over instead, and the learnings. Asks
    *run cycles*; scoring follows the rule and carrying over makes a draft, so that whoever runs cycles writes
    nobody's result. Dropping and a learning are the line's: they ask *close objective* as well.
    """
    require(actor, Action.RUN_CYCLES, cycle)
    if cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{cycle} is closed already.")
    if cycle.ends_on > today():
        raise DomainError(f"{cycle} runs until {cycle.ends_on:%-d %B %Y}. Close it then.")
    endings = endings or {}
    with transaction.atomic():
        rows = list(_with_figures(cycle.objectives.exclude(state__in=CLOSED)))
        for objective in rows:
            ending = endings.get(objective.pk, Ending())
            if ending.drop or ending.learning.strip():
                require(actor, Action.CLOSE_OBJECTIVE, objective)
            if objective.state in LIVE:
                _end(actor, objective, ending)
            else:
                _drop_unagreed(actor, objective, ending)
        _carry_over(actor, [(one, _goes_on(one, endings)) for one in rows])
        refresh_in_line_of(rows)
        versions.save(cycle, {"state": Cycle.State.CLOSED})
        audit.record(actor, "close cycle", cycle, after={"state": cycle.state})
    return cycle


def _goes_on(objective: Objective, endings: Mapping[int, Ending]) -> Cycle | None:
    ending = endings.get(objective.pk, Ending())
    return None if ending.drop else ending.carry_into


def _with_figures(rows: "QuerySet[Objective]") -> "QuerySet[Objective]":
    """The rows as their check-ins leave them today, with what closing reads."""
    refresh(rows)
    return rows.select_related(
        "cycle", "owner_person", "owner_unit__leader", "recovers"
    ).prefetch_related("key_results__milestones")


def _end(actor: Person, objective: Objective, ending: Ending) -> None:
    """Give it its state and score; what it was already when its cycle ended stays on record."""
    begin_if_due(objective)
    closing, reached = closing_of(objective)
    if ending.drop:
        target = State.DROPPED
    elif ending.carry_into is not None:
        target = State.CARRIED_OVER
    elif objective.state == State.AGREED:
        target = State.DROPPED  # its period never began
    else:
        target = State.ACHIEVED if reached else State.MISSED
    if target == State.CARRIED_OVER and objective.state == State.AGREED:
        versions.save(objective, {"state": State.ACTIVE})
    before = {"state": objective.state}
    fields = {
        "state": target,
        "closed_at": now(),
        "closing_score": closing.clamped,
        "learning": ending.learning.strip() or objective.learning,
    }
    versions.save(objective, fields)
    audit.record(
        actor, f"close: {State(target).label.lower()}", objective, before=before, after=fields
    )


def _drop_unagreed(
    actor: Person,
    objective: Objective,
    ending: Ending,
    note: str = "never agreed in its cycle",
) -> None:
    before = {"state": objective.state}
    fields = {
        "state": State.DROPPED,
        "closed_at": now(),
        "learning": ending.learning.strip() or objective.learning,
    }
    versions.save(objective, fields)
    audit.record(actor, "close: dropped", objective, before=before, after=fields, note=note)


def _carry_over(actor: Person, chosen: Iterable[tuple[Objective, Cycle | None]]) -> None:
    """Make the successors, then tie them: to each other where what they serve goes on as well."""
    successors = [
        _successor(actor, old, cycle)
        for old, cycle in chosen
        if cycle is not None and old.state in {State.CARRIED_OVER, State.DROPPED}
    ]
    for new in successors:
        _tie(actor, new)
        refresh_lines(new)
    refresh(successors)
    recheck(successors)


def _successor(actor: Person, old: Objective, cycle: Cycle) -> Objective:
    """The successor: same owner and words, the remaining target."""
    if cycle.ends_on <= old.cycle.ends_on or cycle.state == Cycle.State.CLOSED:
        raise DomainError("Carry it over into a later cycle that is open.", "carry_into")
    new = Objective.objects.create(
        title=old.title,
        why=old.why,
        cycle=cycle,
        owner_person=old.owner_person,
        owner_unit=old.owner_unit,
        author=actor,
        ambition=old.ambition,
        critical=old.critical,
        restricted=old.restricted,
        run_the_business=old.run_the_business,
        cadence_days=old.cadence_days,
        recovers=old.recovers,
        carried_from=old,
        search=old.search,
    )
    for row in old.key_results.all():
        _carry_key_result(row, new)
    audit.record(actor, "carry over", new, after={"carried_from": old.pk, "cycle": cycle.pk})
    return new


def _tie(actor: Person, new: Objective) -> None:
    """The links that still lead somewhere: what closed meanwhile is left out, or its own successor takes its place."""
    links = Contribution.objects.filter(valid_to__isnull=True, child_objective=new.carried_from)
    for one in links.select_related("parent_objective__successor"):
        parent = one.parent_objective
        if parent is not None and parent.state in CLOSED:
            parent = getattr(parent, "successor", None)
            if parent is None or parent.state in CLOSED:
                continue
        Contribution.objects.create(
            child_objective=new,
            parent_objective=parent,
            parent_priority_id=one.parent_priority_id,
            strength=one.strength,
            kind=one.kind,
            valid_from=today(),
            author=actor,
        )


def _carry_key_result(row: KeyResult, new: Objective) -> None:
    """From where it stands to the same target; milestones done stay behind; what was reached is left out."""
    if row.score is not None and row.score >= 1 and row.kind != KeyResult.Kind.THRESHOLD:
        return
    milestones = [one for one in row.milestones.all() if one.done_on is None]
    moves = row.kind in {KeyResult.Kind.METRIC, KeyResult.Kind.GRADED} and row.latest is not None
    copy = KeyResult.objects.create(
        objective=new,
        title=row.title,
        kind=row.kind,
        measure=row.measure,
        decimals=row.decimals,
        weight=row.weight,
        baseline=_start(row) if moves else row.baseline,
        target=row.target,
        target_text=row.target_text,
        commit=row.commit,
        stretch=row.stretch,
        low=row.low,
        high=row.high,
        required_share=row.required_share,
        source=row.source,
        reporter=row.reporter,
        not_enough=row.not_enough,
        direction=row.direction,
        kpi=row.kpi,
        position=row.position,
    )
    Milestone.objects.bulk_create(
        Milestone(key_result=copy, title=one.title, weight=one.weight, position=one.position)
        for one in milestones
    )


def _start(row: KeyResult) -> Decimal | None:
    """Where the successor begins: today's value, unless a graded scale would no longer be in order."""
    if row.kind == KeyResult.Kind.GRADED and row.commit is not None and row.latest is not None:
        rising = (row.stretch or 0) > (row.baseline or 0)
        passed = row.latest >= row.commit if rising else row.latest <= row.commit
        return row.baseline if passed else row.latest
    return row.latest
