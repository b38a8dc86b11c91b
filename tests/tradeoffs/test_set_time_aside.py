"""Time that is set aside, or not, for what runs: the rule of quality that asks for it, and its way to the grid."""

from decimal import Decimal

import pytest
from django.db.models import Q
from django.test import Client

from goldenthread.core import clock
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.objectives.selectors.quality import assessment
from goldenthread.objectives.services.quality import effort_moved, recheck
from goldenthread.tradeoffs.models import RUN
from goldenthread.tradeoffs.services import allocate
from tests.cast import Cast, link, make_cycle, make_objective, signed_in

pytestmark = pytest.mark.django_db
ALL, NOTHING = Decimal(1), Decimal(0)


@pytest.fixture
def cycle(cast: Cast) -> Cycle:
    return make_cycle()


@pytest.fixture
def work(cast: Cast, cycle: Cycle) -> Objective:
    work = make_objective(cast.flo, "Turn trains faster")
    recheck([work])
    return work


def says(objective: Objective) -> str:
    """What the rule says, and that it is kept as it is found."""
    objective.refresh_from_db()
    found = assessment(objective, clock.today())
    assert ("O13" in objective.open_rules.split()) == ("O13" in found.fired)
    return "fires" if "O13" in found.fired else "holds" if "O13" in found.held else ""


def test_nobody_can_tell_while_nothing_is_entered(cast: Cast, work: Objective) -> None:
    assert says(work) == ""


def test_who_gives_all_elsewhere_sets_nothing_aside(
    cast: Cast, cycle: Cycle, work: Objective
) -> None:
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={RUN: ALL})
    assert says(work) == "fires"
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={work: ALL, RUN: NOTHING})
    assert says(work) == "holds"
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={work: NOTHING})
    assert says(work) == ""


def test_what_somebody_else_gives_counts(cast: Cast, cycle: Cycle, work: Objective) -> None:
    allocate(actor=cast.gus, whose=cast.cyd, cycle=cycle, shares={work: ALL})
    assert says(work) == "holds"


def test_what_goes_into_the_work_below_counts_for_what_it_serves(
    cast: Cast, cycle: Cycle, work: Objective
) -> None:
    whole = make_objective(cast.operations, "Restore the timetable")
    recheck([whole])
    allocate(actor=cast.ben, whose=cast.operations, cycle=cycle, shares={RUN: ALL})
    assert says(whole) == "fires"
    link(work, whole)
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={work: ALL})
    assert says(whole) == "holds"


def test_only_what_runs_is_asked(cast: Cast, cycle: Cycle) -> None:
    draft = make_objective(cast.flo, "Paint the hall", state="draft")
    recheck([draft])
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={RUN: ALL})
    assert says(draft) == ""


def test_many_are_looked_at_behind_the_page(
    cast: Cast, work: Objective, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("goldenthread.objectives.services.quality.AT_ONCE", 0)
    effort_moved(Q(pk=work.pk))
    work.refresh_from_db()
    assert work.looked_at_on is None


def test_a_leader_is_led_to_the_grid(
    client: Client, cast: Cast, cycle: Cycle, work: Objective
) -> None:
    allocate(actor=cast.ben, whose=cast.flo, cycle=cycle, shares={RUN: ALL})
    page = signed_in(client, cast.ben).get(f"/objectives/{work.pk}/criteria/").content.decode()
    assert "Nobody has time set aside for this" in page
    assert "Set time aside" in page
    page = signed_in(client, cast.flo).get(f"/objectives/{work.pk}/criteria/").content.decode()
    assert "Nobody has time set aside for this" in page
    assert "Set time aside" not in page
