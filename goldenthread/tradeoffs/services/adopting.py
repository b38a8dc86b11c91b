"""Adopting a scenario: the decision on record, and what it proposes to the owners. It changes no objective itself."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError
from goldenthread.engine.planner import Outcome, Verdict
from goldenthread.engine.planner import Plan as Worked
from goldenthread.objectives.models import ExpectationChange, Objective
from goldenthread.objectives.services.changes import Change, difference, open_change
from goldenthread.objectives.services.drafts import ObjectiveDraft, Serves, draft_objective
from goldenthread.objectives.states import BEFORE_AGREEMENT
from goldenthread.people.models import Person
from goldenthread.permissions import Action
from goldenthread.tradeoffs.kept_plan import read
from goldenthread.tradeoffs.models import Candidate, Decision, Plan, Scenario
from goldenthread.tradeoffs.selectors.plan_words import keeping_words
from goldenthread.tradeoffs.selectors.portfolio import PlanRows, is_outdated, rows_of
from goldenthread.tradeoffs.services.deciding import put_on_record
from goldenthread.tradeoffs.services.parts import MOST_TOUCHED, OptionWords, Touched

DAY, ZERO = dt.timedelta(days=1), Decimal(0)
CHANGED = (Verdict.STOP, Verdict.START, Verdict.DEFER)
RESTRICTED = "a restricted objective"


@dataclass(frozen=True)
class Adoption:
    """What adopting a scenario says on record, before anybody adds to it."""

    given_up: str
    freed_fte: Decimal


@transaction.atomic
def adopt_scenario(
    *,
    actor: Person,
    scenario: Scenario,
    given_up: str,
    reason: str,
    look_again_on: dt.date,
    confidential: bool = False,
    version: int | None = None,
) -> Decision:
    """Choose a scenario: its siblings are the options of a decision, and what it stops, starts and defers is proposed.

    What is agreed and is to stop or to wait gets an expectation change, which its owner answers like any other; what
    does not exist yet becomes a draft: only where the actor may propose or draft it. Of what is not agreed on yet its
    owner is asked to start it, or to let it wait. Nothing is accepted by this, even where one person speaks for both
    sides. The reason of a confidential decision stays with it: owners read only what is proposed. Permission: a leader.
    Raises `SavedMeanwhile`, `DomainError`.
    """
    plan = scenario.plan
    require(actor, Action.PLAN_CYCLE, plan)
    if plan.is_adopted:
        raise DomainError("A scenario of this plan was adopted already.")
    rows = rows_of(plan)
    worked = _worked(rows, scenario)
    changed = [one for one in worked.lines if one.verdict in CHANGED]
    touched = [rows.by_number[int(one.key)].objective for one in changed]
    seen = Objective.objects.visible_to(actor).filter(pk__in=[one.pk for one in touched if one])
    known = set(seen.values_list("pk", flat=True))
    touches: list[Touched] = [one for one in touched if one is not None and one.pk in known]
    freed = freed_by(rows, worked)
    decision = put_on_record(
        actor=actor,
        question=f"{plan.cycle}: what do we start, stop and keep?"[:200],
        choice=scenario.name,
        options=_options(rows),
        given_up=given_up,
        reason=reason,
        look_again_on=look_again_on,
        confidential=confidential,
        background=f"Worked out in the plan “{plan}”.",
        freed_fte=freed or None,
        expected=f"{worked.total.value:.1f} points of value" if worked.total.value else "",
        touches=touches[:MOST_TOUCHED],
    )
    versions.save(plan, {"decision": decision}, version=version)
    Scenario.objects.filter(pk=scenario.pk).update(adopted=True)
    audit.record(actor, "adopt plan", plan, after={"decision": decision, "scenario": scenario.name})
    for line in changed:
        one = rows.by_number[int(line.key)]
        _propose(actor, plan, one, line.verdict, "" if confidential else reason)
        if one.objective_id in known:
            _ask(actor, plan, one, line.verdict)
    return decision


def adoption_of(rows: PlanRows, scenario: Scenario) -> Adoption:
    """What a form about adopting it begins with."""
    worked = _worked(rows, scenario)
    stop = _titles(rows, worked, Verdict.STOP)
    defer = _titles(rows, worked, Verdict.DEFER)
    lines = [
        f"{word}: {', '.join(found)}."
        for word, found in (("Stop", stop), ("Defer", defer))
        if found
    ]
    return Adoption("\n".join(lines) or "Nothing: all of it runs.", freed_by(rows, worked))


def freed_by(rows: PlanRows, worked: Worked) -> Decimal:
    """The effort of what stops, in full-time equivalents."""
    stops = {one.key for one in worked.lines if one.verdict is Verdict.STOP}
    parts = (
        part.fte for one in rows.candidates if one.number in stops for part in one.effort.all()
    )
    return sum(parts, ZERO)


def _worked(rows: PlanRows, scenario: Scenario) -> Worked:
    if scenario.result is None:
        raise DomainError("Have it worked out first.")
    if is_outdated(rows, scenario):
        raise DomainError("What it was worked out of has changed since. Have it worked out again.")
    worked = read(scenario.result)
    if worked.outcome not in {Outcome.OPTIMAL, Outcome.BEST_FOUND}:
        raise DomainError("This scenario does not fit. Adopt one that does.")
    return worked


def _options(rows: PlanRows) -> Sequence[OptionWords]:
    """Each scenario that is worked out of what stands now, in figures and titles that everybody may read."""
    found = []
    for one in rows.scenarios:
        if one.result is None or is_outdated(rows, one):
            continue
        worked = read(one.result)
        value = worked.total.value
        counts = {
            verdict: sum(line.verdict is verdict for line in worked.lines) for verdict in Verdict
        }
        told = ", ".join(f"{verdict.value} {n}" for verdict, n in counts.items() if n)
        speaks = f"Worth {value:.1f} points: {told}." if value is not None else "Does not fit."
        if worked.keeping is not None and value is not None:
            speaks = f"{speaks} {keeping_words(worked.keeping)}"
        stops = ", ".join(_titles(rows, worked, Verdict.STOP))
        found.append(OptionWords(one.name, speaks, f"Stops {stops}." if stops else ""))
    return found


def _titles(rows: PlanRows, worked: Worked, verdict: Verdict) -> list[str]:
    found = []
    for line in worked.lines:
        if line.verdict is verdict:
            one = rows.by_number[int(line.key)]
            secret = one.objective is not None and one.objective.restricted
            found.append(RESTRICTED if secret else f"“{one}”")
    return found


def _propose(actor: Person, plan: Plan, one: Candidate, verdict: Verdict, reason: str) -> None:
    """Put what the plan proposes to whoever answers for it, where the actor may."""
    objective = one.objective
    if objective is None:
        if verdict is Verdict.START:
            one.objective = _draft(actor, plan, one)
    elif verdict in {Verdict.STOP, Verdict.DEFER} and objective.is_live:
        one.change = _change(actor, plan, objective, verdict, reason)
    one.save()


def _ask(actor: Person, plan: Plan, one: Candidate, verdict: Verdict) -> None:
    """Say to who answers for what nobody has agreed on yet that it is to start, or to wait; they do it, or do not."""
    objective = one.objective
    if objective is None or objective.state not in BEFORE_AGREEMENT:
        return
    one.asks = Candidate.Asks.START if verdict is Verdict.START else Candidate.Asks.WAIT
    one.save(update_fields=["asks"])
    after = {"objective": objective, "asks": one.get_asks_display()}
    audit.record(actor, "ask the owner by", plan, after=after)


def _draft(actor: Person, plan: Plan, one: Candidate) -> Objective | None:
    if one.owner is None:
        return None
    serves = [Serves(one.priority)] if one.priority is not None else []
    draft = ObjectiveDraft(title=one.title, cycle=plan.cycle, owner=one.owner, serves=serves)
    probe = Objective(**draft.fields(), author=actor)
    if not can(actor, Action.DRAFT_OBJECTIVE, probe):
        return None
    return draft_objective(actor=actor, draft=draft)


def _change(
    actor: Person, plan: Plan, objective: Objective, verdict: Verdict, reason: str
) -> ExpectationChange | None:
    """Other dates: what stops ends before the cycle begins, what waits begins after it."""
    waits = objective.expectation_changes.filter(state=ExpectationChange.State.OPEN).exists()
    if waits or not can(actor, Action.PROPOSE_CHANGE, objective):
        return None
    if verdict is Verdict.STOP:
        last = max(plan.cycle.starts_on - DAY, clock.today(), objective.starts + DAY)
        dates = {"ends_on": last} if last < objective.ends else {}
    else:
        begins = plan.cycle.ends_on + DAY
        dates = {"starts_on": begins, "ends_on": begins + (objective.ends - objective.starts)}
    if not dates or not objective.key_results.exists():  # without any, no change can be written
        return None
    before, after = difference(objective, Change(dates))
    why = f"{plan}: {verdict.value}. {reason}".strip()
    return open_change(actor, objective, before, after, why)
