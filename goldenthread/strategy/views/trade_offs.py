"""What a strategy chose: even over, and not doing."""

from typing import Any

from django.contrib import messages
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
from goldenthread.strategy.forms import EvenOverForm, NotDoingForm, TradeOffForm, initial_of
from goldenthread.strategy.models import Strategy, TradeOff
from goldenthread.strategy.views.strategies import status_of, strategy_or_404

FORMS: dict[str, type[TradeOffForm]] = {
    TradeOff.Kind.EVEN_OVER: EvenOverForm,
    TradeOff.Kind.NOT_DOING: NotDoingForm,
}


@require_http_methods(["GET", "POST"])
@signed_in
def trade_offs(request: PersonRequest, pk: int) -> HttpResponse:
    strategy = strategy_or_404(request, pk)
    kind = request.POST.get("kind", "")
    forms = {
        name: form(
            request.POST if kind == name else None,
            priorities=selectors.priorities_of(strategy, request.person),
            auto_id=f"id_{name}_%s",
        )
        for name, form in FORMS.items()
    }

    def write() -> None:
        fields: dict[str, Any] = forms[kind].cleaned_data
        add = services.add_even_over if kind == TradeOff.Kind.EVEN_OVER else services.add_not_doing
        add(actor=request.person, strategy=strategy, **fields)

    if request.method == "POST":
        require(request.person, Action.EDIT_STRATEGY, strategy)
        if kind in forms and saved(forms[kind], write):
            messages.success(request, "Added.")
            return redirect(way_on(request, reverse("trade-offs", args=[strategy.pk])))
    return _page(request, strategy, forms)


@require_GET
@signed_in
def trade_offs_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """What the strategy chose, as far as the reader sees it, as a file."""
    chosen = selectors.trade_offs_of(strategy_or_404(request, pk), request.person)
    lines = (
        (
            *(one.get_kind_display(), one.this, one.over, one.note, one.frees_fte),
            *(one.priority and one.priority.title, one.decided_by and one.decided_by.name),
            *(one.decided_on, one.look_again_on),
        )
        for one in chosen.select_related("priority", "decided_by")
    )
    columns = ("kind", "this", "over", "note", "frees_fte", "priority", "decided_by")
    return csv_file("trade-offs.csv", (*columns, "decided_on", "look_again_on"), lines)


def _page(
    request: PersonRequest, strategy: Strategy, forms: dict[str, TradeOffForm]
) -> HttpResponse:
    chosen = list(selectors.trade_offs_of(strategy, request.person))
    context = {
        "strategy": strategy,
        "even_over": [one for one in chosen if one.kind == TradeOff.Kind.EVEN_OVER],
        "not_doing": [one for one in chosen if one.kind == TradeOff.Kind.NOT_DOING],
        "even_over_form": forms[TradeOff.Kind.EVEN_OVER],
        "not_doing_form": forms[TradeOff.Kind.NOT_DOING],
        "may_lead": can(request.person, Action.EDIT_STRATEGY, strategy),
    }
    status = status_of(*forms.values())
    return render(request, "strategy/trade_offs.html", context, status=status)


def _trade_off_or_404(request: PersonRequest, pk: int) -> TradeOff:
    trade_off = get_object_or_404(TradeOff.objects.select_related("strategy__leader"), pk=pk)
    seen = selectors.trade_offs_of(trade_off.strategy, request.person)
    return get_object_or_404(seen.select_related("strategy__leader"), pk=pk)


@require_http_methods(["GET", "POST"])
@signed_in
def trade_off_edit(request: PersonRequest, pk: int) -> HttpResponse:
    trade_off = _trade_off_or_404(request, pk)
    strategy = trade_off.strategy
    require(request.person, Action.EDIT_STRATEGY, strategy)
    kind = FORMS[trade_off.kind]
    form = kind(
        request.POST or None,
        initial=initial_of(kind, trade_off),
        priorities=selectors.priorities_of(strategy, request.person),
    )
    if request.method == "POST" and saved(
        form,
        lambda: services.edit_trade_off(
            actor=request.person,
            trade_off=trade_off,
            version=version_in(request),
            **form.cleaned_data,
        ),
    ):
        messages.success(request, "Saved.")
        return redirect("trade-offs", strategy.pk)
    context = {"form": form, "trade_off": trade_off, "strategy": strategy}
    return render(request, "strategy/trade_off_edit.html", context, status=status_of(form))


@require_POST
@signed_in
def trade_off_remove(request: PersonRequest, pk: int) -> HttpResponse:
    trade_off = _trade_off_or_404(request, pk)
    words, strategy_id = str(trade_off), trade_off.strategy_id
    services.remove_trade_off(actor=request.person, trade_off=trade_off)
    messages.success(request, f"“{words}” is taken back.")
    return redirect("trade-offs", strategy_id)
