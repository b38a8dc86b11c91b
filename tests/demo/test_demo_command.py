"""`goldenthread demo` touches nothing but an empty database or its own, and says what is wrong with a server."""

import socket

import pytest
from django.core.management import CommandError, call_command

from goldenthread.core.models import Organisation
from goldenthread.demo.database import Holds, what_it_holds
from goldenthread.demo.visit import visit
from tests.cast import Cast


@pytest.mark.parametrize("options", [{}, {"reset": True}, {"check": True}])
def test_it_refuses_a_database_with_a_real_organisation(
    cast: Cast, options: dict[str, bool]
) -> None:
    before = cast.ada.version
    with pytest.raises(CommandError, match="left untouched"):
        call_command("demo", **options)
    cast.ada.refresh_from_db()
    assert (Organisation.objects.get().name, cast.ada.version) == ("Northwind Rail", before)


def test_it_tells_an_empty_database_from_a_real_one(db: None) -> None:
    assert what_it_holds() is Holds.NOTHING
    Organisation.objects.create(
        name="Aldervale Heat"
    )  # a real one of the same name does not stand still
    assert what_it_holds() is Holds.REAL


@pytest.mark.usefixtures("demo")
def test_it_knows_its_own_database() -> None:
    assert what_it_holds() is Holds.DEMO


@pytest.mark.usefixtures("demo")
def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} is taken"):
            call_command("demo", port=port)


def test_a_server_that_does_not_answer_is_a_finding() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        seen = visit(f"http://127.0.0.1:{nobody.getsockname()[1]}")
    assert [one.page for one in seen] == ["sign in"]
    assert seen[0].problem.startswith("no answer")
