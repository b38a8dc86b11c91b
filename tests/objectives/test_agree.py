"""How an objective comes to be agreed: the table of states, two sides, one click."""

import itertools
import re

import pytest
from django.test import Client

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.listing import waiting_for
from goldenthread.objectives.services import agreement, drafts, waivers
from goldenthread.objectives.services.agreement import step
from goldenthread.objectives.services.drafts import KeyResultDraft, ObjectiveDraft
from goldenthread.objectives.states import MOVES, State, move
from goldenthread.people.models import Person, Unit
from tests.cast import Cast, make_cycle, make_key_result, make_objective, make_person, signed_in

pytestmark = pytest.mark.django_db

EVERY_STEP = list(itertools.product(State.values, State.values))


def drafted(owner: Person | Unit) -> Objective:
    """A draft that can be judged."""
    objective = make_objective(owner, state=State.DRAFT)
    make_key_result(objective, measure="departures")
    return objective


def proposal(owner: Person | Unit, by: Person, **fields: object) -> Objective:
    """A proposal of one side, with a key result."""
    objective = make_objective(owner, state=State.PROPOSED, proposed_by=by, **fields)
    make_key_result(objective, measure="departures")
    return objective


@pytest.mark.parametrize(("source", "target"), EVERY_STEP)
def test_only_the_steps_of_the_table_are_taken(cast: Cast, source: str, target: str) -> None:
    objective = make_objective(cast.flo, state=source)
    if move(source, target) is None:
        with pytest.raises(DomainError):
            step(cast.flo, objective, State(target))
        return
    step(cast.flo, objective, State(target))
    assert Objective.objects.get().state == target
    kept = AuditRecord.objects.get(subject_type="objectives.objective")
    assert (kept.before["state"], kept.after["state"]) == (source, target)


@pytest.mark.parametrize("one", MOVES, ids=lambda one: f"{one.source}-{one.target}")
@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
def test_whoever_stands_beside_takes_no_step(cast: Cast, one: object, name: str) -> None:
    source, target = one.source, one.target
    objective = make_objective(cast.flo, state=source)
    with pytest.raises(NotAllowed):
        step(getattr(cast, name), objective, target)
    assert Objective.objects.get().state == source


# Two sides ----------------------------------------------------------------------------------------------------


def test_the_owner_proposes_and_the_manager_agrees(cast: Cast) -> None:
    objective = drafted(cast.flo)
    agreement.propose(actor=cast.flo, objective=objective)
    assert objective.state == State.PROPOSED
    agreement.agree(actor=cast.ben, objective=objective)
    assert (objective.state, objective.agreed_by) == (State.ACTIVE, cast.ben)


def test_the_manager_proposes_and_the_owner_agrees(cast: Cast) -> None:
    objective = drafted(cast.flo)
    agreement.propose(actor=cast.ben, objective=objective)
    assert objective.state == State.PROPOSED
    agreement.agree(actor=cast.flo, objective=objective)
    assert objective.state == State.ACTIVE


@pytest.mark.parametrize(("by", "also"), [("flo", "flo"), ("ben", "ben"), ("ben", "ada")])
def test_who_proposes_does_not_agree_alone(cast: Cast, by: str, also: str) -> None:
    objective = proposal(cast.flo, getattr(cast, by))
    with pytest.raises(NotAllowed):
        agreement.agree(actor=getattr(cast, also), objective=objective)
    with pytest.raises(NotAllowed):
        agreement.decline(actor=getattr(cast, also), objective=objective, reason="No")


def test_at_the_top_one_agrees_alone_and_the_record_says_so(cast: Cast) -> None:
    objective = drafted(cast.ada)
    agreement.propose(actor=cast.ada, objective=objective)
    assert objective.state == State.ACTIVE
    assert "agreed alone" in AuditRecord.objects.get(verb="agreed").note


def test_a_manager_speaks_for_somebody_without_an_account(cast: Cast) -> None:
    ivo = make_person(unit=cast.operations, manager=cast.ben, account=False)
    objective = drafted(ivo)
    agreement.propose(actor=cast.ben, objective=objective)
    assert objective.state == State.ACTIVE
    assert "spoken for: Ivo Krag" in AuditRecord.objects.get(verb="agreed").note


def test_the_head_above_speaks_for_a_unit_without_a_leader(cast: Cast) -> None:
    cast.stations.leader = None
    cast.stations.save()
    objective = drafted(cast.stations)
    with pytest.raises(DomainError, match="Nobody owns this yet"):
        agreement.propose(actor=cast.ada, objective=objective)
    objective.refresh_from_db()
    waivers.waive_rule(
        actor=cast.ada, objective=objective, code="O01", reason="A leader starts in June."
    )
    agreement.propose(actor=cast.ada, objective=objective)
    assert objective.state == State.ACTIVE


def test_over_a_manager_without_an_account_the_next_one_answers(cast: Cast) -> None:
    ben = cast.ben
    ben.user = None
    ben.save()
    objective = drafted(cast.flo)
    agreement.propose(actor=cast.flo, objective=objective)
    assert objective.state == State.PROPOSED
    assert agreement.next_above(objective) == cast.ada
    assert list(waiting_for(cast.ada, Objective.objects.all())) == [objective]


def test_what_is_agreed_before_its_period_becomes_active_on_its_first_day(cast: Cast) -> None:
    later = make_cycle("Q3 2026", starts_on="2026-07-01", ends_on="2026-09-30")
    later.refresh_from_db()
    objective = proposal(cast.flo, cast.flo, cycle=later)
    agreement.agree(actor=cast.ben, objective=objective)
    assert objective.state == State.AGREED


def test_agreeing_to_what_was_rewritten_meanwhile_is_refused(cast: Cast) -> None:
    objective = proposal(cast.flo, cast.flo)
    seen = objective.version
    drafts.edit_draft(actor=cast.flo, objective=objective, draft=rewritten(objective), version=seen)
    fresh = Objective.objects.get()
    with pytest.raises(SavedMeanwhile):
        agreement.agree(actor=cast.ben, objective=fresh, version=seen)


def test_agree_all_takes_what_waits_for_this_word_and_leaves_the_rest(cast: Cast) -> None:
    waits = [proposal(cast.flo, cast.flo, title=f"Proposal {n}") for n in range(3)]
    own = proposal(cast.flo, cast.ben, title="From Ben himself")
    others = proposal(cast.cyd, cast.cyd, title="Of another team")
    agreed = agreement.agree_all(actor=cast.ben, objectives=[*waits, own, others]).agreed
    assert agreed == waits
    assert Objective.objects.filter(state=State.PROPOSED).count() == 2


# Countering and declining -------------------------------------------------------------------------------------


def rewritten(objective: Objective, title: str = "Cut delays by half") -> ObjectiveDraft:
    key_results = [
        KeyResultDraft(
            row.title, baseline=row.baseline, target=row.target, measure=row.measure, pk=row.pk
        )
        for row in objective.key_results.all()
    ]
    owner = objective.owner
    assert owner is not None
    return ObjectiveDraft(title, objective.cycle, owner, key_results=key_results)


def test_a_counter_hands_the_next_word_to_the_other_side(cast: Cast) -> None:
    objective = proposal(cast.flo, cast.ben)
    drafts.counter(
        actor=cast.flo,
        objective=objective,
        draft=rewritten(objective),
        note="Half is what two people can do.",
        version=objective.version,
    )
    assert (objective.state, objective.title) == (State.COUNTERED, "Cut delays by half")
    with pytest.raises(NotAllowed):
        agreement.agree(actor=cast.flo, objective=objective)
    drafts.counter(
        actor=cast.ben,
        objective=objective,
        draft=rewritten(objective, "Cut delays by a third"),
        note="",
        version=objective.version,
    )
    assert objective.state == State.PROPOSED
    agreement.agree(actor=cast.flo, objective=objective)
    assert (objective.state, objective.title) == (State.ACTIVE, "Cut delays by a third")


def test_the_other_side_does_not_rewrite_a_proposal_it_counters(cast: Cast) -> None:
    objective = proposal(cast.flo, cast.flo)
    with pytest.raises(NotAllowed):
        drafts.edit_draft(
            actor=cast.ben, objective=objective, draft=rewritten(objective), version=1
        )
    with pytest.raises(NotAllowed):
        drafts.counter(
            actor=cast.flo, objective=objective, draft=rewritten(objective), note="", version=1
        )


def test_declining_keeps_the_reason(cast: Cast) -> None:
    objective = proposal(cast.flo, cast.flo)
    with pytest.raises(DomainError, match="Say why"):
        agreement.decline(actor=cast.ben, objective=objective, reason=" ")
    agreement.decline(actor=cast.ben, objective=objective, reason="Rolling stock comes first.")
    assert (objective.state, objective.learning) == (State.DROPPED, "Rolling stock comes first.")


# Imports ------------------------------------------------------------------------------------------------------


def test_the_owner_confirms_what_an_import_put_in_their_name(cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.UNCONFIRMED)
    agreement.confirm(actor=cast.flo, objective=objective)
    assert objective.state == State.DRAFT


@pytest.mark.parametrize("name", ["cyd", "dee", "eve"])
def test_nobody_confirms_for_others(cast: Cast, name: str) -> None:
    objective = make_objective(cast.flo, state=State.UNCONFIRMED)
    with pytest.raises(NotAllowed):
        agreement.confirm(actor=getattr(cast, name), objective=objective)


def test_a_leader_takes_on_what_names_nobody(cast: Cast) -> None:
    make_cycle()
    objective = make_objective(
        cast.flo, state=State.UNCONFIRMED, owner_person=None, restricted=True
    )
    assert objective in Objective.objects.visible_to(cast.gus)
    assert objective not in Objective.objects.visible_to(cast.cyd)
    agreement.confirm(actor=cast.gus, objective=objective)
    assert (objective.state, objective.owner) == (State.DRAFT, cast.gus)


# Pages --------------------------------------------------------------------------------------------------------


def test_one_click_on_the_page_agrees(client: Client, cast: Cast) -> None:
    objective = proposal(cast.flo, cast.flo)
    page = signed_in(client, cast.ben).get(objective.get_absolute_url())
    assert "It waits for your word" in page.content.decode()
    answer = client.post(f"{objective.get_absolute_url()}agree/", {"version": objective.version})
    assert answer.status_code == 302
    assert Objective.objects.get().state == State.ACTIVE


def test_a_stale_page_shows_both_versions_instead_of_agreeing(client: Client, cast: Cast) -> None:
    objective = proposal(cast.flo, cast.flo)
    seen = objective.version
    drafts.edit_draft(actor=cast.flo, objective=objective, draft=rewritten(objective), version=seen)
    answer = signed_in(client, cast.ben).post(
        f"{objective.get_absolute_url()}agree/", {"version": seen}
    )
    assert answer.status_code == 409
    assert Objective.objects.get().state == State.PROPOSED


def test_what_waits_is_agreed_to_together(client: Client, cast: Cast) -> None:
    for n in range(3):
        proposal(cast.flo, cast.flo, title=f"Proposal {n}")
    page = signed_in(client, cast.ben).get("/objectives/?whose=waiting").content.decode()
    assert "Agree to all 3 proposals" in page
    shown = re.findall(r'name="shown" value="([^"]+)"', page)
    rewritten_since = Objective.objects.get(title="Proposal 1")
    drafts.edit_draft(
        actor=cast.flo,
        objective=rewritten_since,
        draft=rewritten(rewritten_since),
        version=rewritten_since.version,
    )
    client.post("/objectives/agree/", {"shown": shown})
    agreed = Objective.objects.filter(state=State.ACTIVE)
    assert sorted(agreed.values_list("title", flat=True)) == ["Proposal 0", "Proposal 2"]


def test_a_proposal_without_a_key_result_is_not_put_forward(client: Client, cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.DRAFT)
    answer = signed_in(client, cast.flo).post(f"{objective.get_absolute_url()}propose/")
    assert answer.status_code == 422
    assert Objective.objects.get().state == State.DRAFT


def test_the_reader_is_told_who_has_the_next_word(client: Client, cast: Cast) -> None:
    objective = proposal(cast.flo, cast.flo)
    page = signed_in(client, cast.flo).get(objective.get_absolute_url()).content.decode()
    assert "It waits for Ben Aske" in page
    assert f"/objectives/{objective.pk}/agree/" not in page
