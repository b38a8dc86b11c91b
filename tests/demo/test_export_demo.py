"""The demo goes out and comes in: unchanged here, the same organisation in an empty database."""

from collections import Counter
from typing import Any

import pytest
from lxml import etree

from goldenthread.core.models import Organisation
from goldenthread.demo.days import STANDS_ON
from goldenthread.interchange.models import Import
from goldenthread.interchange.services import exporting
from goldenthread.objectives.models import Objective
from goldenthread.people.models import Person
from tests.interchange.exporting import (
    bring_all,
    empty_the_domain,
    exported,
    found_anew,
    what_arrives,
)
from tests.interchange.importing import brought_in, holds
from tests.interchange.test_export import SCHEMA

# What the two databases may make of an import otherwise is asked of smaller ones.
pytestmark = [pytest.mark.usefixtures("demo"), pytest.mark.sqlite]


def changes(batches: list[Import]) -> list[Any]:
    return [
        (one.filename, row.outcome, row.title, row.reason)
        for one in batches
        for row in one.rows.exclude(outcome="unchanged")
    ]


def test_the_demo_brought_in_again_changes_nothing() -> None:
    marta = Person.objects.get(name="Marta Lindqvist")
    before = holds()
    assert changes(bring_all(marta, exported())) == []
    plan = exporting.export_plan(actor=marta)
    SCHEMA.assertValid(etree.fromstring(plan))
    assert changes([brought_in(marta, plan, "stratml")]) == []
    assert holds() == before


def test_the_demo_stands_again_in_an_empty_database_but_for_what_nobody_confirmed() -> None:
    marta = Person.objects.get(name="Marta Lindqvist")
    first = exported()
    empty_the_domain()
    founder = found_anew(marta)
    Organisation.objects.update(stands_on=STANDS_ON)
    batches = bring_all(founder, first)
    assert sum(one.refused for one in batches) == 0
    assert what_arrives(exported()) == what_arrives(first)
    assert Counter(Objective.objects.values_list("state", flat=True)).keys() == {"unconfirmed"}
