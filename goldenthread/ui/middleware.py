"""Errors of the domain become pages: forbidden, not found, saved meanwhile; nothing ends in a bare 500."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile


class ErrorsInWords:
    """Answer the errors that a service raises and no view has handled, with what to do about them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return render(request, "ui/not_allowed.html", {"message": error.message}, status=403)
        if isinstance(error, SavedMeanwhile):
            return render(request, "ui/saved_meanwhile.html", {"error": error}, status=409)
        if isinstance(error, DomainError):
            return render(request, "ui/refused.html", {"message": error.message}, status=422)
        return None
