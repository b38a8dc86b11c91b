"""In an empty database every address leads to the page that founds the organisation."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse


class EmptyLeadsToWelcome:
    """Until there is an organisation, there is one page: `first-run` (and what needs nobody: the pattern page, and
    the API, which knows nobody's token yet)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        open_anyway = request.path.startswith(("/ui/", "/api/"))
        if getattr(request, "organisation", None) is None and not open_anyway:
            welcome = reverse("first-run")
            if request.path != welcome:
                return redirect(welcome)
        return self.get_response(request)
