"""Searching everything; `/` leads here from every page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from goldenthread.insights.addresses import typed_in
from goldenthread.insights.selectors.search import SHORTEST, search
from goldenthread.people.access import PersonRequest, signed_in


@require_GET
@signed_in
def search_page(request: PersonRequest) -> HttpResponse:
    """The whole page, or what stands under the field while somebody types."""
    typed = typed_in(request.GET, "q")
    live = request.headers.get("HX-Target") == "found"
    context = {"typed": typed, "groups": search(request.person, typed), "shortest": SHORTEST}
    template = "insights/search.html#found" if live else "insights/search.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Target"])
    return response
