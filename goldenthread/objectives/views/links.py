"""What an objective serves: linked, unlinked, and what pickers find."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.core.errors import LoopRefused
from goldenthread.objectives.forms.acts import LinkForm
from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.selectors.lines import line
from goldenthread.objectives.services import links
from goldenthread.objectives.states import COUNTED
from goldenthread.objectives.views.answers import objective_or_404
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.selectors import find_people, find_units
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority

FOUND = 8


@require_http_methods(["GET", "POST"])
@signed_in
def objective_link(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what it serves; a loop is refused with its path."""
    objective = objective_or_404(request, pk)
    require(request.person, Action.LINK, objective)
    form = LinkForm(
        request.POST or None, reader=request.person, child=objective, initial=_suggested(request)
    )
    loop: list[str] = []

    def write() -> None:
        try:
            links.link(actor=request.person, child=objective, **form.cleaned_data)
        except LoopRefused as error:
            loop[:] = error.path
            raise

    if request.method == "POST" and saved(form, write):
        parent = form.cleaned_data["parent"]
        messages.success(request, f"“{objective}” now serves “{parent}”.")
        return redirect("objective", objective.pk)
    held = objective.links_up.filter(valid_to__isnull=True).select_related(
        "parent_objective", "parent_priority"
    )
    context = {
        "form": form,
        "objective": objective,
        "line": line(objective, request.person),
        "held": [(one, _may_see(request, one)) for one in held.order_by("-strength", "pk")],
        "loop": loop,
    }
    status = 422 if form.is_bound else 200
    return render(request, "objectives/link.html", context, status=status)


def _may_see(request: PersonRequest, one: Contribution) -> bool:
    """Whether the name of what it serves may be shown."""
    if one.parent_objective is not None:
        if not one.parent_objective.restricted:
            return True
        seen = Objective.objects.visible_to(request.person)
        return seen.filter(pk=one.parent_objective.pk).exists()
    if one.parent_priority is None or not one.parent_priority.confidential:
        return True
    seen_priorities = Priority.objects.visible_to(request.person)
    return seen_priorities.filter(pk=one.parent_priority.pk).exists()


def _suggested(request: PersonRequest) -> dict[str, Any]:
    key = request.GET.get("parent", "")
    if key[:1] not in {"o", "p"} or not key[1:].isascii() or not key[1:].isdigit() or len(key) > 18:
        return {}
    kind = Objective if key[0] == "o" else Priority
    return {"parent": kind.objects.visible_to(request.person).filter(pk=int(key[1:])).first()}


@require_POST
@signed_in
def objective_unlink(request: PersonRequest, pk: int) -> HttpResponse:
    """End a link; its history stays."""
    seen = Objective.objects.visible_to(request.person)
    row = get_object_or_404(Contribution.objects.filter(child_objective__in=seen), pk=pk)
    links.unlink(actor=request.person, contribution=row)
    messages.success(request, "Untied. The link stays readable in the history.")
    assert row.child_objective_id is not None
    return redirect("objective", row.child_objective_id)


# What pickers find --------------------------------------------------------------------------------------------


@require_GET
@signed_in
def objectives_pick(request: PersonRequest) -> HttpResponse:
    """Priorities first, then open objectives, whose title or owner holds every word typed."""
    query = request.GET.get("q", "").strip()[:200]
    priorities = Priority.objects.visible_to(request.person).in_use()
    objectives = Objective.objects.visible_to(request.person).filter(state__in=COUNTED)
    for word in query.split():
        priorities = priorities.filter(Q(title__icontains=word))
        objectives = objectives.filter(search__contains=word.casefold())
    options = [
        {
            "pk": f"p{one.pk}",
            "title": one.title,
            "note": f"Priority of {one.strategy.unit}" if one.strategy.unit else "Priority",
        }
        for one in priorities.select_related("strategy__unit").order_by("position", "pk")[:FOUND]
    ]
    if query:
        rows = objectives.select_related("owner_person", "owner_unit", "cycle")
        options += [
            {"pk": f"o{one.pk}", "title": one.title, "note": f"{one.owner}, {one.cycle}"}
            for one in rows.order_by("search", "pk")[:FOUND]
        ]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})


@require_GET
@signed_in
def owners_pick(request: PersonRequest) -> HttpResponse:
    """People and units whose name holds every word typed."""
    query = request.GET.get("q", "").strip()[:200]
    options = [
        {"pk": f"n{one.pk}", "title": one.name, "note": one.position or str(one.unit or "")}
        for one in find_people(request.person, query, FOUND)
    ]
    options += [
        {
            "pk": f"u{one.pk}",
            "title": one.name,
            "note": f"Unit in {one.parent}" if one.parent else "Unit",
        }
        for one in find_units(query, FOUND)
    ]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})
