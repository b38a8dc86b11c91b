"""Success criteria that hold: what keeps an objective from being agreed, what is set aside, what a list counts."""

import datetime as dt
from decimal import Decimal

import pytest

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import (
    Cycle,
    ExpectationChange,
    KeyResult,
    Objective,
    RuleWaiver,
)
from goldenthread.objectives.selectors.quality import assessment, assessments
from goldenthread.objectives.services import agreement, changes, drafts, links, quality, waivers
from goldenthread.objectives.services.changes import Change
from goldenthread.objectives.services.drafts import KeyResultDraft, ObjectiveDraft
from goldenthread.objectives.services.quality import CriteriaOpen
from goldenthread.objectives.states import State
from goldenthread.strategy.models import Observation
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_cycle,
    make_key_result,
    make_kpi,
    make_objective,
    make_person,
    make_priority,
    make_strategy,
)

pytestmark = pytest.mark.django_db

MEASURED = KeyResultDraft(
    "Delayed departures", measure="departures", baseline=Decimal(40), target=Decimal(10)
)


def draft(cast: Cast, **fields: object) -> Objective:
    given = {"title": "Fewer late trains", "owner": cast.flo}
    given["cycle"] = Cycle.objects.first() or make_cycle()
    given |= {"key_results": [MEASURED]} | fields
    return drafts.draft_objective(actor=cast.flo, draft=ObjectiveDraft(**given))


def proposal(cast: Cast, measure: str = "", title: str = "Cut delays") -> Objective:
    objective = make_objective(cast.flo, title, state=State.PROPOSED, proposed_by=cast.flo)
    make_key_result(objective, measure=measure)
    return objective


def fired(objective: Objective) -> set[str]:
    return {*assessment(Objective.objects.get(pk=objective.pk), TODAY).fired}


# Agreement ------------------------------------------------------------------------------------


def test_an_open_error_keeps_an_objective_from_being_agreed(cast: Cast) -> None:
    objective = proposal(cast)
    with pytest.raises(CriteriaOpen, match="“Delayed departures a week”: What is being counted"):
        agreement.agree(actor=cast.ben, objective=objective)
    assert Objective.objects.get().state == State.PROPOSED
    KeyResult.objects.update(measure="departures")
    agreement.agree(actor=cast.ben, objective=objective)
    assert objective.state == State.ACTIVE
    assert {"O07", "K09"} <= fired(objective)  # warnings stay, and keep nobody


def test_who_may_not_agree_is_not_told_what_to_mend(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        agreement.agree(actor=cast.cyd, objective=proposal(cast))


def test_an_open_error_may_be_proposed_but_not_agreed_alone(cast: Cast) -> None:
    objective = draft(cast, key_results=[KeyResultDraft("Delays", measure="trains")])
    agreement.propose(actor=cast.flo, objective=objective)
    assert objective.state == State.PROPOSED
    top = draft_of_top(cast)
    with pytest.raises(CriteriaOpen, match="2 things are to mend"):
        agreement.propose(actor=cast.ada, objective=top)
    assert Objective.objects.get(pk=top.pk).state == State.DRAFT


def draft_of_top(cast: Cast) -> Objective:
    objective = make_objective(cast.ada, state=State.DRAFT)
    make_key_result(objective, measure="trains", baseline=None, target=None)
    return objective


def test_agree_all_passes_over_what_has_an_error_and_says_which(cast: Cast) -> None:
    good, bad = proposal(cast, "trains", "Good"), proposal(cast, "", "Bad")
    found = agreement.agree_all(actor=cast.ben, objectives=[good, bad])
    assert found.agreed == [good]
    assert len(found.refused) == 1
    assert found.refused[0].startswith("“Bad” cannot be agreed yet")
    assert Objective.objects.get(pk=bad.pk).state == State.PROPOSED


def test_what_is_agreed_already_stays(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    assert "O03" in fired(objective)
    quality.look_at_all()
    assert Objective.objects.get().state == State.ACTIVE


def test_a_change_that_would_bring_an_error_is_not_accepted(cast: Cast) -> None:
    objective = make_objective(cast.flo)
    row = make_key_result(objective, measure="trains")

    def proposed(fields: dict[str, object]) -> ExpectationChange:
        change = Change(key_results={row.pk: fields})
        return changes.propose_change(
            actor=cast.flo, objective=objective, change=change, reason="We do not know yet."
        )

    blank = proposed({"target": None})
    with pytest.raises(CriteriaOpen, match="What value counts as success"):
        changes.answer_change(actor=cast.ben, change=blank, accept=True)
    row.refresh_from_db()
    assert row.target == 10
    changes.withdraw_change(actor=cast.flo, change=ExpectationChange.objects.get())
    dated = proposed({"target": None, "measure_by": dt.date(2026, 6, 1), "not_enough": "A guess"})
    changes.answer_change(actor=cast.ben, change=dated, accept=True)
    row.refresh_from_db()
    assert (row.target, row.not_enough) == (None, "A guess")


# Waivers --------------------------------------------------------------------------------------


def waive(cast: Cast, objective: Objective, code: str = "K01") -> RuleWaiver:
    return waivers.waive_rule(
        actor=cast.ben, objective=objective, code=code, reason="Everybody knows the unit."
    )


def test_a_rule_is_waived_with_a_reason_and_taken_back(cast: Cast) -> None:
    objective = proposal(cast)
    waiver = waive(cast, objective)
    row = Objective.objects.get()
    assert (row.waived_rules, row.open_errors) == ("K01", 0)
    found = assessment(row, TODAY)
    assert [one.code for one in found.waived] == ["K01"]
    assert "K01" not in {*found.fired, *found.held}
    kept = AuditRecord.objects.get(verb="waive rule")
    assert (kept.after["rule"], kept.note) == ("K01 no unit", "Everybody knows the unit.")
    waivers.restore_rule(actor=cast.ben, waiver=waiver)
    row.refresh_from_db()
    assert (row.waived_rules, row.open_errors) == ("", 1)
    assert RuleWaiver.objects.get().reason == "Everybody knows the unit."
    assert RuleWaiver.objects.get().ended_by == cast.ben
    with pytest.raises(DomainError, match="holds again"):
        waivers.restore_rule(actor=cast.ben, waiver=waiver)


def test_with_the_error_waived_it_is_agreed(cast: Cast) -> None:
    objective = proposal(cast)
    waive(cast, objective)
    agreement.agree(actor=cast.ben, objective=objective)
    assert objective.is_live


@pytest.mark.parametrize("name", ["flo", "cyd", "gus", "dee", "eve"])
def test_neither_its_owner_nor_hr_waives(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        waivers.waive_rule(
            actor=getattr(cast, name), objective=proposal(cast), code="K01", reason="No."
        )


def test_where_nobody_stands_above_the_owner_waives(cast: Cast) -> None:
    top = draft_of_top(cast)
    waivers.waive_rule(actor=cast.ada, objective=top, code="K02", reason="New work.")
    assert Objective.objects.get().waived_rules == "K02"


def test_what_is_no_waiver_is_refused(cast: Cast) -> None:
    objective = proposal(cast)
    for code, reason, words in (
        ("K99", "Yes.", "no rule"),
        ("K01", " ", "Say why"),
    ):
        with pytest.raises(DomainError, match=words):
            waivers.waive_rule(actor=cast.ben, objective=objective, code=code, reason=reason)
    waiver = waive(cast, objective)
    with pytest.raises(DomainError, match="waived already"):
        waive(cast, objective)
    Objective.objects.update(state=State.DROPPED)
    objective.refresh_from_db()
    waiver.objective = objective
    with pytest.raises(DomainError, match="closed"):
        waive(cast, objective, "K02")
    with pytest.raises(DomainError, match="closed"):
        waivers.restore_rule(actor=cast.ben, waiver=waiver)


# What the rules read --------------------------------------------------------------------------


def test_what_was_found_is_kept_as_it_is_written(cast: Cast) -> None:
    objective = draft(cast, title="Improve trains ???", key_results=[KeyResultDraft("Late")])
    assert objective.open_rules == " K01 K02 K03 O07 K09 O08 O12 "
    assert (objective.open_errors, objective.quality) == (3, None)
    assert objective.looked_at_on == TODAY
    priority = make_priority(make_strategy(cast.ada), "Trains on time")
    links.link(actor=cast.flo, child=objective, parent=priority)
    objective.refresh_from_db()
    assert "O07" not in objective.open_rules
    drafts.edit_draft(
        actor=cast.flo,
        objective=objective,
        version=objective.version,
        draft=ObjectiveDraft(
            "Fewer late trains", objective.cycle, cast.flo, key_results=[MEASURED]
        ),
    )
    assert (objective.open_rules, objective.open_errors) == (" K09 ", 0)
    assert 90 < (objective.quality or 0) < 100


def test_many_are_looked_at_behind_the_page(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from goldenthread.core.jobs import run_due

    monkeypatch.setattr(quality, "AT_ONCE", 1)
    rows = [make_objective(cast.flo, f"O{n}") for n in range(3)]
    quality.recheck(rows)
    assert not Objective.objects.exclude(looked_at_on=None).exists()
    run_due()
    assert not Objective.objects.filter(looked_at_on=None).exists()
    assert Objective.objects.first().open_rules.startswith(" O03 ")


def test_a_number_does_not_depend_on_how_many_are_looked_at(
    cast: Cast, django_assert_max_num_queries: object
) -> None:
    kpi = make_kpi()
    for n in range(12):
        one = make_objective(cast.flo, f"O{n}")
        make_key_result(one, kpi=kpi)
        make_key_result(one, "Steps", kind=KeyResult.Kind.MILESTONES).milestones.create(title="A")
    rows = list(quality._open())
    with django_assert_max_num_queries(7):
        assert len(assessments(rows, TODAY)) == 12


def test_one_that_reads_alike_is_named_where_everybody_may_read_it(cast: Cast) -> None:
    open_one = make_objective(cast.cyd, "Grow recurring revenue in Nordics")
    mine = draft(cast, title="Grow recurring revenue in the Nordics")
    assert mine.twin == open_one
    assert "O11" in mine.open_rules
    Objective.objects.filter(pk=open_one.pk).update(restricted=True)
    assert "O11" not in fired(mine)
    quality.recheck([mine])
    mine.refresh_from_db()
    assert mine.twin is None
    quality.look_at_all()
    assert not Objective.objects.exclude(twin=None).exists()
    Objective.objects.update(restricted=False)
    quality.look_at_all()
    assert Objective.objects.exclude(twin=None).count() == 2


def test_a_hidden_goal_above_is_compared_with_nothing(cast: Cast) -> None:
    parent = make_objective(cast.ben, "Grow revenue in the Nordics", ends_on=dt.date(2026, 5, 20))
    child = make_objective(cast.flo, "Grow revenue in the Nordics")
    link(child, parent)
    assert {"O06", "O10"} <= fired(child)
    Objective.objects.filter(pk=parent.pk).update(restricted=True)
    assert not {"O06", "O10"} & fired(child)


def test_a_kpi_gives_direction_source_history_and_what_is_met_already(cast: Cast) -> None:
    kpi = make_kpi("Punctuality", direction="up", measure="%", cadence_days=60)
    objective = make_objective(cast.flo)
    key_result = make_key_result(objective, kpi=kpi, measure="%")  # from 40 down to 10
    for n in range(10):
        on = dt.date(2026, 1, 1) + dt.timedelta(14 * n)
        Observation.objects.create(
            kpi=kpi, on=on, value=Decimal(10 + 40 * (n % 2)), recorded_at="2026-05-01T00:00Z"
        )
    assert {"K05", "K16", "K17"} <= fired(objective)
    assert "K09" not in fired(objective)
    KeyResult.objects.update(target=Decimal(45))
    assert "K05" not in fired(objective)
    assert "K14" in fired(objective)
    assert key_result.kpi == kpi


def test_a_target_changed_late_is_told(cast: Cast) -> None:
    objective = make_objective(
        cast.flo, starts_on=dt.date(2026, 4, 1), ends_on=dt.date(2026, 5, 31)
    )
    key_result = make_key_result(objective, measure="trains")
    change = changes.propose_change(
        actor=cast.flo,
        objective=objective,
        change=Change(key_results={key_result.pk: {"target": Decimal(20)}}),
        reason="Fewer trains run.",
    )
    assert "K18" not in fired(objective)
    changes.answer_change(actor=cast.ben, change=change, accept=True)
    assert ExpectationChange.objects.get().state == "accepted"
    told = assessment(Objective.objects.get(), TODAY).findings
    assert "Target changed on 13 May 2026 by Flo" in next(
        one.message for one in told if one.code == "K18"
    )


def test_who_has_left_owns_nothing(cast: Cast) -> None:
    gone = make_person("Gil", end=dt.date(2026, 5, 1))
    assert "O01" in fired(make_objective(gone))


def test_an_owner_who_has_not_answered_is_waited_for(cast: Cast) -> None:
    at = dt.datetime(2026, 4, 20, 9, tzinfo=dt.UTC)
    by_line = {"state": State.PROPOSED, "proposed_by": cast.ben, "proposed_at": at}
    assert "O17" in fired(make_objective(cast.flo, **by_line))
    assert "O17" not in fired(make_objective(cast.flo, **by_line | {"proposed_by": cast.flo}))
