"""Numbers, shares and days as the reader sees them; missing is "–", never 0."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import RequestFactory

from goldenthread.engine.flow import WEIGHTS_NOT_SET
from goldenthread.engine.result import (
    Result,
    Status,
    insufficient_data,
    measured,
    share,
    suppressed,
    undefined,
)
from goldenthread.ui import locale
from goldenthread.ui.templatetags import goldenthread as tags

NARROW = "\u202f"
BASIS = {"unit_of_n": "objectives", "method_version": "coverage/1"}


@pytest.fixture(autouse=True)
def _british():
    locale.use_locale("en-gb")
    yield
    locale.use_locale("en-gb")


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (Decimal("85.00"), None, "85"),
        (Decimal("0"), None, "0"),
        (4.866, None, "4.87"),
        (1234567.5, None, "1,234,567.5"),
        (1000, None, "1,000"),
        (-3, None, "−3"),
        (-0.001, None, "0"),
        (5, 1, "5.0"),
        (Decimal("2.5"), 0, "2"),
        (None, None, "–"),
        ("", None, "–"),
    ],
)
def test_number(value, decimals, shown):
    assert tags.number(value, decimals) == shown


def test_units_stand_after_a_narrow_space_and_missing_has_none():
    assert tags.unit(44, "%") == f"44{NARROW}%"
    assert tags.unit(Decimal("23.50"), "days") == f"23.5{NARROW}days"
    assert tags.unit(None, "%") == "–"
    assert tags.value(44.25, "%", 1) == f"44.2{NARROW}%"


def test_shares_carry_their_count_and_a_share_of_nothing_is_missing():
    assert tags.share(38, 42) == f"90{NARROW}% (38 of 42)"
    assert tags.share(0, 42) == f"0{NARROW}% (0 of 42)"
    assert tags.share(0, 0) == "– (0 of 0)"
    assert tags.share(None, 42) == "–"
    assert tags.percent(None) == "–"


def test_counted():
    assert tags.counted(1, "objective,objectives") == "1 objective"
    assert tags.counted(1200, "person,people") == "1,200 people"
    assert tags.counted(0, "KPI") == "no KPIs"
    assert tags.counted(None, "KPI") == "– KPIs"


@pytest.mark.parametrize(
    ("language", "number", "date"),
    [
        ("en-GB,en;q=0.9", "1,234.5", "23 November"),
        ("en-US,en;q=0.9", "1,234.5", "November 23"),
        ("de-DE,de;q=0.9,en;q=0.8", "1.234,5", "23 November"),
        ("fr", "1\xa0234,5", "23 November"),
        ("xx-YY", "1,234.5", "23 November"),
        ("", "1,234.5", "23 November"),
    ],
)
def test_figures_follow_the_readers_browser(language, number, date, monkeypatch):
    monkeypatch.setattr(tags, "today", lambda: dt.date(2026, 11, 1))
    request = RequestFactory().get("/", headers={"Accept-Language": language})
    locale.use_locale(locale.locale_of(request))
    assert tags.number(1234.5) == number
    assert tags.day(dt.date(2026, 11, 23)) == date


@pytest.mark.parametrize(
    ("typed", "readers", "meant"),
    [
        ("62", "en-gb", "62"),
        ("62,5", "en-gb", "62.5"),
        ("62.5", "de", "62.5"),
        ("1,500", "en-gb", "1500"),
        ("1,500", "de", "1.500"),
        ("1.500", "de", "1500"),
        ("0,125", "en-gb", "0.125"),
        ("1.234,56", "en-gb", "1234.56"),
        ("1,234,567", "en-gb", "1234567"),
        ("12 000", "fr", "12000"),
        ("−4", "en-gb", "-4"),
        ("-1’200.5", "en-gb", "-1200.5"),
    ],
)
def test_typed_numbers_are_read_with_either_decimal_sign(typed, readers, meant):
    locale.use_locale(readers)
    assert locale.parse_number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["", "about 5", "NaN", "Infinity", "1e400000", "--3", "12%"])
def test_what_is_not_a_number_is_none(typed):
    number = locale.parse_number(typed)
    assert number is None or number.adjusted() > 1000


def test_days(monkeypatch):
    monkeypatch.setattr(tags, "today", lambda: dt.date(2026, 11, 23))
    assert tags.day(dt.date(2026, 11, 23)) == "today"
    assert tags.day(dt.date(2026, 11, 23), "full") == "23 November 2026"
    assert tags.day(dt.date(2026, 11, 25), "weekday") == "Wed 25 Nov"
    assert tags.day(dt.date(2027, 1, 15)) == "15 January 2027"
    assert tags.day(None) == "–"
    assert tags.days_from_today(dt.date(2026, 11, 22)) == "1 day ago"
    assert tags.days_from_today(dt.date(2026, 11, 26)) == "in 3 days"
    assert tags.period(dt.date(2026, 10, 1), dt.date(2026, 12, 31)) == (
        "1 October to 31 December 2026"
    )
    assert tags.period(dt.date(2026, 10, 1), dt.date(2027, 3, 31)) == (
        "1 October 2026 to 31 March 2027"
    )
    assert tags.period(dt.date(2026, 10, 1), None) == "since 1 October 2026"
    assert tags.period(None, None) == "–"


def test_a_missing_result_says_why_and_each_reason_differently():
    results: list[Result] = [
        insufficient_data("fewer than 20 objectives", **BASIS),
        undefined("no link needs acceptance", **BASIS),
        suppressed(unit_of_n="people", method_version="clarity/1"),
        insufficient_data(WEIGHTS_NOT_SET, **BASIS),
    ]
    assert len({tags.result_words(result) for result in results}) == 4
    assert all(tags.result_value(result) == "–" for result in results)
    assert tags.result_words(results[3]) == "Weights not set"
    assert tags.result_words(None) == "Not computed yet"
    assert "told apart" in tags.result_reason(results[2])


def test_an_early_figure_is_shown_with_its_caveat():
    early = share(3, 9, status=Status.EARLY, reason="fewer than 20 links", **BASIS)
    assert tags.result_value(early) == f"33{NARROW}%"
    assert tags.result_words(early) == ""
    assert tags.result_reason(early) == "Early: fewer than 20 links."
    assert tags.result_value(measured(5.1234, n=3, **BASIS), "number:1") == "5.1"
    assert tags.method_slug(early) == "coverage"
