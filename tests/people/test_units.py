"""Units: who may change them, the tree without loops, and who leads."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.core.errors import DomainError, LoopRefused, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.people import selectors, services
from goldenthread.people.models import Person, Unit, UnitClosure
from tests.cast import TODAY, Cast, make_person


def above(unit: Unit) -> list[str]:
    rows = UnitClosure.objects.filter(descendant=unit).order_by("depth")
    return [row.ancestor.name for row in rows.select_related("ancestor")]


def test_a_unit_is_added_in_its_place(cast: Cast) -> None:
    unit = services.add_unit(
        actor=cast.ada, name="  Night   trains ", parent=cast.operations, leader=cast.flo
    )
    assert above(unit) == ["Night trains", "Operations", "Northwind Rail"]
    assert Person.objects.get(pk=cast.flo.pk).is_leader
    assert AuditRecord.objects.get(subject_id=unit.pk, verb="add unit").after["name"] == (
        "Night trains"
    )


def test_a_unit_moves_with_all_below_it(cast: Cast) -> None:
    night = services.add_unit(actor=cast.dee, name="Night", parent=cast.operations)
    crew = services.add_unit(actor=cast.dee, name="Crew", parent=night)
    services.move_unit(actor=cast.dee, unit=night, parent=cast.stations)
    assert above(crew) == ["Crew", "Night", "Stations", "Northwind Rail"]
    services.move_unit(actor=cast.dee, unit=night, parent=None)
    assert above(crew) == ["Crew", "Night"]


def test_a_loop_is_refused_with_its_path(cast: Cast) -> None:
    night = services.add_unit(actor=cast.dee, name="Night", parent=cast.operations)
    with pytest.raises(LoopRefused) as refused:
        services.move_unit(actor=cast.dee, unit=cast.root, parent=night)
    assert refused.value.path == ["Northwind Rail", "Night", "Operations", "Northwind Rail"]
    assert "Northwind Rail → Night → Operations → Northwind Rail" in refused.value.message
    with pytest.raises(LoopRefused) as refused:
        services.move_unit(actor=cast.dee, unit=night, parent=night)
    assert refused.value.path == ["Night", "Night"]
    night.refresh_from_db()
    assert night.parent == cast.operations


def test_the_old_leader_stops_leading_unless_of_another_unit(cast: Cast) -> None:
    other = services.add_unit(actor=cast.dee, name="Fleet", leader=cast.ben)
    services.set_unit_leader(actor=cast.dee, unit=cast.operations, leader=cast.flo)
    assert Person.objects.get(pk=cast.ben.pk).heads_unit
    assert Person.objects.get(pk=cast.flo.pk).heads_unit
    services.set_unit_leader(actor=cast.dee, unit=other, leader=None)
    assert not Person.objects.get(pk=cast.ben.pk).heads_unit


def test_the_form_changes_all_at_once_and_only_what_differs(cast: Cast) -> None:
    services.edit_unit(
        actor=cast.eve,
        unit=cast.stations,
        name="Stations and stops",
        parent=cast.operations,
        leader=cast.gus,
        fte=None,
        version=cast.stations.version,
    )
    assert above(cast.stations) == ["Stations and stops", "Operations", "Northwind Rail"]
    kept = AuditRecord.objects.get(verb="edit unit")
    assert kept.after == {"name": "Stations and stops", "parent": cast.operations.pk}


def test_a_unit_without_people_says_what_it_has(cast: Cast) -> None:
    unit = services.add_unit(actor=cast.dee, name="Hangar", fte=Decimal("12.5"))
    assert AuditRecord.objects.get(verb="add unit").after["fte"] == "12.5"
    fields = {"name": "Hangar", "parent": None, "leader": None}
    for wrong in ("0", "-3", "1.234", "1000001", "NaN"):
        with pytest.raises(DomainError, match="full-time equivalents") as refused:
            services.edit_unit(actor=cast.dee, unit=unit, fte=Decimal(wrong), **fields)
        assert refused.value.field == "fte"
    services.edit_unit(actor=cast.dee, unit=unit, fte=None, **fields)
    unit.refresh_from_db()
    assert unit.fte is None


def test_two_who_save_at_once_do_not_overwrite_each_other(cast: Cast) -> None:
    seen = cast.stations.version
    fields = {"parent": cast.root, "leader": cast.gus, "fte": None, "version": seen}
    services.edit_unit(actor=cast.dee, unit=cast.stations, name="Stops", **fields)
    with pytest.raises(SavedMeanwhile):
        services.edit_unit(actor=cast.eve, unit=cast.stations, name="Halts", **fields)
    cast.stations.refresh_from_db()
    assert cast.stations.name == "Stops"


def test_a_unit_ends_when_it_is_empty(cast: Cast) -> None:
    with pytest.raises(DomainError, match="2 people"):
        services.end_unit(actor=cast.dee, unit=cast.operations, on=TODAY)
    with pytest.raises(DomainError, match="2 units"):
        services.end_unit(actor=cast.dee, unit=cast.root, on=TODAY)
    fleet = services.add_unit(actor=cast.dee, name="Fleet", leader=cast.flo)
    joining = make_person("Ivo", unit=fleet, start=TODAY + dt.timedelta(30))
    with pytest.raises(DomainError, match="1 person"):
        services.end_unit(actor=cast.dee, unit=fleet, on=TODAY)
    services.edit_person(actor=cast.dee, person=joining, unit=cast.stations)
    with pytest.raises(DomainError, match="to come"):
        services.end_unit(actor=cast.dee, unit=fleet, on=TODAY + dt.timedelta(1))
    services.end_unit(actor=cast.dee, unit=fleet, on=TODAY)
    assert not Person.objects.get(pk=cast.flo.pk).heads_unit
    with pytest.raises(DomainError, match="ended"):
        services.move_unit(actor=cast.dee, unit=cast.stations, parent=fleet)


def test_who_may(cast: Cast) -> None:
    for actor in (cast.cyd, cast.flo):
        with pytest.raises(NotAllowed):
            services.add_unit(actor=actor, name="Fleet")
    for actor in (cast.ada, cast.ben, cast.flo):
        with pytest.raises(NotAllowed):
            services.set_unit_leader(actor=actor, unit=cast.operations, leader=actor)
        with pytest.raises(NotAllowed):
            services.move_unit(actor=actor, unit=cast.operations, parent=None)
        with pytest.raises(NotAllowed):
            services.end_unit(actor=actor, unit=cast.operations, on=TODAY)


def test_a_list_to_choose_from_holds_the_levels_that_fit(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    stations = cast.stations
    below = services.add_unit(actor=cast.ada, name="Depot", parent=stations, leader=None)
    every = selectors.unit_choices()
    tree = selectors.flat(selectors.unit_tree())
    assert [(one.pk, one.depth) for one in every] == [(one.unit.pk, one.depth) for one in tree]
    monkeypatch.setattr(selectors, "MOST_CHOICES", len(every) - 1)
    assert below.pk not in {one.pk for one in selectors.unit_choices(cast.operations)}
    first, *others = selectors.unit_choices(below, None)
    assert (first.pk, first.depth) == (below.pk, 0)
    assert others == selectors.unit_choices()
