"""Home: this week and my thread."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from goldenthread.insights.selectors.home import home_page
from goldenthread.people.access import PersonRequest, signed_in


@require_GET
@signed_in
def home(request: PersonRequest) -> HttpResponse:
    page = home_page(request.person)
    context = {"page": page, "nav_counts": {"home": len(page.tasks)}}
    return render(request, "insights/home.html", context)
