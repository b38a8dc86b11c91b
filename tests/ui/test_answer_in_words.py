"""What the frame answers: menus by right, errors with a way on, drafts let go only when saved."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse

from goldenthread.core import versions
from goldenthread.core.errors import DomainError, LoopRefused, NotAllowed, SavedMeanwhile
from goldenthread.people.models import Person
from goldenthread.permissions import Relation
from goldenthread.ui import nav
from goldenthread.ui.middleware import DRAFT_COOKIE, ErrorsInWords, Fragments


def asked(method: str = "get", path: str = "/", person: Any = None, **more: Any) -> HttpRequest:
    request = getattr(RequestFactory(), method)(path, **more)
    request.person, request.organisation, request.user = person, None, AnonymousUser()
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def answered(error: Exception, request: HttpRequest) -> HttpResponse:
    answer = ErrorsInWords(lambda _: HttpResponse()).process_exception(request, error)
    assert answer is not None
    return answer


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowed("You may not edit strategy here."), 403),
        (DomainError("The target equals the start."), 422),
        (LoopRefused("The link would close a loop.", ["A", "B", "A"]), 422),
    ],
)
def test_a_refusal_is_a_page_that_says_why(error, status, organisation):
    answer = answered(error, asked())
    assert answer.status_code == status
    assert error.message in answer.content.decode()


def test_an_unexpected_error_is_left_to_the_server():
    assert ErrorsInWords(lambda _: HttpResponse()).process_exception(asked(), KeyError()) is None


def test_the_second_of_two_savers_sees_both_versions_and_can_save_over(ada: Person):
    seen = ada.version
    versions.save(ada, {"position": "Chair"})
    with pytest.raises(SavedMeanwhile) as refused:
        versions.save(ada, {"position": "Chief <b>executive</b>"}, version=seen)
    typed = {"position": "Chief <b>executive</b>", "version": str(seen), "tags": ["a", "b"]}
    html = answered(refused.value, asked("post", "/people/1/", data=typed)).content.decode()
    assert "Chair" in html
    assert "Chief &lt;b&gt;executive" in html
    assert f'name="version" value="{seen + 1}"' in html
    assert html.count('name="version"') == 1
    assert html.count('name="tags"') == 2


def test_a_refusal_inside_a_fragment_takes_the_place_of_the_page(organisation):
    answer = answered(DomainError("No."), asked(headers={"HX-Request": "true"}))
    assert answer["HX-Retarget"] == "#main"


def through(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    return Fragments(lambda _: response)(request)


def test_an_expired_session_in_a_fragment_opens_the_sign_in_page_and_comes_back():
    sign_in = reverse("account_login")
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/objectives/?unit=3"}
    request = asked("post", "/check-in/", data={"_draft": "check-in-7"}, headers=headers)
    answer = through(request, HttpResponseRedirect(f"{sign_in}?next=/check-in/"))
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == f"{sign_in}?next=/objectives/%3Funit%3D3"
    assert DRAFT_COOKIE not in answer.cookies


@pytest.mark.parametrize(
    ("answer", "by_htmx", "let_go"),
    [
        (HttpResponseRedirect("/objectives/7/"), False, True),
        (HttpResponse(status=200), True, True),
        (HttpResponse(status=200), False, False),  # the form again, with its errors
        (HttpResponse(status=422), True, False),
        (HttpResponse(status=409), False, False),
        (HttpResponse(status=500), True, False),
        (HttpResponseRedirect("/accounts/login/?next=/"), False, False),
    ],
)
def test_a_draft_is_let_go_only_when_the_server_has_accepted_it(answer, by_htmx, let_go):
    headers = {"HX-Request": "true"} if by_htmx else {}
    request = asked("post", "/x/", data={"_draft": "objective-new"}, headers=headers)
    assert (DRAFT_COOKIE in through(request, answer).cookies) == let_go


# The menu ---------------------------------------------------------------------------------------------------
LEADER = SimpleNamespace(pk=1, office=frozenset({Relation.LEADER}))
WORKER = SimpleNamespace(pk=2, office=frozenset())


def menu(person: Any, *rows: str) -> dict[str, list[str]]:
    """The words of the menu by group, where there are these rows."""
    request = asked(person=person)
    request.rows = frozenset(rows)
    main = [item.entry.word for item in nav.items(request, nav.MAIN)]
    shown = nav.groups(request)
    return {"": main} | {one.title: [item.entry.word for item in one.items] for one in shown}


def test_an_entry_appears_once_its_page_exists_and_the_person_may(monkeypatch):
    monkeypatch.setattr(nav, "address", {"home": "/", "imports": "/imports/"}.get)
    assert menu(WORKER) == {"": ["Home"]}
    assert menu(LEADER) == {"": ["Home"], "Organisation": ["Import"]}
    assert menu(None) == {"": ["Home"]}


def test_a_newcomer_meets_few_words_and_the_others_come_with_what_they_show():
    first = menu(WORKER)
    assert first == {"": ["Home", "Strategy", "Objectives", "People"], "Organisation": ["Cycles"]}
    later = menu(WORKER, "priority", "objective", "decision")
    assert later[""] == ["Home", "Strategy", "Objectives", "Map", "People"]
    assert later["Deciding"] == ["Decisions", "Planning"]
    assert later["Figures"] == ["Alignment", "Inputs and outputs"]


def test_whoever_leads_is_shown_what_they_begin_from_the_first_priority_on():
    assert "Deciding" not in menu(LEADER)
    assert {"Decisions", "Effort"} <= set(menu(LEADER, "priority")["Deciding"])
    assert "Deciding" not in menu(WORKER, "priority")


def test_a_group_is_open_on_a_page_of_it(client, ada: Person):
    client.force_login(ada.user)
    there = client.get(reverse("cycles")).content.decode()
    assert there.count('<details class="nav-group" open>') == 1
    assert '<details class="nav-group" open>' not in client.get(reverse("people")).content.decode()


def test_the_current_page_is_marked_and_home_only_on_home(monkeypatch):
    monkeypatch.setattr(nav, "address", {"home": "/", "objectives": "/objectives/"}.get)
    request = asked(path="/objectives/7/")
    assert [i.entry.word for i in nav.items(request, nav.MAIN) if i.here] == ["Objectives"]
    named = nav.items(request, nav.MAIN, "home", {"home": 4})
    assert [(i.entry.word, i.count) for i in named if i.here] == [("Home", 4)]


def test_the_frame_shows_who_is_here_and_a_way_out(client, ada: Person):
    from django.template.loader import render_to_string

    request = asked(person=ada)
    html = render_to_string("ui/not_allowed.html", {"message": "No."}, request)
    assert ada.name in html
    assert reverse("account_logout") in html
    assert f'data-person="{ada.pk}"' in html
    assert 'id="live"' in html
    assert "csrfmiddlewaretoken" in html


def test_a_demo_says_on_which_day_it_stands_still(ada: Person):
    import datetime as dt

    from django.template.loader import render_to_string

    request = asked(person=ada)
    request.organisation = SimpleNamespace(stands_on=dt.date(2026, 11, 23))
    html = render_to_string("ui/refused.html", {"message": "No."}, request)
    assert "23 November 2026" in html


def test_pages_for_what_is_not_there_need_no_database_and_no_context():
    from django.template.loader import render_to_string

    assert "broke" in render_to_string("500.html")
    assert "Nothing at this address" in render_to_string("404.html", {}, asked())
