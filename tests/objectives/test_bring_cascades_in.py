"""Cascades as a table: out and in again without loss, as drafts that nobody has said; taken on by who sends them."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.core.errors import NotAllowed
from goldenthread.insights.selectors.home import home_page
from goldenthread.interchange.services.proposed_results import read_proposed, write_proposed
from goldenthread.interchange.services.undoing import undo
from goldenthread.objectives.models import Cascade, KeyResult, Objective
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import terms_of
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft
from goldenthread.objectives.services.kept import kept_key_result
from tests.cast import (
    TODAY,
    Cast,
    make_cascade,
    make_cascade_version,
    make_cycle,
    make_objective,
    make_strategy,
)
from tests.interchange.exporting import exported, rows_of
from tests.interchange.importing import brought_in

pytestmark = pytest.mark.django_db
EVERY = [
    KeyResultDraft(
        "Waits | at the junction",
        measure="min",
        baseline=Decimal("30.50"),
        target=Decimal(15),
        decimals=1,
        source="Call log: nights",
        not_enough="Only by day",
        due_on=TODAY + dt.timedelta(30),
    ),
    KeyResultDraft(
        "Days kept",
        KeyResult.Kind.THRESHOLD,
        low=Decimal(3),
        required_share=Decimal("0.9"),
        weight=Decimal(2),
    ),
    KeyResultDraft(
        "Two steps",
        KeyResult.Kind.MILESTONES,
        milestones=(MilestoneDraft("First, then", TODAY), MilestoneDraft("Last", None)),
    ),
]


@pytest.fixture
def parent(cast: Cast) -> Objective:
    make_strategy(cast.ada)
    return make_objective(cast.root, "Trains run on time", cycle=make_cycle())


def test_key_results_in_a_cell_are_the_same_read_again() -> None:
    assert read_proposed(write_proposed(EVERY, str), {}) == EVERY
    (one,) = read_proposed("Median wait | from: 8 | to: 2 | unit: min", {})
    assert (one.title, one.baseline, one.target, one.measure) == ("Median wait", 8, 2, "min")


def test_out_and_in_again_as_drafts(cast: Cast, parent: Objective) -> None:
    one = make_cascade(
        cast.root, cast.stations, parent, number=2, spoken="taker", state="countered"
    )
    make_cascade_version(
        one,
        2,
        answers=1,
        side="taker",
        title="Cut the waits",
        key_results=[kept_key_result(each) for each in EVERY],
        kind="driver",
        strength=9,
        fte=Decimal("1.5"),
        word="With one more crew.",
    )
    Cascade.objects.update(title="Cut the waits")
    make_cascade(cast.root, cast.operations, parent, "Settled", state="declined", reason="No")
    data = exported()["cascades"]
    (row,) = rows_of(data)
    assert (row["title"], row["state"], row["direction"]) == ("Cut the waits", "countered", "down")
    unchanged = brought_in(cast.ada, data, "cascades", filename="same.csv")
    assert (unchanged.created, unchanged.unchanged) == (0, 1)
    stood = terms_of(one.versions.get(number=2))
    Cascade.objects.all().delete()

    batch = brought_in(cast.eve, data, "cascades")
    made = Cascade.objects.get()
    asked = {who: [task.kind for task in home_page(who).tasks] for who in (cast.ada, cast.gus)}
    assert "cascade-drafts" in asked[cast.ada]  # she leads the unit that would propose it
    assert "cascade-drafts" not in asked[cast.gus]
    assert (made.state, made.number, made.spoken) == ("draft", 1, "giver")
    assert (made.giver_unit, made.taking_unit, made.parent) == (cast.root, cast.stations, parent)
    assert made.giver_agreed_at is None
    assert made.objective is None
    assert terms_of(made.versions.get()) == stood
    again = brought_in(cast.eve, data, "cascades", filename="again.csv")
    assert (again.created, again.refused, again.unchanged) == (0, 0, 1)
    undo(actor=cast.eve, batch=batch)
    assert not Cascade.objects.exists()


def test_who_leads_the_unit_sends_it_and_whoever_imported_it_may_not(
    cast: Cast, parent: Objective
) -> None:
    make_cascade(cast.root, cast.stations, parent, external_id="c1")
    data = exported()["cascades"]
    Cascade.objects.all().delete()
    brought_in(cast.eve, data, "cascades")
    made = Cascade.objects.get()
    with pytest.raises(NotAllowed):
        services.send_cascade(actor=cast.eve, cascade=made)
    services.send_cascade(actor=cast.ada, cascade=made)
    made.refresh_from_db()
    assert (made.state, made.author, made.versions.get().author) == ("proposed", cast.ada, cast.ada)
    changed = data.replace(b"Halve the waits", b"Half of the waits")
    assert brought_in(cast.ada, changed, "cascades").refused == 1


def test_what_nobody_could_send_is_refused(cast: Cast, parent: Objective) -> None:
    head = "title,serves,giving_unit,taking_unit,key_results\n"
    rows = [
        f"Upward,{parent.title},Northwind Rail,Stations,",
        f"Bad cell,{parent.title},Northwind Rail,Stations,Median wait | often",
        f"To itself,{parent.title},Stations,Stations,",
    ]
    batch = brought_in(cast.ada, (head + "\n".join(rows)).encode(), "cascades")
    assert (batch.created, batch.refused) == (1, 2)
    cast.root.leader = None
    cast.root.save()
    rows = [f"Nobody sends it,{parent.title},Northwind Rail,Stations,"]
    batch = brought_in(cast.ada, (head + "\n".join(rows)).encode(), "cascades", filename="n.csv")
    assert batch.refused == 1
