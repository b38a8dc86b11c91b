"""What happened to a record: who, when, before and after."""

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core.access import can
from goldenthread.core.selectors import history_of
from goldenthread.insights.selectors.record_history import KINDS, lines_in_words
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.permissions import Action

LINES = 25


@require_GET
@signed_in
def history(request: PersonRequest, kind: str, pk: int) -> HttpResponse:
    """Open to whoever may see the record; anything else is not found."""
    if kind not in KINDS:
        raise Http404
    found = KINDS[kind]
    record = get_object_or_404(found.visible(request.person), pk=pk)
    parts = list(found.parts(record, request.person))
    page = Paginator(history_of(record, request.person, parts), LINES).get_page(
        request.GET.get("page")
    )
    withheld = isinstance(record, Person) and not can(request.person, Action.SEE_PERSONAL, record)
    context = {
        "record": record,
        "word": found.word,
        "address": reverse(found.page, args=[record.pk]),
        "page": page,
        "lines": lines_in_words(list(page), parts, request.person),
        "withheld": withheld,
    }
    return render(request, "insights/history.html", context)
