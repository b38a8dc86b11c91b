"""What several pages share: finding the record a reader may see, and answering htmx."""

import json

from django.http import Http404, HttpRequest, HttpResponse

from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.page import seen_objective
from goldenthread.people.access import PersonRequest
from goldenthread.people.views.forms_in_pages import number_in


def objective_or_404(request: PersonRequest, pk: int) -> Objective:
    """An objective that the reader may see."""
    found = seen_objective(request.person, pk)
    if found is None:
        raise Http404
    return found


def version_in(request: PersonRequest) -> int | None:
    """The version that a form was made from, where it names one."""
    return number_in(request.POST, "version")


def by_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def said(response: HttpResponse, words: str) -> HttpResponse:
    """The answer, with words for the live region."""
    response["HX-Trigger"] = json.dumps({"say": words})
    return response
