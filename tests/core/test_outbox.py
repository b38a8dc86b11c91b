"""Letters: written with their cause, sent once, tried again, given up, and never doubled."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction
from django.utils import timezone

from goldenthread.core import outbox
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import queue, retry, run_due
from goldenthread.core.models import AuditRecord, Job, Letter
from tests.cast import Cast
from tests.conftest import free_port

pytestmark = pytest.mark.django_db

SECRET = "https://thread.example/invitation/abc"


def post(**given: Any) -> Letter:
    words = {"to": "ivo@northwind.example", "subject": "Come in", "body": SECRET} | given
    job = outbox.post("Invitation", **words)
    return Letter.objects.get(pk=job.arguments["letter"])


def again(letter: Letter) -> Letter:
    """Run what is due, now also what waits for another try, and answer the letter as it stands."""
    Job.objects.update(due_at=timezone.now())
    run_due()
    letter.refresh_from_db()
    return letter


class Server:
    """A mail server with a mind of its own: answers one after the other, then everything is welcome."""

    def __init__(self) -> None:
        self.answers: list[str] = []
        self.received: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd)
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250") or answer == "hang up":
            self.received.append(envelope)
        if answer == "hang up":
            server.transport.abort()
        return answer


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    handler = Server()
    port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    try:
        yield handler
    finally:
        controller.stop()


def test_what_was_sent_can_no_longer_be_read(mailbox: list[Any]) -> None:
    letter = post(subject="Come\nin")
    assert mailbox == []
    again(letter)
    [mail] = mailbox
    assert (mail["To"], mail["Subject"]) == ("ivo@northwind.example", "Come in")
    assert mail["Message-ID"] == letter.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert SECRET in mail.get_payload(decode=True).decode()
    assert (letter.state, letter.body, letter.tries) == ("sent", "", 1)
    assert SECRET not in str(list(Job.objects.values()))
    assert len(mailbox) == 1


def test_a_change_that_is_rolled_back_sends_nothing(mailbox: list[Any]) -> None:
    with pytest.raises(KeyError), transaction.atomic():
        post()
        raise KeyError
    run_due()
    assert mailbox == []
    assert not Letter.objects.exists()


def test_a_server_that_refuses_at_first_gets_it_later_and_once(server: Server) -> None:
    server.answers = ["451 greylisted, come back", "452 no room"]
    letter = again(post())
    assert (letter.state, letter.body) == ("waiting", SECRET)
    assert "451 greylisted" in letter.error
    job = Job.objects.get()
    assert job.due_at > timezone.now()
    assert "greylisted" in job.error
    assert again(letter).state == "waiting"
    assert again(letter).state == "sent"
    assert (letter.tries, letter.error, len(server.received)) == (3, "", 1)
    again(letter)
    assert len(server.received) == 1


def test_a_server_that_is_not_there_is_asked_again_until_the_last_try(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    letter = post()
    for _ in range(outbox.TRIES - 1):
        assert again(letter).state == "waiting"
    assert again(letter).state == "failed"
    assert "does not let us in" in letter.error
    assert Job.objects.get().state == "failed"
    assert (letter.tries, letter.body) == (outbox.TRIES, SECRET)


def test_what_is_refused_for_good_is_not_tried_again(server: Server) -> None:
    server.answers = ["554 not wanted"]
    letter = again(post())
    assert (letter.state, letter.tries) == ("failed", 1)
    assert "554 not wanted" in letter.error
    assert Job.objects.get().state == "done"
    wrong = again(post(to="not an address at all\nx"))
    assert wrong.state == "failed"


def test_a_server_that_hangs_up_in_the_middle_leaves_it_unsure(server: Server) -> None:
    server.answers = ["hang up"]
    letter = again(post())
    assert letter.state == "unsure"
    assert "may have arrived" in letter.error
    again(letter)
    assert len(server.received) == 1


def test_a_worker_that_died_while_sending_leaves_it_unsure(mailbox: list[Any]) -> None:
    letter = post()
    queue.claim()
    Letter.objects.update(state="sending")  # as far as it came
    Job.objects.update(leased_until=timezone.now() - dt.timedelta(1))
    again(letter)
    assert letter.state == "unsure"
    again(letter)
    assert mailbox == []


def test_an_administrator_sends_again_what_failed_or_nobody_knows(
    cast: Cast, mailbox: list[Any]
) -> None:
    letter = post()
    with pytest.raises(DomainError, match="on its way"):
        outbox.resend(actor=cast.eve, letter=letter)
    Letter.objects.update(state="unsure")
    Job.objects.all().delete()
    for actor in (cast.ada, cast.dee):
        with pytest.raises(NotAllowed):
            outbox.resend(actor=actor, letter=letter)
    outbox.resend(actor=cast.eve, letter=letter)
    assert again(letter).state == "sent"
    assert [mail["Message-ID"] for mail in mailbox] == [letter.message_id]
    assert AuditRecord.objects.get(verb="send letter again").before == {"state": "unsure"}


def test_the_job_of_a_letter_is_tried_again_but_never_cancelled(
    cast: Cast, mailbox: list[Any]
) -> None:
    from goldenthread.core.jobs import cancel

    letter = post()
    with pytest.raises(DomainError, match="cannot be cancelled"):
        cancel(actor=cast.eve, job=Job.objects.get())
    Letter.objects.update(state="failed")
    Job.objects.update(state="failed")
    retry(actor=cast.eve, job=Job.objects.get())
    assert again(letter).state == "sent"
    assert len(mailbox) == 1


def test_old_letters_are_dropped_and_waiting_ones_kept(
    clear: Callable[[], None], mailbox: list[Any]
) -> None:
    again(post())
    waits = post()
    Letter.objects.update(changed_at=timezone.now() - dt.timedelta(31))
    clear()
    assert list(Letter.objects.values_list("pk", flat=True)) == [waits.pk]


@pytest.fixture
def clear() -> Callable[[], None]:
    def call() -> None:
        queue.enqueue("clear letters", {"day": "2026-05-13"})
        run_due()

    return call
