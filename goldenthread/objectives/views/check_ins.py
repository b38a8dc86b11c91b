"""Checking in: in place from a row or from the objective's page, or on a page of its own."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.objectives.forms.acts import CheckInForm
from goldenthread.objectives.models import CheckIn, KeyResult, Objective
from goldenthread.objectives.selectors.criteria import Criterion, criteria, criterion
from goldenthread.objectives.selectors.page import objective_page, rights
from goldenthread.objectives.selectors.seen import objective_of
from goldenthread.objectives.selectors.standing import standing
from goldenthread.objectives.services.check_ins import check_in as record
from goldenthread.objectives.services.check_ins import check_takes_check_ins
from goldenthread.objectives.views.answers import by_htmx, objective_or_404, said
from goldenthread.objectives.views.page import chart_of
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in, saved
from goldenthread.permissions import Action

ROW, PAGE = "row", "page"


@require_http_methods(["GET", "POST"])
@signed_in
def check_in(request: PersonRequest, pk: int) -> HttpResponse:
    """The form of one key result, and what it is sent to.

    `place` says from where: the objective's page swaps the criterion, a row of a list its panel.
    """
    key_result = _key_result_or_404(request, pk)
    corrects = _corrected(request, key_result)
    form = _form(key_result, request.POST or None)
    if form.is_bound and saved(
        form,
        lambda: record(
            actor=request.person, key_result=key_result, corrects=corrects, **form.given()
        ),
    ):
        return _recorded(request, key_result)
    require(request.person, Action.CHECK_IN, key_result)
    check_takes_check_ins(key_result.objective)
    one = criterion(key_result, clock.today())
    form.initial = _start(one, corrects)
    context = _context(one, form, corrects) | {"autofocus": True}
    if by_htmx(request) and _place(request) == PAGE:
        answer = render(
            request,
            "objectives/_check_in_form.html",
            context | {"place": PAGE},
            status=_status(form),
        )
        answer["HX-Retarget"], answer["HX-Reswap"] = f"#ci-{key_result.pk}", "innerHTML"
        return answer
    if by_htmx(request) and _place(request) == ROW:
        return render(request, "objectives/_row_check_in.html", context, status=_status(form))
    return render(request, "objectives/check_in.html", context, status=_status(form))


@require_GET
@signed_in
def objective_check_ins(request: PersonRequest, pk: int) -> HttpResponse:
    """Every key result of an objective to check in on, in place under its row."""
    objective = objective_or_404(request, pk)
    its = rights(objective, request.person)
    if not its.reported:
        require(request.person, Action.CHECK_IN, objective)
    check_takes_check_ins(objective)
    rows = [one for one in criteria(objective, clock.today()) if one.key_result.pk in its.check_in]
    forms = [
        {"criterion": one, "form": _form(one.key_result, initial=_start(one, None))} for one in rows
    ]
    template = "_row_check_ins.html" if by_htmx(request) else "check_ins.html"
    context = {"objective": objective, "forms": forms, "today": clock.today()}
    return render(request, f"objectives/{template}", context)


def _key_result_or_404(request: PersonRequest, pk: int) -> KeyResult:
    """A key result of an objective that the reader may see, with that objective and its other key results."""
    objective = objective_of(pk, request.person)
    if objective is None:
        raise Http404
    return next(_tied(one, objective) for one in objective.key_results.all() if one.pk == pk)


def _tied(key_result: KeyResult, objective: Objective) -> KeyResult:
    key_result.objective = objective
    return key_result


def _corrected(request: PersonRequest, key_result: KeyResult) -> CheckIn | None:
    """The check-in that this one corrects, where the address or the form names one."""
    pk = number_in(request.GET, "corrects") or number_in(request.POST, "corrects")
    return get_object_or_404(key_result.check_ins, pk=pk) if pk else None


def _start(one: Criterion, corrects: CheckIn | None) -> dict[str, Any]:
    """What the form begins with: the steps done so far; for a correction what stood there. Never a value that
    nobody has looked up."""
    if corrects is not None:
        return {
            "value": corrects.value,
            "milestones_done": corrects.milestones_done,
            "confidence": corrects.confidence,
            "note": corrects.note,
            "as_of": corrects.as_of,
        }
    latest = one.latest
    if latest is None:
        return {}
    return {"milestones_done": latest.milestones_done, "confidence": latest.confidence}


def _place(request: PersonRequest) -> str:
    return str(request.POST.get("place") or request.GET.get("place") or "")


def _status(form: CheckInForm) -> int:
    return 422 if form.is_bound else 200


def _form(
    key_result: KeyResult, sent: QueryDict | None = None, initial: dict[str, Any] | None = None
) -> CheckInForm:
    prefix = f"k{key_result.pk}"
    return CheckInForm(sent, key_result=key_result, initial=initial, prefix=prefix)


def _context(one: Criterion, form: CheckInForm | None, corrects: CheckIn | None) -> dict[str, Any]:
    return {
        "criterion": one,
        "key_result": one.key_result,
        "objective": one.key_result.objective,
        "form": form,
        "corrects": corrects,
        "today": clock.today(),
    }


def _recorded(request: PersonRequest, key_result: KeyResult) -> HttpResponse:
    """The answer to a check-in: the row again with its new figures, said aloud; or back to the page."""
    place = _place(request) if by_htmx(request) else ""
    if place == PAGE:
        return _recorded_on_page(request, key_result)
    objective, one = key_result.objective, criterion(key_result, clock.today())
    if place == ROW:
        context = {
            "criterion": one,
            "key_result": key_result,
            "objective": objective,
            "standing": standing(objective, clock.today()),
        }
        return said(render(request, "objectives/_row_checked_in.html", context), _words(one))
    messages.success(request, f"{_words(one)} for “{key_result}”.")
    return redirect(f"{reverse('objective', args=[objective.pk])}#kr-{key_result.pk}")


def _recorded_on_page(request: PersonRequest, key_result: KeyResult) -> HttpResponse:
    """The criterion and what else changes on the objective's page."""
    objective = objective_or_404(request, key_result.objective_id)
    page = objective_page(objective, request.person, clock.today())
    one = next(row for row in page.criteria if row.key_result.pk == key_result.pk)
    context = _context(one, None, None) | {
        "page": page,
        "checks_in": page.rights.check_in,
        "swapped": True,
        "chart": chart_of(one),
        "following": _following(
            [row for row in page.criteria if row.key_result.pk in page.rights.check_in], one
        ),
    }
    return said(render(request, "objectives/_criterion_swapped.html", context), _words(one))


def _words(one: Criterion) -> str:
    return f"Checked in: {one.now}" if one.now else "Checked in"


def _following(rows: Sequence[Criterion], one: Criterion) -> Criterion | None:
    """The next key result of the objective, for those who check in on all of them."""
    place = [row.key_result.pk for row in rows].index(one.key_result.pk)
    return rows[place + 1] if place + 1 < len(rows) else None
