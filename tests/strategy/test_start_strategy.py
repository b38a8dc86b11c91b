"""Starting, editing, putting in force and ending a strategy."""

import datetime as dt

import pytest

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.services.links import rebuild_lines
from goldenthread.people.models import Person
from goldenthread.strategy import selectors, services
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_objective,
    make_person,
    make_priority,
    make_strategy,
)

pytestmark = pytest.mark.django_db


def test_a_leader_starts_the_strategy_and_leads_it(ada: Person) -> None:
    strategy = services.start_strategy(actor=ada, title=" On  time ", vision="No one waits")
    assert (strategy.title, strategy.leader, strategy.state) == ("On time", ada, "draft")
    entry = AuditRecord.objects.get(verb="start strategy")
    assert (entry.actor_id, entry.after["title"]) == (ada.pk, "On time")


@pytest.mark.parametrize("name", ["flo", "dee", "eve"])
def test_nobody_else_starts_one_by_right_of_office(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.start_strategy(actor=getattr(cast, name), title="Mine")
    assert not Strategy.objects.exists()


def test_a_units_strategy_is_started_by_its_leader_or_one_above(cast: Cast) -> None:
    services.start_strategy(actor=cast.ben, title="Operations", unit=cast.operations)
    above = services.start_strategy(
        actor=cast.ada, title="Stations", unit=cast.stations, leader=cast.gus
    )
    assert above.leader == cast.gus
    with pytest.raises(NotAllowed):
        services.start_strategy(actor=cast.ben, title="Theirs", unit=cast.stations)


def test_who_leads_a_strategy_is_a_leader(cast: Cast) -> None:
    with pytest.raises(DomainError, match="Flo Dahl is not a leader yet") as refused:
        services.start_strategy(actor=cast.ada, title="Ours", leader=cast.flo)
    assert refused.value.field == "leader"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "x", "starts_on": TODAY, "ends_on": TODAY - dt.timedelta(1)}, "ends_on"),
    ],
)
def test_a_refusal_names_its_field(ada: Person, fields: dict, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        services.start_strategy(actor=ada, **fields)
    assert refused.value.field == field


def test_an_edit_keeps_what_was_before(strategy: Strategy, ada: Person) -> None:
    services.edit_strategy(actor=ada, strategy=strategy, version=1, vision="Every train on time")
    entry = AuditRecord.objects.get(verb="edit strategy")
    assert (entry.before, entry.after) == ({"vision": ""}, {"vision": "Every train on time"})
    assert Strategy.objects.get().version == 2


def test_the_second_to_edit_is_told(strategy: Strategy, ada: Person) -> None:
    services.edit_strategy(actor=ada, strategy=strategy, version=1, vision="First")
    with pytest.raises(SavedMeanwhile) as refused:
        services.edit_strategy(
            actor=ada, strategy=Strategy.objects.get(), version=1, vision="Second"
        )
    assert refused.value.current.vision == "First"


@pytest.mark.parametrize("name", ["ben", "dee", "eve"])
def test_only_its_leader_edits_it(strategy: Strategy, cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.edit_strategy(
            actor=getattr(cast, name), strategy=strategy, version=1, vision="Mine"
        )


def test_one_strategy_is_in_force_at_a_time(strategy: Strategy, cast: Cast) -> None:
    following = services.start_strategy(actor=cast.ben, title="Next")
    with pytest.raises(DomainError, match=r"“On time, every time” is in force\. Ada Holm"):
        services.put_in_force(actor=cast.ben, strategy=following)
    services.end_strategy(actor=cast.ada, strategy=strategy)
    services.put_in_force(actor=cast.ben, strategy=following)
    assert selectors.strategy_in_force() == following
    assert following.starts_on == TODAY


def test_one_that_is_over_does_not_come_back_beside_the_next(
    strategy: Strategy, cast: Cast
) -> None:
    Strategy.objects.filter(pk=strategy.pk).update(ends_on=TODAY - dt.timedelta(1))
    strategy.refresh_from_db()
    following = services.start_strategy(actor=cast.ben, title="Next")
    services.put_in_force(actor=cast.ben, strategy=following)
    with pytest.raises(DomainError, match=r"“Next” is in force\. Ben Aske"):
        services.edit_strategy(
            actor=cast.ada, strategy=strategy, version=strategy.version, ends_on=None
        )
    services.edit_strategy(
        actor=cast.ada, strategy=strategy, version=strategy.version, vision="Kept in words"
    )


def test_who_has_left_leads_and_sponsors_nothing(strategy: Strategy, cast: Cast) -> None:
    gone = make_person("Ivo Krag", end=TODAY - dt.timedelta(1), granted_leader=True)
    with pytest.raises(DomainError, match="has left") as refused:
        services.start_strategy(actor=cast.ada, title="Next", leader=gone)
    assert refused.value.field == "leader"
    with pytest.raises(DomainError, match="has left") as refused:
        services.add_priority(actor=cast.ada, strategy=strategy, title="Late", sponsor=gone)
    assert refused.value.field == "sponsor"


def test_work_tied_to_what_has_ended_is_loose(strategy: Strategy, cast: Cast) -> None:
    objective = make_objective(cast.flo)
    link(objective, make_priority(strategy))
    assert objective.in_line
    services.end_strategy(actor=cast.ada, strategy=strategy)
    objective.refresh_from_db()
    assert not objective.in_line
    rebuild_lines()
    objective.refresh_from_db()
    assert not objective.in_line


def test_a_units_strategy_is_not_in_the_way_of_the_organisations(
    strategy: Strategy, cast: Cast
) -> None:
    unit = services.start_strategy(actor=cast.ben, title="Operations", unit=cast.operations)
    services.put_in_force(actor=cast.ben, strategy=unit)
    assert selectors.strategy_in_force() == strategy
    assert selectors.strategy_in_force(unit=cast.operations) == unit
    assert selectors.strategy_in_force(unit=cast.stations) is None


def test_what_ended_stays_as_it_was_and_its_sponsors_sponsor_no_more(
    strategy: Strategy, ada: Person, flo: Person
) -> None:
    make_priority(strategy, sponsor=flo)
    services.end_strategy(actor=ada, strategy=strategy)
    flo.refresh_from_db()
    assert not flo.sponsors
    assert strategy.ends_on == TODAY
    with pytest.raises(DomainError, match="has ended"):
        services.add_priority(actor=ada, strategy=strategy, title="Late idea")


def test_a_strategy_without_a_horizon_is_in_force_until_it_ends(ada: Person) -> None:
    open_ended = make_strategy(ada, starts_on=None, ends_on=None)
    assert selectors.strategy_in_force() == open_ended
    past = make_strategy(ada, title="Old", ends_on=TODAY - dt.timedelta(1))
    assert past not in Strategy.objects.in_force(TODAY)
