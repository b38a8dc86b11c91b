"""The tree of units, and adding, editing and ending one."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.people import selectors, services
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.forms import DayForm, UnitForm
from goldenthread.people.models import Unit
from goldenthread.people.views.forms_in_pages import number_in, page_with, saved, version_in
from goldenthread.permissions import Action


@require_GET
@signed_in
def units(request: PersonRequest) -> HttpResponse:
    rows = selectors.flat(selectors.unit_tree())
    context = {
        "rows": rows,
        "people": sum(row.people for row in rows),
        "leaderless": sum(row.unit.leader is None for row in rows),
        "may_add": can(request.person, Action.ADD_PEOPLE),
        "may_edit": can(request.person, Action.EDIT_UNIT),
    }
    return render(request, "people/units.html", context)


@require_GET
@signed_in
def units_csv(request: PersonRequest) -> HttpResponseBase:
    """The tree as rows, in the columns that the import reads, with the people of each."""
    rows = selectors.flat(selectors.unit_tree())
    names = {row.unit.pk: row.unit.name for row in rows}
    lines = (
        (
            row.unit.external_id,
            row.unit.name,
            names.get(row.unit.parent_id or 0, ""),
            row.unit.leader and (row.unit.leader.email or row.unit.leader.name),
            row.people,
        )
        for row in rows
    )
    return csv_file("units.csv", ("external_id", "name", "parent", "leader", "people"), lines)


@require_GET
@signed_in
def units_pick(request: PersonRequest) -> HttpResponse:
    """What a picker shows while somebody types the name of a unit."""
    query = request.GET.get("q", "")[:200]
    options = [
        {"pk": unit.pk, "title": unit.name, "note": f"in {unit.parent}" if unit.parent else ""}
        for unit in selectors.find_units(query)
    ]
    return render(request, "ui/_picker_options.html", {"options": options, "query": query})


@require_http_methods(["GET", "POST"])
@signed_in
def unit_add(request: PersonRequest) -> HttpResponse:
    require(request.person, Action.ADD_PEOPLE)
    parent = Unit.objects.filter(pk=number_in(request.GET, "parent") or 0).first()
    form = UnitForm(request.POST or None, initial={"parent": parent})
    if request.method == "POST" and saved(
        form, lambda: services.add_unit(actor=request.person, **form.cleaned_data)
    ):
        messages.success(request, f"{form.cleaned_data['name']} is added.")
        return redirect("units")
    return page_with(request, "people/unit_add.html", form, {})


@require_http_methods(["GET", "POST"])
@signed_in
def unit_edit(request: PersonRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.select_related("parent", "leader"), pk=pk)
    require(request.person, Action.EDIT_UNIT, unit)
    form = UnitForm(request.POST or None, initial=UnitForm.initial_of(unit))

    def write() -> None:
        services.edit_unit(
            actor=request.person, unit=unit, version=version_in(request), **form.cleaned_data
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, f"{unit} is saved.")
        return redirect("units")
    context = {"edited": unit, "end_form": DayForm(initial={"on": clock.today()})}
    return page_with(request, "people/unit_edit.html", form, context)


@require_POST
@signed_in
def unit_end(request: PersonRequest, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.select_related("parent", "leader"), pk=pk)
    form = DayForm(request.POST)
    if saved(
        form,
        lambda: services.end_unit(actor=request.person, unit=unit, on=form.cleaned_data["on"]),
    ):
        messages.success(request, f"{unit} has ended. Its history stays.")
        return redirect("units")
    context = {"edited": unit, "end_form": form}
    unbound = UnitForm(initial=UnitForm.initial_of(unit))
    return render(request, "people/unit_edit.html", {**context, "form": unbound}, status=422)
