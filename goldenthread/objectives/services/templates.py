"""Templates of objectives: written by HR, used by whoever writes an objective. None of this touches an objective."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import (
    KeyResult,
    Objective,
    ObjectiveTemplate,
    TemplateKeyResult,
)
from goldenthread.people.models import Person
from goldenthread.permissions import Action

MOST_KEY_RESULTS = 5


@dataclass(frozen=True)
class Criterion:
    """One key result of a template as written."""

    title: str
    kind: str = KeyResult.Kind.METRIC
    measure: str = ""
    source: str = ""


@dataclass(frozen=True)
class TemplateDraft:
    """A template as written."""

    name: str
    title: str
    use: str = ""
    why: str = ""
    ambition: str = Objective.Ambition.COMMITTED
    key_results: Sequence[Criterion] = ()

    def fields(self) -> dict[str, Any]:
        names = ("name", "use", "title", "why")
        return {name: getattr(self, name).strip() for name in names} | {"ambition": self.ambition}


@transaction.atomic
def add_template(
    *, actor: Person, draft: TemplateDraft, external_id: str = ""
) -> ObjectiveTemplate:
    """A new template. Asks *write templates*; refuses a name taken, and one without words or criteria."""
    require(actor, Action.WRITE_TEMPLATES)
    _check(draft)
    template = ObjectiveTemplate.objects.create(**draft.fields(), external_id=external_id)
    _write_criteria(template, draft)
    audit.record(actor, "add template", template, after=_kept(draft))
    return template


@transaction.atomic
def edit_template(
    *, actor: Person, template: ObjectiveTemplate, version: int, draft: TemplateDraft
) -> ObjectiveTemplate:
    """Change its words; objectives that were begun with it stay as they are. Asks *write templates*."""
    require(actor, Action.WRITE_TEMPLATES, template)
    _check(draft, template)
    before, after = audit.changed(template, draft.fields())
    were = _in_words(as_draft(template).key_results)
    versions.save(template, draft.fields(), version=version)
    if (now := _in_words(draft.key_results)) != were:
        before, after = before | {"criteria": were}, after | {"criteria": now}
        template.key_results.all().delete()
        _write_criteria(template, draft)
    audit.record(actor, "edit template", template, before=before, after=after)
    return template


@transaction.atomic
def retire_template(*, actor: Person, template: ObjectiveTemplate) -> ObjectiveTemplate:
    """Offer it no more; it stays readable. Asks *write templates*."""
    require(actor, Action.WRITE_TEMPLATES, template)
    if template.retired_on is not None:
        raise DomainError(f"“{template}” is retired already.")
    return _offer(actor, template, "retire template", {"retired_on": clock.today()})


@transaction.atomic
def bring_back_template(*, actor: Person, template: ObjectiveTemplate) -> ObjectiveTemplate:
    """Offer a retired one again. Asks *write templates*."""
    require(actor, Action.WRITE_TEMPLATES, template)
    if template.retired_on is None:
        raise DomainError(f"“{template}” is offered already.")
    return _offer(actor, template, "take back template", {"retired_on": None})


def as_draft(template: ObjectiveTemplate) -> TemplateDraft:
    """The template as it stands, to be changed."""
    names = ("name", "title", "use", "why", "ambition")
    return TemplateDraft(
        **{name: getattr(template, name) for name in names},
        key_results=[
            Criterion(one.title, one.kind, one.measure, one.source)
            for one in template.key_results.all()
        ],
    )


def _offer(
    actor: Person, template: ObjectiveTemplate, verb: str, changes: dict[str, Any]
) -> ObjectiveTemplate:
    before, after = audit.changed(template, changes)
    versions.save(template, changes)
    audit.record(actor, verb, template, before=before, after=after)
    return template


def _check(draft: TemplateDraft, template: ObjectiveTemplate | None = None) -> None:
    given = draft.fields()
    if not given["name"]:
        raise DomainError("Give the template a name, such as “Better service”.", "name")
    if not given["title"]:
        raise DomainError("Give the words that the objective begins with.", "title")
    same = ObjectiveTemplate.objects.filter(name=given["name"])
    if same.exclude(pk=template.pk if template else 0).exists():
        raise DomainError(f"There is a template “{given['name']}” already.", "name")
    if len(draft.key_results) > MOST_KEY_RESULTS:
        raise DomainError("A template has five key results at most.", "key_results")
    for place, one in enumerate(draft.key_results):
        if not one.title.strip():
            raise DomainError("Say what will be measured.", f"key_results-{place}-title")


def _write_criteria(template: ObjectiveTemplate, draft: TemplateDraft) -> None:
    TemplateKeyResult.objects.bulk_create(
        TemplateKeyResult(
            template=template,
            title=one.title.strip(),
            kind=one.kind,
            measure=one.measure.strip(),
            source=one.source.strip(),
            position=place,
        )
        for place, one in enumerate(draft.key_results)
    )


def _kept(draft: TemplateDraft) -> dict[str, Any]:
    return draft.fields() | {"criteria": _in_words(draft.key_results)}


def _in_words(criteria: Sequence[Criterion]) -> str:
    """As the audit trail keeps them: each with how it is judged."""
    parts = (
        ", ".join(
            filter(None, [one.title.strip(), one.kind, one.measure.strip(), one.source.strip()])
        )
        for one in criteria
    )
    return "; ".join(parts)
