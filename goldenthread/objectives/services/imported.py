"""What an import proposes: objectives, key results, links and values, unconfirmed until their owner takes them on.

Permission of all of these: who may import (administrator, HR partner, leader). They change nothing that anybody
has taken on: that is proposed to its owner as an expectation change. Callers check each draft first (`drafts.check`,
`drafts.check_key_result`); rows are written together, in a number of queries that does not grow with them.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from goldenthread.core import audit, bulk, history, versions
from goldenthread.core.access import can, require
from goldenthread.core.clock import today
from goldenthread.core.errors import DomainError
from goldenthread.engine import graph
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    ExpectationChange,
    KeyResult,
    Milestone,
    Objective,
)
from goldenthread.objectives.services import links
from goldenthread.objectives.services.changes import Change, close_change, difference, open_change
from goldenthread.objectives.services.drafts import (
    KeyResultDraft,
    MilestoneDraft,
    ObjectiveDraft,
    folded,
)
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.services.quality import recheck
from goldenthread.objectives.states import LIVE, State
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority

KEY_RESULT_FIELDS = (
    "title",
    "kind",
    "measure",
    "decimals",
    "weight",
    "baseline",
    "target",
    "target_text",
    "low",
    "high",
    "due_on",
    "commit",
    "stretch",
    "required_share",
    "source",
    "reporter",
    "not_enough",
    "measure_by",
    "direction",
    "kpi",
)


@dataclass(frozen=True)
class Incoming:
    """An objective out of a file; `source` says where it stands there ("plan.csv, row 3")."""

    draft: ObjectiveDraft
    source: str = ""
    external_id: str = ""


@dataclass(frozen=True)
class IncomingLink:
    child: links.Node
    parent: links.Node
    strength: int = Contribution.Strength.MEDIUM
    external_id: str = ""
    replaces: Contribution | None = None  # the same link with another strength


@dataclass(frozen=True)
class IncomingValue:
    """What a key result was on a day: a value, the milestones done, or words where the file gives no number."""

    key_result: KeyResult
    as_of: dt.date
    value: Decimal | None = None
    note: str = ""
    confidence: str = ""
    milestones_done: Sequence[int] | None = None
    external_id: str = ""


def open_to_import(actor: Person, objective: Objective) -> bool:
    """Whether an import may write it: nobody has taken it on, or it is a draft that the actor may write."""
    if objective.state == State.UNCONFIRMED:
        return True
    return objective.state == State.DRAFT and can(actor, Action.DRAFT_OBJECTIVE, objective)


def open_to_links(actor: Person, child: links.Node) -> bool:
    """Whether an import may say what it serves: an objective open to it, or a unit's priority that nobody confirmed."""
    if isinstance(child, Priority):
        return child.state == Priority.State.UNCONFIRMED
    return open_to_import(actor, child)


@transaction.atomic
def bring_in(*, actor: Person, rows: Sequence[Incoming]) -> list[Objective]:
    """Write new objectives as unconfirmed, each addressed to its owner. Nobody here is their author.

    Writing none of them by right of office: who imports neither owns nor edits them by having brought them in.
    """
    require(actor, Action.IMPORT)
    made = [
        Objective(
            **row.draft.fields(),
            state=State.UNCONFIRMED,
            source=row.source[:200],
            external_id=row.external_id,
            search=folded(row.draft.title, row.draft.owner),
        )
        for row in rows
    ]
    bulk.add(made, "adding objectives")
    history.keep(made)
    audit.record_all(
        actor,
        "import objective",
        [(one, {}, row.draft.fields()) for one, row in zip(made, rows, strict=True)],
    )
    recheck(made)
    return made


@transaction.atomic
def redraft(*, actor: Person, objective: Objective, **changes: Any) -> Objective:
    """Bring an objective that nobody has taken on to what the file says now."""
    require(actor, Action.IMPORT)
    _open(actor, objective)
    before, after = audit.changed(objective, changes)
    if after:
        title = after.get("title", objective.title)
        owner = after.get("owner_person") or after.get("owner_unit") or objective.owner
        versions.save(objective, after | {"search": folded(title, owner)})
        audit.record(actor, "redraft objective", objective, before=before, after=after)
        refresh([objective])
        recheck([objective])
    return objective


@transaction.atomic
def bring_in_key_results(
    *, actor: Person, rows: Sequence[tuple[Objective, KeyResultDraft]]
) -> list[KeyResult]:
    """Add key results to objectives that nobody has taken on."""
    require(actor, Action.IMPORT)
    held = Objective.objects.filter(pk__in={one.pk for one, _ in rows})
    places = dict(held.annotate(held=Count("key_results")).values_list("pk", "held"))
    made = []
    for objective, draft in rows:
        _open(actor, objective)
        fields = {name: getattr(draft, name) for name in KEY_RESULT_FIELDS}
        made.append(
            KeyResult(
                objective=objective,
                position=places[objective.pk],
                external_id=draft.external_id,
                **fields,
            )
        )
        places[objective.pk] += 1
    bulk.add(made, "adding key results")
    Milestone.objects.bulk_create(
        step
        for one, (_, draft) in zip(made, rows, strict=True)
        for step in _steps(one, draft.milestones)
    )
    audit.record_all(actor, "import key result", [(one, {}, _kept(one)) for one in made])
    refresh({one.pk: one for one, _ in rows}.values())
    recheck({one.pk: one for one, _ in rows}.values())
    return made


@transaction.atomic
def redraft_key_result(*, actor: Person, key_result: KeyResult, **changes: Any) -> KeyResult:
    """Bring a key result of an objective that nobody has taken on to what the file says now."""
    require(actor, Action.IMPORT)
    _open(actor, key_result.objective)
    before, after = audit.changed(key_result, changes)
    if after:
        versions.save(key_result, after)
        audit.record(actor, "redraft key result", key_result, before=before, after=after)
        refresh([key_result.objective])
        recheck([key_result.objective])
    return key_result


@transaction.atomic
def restep(
    *, actor: Person, key_result: KeyResult, milestones: Sequence[MilestoneDraft]
) -> KeyResult:
    """Bring the milestones of an objective that nobody has taken on to what the file says now.

    Refuses where one was checked off: a check-in names the steps that were done.
    """
    require(actor, Action.IMPORT)
    _open(actor, key_result.objective)
    if key_result.check_ins.exists():
        raise DomainError(f"“{key_result}” has check-ins, so its milestones stay as they are.")
    held = list(key_result.milestones.all())
    key_result.milestones.all().delete()
    Milestone.objects.bulk_create(_steps(key_result, milestones))
    getattr(key_result, "_prefetched_objects_cache", {}).pop("milestones", None)
    before, after = [one.title for one in held], [one.title for one in milestones]
    audit.record(
        actor,
        "redraft key result",
        key_result,
        before={"milestones": before},
        after={"milestones": after},
    )
    refresh([key_result.objective])
    recheck([key_result.objective])
    return key_result


def _steps(key_result: KeyResult, milestones: Sequence[MilestoneDraft]) -> list[Milestone]:
    return [
        Milestone(
            key_result=key_result,
            title=step.title,
            weight=step.weight,
            due_on=step.due_on,
            position=place,
        )
        for place, step in enumerate(milestones)
    ]


@transaction.atomic
def bring_in_links(*, actor: Person, rows: Sequence[IncomingLink]) -> list[DomainError | None]:
    """Say what objectives and units' priorities that nobody has taken on serve; for each row the error that refuses it, or None."""
    require(actor, Action.IMPORT)
    links.one_writer()
    day = today()
    parents = links.all_parents()
    made: list[Contribution] = []
    told: list[DomainError | None] = []
    for row in rows:
        try:
            if not open_to_links(actor, row.child):
                raise DomainError(f"“{row.child}” was taken on. It is linked on its page.")
            links.check_ends(row.child, row.parent)
            child, parent = links.key(row.child), links.key(row.parent)
            if path := graph.find_loop(parents, parent, child):
                links.refuse_loop(row.child, path, actor)
            if row.replaces is not None:
                links.end_link(row.replaces, day)
        except DomainError as error:
            told.append(error)
            continue
        if row.replaces is None:
            parents.setdefault(child, []).append(parent)
            parents.setdefault(parent, [])
        made.append(
            Contribution(
                **links.ends_of(row.child, row.parent),
                strength=row.strength,
                valid_from=day,
                author=actor,
                external_id=row.external_id,
            )
        )
        told.append(None)
    bulk.add(made, "linking")
    audit.record_all(
        actor,
        "link",
        [
            (row.child, {}, links.served(row.parent) | {"strength": row.strength})
            for row, error in zip(rows, told, strict=True)
            if error is None
        ],
    )
    tied = [row.child for row, error in zip(rows, told, strict=True) if error is None]
    links.refresh_lines_of(tied, parents)
    recheck(one for one in tied if isinstance(one, Objective))
    return told


@transaction.atomic
def bring_in_values(*, actor: Person, rows: Sequence[IncomingValue]) -> None:
    """Record what key results of objectives that nobody has taken on were: facts, as the file has them.

    Callers have checked that no day lies in the future or before the objective.
    """
    require(actor, Action.IMPORT)
    for row in rows:
        _open(actor, row.key_result.objective)
    bulk.add(
        [
            CheckIn(
                key_result=row.key_result,
                as_of=row.as_of,
                value=row.value,
                milestones_done=list(row.milestones_done or ()),
                confidence=row.confidence,
                note=row.note,
                author=actor,
                recorded_at=timezone.now(),
                external_id=row.external_id,
            )
            for row in rows
        ],
        "adding check-ins",
    )
    audit.record_all(
        actor,
        "import value",
        [(row.key_result, {}, {"as_of": row.as_of, "value": row.value}) for row in rows],
    )
    refresh({row.key_result.objective_id: row.key_result.objective for row in rows}.values())


@transaction.atomic
def propose_from_import(
    *, actor: Person, objective: Objective, change: Change, source: str
) -> tuple[ExpectationChange, bool]:
    """Propose to the owner's side what a file says otherwise than was agreed; it never accepts itself.

    Answers the change, and whether it is new: the same one that waits already is left as it is. Refuses while
    another one waits, and a change without a difference.
    """
    require(actor, Action.IMPORT)
    if objective.state not in LIVE:
        raise DomainError(f"“{objective}” is not agreed. Its owner changes it on its page.")
    waiting = objective.expectation_changes.filter(state=ExpectationChange.State.OPEN).first()
    before, after = difference(objective, change)
    if waiting is not None and waiting.changes == after:
        return waiting, False
    if waiting is not None:
        raise DomainError(
            f"Another change to “{objective}” waits for its answer. Import this once it is answered."
        )
    if not after:
        raise DomainError("Nothing is changed.")
    reason = f"{source} says so."
    return open_change(actor, objective, before, after, reason), True


@transaction.atomic
def withdraw_from_import(*, actor: Person, change: ExpectationChange) -> None:
    """Take back a change that an import proposed and nobody has answered; whoever may import may, not its author alone."""
    require(actor, Action.IMPORT)
    close_change(actor, change, ExpectationChange.State.WITHDRAWN, "")
    audit.record(actor, "withdraw change", change.objective)


def _open(actor: Person, objective: Objective) -> None:
    if open_to_import(actor, objective):
        return
    if objective.is_closed:
        raise DomainError(f"“{objective}” is closed and stays as it was.")
    by = objective.accountable or objective.owner or "Its owner"
    raise DomainError(f"“{objective}” was taken on. {by} changes it on its page.")


def _kept(row: KeyResult) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in KEY_RESULT_FIELDS}
    return {name: value for name, value in found.items() if value not in (None, "")}
