"""Probes, metrics and the log: what is seen from outside, and that it names nobody."""

import io
import json
import logging
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path, reverse

from goldenthread.core import outbox
from goldenthread.operations.logs import JsonLines
from goldenthread.people import services
from goldenthread.people.models import Person
from tests.cast import PASSWORD, Cast, make_person, signed_in

pytestmark = pytest.mark.django_db
TOKEN = {"Authorization": "Bearer a-token-of-ours"}


def fails(request: HttpRequest, name: str) -> HttpResponse:
    raise ValueError("Flo Dahl <flo@northwind.example> is here twice")


urlpatterns = [
    path("fails/<str:name>/", fails, name="fails"),
    path("", include("goldenthread.config.urls")),
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged, as the server writes it."""
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(JsonLines())
    root, requests = logging.getLogger(), logging.getLogger("goldenthread.request")
    before = root.level, requests.level
    root.addHandler(handler)
    root.setLevel("INFO")
    requests.setLevel("INFO")
    yield lines
    root.removeHandler(handler)
    root.setLevel(before[0])
    requests.setLevel(before[1])


def read(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


# Health ------------------------------------------------------------------------------------------------------
def test_a_probe_is_answered_under_any_name_without_a_session(
    client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["thread.example"]
    settings.SECURE_SSL_REDIRECT = True
    for address in ("/health/live", "/health/ready"):
        answer = client.get(address, headers={"Host": "10.0.0.7:8000"})
        assert answer.status_code == 200, answer.content
        assert not answer.cookies
    assert client.get("/people/", headers={"Host": "10.0.0.7:8000"}).status_code in {301, 400}


def test_ready_says_what_is_there(client: Client) -> None:
    said = client.get("/health/ready").json()
    assert said == {
        "ready": True,
        "database": "reachable",
        "migrations": "applied",
        "worker": "not seen",
    }


def test_a_migration_that_is_missing_makes_it_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'people' AND name LIKE '0002%%'")
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "missing"


def test_a_database_that_took_each_migration_by_itself_is_ready(client: Client) -> None:
    """The migrations that put all of a room's together are noted when `migrate` runs again, and nothing waits for it."""
    for (app, name), one in MigrationLoader(None).disk_migrations.items():
        if one.replaces:
            MigrationRecorder(connection).record_unapplied(app, name)
    assert client.get("/health/ready").status_code == 200
    executor = MigrationExecutor(connection)
    assert not executor.migration_plan(executor.loader.graph.leaf_nodes())


def test_live_asks_nothing_of_the_database(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert client.get("/health/live").json() == {"live": True}


# Metrics -----------------------------------------------------------------------------------------------------
def test_metrics_are_there_for_who_has_the_token(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a-token-of-ours"
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers={"Authorization": "Bearer guess"}).status_code == 401
    assert client.get("/metrics", headers=TOKEN).status_code == 200


def test_metrics_count_requests_by_view_and_what_waits(
    cast: Cast, client: Client, settings: Any
) -> None:
    settings.METRICS_TOKEN = "a-token-of-ours"
    signed_in(client, cast.flo)
    client.get(reverse("people"), {"q": "Flo"})
    client.get("/nowhere/flo@northwind.example/")
    outbox.post("Invitation", to="ivo@northwind.example", subject="Come", body="Hello")
    text = client.get("/metrics", headers=TOKEN).content.decode()
    found = re.search(
        r'goldenthread_requests_total\{method="GET",status="200",view="people"\} (\d+)', text
    )
    assert found
    assert int(found[1]) >= 1
    assert 'goldenthread_request_seconds_count{view="people"}' in text
    assert 'goldenthread_letters{state="waiting"} 1.0' in text
    assert 'goldenthread_jobs{state="waiting"} 1.0' in text
    assert 'goldenthread_jobs{state="failed"} 0.0' in text
    assert "goldenthread_workers 0.0" in text
    assert "goldenthread_database_up 1.0" in text
    size = re.search(r"^goldenthread_database_bytes (\S+)", text, re.MULTILINE)
    assert size
    assert float(size[1]) > 100_000
    for word in ("flo", "northwind", "nowhere"):
        assert not re.search(rf"\b{word}\b", text, re.IGNORECASE)


# The log -----------------------------------------------------------------------------------------------------
def test_a_request_is_one_line_with_the_account_as_a_number(
    cast: Cast, client: Client, log: io.StringIO
) -> None:
    signed_in(client, cast.flo)
    answer = client.get(reverse("people"), {"q": "Ada Holm"})
    [line] = read(log)
    assert line["view"] == "people"
    assert (line["method"], line["status"], line["user"]) == ("GET", 200, cast.flo.user_id)
    assert line["request_id"] == answer["X-Request-ID"]
    assert 0 < line["ms"] < 60_000
    assert line["level"] == "info"
    assert "timestamp" in line


def test_the_id_of_our_own_proxy_is_kept_and_of_nobody_else(
    client: Client, settings: Any, log: io.StringIO
) -> None:
    given = {"X-Request-ID": "proxy-12345678"}
    assert client.get("/accounts/login/", headers=given)["X-Request-ID"] != "proxy-12345678"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    given["X-Forwarded-For"] = "10.1.2.3"
    assert client.get("/accounts/login/", headers=given)["X-Request-ID"] == "proxy-12345678"
    bad = given | {"X-Request-ID": "flo@northwind.example {}"}
    assert "@" not in client.get("/accounts/login/", headers=bad)["X-Request-ID"]


def test_nothing_logged_names_anybody(
    cast: Cast, client: Client, settings: Any, log: io.StringIO
) -> None:
    """A name or an e-mail in the query, the path, a form, the message of an error, or a line of anybody."""
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    client.post("/accounts/login/", {"login": "flo@northwind.example", "password": "guess"})
    client.post("/accounts/login/", {"login": "flo@northwind.example", "password": PASSWORD})
    client.get("/search/", {"q": "Flo Dahl"})
    client.get("/people/Flo-Dahl/")
    client.get(f"/invitation/{cast.flo.email}/")
    client.get("/fails/Flo-Dahl/")
    client.post("/people/add/", {"name": "Flo Dahl"}, headers={"Referer": "/people/?q=Flo"})
    Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "flo@northwind.example"})
    person = services.add_person(actor=cast.dee, name="Ivo Krag", email="ivo@northwind.example")
    services.invite(actor=cast.dee, person=person, site="http://testserver")
    try:
        with transaction.atomic():
            make_person("Flo Dahl", account=False, email="flo@northwind.example")
    except IntegrityError:
        logging.getLogger("goldenthread.core.jobs.worker").exception("A job failed")
    logging.getLogger("somebody.else").warning("no answer to flo@northwind.example")
    said = log.getvalue()
    assert len(read(log)) > 12
    for word in ("flo", "dahl", "northwind", "ivo", "krag", "guess", PASSWORD):
        assert not re.search(rf"\b{word}\b", said, re.IGNORECASE), said
    failed = next(line for line in read(log) if line.get("error") == "builtins.ValueError")
    assert failed["event"] == "Internal Server Error"
    assert any("in fails" in place for place in failed["at"])
    assert failed["request_id"] in {line["request_id"] for line in read(log) if "view" in line}
    broken = next(line for line in read(log) if line["event"] == "A job failed")
    assert broken["error"] == "django.db.utils.IntegrityError"
    assert Person.objects.filter(name="Flo Dahl").count() == 1


def test_the_server_does_not_start_on_tables_of_another_version() -> None:
    newest = MigrationLoader(connection, replace_migrations=False).graph.leaf_nodes("people")
    for app, name in newest:
        MigrationRecorder(connection).record_unapplied(app, name)
    with pytest.raises(Exception, match="migrate` first"):
        call_command("serve")
    assert "PROMETHEUS_MULTIPROC_DIR" not in os.environ


@pytest.mark.sqlite
def test_the_server_does_not_share_a_port_with_another_one() -> None:
    """Though that lets in whoever asks, as the processes of a server do among themselves."""
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as other:
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=rf"127\.0\.0\.1:{port} .*in use.*--port"):
            call_command("serve", port=port)
    with pytest.raises(CommandError, match=r"nowhere\.invalid:8000"):
        call_command("serve", host="nowhere.invalid")


@pytest.mark.sqlite
def test_a_level_that_is_asked_for_holds_for_requests_too() -> None:
    """Read from the settings of a process of its own: they are made once."""
    asks = "import logging; print(logging.getLogger('goldenthread.request').getEffectiveLevel())"
    settings = {"ACCESS_LOG": "1", "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings"}
    env = {name: value for name, value in os.environ.items() if name != "LOG_LEVEL"} | settings
    for level, heard in (({}, "20"), ({"LOG_LEVEL": "ERROR"}, "40")):
        words = [sys.executable, "-c", f"import django; django.setup(); {asks}"]
        said = subprocess.run(words, env=env | level, check=True, capture_output=True, text=True)
        assert said.stdout.strip() == heard
