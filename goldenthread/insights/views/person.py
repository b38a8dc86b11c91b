"""The page of a person."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.access import allowed
from goldenthread.insights.selectors.person_page import person_page, with_what_is_open
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.permissions import Action


@require_GET
@signed_in
def person(request: PersonRequest, pk: int) -> HttpResponse:
    found = with_what_is_open(Person.objects.visible_to(request.person))
    shown = get_object_or_404(found.select_related("unit", "manager", "user"), pk=pk)
    may_do = allowed(request.person, shown)

    def may(action: Action) -> bool:
        return action in may_do

    context = {
        "page": person_page(shown, request.person),
        "shown": shown,
        "nav_here": "people",
        "is_me": shown.pk == request.person.pk,
        "has_left": shown.end is not None and shown.end < clock.today(),
        "may_draft": may(Action.DRAFT_OBJECTIVE),
        "may_edit": may(Action.EDIT_PERSON),
        "may_note_absence": may(Action.RECORD_ABSENCE),
        "may_name_deputy": may(Action.NAME_DEPUTY),
        "may_invite": may(Action.INVITE) and shown.user is None and bool(shown.email),
        "may_grant": may(Action.GRANT_ROLES),
    }
    return render(request, "insights/person.html", context)
