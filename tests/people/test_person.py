"""People: adding and editing them, their line, absences, roles, leaving; as services."""

import datetime as dt
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from goldenthread.core.audit import opened
from goldenthread.core.errors import DomainError, LoopRefused, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.people import services
from goldenthread.people.models import Person, ReportingClosure, User
from tests.cast import TODAY, Cast, make_cast, make_organisation, make_person, make_unit


def line(person: Person) -> list[str]:
    rows = ReportingClosure.objects.filter(report=person).order_by("depth")
    return [row.manager.name.split()[0] for row in rows.select_related("manager")]


def test_somebody_is_added_in_their_line(cast: Cast) -> None:
    ivo = services.add_person(
        actor=cast.ben, name=" Ivo  Krag", email="Ivo@Northwind.example", manager=cast.flo
    )
    assert (ivo.name, ivo.email) == ("Ivo Krag", "ivo@northwind.example")
    assert ivo.user is None
    assert line(ivo) == ["Flo", "Ben", "Ada"]
    kept = AuditRecord.objects.get(verb="add person")
    assert "Ivo" not in str(kept.after)
    assert opened(kept.after)["name"] == "Ivo Krag"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("email", "ivo"),
        ("email", "BEN@northwind.example"),
        ("fte", Decimal(0)),
        ("fte", Decimal(3)),
        ("fte", Decimal("NaN")),
        ("fte", Decimal("0.333")),
        ("external_id", "E-1"),
        ("end", dt.date(2026, 1, 1)),
    ],
)
def test_what_cannot_be_is_named(cast: Cast, field: str, value: Any) -> None:
    services.edit_person(actor=cast.dee, person=cast.ben, external_id="E-1")
    fields = {"name": "Ivo", "start": TODAY} | {field: value}
    with pytest.raises(DomainError) as refused:
        services.add_person(actor=cast.dee, **fields)
    assert refused.value.field == field


def test_only_what_differs_is_changed_and_recorded(cast: Cast) -> None:
    services.edit_person(actor=cast.dee, person=cast.flo, name="Flo Dahl", position="Lead planner")
    kept = AuditRecord.objects.get(verb="edit person")
    assert opened(kept.before) == {"position": "Train planner"}
    assert opened(kept.after) == {"position": "Lead planner"}
    before = AuditRecord.objects.count()
    services.edit_person(actor=cast.dee, person=cast.flo, position="Lead planner")
    assert AuditRecord.objects.count() == before


def test_the_second_of_two_who_save_is_told(cast: Cast) -> None:
    seen = cast.flo.version
    services.edit_person(actor=cast.dee, person=cast.flo, version=seen, level="L4")
    with pytest.raises(SavedMeanwhile):
        services.edit_person(actor=cast.eve, person=cast.flo, version=seen, level="L5")
    assert Person.objects.get(pk=cast.flo.pk).level == "L4"


def test_a_new_manager_moves_the_whole_line(cast: Cast) -> None:
    ivo = services.add_person(actor=cast.dee, name="Ivo", manager=cast.flo)
    services.set_manager(actor=cast.dee, person=cast.flo, manager=cast.gus)
    assert line(ivo) == ["Flo", "Gus", "Ada"]


def test_a_loop_is_refused_with_its_path(cast: Cast) -> None:
    with pytest.raises(LoopRefused) as refused:
        services.edit_person(actor=cast.dee, person=cast.ada, manager=cast.flo)
    assert refused.value.path == ["Ada Holm", "Flo Dahl", "Ben Aske", "Ada Holm"]
    assert refused.value.field == "manager"
    with pytest.raises(LoopRefused):
        services.set_manager(actor=cast.dee, person=cast.flo, manager=cast.flo)
    assert line(cast.flo) == ["Ben", "Ada"]


def test_the_address_of_an_account_is_the_administrators(cast: Cast) -> None:
    with pytest.raises(DomainError, match="administrator"):
        services.edit_person(actor=cast.dee, person=cast.ada, email="dee2@northwind.example")
    services.edit_person(actor=cast.eve, person=cast.ada, email="holm@northwind.example")
    assert User.objects.get(person=cast.ada).email == "holm@northwind.example"
    with pytest.raises(DomainError, match="empty"):
        services.edit_person(actor=cast.eve, person=cast.ada, email="")
    outsider = make_person("Ivo Krag", account=False, email="ivo@northwind.example")
    services.edit_person(actor=cast.dee, person=outsider, email="krag@northwind.example")


def test_who_may_edit(cast: Cast) -> None:
    for actor in (cast.ada, cast.ben, cast.cyd, cast.flo):
        with pytest.raises(NotAllowed):
            services.edit_person(actor=actor, person=cast.flo, level="L9")
        with pytest.raises(NotAllowed):
            services.set_manager(actor=actor, person=cast.flo, manager=None)
        with pytest.raises(NotAllowed):
            services.leave(actor=actor, person=cast.flo, on=TODAY)
        with pytest.raises(NotAllowed):
            services.grant_roles(actor=actor, person=actor, leader=True, hr=True, admin=True)
    with pytest.raises(NotAllowed):
        services.grant_roles(actor=cast.dee, person=cast.dee, leader=True, hr=True, admin=False)
    for actor in (cast.cyd, cast.flo):
        with pytest.raises(NotAllowed):
            services.add_person(actor=actor, name="Ivo")


def test_days_away_are_noted_by_those_near(cast: Cast) -> None:
    july = {"start": dt.date(2026, 7, 6), "end": dt.date(2026, 7, 24)}
    for actor in (cast.flo, cast.ben, cast.ada, cast.dee):
        absence = services.record_absence(actor=actor, person=cast.flo, **july)
    for actor in (cast.cyd, cast.gus, cast.eve):
        with pytest.raises(NotAllowed):
            services.record_absence(actor=actor, person=cast.flo, **july)
        with pytest.raises(NotAllowed):
            services.remove_absence(actor=actor, absence=absence)
    services.remove_absence(actor=cast.flo, absence=absence)
    assert cast.flo.absences.count() == 3
    with pytest.raises(DomainError, match="before the first"):
        services.record_absence(
            actor=cast.flo, person=cast.flo, start=july["end"], end=july["start"]
        )


def test_roles_are_granted_but_never_the_last_administrator_removed(cast: Cast) -> None:
    with pytest.raises(DomainError, match="last administrator"):
        services.grant_roles(actor=cast.eve, person=cast.eve, leader=False, hr=False, admin=False)
    outsider = make_person("Ivo Krag", account=False, is_admin=True)
    assert outsider.user is None  # cannot sign in, so does not count
    with pytest.raises(DomainError, match="last administrator"):
        services.leave(actor=cast.dee, person=cast.eve, on=TODAY)
    with pytest.raises(DomainError, match="last administrator"):
        services.deactivate_account(actor=cast.eve, person=cast.eve)
    services.grant_roles(actor=cast.eve, person=cast.dee, leader=False, hr=True, admin=True)
    services.grant_roles(actor=cast.eve, person=cast.eve, leader=False, hr=False, admin=False)
    assert list(Person.objects.filter(is_admin=True, user__isnull=False)) == [cast.dee]


def test_one_administrator_always_stays(cast: Cast) -> None:
    services.grant_roles(actor=cast.eve, person=cast.dee, leader=False, hr=True, admin=True)
    services.leave(actor=cast.dee, person=cast.dee, on=TODAY + dt.timedelta(30))
    with pytest.raises(DomainError, match="last administrator"):
        services.leave(actor=cast.dee, person=cast.eve, on=TODAY + dt.timedelta(60))
    with pytest.raises(DomainError, match="last administrator"):
        services.grant_roles(actor=cast.dee, person=cast.eve, leader=False, hr=False, admin=False)


@pytest.mark.postgres
def test_two_administrators_who_go_at_once_do_not_count_on_each_other(
    transactional_db: None,
) -> None:
    make_organisation()
    cast = make_cast()
    services.grant_roles(actor=cast.eve, person=cast.dee, leader=False, hr=True, admin=True)
    at_once, refused = Barrier(2, timeout=10), []

    def go(person: Person) -> None:
        at_once.wait()
        try:
            services.leave(actor=person, person=person, on=TODAY + dt.timedelta(1))
        except DomainError as error:
            refused.append(error)
        connection.close()

    both = [Thread(target=go, args=[Person.objects.get(pk=one.pk)]) for one in (cast.eve, cast.dee)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(refused) == 1
    assert Person.objects.filter(is_admin=True, end__isnull=True).count() == 1


def test_who_has_left_is_named_for_nothing(cast: Cast) -> None:
    gone = make_person("Ivo Krag", end=TODAY - dt.timedelta(1))
    with pytest.raises(DomainError, match="has left") as refused:
        services.set_manager(actor=cast.eve, person=cast.flo, manager=gone)
    assert refused.value.field == "manager"
    with pytest.raises(DomainError, match="has left"):
        services.add_person(actor=cast.ada, name="Kim", manager=gone)
    for leader in (services.set_unit_leader, services.edit_unit):
        whole = {"name": "Ops", "parent": cast.root, "fte": None}
        fields = {} if leader is services.set_unit_leader else whole
        with pytest.raises(DomainError, match="has left") as refused:
            leader(actor=cast.eve, unit=cast.operations, leader=gone, **fields)
        assert refused.value.field == "leader"
    with pytest.raises(DomainError, match="has left"):
        services.add_unit(actor=cast.ada, name="Fleet", leader=gone)
    kim = make_person("Kim Lund", manager=gone)
    services.edit_person(actor=cast.eve, person=kim, manager=gone, level="L2")
    assert Person.objects.get(pk=kim.pk).level == "L2"


def test_nobody_joins_a_unit_that_has_ended(cast: Cast) -> None:
    ended = make_unit("Steam", ended_on=TODAY)
    with pytest.raises(DomainError, match="has ended") as refused:
        services.edit_person(actor=cast.eve, person=cast.flo, unit=ended)
    assert refused.value.field == "unit"


def test_leaving_keeps_everything_and_ends_sign_in(cast: Cast) -> None:
    services.leave(actor=cast.dee, person=cast.ben, on=TODAY)
    cast.ben.refresh_from_db()
    assert cast.ben.end == TODAY
    assert cast.ben.manager == cast.ada
    assert line(cast.flo) == ["Ben", "Ada"]
