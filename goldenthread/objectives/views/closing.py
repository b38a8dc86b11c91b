"""Closing an objective, and the learning that is added later."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.forms.acts import CARRY, DROP, CloseForm, LearningForm
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.cycles import ToClose, closing_of, following
from goldenthread.objectives.services.closing import Ending, add_learning, close_objective
from goldenthread.objectives.states import State
from goldenthread.objectives.views.answers import objective_or_404, version_in
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action
from goldenthread.ui.templatetags.goldenthread import percent


@require_http_methods(["GET", "POST"])
@signed_in
def objective_close(request: PersonRequest, pk: int) -> HttpResponse:
    """Score it, say what was learnt, carry over what goes on."""
    objective = objective_or_404(request, pk)
    require(request.person, Action.CLOSE_OBJECTIVE, objective)
    if not objective.is_live:
        raise DomainError("Only an agreed objective is closed; a draft is declined or deleted.")
    ends = closing_of(objective)
    into = following(objective.cycle)
    form = CloseForm(request.POST or None, by_rule=by_rule(ends), into=into)
    if request.method == "POST" and saved(form, lambda: _close(request, objective, form)):
        messages.success(
            request, f"“{objective}” is closed: {State(objective.state).label.lower()}."
        )
        return redirect("objective", objective.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "objective": objective, "ends": ends, "into": into}
    return render(request, "objectives/close.html", context, status=status)


def by_rule(ends: ToClose) -> str:
    """What the score makes of it, in words."""
    score = "not measured" if ends.score is None else percent(ends.score)
    return f"{State(ends.becomes).label}: {score}"


def _close(request: PersonRequest, objective: Objective, form: CloseForm) -> None:
    sent = form.cleaned_data
    carry = sent["carry_into"] if sent["how"] == CARRY else None
    if sent["how"] == CARRY and carry is None:
        raise DomainError("Choose the cycle that it goes on in.", "carry_into")
    ending = Ending(sent["learning"], sent["how"] == DROP, carry)
    close_objective(actor=request.person, objective=objective, ending=ending)
    objective.refresh_from_db()


@require_http_methods(["GET", "POST"])
@signed_in
def objective_learning(request: PersonRequest, pk: int) -> HttpResponse:
    """What the owner takes from a closed objective, when they like."""
    objective = objective_or_404(request, pk)
    require(request.person, Action.CLOSE_OBJECTIVE, objective)
    form = LearningForm(request.POST or None, initial={"learning": objective.learning})
    if request.method == "POST" and saved(
        form,
        lambda: add_learning(
            actor=request.person,
            objective=objective,
            learning=form.cleaned_data["learning"],
            version=version_in(request) or 0,
        ),
    ):
        messages.success(request, "Kept with the objective.")
        return redirect("objective", objective.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "objective": objective}
    return render(request, "objectives/learning.html", context, status=status)
