"""What an import or a presentation proposes. It arrives unconfirmed, addressed to a leader or owner.

Permission of all of these: who may import (administrator, HR partner, leader). They write nothing that counts:
a draft is confirmed by its leader or owner, and can be redrafted here until then. The values of a KPI are facts
and not authored; they go in as recorded.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit, bulk
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person, Unit
from goldenthread.people.services import works_here
from goldenthread.permissions import Action
from goldenthread.strategy.models import (
    ExpectedResult,
    Kpi,
    KpiTarget,
    Observation,
    Priority,
    Strategy,
)
from goldenthread.strategy.services.checks import exact, in_order, kept, leads, words, write
from goldenthread.strategy.services.expected_result import check_result, new_expected_result
from goldenthread.strategy.services.kpi import (
    check_kpi,
    check_observation,
    checked_target,
    new_kpi,
    new_observation,
    put_target,
)
from goldenthread.strategy.services.priority import new_priority, still_there


@transaction.atomic
def draft_strategy(
    *,
    actor: Person,
    title: str,
    leader: Person,
    unit: Unit | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    vision: str = "",
    mission: str = "",
    values: str = "",
    external_id: str = "",
) -> Strategy:
    """A strategy as a file has it; a draft until the leader named puts it in force."""
    require(actor, Action.IMPORT)
    leads(leader, "leader")
    in_order(starts_on, ends_on, "ends_on")
    strategy = Strategy.objects.create(
        title=words(title, "title"),
        leader=leader,
        unit=unit,
        starts_on=starts_on,
        ends_on=ends_on,
        vision=vision.strip(),
        mission=mission.strip(),
        values=values.strip(),
        external_id=external_id,
    )
    fields = ("title", "unit", "leader", "starts_on", "ends_on", "vision", "mission", "values")
    audit.record(actor, "draft strategy", strategy, after=kept(strategy, *fields))
    return strategy


@transaction.atomic
def redraft_strategy(*, actor: Person, strategy: Strategy, **changes: Any) -> Strategy:
    """Bring a drafted strategy to what the file says now; refused once it is in force."""
    require(actor, Action.IMPORT)
    if strategy.state != Strategy.State.DRAFT:
        raise _taken_on(strategy, strategy.leader)
    if "title" in changes:
        changes["title"] = words(changes["title"], "title")
    in_order(
        changes.get("starts_on", strategy.starts_on),
        changes.get("ends_on", strategy.ends_on),
        "ends_on",
    )
    return write(actor, "redraft strategy", strategy, changes)


@transaction.atomic
def draft_priority(
    *,
    actor: Person,
    strategy: Strategy,
    title: str,
    why: str = "",
    sponsor: Person | None = None,
    source: str = "",
    external_id: str = "",
) -> Priority:
    """A priority as a file has it, for the strategy's leader to confirm.

    The sponsor that a file names stands only once the strategy's leader confirms or hands it to them.
    `source` says where it was found ("Plan.pptx, slide 3").
    """
    require(actor, Action.IMPORT)
    return new_priority(
        actor,
        strategy,
        title=title,
        why=why.strip(),
        sponsor=sponsor,
        source=source[:200],
        external_id=external_id,
        state=Priority.State.UNCONFIRMED,
    )


@transaction.atomic
def redraft_priority(*, actor: Person, priority: Priority, **changes: Any) -> Priority:
    """Bring a draft to what the file says now (title, why, sponsor, source); refused once confirmed."""
    require(actor, Action.IMPORT)
    still_there(priority)
    if priority.state != Priority.State.UNCONFIRMED:
        raise _taken_on(priority, priority.sponsor or priority.strategy.leader)
    if "title" in changes:
        changes["title"] = words(changes["title"], "title")
    if "sponsor" in changes and changes["sponsor"] != priority.sponsor:
        if priority.sponsor_named_by is not None:
            raise DomainError(
                f"{priority.sponsor_named_by} handed this to {priority.sponsor}.", "sponsor"
            )
        if changes["sponsor"] is not None:
            works_here(changes["sponsor"], "sponsor")
        changes["sponsor_named_by"] = None
    return write(actor, "redraft priority", priority, changes)


@transaction.atomic
def draft_expected_result(
    *,
    actor: Person,
    priority: Priority,
    text: str,
    kpi: Kpi | None = None,
    baseline: Decimal | None = None,
    target: Decimal | None = None,
    starts_on: dt.date | None = None,
    due_on: dt.date | None = None,
    external_id: str = "",
) -> ExpectedResult:
    """An expected result of a draft priority; refused once the priority is confirmed."""
    require(actor, Action.IMPORT)
    _still_draft(priority)
    return new_expected_result(
        actor,
        priority,
        text=text,
        kpi=kpi,
        baseline=baseline,
        target=target,
        starts_on=starts_on,
        due_on=due_on,
        external_id=external_id,
    )


@transaction.atomic
def redraft_expected_result(
    *, actor: Person, result: ExpectedResult, **changes: Any
) -> ExpectedResult:
    """Bring an expected result of a draft priority to what the file says now."""
    require(actor, Action.IMPORT)
    _still_draft(result.priority)
    names = ("text", "baseline", "target", "starts_on", "due_on")
    check_result(changes, {name: getattr(result, name) for name in names} | changes)
    return write(actor, "redraft expected result", result, changes)


@transaction.atomic
def draft_kpi(
    *,
    actor: Person,
    name: str,
    definition: str = "",
    measure: str = "",
    decimals: int = 0,
    direction: str = Kpi.Direction.UP,
    low: Decimal | None = None,
    high: Decimal | None = None,
    unit: Unit | None = None,
    owner: Person | None = None,
    source: str = "",
    cadence_days: int = 30,
    external_id: str = "",
) -> Kpi:
    """A KPI as a file has it, for its owner (any leader when nobody is named) to confirm."""
    require(actor, Action.IMPORT)
    return new_kpi(
        actor,
        name=name,
        definition=definition.strip(),
        measure=measure.strip(),
        decimals=decimals,
        direction=direction,
        low=low,
        high=high,
        unit=unit,
        owner=owner,
        source=source.strip()[:200],
        cadence_days=cadence_days,
        external_id=external_id,
        state=Kpi.State.UNCONFIRMED,
    )


@transaction.atomic
def redraft_kpi(*, actor: Person, kpi: Kpi, **changes: Any) -> Kpi:
    """Bring a draft KPI to what the file says now; refused once confirmed."""
    require(actor, Action.IMPORT)
    _unconfirmed(kpi)
    names = ("low", "high", "direction", "decimals", "cadence_days", "measure")
    check_kpi(changes, {name: getattr(kpi, name) for name in names} | changes)
    return write(actor, "redraft KPI", kpi, changes)


@transaction.atomic
def draft_target(
    *,
    actor: Person,
    kpi: Kpi,
    due_on: dt.date,
    starts_on: dt.date | None = None,
    baseline: Decimal | None = None,
    value: Decimal | None = None,
    low: Decimal | None = None,
    high: Decimal | None = None,
    text: str = "",
) -> KpiTarget:
    """Set or change a target of a draft KPI; refused once the KPI is confirmed."""
    require(actor, Action.IMPORT)
    _unconfirmed(kpi)
    fields = checked_target(
        kpi,
        due_on=due_on,
        starts_on=starts_on,
        baseline=baseline,
        value=value,
        low=low,
        high=high,
        text=text[:500],
    )
    return put_target(actor, kpi, fields)


@transaction.atomic
def load_observation(
    *,
    actor: Person,
    kpi: Kpi,
    on: dt.date,
    value: Decimal | None,
    note: str = "",
    text: str = "",
    external_id: str = "",
) -> Observation:
    """A value of a KPI as a file has it, draft or not. One that stands for the day already is left as it is
    when it says the same, and refused otherwise: correcting is for those who observe."""
    require(actor, Action.IMPORT)
    standing = kpi.observations.filter(on=on, corrected_by__isnull=True).first()
    if standing is not None and (standing.value, standing.text) == (
        exact(value, "value"),
        text.strip()[:500],
    ):
        return standing
    return new_observation(
        actor, kpi, on=on, value=value, note=note, text=text[:500], external_id=external_id
    )


def _taken_on(record: object, by: Person) -> DomainError:
    return DomainError(f"“{record}” is confirmed. {by} can change it on its page.")


def _still_draft(priority: Priority) -> None:
    still_there(priority)
    if priority.state != Priority.State.UNCONFIRMED:
        raise _taken_on(priority, priority.sponsor or priority.strategy.leader)


def _unconfirmed(kpi: Kpi) -> None:
    if kpi.state != Kpi.State.UNCONFIRMED:
        raise DomainError(f"“{kpi}” is confirmed. {kpi.owner or 'Its owner'} can change it.")


@dataclass(frozen=True)
class Loaded:
    """A value of a KPI as a file has it."""

    kpi: Kpi
    on: dt.date
    value: Decimal | None
    note: str = ""
    text: str = ""
    external_id: str = ""


@transaction.atomic
def load_observations(*, actor: Person, rows: Sequence[Loaded]) -> list[bool | DomainError]:
    """As `load_observation`, of many at once: True where it is new, False where it stands, or why it is refused."""
    require(actor, Action.IMPORT)
    pks = {row.kpi.pk for row in rows}
    locked = Kpi.objects.select_for_update().filter(pk__in=pks).order_by("pk")
    retired = {kpi.pk for kpi in locked if kpi.state == Kpi.State.RETIRED}
    held = Observation.objects.filter(kpi__in=pks, corrected_by__isnull=True)
    standing = {(one.kpi_id, one.on): (one.value, one.text) for one in held}
    told: list[bool | DomainError] = []
    new: list[Observation] = []
    kpis: list[Kpi] = []
    for row in rows:
        try:
            said = (exact(row.value, "value"), row.text.strip()[:500])
            stands = standing.get((row.kpi.pk, row.on))
            if stands is not None and stands == said:
                told.append(False)
                continue
            if row.kpi.pk in retired:
                raise DomainError(f"“{row.kpi}” is retired and stays as it was.")
            check_observation(row.on, *said, taken=stands is not None)
        except DomainError as error:
            told.append(error)
            continue
        standing[row.kpi.pk, row.on] = said
        kpis.append(row.kpi)
        new.append(
            Observation(
                kpi=row.kpi,
                on=row.on,
                value=said[0],
                text=said[1],
                note=row.note.strip(),
                author=actor,
                recorded_at=timezone.now(),
                external_id=row.external_id,
            )
        )
        told.append(True)
    bulk.add(new, "adding values")
    audit.record_all(
        actor,
        "record observation",
        [
            (kpi, {}, {"on": one.on, "value": one.value, "text": one.text})
            for kpi, one in zip(kpis, new, strict=True)
        ],
    )
    return told
