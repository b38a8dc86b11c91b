"""Now and today are the organisation's."""

import datetime as dt

import pytest
from django.utils import timezone

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.ui.templatetags.goldenthread import day

pytestmark = pytest.mark.django_db

LATE = dt.datetime(2026, 5, 12, 20, 30, tzinfo=dt.UTC)


def test_what_is_done_where_a_demo_stands_still_is_done_on_its_day() -> None:
    stands_on = dt.date(2020, 2, 29)
    for zone in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
        Organisation(name="Still", time_zone=zone, stands_on=stands_on).remember()
        assert clock.today() == stands_on
        assert clock.day_of(clock.now()) == stands_on


def test_a_real_organisation_is_dated_by_the_clock() -> None:
    Organisation(name="Real", time_zone="Pacific/Auckland").remember()
    before = timezone.now()
    assert before <= clock.now() <= timezone.now()


@pytest.mark.parametrize(
    ("zone", "its"), [("UTC", 12), ("Pacific/Auckland", 13), ("America/Los_Angeles", 12)]
)
def test_a_moment_belongs_to_the_organisations_day(zone: str, its: int) -> None:
    Organisation(name="Real", time_zone=zone, stands_on=dt.date(2026, 5, 1)).remember()
    assert clock.day_of(LATE) == dt.date(2026, 5, its)
    assert day(LATE, "full") == f"{its} May 2026"
