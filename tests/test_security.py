"""What every answer carries, and what no page may load."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import find, get_finders
from django.test import Client
from django.urls import reverse

from tests.cast import PASSWORD, Cast, make_objective, signed_in

ROOT = Path(__file__).parent.parent
ELSEWHERE = re.compile(
    r"""(?:\b(?:src|href|action|formaction|poster|data)\s*=\s*|url\(\s*|@import\s+|\bfetch\(\s*|"""
    r"""\bimport\s*\(?\s*)["']?(?:https?:)?//(?!www\.w3\.org)""",
    re.IGNORECASE,
)


@pytest.fixture
def answers(cast: Cast, client: Client) -> list[object]:
    """One of each sort: signed out, led away, signed in, refused, not found, a file, a fragment."""
    secret = make_objective(cast.ben, restricted=True)
    strangers = [client.get(reverse("account_login")), client.get(reverse("people"))]
    signed_in(client, cast.flo)
    return [
        *strangers,
        client.get(reverse("home")),
        client.get(reverse("people")),
        client.get(reverse("person-roles", args=[cast.ben.pk])),
        client.get(reverse("objective", args=[secret.pk])),
        client.get("/nowhere/"),
        client.get(reverse("people-csv")),
        client.get(reverse("people-pick"), {"q": "a"}, headers={"HX-Request": "true"}),
        client.post(reverse("person-edit", args=[cast.ben.pk]), {}),
    ]


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {part[0]: part[1:] for part in parts if part}


def test_the_content_policy_lets_nothing_in_from_elsewhere_and_nothing_inline(
    answers: list[object],
) -> None:
    for answer in answers:
        policy = directives(answer.headers["Content-Security-Policy"])
        assert policy["default-src"] == ["'none'"]
        assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
        assert policy["form-action"] == ["'self'"]
        sources = {source for values in policy.values() for source in values}
        assert sources <= {"'none'", "'self'", "data:"}
        assert "data:" not in policy["script-src"] + policy["style-src"]


def test_the_other_headers_stand_on_every_answer(answers: list[object]) -> None:
    for answer in answers:
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        for power in ("camera", "microphone", "geolocation", "payment"):
            assert f"{power}=()" in headers["Permissions-Policy"]


def test_no_cache_keeps_what_somebody_read(answers: list[object]) -> None:
    for answer in answers:
        kept = answer.headers["Cache-Control"]
        assert "no-store" in kept
        assert "private" in kept


def test_pages_go_over_the_wire_compressed(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    plain = client.get("/ui/")
    packed = client.get("/ui/", headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) * 4 < len(plain.content)
    assert "Accept-Encoding" in packed["Vary"]


def test_static_files_are_kept_and_not_guessed_at(client: Client) -> None:
    answer = client.get("/static/ui/theme.js")
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" not in answer.headers["Cache-Control"]


def test_no_script_reads_the_session_and_no_other_site_sends_it(cast: Cast, client: Client) -> None:
    answer = client.post(
        reverse("account_login"), {"login": "flo@northwind.example", "password": PASSWORD}
    )
    session = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    client.get(reverse("account"))
    assert client.cookies[settings.CSRF_COOKIE_NAME]["samesite"] == "Lax"


def test_behind_https_cookies_and_links_stay_there(tmp_path: Path) -> None:
    """A process of its own: the settings are read once."""
    code = (
        "import django; django.setup(); from django.conf import settings as s;"
        "from django.core.management import call_command;"
        "assert s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE and s.SECURE_SSL_REDIRECT;"
        "assert s.SECURE_HSTS_SECONDS >= 31536000;"
        "call_command('check', deploy=True, fail_level='WARNING')"
    )
    environment = {
        **{name: text for name, text in os.environ.items() if not name.startswith("DJANGO_")},
        "DJANGO_SETTINGS_MODULE": "goldenthread.config.settings",
        "GOLDENTHREAD_HOME": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "SECRET_KEY": "x7" * 40 + "abcdefghij",
        "HTTPS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_no_page_loads_anything_from_another_host(answers: list[object]) -> None:
    for answer in answers:
        if not answer.streaming:
            assert not ELSEWHERE.search(answer.content.decode())


def test_no_static_file_loads_anything_from_another_host() -> None:
    files = {path for finder in get_finders() for path, _ in finder.list([])}
    read = [path for path in sorted(files) if path.endswith((".css", ".js", ".svg", ".html"))]
    assert "ui/goldenthread.css" in files
    assert "ui/goldenthread.js" in files
    found = {}
    for path in read:
        text = Path(str(find(path))).read_text()
        if match := ELSEWHERE.search(text):
            found[path] = match.group()
        if not path.startswith("mfa/"):  # the account library's own, which no page of ours loads
            assert "sourceMappingURL" not in text, path
    assert found == {}
