"""Success criteria that hold: the list, what is found while an objective is written, rules set aside."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.spreadsheet import csv_file
from goldenthread.engine.quality.rules import BY_CODE
from goldenthread.objectives.forms.acts import ReasonForm
from goldenthread.objectives.models import Cycle, Objective, RuleWaiver
from goldenthread.objectives.selectors import criteria_list as listing
from goldenthread.objectives.selectors.criteria_list import CriteriaFilter
from goldenthread.objectives.selectors.mending import of_objective
from goldenthread.objectives.services import waivers
from goldenthread.objectives.views.answers import by_htmx, objective_or_404
from goldenthread.objectives.views.so_far import criteria_so_far
from goldenthread.objectives.views.writing import sheet_of
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import unit_choices
from goldenthread.people.views.forms_in_pages import number_in, saved

PAGE = 50
SHOWN = {
    listing.OPEN: "With something open",
    listing.ERRORS: "That must be mended",
    listing.WAIVED: "With a rule waived",
    listing.ALL: "All open objectives",
}
COLUMNS = ("id", "title", "owner", "cycle", "state", "quality", "errors", "open_rules", "waived")


def _chosen(request: PersonRequest) -> CriteriaFilter:
    """The filter as the address has it; what does not exist is left out."""
    sent = request.GET

    def found(name: str, rows: Any) -> Any:
        pk = number_in(sent, name)
        return rows.filter(pk=pk).first() if pk else None

    return CriteriaFilter(
        found("unit", Unit.objects),
        found("cycle", Cycle.objects),
        sent["rule"] if sent.get("rule") in BY_CODE else "",
        sent["show"] if sent.get("show") in SHOWN else listing.OPEN,
    )


@require_GET
@signed_in
def criteria(request: PersonRequest) -> HttpResponse:
    """Which objectives have something to mend, by unit, cycle and rule."""
    chosen = _chosen(request)
    counts = listing.counts(request.person, chosen)
    rows = listing.criteria_pages(request.person, chosen, counts)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "chosen": chosen,
        "counts": counts,
        "page": page,
        "rows": [(one, _rules(one.open_rules), _rules(one.waived_rules)) for one in page],
        "rule": BY_CODE.get(chosen.rule),
        "shown": SHOWN,
        "units": unit_choices(chosen.unit),
        "cycles": Cycle.objects.exclude(state=Cycle.State.CLOSED),
        "query": query.urlencode(),
        "nav_here": "objectives",
    }
    return render(request, "objectives/criteria.html", context)


def _rules(codes: str) -> list[Any]:
    return [BY_CODE[code] for code in codes.split() if code in BY_CODE]


@require_GET
@signed_in
def criteria_csv(request: PersonRequest) -> HttpResponseBase:
    rows = listing.criteria_list(request.person, _chosen(request))
    return csv_file("criteria.csv", COLUMNS, _lines(rows))


def _lines(rows: Any) -> Iterator[list[Any]]:
    for one in rows.iterator(500):
        quality = None if one.quality is None else round(one.quality)
        head = [one.pk, one.title, str(one.owner or ""), one.cycle.name, one.state]
        yield [*head, quality, one.open_errors, one.open_rules.strip(), one.waived_rules]


@require_POST
@signed_in
def criteria_check(request: PersonRequest) -> HttpResponse:
    """What is found in an objective as it stands in the form; nothing is saved."""
    pk = number_in(request.GET, "objective")
    objective = objective_or_404(request, pk) if pk else None
    sheet = sheet_of(request, objective, change=bool(objective and objective.is_live))
    context = {"criteria": criteria_so_far(sheet, objective)}
    return render(request, "objectives/_criteria_now.html", context)


@require_GET
@signed_in
def objective_criteria(request: PersonRequest, pk: int) -> HttpResponse:
    """How the criteria of one objective stand: a page, and what the objective's own page loads once it is there."""
    objective = objective_or_404(request, pk)
    mending = (
        None if objective.is_closed else of_objective(objective, request.person, clock.today())
    )
    context = {"objective": objective, "mending": mending, "nav_here": "objectives"}
    page = "_mending.html" if by_htmx(request) else "objective_criteria.html"
    return render(request, f"objectives/{page}", context)


@require_http_methods(["GET", "POST"])
@signed_in
def rule_waive(request: PersonRequest, pk: int, code: str) -> HttpResponse:
    """Set a rule aside for an objective, with the reason."""
    objective = objective_or_404(request, pk)
    rule = BY_CODE.get(code)
    if rule is None:
        raise Http404
    waivers.require_line(request.person, objective)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = "Why it is not to hold here"
    if request.method == "POST" and saved(
        form,
        lambda: waivers.waive_rule(
            actor=request.person,
            objective=objective,
            code=code,
            reason=form.cleaned_data["reason"],
        ),
    ):
        messages.success(request, "Waived. Your reason stays on record.")
        return redirect("objective-criteria", pk)
    context = {"form": form, "objective": objective, "rule": rule}
    return render(request, "objectives/waive.html", context, status=422 if form.is_bound else 200)


@require_POST
@signed_in
def rule_restore(request: PersonRequest, pk: int) -> HttpResponse:
    """Let a waived rule hold again."""
    seen = Objective.objects.visible_to(request.person)
    waiver = get_object_or_404(RuleWaiver.objects.filter(objective__in=seen), pk=pk)
    waiver.objective = objective_or_404(request, waiver.objective_id)
    waivers.restore_rule(actor=request.person, waiver=waiver)
    messages.success(request, "The rule holds again. The waiver stays on record.")
    return redirect("objective-criteria", waiver.objective_id)
