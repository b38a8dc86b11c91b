"""The page of letters: what became of each, never what it says, and sending one again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core import outbox
from goldenthread.core.jobs import run_due
from goldenthread.core.models import Letter
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.django_db


def make_letter(state: str, **given: Any) -> Letter:
    words = {"kind": "Invitation", "to": f"{state}@northwind.example", "subject": "Come in"}
    return Letter.objects.create(
        state=state, message_id=f"<{state}@northwind>", body="https://secret", **words | given
    )


def test_it_shows_states_and_errors_and_never_what_it_says(
    cast: Cast, client: Client, mailbox: list[Any], assert_queries: Callable[..., Any]
) -> None:
    for state in ("waiting", "sent", "failed"):
        make_letter(state)
    make_letter("unsure", error="It may have arrived.")
    signed_in(client, cast.eve)
    page = assert_queries("letters", client.get, reverse("letters")).content.decode()
    assert "<em>2 letters need you</em>; 1 is on the way." in page
    assert "It may have arrived." in page
    assert "secret" not in page
    assert page.count("Send again") == 2
    assert "No mail leaves" not in page
    only = client.get("/letters/?show=sent").content.decode()
    assert "sent@northwind.example" in only
    assert "failed@northwind.example" not in only


def test_one_is_sent_again(cast: Cast, client: Client, mailbox: list[Any]) -> None:
    letter = make_letter("unsure")
    signed_in(client, cast.eve)
    answer = client.post(reverse("letter-resend", args=[letter.pk]), follow=True)
    assert "is sent again" in answer.content.decode()
    run_due()
    assert [mail["To"] for mail in mailbox] == ["unsure@northwind.example"]
    refused = client.post(reverse("letter-resend", args=[letter.pk]))
    assert refused.status_code == 422


def test_without_a_mail_server_it_says_so(cast: Cast, client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    signed_in(client, cast.eve)
    page = client.get("/letters/").content.decode()
    assert "No mail leaves this installation" in page
    assert "No letter yet" in page


def test_an_inviter_follows_their_letter(cast: Cast, client: Client, mailbox: list[Any]) -> None:
    signed_in(client, cast.ben)
    job = outbox.post("Invitation", to="a@b.example", subject="Come", body="x", actor=cast.ben)
    address = reverse("job", args=[job.pk])
    assert "waits for its turn" in client.get(address).content.decode()
    run_due()
    page = client.get(address).content.decode()
    assert "<b>Send a letter</b></a>: sent" in " ".join(page.split())
    assert client.get("/letters/").status_code == 403
