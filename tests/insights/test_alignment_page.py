"""The alignment page, its files, proposing a priority to a unit, and the pages of the method."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.insights import method
from goldenthread.objectives.models import Objective
from goldenthread.strategy.models import Strategy
from tests.cast import Cast, link, make_objective, make_priority, make_unit, signed_in


@pytest.fixture
def broken(cast: Cast, strategy: Strategy) -> dict[str, Any]:
    """One whole line, one loose end, one stranded priority."""
    punctual = make_priority(strategy, "Punctual trains", weight=Decimal(70))
    calm = make_priority(strategy, "Calm stations", weight=Decimal(30))
    whole = make_objective(cast.operations, "Clear the junction")
    link(whole, punctual)
    loose = make_objective(cast.flo, "New timetable poster")
    return {"punctual": punctual, "calm": calm, "whole": whole, "loose": loose}


def page(client: Client, person: Any, name: str = "alignment", *args: object, **query: str) -> str:
    response = signed_in(client, person).get(reverse(name, args=args), query)
    assert response.status_code == 200
    return b"".join(response).decode()


def test_it_says_in_a_sentence_what_is_broken(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    text = page(client, cast.ada)
    assert "1 of 2 objectives reach a priority" in text
    assert "One hangs loose" in text
    assert "Calm stations" in text
    assert "New timetable poster" in text
    assert reverse("method", args=["alignment-coverage"]) in text


def test_interval_and_band_are_explained_where_they_stand_without_script(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    text = page(client, cast.ada)
    explained = dict(re.findall(r"<summary>([^<]+)</summary><p>(.+?)</p></details>", text))
    interval = next(words for words in explained if words.startswith("95 % interval"))
    assert "chance alone may move a share of 2" in explained[interval]
    assert "a convention to agree on" in explained["Act"]
    assert "policy band" not in text


def test_a_loose_end_leads_to_where_it_is_tied(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    tie = reverse("objective-link", args=[broken["loose"].pk])
    assert tie in page(client, cast.flo)


def test_restricted_work_is_counted_and_not_named(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    Objective.objects.filter(pk=broken["loose"].pk).update(restricted=True)
    text = page(client, cast.cyd)
    assert "1 of 2 objectives" in text
    assert "New timetable poster" not in text
    assert "A restricted objective" in text
    assert "New timetable poster" not in page(client, cast.cyd, "alignment-loose-csv")
    assert "New timetable poster" in page(client, cast.ben, "alignment-loose-csv")


def test_it_asks_the_same_few_queries_whatever_the_size(
    client: Client, cast: Cast, broken: dict[str, Any], assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.ada).get(reverse("alignment"))
    assert_queries("alignment", client.get, reverse("alignment"))
    for number in range(30):
        unit = make_unit(f"Depot {number}", cast.operations)
        make_objective(unit, f"Objective {number}", restricted=number % 2 == 0)
    client.get(reverse("alignment"))
    assert_queries("alignment of many", client.get, reverse("alignment"))


def test_units_sort_by_what_the_address_asks_for(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    text = page(client, cast.ada, sort="unit")
    table = text[text.index("alignment-units") :]
    assert table.index("Northwind Rail") < table.index("Operations") < table.index("Stations")


def test_an_empty_organisation_is_told_what_will_stand_here(client: Client, cast: Cast) -> None:
    text = page(client, cast.ada)
    assert "nothing can be in line" in text
    assert "No figure" in text


# Proposing --------------------------------------------------------------------------------------------------


def test_a_priority_is_proposed_to_the_unit_that_was_picked(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    url = reverse("alignment-propose", args=[broken["calm"].pk])
    answer = signed_in(client, cast.ada).get(url, {"unit": "stations"})
    assert answer.status_code == 302
    expected = f"owner_unit={cast.stations.pk}&serves=p{broken['calm'].pk}"
    assert answer["Location"] == f"{reverse('objective-new')}?{expected}"


def test_a_unit_that_is_not_there_is_asked_for_again(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    url = reverse("alignment-propose", args=[broken["calm"].pk])
    answer = signed_in(client, cast.ada).get(url, {"unit": "Nowhere"})
    assert answer.status_code == 422
    assert "Pick a unit" in answer.content.decode()


def test_only_who_may_draft_for_the_unit_goes_on(
    client: Client, cast: Cast, broken: dict[str, Any]
) -> None:
    url = reverse("alignment-propose", args=[broken["calm"].pk])
    answer = signed_in(client, cast.ben).get(url, {"unit": "Stations"})
    assert answer.status_code == 422
    assert "Ask Gus Lind" in answer.content.decode()


# The method -------------------------------------------------------------------------------------------------


def test_every_page_of_the_method_opens_and_its_links_lead_on(client: Client, cast: Cast) -> None:
    signed_in(client, cast.flo)
    index = client.get(reverse("methods")).content.decode()
    for slug in method.slugs():
        answer = client.get(reverse("method", args=[slug]))
        assert answer.status_code == 200
        assert '.md"' not in answer.content.decode()
        assert reverse("method", args=[slug]) in index


@pytest.mark.parametrize("slug", ["nothing", "README", "settings"])
def test_a_page_that_is_not_there_is_404(client: Client, cast: Cast, slug: str) -> None:
    answer = signed_in(client, cast.flo).get(f"/method/{slug}/")
    assert answer.status_code == 404


def test_the_pages_of_the_method_are_shipped() -> None:
    """What the wheel takes along (pyproject.toml) is the folder that the checkout reads."""
    import tomllib
    from pathlib import Path

    root = Path(__file__).parents[2]
    built = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["hatch"]["build"]
    shipped = built["targets"]["wheel"]["force-include"]["docs/method"]
    assert root / shipped == method.SHIPPED
    assert method.folder() == root / "docs" / "method"
