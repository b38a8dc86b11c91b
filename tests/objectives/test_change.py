"""An agreed objective is never silently changed: changes with a reason and an answer, words corrected in the open."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import ExpectationChange, KeyResult, Objective
from goldenthread.objectives.services.changes import (
    Change,
    answer_change,
    propose_change,
    withdraw_change,
)
from goldenthread.objectives.services.drafts import (
    KeyResultDraft,
    MilestoneDraft,
    correct_wording,
)
from goldenthread.objectives.states import State
from tests.cast import Cast, make_key_result, make_objective, signed_in

pytestmark = pytest.mark.django_db

Stands = ExpectationChange.State


@pytest.fixture
def objective(cast: Cast) -> Objective:
    return make_objective(cast.flo)


@pytest.fixture
def key_result(objective: Objective) -> KeyResult:
    return make_key_result(objective)


def lowered(cast: Cast, objective: Objective, key_result: KeyResult) -> ExpectationChange:
    """Flo proposes a lower target; it waits for Ben."""
    return propose_change(
        actor=cast.flo,
        objective=objective,
        change=Change({}, {key_result.pk: {"target": Decimal(15)}}),
        reason="Two signal boxes stay closed until July.",
    )


def test_until_it_is_answered_the_agreed_wording_holds(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = lowered(cast, objective, key_result)
    assert (change.state, change.addressee) == (Stands.OPEN, cast.ben)
    assert KeyResult.objects.get().target == 10
    assert change.before == {"key_results": {str(key_result.pk): {"target": "10"}}}


def test_accepting_applies_it_and_keeps_the_old_wording(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = lowered(cast, objective, key_result)
    answer_change(actor=cast.ben, change=change, accept=True)
    assert KeyResult.objects.get().target == 15
    assert AuditRecord.objects.get(verb="accept change").before == change.before


def test_who_reports_a_number_changes_like_the_rest_of_it(
    client: Client, cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = propose_change(
        actor=cast.flo,
        objective=objective,
        change=Change({}, {key_result.pk: {"reporter": cast.cyd}}),
        reason="Cyd keeps the list of delays.",
    )
    page = signed_in(client, cast.ben).get(f"/changes/{change.pk}/").content.decode()
    assert "Reported by" in page
    assert "Cyd Berg" in page
    answer_change(actor=cast.ben, change=change, accept=True)
    assert KeyResult.objects.get().reporter == cast.cyd
    page = client.get(objective.get_absolute_url()).content.decode()
    assert "Reported by Cyd Berg" in page


def test_declining_needs_a_reason_and_changes_nothing(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = lowered(cast, objective, key_result)
    with pytest.raises(DomainError, match="Say why not"):
        answer_change(actor=cast.ben, change=change, accept=False)
    answer_change(actor=cast.ben, change=change, accept=False, answer="Use the diversion.")
    change.refresh_from_db()
    assert (change.state, change.answer) == (Stands.DECLINED, "Use the diversion.")
    assert KeyResult.objects.get().target == 10
    with pytest.raises(DomainError, match="answered already"):
        answer_change(actor=cast.ben, change=change, accept=True)


def test_who_proposed_it_takes_it_back_and_does_not_answer(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = lowered(cast, objective, key_result)
    with pytest.raises(NotAllowed):
        answer_change(actor=cast.flo, change=change, accept=True)
    with pytest.raises(NotAllowed):
        withdraw_change(actor=cast.ben, change=change)
    withdraw_change(actor=cast.flo, change=change)
    assert ExpectationChange.objects.get().state == Stands.WITHDRAWN
    lowered(cast, objective, key_result)


def test_one_change_waits_at_a_time(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    lowered(cast, objective, key_result)
    with pytest.raises(DomainError, match="Another change waits"):
        lowered(cast, objective, key_result)


def test_at_the_top_it_holds_at_once(cast: Cast) -> None:
    objective = make_objective(cast.ada)
    make_key_result(objective)
    change = propose_change(
        actor=cast.ada,
        objective=objective,
        change=Change({"ends_on": dt.date(2026, 7, 15)}),
        reason="The board meets later.",
    )
    assert change.state == Stands.ACCEPTED
    assert Objective.objects.get().ends_on == dt.date(2026, 7, 15)


def test_an_owner_is_changed_into_a_unit(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = propose_change(
        actor=cast.flo,
        objective=objective,
        change=Change({"owner_person": None, "owner_unit": cast.operations}),
        reason="It takes the whole team.",
    )
    answer_change(actor=cast.ben, change=change, accept=True)
    found = Objective.objects.get()
    assert found.owner == cast.operations
    assert "operations" in found.search


def test_key_results_are_added_and_taken_out_by_a_change(
    cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    steps = [MilestoneDraft("Lund", dt.date(2026, 6, 1)), MilestoneDraft("Ystad")]
    change = propose_change(
        actor=cast.flo,
        objective=objective,
        change=Change(
            added=(KeyResultDraft("Crews trained", "milestones", milestones=steps),),
            dropped=(key_result.pk,),
        ),
        reason="The count is no longer kept.",
    )
    answer_change(actor=cast.ben, change=change, accept=True)
    old, new = KeyResult.objects.all()
    assert (old.pk, old.weight) == (key_result.pk, 0)
    assert [(one.title, one.due_on) for one in new.milestones.all()] == [
        ("Lund", dt.date(2026, 6, 1)),
        ("Ystad", None),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda row: Change({}, {row.pk: {"target": Decimal(40)}}), "equals the start"),
        (lambda row: Change({}, {row.pk: {"title": " "}}), "what will be measured"),
        (lambda row: Change({"title": ""}), "needs a title"),
        (lambda row: Change({"owner_person": None}), "one owner"),
        (lambda row: Change({}, {}), "Nothing is changed"),
        (lambda row: Change({}, {}, (), (row.pk,)), "One key result has to stay"),
        (lambda row: Change({"state": "dropped"}), "cannot be changed this way"),
        (lambda row: Change({}, {row.pk: {"score": 1.0}}), "cannot be changed this way"),
        (lambda row: Change({}, {row.pk + 99: {"target": Decimal(1)}}), "another objective"),
    ],
)
def test_what_could_never_hold_is_refused(
    cast: Cast, objective: Objective, key_result: KeyResult, change: object, words: str
) -> None:
    with pytest.raises(DomainError, match=words):
        propose_change(
            actor=cast.flo,
            objective=objective,
            change=change(key_result),
            reason="Because.",
        )


@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
def test_others_propose_no_change(
    cast: Cast, objective: Objective, key_result: KeyResult, name: str
) -> None:
    with pytest.raises(NotAllowed):
        propose_change(
            actor=getattr(cast, name),
            objective=objective,
            change=Change({"critical": True}),
            reason="Because.",
        )


def test_a_draft_is_edited_not_changed(cast: Cast) -> None:
    draft = make_objective(cast.flo, state=State.DRAFT)
    with pytest.raises(DomainError, match="edit the draft"):
        propose_change(
            actor=cast.flo, objective=draft, change=Change({"critical": True}), reason="Because."
        )


# Words --------------------------------------------------------------------------------------------------------


def test_words_are_corrected_in_the_open(cast: Cast, objective: Objective) -> None:
    correct_wording(
        actor=cast.ben, objective=objective, title="Cut delays at Lund", why="", version=1
    )
    assert Objective.objects.get().title == "Cut delays at Lund"
    kept = AuditRecord.objects.get(verb="correct wording")
    assert kept.before["title"] == "Cut delays at the junction"


@pytest.mark.parametrize("title", ["Cut delays by 30", "Cut 2.5 delays", "Cut delays in Q2"])
def test_a_number_is_not_a_matter_of_wording(cast: Cast, title: str) -> None:
    objective = make_objective(cast.flo, title="Cut delays by 20")
    with pytest.raises(DomainError, match="changes a number"):
        correct_wording(actor=cast.flo, objective=objective, title=title, why="", version=1)


def test_two_who_correct_at_once_both_see_it(cast: Cast, objective: Objective) -> None:
    correct_wording(actor=cast.ben, objective=objective, title="One", why="", version=1)
    with pytest.raises(SavedMeanwhile):
        correct_wording(
            actor=cast.flo, objective=Objective.objects.get(), title="Other", why="", version=1
        )
    assert Objective.objects.get().title == "One"


# Pages --------------------------------------------------------------------------------------------------------


def sheet(objective: Objective, key_result: KeyResult, **changes: str) -> dict[str, str]:
    """What the form of a change sends when nothing is touched."""
    return {
        "title": objective.title,
        "why": objective.why,
        "owner": "me",
        "ambition": objective.ambition,
        "kr0-pk": str(key_result.pk),
        "kr0-title": key_result.title,
        "kr0-kind": key_result.kind,
        "kr0-baseline": "40",
        "kr0-target": "10",
        "kr0-weight": "1",
        "reason": "Two signal boxes stay closed until July.",
    } | changes


def test_a_change_is_proposed_seen_and_accepted(
    client: Client, cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    address = objective.get_absolute_url()
    signed_in(client, cast.flo)
    assert client.get(f"{address}change/").status_code == 200
    sent = client.post(f"{address}change/", sheet(objective, key_result, **{"kr0-target": "12,5"}))
    assert sent.status_code == 302
    change = ExpectationChange.objects.get()
    assert change.changes == {"key_results": {str(key_result.pk): {"target": "12.5"}}}
    signed_in(client, cast.ben)
    page = client.get(address).content.decode()
    assert "A change waits for Ben Aske" in page
    assert "12.5" in page
    assert client.get(f"/changes/{change.pk}/").status_code == 200
    client.post(f"/changes/{change.pk}/", {"accept": "yes"})
    assert KeyResult.objects.get().target == Decimal("12.5")


def test_declining_without_a_reason_keeps_the_form(
    client: Client, cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    change = lowered(cast, objective, key_result)
    answer = signed_in(client, cast.ben).post(f"/changes/{change.pk}/", {"accept": "no"})
    assert answer.status_code == 422
    assert "Say why not" in answer.content.decode()


def test_a_refused_change_keeps_what_was_typed(
    client: Client, cast: Cast, objective: Objective, key_result: KeyResult
) -> None:
    answer = signed_in(client, cast.flo).post(
        f"{objective.get_absolute_url()}change/",
        sheet(objective, key_result, **{"kr0-target": "40"}),
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "The target equals the start" in page
    assert "Two signal boxes stay closed until July." in page


def test_a_number_in_the_wording_leads_to_a_change(
    client: Client, cast: Cast, objective: Objective
) -> None:
    answer = signed_in(client, cast.flo).post(
        f"{objective.get_absolute_url()}edit/", {"title": "Cut 5 delays", "version": "1"}
    )
    assert answer.status_code == 422
    assert "Propose it as a change" in answer.content.decode()
