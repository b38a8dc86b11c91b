"""Reminders: one letter a day and person at most, with all that is due, when something of it is new."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import tests.core.effects.jobs  # noqa: F401 (declares the round of a given day)
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import enqueue, run_due
from goldenthread.core.jobs.periods import enqueue_due
from goldenthread.core.models import Job, Letter, Organisation, Period
from goldenthread.insights.selectors.due import due_for
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.states import State
from goldenthread.people.models import Absence, User
from goldenthread.people.services import set_reminders
from goldenthread.programme.models import Reminder
from goldenthread.programme.selectors.stuck import KINDS
from goldenthread.programme.services import nudge
from goldenthread.programme.services.reminders import is_a_day_for_letters
from tests.cast import (
    TODAY,
    Cast,
    make_deputy,
    make_key_result,
    make_objective,
    make_person,
    signed_in,
)

pytestmark = pytest.mark.django_db
MONDAY = TODAY + dt.timedelta(5)


@pytest.fixture
def quiet(cast: Cast) -> Cast:
    """A cycle of which no day is near, and nothing due."""
    make_objective(cast.flo, state=State.DRAFT)
    Cycle.objects.update(landmark_on=TODAY + dt.timedelta(30))
    return cast


def round_of(day: dt.date = TODAY) -> dict[str, Letter]:
    """Who got a letter on the day that was not there before."""
    before = set(Letter.objects.values_list("pk", flat=True))
    enqueue("test remind", {"day": day.isoformat()})
    Job.objects.filter(kind="send letter").delete()
    run_due()
    return {one.to.partition("@")[0]: one for one in Letter.objects.exclude(pk__in=before)}


def body(letter: Letter, mailbox: list[Any]) -> str:
    """What the letter said, out of the mailbox: the outbox forgets it."""
    [mail] = [one for one in mailbox if one["Message-ID"] == letter.message_id]
    return str(mail.get_payload(decode=True).decode()).replace("\r", "")


def test_one_letter_holds_everything_that_is_due(
    quiet: Cast, mailbox: list[Any], settings: Any
) -> None:
    settings.SITE_URL = "https://thread.example/"
    cast = quiet
    make_key_result(make_objective(cast.ben, "Trains that meet"))
    asked = make_objective(
        cast.flo, "Fewer gaps", state=State.PROPOSED, proposed_by=cast.flo, restricted=True
    )
    nudge(actor=cast.dee, kind=KINDS["no-objective"], about={cast.flo.pk})
    letters = round_of()
    assert set(letters) == {"ben"}
    letter = letters["ben"]
    assert (letter.kind, letter.subject) == ("Reminder", "3 things wait for you")
    text = body(letter, mailbox)
    assert "Check in: Trains that meet\n  Was due on 8 April 2026" in text
    assert "Give your word on “Fewer gaps”" in text
    assert f"https://thread.example{asked.get_absolute_url()}" in text
    assert "No agreed objective: Flo Dahl\n  Dee Voss, HR, asks." in text
    assert "https://thread.example/account/" in text


def test_a_second_round_of_the_day_writes_nothing_and_the_next_only_what_is_new(
    quiet: Cast,
) -> None:
    make_key_result(make_objective(quiet.flo))
    assert set(round_of()) == {"flo"}
    assert round_of() == {}
    assert round_of(TODAY + dt.timedelta(1)) == {}  # nothing new
    make_objective(quiet.flo, "Came in", state=State.UNCONFIRMED)
    assert set(round_of(TODAY + dt.timedelta(1))) == {"flo"}
    assert round_of(TODAY + dt.timedelta(7)) == {}
    assert set(round_of(TODAY + dt.timedelta(8))) == {"flo"}  # still waits after a week
    assert Reminder.objects.get().day == TODAY + dt.timedelta(8)


def test_nobody_is_reminded_who_is_away_has_left_or_no_account(quiet: Cast) -> None:
    cast = quiet
    ivo = make_person("Ivo Krag", manager=cast.ada, account=False)
    off = make_person("Ole Munk", manager=cast.ada)
    User.objects.filter(person=off).update(is_active=False)
    for person in (cast.ben, cast.cyd, cast.gus, ivo, off):
        make_key_result(make_objective(person, f"Of {person}"))
    Absence.objects.create(person=cast.ben, start=TODAY, end=TODAY)
    cast.cyd.end = TODAY - dt.timedelta(1)
    cast.cyd.save()
    letters = round_of()
    assert set(letters) == {"gus", "ada"}  # Ada speaks for Ivo


def test_a_deputy_is_reminded_of_what_they_do_for_another(quiet: Cast, mailbox: list[Any]) -> None:
    make_key_result(make_objective(quiet.ben, "Trains that meet"))
    Absence.objects.create(person=quiet.ben, start=TODAY, end=TODAY)
    make_deputy(quiet.ben, quiet.gus)
    letters = round_of()
    assert set(letters) == {"gus"}
    assert "You stand in for Ben Aske" in body(letters["gus"], mailbox)


def test_days_that_are_near_are_told_once(quiet: Cast, mailbox: list[Any]) -> None:
    cycle = Cycle.objects.get()
    make_objective(quiet.cyd)  # no number, so no check-in
    Cycle.objects.update(landmark_on=TODAY + dt.timedelta(7))
    letters = round_of()
    assert set(letters) == {"cyd", "flo"}
    assert f"Landmark of {cycle}" in body(letters["cyd"], mailbox)
    assert round_of(TODAY + dt.timedelta(2)) == {}


def test_everybody_chooses_when(client: Client, quiet: Cast) -> None:
    for person in (quiet.flo, quiet.cyd, quiet.gus):
        make_key_result(make_objective(person, f"Of {person}"))
    page = signed_in(client, quiet.flo).post(
        reverse("account-reminders"), {"reminders": "weekly"}, follow=True
    )
    assert "Reminders: On Mondays." in page.text
    set_reminders(actor=quiet.cyd, person=quiet.cyd, reminders="off")
    assert set(round_of()) == {"gus"}
    assert set(round_of(MONDAY)) == {"flo"}
    with pytest.raises(NotAllowed):
        set_reminders(actor=quiet.dee, person=quiet.flo, reminders="off")
    with pytest.raises(DomainError):
        set_reminders(actor=quiet.flo, person=quiet.flo, reminders="hourly")


def test_no_letters_at_the_weekend_so_friday_tells_of_it(quiet: Cast) -> None:
    days = [TODAY + dt.timedelta(n) for n in range(7)]
    assert [day.strftime("%a") for day in days if not is_a_day_for_letters(day)] == ["Sat", "Sun"]
    friday = TODAY + dt.timedelta(2)
    last = friday - dt.timedelta(5)  # so the next check-in is due on Sunday
    make_key_result(make_objective(quiet.flo, last_check_in_on=last), last_check_in_on=last)
    assert round_of(friday - dt.timedelta(1)) == {}
    assert set(round_of(friday)) == {"flo"}


def test_it_runs_every_morning_but_not_in_a_demo(quiet: Cast, settings: Any) -> None:
    make_key_result(make_objective(quiet.flo))
    enqueue_due()
    period = Period.objects.get(kind="remind")
    assert period.due_at.astimezone(dt.UTC).hour in {5, 6}  # seven in Copenhagen
    Period.objects.filter(kind="remind").update(due_at=period.due_at - dt.timedelta(7))
    enqueue_due()
    run_due()
    assert Job.objects.get(kind="remind").state == Job.State.DONE
    assert not Letter.objects.exists()  # this organisation stands still
    Organisation.objects.update(stands_on=None)
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    enqueue("remind", {"day": TODAY.isoformat()})
    run_due()
    assert not Letter.objects.exists()  # nobody would get it


def test_what_is_due_costs_the_same_however_much_it_is(
    quiet: Cast, assert_queries: Callable[..., Any]
) -> None:
    cycles = list(Cycle.objects.all())
    for n in range(3):
        make_key_result(make_objective(quiet.ben, f"O{n}"))
        make_key_result(make_objective(quiet.flo, f"R{n}"), reporter=quiet.ben)
    organisation = Organisation.objects.get()
    organisation.remember()
    try:
        due = assert_queries("what is due for a person", due_for, quiet.ben, cycles, TODAY)
    finally:
        Organisation.forget()
    assert len(due) == 6
