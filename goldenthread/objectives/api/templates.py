"""Templates of objectives over the API: read by everybody, written by HR."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    NO_NUL,
    Filter,
    Id,
    Input,
    Line,
    Name,
    Note,
    Output,
    RecordOut,
    Short,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.objectives.models import ObjectiveTemplate
from goldenthread.objectives.services import templates as services
from goldenthread.people.access import PersonRequest
from goldenthread.people.services.person import checked_external_id

room = Room("Templates")
Ambition = Literal["committed", "aspirational"]
Kind = Literal["metric", "threshold", "milestones", "graded"]
TemplateName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]
Why = Annotated[str, StringConstraints(max_length=5_000, pattern=NO_NUL)]


class Criterion(Input):
    """One key result, without a number: these are the writer's."""

    title: Name
    kind: Kind = "metric"
    measure: Short = ""
    source: Line = ""

    def draft(self) -> services.Criterion:
        return services.Criterion(**self.every())


class CriterionOut(Output):
    title: str
    kind: Kind
    measure: str
    source: str


class TemplateOut(RecordOut):
    """Words to begin an objective with. `use` says when it fits."""

    external_id: str
    name: str
    use: str
    title: str
    why: str
    ambition: Ambition
    retired: bool
    key_results: list[CriterionOut]

    @classmethod
    def of(cls, one: ObjectiveTemplate) -> Self:
        names = ("version", "external_id", "name", "use", "title", "why", "ambition")
        fields = ("title", "kind", "measure", "source")
        rows = [
            CriterionOut(**{name: getattr(row, name) for name in fields})
            for row in one.key_results.all()
        ]
        given = {name: getattr(one, name) for name in names}
        return cls(id=one.pk, retired=one.retired_on is not None, key_results=rows, **given)

    @classmethod
    def of_all(cls, rows: Iterable[ObjectiveTemplate]) -> list[Self]:
        return [cls.of(one) for one in rows]


class TemplateQuery(Filter):
    state: Literal["offered", "retired", "all"] = "offered"


class NewTemplate(Input):
    name: TemplateName
    title: Name
    use: Note = ""
    why: Why = ""
    ambition: Ambition = "committed"
    key_results: Annotated[list[Criterion], Field(max_length=services.MOST_KEY_RESULTS)] = []
    external_id: Line = ""


class TemplateChanges(Input):
    name: TemplateName = LEFT
    title: Name = LEFT
    use: Note = LEFT
    why: Why = LEFT
    ambition: Ambition = LEFT
    key_results: Annotated[list[Criterion], Field(max_length=services.MOST_KEY_RESULTS)] = LEFT


def _template(request: PersonRequest, template_id: int) -> ObjectiveTemplate:
    seen = ObjectiveTemplate.objects.visible_to(request.person).prefetch_related("key_results")
    template = seen.filter(pk=template_id).first()
    if template is None:
        raise Http404
    return template


@room.listing("/templates", TemplateOut)
def list_templates(request: PersonRequest, sent: Query[TemplateQuery]) -> Page[TemplateOut]:
    """List templates by name, those that are offered unless asked otherwise."""
    rows = ObjectiveTemplate.objects.visible_to(request.person).prefetch_related("key_results")
    if sent.state != "all":
        rows = rows.filter(retired_on__isnull=sent.state == "offered")
    return page_of(request, rows.order_by("name", "pk"), sent, TemplateOut.of_all)


@room.creating("/templates", TemplateOut, at="templates")
def add_template(request: PersonRequest, sent: NewTemplate) -> TemplateOut:
    """Add a template.

    HR partners.
    """
    external_id = checked_external_id(ObjectiveTemplate, sent.external_id)
    given = sent.every() | {"key_results": [one.draft() for one in sent.key_results]}
    del given["external_id"]
    draft = services.TemplateDraft(**given)
    made = services.add_template(actor=request.person, draft=draft, external_id=external_id)
    return TemplateOut.of(made)


@room.reading("/templates/{template_id}", TemplateOut)
def read_template(request: PersonRequest, template_id: Id) -> TemplateOut:
    """Read a template."""
    return TemplateOut.of(_template(request, template_id))


@room.changing("/templates/{template_id}", TemplateOut)
def change_template(request: PersonRequest, template_id: Id, sent: TemplateChanges) -> TemplateOut:
    """Change the words of a template; its key results are sent whole.

    HR partners. Objectives that were begun with it stay as they are.
    """
    template = _template(request, template_id)
    version = version_seen(request, template)
    given = sent.given()
    if "key_results" in given:
        given["key_results"] = [one.draft() for one in sent.key_results]
    draft = replace(services.as_draft(template), **given)
    services.edit_template(actor=request.person, template=template, version=version, draft=draft)
    return TemplateOut.of(_template(request, template_id))


@room.changing("/templates/{template_id}/retire", TemplateOut, method="POST")
def retire_template(request: PersonRequest, template_id: Id) -> TemplateOut:
    """Offer a template no more.

    HR partners.
    """
    template = _template(request, template_id)
    version_seen(request, template)
    services.retire_template(actor=request.person, template=template)
    return TemplateOut.of(_template(request, template_id))


@room.changing("/templates/{template_id}/offer", TemplateOut, method="POST")
def offer_template(request: PersonRequest, template_id: Id) -> TemplateOut:
    """Offer a retired template again.

    HR partners.
    """
    template = _template(request, template_id)
    version_seen(request, template)
    services.bring_back_template(actor=request.person, template=template)
    return TemplateOut.of(_template(request, template_id))
