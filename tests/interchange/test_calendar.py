"""One's own due dates, behind a secret address that only its person makes and revokes."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from goldenthread.interchange.calendar import calendar_of, due_dates
from goldenthread.interchange.models import CalendarFeed
from goldenthread.interchange.services.feed import make_feed, person_of, revoke_feed
from goldenthread.objectives.models import Milestone
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.people.models import Person
from goldenthread.strategy.models import TradeOff
from tests.cast import TODAY, Cast, make_key_result, make_objective, make_strategy, signed_in


def entries(data: bytes) -> dict[str, tuple[str, dt.date]]:
    """Summary and day of each entry, by its identity."""
    found = Calendar.from_ical(data)
    return {
        str(event["uid"]): (str(event["summary"]), event.decoded("dtstart"))
        for event in found.walk("VEVENT")
    }


def of(person: Person, today: dt.date = TODAY) -> dict[str, tuple[str, dt.date]]:
    return entries(calendar_of(person, today, lambda path: f"https://thread.example{path}"))


def test_the_calendar_holds_what_is_due_for_its_person_alone(cast: Cast) -> None:
    objective = make_objective(cast.cyd, "Calm platforms", restricted=True)
    key_result = make_key_result(objective, "Complaints", due_on=dt.date(2026, 6, 12))
    make_key_result(objective, "Given up", due_on=dt.date(2026, 6, 13), weight=0)
    steps = make_key_result(objective, "Signs", kind="milestones", baseline=None, target=None)
    for title, done in (("Order", TODAY), ("Hang up", None)):
        Milestone.objects.create(
            key_result=steps, title=title, due_on=dt.date(2026, 6, 1), done_on=done
        )
    make_objective(cast.flo, "Elsewhere")
    TradeOff.objects.create(
        strategy=make_strategy(cast.ada),
        kind="even_over",
        this="On time",
        over="fast",
        decided_by=cast.cyd,
        look_again_on=dt.date(2026, 9, 1),
    )
    assert sorted(of(cast.cyd).values()) == [
        ("Check in: Calm platforms", dt.date(2026, 4, 8)),
        ("Due: Complaints", dt.date(2026, 6, 12)),
        ("Due: Signs", dt.date(2026, 6, 30)),
        ("Look again: On time even over fast", dt.date(2026, 9, 1)),
        ("Milestone: Hang up", dt.date(2026, 6, 1)),
        ("Q2 2026 ends", dt.date(2026, 6, 30)),
    ]
    assert "Complaints" not in str(of(cast.ben))
    assert not any(due.record == key_result for due in due_dates(cast.gus, TODAY))


def test_whoever_reports_a_number_and_who_leads_the_unit_finds_it(cast: Cast) -> None:
    objective = make_objective(cast.stations, "Calm platforms")
    make_key_result(objective, "Complaints", reporter=cast.flo)
    assert [words for words, _ in of(cast.flo).values()] == ["Due: Complaints"]
    assert "Due: Complaints" in dict(of(cast.gus).values())


def test_an_entry_moves_instead_of_doubling(cast: Cast) -> None:
    key_result = make_key_result(make_objective(cast.cyd))
    before = of(cast.cyd)
    check_in(actor=cast.cyd, key_result=key_result, value=Decimal(30))
    key_result.refresh_from_db()
    after = of(cast.cyd)
    assert before.keys() == after.keys()
    assert sorted(after.values())[0] == (
        "Check in: Cut delays at the junction",
        TODAY + dt.timedelta(days=7),
    )


def test_days_are_whole_days_of_the_organisation(cast: Cast) -> None:
    make_key_result(make_objective(cast.cyd, "Long title " * 12), due_on=dt.date(2026, 6, 12))
    data = calendar_of(cast.cyd, TODAY, lambda path: f"https://thread.example{path}")
    text = data.decode()
    assert "DTSTART;VALUE=DATE:20260612\r\nDTEND;VALUE=DATE:20260613\r\n" in text
    assert "X-WR-TIMEZONE:Europe/Copenhagen" in text
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert all(event.get("dtstamp") for event in Calendar.from_ical(data).walk("VEVENT"))


# The address ------------------------------------------------------------------------------------------------


def test_the_address_is_made_shown_once_and_revoked(client: Client, cyd: Person) -> None:
    make_key_result(make_objective(cyd), "Complaints")
    signed_in(client, cyd)
    assert "No address yet" in client.get("/calendar/").content.decode()
    shown = client.post("/calendar/")
    address = shown.context["address"]
    assert address in shown.content.decode()
    assert address not in client.get("/calendar/").content.decode()
    anybody = Client()
    answer = anybody.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert "Due: Complaints" in str(entries(answer.content))
    assert not answer.cookies
    secret = address.rsplit("/", 1)[1].removesuffix(".ics")
    assert secret not in str(CalendarFeed.objects.values())
    client.post("/calendar/revoke/")
    assert anybody.get(address).status_code == 404


def test_a_new_address_ends_the_old_one(cyd: Person) -> None:
    old, new = make_feed(actor=cyd), make_feed(actor=cyd)
    assert person_of(old, TODAY) is None
    assert person_of(new, TODAY) == cyd
    revoke_feed(actor=cyd)
    assert person_of(new, TODAY) is None


def test_who_left_or_is_locked_out_has_no_calendar(cyd: Person) -> None:
    secret = make_feed(actor=cyd)
    Person.objects.filter(pk=cyd.pk).update(end=TODAY - dt.timedelta(days=1))
    assert person_of(secret, TODAY) is None
    Person.objects.filter(pk=cyd.pk).update(end=None)
    assert cyd.user is not None
    cyd.user.is_active = False
    cyd.user.save()
    assert person_of(secret, TODAY) is None


def test_guessing_is_limited_and_finds_nothing(client: Client, cast: Cast) -> None:
    statuses = [client.get(f"/calendar/guess-{n}.ics").status_code for n in range(122)]
    assert statuses[0] == 404
    assert statuses[-1] == 429  # even if a minute ended on the way


def test_the_calendar_is_only_read(client: Client, cyd: Person) -> None:
    address = reverse("calendar-feed", args=[make_feed(actor=cyd)])
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200


@pytest.mark.parametrize("many", [3, 30])
def test_the_calendar_asks_as_much_for_many_as_for_few(
    client: Client, cyd: Person, many: int, assert_queries: Any
) -> None:
    address = reverse("calendar-feed", args=[make_feed(actor=cyd)])
    for n in range(many):
        make_key_result(make_objective(cyd, f"Objective {n}"))
    assert_queries("calendar feed", client.get, address)
