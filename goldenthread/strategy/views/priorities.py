"""The priorities of a strategy: the list to confirm and order, and each one's forms."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core.access import can, require
from goldenthread.core.spreadsheet import csv_file
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved, version_in, way_on
from goldenthread.permissions import Action
from goldenthread.strategy import selectors, services
from goldenthread.strategy.forms import (
    DropForm,
    ExpectedResultForm,
    MergeForm,
    NewPriorityForm,
    PriorityForm,
    SponsorForm,
    in_order_of,
    initial_of,
)
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy
from goldenthread.strategy.views.strategies import status_of, strategy_or_404


def priority_or_404(request: PersonRequest, pk: int) -> Priority:
    found = Priority.objects.visible_to(request.person)
    return get_object_or_404(
        found.select_related("strategy__leader", "sponsor", "sponsor_named_by"), pk=pk
    )


@require_GET
@signed_in
def priorities(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    return render(request, "strategy/priorities.html", _list(request, strategy))


@require_GET
@signed_in
def priorities_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The priorities of a strategy that this person sees, dropped ones included."""
    strategy = strategy_or_404(request, pk)
    seen = Priority.objects.visible_to(request.person).filter(strategy=strategy)
    lines = (
        (
            one.external_id,
            one.title,
            one.why,
            one.sponsor and (one.sponsor.email or one.sponsor.name),
            one.weight,
            one.confidential and "yes",
            one.get_state_display(),
            "\n".join(result.text for result in one.expected_results.all()),
        )
        for one in seen.select_related("sponsor").prefetch_related("expected_results")
    )
    columns = ("external_id", "title", "why", "sponsor", "weight", "confidential", "state")
    return csv_file("priorities.csv", (*columns, "expected_results"), lines)


def _list(request: PersonRequest, strategy: Strategy) -> dict[str, Any]:
    person = request.person
    listed = selectors.priorities_of(strategy, person).prefetch_related(
        Prefetch("expected_results", ExpectedResult.objects.select_related("kpi"))
    )
    rows = []
    for priority in listed:
        priority.strategy = strategy
        rows.append(
            {
                "priority": priority,
                "draft": priority.state == Priority.State.UNCONFIRMED,
                "may_confirm": can(person, Action.CONFIRM_PRIORITY, priority),
                "may_edit": can(person, Action.EDIT_PRIORITY, priority),
                "form": PriorityForm(
                    initial=initial_of(PriorityForm, priority),
                    auto_id=f"id_{priority.pk}_%s",
                ),
                "sponsor_form": SponsorForm(
                    initial={"sponsor": priority.sponsor}, auto_id=f"id_{priority.pk}_%s"
                ),
            }
        )
    drafts = sum(bool(row["draft"]) for row in rows)
    visible = Priority.objects.visible_to(person).filter(strategy=strategy)
    return {
        "strategy": strategy,
        "rows": rows,
        "drafts": drafts,
        "active": len(rows) - drafts,
        "dropped": visible.filter(state=Priority.State.DROPPED),
        "dispersion": selectors.dispersion_of(strategy),
        "may_lead": can(person, Action.EDIT_STRATEGY, strategy),
        "may_add": can(person, Action.ADD_PRIORITY, strategy),
    }


@require_http_methods(["GET", "POST"])
@signed_in
def priority_new(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    require(request.person, Action.ADD_PRIORITY, strategy)
    leads = can(request.person, Action.EDIT_STRATEGY, strategy)
    form = NewPriorityForm(request.POST or None)
    was_confirmed = strategy.weights_confirmed
    if request.method == "POST" and saved(
        form,
        lambda: services.add_priority(actor=request.person, strategy=strategy, **form.cleaned_data),
    ):
        title = form.cleaned_data["title"]
        words = "is added" if leads else f"is proposed to {strategy.leader}"
        messages.success(request, f"“{title}” {words}.{weights_words(strategy, was_confirmed)}")
        return redirect("priorities", strategy.pk)
    context = {"form": form, "strategy": strategy, "leads": leads}
    return render(request, "strategy/priority_new.html", context, status=status_of(form))


def weights_words(strategy: Strategy, was_confirmed: bool) -> str:
    """What a change did to the weights, for the message that tells of it."""
    if was_confirmed and not strategy.weights_confirmed:
        return " The weights have to be confirmed again; until then value figures read weights not set."
    return ""


@require_http_methods(["GET", "POST"])
@signed_in
def priority_edit(request: PersonRequest, pk: int) -> HttpResponse:
    priority = priority_or_404(request, pk)
    require(request.person, Action.EDIT_PRIORITY, priority)
    form = PriorityForm(request.POST or None, initial=initial_of(PriorityForm, priority))
    if request.method == "POST" and saved(
        form,
        lambda: services.edit_priority(
            actor=request.person,
            priority=priority,
            version=version_in(request),
            **form.cleaned_data,
        ),
    ):
        messages.success(request, f"“{priority}” is saved.")
        return redirect(_back(request, priority))
    return edit_page(request, priority, form=form)


def edit_page(
    request: PersonRequest,
    priority: Priority,
    *,
    form: PriorityForm | None = None,
    result_form: ExpectedResultForm | None = None,
) -> HttpResponse:
    """The page on which a priority is edited, with its expected results."""
    form = form or PriorityForm(initial=initial_of(PriorityForm, priority))
    result_form = result_form or ExpectedResultForm(auto_id="id_result_%s")
    context = {
        "priority": priority,
        "strategy": priority.strategy,
        "form": form,
        "result_form": result_form,
        "results": priority.expected_results.select_related("kpi"),
        "may_drop": can(request.person, Action.EDIT_STRATEGY, priority.strategy),
    }
    status = status_of(form, result_form)
    return render(request, "strategy/priority_edit.html", context, status=status)


def _back(request: PersonRequest, priority: Priority) -> str:
    """To the list when it was edited there, else to its own page."""
    if "in_list" in request.POST:
        return f"{reverse('priorities', args=[priority.strategy_id])}#priority-{priority.pk}"
    return reverse("priority", args=[priority.pk])


@require_http_methods(["GET", "POST"])
@signed_in
def priority_hand(request: PersonRequest, pk: int) -> HttpResponse:
    priority = priority_or_404(request, pk)
    require(request.person, Action.EDIT_PRIORITY, priority)
    form = SponsorForm(request.POST or None, initial={"sponsor": priority.sponsor})
    if request.method == "POST" and saved(
        form,
        lambda: services.hand_to_sponsor(
            actor=request.person, priority=priority, sponsor=form.cleaned_data["sponsor"]
        ),
    ):
        messages.success(request, f"{priority.sponsor} sponsors “{priority}”.")
        return redirect(_back(request, priority))
    context = {"priority": priority, "form": form}
    return render(request, "strategy/priority_hand.html", context, status=status_of(form))


@require_http_methods(["GET", "POST"])
@signed_in
def priority_drop(request: PersonRequest, pk: int) -> HttpResponse:
    """Drop a priority, or merge it into another."""
    priority = priority_or_404(request, pk)
    strategy, draft = priority.strategy, priority.state == Priority.State.UNCONFIRMED
    if draft:
        require(request.person, Action.CONFIRM_PRIORITY, priority)
    else:
        require(request.person, Action.EDIT_STRATEGY, strategy)
    was_confirmed = strategy.weights_confirmed
    others = strategy.priorities.active().exclude(pk=priority.pk)
    merging = request.method == "POST" and "into" in request.POST
    form = DropForm(request.POST if request.method == "POST" and not merging else None)
    merge_form = MergeForm(request.POST if merging else None, others=others)
    if merging and saved(
        merge_form,
        lambda: services.merge_priority(
            actor=request.person, priority=priority, into=merge_form.cleaned_data["into"]
        ),
    ):
        into = merge_form.cleaned_data["into"]
        words = f"“{priority}” is merged into “{into}”. What served it is to be tied again."
        messages.success(request, words + weights_words(strategy, was_confirmed))
        return redirect("priorities", strategy.pk)
    if form.is_bound and saved(
        form,
        lambda: services.drop_priority(
            actor=request.person, priority=priority, reason=form.cleaned_data["reason"]
        ),
    ):
        words = f"“{priority}” is dropped. It stays in the history."
        messages.success(request, words + weights_words(strategy, was_confirmed))
        return redirect("priorities", strategy.pk)
    context = {
        "priority": priority,
        "strategy": strategy,
        "draft": draft,
        "form": form,
        "merge_form": None if draft or not others.exists() else merge_form,
    }
    status = status_of(form, merge_form)
    return render(request, "strategy/priority_drop.html", context, status=status)


@require_POST
@signed_in
def priority_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    priority = priority_or_404(request, pk)
    was_confirmed = priority.strategy.weights_confirmed
    services.confirm_priority(actor=request.person, priority=priority)
    words = f"“{priority}” is confirmed." + weights_words(priority.strategy, was_confirmed)
    messages.success(request, words)
    return redirect(way_on(request, _back(request, priority)))


@require_POST
@signed_in
def priorities_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    was_confirmed = strategy.weights_confirmed
    count = len(services.confirm_all(actor=request.person, strategy=strategy))
    words = "1 priority is confirmed." if count == 1 else f"{count} priorities are confirmed."
    messages.success(request, words + weights_words(strategy, was_confirmed))
    return redirect(way_on(request, reverse("priorities", args=[strategy.pk])))


@require_POST
@signed_in
def priorities_order(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    require(request.person, Action.EDIT_STRATEGY, strategy)
    listed = list(selectors.priorities_of(strategy, request.person))
    ids = in_order_of(listed, request.POST)
    services.order_priorities(actor=request.person, strategy=strategy, ids=ids)
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204)
    messages.success(request, "The order is saved.")
    return redirect(way_on(request, reverse("priorities", args=[strategy.pk])))
