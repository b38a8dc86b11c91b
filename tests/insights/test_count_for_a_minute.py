"""Of a large organisation, how many people are below stands for a minute; who they are is read each time."""

from collections.abc import Iterator

import pytest

from goldenthread.core import for_a_minute
from goldenthread.insights.selectors import unit_page
from goldenthread.insights.selectors.unit_page import unit_row
from goldenthread.people import selectors
from goldenthread.people.services import set_manager
from tests.cast import Cast, make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An organisation that counts as large."""
    monkeypatch.setattr(for_a_minute, "MANY", 0)
    yield
    unit_page.LARGE.kept.clear()
    selectors.LARGE.kept.clear()


def shown(cast: Cast) -> list[tuple[str, int, int]]:
    """The first level of the chart."""
    level = selectors.chart_level(cast.ada, None)
    return [(one.name, one.direct, one.below) for one in level.people]


def test_a_unit_is_counted_once_a_minute(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = unit_row(cast.stations.pk).below
    make_person("Gil", unit=cast.stations)
    assert unit_row(cast.stations.pk).below == before
    monkeypatch.setattr(for_a_minute, "SECONDS", 0)
    assert unit_row(cast.stations.pk).below == before + 1


def test_a_new_part_of_a_unit_has_it_counted_again(cast: Cast) -> None:
    before = unit_row(cast.stations.pk)
    make_person("Gil", unit=make_unit("Depots", parent=cast.stations))
    after = unit_row(cast.stations.pk)
    assert len(after.parts) == len(before.parts) + 1
    assert after.below == before.below + 1
    cast.stations.name = "Yards"
    cast.stations.save()
    assert unit_row(cast.stations.pk).name == "Yards"


def test_the_chart_is_counted_once_a_minute(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    before = shown(cast)
    make_person("Gil", manager=cast.flo)
    assert shown(cast) == before
    monkeypatch.setattr(for_a_minute, "SECONDS", 0)
    assert shown(cast) != before


def test_who_stands_at_the_top_is_never_old(cast: Cast) -> None:
    before = shown(cast)
    kim = make_person("Kim")
    set_manager(actor=cast.eve, person=make_person("Gil"), manager=kim)
    assert {name for name, *_ in shown(cast)} == {name for name, *_ in before} | {"Kim"}
