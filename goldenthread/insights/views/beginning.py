"""The guided path of a leader: a page of its own, and a line of it on home until it is walked."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.insights.selectors.beginning import beginning, is_young, propose_address
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in


@require_GET
@signed_in
def begin(request: PersonRequest) -> HttpResponse:
    path = beginning(request.person, number_in(request.GET, "strategy"))
    for one in path.active if path else ():
        one.propose_url = propose_address(one, request.person)
    return render(request, "insights/begin.html", {"path": path, "nav_here": "strategy"})


@require_GET
@signed_in
def begin_next(request: PersonRequest) -> HttpResponse:
    """A part of home: the next step of a young strategy; nothing once all are made."""
    path = beginning(request.person)
    shown = path is not None and not path.is_done and is_young(path.strategy, clock.today())
    return render(request, "insights/_begin_next.html", {"path": path if shown else None})
