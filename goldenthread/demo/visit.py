"""Visiting a running demo as a person would: signing in through the form and opening the main pages."""

import re
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from html import unescape
from http.cookiejar import CookieJar

from django.urls import NoReverseMatch, reverse

from goldenthread.demo.tables import direction, organisation, work
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person

VISITOR = "Marta Lindqvist"
SECONDS = 30


@dataclass(frozen=True)
class Seen:
    """One page as it answered. `problem` says in words what is wrong with it, "" when nothing is."""

    page: str
    path: str = "–"
    status: int = 0
    size: int = 0
    seconds: float = 0.0
    problem: str = ""


def visit(address: str) -> list[Seen]:
    """Sign in at this address and look at home, strategy, map, one objective and the style sheet."""
    browser = _Browser(address)
    signed_in = browser.sign_in()
    if not browser.text or signed_in.problem.endswith("not let in"):
        return [signed_in]
    seen = [
        signed_in,
        *(browser.see(page, name, key, words) for page, name, key, words in _pages()),
    ]
    return [*seen, browser.see_styles()]


def _pages() -> list[tuple[str, str, int | None, list[str]]]:
    """Page, name of its address, its record, and words that must stand there."""
    priorities = [row.title for row in direction.PRIORITIES]
    reach = next(row for row in work.UNIT_OBJECTIVES if row.key == "reach")
    loose = [row.title for row in work.LOOSE_ENDS]
    objective = Objective.objects.get(title=reach.title, cycle__name="Q4 2026")
    return [
        ("home", "home", None, [VISITOR]),
        ("strategy", "strategy", None, priorities),
        ("map", "map", None, [*priorities, loose[0]]),
        ("objective", "objective", objective.pk, [reach.title, reach.results[0].title]),
    ]


class _Browser:
    def __init__(self, address: str) -> None:
        self.address = address.rstrip("/")
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )
        self.text = ""  # the markup of the page last opened
        self.at = ""

    def open(self, path: str, form: dict[str, str] | None = None) -> tuple[int, int, float]:
        """The status, bytes and seconds of a page; `form` posts."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(  # noqa: S310  the address is the server started here
            self.address + path, data, {"Referer": self.address + path}
        )
        began = time.monotonic()
        try:
            with self.opener.open(request, timeout=SECONDS) as answer:
                body, status, self.at = answer.read(), answer.status, answer.url
        except urllib.error.HTTPError as refused:
            body, status, self.at = refused.read(), refused.code, refused.url
        self.text = body.decode(errors="replace")
        return status, len(body), time.monotonic() - began

    def sign_in(self) -> Seen:
        path = reverse("account_login")
        try:
            status, size, seconds = self.open(path)
        except OSError as error:
            return Seen("sign in", path, problem=f"no answer: {error}")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)
        if status != 200 or token is None:
            return Seen("sign in", path, status, size, seconds, "the form is not there")
        person = Person.objects.get(name=VISITOR)
        form = {
            "csrfmiddlewaretoken": token[1],
            "login": person.email,
            "password": organisation.PASSWORD,
        }
        status, size, seconds = self.open(path, form)
        landed = urllib.parse.urlsplit(self.at).path
        problem = "" if status == 200 else f"answered {status} afterwards"
        if landed == path:
            problem = f"{VISITOR} was not let in"
        return Seen("sign in", path, status, size, seconds, problem)

    def see(self, page: str, name: str, key: int | None, words: list[str]) -> Seen:
        try:
            path = reverse(name, args=[key] if key else [])
        except NoReverseMatch:
            return Seen(page, problem=f"no address is called “{name}”")
        try:
            status, size, seconds = self.open(path)
        except OSError as error:
            return Seen(page, path, problem=f"no answer: {error}")
        missing = [word for word in words if word not in _readable(self.text)]
        problem = f"missing: {', '.join(missing)}" if missing else ""
        if status != 200:
            problem = f"answered {status}"
        return Seen(page, path, status, size, seconds, problem)

    def see_styles(self) -> Seen:
        """The style sheet that the page last opened names."""
        link = re.search(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', self.text)
        if link is None:
            return Seen("style sheet", problem="the page names none")
        status, size, seconds = self.open(link[1])
        problem = "" if status == 200 and size else f"answered {status}"
        return Seen("style sheet", link[1], status, size, seconds, problem)


def _readable(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", markup)))
