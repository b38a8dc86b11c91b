"""Templates of objectives: the list, one of them, and HR's forms."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, F
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.forms.template import TemplateForm, criterion_forms, draft_of
from goldenthread.objectives.models import ObjectiveTemplate
from goldenthread.objectives.services import templates as services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved, version_in
from goldenthread.permissions import Action


@require_GET
@signed_in
def templates(request: PersonRequest) -> HttpResponse:
    """Those that are offered, to begin an objective with; for HR, the retired ones as well."""
    may_write = can(request.person, Action.WRITE_TEMPLATES)
    rows = _rows(request)
    context = {
        "templates": rows if may_write else rows.offered(),
        "may_write": may_write,
        "nav_here": _here(request),
    }
    return render(request, "objectives/templates.html", context)


@require_GET
@signed_in
def templates_csv(request: PersonRequest) -> HttpResponseBase:
    """A line for each key result of each template."""
    names = ("title", "kind", "measure", "source")
    lines = (
        (
            *(getattr(one, name) for name in ("name", "use", "title", "why", "ambition")),
            one.retired_on,
            *(getattr(row, name) if row else "" for name in names),
        )
        for one in _rows(request).prefetch_related("key_results")
        for row in list(one.key_results.all()) or [None]
    )
    columns = ("name", "when_it_fits", "objective", "why", "ambition", "retired_on")
    return csv_file("templates.csv", (*columns, "key_result", *names[1:]), lines)


@require_GET
@signed_in
def template(request: PersonRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    context = {
        "template": found,
        "key_results": found.key_results.all(),
        "may_write": can(request.person, Action.WRITE_TEMPLATES, found),
        "nav_here": _here(request),
    }
    return render(request, "objectives/template.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def template_new(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.WRITE_TEMPLATES)
    return _written(request, None)


@require_http_methods(["GET", "POST"])
@signed_in
def template_edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = _one(request, pk)
    require(request.person, Action.WRITE_TEMPLATES, found)
    return _written(request, found)


def _written(request: PersonRequest, found: ObjectiveTemplate | None) -> HttpResponse:
    sent = request.POST or None
    draft = services.as_draft(found) if found else None
    form = TemplateForm(sent, initial=vars(draft) if draft else None)
    criteria = criterion_forms(sent, draft)
    made: list[ObjectiveTemplate] = []

    def write() -> None:
        given: dict[str, Any] = {"actor": request.person, "draft": draft_of(form, criteria)}
        if found is None:
            made.append(services.add_template(**given))
        else:
            version = version_in(request)
            made.append(services.edit_template(template=found, version=version, **given))

    whole = all([one.is_valid() for one in criteria]) if sent else False  # noqa: C419  every error is shown
    if whole and saved(form, write):
        messages.success(request, f"The template “{made[0]}” is {'saved' if found else 'added'}.")
        return redirect("template", made[0].pk)
    context = {
        "form": form,
        "criteria": criteria,
        "template": found,
        "nav_here": _here(request),
    }
    return render(request, "objectives/template_edit.html", context, status=422 if sent else 200)


@require_POST
@signed_in
def template_retire(request: PersonRequest, pk: int) -> HttpResponse:
    """Retire it, or bring a retired one back."""
    found = _one(request, pk)
    if found.retired_on is None:
        services.retire_template(actor=request.person, template=found)
        messages.success(request, f"“{found}” is retired. Objectives begun with it stay.")
    else:
        services.bring_back_template(actor=request.person, template=found)
        messages.success(request, f"“{found}” is offered again.")
    return redirect("template", found.pk)


def _rows(request: PersonRequest) -> Any:
    rows = ObjectiveTemplate.objects.visible_to(request.person)
    return rows.annotate(criteria=Count("key_results")).order_by(
        F("retired_on").asc(nulls_first=True), "name", "pk"
    )


def _one(request: PersonRequest, pk: int) -> ObjectiveTemplate:
    return get_object_or_404(ObjectiveTemplate.objects.visible_to(request.person), pk=pk)


def _here(request: PersonRequest) -> str:
    return "programme" if can(request.person, Action.SEE_PROGRAMME) else "objectives"
