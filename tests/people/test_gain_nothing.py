"""Whoever may edit people and units gains nothing by it: no line over others, no office, no account of theirs."""

import pytest

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.people import services
from goldenthread.people.models import Person, ReportingClosure, Unit
from goldenthread.people.services import Colleague
from tests.cast import Cast, make_head, make_person, make_unit

SITE = "http://testserver"


def test_nobody_makes_themself_a_manager(cast: Cast) -> None:
    below = make_person("Hal Nord", manager=cast.dee)
    for manager in (cast.dee, below):
        with pytest.raises(DomainError, match="place you above Flo Dahl") as refused:
            services.set_manager(actor=cast.dee, person=cast.flo, manager=manager)
        assert refused.value.field == "manager"
        with pytest.raises(DomainError, match="administrator"):
            services.edit_person(actor=cast.dee, person=cast.flo, manager=manager, level="L4")
    assert not ReportingClosure.objects.filter(manager=cast.dee, report=cast.flo).exists()
    services.set_manager(actor=cast.eve, person=cast.flo, manager=cast.dee)


def test_nor_by_pasting_people_who_are_here(cast: Cast) -> None:
    [result] = services.add_colleagues(
        actor=cast.dee, rows=[Colleague("Flo Dahl", cast.flo.email, "Dee Voss")]
    )
    assert "place you above Flo Dahl" in result.problem
    assert Person.objects.get(pk=cast.flo.pk).manager == cast.ben
    [new] = services.add_colleagues(actor=cast.dee, rows=[Colleague("Hal Nord", "", "Dee Voss")])
    assert (new.problem, new.person and new.person.manager) == ("", cast.dee)


def test_a_manager_rearranges_those_already_below(cast: Cast) -> None:
    one = make_person("Hal Nord", manager=cast.dee)
    other = make_person("Ida Nord", manager=one)
    services.set_manager(actor=cast.dee, person=other, manager=cast.dee)
    assert Person.objects.get(pk=other.pk).manager == cast.dee


def test_nobody_makes_themself_head_of_a_unit(cast: Cast) -> None:
    below = make_person("Hal Nord", manager=cast.dee)
    for leader in (cast.dee, below):
        with pytest.raises(DomainError, match="place you above Operations") as refused:
            services.set_unit_leader(actor=cast.dee, unit=cast.operations, leader=leader)
        assert refused.value.field == "leader"
    with pytest.raises(DomainError, match="administrator"):
        services.add_unit(actor=cast.dee, name="Fleet", leader=cast.dee)
    assert not Person.objects.get(pk=cast.dee.pk).is_leader
    assert Unit.objects.get(pk=cast.operations.pk).leader == cast.ben
    services.set_unit_leader(actor=cast.eve, unit=cast.operations, leader=cast.dee)


def test_nor_takes_a_unit_or_its_people_under_their_own(cast: Cast) -> None:
    own = make_unit("HR")
    make_head(own, cast.dee)
    with pytest.raises(DomainError, match="place you above Operations") as refused:
        services.move_unit(actor=cast.dee, unit=cast.operations, parent=own)
    assert refused.value.field == "parent"
    with pytest.raises(DomainError, match="place you above Flo Dahl") as refused:
        services.edit_person(actor=cast.dee, person=cast.flo, unit=own)
    assert refused.value.field == "unit"
    services.edit_person(actor=cast.dee, person=cast.dee, unit=own)
    services.add_unit(actor=cast.dee, name="Payroll", parent=own, leader=cast.dee)


@pytest.mark.parametrize("power", ["leads", "manages"])
def test_nobody_gets_the_link_to_somebody_with_more_say(cast: Cast, power: str) -> None:
    """Whoever holds the link can choose the password, and so become the person it is for."""
    ivo = make_person("Ivo Krag", account=False, email="ivo@northwind.example", manager=cast.gus)
    if power == "leads":
        services.grant_roles(actor=cast.eve, person=ivo, leader=True, hr=False, admin=False)
    else:
        make_person("Kim Lund", manager=ivo)
    for actor in (cast.ben, cast.dee):
        with pytest.raises(NotAllowed):
            services.invite(actor=actor, person=ivo, site=SITE)
    for actor in (cast.gus, cast.ada, cast.eve):  # those above have that say already
        assert services.invite(actor=actor, person=ivo, site=SITE).link
