"""Colleagues as rows: found or added, tied to managers, problems said by row."""

import datetime as dt
from typing import Any

import pytest

from goldenthread.core.audit import opened
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.people import services
from goldenthread.people.models import Person, ReportingClosure
from goldenthread.people.services import Colleague
from tests.cast import TODAY, Cast, make_person


def test_new_ones_are_added_and_tied_in_any_order(cast: Cast) -> None:
    rows = [
        Colleague("Ida Moe", "ida@northwind.example", "Ivo Krag"),
        Colleague("Ivo Krag", "ivo@northwind.example", "BEN@northwind.example"),
        Colleague("Ben Aske", "ben@northwind.example"),
    ]
    results = services.add_colleagues(actor=cast.ada, rows=rows)
    assert [result.created for result in results] == [True, True, False]
    assert not any(result.problem for result in results)
    ida = Person.objects.get(email="ida@northwind.example")
    assert ida.manager is not None
    assert ida.manager.manager == cast.ben
    again = services.add_colleagues(actor=cast.ada, rows=rows[1:])
    assert [result.created for result in again] == [False, False]


def test_each_problem_is_said_by_its_row_and_the_rest_goes_on(cast: Cast) -> None:
    rows = [
        Colleague("", "nobody@northwind.example"),
        Colleague("Ivo", "not-an-address"),
        Colleague("Ida", "ida@northwind.example", "Zed"),
        Colleague("Uma", "uma@northwind.example", "Una"),
        Colleague("Una", "una@northwind.example", "Uma"),
        Colleague("Omar", "omar@northwind.example", "Omar"),
        Colleague("Lin", "lin@northwind.example", "Ben Aske"),
    ]
    results = services.add_colleagues(actor=cast.ada, rows=rows)
    problems = [result.problem for result in results]
    assert "needs a name" in problems[0]
    assert "not an e-mail" in problems[1]
    assert "Nobody called Zed" in problems[2]
    assert problems[3] == ""
    assert "Una → Uma → Una" in problems[4]
    assert "loop" in problems[5]
    assert problems[6] == ""
    assert [result.created for result in results] == [False, False, True, True, True, True, True]


def test_a_leader_does_not_move_who_is_here_already(cast: Cast) -> None:
    rows = [Colleague("Flo Dahl", "flo@northwind.example", "Gus Lind")]
    [result] = services.add_colleagues(actor=cast.ben, rows=rows)
    assert "HR partners" in result.problem
    assert Person.objects.get(pk=cast.flo.pk).manager == cast.ben
    [result] = services.add_colleagues(actor=cast.dee, rows=rows)
    assert Person.objects.get(pk=cast.flo.pk).manager == cast.gus


def test_who_may_and_how_many(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        services.add_colleagues(actor=cast.cyd, rows=[Colleague("Ivo")])
    with pytest.raises(DomainError, match="2,000"):
        services.add_colleagues(actor=cast.ada, rows=[Colleague("Ivo")] * 2_001)


def test_the_lines_are_stored_whole_and_recorded(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    chain = [
        Colleague(f"P{n}", f"p{n}@northwind.example", f"P{n - 1}" if n else "Flo Dahl")
        for n in range(60)
    ]
    with django_assert_max_num_queries(30):
        services.add_colleagues(actor=cast.ada, rows=chain)
    last = Person.objects.get(email="p59@northwind.example")
    assert ReportingClosure.objects.filter(report=last).count() == 62
    kept = set(ReportingClosure.objects.values_list("manager_id", "report_id", "depth"))
    services.rebuild_closures()
    assert kept == set(ReportingClosure.objects.values_list("manager_id", "report_id", "depth"))
    lines = AuditRecord.objects.filter(subject_id=last.pk).order_by("pk")
    assert [line.verb for line in lines] == ["add person", "set manager"]
    assert opened(lines[0].after)["name"] == "P59"


def test_nobody_is_not_a_manager(cast: Cast) -> None:
    [result] = services.add_colleagues(actor=cast.ada, rows=[Colleague("Ivo", "", "–")])
    assert (result.created, result.problem) == (True, "")


def test_a_manager_who_has_left_is_named(cast: Cast) -> None:
    make_person("Hal Nord", account=False, end=TODAY - dt.timedelta(1))
    [result] = services.add_colleagues(actor=cast.ada, rows=[Colleague("Ida Nord", "", "Hal Nord")])
    assert result.person is not None
    assert "has left" in result.problem
    assert result.person.manager is None
