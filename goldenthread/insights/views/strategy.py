"""The strategy on a page: of the organisation, or of a unit."""

import datetime as dt

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.insights.selectors.over_time import progress_over_time
from goldenthread.insights.selectors.stood import strategy_then
from goldenthread.insights.selectors.strategy_page import strategy_page
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.strategy.selectors import strategy_in_force
from goldenthread.tradeoffs.selectors.listing import to_decide
from goldenthread.ui.as_of import as_it_stood

CHOICES = 5  # open questions on the page, and decisions to look back on
CHARTS = 6  # priorities with a line over time on the page; each has it on its own


def strategy_as_it_stood(
    request: PersonRequest, pk: int | None = None, *, day: dt.date
) -> HttpResponse:
    """The strategy that was in force on a day gone by, with what was in line and how far it was."""
    unit = None if pk is None else get_object_or_404(Unit, pk=pk)
    context = {"page": strategy_then(day, unit, request.person), "unit": unit, "day": day}
    return render(request, "insights/strategy_then.html", context | {"nav_here": "strategy"})


@require_GET
@signed_in
@as_it_stood(strategy_as_it_stood)
def strategy(request: PersonRequest) -> HttpResponse:
    return _page(request, None)


@require_GET
@signed_in
@as_it_stood(strategy_as_it_stood)
def unit_strategy(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, get_object_or_404(Unit.objects.select_related("leader"), pk=pk))


@require_GET
@signed_in
def strategy_choices(request: PersonRequest) -> HttpResponse:
    """A part of the strategy page: what waits to be decided, and what is to be looked back on."""
    waiting, back = to_decide(request.person, clock.today(), CHOICES)
    context = {"waiting": waiting, "back": back, "on": clock.today()}
    return render(request, "insights/_strategy_choices.html", context)


def _page(request: PersonRequest, unit: Unit | None) -> HttpResponse:
    found = strategy_in_force(unit=unit) or _draft(unit)
    if found is None:
        if unit is None:
            may_start = can(request.person, Action.START_STRATEGY)
        else:
            may_start = can(request.person, Action.START_UNIT_STRATEGY, unit)
        none = {"unit": unit, "nav_here": "strategy", "may_start": may_start}
        return render(request, "insights/strategy_none.html", none)
    page = strategy_page(found, request.person, clock.today())
    context = {
        "page": page,
        "strategy": found,
        "nav_here": "strategy",
        "unit": unit,
        "histories": progress_over_time([row.priority for row in page.rows[:CHARTS]], page.as_of),
        "leads": can(request.person, Action.EDIT_STRATEGY, found),
        "drafts": _being_prepared(unit) if found.state != Strategy.State.DRAFT else (),
    }
    return render(request, "insights/strategy.html", context)


def _being_prepared(unit: Unit | None) -> list[Strategy]:
    """What waits behind the strategy in force, with `waiting`, its priorities still to be confirmed."""
    unconfirmed = Q(priorities__state=Priority.State.UNCONFIRMED)
    drafts = Strategy.objects.filter(unit=unit, state=Strategy.State.DRAFT)
    counted = drafts.annotate(waiting=Count("priorities", filter=unconfirmed))
    return list(counted.select_related("leader").order_by("starts_on", "pk"))


def _draft(unit: Unit | None) -> Strategy | None:
    """Without a strategy in force the newest draft is shown, and says that it is one."""
    drafts = Strategy.objects.filter(unit=unit, state=Strategy.State.DRAFT)
    return drafts.select_related("leader", "unit", "weights_confirmed_by").first()
