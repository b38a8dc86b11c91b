"""The pattern page: every component in every state, open to all, holding no data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from goldenthread.ui.health import HEALTHS


def patterns(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/patterns.html", {"healths": list(HEALTHS)})
