"""KPIs: defined, given targets, observed, corrected, confirmed and retired."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import not_as_deputy, require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person, Unit
from goldenthread.people.services import works_here
from goldenthread.permissions import Action
from goldenthread.strategy.models import Kpi, KpiTarget, Observation
from goldenthread.strategy.services.checks import exact, in_order, kept, rising, words, write

FIELDS = (
    "name",
    "definition",
    "measure",
    "decimals",
    "direction",
    "low",
    "high",
    "unit",
    "owner",
    "source",
    "cadence_days",
    "state",
)
TARGET_FIELDS = ("starts_on", "due_on", "baseline", "value", "low", "high", "text")


class KpiChanges(TypedDict, total=False):
    """The fields that `edit_kpi` may change."""

    name: str
    definition: str
    measure: str
    decimals: int
    direction: str
    low: Decimal | None
    high: Decimal | None
    unit: Unit | None
    owner: Person | None
    source: str
    cadence_days: int


@transaction.atomic
def add_kpi(
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
) -> Kpi:
    """Define a KPI; who adds it owns it unless somebody is named.

    Units: `measure` is the unit of the values as shown ("%", "days"); it is never converted. `low` and `high`
    are the range in which any value is acceptable. Permission: a leader. Raises `DomainError`.
    """
    require(actor, Action.ADD_KPI)
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
        owner=owner or actor,
        source=source.strip(),
        cadence_days=cadence_days,
    )


def new_kpi(actor: Person, **fields: Any) -> Kpi:
    """Write a new KPI with its audit record, its input checked."""
    check_kpi(fields, fields)
    if fields.get("owner") is not None:
        works_here(fields["owner"], "owner")
    kpi = Kpi.objects.create(**fields)
    audit.record(actor, "add KPI", kpi, after=kept(kpi, *FIELDS))
    return kpi


@transaction.atomic
def edit_kpi(*, actor: Person, kpi: Kpi, version: int, **changes: Unpack[KpiChanges]) -> Kpi:
    """Change the definition of a KPI; only the fields given.

    Permission: its owner, a unit's leader above, or the sponsor it serves. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.EDIT_KPI, kpi)
    _in_use(kpi)
    checked: dict[str, Any] = dict(changes)
    check_kpi(checked, {name: getattr(kpi, name) for name in FIELDS} | checked)
    if "owner" in checked and checked["owner"] != kpi.owner:
        not_as_deputy(actor, "the next owner", "owner")
    if checked.get("owner") not in (None, kpi.owner):
        works_here(checked["owner"], "owner")
    return write(actor, "edit KPI", kpi, checked, version=version)


def check_kpi(fields: dict[str, Any], whole: dict[str, Any]) -> None:
    """Check and clean the fields given; `whole` are all fields as they would then stand."""
    if "name" in fields:
        fields["name"] = words(fields["name"], "name")
    for bound in ("low", "high"):
        if bound in fields:
            fields[bound] = exact(fields[bound], bound)
    rising(whole.get("low"), whole.get("high"))
    if whole.get("direction") not in Kpi.Direction.values:
        raise DomainError("A KPI rises, falls or holds in a range.", "direction")
    if not 0 <= whole.get("decimals", 0) <= 6:
        raise DomainError("Between 0 and 6 decimal places can be shown.", "decimals")
    if not 1 <= whole.get("cadence_days", 30) <= 1000:
        raise DomainError("A KPI is observed every 1 to 1,000 days.", "cadence_days")
    if len(whole.get("measure", "")) > 40:
        raise DomainError("A unit of measure has at most 40 characters.", "measure")


@transaction.atomic
def set_target(
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
    target: KpiTarget | None = None,
    version: int | None = None,
) -> KpiTarget:
    """Set what a KPI shall reach by a date: a new target, the one of that date, or `target`, moved there.

    A KPI held in a range has `low` and `high`, the others `baseline` and `value`; a target found only in words
    is `text`. `starts_on` is today unless said. Permission: as `edit_kpi`. Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.EDIT_KPI, kpi)
    _in_use(kpi)
    fields = checked_target(
        kpi,
        due_on=due_on,
        starts_on=starts_on,
        baseline=baseline,
        value=value,
        low=low,
        high=high,
        text=text,
    )
    return put_target(actor, kpi, fields, target=target, version=version)


def checked_target(kpi: Kpi, **fields: Any) -> dict[str, Any]:
    """The fields of a target, checked and cleaned."""
    for name in ("baseline", "value", "low", "high"):
        fields[name] = exact(fields[name], name)
    fields["text"] = fields["text"].strip()
    rising(fields["low"], fields["high"])
    held = kpi.direction == Kpi.Direction.HOLD
    given = (fields["low"], fields["high"]) if held else (fields["value"],)
    if not fields["text"] and all(value is None for value in given):
        raise DomainError(
            "Say at least one end of the range." if held else "Say the value to reach.",
            "low" if held else "value",
        )
    if fields["value"] is not None and fields["value"] == fields["baseline"]:
        raise DomainError("The target equals where it starts. Change one of the two.", "value")
    in_order(fields["starts_on"], fields["due_on"], "due_on")
    return fields


def put_target(
    actor: Person,
    kpi: Kpi,
    fields: dict[str, Any],
    *,
    target: KpiTarget | None = None,
    version: int | None = None,
) -> KpiTarget:
    """Write a target, over `target` or the one that stands for its due date, with its audit record."""
    there = kpi.targets.filter(due_on=fields["due_on"]).first()
    if target is not None and there is not None and there != target:
        raise DomainError("This day has another target already. Change that one.", "due_on")
    target = target or there
    if target is None:
        fields["starts_on"] = fields["starts_on"] or min(clock.today(), fields["due_on"])
        target = KpiTarget.objects.create(kpi=kpi, **fields)
        audit.record(actor, "set target", kpi, after=kept(target, *TARGET_FIELDS))
        return target
    fields["starts_on"] = fields["starts_on"] or target.starts_on
    before, after = audit.changed(target, fields)
    if after:
        versions.save(target, after, version=version)
        due = {"due_on": target.due_on}
        audit.record(actor, "set target", kpi, before=due | before, after=due | after)
    return target


@transaction.atomic
def remove_target(*, actor: Person, target: KpiTarget) -> None:
    """Remove a target; it stays in the audit trail of its KPI. Permission: as `edit_kpi`."""
    require(actor, Action.EDIT_KPI, target.kpi)
    _in_use(target.kpi)
    audit.record(actor, "remove target", target.kpi, before=kept(target, *TARGET_FIELDS))
    target.delete()


@transaction.atomic
def observe(
    *,
    actor: Person,
    kpi: Kpi,
    on: dt.date,
    value: Decimal | None,
    note: str = "",
    text: str = "",
) -> Observation:
    """Record what a KPI was on a day; `text` keeps a value that is no number, as it was found.

    Permission: the KPI's owner, their line, a unit's leader above, or the sponsor it serves. Raises
    `DomainError` for a day in the future, a day that has a value already, or neither value nor text.
    """
    require(actor, Action.OBSERVE, kpi)
    return new_observation(actor, kpi, on=on, value=value, note=note, text=text)


def new_observation(
    actor: Person,
    kpi: Kpi,
    *,
    on: dt.date,
    value: Decimal | None,
    note: str = "",
    text: str = "",
    external_id: str = "",
) -> Observation:
    """Write an observation with its audit record, its input checked."""
    _one_writer(kpi)
    value, text = exact(value, "value"), text.strip()
    taken = kpi.observations.filter(on=on, corrected_by__isnull=True).exists()
    check_observation(on, value, text, taken=taken)
    observation = Observation.objects.create(
        kpi=kpi,
        on=on,
        value=value,
        text=text,
        note=note.strip(),
        author=actor,
        recorded_at=timezone.now(),
        external_id=external_id,
    )
    audit.record(actor, "record observation", kpi, after={"on": on, "value": value, "text": text})
    return observation


def check_observation(on: dt.date, value: Decimal | None, text: str, *, taken: bool) -> None:
    """Refuse a value that cannot be recorded; `taken`: the day has one already."""
    if value is None and not text:
        raise DomainError("Say the value.", "value")
    if on > clock.today():
        raise DomainError("This day lies in the future. Only what was can be recorded.", "on")
    if taken:
        raise DomainError("This day has a value already. Correct that one instead.", "on")


@transaction.atomic
def correct(
    *, actor: Person, observation: Observation, value: Decimal | None, note: str, text: str = ""
) -> Observation:
    """Correct an observation by a new one for the same day that names it; the old one stays readable.

    Permission: as `observe`. Raises `DomainError` without a note that says why, or when it was corrected before.
    """
    kpi = observation.kpi
    require(actor, Action.OBSERVE, kpi)
    _one_writer(kpi)
    value, text = exact(value, "value"), text.strip()
    if value is None and not text:
        raise DomainError("Say the right value.", "value")
    if not note.strip():
        raise DomainError("Say why it is corrected.", "note")
    if Observation.objects.filter(corrects=observation).exists():
        raise DomainError("This value was corrected before. Correct the newer one.", "value")
    correction = Observation.objects.create(
        kpi=kpi,
        on=observation.on,
        value=value,
        text=text,
        note=note.strip(),
        corrects=observation,
        author=actor,
        recorded_at=timezone.now(),
    )
    audit.record(
        actor,
        "correct observation",
        kpi,
        before={"on": observation.on, "value": observation.value, "text": observation.text},
        after={"on": observation.on, "value": value, "text": text},
        note=note.strip(),
    )
    return correction


@transaction.atomic
def confirm_kpi(*, actor: Person, kpi: Kpi) -> Kpi:
    """Take on a KPI that an import proposes; who confirms one without an owner owns it.

    Permission: the owner named, the sponsor it serves, or, when nobody is named, any leader.
    """
    require(actor, Action.CONFIRM_KPI, kpi)
    if kpi.state == Kpi.State.UNCONFIRMED:
        changes = {"state": Kpi.State.ACTIVE, "owner": kpi.owner or actor}
        write(actor, "confirm KPI", kpi, changes)
    return kpi


@transaction.atomic
def retire_kpi(*, actor: Person, kpi: Kpi, reason: str = "") -> Kpi:
    """Stop using a KPI; its history stays readable. Permission: as `edit_kpi`."""
    require(actor, Action.EDIT_KPI, kpi)
    return write(actor, "retire KPI", kpi, {"state": Kpi.State.RETIRED}, note=reason.strip())


def _one_writer(kpi: Kpi) -> None:
    """Let nobody else record values of a KPI in use until this transaction ends: what is sent twice counts once."""
    _in_use(Kpi.objects.select_for_update().get(pk=kpi.pk))


def _in_use(kpi: Kpi) -> None:
    if kpi.state == Kpi.State.RETIRED:
        raise DomainError(f"“{kpi}” is retired and stays as it was.")
