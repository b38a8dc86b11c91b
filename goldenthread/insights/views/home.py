"""Home: this week and my thread; checking in and agreeing happen in place."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.insights.forms import CheckInForm
from goldenthread.insights.selectors.home import HomePage, home_page
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.standing import standing
from goldenthread.objectives.services.agreement import agree_all
from goldenthread.objectives.services.check_ins import check_in as check_in_service
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in, saved
from goldenthread.permissions import Action
from goldenthread.ui.templatetags.goldenthread import percent


@require_GET
@signed_in
def home(request: PersonRequest) -> HttpResponse:
    """With `?check-in=12` the form of that objective stands open; so it works without a script too."""
    page = home_page(request.person)
    return _page(request, page, _form_asked_for(request, page))


@require_POST
@signed_in
def check_in(request: PersonRequest, pk: int) -> HttpResponse:
    """Check in on one or more key results of an objective, all or none."""
    objective = _objective_or_404(request, pk)
    require(request.person, Action.CHECK_IN, objective)
    form = CheckInForm(request.POST, key_results=_key_results(objective))

    def write() -> None:
        with transaction.atomic():
            for entered in form.entered(form.cleaned_data):
                check_in_service(
                    actor=request.person,
                    key_result=entered.key_result,
                    value=entered.value,
                    milestones_done=entered.milestones_done,
                    confidence=entered.confidence,
                    note=form.cleaned_data["note"],
                )

    if saved(form, write):
        objective.refresh_from_db()
        stands = standing(objective, clock.today())
        done = f": {percent(stands.score)} done" if stands.score is not None else ""
        messages.success(request, f"Checked in on “{objective}”{done}.")
        return redirect("home")
    return _page(request, home_page(request.person), {objective.pk: form}, status=422)


@require_POST
@signed_in
def agree(request: PersonRequest) -> HttpResponse:
    """Agree at once to the proposals that were ticked."""
    ids = [int(pk) for pk in request.POST.getlist("objective") if pk.isascii() and pk.isdigit()]
    rows = Objective.objects.visible_to(request.person).filter(pk__in=ids[:200])
    done = agree_all(
        actor=request.person,
        objectives=rows.select_related(
            "cycle", "owner_person__manager", "owner_unit__leader__manager", "proposed_by"
        ),
    )
    words = "1 objective is agreed." if len(done) == 1 else f"{len(done)} objectives are agreed."
    (messages.success if done else messages.warning)(
        request, words if done else "Nothing was agreed: none of these waits for your word."
    )
    return redirect("home")


def _page(
    request: PersonRequest, page: HomePage, forms: dict[int, CheckInForm], status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "page": page,
        "forms": forms,
        "nav_counts": {"home": len(page.tasks)},
    }
    return render(request, "insights/home.html", context, status=status)


def _form_asked_for(request: PersonRequest, page: HomePage) -> dict[int, CheckInForm]:
    asked = number_in(request.GET, "check-in")
    listed = {task.objective_id for task in page.tasks if task.kind == "check-in"}
    listed |= {thread.objective.pk for thread in page.threads if thread.objective.is_live}
    if asked not in listed:
        return {}
    assert asked is not None
    return {asked: CheckInForm(None, key_results=_key_results(_objective_or_404(request, asked)))}


def _objective_or_404(request: PersonRequest, pk: int) -> Objective:
    found = Objective.objects.visible_to(request.person)
    return get_object_or_404(
        found.select_related("cycle", "owner_person", "owner_unit__leader"), pk=pk
    )


def _key_results(objective: Objective) -> list[Any]:
    rows = list(objective.key_results.prefetch_related("milestones"))
    for row in rows:
        row.objective = objective
    return rows
