"""A large organisation is measured behind its pages, which say as of when the figures stand."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.core import history
from goldenthread.core.jobs import run_due
from goldenthread.core.models import Organisation
from goldenthread.insights import services
from goldenthread.insights.models import Measured
from goldenthread.insights.selectors.alignment import alignment, measure
from goldenthread.insights.selectors.counted import work_on
from goldenthread.insights.selectors.effort import effort_figures
from goldenthread.insights.selectors.effort.ground import ground_of, ground_today
from goldenthread.insights.selectors.effort.measuring import measure_effort
from goldenthread.insights.selectors.map_figures import map_figures, structure_now
from goldenthread.objectives.models import Contribution, Cycle
from goldenthread.objectives.selectors import counted_work
from goldenthread.objectives.services import counting, links
from goldenthread.strategy.models import Priority, Strategy
from goldenthread.tradeoffs.services import allocate
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_allocation,
    make_objective,
    make_person,
    make_priority,
    signed_in,
)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch, cast: Cast, strategy: Strategy) -> Priority:
    """An organisation that counts as large from its second open objective on; two of three are in line."""
    for module in (services, counting, counted_work):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    priority = make_priority(strategy, "Punctual", weight=100)
    Strategy.objects.update(weights_confirmed_at=timezone.now())
    for owner in (cast.cyd, cast.ben):
        links.link(actor=cast.ada, child=make_objective(owner), parent=priority)
    make_objective(cast.flo, "Loose")
    counting.count_work()
    run_due()
    return priority


def test_what_is_kept_is_what_would_be_measured(large: Priority) -> None:
    assert alignment() == measure(work_on(TODAY))
    found, anew = map_figures([large], TODAY), structure_now()
    assert found.alignment.measured_at is None
    assert found.structure.below == anew.below
    assert found.structure.loose == anew.loose
    assert found.structure.priority_values == anew.priority_values
    assert found.structure.links.parents.tolist() == anew.links.parents.tolist()
    assert found.structure.links.children.tolist() == anew.links.children.tolist()
    assert found.structure.values is not None
    assert anew.values is not None
    assert found.structure.values.tolist() == anew.values.tolist()


def test_pages_say_as_of_when_until_it_is_measured_again(
    large: Priority, cast: Cast, client: Client
) -> None:
    signed_in(client, cast.ada)
    pages = ("alignment", "map")
    for page in pages:
        assert "counted again" not in client.get(reverse(page)).content.decode()
    newest = Contribution.objects.order_by("-pk")[0]
    links.unlink(actor=cast.ada, contribution=newest)

    for page in pages:
        text = client.get(reverse(page)).content.decode()
        assert "counted again" in text
        assert "2 of 3 objectives" in text
    run_due()
    for page in pages:
        text = client.get(reverse(page)).content.decode()
        assert "counted again" not in text
        assert "1 of 3 objectives" in text


def test_who_comes_or_moves_is_counted_again_too(large: Priority, cast: Cast) -> None:
    history.keep([make_person("Ivo", unit=cast.stations, account=False)])
    assert alignment().measured_at is not None
    run_due()
    assert alignment() == measure(work_on(TODAY))


def test_a_larger_minimum_group_holds_at_once(large: Priority) -> None:
    Organisation.objects.update(minimum_group=6)
    assert {one.minimum for one in alignment().units} == {6}


def test_effort_is_kept_of_each_unit_and_counted_again_when_it_changes(
    large: Priority, cast: Cast, client: Client
) -> None:
    for n in range(6):
        make_allocation(make_person(f"Crew {n}", unit=cast.stations, account=False), "0.5")
    run_due()
    allocate(
        actor=cast.ada, whose=cast.cyd, cycle=Cycle.objects.get(), shares={large: Decimal("0.5")}
    )
    signed_in(client, cast.ada)
    assert "being counted again" in client.get("/effort/").content.decode()
    run_due()
    for unit in (None, cast.operations.pk, cast.stations.pk):
        assert effort_figures(unit) == measure_effort(ground_of(work_on(TODAY)), unit)
        assert effort_figures(unit) == measure_effort(ground_today(TODAY), unit)
    page = client.get(f"/effort/?unit={cast.stations.pk}").content.decode()
    assert "being counted again" not in page


def test_nothing_is_kept_of_a_small_organisation(
    cast: Cast, large: Priority, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert set(Measured.objects.values_list("pk", flat=True)) >= {"alignment", "effort-0"}
    for module in (services, counting, counted_work):
        monkeypatch.setattr(module, "AT_ONCE", 3)
    counting.count_work()
    assert not Measured.objects.exists()
    link(make_objective(cast.cyd), large)
    assert alignment().by_count.numerator == 3
