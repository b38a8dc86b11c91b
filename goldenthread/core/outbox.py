"""The outbox: every mail is a row in the transaction of its cause, sent by a job, never twice.

A mail server and our database cannot share a transaction. So a letter is marked *being sent* first, then sent, then
marked *sent*; one whose worker died in between is *unsure*: it may have arrived, so nobody but an administrator sends
it again. What the server refused for now is tried again, later each time; what it refused for good is not.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from email.utils import make_msgid, parseaddr
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.access import Actor, require
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import Run, TryLater, enqueue, job
from goldenthread.core.models import Job, Letter
from goldenthread.permissions import Action

SEND = "send letter"
TRIES = 14  # over some eight hours: a mail server may be down for a night
KEPT = dt.timedelta(days=30)
State = Letter.State


def mail_is_set_up() -> bool:
    """Whether mail leaves this machine; without a server it is printed by the worker only."""
    return not settings.EMAIL_BACKEND.endswith(".console.EmailBackend")


@transaction.atomic
def post(kind: str, *, to: str, subject: str, body: str, actor: Actor | None = None) -> Job:
    """Write a letter in the transaction of its cause, and answer the job that will send it.

    `kind` says in a word what it is ("Invitation"): with `to` and `subject` that is what an administrator sees, so
    keep what is private in the body, which nobody sees here and which is emptied once it was sent.
    """
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    letter = Letter.objects.create(
        kind=kind,
        to=to,
        subject=" ".join(subject.split())[:300],
        body=body,
        message_id=make_msgid(domain=sender.rpartition("@")[2] or "localhost"),
    )
    return _enqueue(letter, actor)


@transaction.atomic
def resend(*, actor: Actor, letter: Letter) -> Letter:
    """Send a letter that failed or of which nobody knows. Administrators only; an unsure one may arrive twice."""
    require(actor, Action.RESEND_LETTER, letter)
    letter = Letter.objects.select_for_update().get(pk=letter.pk)
    if letter.state not in {State.FAILED, State.UNSURE}:
        raise DomainError("This letter was sent or is on its way already.")
    was = letter.state
    letter.state, letter.error = State.WAITING, ""
    letter.save()
    audit.record(actor, "send letter again", letter, before={"state": was})
    _enqueue(letter, actor)
    return letter


def _enqueue(letter: Letter, actor: Actor | None) -> Job:
    return enqueue(SEND, {"letter": letter.pk}, key=str(letter.pk), actor=actor)


@job(SEND, title="Send a letter", in_steps=True, tries=TRIES, may_cancel=False)
def send(run: Run, *, letter: int) -> None:
    """Take the letter, send it, write down what came of it."""
    with run.step():
        taken = _take(letter)
    if taken is None:
        return
    answer = _deliver(taken)
    with run.step(words=answer.state.label.lower()):
        _answered(taken, answer, last=run.is_last_try)
    if answer.state == State.WAITING:
        raise TryLater(answer.error)


def _take(pk: int) -> Letter | None:
    """The letter, marked as being sent; None when there is nothing to send, or nobody knows whether it was."""
    letter = Letter.objects.select_for_update().filter(pk=pk).first()
    if letter is None or letter.state in {State.SENT, State.UNSURE}:
        return None
    if letter.state == State.SENDING:
        letter.state = State.UNSURE
        letter.error = "The worker ended while it was being sent. It may have arrived."
        letter.save()
        return None
    letter.state = State.SENDING
    letter.tries += 1
    letter.save()
    return letter


@dataclass(frozen=True)
class Answer:
    """What came of trying; `WAITING` when it is worth another try."""

    state: Letter.State
    error: str = ""


def _deliver(letter: Letter) -> Answer:
    connection = get_connection()
    try:
        connection.open()
    except (SMTPException, OSError) as error:  # nothing was handed over yet
        return Answer(State.WAITING, f"The mail server does not let us in: {_said(error)}")
    message = EmailMessage(
        letter.subject,
        letter.body,
        None,
        [letter.to],
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    try:
        message.send()
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        code, said = _code(error), f"The mail server refused it: {_said(error)}"
        return Answer(State.WAITING if 400 <= code < 500 else State.FAILED, said)
    except ValueError as error:  # an address or a subject that cannot be written
        return Answer(State.FAILED, f"It cannot be written as a mail: {error}")
    except (SMTPException, OSError) as error:
        said = f"The mail server stopped answering in the middle ({_said(error)}). It may have arrived."
        return Answer(State.UNSURE, said)
    with suppress(SMTPException, OSError):  # it has the letter
        connection.close()
    return Answer(State.SENT)


def _code(error: SMTPRecipientsRefused | SMTPResponseException) -> int:
    if isinstance(error, SMTPRecipientsRefused):
        return max((int(code) for code, _ in error.recipients.values()), default=500)
    return int(error.smtp_code)


def _said(error: Exception) -> str:
    answers: list[tuple[int, bytes | str]]
    if isinstance(error, SMTPRecipientsRefused):
        answers = list(error.recipients.values())
    elif isinstance(error, SMTPResponseException):
        answers = [(error.smtp_code, error.smtp_error)]
    else:
        return getattr(error, "strerror", None) or str(error) or type(error).__name__
    words = (
        said.decode(errors="replace") if isinstance(said, bytes) else said for _, said in answers
    )
    return "; ".join(f"{code} {said}" for (code, _), said in zip(answers, words, strict=True))


def _answered(letter: Letter, answer: Answer, *, last: bool) -> None:
    letter.state = State.FAILED if answer.state == State.WAITING and last else answer.state
    letter.error = answer.error
    if letter.state == State.SENT:
        letter.body = ""
    letter.save()


@job("clear letters", title="Drop letters of long ago", daily=dt.time(3, 30), in_steps=True)
def clear_letters(run: Run, *, day: str) -> None:
    """What was sent or given up is kept for thirty days, so that somebody can be told."""
    old = Letter.objects.exclude(state__in=[State.WAITING, State.SENDING])
    with run.step():
        count, _ = old.filter(changed_at__lt=timezone.now() - KEPT).delete()
        run.words = f"{count} dropped"
