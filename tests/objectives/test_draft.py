"""Writing an objective: one form, four kinds of key result, nothing lost, nobody overwritten."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.models import Cycle, KeyResult, Milestone, Objective
from goldenthread.objectives.services.drafts import (
    KeyResultDraft,
    MilestoneDraft,
    ObjectiveDraft,
    draft_objective,
)
from goldenthread.objectives.states import State
from goldenthread.strategy.models import Strategy
from tests.cast import (
    TODAY,
    Cast,
    make_cycle,
    make_key_result,
    make_kpi,
    make_objective,
    make_priority,
    signed_in,
)

pytestmark = pytest.mark.django_db

METRIC = KeyResultDraft("Delays", baseline=Decimal(40), target=Decimal(10))


@pytest.mark.parametrize("name", ["flo", "ben", "ada"])
def test_the_owner_and_their_line_write_it(cast: Cast, cycle: Cycle, name: str) -> None:
    draft = ObjectiveDraft("Cut delays", cycle, cast.flo, key_results=[METRIC])
    objective = draft_objective(actor=getattr(cast, name), draft=draft)
    assert (objective.state, objective.owner) == (State.DRAFT, cast.flo)


@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
@pytest.mark.parametrize("owner", ["flo", "operations"])
def test_neither_hr_nor_administrators_nor_strangers_do(
    cast: Cast, cycle: Cycle, name: str, owner: str
) -> None:
    draft = ObjectiveDraft("Cut delays", cycle, getattr(cast, owner))
    with pytest.raises(NotAllowed):
        draft_objective(actor=getattr(cast, name), draft=draft)
    assert not Objective.objects.exists()


@pytest.mark.parametrize(
    ("key_result", "field"),
    [
        (KeyResultDraft(" "), "key_results-0-title"),
        (KeyResultDraft("X", baseline=Decimal(1), target=Decimal(1)), "key_results-0-target"),
        (KeyResultDraft("X", "threshold"), "key_results-0-low"),
        (KeyResultDraft("X", "threshold", low=Decimal(2), high=Decimal(1)), "key_results-0-low"),
        (KeyResultDraft("X", "milestones"), "key_results-0-milestones"),
        (
            KeyResultDraft("X", "milestones", milestones=[MilestoneDraft("A", weight=Decimal(0))]),
            "key_results-0-milestones",
        ),
        (
            KeyResultDraft(
                "X",
                "graded",
                baseline=Decimal(0),
                commit=Decimal(9),
                target=Decimal(5),
                stretch=Decimal(10),
            ),
            "key_results-0-target",
        ),
    ],
)
def test_what_could_never_be_scored_is_refused(
    cast: Cast, cycle: Cycle, key_result: KeyResultDraft, field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        draft_objective(
            actor=cast.flo,
            draft=ObjectiveDraft("Cut delays", cycle, cast.flo, key_results=[key_result]),
        )
    assert refused.value.field == field


def test_a_closed_cycle_takes_nothing_new(cast: Cast, cycle: Cycle) -> None:
    cycle.state = Cycle.State.CLOSED
    cycle.save()
    with pytest.raises(DomainError, match="is closed"):
        draft_objective(actor=cast.flo, draft=ObjectiveDraft("Cut delays", cycle, cast.flo))


# The form -----------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(cycle: Cycle) -> dict[str, str]:
    """The least that makes an objective of one's own."""
    return {
        "title": "Cut delays at the junction",
        "owner": "me",
        "cycle": str(cycle.pk),
        "strength": "9",
        "ambition": "committed",
        "kr0-title": "Delayed departures a week",
        "kr0-kind": "metric",
        "kr0-baseline": "40",
        "kr0-target": "10",
    }


def test_one_form_writes_ties_and_proposes(
    client: Client, cast: Cast, strategy: Strategy, sent: dict[str, str]
) -> None:
    priority = make_priority(strategy)
    parent = {"serves": "Punctual trains", "serves_id": f"p{priority.pk}", "propose": "1"}
    answer = signed_in(client, cast.flo).post("/objectives/new/", sent | parent)
    objective = Objective.objects.get()
    assert answer["Location"] == objective.get_absolute_url()
    assert (objective.state, objective.in_line) == (State.PROPOSED, True)
    assert "It waits for Ben Aske" in client.get(answer["Location"]).content.decode()


def test_every_kind_is_written_from_the_form(
    client: Client, cast: Cast, sent: dict[str, str]
) -> None:
    kinds = {
        "kr1-title": "Trains on time",
        "kr1-kind": "threshold",
        "kr1-low": "95,5",
        "kr1-required_share": "90",
        "kr1-measure": "%",
        "kr2-title": "Crews trained",
        "kr2-kind": "milestones",
        "kr2-m0-title": "Lund",
        "kr2-m0-due_on": "2026-06-01",
        "kr2-m1-title": "Ystad",
        "kr2-m1-weight": "3",
        "kr3-title": "Signals renewed",
        "kr3-kind": "graded",
        "kr3-baseline": "0",
        "kr3-commit": "10",
        "kr3-target": "20",
        "kr3-stretch": "30",
        "kr3-weight": "2",
    }
    answer = signed_in(client, cast.flo).post("/objectives/new/", sent | kinds)
    assert answer.status_code == 302, answer.content.decode()
    metric, threshold, steps, graded = KeyResult.objects.all()
    assert (metric.baseline, metric.target) == (40, 10)
    assert (threshold.low, threshold.required_share, threshold.decimals) == (
        Decimal("95.5"),
        Decimal("0.9"),
        1,
    )
    assert list(steps.milestones.values_list("title", "weight", "due_on")) == [
        ("Lund", 1, dt.date(2026, 6, 1)),
        ("Ystad", 3, None),
    ]
    assert (graded.commit, graded.stretch, graded.weight) == (10, 30, 2)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "required"),
        ({"kr0-title": "", "kr0-baseline": "", "kr0-target": ""}, "one key result at least"),
        ({"kr0-target": "40"}, "The target equals the start"),
        ({"kr0-target": "many"}, "Write a number"),
        ({"kr0-kind": "milestones"}, "at least one milestone"),
        ({"owner": "other"}, "Name who answers for it"),
        ({"owner": "other", "owner_other": "Somebody Else"}, "Nobody and no unit called"),
        ({"serves": "Moon landing"}, "No open objective and no priority called"),
        ({"ends_on": "2026-01-01"}, "The end must come after the start"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    client: Client, cast: Cast, sent: dict[str, str], wrong: dict[str, str], words: str
) -> None:
    why = {"why": "Every fifth traveller misses the ferry."}
    answer = signed_in(client, cast.flo).post("/objectives/new/", sent | why | wrong)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count(words) >= 2 or words == "one key result at least"
    assert "error-summary" in page
    assert "Every fifth traveller misses the ferry." in page
    assert not Objective.objects.exists()


def test_a_manager_writes_for_a_report_and_not_for_others(
    client: Client, cast: Cast, sent: dict[str, str]
) -> None:
    signed_in(client, cast.ben)
    for_flo = {"owner": "other", "owner_other": "Flo Dahl", "owner_other_id": f"n{cast.flo.pk}"}
    client.post("/objectives/new/", sent | for_flo)
    assert Objective.objects.get().owner == cast.flo
    for_cyd = {"owner": "other", "owner_other": "Cyd Berg", "owner_other_id": f"n{cast.cyd.pk}"}
    assert client.post("/objectives/new/", sent | for_cyd).status_code == 403
    client.post("/objectives/new/", sent | {"owner": f"u{cast.operations.pk}"})
    assert Objective.objects.filter(owner_unit=cast.operations).count() == 1


def test_the_address_fills_the_form(
    client: Client, cast: Cast, strategy: Strategy, cycle: Cycle
) -> None:
    priority = make_priority(strategy)
    page = (
        signed_in(client, cast.ben)
        .get(f"/objectives/new/?owner_unit={cast.operations.pk}&serves=p{priority.pk}")
        .content.decode()
    )
    assert f'value="p{priority.pk}"' in page
    chosen = re.search(r'<input[^>]*name="owner"[^>]*checked[^>]*>', page)
    assert chosen is not None
    assert f'value="u{cast.operations.pk}"' in chosen.group()


def test_a_recovery_begins_with_the_kpi(
    client: Client, cast: Cast, strategy: Strategy, sent: dict[str, str]
) -> None:
    kpi = make_kpi("Trains on time", owner=cast.flo)
    kpi.observations.create(on=TODAY, value=Decimal("81.5"), recorded_at=dt.datetime.now(dt.UTC))
    signed_in(client, cast.flo)
    page = client.get(f"/objectives/new/?recovers={kpi.pk}").content.decode()
    assert "Bring Trains on time back on course" in page
    assert 'value="81.5"' in page
    client.post(f"/objectives/new/?recovers={kpi.pk}", sent)
    assert Objective.objects.get().recovers == kpi


def test_a_draft_is_edited_and_its_steps_keep_their_identity(
    client: Client, cast: Cast, sent: dict[str, str]
) -> None:
    objective = make_objective(cast.flo, state=State.DRAFT)
    key_result = make_key_result(
        objective, kind="milestones", baseline=None, target=None, reporter=cast.gus
    )
    step = Milestone.objects.create(key_result=key_result, title="Lund")
    signed_in(client, cast.flo)
    address = f"{objective.get_absolute_url()}edit/"
    page = client.get(address).content.decode()
    assert 'value="Lund"' in page
    assert f'name="kr0-reporter_id" value="{cast.gus.pk}"' in page
    changed = {
        "kr0-pk": str(key_result.pk),
        "kr0-kind": "milestones",
        "kr0-m0-pk": str(step.pk),
        "kr0-m0-title": "Lund live",
        "kr0-reporter": "Cyd Berg",
        "version": "1",
    }
    assert client.post(address, sent | changed).status_code == 302
    assert Milestone.objects.get().title == "Lund live"
    assert Milestone.objects.get().pk == step.pk
    assert KeyResult.objects.get().reporter == cast.cyd


def test_two_who_edit_at_once_are_shown_both_versions(
    client: Client, cast: Cast, sent: dict[str, str]
) -> None:
    objective = make_objective(cast.flo, state=State.DRAFT)
    key_result = make_key_result(objective)
    address = f"{objective.get_absolute_url()}edit/"
    mine = sent | {"kr0-pk": str(key_result.pk), "version": "1"}
    signed_in(client, cast.flo)
    assert client.post(address, mine | {"title": "First"}).status_code == 302
    late = client.post(address, mine | {"title": "Second"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "First" in page
    assert "Second" in page
    assert Objective.objects.get().title == "First"


def test_without_a_cycle_the_form_says_so_and_who_can_add_one(cast: Cast, client: Client) -> None:
    page = signed_in(client, cast.flo).get("/objectives/new/").content.decode()
    assert "No cycle is open." in page
    assert "A leader or an HR partner can add one." in page
    page = signed_in(client, cast.ada).get("/objectives/new/").content.decode()
    assert "/cycles/new/" in page
    make_cycle()
    assert "No cycle is open." not in client.get("/objectives/new/").content.decode()
