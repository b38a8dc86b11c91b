"""Writing an objective: drafting, editing before agreement, countering, correcting wording after it."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction

from goldenthread.core import audit, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.engine.result import Status
from goldenthread.engine.scores import graded_score
from goldenthread.objectives.models import Contribution, Cycle, KeyResult, Milestone, Objective
from goldenthread.objectives.services import links
from goldenthread.objectives.services.agreement import (
    proposal_of,
    side_of,
    speaks_for_both,
    step,
    waits_for_other_side,
)
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.services.quality import recheck
from goldenthread.objectives.states import BEFORE_AGREEMENT, State
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Kpi

Kind = KeyResult.Kind


@dataclass(frozen=True)
class MilestoneDraft:
    title: str
    due_on: dt.date | None = None
    weight: Decimal = Decimal(1)
    pk: int | None = None


@dataclass(frozen=True)
class KeyResultDraft:
    """A key result as written. `pk` names the one it replaces when an objective is edited."""

    title: str
    kind: str = Kind.METRIC
    measure: str = ""
    weight: Decimal = Decimal(1)
    baseline: Decimal | None = None
    target: Decimal | None = None
    target_text: str = ""
    commit: Decimal | None = None
    stretch: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    required_share: Decimal = Decimal(1)
    due_on: dt.date | None = None
    source: str = ""
    reporter: Person | None = None
    decimals: int = 0
    not_enough: str = ""
    measure_by: dt.date | None = None
    direction: str = ""
    kpi: Kpi | None = None
    milestones: Sequence[MilestoneDraft] = ()
    external_id: str = ""
    pk: int | None = None


@dataclass(frozen=True)
class Serves:
    """What a new objective serves, and how strongly."""

    parent: links.Node
    strength: int = Contribution.Strength.MEDIUM
    kind: str = ""


@dataclass(frozen=True)
class ObjectiveDraft:
    """An objective as written: the owner is a person or a unit."""

    title: str
    cycle: Cycle
    owner: Person | Unit
    why: str = ""
    ambition: str = Objective.Ambition.COMMITTED
    critical: bool = False
    restricted: bool = False
    run_the_business: bool = False
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    cadence_days: int | None = None
    recovers: Kpi | None = None
    key_results: Sequence[KeyResultDraft] = ()
    serves: Sequence[Serves] = field(default=())

    def fields(self) -> dict[str, Any]:
        return {
            "title": self.title.strip(),
            "why": self.why.strip(),
            "cycle": self.cycle,
            "owner_person": self.owner if isinstance(self.owner, Person) else None,
            "owner_unit": self.owner if isinstance(self.owner, Unit) else None,
            "ambition": self.ambition,
            "critical": self.critical,
            "restricted": self.restricted,
            "run_the_business": self.run_the_business,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "cadence_days": self.cadence_days,
            "recovers": self.recovers,
        }


def folded(title: str, owner: object) -> str:
    """What search looks at: title and owner, lower case, so that it is the same on every database."""
    return f"{title} {owner}".casefold()


def draft_objective(*, actor: Person, draft: ObjectiveDraft, external_id: str = "") -> Objective:
    """Write a new objective as a draft, with its key results and what it serves, in one act.

    Asks *draft objective*: the owner, who leads the owning unit, or their lines. HR and administrators are
    not among them. Refuses impossible dates and numbers, naming the field.
    """
    require(actor, Action.DRAFT_OBJECTIVE, Objective(**draft.fields(), author=actor))
    return put_draft(actor, draft, external_id)


def put_draft(actor: Person, draft: ObjectiveDraft, external_id: str = "") -> Objective:
    """`draft_objective` for a service that has asked its own permission: two units agree in a cascade."""
    check(draft)
    row = Objective(**draft.fields(), author=actor, external_id=external_id)
    with transaction.atomic():
        row.search = folded(draft.title, draft.owner)
        row.save()
        _write_key_results(row, draft.key_results)
        criteria = {"criteria": in_words(draft.key_results)} if draft.key_results else {}
        audit.record(actor, "draft objective", row, after=draft.fields() | criteria)
        for one in draft.serves:
            links.put_link(actor, row, one.parent, one.strength, one.kind)
        refresh([row])
        recheck([row])
        row.refresh_from_db()
    return row


def edit_draft(
    *, actor: Person, objective: Objective, draft: ObjectiveDraft, version: int
) -> Objective:
    """Rewrite an objective that is not agreed yet. What it serves is changed by `links`, not here.

    A proposal is rewritten by the side that made it; the other side counters, so that nobody agrees to words
    that they never saw.
    """
    require(actor, Action.EDIT_DRAFT, objective)
    if objective.state not in BEFORE_AGREEMENT:
        raise NotAllowed("This objective is agreed. Propose a change instead.")
    if (
        objective.state in {State.PROPOSED, State.COUNTERED}
        and side_of(objective, actor) is not None
        and not speaks_for_both(objective, actor)
        and not waits_for_other_side(objective, actor)
    ):
        raise NotAllowed("Another side proposed this. Answer with a counter-proposal.")
    return _rewrite(actor, objective, draft, version)


def _rewrite(actor: Person, objective: Objective, draft: ObjectiveDraft, version: int) -> Objective:
    if draft.owner != objective.owner:
        moved = Objective(pk=objective.pk, **draft.fields(), author=objective.author)
        require(actor, Action.DRAFT_OBJECTIVE, moved)
    check(draft)
    with transaction.atomic():
        before, after = audit.changed(objective, draft.fields())
        held = KeyResult.objects.filter(objective=objective)
        rows = held.select_related("reporter", "kpi").prefetch_related("milestones")
        was, becomes = in_words(rows), in_words(draft.key_results)
        fields = {**draft.fields(), "search": folded(draft.title, draft.owner)}
        try:
            versions.save(objective, fields, version=version)
        except SavedMeanwhile as error:
            mine = error.mine | {"criteria": becomes}
            raise SavedMeanwhile(error.current, mine, {"criteria": was}) from error
        if was != becomes:
            before["criteria"], after["criteria"] = was, becomes
        _write_key_results(objective, draft.key_results)
        audit.record(actor, "edit draft", objective, before=before, after=after)
        refresh([objective])
        recheck([objective])
        objective.refresh_from_db()
    return objective


def counter(
    *, actor: Person, objective: Objective, draft: ObjectiveDraft, note: str, version: int
) -> Objective:
    """Answer a proposal with another wording; the other side has the next word."""
    require(actor, Action.AGREE_OBJECTIVE, objective)
    if objective.state not in {State.PROPOSED, State.COUNTERED}:
        raise DomainError("Only a proposal can be countered.")
    if waits_for_other_side(objective, actor):
        raise NotAllowed("This waits for the other side.")
    target = State.COUNTERED if objective.state == State.PROPOSED else State.PROPOSED
    with transaction.atomic():
        _rewrite(actor, objective, draft, version)
        step(actor, objective, target, note=note, **proposal_of(actor, objective))
    return objective


def correct_wording(
    *, actor: Person, objective: Objective, title: str, why: str, version: int
) -> Objective:
    """Correct the words of an agreed objective. A number, date, owner or direction is an expectation change."""
    require(actor, Action.CORRECT_WORDING, objective)
    if objective.is_closed:
        raise DomainError("This objective is closed; its wording stays as it was.")
    if _numbers(title) != _numbers(objective.title) or _numbers(why) != _numbers(objective.why):
        raise DomainError(
            "This changes a number. Propose it as a change, so that the other side can answer.",
            "title",
        )
    changes = {"title": title.strip(), "why": why.strip()}
    if not changes["title"]:
        raise DomainError("An objective needs a title.", "title")
    with transaction.atomic():
        before, after = audit.changed(objective, changes)
        if after:
            changes["search"] = folded(changes["title"], objective.owner)
            versions.save(objective, changes, version=version)
            audit.record(actor, "correct wording", objective, before=before, after=after)
            recheck([objective])
    return objective


def in_words(rows: Iterable[KeyResult | KeyResultDraft]) -> list[str]:
    """Criteria as the trail keeps them and as two people compare them, a line each."""
    return [_in_words(one) for one in rows]


def _in_words(one: KeyResult | KeyResultDraft) -> str:
    def plain(number: Decimal | None) -> str:
        return "–" if number is None else str(audit.plain(number))

    if one.kind == Kind.MILESTONES:
        steps = one.milestones.all() if isinstance(one, KeyResult) else one.milestones
        goes = ", ".join(f"{step.title} {step.due_on or ''}".strip() for step in steps)
    elif one.kind == Kind.THRESHOLD:
        ends = (("at least", one.low), ("at most", one.high))
        goes = ", ".join(f"{word} {plain(end)}" for word, end in ends if end is not None)
        if one.required_share != 1:
            goes += f" on {plain(one.required_share * 100)} % of days"
    elif one.kind == Kind.GRADED:
        steps_up = " / ".join(map(plain, (one.commit, one.target, one.stretch)))
        goes = f"{plain(one.baseline)} → {steps_up}"
    else:
        goes = f"{plain(one.baseline)} → {one.target_text or plain(one.target)}"
    told = [f"{one.title}: {goes} {one.measure}".strip()]
    told += [f"by {one.due_on}"] if one.due_on else []
    told += [f"weight {plain(one.weight)}"] if one.weight != 1 else []
    told += [f"reported by {one.reporter}"] if one.reporter else []
    told += [f"from {one.source}"] if one.source else []
    told += [f"not enough: {one.not_enough}"] if one.not_enough else []
    told += [f"to be measured by {one.measure_by}"] if one.measure_by else []
    told += [f"direction {one.direction}"] if one.direction else []
    told += [f"KPI {one.kpi}"] if one.kpi else []
    return ", ".join(told)


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", text)


# What an objective must hold ------------------------------------------------------------------


def check(draft: ObjectiveDraft) -> None:
    """Refuse what can never be right; what could be better is said elsewhere."""
    if not draft.title.strip():
        raise DomainError("Give it a title: what will be different?", "title")
    if draft.cycle.state == Cycle.State.CLOSED:
        raise DomainError(f"{draft.cycle} is closed. Choose a cycle that is open.", "cycle")
    starts = draft.starts_on or draft.cycle.starts_on
    ends = draft.ends_on or draft.cycle.ends_on
    if ends <= starts:
        raise DomainError("The end must come after the start.", "ends_on")
    for place, key_result in enumerate(draft.key_results, start=1):
        try:
            check_key_result(key_result)
        except DomainError as error:
            raise DomainError(
                f"Key result {place}: {error.message}", f"key_results-{place - 1}-{error.field}"
            ) from error


def check_key_result(draft: KeyResultDraft) -> None:
    """Refuse a key result that could never be scored for what it says; blanks may be filled in later."""
    if not draft.title.strip():
        raise DomainError("Say what will be measured.", "title")
    if draft.weight < 0:
        raise DomainError("A weight is 0 or more.", "weight")
    if draft.kind == Kind.METRIC and draft.target is not None and draft.baseline == draft.target:
        raise DomainError(
            "The target equals the start. To hold a level, choose a threshold.", "target"
        )
    if draft.kind == Kind.THRESHOLD:
        if draft.low is None and draft.high is None:
            raise DomainError("Give the level to hold: at least, at most, or both.", "low")
        if draft.low is not None and draft.high is not None and draft.low > draft.high:
            raise DomainError("“At least” is above “at most”.", "low")
        if not 0 < draft.required_share <= 1:
            raise DomainError("The share of time is above 0 and at most 100 %.", "required_share")
    if draft.kind == Kind.GRADED:
        steps = (draft.baseline, draft.commit, draft.target, draft.stretch)
        if None not in steps and graded_score(*steps, draft.baseline).status != Status.OK:
            raise DomainError(
                "Start, commit, target and stretch must rise, or fall, in this order.", "target"
            )
    if draft.kind == Kind.MILESTONES:
        if not draft.milestones:
            raise DomainError("Name at least one milestone.", "milestones")
        if sum(one.weight for one in draft.milestones) <= 0:
            raise DomainError("The milestones need a weight above 0.", "milestones")


def _write_key_results(objective: Objective, drafts: Sequence[KeyResultDraft]) -> None:
    """Make the key results those of the draft: same ones updated, new ones added, missing ones removed."""
    rows = objective.key_results.prefetch_related("milestones", "check_ins")
    held = {row.pk: row for row in rows}
    kept = {draft.pk for draft in drafts if draft.pk in held}
    for pk in held.keys() - kept:
        if held[pk].check_ins.exists():
            raise DomainError(
                f"“{held[pk]}” has check-ins. Keep it, or give it weight 0.", "key_results"
            )
        held[pk].delete()
    for place, draft in enumerate(drafts):
        row = held.get(draft.pk) if draft.pk else None
        if row is not None and row.kind != draft.kind and row.check_ins.exists():
            raise DomainError(
                f"“{row}” has check-ins; how it is judged stays.", f"key_results-{place}-kind"
            )
        write_key_result(objective, draft, place, held.get(draft.pk) if draft.pk else None)


def write_key_result(
    objective: Objective, draft: KeyResultDraft, position: int, row: KeyResult | None = None
) -> KeyResult:
    """Store one key result with its milestones. The caller has asked permission and checked the draft."""
    is_new = row is None
    row = row or KeyResult(objective=objective)
    for name in [
        "kind",
        "measure",
        "weight",
        "baseline",
        "target",
        "target_text",
        "commit",
        "stretch",
        "low",
        "high",
        "required_share",
        "due_on",
        "source",
        "reporter",
        "decimals",
        "not_enough",
        "measure_by",
        "direction",
        "kpi",
    ]:
        setattr(row, name, getattr(draft, name))
    row.title, row.position = draft.title.strip(), position
    row.external_id = draft.external_id or row.external_id
    row.save()
    held = {} if is_new else {one.pk: one for one in row.milestones.all()}
    for place, one in enumerate(draft.milestones):
        milestone = held.pop(one.pk, None) if one.pk else None
        milestone = milestone or Milestone(key_result=row)
        milestone.title, milestone.due_on = one.title.strip(), one.due_on
        milestone.weight, milestone.position = one.weight, place
        milestone.save()
    Milestone.objects.filter(pk__in=held).delete()
    return row
