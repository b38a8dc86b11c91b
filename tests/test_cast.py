"""The ground that the other tests stand on holds: closures, strictness about queries, the mailbox."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from zeal import NPlusOneError

from goldenthread.objectives.models import Objective, ObjectiveAncestor
from goldenthread.people.models import Person, ReportingClosure, UnitClosure
from goldenthread.people.services import rebuild_closures
from goldenthread.permissions import Relation
from goldenthread.strategy.models import Strategy
from tests.cast import Cast, link, make_objective, make_priority, signed_in


def test_the_lines_above_flo_are_ben_and_ada(cast: Cast) -> None:
    assert cast.flo.relations_to(cast.ben) >= {Relation.MANAGER, Relation.UNIT_HEAD}
    assert cast.flo.relations_to(cast.ada) >= {Relation.CHAIN, Relation.UNIT_HEAD}
    assert cast.flo.relations_to(cast.cyd) == {Relation.EVERYBODY}


def test_the_closures_of_the_cast_are_those_that_the_services_keep(cast: Cast) -> None:
    def rows() -> tuple[set[Any], set[Any]]:
        return (
            set(UnitClosure.objects.values_list("ancestor", "descendant", "depth")),
            set(ReportingClosure.objects.values_list("manager", "report", "depth")),
        )

    made = rows()
    rebuild_closures()
    assert rows() == made


def test_a_link_reaches_every_node_above(cast: Cast, strategy: Strategy) -> None:
    priority = make_priority(strategy, sponsor=cast.gus)
    upper, lower = make_objective(cast.operations), make_objective(cast.flo, restricted=True)
    link(upper, priority)
    assert cast.gus not in [
        p for p in Person.objects.all() if lower in Objective.objects.visible_to(p)
    ]
    link(lower, upper)
    assert ObjectiveAncestor.objects.get().depth == 1
    assert lower.reaches.get().depth == 2
    assert lower.in_line
    assert lower in Objective.objects.visible_to(cast.gus)


def _units_one_by_one(request: HttpRequest) -> HttpResponse:
    return HttpResponse(", ".join(str(person.manager) for person in Person.objects.all()))


urlpatterns = [path("one-by-one/", _units_one_by_one)]


@override_settings(ROOT_URLCONF=__name__)
def test_a_query_for_each_row_is_an_error(client: Client, cast: Cast) -> None:
    with pytest.raises(NPlusOneError):
        signed_in(client, cast.ada).get("/one-by-one/")


def test_letters_arrive_by_smtp(mailbox: list[Any]) -> None:
    send_mail("Delays", "Fewer.", "ada@northwind.example", ["ben@northwind.example"])
    assert [letter["Subject"] for letter in mailbox] == ["Delays"]


def test_more_queries_than_committed_are_refused(
    db: None, assert_queries: Callable[..., Any]
) -> None:
    with pytest.raises(AssertionError, match="QUERY_COUNTS=write"):
        assert_queries("nothing committed by this name", Person.objects.count)
