"""Two web machines and two workers on one PostgreSQL, each with a home of its own: nobody notices which one answers."""

import asyncio
import http.client
import re
from collections.abc import Iterator
from email.message import EmailMessage
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from goldenthread.core.models import Letter
from goldenthread.people.models import Person, User
from tests.cast import PASSWORD, Cast, make_cast, make_organisation
from tests.conftest import free_port
from tests.operations.killing import Process, is_ready, until

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
INVITED = 12


class Mailbox(Message):
    def __init__(self) -> None:
        super().__init__(EmailMessage)
        self.to: list[str] = []

    def handle_message(self, message: Any) -> None:
        self.to.append(message["To"])


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, loop=asyncio.new_event_loop())
    controller.start()
    yield box, port
    controller.stop()


@pytest.fixture
def machines(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> Iterator[list[tuple[Process, int]]]:
    """Two web servers, with a worker beside each."""
    given = connection.settings_dict
    url = f"postgres://{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    started: list[Process] = []
    found = []
    for name in ("first", "second"):
        environment = {
            "GOLDENTHREAD_HOME": str(tmp_path / name),
            "DATABASE_URL": url,
            "SECRET_KEY": "the-same-on-every-machine",
            "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
            "METRICS_TOKEN": "tell-me",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mailbox[1]),
        }
        port = free_port()
        web = Process("serve", "--port", str(port), "--processes", "1", **environment)
        started += [web, Process("worker", **environment)]
        found.append((web, port))
    try:
        for _, port in found:
            until(partial(is_ready, port), "Both answer")
        yield found
    finally:
        for one in started:
            one.kill()


class Browser:
    """Somebody whose every request goes to the next machine, as a proxy in turn would send it."""

    def __init__(self, ports: list[int]) -> None:
        self.ports = cycle(ports)
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, sent: dict[str, str] | None = None) -> tuple[int, str]:
        body = urlencode((sent or {}) | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        machine = http.client.HTTPConnection("127.0.0.1", next(self.ports), timeout=60)
        machine.request(method, path, body if method == "POST" else None, headers)
        answer = machine.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = cookie.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        text = answer.read().decode(errors="replace")
        machine.close()
        return answer.status, text


def test_nobody_notices_which_machine_answers(
    machines: list[tuple[Process, int]], mailbox: tuple[Mailbox, int]
) -> None:
    make_organisation()
    cast: Cast = make_cast()
    hashed = PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000)  # as the machines know passwords
    User.objects.filter(pk=cast.dee.user_id).update(password=hashed)
    ports = [port for _, port in machines]
    dee = Browser(ports)
    dee.ask("GET", "/accounts/login/")
    given = {"login": cast.dee.email, "password": PASSWORD}
    assert dee.ask("POST", "/accounts/login/", given)[0] == 302
    for _ in range(4):
        status, page = dee.ask("GET", "/people/")
        assert status == 200
    [style] = re.findall(r'href="(/static/ui/goldenthread\.[^"]+\.css)"', page)
    assert [dee.ask("GET", style)[0] for _ in ports] == [200, 200], "the same files on both"

    for n in range(INVITED):
        person = Person.objects.create(name=f"New {n}", email=f"new{n}@northwind.example")
        assert dee.ask("POST", f"/people/{person.pk}/invite/")[0] == 200
    sent = Letter.State.SENT
    until(lambda: Letter.objects.filter(state=sent).count() == INVITED, "All letters left")
    assert sorted(mailbox[0].to) == sorted(f"new{n}@northwind.example" for n in range(INVITED))

    for port in ports:
        machine = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        machine.request("GET", "/metrics", headers={"Authorization": "Bearer tell-me"})
        text = machine.getresponse().read().decode()
        assert 'status="200",view="people"' in text, "each counts what it answered"
        assert "goldenthread_workers 2.0" in text
        machine.close()

    machines[0][0].kill()
    left = Browser(ports[1:])
    left.cookies = dee.cookies
    assert [left.ask("GET", "/people/")[0] for _ in range(3)] == [200, 200, 200]
    assert not is_ready(ports[0])
