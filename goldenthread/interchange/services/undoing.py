"""Taking a whole import back, in one act."""

import datetime as dt
from typing import Any

from django.db import models, transaction

from goldenthread.core import aside, audit, clock, progress, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import Record
from goldenthread.interchange.models import Import
from goldenthread.interchange.services.marks import WRITTEN
from goldenthread.interchange.services.staging import SHORT, Step, working_on
from goldenthread.interchange.services.undo_plan import (
    VERB,
    Model,
    Undoing,
    in_some,
    keep_what_is_needed,
    lines_of,
    what_undoing_does,
)
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    ExpectationChange,
    KeyResult,
    Objective,
)
from goldenthread.objectives.services import figures, imported, links
from goldenthread.people import services as people
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority

UNIT = ("name", "parent", "leader", "fte")

State = Import.State
CLEARED = ("email", "external_id")  # what loading people leaves alone when it is empty


def require_applied(actor: Person, batch: Import, job: int | None = None) -> None:
    """Refuse to take back what was not written, was taken back before, or is being worked on."""
    require(actor, Action.IMPORT)
    if batch.state == State.UNDONE:
        raise DomainError("This import was taken back before.")
    if batch.state != State.APPLIED:
        raise DomainError("Nothing of this import was written, so there is nothing to take back.")
    if not batch.marks:
        raise DomainError("It wrote nothing, or before there was a record of what it wrote.")
    if batch.job != job and (busy := working_on(batch)) is not None and busy.is_active:
        raise DomainError("Something is being done with this import just now. Wait until it ends.")


def undo(
    *, actor: Person, batch: Import, step: Step = transaction.atomic, job: int | None = None
) -> Import:
    """Take back what an import wrote, all of it at once. Permission: who may import.

    What was changed since, or others hang on, stays; `batch.undone` lists it. The audit trail keeps what was.
    """
    require_applied(actor, batch, job)
    aside.flip(lambda: _undone(actor, batch.pk), step, is_short=batch.total <= SHORT)
    batch.refresh_from_db()
    return batch


def _undone(actor: Person, pk: int) -> None:
    taken = Import.objects.filter(pk=pk, state=State.APPLIED)
    if not taken.update(state=State.UNDONE, undone_at=clock.now(), undone_by=actor):
        raise DomainError("This import was taken back in the meantime.")
    batch = Import.objects.get(pk=pk)
    actor = Person.objects.get(pk=actor.pk)
    plan = what_undoing_does(batch, actor)
    if actor.pk in plan.going.get(Person, set()) | plan.leaving:
        raise DomainError("This import brought you in. Somebody else takes it back.")
    for change in ExpectationChange.objects.filter(pk__in=plan.proposals):
        imported.withdraw_from_import(actor=actor, change=change)
    restored = _restore(actor, plan)
    plan.restoring.clear()  # by now they refer to what they referred to before, or stay as they are
    keep_what_is_needed(plan)
    counts = plan.counts() | {"restored": restored}
    _let_leave(actor, plan)
    _remove(actor, batch, plan)
    batch.undone = counts | {"stays": plan.told()}
    batch.save()


# What was changed --------------------------------------------------------------------------------------


def _restore(actor: Person, plan: Undoing) -> int:
    """Give what was changed its values before, and answer how many that were; what a rule refuses stays as it is."""
    count = 0
    loading: list[people.PersonRow] = []
    by_model: dict[Model, list[int]] = {}
    for model, pk in plan.restoring:
        by_model.setdefault(model, []).append(pk)
    for model, pks in by_model.items():
        for some in in_some(pks):
            progress.tell("restoring what was", count, len(plan.restoring))
            for record in model._default_manager.filter(pk__in=some):
                assert isinstance(record, Record)
                try:
                    values = _values(model, plan.restoring[(model, record.pk)])
                    if isinstance(record, Person):
                        loading.append(_person_row(record, values))
                        continue
                    with transaction.atomic():
                        _write_back(actor, record, values)
                    count += 1
                except (DomainError, NotAllowed) as error:
                    plan.keep(record, str(error))
    return count + _restore_people(actor, plan, loading)


def _values(model: Model, before: dict[str, Any]) -> dict[str, Any]:
    """The values of the trail as the fields have them. Raises `DomainError` where one was erased."""
    found: dict[str, Any] = {}
    for name, value in before.items():
        if value == audit.ERASED:
            raise DomainError("What it was before was erased with its person's key.")
        one = model._meta.get_field(name)
        assert isinstance(one, models.Field)
        if isinstance(one, models.ForeignKey):
            found[name] = one.related_model._default_manager.filter(pk=value or 0).first()
        elif value is None and not one.null:
            found[name] = ""
        else:
            found[name] = one.to_python(value)
    return found


def _person_row(person: Person, values: dict[str, Any]) -> people.PersonRow:
    has_manager = "manager" in values
    manager = values.pop("manager", None)
    return people.PersonRow(values=values, person=person, has_manager=has_manager, manager=manager)  # type: ignore[arg-type]  # fields of a person


def _restore_people(actor: Person, plan: Undoing, rows: list[people.PersonRow]) -> int:
    people.load_people(actor=actor, rows=rows)
    for row in rows:
        if row.person is None:
            continue
        if row.problem:
            plan.keep(row.person, row.problem)
            continue
        empty = {name: "" for name in CLEARED if row.values.get(name) == ""}
        before, after = audit.changed(row.person, empty)
        if after:
            versions.save(row.person, after)
            audit.record(actor, VERB, row.person, before=before, after=after)
    return sum(not row.problem for row in rows)


def _write_back(actor: Person, record: Record, values: dict[str, Any]) -> None:
    if isinstance(record, Unit) and values.keys() & set(UNIT):
        whole = {name: getattr(record, name) for name in UNIT}
        own = {name: values.pop(name) for name in whole if name in values}
        people.edit_unit(actor=actor, unit=record, **(whole | own))
    before, after = audit.changed(record, values)
    if after:
        versions.save(record, after)
        audit.record(actor, VERB, record, before=before, after=after)
    if isinstance(record, Objective):
        figures.refresh([record])
    elif isinstance(record, KeyResult):
        figures.refresh([record.objective])


# What was added ----------------------------------------------------------------------------------------


def _let_leave(actor: Person, plan: Undoing) -> None:
    """People that what was done mentions are not forgotten: they left yesterday."""
    yesterday = clock.today() - dt.timedelta(days=1)
    rows = [
        people.PersonRow(values={"end": max(yesterday, one.start or yesterday)}, person=one)
        for some in in_some(plan.leaving)
        for one in Person.objects.filter(pk__in=some)
    ]
    people.load_people(actor=actor, rows=rows)
    for row in rows:
        if row.problem and row.person is not None:
            plan.keep(row.person, row.problem)


def _remove(actor: Person, batch: Import, plan: Undoing) -> None:
    """Delete what goes, kind by kind; the trail keeps with what values it was added."""
    lines = lines_of(batch)
    keys = audit.keys_of(lines)
    added = {(line.subject_type, line.subject_id): line for line in reversed(lines)}
    children, measured = _to_reckon_anew(plan)
    links_that_stay = [
        link
        for some in in_some(plan.going.pop(Contribution, ()))
        for link in Contribution.objects.filter(pk__in=some, valid_to__isnull=True)
        if link.child_objective_id not in plan.going.get(Objective, ())
        and link.child_priority_id not in plan.going.get(Priority, ())
    ]
    for link in links_that_stay:
        _take_link_back(actor, link)
    for some in in_some(plan.going.get(Person, ())):  # they refer to each other
        Person.objects.filter(pk__in=some).update(manager=None, unit=None)
    for some in in_some(plan.going.get(Unit, ())):
        Unit.objects.filter(pk__in=some).update(parent=None, leader=None)
    removed, total = 0, plan.removed
    for model in WRITTEN:
        for some in in_some(plan.going.get(model, ())):
            progress.tell("removing rows", removed, total)
            removed += len(some)
            rows: models.QuerySet[Any] = model._default_manager.filter(pk__in=some)
            if issubclass(model, Record):
                told: list[tuple[Record, dict[str, Any], dict[str, Any]]] = [
                    (row, audit.opened(line.after, keys) if line else {}, {})
                    for row in rows
                    for line in [added.get((model._meta.label_lower, row.pk))]
                ]
                audit.record_all(actor, VERB, told)
            rows.delete()
    if plan.going.get(Person) or plan.going.get(Unit):
        people.rebuild_closures()
    figures.refresh(Objective.objects.filter(pk__in=measured))
    if children:
        nodes = [one for model, pks in children.items() for one in model.objects.filter(pk__in=pks)]
        links.refresh_lines_of(nodes, links.all_parents())


def _to_reckon_anew(plan: Undoing) -> tuple[dict[Any, set[int]], set[int]]:
    """What stays and has to be reckoned anew: what serves something else by then, and who loses a key result."""
    children: dict[Any, set[int]] = {}
    for some in in_some(plan.going.get(Contribution, ())):
        for row in Contribution.objects.filter(pk__in=some):
            if row.child_objective_id:
                children.setdefault(Objective, set()).add(row.child_objective_id)
            elif row.child_priority_id:
                children.setdefault(Priority, set()).add(row.child_priority_id)
    measured: set[int] = set()
    for some in in_some(plan.going.get(KeyResult, ())):
        found = KeyResult.objects.filter(pk__in=some)
        measured |= set(found.values_list("objective_id", flat=True))
    for some in in_some(plan.going.get(CheckIn, ())):
        values = CheckIn.objects.filter(pk__in=some)
        measured |= set(values.values_list("key_result__objective_id", flat=True))
    gone = plan.going.get(Objective, set())
    children = {model: pks - plan.going.get(model, set()) for model, pks in children.items()}
    return {model: pks for model, pks in children.items() if pks}, measured - gone


def _take_link_back(actor: Person, link: Contribution) -> None:
    """End a link, and let the one hold again that it replaced, if that was another strength of the same."""
    ends = {
        name: getattr(link, name)
        for name in ("child_objective", "child_priority", "parent_objective", "parent_priority")
    }
    today = clock.today()
    earlier = Contribution.objects.filter(**ends, pk__lt=link.pk).order_by("-pk").first()
    replaced = earlier is not None and earlier.valid_to == link.valid_from - dt.timedelta(days=1)
    links.end_link(link, today)
    assert link.child is not None
    assert link.parent is not None
    if earlier is not None and replaced:
        Contribution.objects.create(
            **ends, strength=earlier.strength, kind=earlier.kind, valid_from=today, author=actor
        )
    before = links.served(link.parent) | {"strength": link.strength}
    after = {"strength": earlier.strength} if earlier is not None and replaced else {}
    audit.record(actor, VERB, link.child, before=before, after=after)
