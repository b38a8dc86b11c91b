"""Home: this week and my thread."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.insights.selectors.home import home_page
from goldenthread.insights.selectors.week import Task
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person


@require_GET
@signed_in
def home(request: PersonRequest, besides: Callable[[Person], list[Task]]) -> HttpResponse:
    """`besides` answers what waits in rooms above this one; the addresses of the product name it."""
    page = home_page(request.person, besides(request.person))
    context = {"page": page, "nav_counts": {"home": len(page.tasks)}}
    return render(request, "insights/home.html", context)
