"""Who sees an objective: what the database leaves a reader is what the permission table says, for everybody."""

import random

import pytest
from django.test import Client

from goldenthread.core.access import can
from goldenthread.objectives.models import Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import ALLOWED, Action, Relation
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import (
    Cast,
    link,
    make_cast,
    make_head,
    make_key_result,
    make_objective,
    make_organisation,
    make_person,
    make_priority,
    make_strategy,
    make_unit,
    signed_in,
)

pytestmark = pytest.mark.django_db

LINE = {Relation.OWNER, Relation.MANAGER, Relation.CHAIN, Relation.UNIT_HEAD}


def organisation(seed: int) -> tuple[list[Person], list[Objective]]:
    """A tree of units, people anywhere in it, and objectives of all sorts, the same for the same seed."""
    chance = random.Random(seed)
    make_organisation()
    cast = make_cast()
    units = [cast.root, cast.operations, cast.stations]
    people = [cast.ada, cast.ben, cast.cyd, cast.dee, cast.eve, cast.flo, cast.gus]
    for n in range(4):
        units.append(make_unit(f"Unit {n}", chance.choice(units)))
    for n in range(10):
        manager = chance.choice([None, *people])
        unit = chance.choice([None, *units])
        people.append(make_person(f"P{n} Berg", unit=unit, manager=manager))
    for unit in units[3:]:
        if chance.random() < 0.7:
            make_head(unit, chance.choice(people))
    strategy = make_strategy(cast.ada)
    priorities = [make_priority(strategy, "One", sponsor=chance.choice(people))]
    draft = {"state": Priority.State.UNCONFIRMED}
    priorities.append(make_priority(strategy, "Draft", sponsor=people[-1], **draft))
    objectives: list[Objective] = []
    for n in range(24):
        owner: Person | Unit = chance.choice([*people, *units])
        nobody = chance.random() < 0.1
        objective = make_objective(
            owner,
            f"Objective {n}",
            restricted=chance.random() < 0.8,
            author=chance.choice([None, None, *people]),
            state=State.UNCONFIRMED if nobody else State.ACTIVE,
            **({"owner_person": None, "owner_unit": None} if nobody else {}),
        )
        if chance.random() < 0.3:
            make_key_result(objective, reporter=chance.choice(people))
        if chance.random() < 0.6:
            link(objective, chance.choice([*priorities, *objectives]))
        objectives.append(objective)
    return [Person.objects.get(pk=one.pk) for one in people], objectives


@pytest.mark.parametrize("seed", range(4))
def test_the_database_and_the_table_agree_for_everybody(seed: int) -> None:
    people, objectives = organisation(seed)
    for person in people:
        seen = set(Objective.objects.visible_to(person).values_list("pk", flat=True))
        led = set(Objective.objects.in_charge(person).values_list("pk", flat=True))
        for one in Objective.objects.filter(pk__in=[row.pk for row in objectives]):
            relations = one.relations_to(person)
            assert (one.pk in seen) == bool(relations & ALLOWED[Action.SEE]), (
                person,
                one,
                relations,
            )
            assert (one.pk in led) == bool(relations & LINE), (person, one, relations)


def test_nobody_signed_in_sees_nothing(cast: Cast) -> None:
    make_objective(cast.flo)
    assert not Objective.objects.visible_to(None).exists()


@pytest.mark.parametrize("name", ["dee", "eve", "cyd"])
def test_no_office_opens_a_restricted_one(client: Client, cast: Cast, name: str) -> None:
    objective = make_objective(cast.flo, "Close the depot", restricted=True)
    make_key_result(objective)
    person = getattr(cast, name)
    assert not can(person, Action.SEE, objective)
    signed_in(client, person)
    for address in (
        f"/objectives/{objective.pk}/",
        f"/objectives/{objective.pk}/edit/",
        f"/objectives/{objective.pk}/link/",
        f"/objectives/{objective.pk}/check-ins/",
    ):
        assert client.get(address).status_code == 404
    for page in (
        "/objectives/",
        "/objectives/?layout=list",
        "/objectives/?q=depot",
        f"/cycles/{objective.cycle_id}/",
    ):
        assert "Close the depot" not in client.get(page).content.decode()
    file = b"".join(client.get("/objectives/csv/").streaming_content)
    assert b"Close the depot" not in file


def test_a_draft_priority_makes_nobody_its_sponsor(cast: Cast, strategy: Strategy) -> None:
    draft = make_priority(strategy, state=Priority.State.UNCONFIRMED)
    Priority.objects.filter(pk=draft.pk).update(sponsor=cast.cyd)
    objective = make_objective(cast.flo, restricted=True)
    link(objective, draft)
    assert not Objective.objects.visible_to(cast.cyd).exists()


@pytest.mark.parametrize("name", ["dee", "eve", "cyd", "gus"])
def test_seeing_is_not_changing(client: Client, cast: Cast, name: str) -> None:
    objective = make_objective(cast.flo)
    key_result = make_key_result(objective)
    signed_in(client, getattr(cast, name))
    assert client.get(f"/objectives/{objective.pk}/").status_code == 200
    for address in ("change", "link", "close", "edit"):
        assert client.get(f"/objectives/{objective.pk}/{address}/").status_code == 403
    assert client.post(f"/key-results/{key_result.pk}/check-ins/").status_code == 403
