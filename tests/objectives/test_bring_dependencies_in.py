"""Dependencies as a table: out and in again without loss, asked; a second time nothing changes; taken back whole."""

from decimal import Decimal

import pytest

from goldenthread.interchange.services.undoing import undo
from goldenthread.objectives.models import Dependency
from goldenthread.objectives.services import dependencies as services
from tests.cast import TODAY, Cast, make_dependency, make_objective
from tests.interchange.exporting import exported, rows_of
from tests.interchange.importing import brought_in

pytestmark = pytest.mark.django_db


def test_out_and_in_again(cast: Cast) -> None:
    theirs = make_objective(cast.cyd, "Trial week")
    one = make_dependency(
        make_objective(cast.flo), cast.stations, delivers=theirs, effort_fte=Decimal("1.25")
    )
    make_dependency(
        *(one.objective, cast.stations), needs="Done", state="delivered", delivered_on=TODAY
    )
    files = exported()
    (row,) = rows_of(files["dependencies"])
    assert (row["needs"], row["effort_fte"], row["state"]) == (one.needs, "1.25", "Asked")
    Dependency.objects.all().delete()
    batch = brought_in(cast.ada, files["dependencies"], "dependencies")
    made = Dependency.objects.get()
    for name in ("objective", "needs", "unit", "delivers", "needed_by", "effort_fte", "answer_by"):
        assert getattr(made, name) == getattr(one, name), name
    assert (made.state, made.asked_by) == ("asked", None)
    again = brought_in(cast.ada, files["dependencies"], "dependencies", filename="again.csv")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    undo(actor=cast.ada, batch=batch)
    assert not Dependency.objects.exists()


def test_what_is_answered_here_is_not_changed_by_a_file(cast: Cast) -> None:
    make_dependency(make_objective(cast.flo), cast.stations, external_id="d1")
    data = exported()["dependencies"]
    made = Dependency.objects.get()
    services.accept_dependency(actor=cast.gus, dependency=made, promised_on=TODAY)
    changed = data.replace(str(made.needed_by).encode(), b"2026-12-01")
    batch = brought_in(cast.ada, changed, "dependencies")
    assert batch.refused == 1
