"""Asking the API as a person, by a token of theirs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from goldenthread.people.models import AccessToken, Person
from tests.cast import make_token


class Program:
    """A program that acts as somebody: `program.get("units")`, `program.post("units", {"name": "Fleet"})`."""

    def __init__(self, person: Person, scope: str = AccessToken.Scope.WRITE) -> None:
        self.client = Client()
        self.token, self.secret = make_token(person, scope=scope).__dict__.values()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {"Authorization": f"Bearer {self.secret}"}
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        url = path if path.startswith(("/", "http")) else f"/api/v1/{path}"
        return self.client.generic(
            method,
            url,
            "" if body is None else body if isinstance(body, str | bytes) else _json(body),
            content_type="application/json",
            headers=given,
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.ask("DELETE", path, **headers)


def _json(body: Any) -> str:
    import json

    return json.dumps(body, default=str)


@pytest.fixture
def program() -> Callable[..., Program]:
    return Program
