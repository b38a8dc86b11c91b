"""Nothing invisible is ever rendered, and nothing rendered leads nowhere.

As each person, every page that can be reached from home by the links in the pages is opened, and every form in
them is sent as it stands (and undone). A word hidden in what that person may not see never occurs; no link and no
button ends in a refusal, a missing page or an error.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client
from lxml.etree import HTMLParser

from goldenthread.core.models import Organisation
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.services import links
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.drafts import correct_wording
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, User
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy
from goldenthread.strategy.services import add_even_over, edit_priority
from tests.authorisation.expectations import LEADERS, NAMED_ON_IT
from tests.authorisation.world import World
from tests.cast import TODAY, make_key_result, make_kpi, make_objective, make_priority

pytestmark = pytest.mark.django_db

# Words that stand in records not everybody may see, in every field that holds words.
SECRETS = {"xyzzyobj": NAMED_ON_IT, "xyzzyprio": LEADERS}
MOST_OF_A_PAGE = 2  # addresses tried of one path: filters and pages of a list lead to the same page
MOST = 700
WORDS = ("/method/", "/api/docs/")  # of the product, the same for everybody: one walks them


@pytest.fixture(scope="module")
def hidden(world: World) -> None:
    """A restricted objective and a confidential priority full of words that give them away, tied to open ones."""
    people = {person.name: person for person in Person.objects.all()}
    owner, leads, sponsor = people["owner"], people["strategy_leader"], people["sponsor"]
    strategy = Strategy.objects.get(title="Led")
    word = "xyzzyprio"
    priority = make_priority(
        strategy, f"Title {word}", why=f"Why {word}", sponsor=sponsor, confidential=True, weight=0
    )
    edit_priority(actor=leads, priority=priority, version=priority.version, title=f"Titled {word}")
    kpi = make_kpi("Measured for a secret", owner=owner)
    ExpectedResult.objects.create(
        priority=priority, text=f"Result {word}", kpi=kpi, target=Decimal(9)
    )
    add_even_over(
        actor=leads, strategy=strategy, this=f"This {word}", over=f"Over {word}", priority=priority
    )
    word = "xyzzyobj"
    secret = make_objective(
        owner,
        f"Title {word}",
        why=f"Why {word}",
        restricted=True,
        author=people["author"],
        recovers=Kpi.objects.get(name="open KPI"),
    )
    key_result = make_key_result(secret, f"Key result {word}", reporter=people["reporter"])
    check_in(actor=owner, key_result=key_result, value=Decimal(30), note=f"Note {word}")
    correct_wording(
        actor=owner,
        objective=secret,
        title=f"Title of {word}",
        why=f"Why so {word}",
        version=Objective.objects.get(pk=secret.pk).version,
    )
    ExpectationChange.objects.create(
        objective=secret,
        author=owner,
        addressee=people["manager"],
        reason=f"Reason {word}",
        changes={"objective": {"title": f"Changed {word}"}},
        before={"objective": {"title": f"Before {word}"}},
    )
    links.link(actor=owner, child=secret, parent=Priority.objects.get(title="open priority"))
    done = make_objective(
        owner,
        f"Done {word}",
        restricted=True,
        author=people["author"],
        state=State.ACHIEVED,
        closing_score=0.8,
        learning=f"Learnt {word}",
    )
    make_key_result(done, f"Done {word}", reporter=people["reporter"])
    links.link(actor=owner, child=make_objective(owner, "Serves what is restricted"), parent=secret)
    beneath = make_objective(owner, "Serves what is confidential")
    links.link(actor=owner, child=beneath, parent=priority)
    make_objective(
        people["colleague"], "Behind", last_check_in_on=TODAY - dt.timedelta(40), score=0.1
    )


class Page:
    """The links and forms of a page, told of each tag as it begins and ends."""

    def __init__(self, html: str) -> None:
        self.links: list[str] = []
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._form: tuple[str, dict[str, str]] | None = None
        parser = HTMLParser(target=self)
        parser.feed(html)
        parser.close()

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if "hx-get" in attrs:
            self.links.append(attrs["hx-get"])
        if tag == "form":
            if attrs.get("method", "get").lower() == "post":
                self._form = (attrs.get("action", ""), {})
                self.forms.append(self._form)
            elif "action" in attrs:
                self.links.append(attrs["action"])
        if "hx-post" in attrs and tag != "form":
            self.forms.append((attrs["hx-post"], {}))
        ticked = attrs.get("type") not in {"checkbox", "radio"} or "checked" in attrs
        if self._form is not None and tag in {"input", "button"} and ticked and "name" in attrs:
            self._form[1].setdefault(attrs["name"], attrs.get("value", ""))

    def end(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def close(self) -> None:
        """Nothing is made of the page as a whole."""


@dataclass
class Found:
    """What a person met on their way."""

    opened: dict[str, str] = field(default_factory=dict)  # address: where it was found
    trouble: list[str] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)  # hidden word: where it stood


def crawl(client: Client, but: tuple[str, ...] = ()) -> Found:
    """Open everything reachable from home, `but` addresses that begin so; send each form once, and undo it."""
    found, tried, sent = Found(), Counter[str](), set[str]()
    waiting = [("/", "the start")]
    while waiting:
        url, came_from = waiting.pop(0)
        path = urlsplit(url).path
        if url in found.opened or tried[path] >= MOST_OF_A_PAGE or path.startswith(but):
            continue
        tried[path] += 1
        found.opened[url] = came_from
        assert len(found.opened) < MOST, "the links never end"
        response = client.get(url, follow=True)
        text = _text(response)
        if response.status_code != 200:
            found.trouble.append(f"{url} from {came_from}: {response.status_code}")
            continue
        for word in SECRETS:
            if word in text.casefold():
                found.words.setdefault(word, []).append(url)
        if not response.headers["Content-Type"].startswith("text/html"):
            continue
        page = Page(text)
        here = response.request["PATH_INFO"]
        waiting += [(to, url) for to in _own(list(dict.fromkeys(page.links)), url)]
        for action, fields in page.forms:
            target = next(_own([action or url], here), "")
            if target and target not in sent and "/accounts/" not in target:
                sent.add(target)
                status = _send(client, target, fields)
                if status in {403, 404, 405} or status >= 500:
                    found.trouble.append(f"form on {url} to {target}: {status}")
    return found


def _text(response: Any) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return str(body.decode())


def _own(links: list[str], base: str) -> Iterator[str]:
    for link in links:
        parts = urlsplit(urljoin(base, link))
        if parts.netloc or parts.scheme or parts.path.startswith(("/static/", "/ui/")):
            continue
        yield parts._replace(fragment="").geturl()


def _send(client: Client, url: str, fields: dict[str, str]) -> int:
    cookies = client.cookies.copy()
    with transaction.atomic():
        status: int = client.post(url, fields).status_code
        transaction.set_rollback(True)
    client.cookies = cookies
    Organisation.forget()
    return status


# One of each who differ in what they see or may do; the chain and the head of the unit are as the manager, a granted
# leader is as the one of the strategy, an author and a reporter see what the manager sees, a sponsor what owner and leader
# see.
WALK = sorted({"owner", "deputy", "manager", "strategy_leader", "colleague", "hr", "admin"})
if connection.vendor == "postgresql":  # where only the queries can differ
    WALK = ["strategy_leader"]


@pytest.mark.parametrize("name", WALK)
def test_a_walk_through_everything_one_may_open(hidden: None, client: Client, name: str) -> None:
    client.force_login(User.objects.get(person__name=name))
    found = crawl(client, WORDS if name != WALK[0] else ())
    for word, may in SECRETS.items():
        if name in may:
            assert found.words.get(word), f"{name} never meets {word}"
        else:
            assert not found.words.get(word), f"{word} before {name} on {found.words[word]}"
    assert found.trouble == [], "\n".join(found.trouble)
    assert len(found.opened) > 30
