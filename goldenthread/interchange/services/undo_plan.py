"""What taking an import back comes to, by the lines that it left in the audit trail.

What it added goes, what it changed becomes what it was. What somebody has changed since stays and is told of, and so
does what others hang on by now; somebody who is only named by what was done leaves instead.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import models

from goldenthread.core import audit
from goldenthread.core.access import can
from goldenthread.core.held import Held
from goldenthread.core.models import AuditRecord, Record
from goldenthread.interchange.models import Import
from goldenthread.interchange.services.marks import WRITTEN
from goldenthread.interchange.services.rows import LABELS
from goldenthread.objectives.models import (
    CascadeVersion,
    CheckIn,
    Contribution,
    ExpectationChange,
    KeyResult,
    Milestone,
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
    ObjectiveTemplate,
    TemplateKeyResult,
)
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure
from goldenthread.permissions import Action
from goldenthread.strategy.models import ExpectedResult, Kpi, KpiTarget, Observation, Priority
from goldenthread.tradeoffs.models import Decision, Option, Plan, Touch

Model = type[models.Model]
Key = tuple[Model, int]
ForeignKey = models.ForeignKey[Any, Any]

VERB = "take import back"
AT_ONCE = 5000  # numbers in one question
OWN_VERBS = (
    "allocate",
    "identify",
    "import person",
    "retire template",
    "take back template",
)  # lines that tell of the subject's own fields; and these:
OWN_VERBS_BEGIN = ("edit ", "redraft ")
# Made from a record, or never written alone: no reason to keep it.
GOES_ALONG: tuple[Model, ...] = (
    ReportingClosure,
    UnitClosure,
    ObjectiveAncestor,
    ObjectivePriority,
    Milestone,
    TemplateKeyResult,
    CascadeVersion,
)
# Parts, which stay where what they are a part of was added by the import and stays.
PART_OF: tuple[tuple[Model, str, Model], ...] = (
    (KeyResult, "objective", Objective),
    (CheckIn, "key_result", KeyResult),
    (Contribution, "child_objective", Objective),
    (Contribution, "child_priority", Priority),
    (ExpectedResult, "priority", Priority),
    (KpiTarget, "kpi", Kpi),
    (Observation, "kpi", Kpi),
)


@dataclass(frozen=True)
class Stays:
    """Something that is not taken back, and why: who changed what of it when, or what hangs on it."""

    label: str
    pk: int
    title: str
    why: str
    by: int | None = None  # a person
    at: str = ""  # ISO


@dataclass
class Undoing:
    """What taking back an import comes to."""

    made: dict[Model, set[int]] = field(default_factory=dict)
    going: dict[Model, set[int]] = field(default_factory=dict)  # of them what is deleted
    proposals: set[int] = field(default_factory=set)  # changes that wait, to be withdrawn
    leaving: set[int] = field(default_factory=set)  # people that others only mention
    restoring: dict[Key, dict[str, Any]] = field(default_factory=dict)  # what they were before
    stays: list[Stays] = field(default_factory=list)

    @property
    def removed(self) -> int:
        """How many rows go, the parts that stand for themselves among them."""
        return sum(len(pks) for pks in self.going.values())

    def counts(self) -> dict[str, int]:
        return {
            "removed": self.removed,
            "left": len(self.leaving),
            "restored": len(self.restoring),
            "withdrawn": len(self.proposals),
        }

    def keep(self, record: Record, why: str) -> None:
        self.stays.append(Stays(record._meta.label_lower, record.pk, str(record)[:200], why))

    def told(self) -> list[dict[str, Any]]:
        return [asdict(one) for one in self.stays]


def what_undoing_does(batch: Import, actor: Person) -> Undoing:
    """What taking the import back would do now, if the actor does it. Only reads; the number of queries does not grow with the rows' number
    but by thousands."""
    plan = Undoing()
    if _between(batch, AuditRecord) is None:
        return plan
    changed = _wrote(batch, plan)
    proposals = ExpectationChange.objects.filter(
        pk__in=plan.made.pop(ExpectationChange, set())
    ).select_related("objective")
    touched = {(model, pk) for model, pks in plan.made.items() for pk in pks} | set(changed)
    since = _changed_since(batch, touched)
    plan.going = {
        model: {pk for pk in pks if (model, pk) not in since} for model, pks in plan.made.items()
    }
    plan.restoring = {key: before for key, before in changed.items() if key not in since}
    _leave_to_others(plan, actor)
    _tell(plan, since)
    keep_what_is_needed(plan)
    for change in proposals:
        if change.state == ExpectationChange.State.OPEN:
            plan.proposals.add(change.pk)
        else:
            plan.keep(change.objective, f"The change it proposed was {change.state}.")
    return plan


# What it wrote -----------------------------------------------------------------------------------------


def _between(batch: Import, model: Model) -> tuple[int, int] | None:
    found = batch.marks.get(model._meta.label_lower)
    return (found[0], found[1]) if found else None


def lines_of(batch: Import) -> list[AuditRecord]:
    """What the import left in the audit trail, in its order."""
    between = _between(batch, AuditRecord)
    if between is None:
        return []
    lines = AuditRecord.objects.filter(pk__gt=between[0], pk__lte=between[1])
    return list(lines.filter(actor_id=batch.applied_by_id).order_by("pk"))


def _wrote(batch: Import, plan: Undoing) -> dict[Key, dict[str, Any]]:
    """Note what the import added; answers of what it changed the values before."""
    by_label: dict[str, Model] = {model._meta.label_lower: model for model in WRITTEN}
    lines = lines_of(batch)
    keys = audit.keys_of(lines)
    subjects: dict[Model, set[int]] = {}
    changed: dict[Key, dict[str, Any]] = {}
    reworded: set[int] = set()
    for line in lines:
        model = by_label.get(line.subject_type)
        if model is None:
            continue
        subjects.setdefault(model, set()).add(line.subject_id)
        between = _between(batch, model)
        if between and between[0] < line.subject_id <= between[1]:
            plan.made.setdefault(model, set()).add(line.subject_id)
        elif line.verb in OWN_VERBS or line.verb.startswith(OWN_VERBS_BEGIN):
            _first(changed, (model, line.subject_id), line, keys)
            if model is ObjectiveTemplate and "criteria" in line.after:
                reworded.add(line.subject_id)
        elif line.verb == "set target" and line.before.keys() - {"due_on"}:
            due = line.after.get("due_on")
            target = KpiTarget.objects.filter(kpi=line.subject_id, due_on=due).first()
            if target is not None:
                _first(changed, (KpiTarget, target.pk), line, keys)
    _parts(batch, plan, subjects)
    held = subjects.get(Plan, set()) - plan.made.get(Plan, set())
    for one in Plan.objects.filter(pk__in=held):
        plan.keep(
            one, "Its teams, candidates and scenarios stay. A leader changes them on its page."
        )
    for template in ObjectiveTemplate.objects.filter(pk__in=reworded):
        plan.keep(template, "Its key results stay as they are now. HR changes them on its page.")
    return {key: values for key, values in changed.items() if values}


def _first(
    changed: dict[Key, dict[str, Any]], key: Key, line: AuditRecord, keys: dict[int, bytes]
) -> None:
    """Keep of each field what it was before the first change."""
    fields = {one.name for one in key[0]._meta.concrete_fields}
    before = audit.opened(line.before, keys)
    values = changed.setdefault(key, {})
    for name in line.after:
        if name in fields:
            values.setdefault(name, before.get(name))


def _parts(batch: Import, plan: Undoing, subjects: dict[Model, set[int]]) -> None:
    """What has no line of its own in the trail: by its author, or by what it is a part of."""
    for model in WRITTEN:
        between = _between(batch, model)
        if between is None or model is Milestone:
            continue
        rows: models.QuerySet[Any] = model._default_manager.filter(
            pk__gt=between[0], pk__lte=between[1]
        )
        names = {one.name for one in model._meta.concrete_fields}
        if "author" in names:
            found = rows.filter(author=batch.applied_by_id).values_list("pk", flat=True)
            plan.made.setdefault(model, set()).update(found)
        elif model in (KpiTarget, ExpectedResult):
            whole = "kpi" if model is KpiTarget else "priority"
            above = subjects.get(Kpi if model is KpiTarget else Priority, set())
            pairs = rows.values_list("pk", f"{whole}_id")
            plan.made.setdefault(model, set()).update(pk for pk, up in pairs if up in above)
        if model in plan.made:  # a row that the import itself took away again is none
            plan.made[model] &= set(rows.values_list("pk", flat=True))


# What stays --------------------------------------------------------------------------------------------


def _changed_since(batch: Import, touched: set[Key]) -> dict[Key, AuditRecord]:
    """Of each record the latest line that somebody left since. An objective and its key results stand together."""
    between = _between(batch, AuditRecord)
    assert between is not None
    by_label: dict[str, dict[int, Key]] = {}
    for model, pk in touched:
        by_label.setdefault(model._meta.label_lower, {})[pk] = (model, pk)
    found: dict[Key, AuditRecord] = {}
    later = AuditRecord.objects.filter(pk__gt=between[1], subject_type__in=by_label).order_by("pk")
    undone = _undone_since(batch)
    for line in later.exclude(verb=VERB).iterator(chunk_size=2000):
        if any(first < line.pk <= last and line.actor_id == by for first, last, by in undone):
            continue
        if key := by_label[line.subject_type].get(line.subject_id):
            found[key] = line
    key_results = {pk for model, pk in touched if model is KeyResult}
    above: dict[int, int] = {}
    for some in in_some(key_results):
        above |= dict(KeyResult.objects.filter(pk__in=some).values_list("pk", "objective_id"))
    for pk, objective in above.items():
        if (line_below := found.get((KeyResult, pk))) and (Objective, objective) in touched:
            found.setdefault((Objective, objective), line_below)
    for pk, objective in above.items():
        if line_above := found.get((Objective, objective)):
            found.setdefault((KeyResult, pk), line_above)
    return found


def _leave_to_others(plan: Undoing, actor: Person) -> None:
    """Whoever may import may not change people and units by that."""
    for model, action, who in (
        (Person, Action.EDIT_PERSON, "HR partners and administrators change people."),
        (Unit, Action.EDIT_UNIT, "HR partners and administrators change units."),
    ):
        if can(actor, action):
            continue
        pks = {pk for one, pk in plan.restoring if one is model}
        for some in in_some(pks):
            for record in model._default_manager.filter(pk__in=some):
                if not can(actor, action, record):
                    plan.keep(record, who)
                    del plan.restoring[(model, record.pk)]


def _undone_since(batch: Import) -> list[tuple[int, int, int | None]]:
    """The lines of later imports that were taken back whole: nothing of these stands."""
    later = Import.objects.filter(state=Import.State.UNDONE).exclude(pk=batch.pk)
    label = AuditRecord._meta.label_lower
    return [
        (*marks[label], by)
        for marks, undone, by in later.values_list("marks", "undone", "applied_by")
        if label in marks and not undone.get("stays")
    ]


def keep_what_is_needed(plan: Undoing) -> None:
    """Take out of what goes whatever something that stays hangs on, until nothing does, and say what and why."""
    needed: dict[Key, str] = {}
    again = True
    while again:
        before = plan.removed, len(needed)
        for model, pks in plan.going.items():
            leaving = plan.leaving if model is Person else set()
            for relation in _relations(model):
                for pk in set(_hung_on(plan, pks | leaving, relation)):
                    pks.discard(pk)
                    if _only_mentions(model, relation):
                        if (model, pk) not in needed:
                            leaving.add(pk)
                    else:
                        leaving.discard(pk)
                        needed.setdefault((model, pk), _because(relation))
        for model, name, whole in PART_OF:
            stay = plan.made.get(whole, set()) - plan.going.get(whole, set())
            if stay and plan.going.get(model):
                rows = _rows(model, plan.going[model], f"{name}_id")
                plan.going[model] -= {pk for pk, up in rows if up in stay}
        again = (plan.removed, len(needed)) != before
    titles = _titles(needed)
    for (model, pk), why in needed.items():
        plan.stays.append(Stays(model._meta.label_lower, pk, titles.get((model, pk), "–"), why))


def _relations(model: Model) -> Iterator[ForeignKey]:
    """The foreign keys that lead to a model and would keep it."""
    for one in model._meta.get_fields(include_hidden=True):
        if not isinstance(one, models.ManyToOneRel):
            continue
        source = one.related_model
        part = source is Option or model is Plan or (source is Touch and model is Decision)
        if not (part or issubclass(source, Held) or source in GOES_ALONG or source is Import):
            yield one.field


def _only_mentions(model: Model, relation: ForeignKey) -> bool:
    """Whether the relation says who did something, not who stands for it now."""
    hidden = str(relation.remote_field.related_name or "").endswith("+")
    return model is Person and (relation.name == "author" or hidden)


def _hung_on(plan: Undoing, pks: set[int], relation: ForeignKey) -> Iterator[int]:
    """Those of the records that something refers to which stays, and stays so."""
    source = relation.model
    going = plan.going.get(source, set())
    for some in in_some(pks):
        rows = source._default_manager.filter(**{f"{relation.name}__in": some})
        for pk, up in rows.values_list("pk", relation.attname).iterator(chunk_size=2000):
            if pk not in going and relation.name not in plan.restoring.get((source, pk), {}):
                yield up


def _because(relation: ForeignKey) -> str:
    what = str(relation.model._meta.verbose_name)
    article = "an" if what[0] in "aeiou" else "a"
    that = "who" if relation.model is Person else "that"
    return f"Needed by {article} {what} {that} stays ({relation.verbose_name})."


def _tell(plan: Undoing, since: dict[Key, AuditRecord]) -> None:
    """Say of each record that stays why, in the words of the latest who changed it."""
    titles = _titles(since)
    objectives = {pk for model, pk in since if model is Objective}
    key_results = {pk for model, pk in since if model is KeyResult}
    along = {pk for pk, up in _rows(KeyResult, key_results, "objective_id") if up in objectives}
    for (model, pk), line in since.items():
        if model is KeyResult and pk in along:
            continue
        title, by, at = titles.get((model, pk), "–"), line.actor_id, line.at.isoformat()
        plan.stays.append(Stays(model._meta.label_lower, pk, title, _words(line), by, at))


def _words(line: AuditRecord) -> str:
    """What somebody did, without the values: they stand in the record's history, for who may see them."""
    names = [LABELS.get(name, name.replace("_", " ").capitalize()) for name in line.after]
    named = f" ({', '.join(names[:4])}{' …' if len(names) > 4 else ''})" if names else ""
    return f"Changed since: {line.verb}{named}"


def _titles(keys: Iterable[Key]) -> dict[Key, str]:
    by_model: dict[Model, set[int]] = {}
    for model, pk in keys:
        by_model.setdefault(model, set()).add(pk)
    return {
        (model, row.pk): str(row)[:200]
        for model, pks in by_model.items()
        for some in in_some(pks)
        for row in model._default_manager.filter(pk__in=some)
    }


def _rows(model: Model, pks: Iterable[int], name: str) -> Iterator[tuple[int, int | None]]:
    for some in in_some(pks):
        yield from model._default_manager.filter(pk__in=some).values_list("pk", name)


def in_some(pks: Iterable[int]) -> Iterator[list[int]]:
    """The numbers in parts that one question can hold."""
    every = sorted(pks)
    for at in range(0, len(every), AT_ONCE):
        yield every[at : at + AT_ONCE]
