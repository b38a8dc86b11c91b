"""Starting, editing, putting in force and ending a strategy."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in, saved, version_in, way_on
from goldenthread.permissions import Action
from goldenthread.strategy import selectors, services
from goldenthread.strategy.forms import StrategyForm, initial_of
from goldenthread.strategy.models import Strategy


def strategy_or_404(request: PersonRequest, pk: int) -> Strategy:
    found = Strategy.objects.visible_to(request.person)
    return get_object_or_404(found.select_related("leader", "unit", "weights_confirmed_by"), pk=pk)


def status_of(*forms: object) -> int:
    """422 when a form that was sent is refused."""
    return 422 if any(getattr(form, "is_bound", 0) and form.errors for form in forms) else 200  # type: ignore[attr-defined]  # not every one of these is a form


@require_http_methods(["GET", "POST"])
@signed_in
def strategy_new(request: PersonRequest) -> HttpResponse:
    unit_id = number_in(request.GET, "unit")
    unit = get_object_or_404(Unit, pk=unit_id) if unit_id else None
    if unit is None:
        require(request.person, Action.START_STRATEGY)
    else:
        require(request.person, Action.START_UNIT_STRATEGY, unit)
    form = StrategyForm(request.POST or None, initial={"leader": request.person})
    made: list[Strategy] = []

    def write() -> None:
        fields = form.cleaned_data
        made.append(services.start_strategy(actor=request.person, unit=unit, **fields))

    if request.method == "POST" and saved(form, write):
        messages.success(request, f"“{made[0]}” is started. Now its priorities.")
        return redirect("priorities", made[0].pk)
    reader = request.person
    context = {
        "form": form,
        "unit": unit,
        "current": selectors.strategy_in_force(unit=unit),
        "may_import": reader.is_leader or reader.is_hr or reader.is_admin,
    }
    return render(request, "strategy/strategy_new.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@signed_in
def strategy_edit(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    require(request.person, Action.EDIT_STRATEGY, strategy)
    form = StrategyForm(request.POST or None, initial=initial_of(StrategyForm, strategy))

    def write() -> None:
        fields = form.cleaned_data | {"leader": form.cleaned_data["leader"] or strategy.leader}
        services.edit_strategy(
            actor=request.person, strategy=strategy, version=version_in(request), **fields
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, "Saved.")
        return redirect("priorities", strategy.pk)
    context = {"form": form, "strategy": strategy}
    return render(request, "strategy/strategy_edit.html", context, status=status_of(form))


@require_POST
@signed_in
def strategy_force(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    services.put_in_force(actor=request.person, strategy=strategy)
    messages.success(request, f"“{strategy}” is in force.")
    return redirect(way_on(request, reverse("priorities", args=[strategy.pk])))


@require_http_methods(["GET", "POST"])
@signed_in
def strategy_end(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    require(request.person, Action.EDIT_STRATEGY, strategy)
    if request.method == "POST":
        services.end_strategy(actor=request.person, strategy=strategy)
        messages.success(request, f"“{strategy}” has ended. It stays readable.")
        return redirect("priorities", strategy.pk)
    active = strategy.priorities.active().count()
    return render(request, "strategy/strategy_end.html", {"strategy": strategy, "active": active})
