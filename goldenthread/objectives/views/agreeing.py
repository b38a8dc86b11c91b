"""Proposing, agreeing, declining, confirming, and answering a change: one click each, or a reason."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.core.access import require
from goldenthread.objectives.forms.acts import AnswerForm, ReasonForm
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.selectors.change_parts import parts_of
from goldenthread.objectives.selectors.listing import waiting_for
from goldenthread.objectives.selectors.page import ShownChange, rights, seen_objectives
from goldenthread.objectives.services import agreement
from goldenthread.objectives.services.changes import (
    answer_change,
    may_withdraw,
    taken_on_by,
    withdraw_change,
)
from goldenthread.objectives.states import State
from goldenthread.objectives.views.answers import objective_or_404, version_in
from goldenthread.objectives.views.writing import proposed_words
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action

PROPOSALS = (State.PROPOSED, State.COUNTERED)


def _back(request: PersonRequest, objective: Objective) -> HttpResponseRedirect:
    """To the page of the objective, or to the list from which it was answered."""
    if request.POST.get("from") == "waiting":
        return redirect(f"{reverse('objectives')}?whose=waiting")
    return redirect("objective", objective.pk)


@require_POST
@signed_in
def objective_propose(request: PersonRequest, pk: int) -> HttpResponse:
    objective = objective_or_404(request, pk)
    agreement.propose(actor=request.person, objective=objective, version=version_in(request))
    messages.success(request, proposed_words(objective))
    return redirect("objective", objective.pk)


@require_POST
@signed_in
def objective_agree(request: PersonRequest, pk: int) -> HttpResponse:
    objective = objective_or_404(request, pk)
    agreement.agree(actor=request.person, objective=objective, version=version_in(request))
    messages.success(request, f"“{objective}” is agreed.")
    return _back(request, objective)


@require_POST
@signed_in
def agree_all(request: PersonRequest) -> HttpResponse:
    """Agree to all the proposals shown, each as it was shown; what was rewritten since still waits."""
    shown = set(request.POST.getlist("shown"))
    seen = seen_objectives(request.person).prefetch_related("key_results")
    rows = list(waiting_for(request.person, seen.filter(state__in=PROPOSALS)))  # type: ignore[arg-type]  # annotated rows are a type of their own
    as_shown = [row for row in rows if f"{row.pk}:{row.version}" in shown]
    found = agreement.agree_all(actor=request.person, objectives=as_shown)
    count = len(found.agreed)
    if count or not found.refused:
        messages.success(
            request,
            f"{count} {'objective is' if count == 1 else 'objectives are'} agreed."
            if count
            else "Nothing that was shown waits for your word.",
        )
    for words in found.refused:
        messages.warning(request, words)
    return redirect(f"{reverse('objectives')}?whose=waiting")


@require_http_methods(["GET", "POST"])
@signed_in
def objective_decline(request: PersonRequest, pk: int) -> HttpResponse:
    """Say no, with a reason: to a proposal, or to what an import put in one's name."""
    objective = objective_or_404(request, pk)
    unconfirmed = objective.state == State.UNCONFIRMED
    require(
        request.person,
        Action.CONFIRM_OBJECTIVE if unconfirmed else Action.AGREE_OBJECTIVE,
        objective,
    )
    return _with_reason(
        request,
        objective,
        lambda reason: agreement.decline(actor=request.person, objective=objective, reason=reason),
        "Declined. Your reason stays on record.",
    )


def _with_reason(
    request: PersonRequest, objective: Objective, act: Callable[[str], object], words: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and saved(form, lambda: act(form.cleaned_data["reason"])):
        messages.success(request, words)
        return _back(request, objective)
    status = 422 if form.is_bound else 200
    context = {"form": form, "objective": objective}
    return render(request, "objectives/decline.html", context, status=status)


@require_POST
@signed_in
def objective_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    objective = objective_or_404(request, pk)
    agreement.confirm(actor=request.person, objective=objective)
    messages.success(request, f"“{objective}” is confirmed. Propose it when it is right.")
    return _back(request, objective)


@require_POST
@signed_in
def confirm_all(request: PersonRequest) -> HttpResponse:
    """Take on everything that an import put in this reader's name."""
    seen = seen_objectives(request.person).prefetch_related("key_results")
    rows = waiting_for(request.person, seen)  # type: ignore[arg-type]  # annotated rows are a type of their own
    owned = rows.filter(state=State.UNCONFIRMED).exclude(
        owner_person__isnull=True, owner_unit__isnull=True
    )
    count = len(agreement.confirm_all(actor=request.person, objectives=owned))
    messages.success(
        request, f"{count} {'objective is' if count == 1 else 'objectives are'} confirmed."
    )
    return redirect(f"{reverse('objectives')}?whose=waiting")


# Changes ------------------------------------------------------------------------------------------------------


def _change_or_404(request: PersonRequest, pk: int) -> ExpectationChange:
    seen = ExpectationChange.objects.filter(
        objective__in=Objective.objects.visible_to(request.person)
    )
    change = get_object_or_404(seen.select_related("author", "addressee"), pk=pk)
    change.objective = objective_or_404(request, change.objective_id)
    return change


@require_http_methods(["GET", "POST"])
@signed_in
def change_answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Old and new beside each other; accept, or decline with a reason."""
    change = _change_or_404(request, pk)
    objective = change.objective
    if request.method == "POST":
        require(request.person, Action.ANSWER_CHANGE, change)
    form = AnswerForm(request.POST or None)
    accept = request.POST.get("accept") == "yes"
    if request.method == "POST" and saved(
        form,
        lambda: answer_change(
            actor=request.person,
            change=change,
            accept=accept,
            answer=form.cleaned_data["answer"],
        ),
    ):
        messages.success(
            request,
            "Accepted: it holds from now on. The old wording stays readable."
            if accept
            else "Declined. The agreed wording holds.",
        )
        return _back(request, objective)
    its = rights(objective, request.person)
    titles = {str(row.pk): row.title for row in objective.key_results.all()}
    is_open = change.state == ExpectationChange.State.OPEN
    shown = ShownChange(
        change,
        parts_of(change, titles),
        is_open and its.answers(change),
        is_open and may_withdraw(change, request.person),
    )
    status = 422 if form.is_bound else 200
    context = {"form": form, "shown": shown, "objective": objective}
    context["takes_on"] = taken_on_by(change) == request.person.pk
    return render(request, "objectives/change.html", context, status=status)


@require_POST
@signed_in
def change_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    change = _change_or_404(request, pk)
    withdraw_change(actor=request.person, change=change)
    messages.success(request, "Taken back. The agreed wording holds.")
    return redirect("objective", change.objective_id)
