"""Home: this week and my thread."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.insights.selectors.asked import asked_tasks
from goldenthread.insights.selectors.home import home_page
from goldenthread.insights.selectors.week import Task
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person


@require_GET
@signed_in
def home(request: PersonRequest, besides: Callable[[Person], list[Task]]) -> HttpResponse:
    """`besides` answers what waits in rooms above this one; the addresses of the product name it."""
    person = request.person
    page = home_page(person, [*besides(person), *asked_tasks(person, clock.today())])
    context = {"page": page, "nav_counts": {"home": len(page.tasks)}}
    return render(request, "insights/home.html", context)
