"""Every list goes out as a file too: whoever reads it on a page finds the link there."""

import re
from functools import partial

import pytest
from django.test import Client

from tests.authorisation.expectations import EXPECTED
from tests.authorisation.grid import tells, undone, variants
from tests.authorisation.test_matrix import address
from tests.authorisation.world import OPEN, World

# What stands on a page is asked, not what a database answers: once is enough.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
WORDS = {"methods", "method", "api-docs", "api-docs-room"}  # tables of the product's own words
TABLE, PAGER = "<table", 'class="pager'
FILE = re.compile(r'href="[^"]*csv[^"]*"')


@pytest.mark.parametrize("person", ["owner", "strategy_leader", "admin"])
def test_every_list_page_has_its_csv(world: World, clients: dict[str, Client], person: str) -> None:
    """A page of many records with a table, or a part of one record's page that is turned page by page."""
    seen, missing = 0, []
    for name, expected in EXPECTED.items():
        if name in WORDS or expected.public or person not in (expected.read or ()):
            continue
        for one in filter(partial(tells, expected), variants(expected, world)):
            if one.kind and one.name != OPEN:
                continue
            url = address(name, expected, one)
            response, _ = undone(lambda url=url: clients[person].get(url))
            if (
                response.streaming
                or (PAGER if one.kind else TABLE).encode() not in response.content
            ):
                continue
            seen += 1
            if not FILE.search(response.content.decode()):
                missing.append(url)
    assert missing == []
    assert seen > 5
