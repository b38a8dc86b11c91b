"""Expected results of a priority, and the KPI that shows each."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved, version_in, way_on
from goldenthread.permissions import Action
from goldenthread.strategy import services
from goldenthread.strategy.forms import ExpectedResultForm, MeasureForm, initial_of
from goldenthread.strategy.models import ExpectedResult, Priority
from goldenthread.strategy.views.priorities import edit_page, priority_or_404
from goldenthread.strategy.views.strategies import status_of


def _result_or_404(request: PersonRequest, pk: int) -> ExpectedResult:
    seen = Priority.objects.visible_to(request.person)
    found = ExpectedResult.objects.filter(priority__in=seen).select_related(
        "priority__strategy__leader", "priority__sponsor", "kpi"
    )
    return get_object_or_404(found, pk=pk)


@require_POST
@signed_in
def result_add(request: PersonRequest, pk: int) -> HttpResponse:
    priority = priority_or_404(request, pk)
    require(request.person, Action.EDIT_PRIORITY, priority)
    form = ExpectedResultForm(request.POST, auto_id="id_result_%s")
    if saved(
        form,
        lambda: services.add_expected_result(
            actor=request.person, priority=priority, **form.cleaned_data
        ),
    ):
        messages.success(request, "Added.")
        return redirect(way_on(request, reverse("priority-edit", args=[priority.pk])))
    return edit_page(request, priority, result_form=form)


@require_http_methods(["GET", "POST"])
@signed_in
def result_edit(request: PersonRequest, pk: int) -> HttpResponse:
    result = _result_or_404(request, pk)
    require(request.person, Action.EDIT_PRIORITY, result)
    form = ExpectedResultForm(request.POST or None, initial=initial_of(ExpectedResultForm, result))
    if request.method == "POST" and saved(
        form,
        lambda: services.edit_expected_result(
            actor=request.person, result=result, version=version_in(request), **form.cleaned_data
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("priority-edit", result.priority_id)
    context = {"form": form, "result": result, "priority": result.priority}
    return render(request, "strategy/result_edit.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@signed_in
def result_measure(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a KPI out of an expected result in one step."""
    result = _result_or_404(request, pk)
    require(request.person, Action.EDIT_PRIORITY, result)
    strategy = result.priority.strategy
    initial = initial_of(MeasureForm, result) | {
        "name": result.text[:200],
        "direction": "up",
        "due_on": result.due_on or strategy.ends_on,
        "owner": result.priority.sponsor or request.person,
    }
    form = MeasureForm(request.POST or None, initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: services.make_kpi(actor=request.person, result=result, **form.cleaned_data),
    ):
        messages.success(request, f"“{result.kpi}” now shows it. Record its first value.")
        return redirect(way_on(request, reverse("kpi", args=[result.kpi_id])))
    context = {"form": form, "result": result, "priority": result.priority}
    return render(request, "strategy/result_measure.html", context, status=status_of(form))


@require_POST
@signed_in
def result_remove(request: PersonRequest, pk: int) -> HttpResponse:
    result = _result_or_404(request, pk)
    words, priority_id = str(result), result.priority_id
    services.remove_expected_result(actor=request.person, result=result)
    messages.success(request, f"“{words}” is removed. Its KPI stays.")
    return redirect("priority-edit", priority_id)
