"""Closing: every objective is scored, what goes on gets a successor, a cycle ends for all of them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.models import Contribution, Cycle, Milestone, Objective
from goldenthread.objectives.selectors.cycles import to_close
from goldenthread.objectives.selectors.standing import standing_of_key_result
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.closing import (
    Ending,
    add_cycle,
    add_learning,
    close_cycle,
    close_objective,
    edit_cycle,
)
from goldenthread.objectives.services.links import link
from goldenthread.objectives.states import State
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_key_result,
    make_objective,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def following(cast: Cast) -> Cycle:
    return make_cycle("Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30))


@pytest.fixture
def over(cast: Cast) -> Cycle:
    """A cycle whose last day has passed."""
    return make_cycle("Q1 2026", starts_on=dt.date(2026, 1, 1), ends_on=dt.date(2026, 3, 31))


@pytest.mark.parametrize(
    ("ambition", "value", "state"),
    [
        ("committed", 10, State.ACHIEVED),
        ("committed", 11, State.MISSED),
        ("aspirational", 19, State.ACHIEVED),
        ("aspirational", 20, State.MISSED),
    ],
)
def test_the_score_decides(cast: Cast, ambition: str, value: int, state: str) -> None:
    objective = make_objective(cast.flo, ambition=ambition)
    check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(value))
    close_objective(actor=cast.flo, objective=objective, ending=Ending("Ask earlier."))
    found = Objective.objects.get()
    assert (found.state, found.learning) == (state, "Ask earlier.")
    assert found.closing_score == pytest.approx((40 - value) / 30)


@pytest.mark.parametrize(
    ("required", "state", "closing"),
    [("0.5", State.ACHIEVED, 1.0), ("0.8", State.MISSED, 0.625), ("1", State.MISSED, 0.5)],
)
def test_a_level_counts_as_kept_when_it_was_held_for_the_share_that_was_asked(
    cast: Cast, required: str, state: str, closing: float
) -> None:
    objective = make_objective(cast.flo)
    key_result = make_key_result(
        objective, kind="threshold", low=95, required_share=Decimal(required)
    )
    for days_ago, value in ((7, 96), (3, 94)):  # of eight days four in compliance
        day = TODAY - dt.timedelta(days=days_ago)
        check_in(actor=cast.flo, key_result=key_result, value=Decimal(value), as_of=day)
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(94))
    (row,) = to_close(objective.cycle, cast.flo, TODAY)
    assert (row.becomes, row.score) == (state, pytest.approx(closing))
    close_objective(actor=cast.flo, objective=objective, ending=Ending())
    found = Objective.objects.get()
    assert (found.state, found.closing_score) == (state, pytest.approx(closing))
    assert found.key_results.get().score == 0.5
    health = standing_of_key_result(found.key_results.get(), found, TODAY).health
    assert (health == "done") is (state == State.ACHIEVED)


@pytest.mark.parametrize(
    ("ambition", "value", "state", "closing"),
    [
        ("committed", 20, State.ACHIEVED, 1.0),
        ("committed", 19, State.MISSED, 0.66 / 0.7),
        ("aspirational", 20, State.ACHIEVED, 0.7),
        ("aspirational", 19, State.MISSED, 0.66),
    ],
)
def test_of_a_graded_key_result_the_target_is_the_promise(
    cast: Cast, ambition: str, value: int, state: str, closing: float
) -> None:
    objective = make_objective(cast.flo, ambition=ambition)
    key_result = make_key_result(
        objective, kind="graded", baseline=0, commit=10, target=20, stretch=30
    )
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(value))
    close_objective(actor=cast.flo, objective=objective, ending=Ending())
    found = Objective.objects.get()
    assert (found.state, found.closing_score) == (state, pytest.approx(closing))


def test_what_was_never_measured_counts_0_at_the_end(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(10))
    make_key_result(objective, "Never looked at")
    close_objective(actor=cast.flo, objective=objective, ending=Ending())
    found = Objective.objects.get()
    assert (found.state, found.closing_score) == (State.MISSED, 0.5)


def test_what_was_agreed_and_never_checked_in_is_missed_not_dropped(cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.AGREED)
    make_key_result(objective)
    close_objective(actor=cast.flo, objective=objective, ending=Ending())
    assert Objective.objects.get().state == State.MISSED


def test_dropping_keeps_the_score_it_had(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(25))
    close_objective(actor=cast.ben, objective=objective, ending=Ending(drop=True))
    found = Objective.objects.get()
    assert (found.state, found.closing_score) == (State.DROPPED, 0.5)


@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
def test_others_close_nothing(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        close_objective(
            actor=getattr(cast, name), objective=make_objective(cast.flo), ending=Ending()
        )


def test_a_learning_is_added_later(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    with pytest.raises(DomainError):
        add_learning(actor=cast.flo, objective=objective, learning="Soon", version=1)
    close_objective(actor=cast.flo, objective=objective, ending=Ending())
    add_learning(
        actor=cast.flo, objective=objective, learning="Ask earlier.", version=objective.version
    )
    assert Objective.objects.get().learning == "Ask earlier."


# Carrying over ------------------------------------------------------------------------------------------------


def test_a_successor_takes_the_remaining_target(
    cast: Cast, strategy: Strategy, following: Cycle
) -> None:
    priority = make_priority(strategy)
    objective = make_objective(cast.flo, critical=True)
    moving, reached = make_key_result(objective), make_key_result(objective, "Reached")
    steps = make_key_result(objective, "Steps", kind="milestones", baseline=None, target=None)
    done, undone = (Milestone.objects.create(key_result=steps, title=t) for t in ("Lund", "Ystad"))
    link(actor=cast.flo, child=objective, parent=priority, strength=9)
    check_in(actor=cast.flo, key_result=moving, value=Decimal(25))
    check_in(actor=cast.flo, key_result=reached, value=Decimal(10))
    check_in(actor=cast.flo, key_result=steps, milestones_done=[done.pk])
    close_objective(actor=cast.flo, objective=objective, ending=Ending(carry_into=following))
    old, new = Objective.objects.order_by("pk")
    assert (old.state, old.cycle.name) == (State.CARRIED_OVER, "Q2 2026")
    assert (new.state, new.cycle, new.carried_from, new.critical) == (
        State.DRAFT,
        following,
        old,
        True,
    )
    first, second = new.key_results.all()
    assert (first.title, first.baseline, first.target, first.score) == (
        moving.title,
        25,
        10,
        None,
    )
    assert [one.title for one in second.milestones.all()] == [undone.title]
    assert Contribution.objects.get(child_objective=new).parent_priority == priority
    assert new.in_line


def test_it_is_carried_over_only_into_another_open_cycle(cast: Cast, over: Cycle) -> None:
    objective = make_objective(cast.flo)
    Cycle.objects.filter(pk=over.pk).update(state=Cycle.State.CLOSED)
    for cycle in (objective.cycle, Cycle.objects.get(pk=over.pk)):
        with pytest.raises(DomainError, match="later cycle that is open"):
            close_objective(actor=cast.flo, objective=objective, ending=Ending(carry_into=cycle))
    assert Objective.objects.get().state == State.ACTIVE


# Cycles -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ada", "ben", "dee"])
def test_leaders_and_hr_run_cycles(cast: Cast, name: str) -> None:
    cycle = add_cycle(
        actor=getattr(cast, name),
        name="Q4 2026",
        starts_on=dt.date(2026, 10, 1),
        ends_on=dt.date(2026, 12, 31),
    )
    assert cycle.landmark == dt.date(2026, 11, 15)


@pytest.mark.parametrize("name", ["flo", "cyd", "eve"])
def test_nobody_else_runs_cycles(cast: Cast, name: str, over: Cycle) -> None:
    actor = getattr(cast, name)
    with pytest.raises(NotAllowed):
        add_cycle(actor=actor, name="X", starts_on=TODAY, ends_on=dt.date(2026, 12, 31))
    with pytest.raises(NotAllowed):
        edit_cycle(actor=actor, cycle=over, version=1, name="Y")
    with pytest.raises(NotAllowed):
        close_cycle(actor=actor, cycle=over)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"ends_on": dt.date(2026, 1, 1)}, "ends_on"),
        ({"name": " "}, "name"),
        ({"name": "Q1 2026"}, "name"),
        ({"landmark_on": dt.date(2026, 12, 31)}, "landmark_on"),
        ({"opens_on": dt.date(2027, 1, 1)}, "opens_on"),
        ({"closes_on": dt.date(2026, 6, 1)}, "closes_on"),
    ],
)
def test_dates_out_of_order_are_refused(
    cast: Cast, over: Cycle, fields: dict[str, object], field: str
) -> None:
    given = {"name": "H2", "starts_on": dt.date(2026, 7, 1), "ends_on": dt.date(2026, 12, 31)}
    with pytest.raises(DomainError) as refused:
        add_cycle(actor=cast.ada, **given | fields)
    assert refused.value.field == field


def test_a_cycle_that_runs_is_not_closed(cast: Cast, cycle: Cycle) -> None:
    with pytest.raises(DomainError, match="runs until"):
        close_cycle(actor=cast.dee, cycle=cycle)


def test_closing_a_cycle_scores_what_is_live_and_drops_what_was_never_agreed(
    cast: Cast, over: Cycle, following: Cycle
) -> None:
    live = make_objective(cast.flo, "Live", cycle=over)
    agreed = make_objective(cast.flo, "Agreed", cycle=over, state=State.AGREED)
    goes_on = make_objective(cast.flo, "Goes on", cycle=over)
    make_objective(cast.flo, "Proposed", cycle=over, state=State.PROPOSED)
    make_objective(cast.flo, "Brought in", cycle=over, state=State.UNCONFIRMED)
    for one in (live, agreed, goes_on):
        make_key_result(one)
    close_cycle(actor=cast.dee, cycle=over, endings={goes_on.pk: Ending(carry_into=following)})
    states = dict(Objective.objects.filter(cycle=over).values_list("title", "state"))
    assert states == {
        "Live": State.MISSED,
        "Agreed": State.MISSED,
        "Goes on": State.CARRIED_OVER,
        "Proposed": State.DROPPED,
        "Brought in": State.DROPPED,
    }
    assert Objective.objects.get(cycle=following).title == "Goes on"
    assert Cycle.objects.get(pk=over.pk).state == Cycle.State.CLOSED


@pytest.mark.parametrize("parent_first", [True, False])
def test_what_is_carried_over_together_stays_tied_together(
    cast: Cast, strategy: Strategy, over: Cycle, following: Cycle, parent_first: bool
) -> None:
    owners = [cast.operations, cast.flo] if parent_first else [cast.flo, cast.operations]
    rows = [make_objective(owner, str(owner), cycle=over) for owner in owners]
    parent, child = rows if parent_first else rows[::-1]
    link(actor=cast.ben, child=parent, parent=make_priority(strategy))
    link(actor=cast.ben, child=child, parent=parent)
    carried = Ending(carry_into=following)
    close_cycle(actor=cast.dee, cycle=over, endings={parent.pk: carried, child.pk: carried})
    new_parent, new_child = (Objective.objects.get(carried_from=one) for one in (parent, child))
    assert Contribution.objects.get(child_objective=new_child).parent_objective == new_parent
    assert new_child.in_line


@pytest.mark.parametrize("ending", [Ending(drop=True), Ending("They did not try.")])
def test_whoever_runs_cycles_writes_nobodys_result(cast: Cast, over: Cycle, ending: Ending) -> None:
    objective = make_objective(cast.flo, cycle=over)
    with pytest.raises(NotAllowed):
        close_cycle(actor=cast.dee, cycle=over, endings={objective.pk: ending})
    assert Objective.objects.get().state == State.ACTIVE
    close_cycle(actor=cast.ada, cycle=over, endings={objective.pk: ending})
    assert Objective.objects.get().is_closed


# Pages --------------------------------------------------------------------------------------------------------


def test_closing_on_the_page(client: Client, cast: Cast, following: Cycle) -> None:
    objective = make_objective(cast.flo)
    check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(25))
    signed_in(client, cast.flo)
    address = objective.get_absolute_url()
    assert "Missed: 50" in client.get(f"{address}close/").content.decode()
    client.post(
        f"{address}close/",
        {"how": "carry", "carry_into": following.pk, "learning": "Ask earlier."},
    )
    page = client.get(address).content.decode()
    successor = Objective.objects.get(carried_from=objective)
    assert "Ask earlier." in page
    assert f'href="{successor.get_absolute_url()}"' in page
    assert "Carried over" in page


def test_a_cycle_is_closed_row_by_row(
    client: Client, cast: Cast, over: Cycle, following: Cycle
) -> None:
    kept = make_objective(cast.flo, "Goes on", cycle=over)
    left = make_objective(cast.flo, "Ends", cycle=over)
    page = signed_in(client, cast.ada).get(f"/cycles/{over.pk}/close/").content.decode()
    assert f'name="how-{kept.pk}"' in page
    client.post(
        f"/cycles/{over.pk}/close/",
        {
            "carry_into": following.pk,
            f"how-{kept.pk}": "carry",
            f"how-{left.pk}": "drop",
            f"learning-{left.pk}": "Too much at once.",
        },
    )
    left.refresh_from_db()
    assert (left.state, left.learning) == (State.DROPPED, "Too much at once.")
    assert Objective.objects.get(carried_from=kept).cycle == following


def test_hr_is_offered_no_dropping_and_no_learning_for_others(
    client: Client, cast: Cast, over: Cycle
) -> None:
    objective = make_objective(cast.flo, cycle=over)
    page = signed_in(client, cast.dee).get(f"/cycles/{over.pk}/close/").content.decode()
    assert f'name="how-{objective.pk}"' in page
    assert "Dropped</option>" not in page
    assert f'name="learning-{objective.pk}"' not in page


def test_cycles_are_added_and_edited(client: Client, cast: Cast) -> None:
    signed_in(client, cast.dee)
    fields = {"name": "Q4 2026", "starts_on": "2026-10-01", "ends_on": "2026-12-31"}
    answer = client.post("/cycles/new/", fields)
    cycle = Cycle.objects.get(name="Q4 2026")
    assert answer["Location"] == f"/cycles/{cycle.pk}/"
    wrong = client.post(
        f"/cycles/{cycle.pk}/edit/", fields | {"ends_on": "2026-09-01", "version": 1}
    )
    assert wrong.status_code == 422
    client.post(f"/cycles/{cycle.pk}/edit/", fields | {"name": "Autumn", "version": 1})
    stale = client.post(f"/cycles/{cycle.pk}/edit/", fields | {"name": "Fall", "version": 1})
    assert stale.status_code == 409
    assert Cycle.objects.get().name == "Autumn"
