"""The criteria of an objective as they stand in its form, whether it could be saved or not."""

from typing import Any, Protocol

from goldenthread.core import clock
from goldenthread.engine.quality.facts import Goal, ObjectiveFacts
from goldenthread.engine.quality.rules import assess
from goldenthread.objectives.forms.key_result import KeyResultForm
from goldenthread.objectives.models import Contribution, Objective
from goldenthread.objectives.selectors.mending import Criteria, of_form
from goldenthread.objectives.selectors.quality import (
    beside_drafts,
    goals_of,
    key_result_facts,
    owner_names,
    words,
)
from goldenthread.objectives.services.quality import find_twin
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority


class Written(Protocol):
    """The forms of an objective and its key results."""

    form: Any
    key_results: list[KeyResultForm]


def criteria_so_far(
    sheet: Written, objective: Objective | None = None, **given: Any
) -> Criteria | None:
    """What is found in the forms as they stand; None where nothing was sent. `objective` is the one that they edit;
    `given` is what is known of it and stands in no field: the cycle, the owner, what it serves."""
    if not sheet.form.is_bound:
        return None
    on = clock.today()
    rows = [one for one in sheet.key_results if not one.is_empty]
    for form in (sheet.form, *rows):
        form.is_valid()  # read once; what a service has refused stays beside its field
    kept = [one for one in rows if not one.cleaned_data.get("remove")]
    sent = sheet.form.cleaned_data | given
    probe = _probe(sent, objective)
    drafts = [one.draft() for one in kept]
    beside = beside_drafts({one.kpi.pk for one in drafts if one.kpi}, on)
    has_dates = probe.cycle_id is not None
    known = ObjectiveFacts(
        probe.title,
        key_result_facts(drafts, probe, on, beside, keys=[one.prefix for one in kept])
        if has_dates
        else (),
        accountable=owner_names(probe.accountable),
        starts=probe.starts if has_dates else None,
        ends=probe.ends if has_dates else None,
        parents=tuple(
            goals_of([objective.pk]).get(objective.pk, ()) if objective else _served(sent)
        ),
        in_line=objective.in_line if objective else _leads_up(sent.get("serves")),
        run_the_business=probe.run_the_business,
        twin=_twin(probe, objective) if has_dates else None,
    )
    waived = objective.waived_rules.split() if objective else ()
    names = {
        one.prefix: draft.title or f"Key result {place}"
        for place, (one, draft) in enumerate(zip(kept, drafts, strict=True), start=1)
    }
    return of_form(assess(known, on, words(), waived), names, objective)


def _probe(sent: dict[str, Any], objective: Objective | None) -> Objective:
    owner = sent.get("owner")
    probe = Objective(
        title=sent.get("title") or "",
        owner_person=owner if isinstance(owner, Person) else None,
        owner_unit=owner if isinstance(owner, Unit) else None,
        starts_on=sent.get("starts_on"),
        ends_on=sent.get("ends_on"),
        cadence_days=sent.get("cadence_days"),
        run_the_business=bool(sent.get("run_the_business")),
        restricted=bool(sent.get("restricted")),
    )
    cycle = sent.get("cycle") or (objective.cycle if objective else None)
    if cycle is not None:
        probe.cycle = cycle
    return probe


def _served(sent: dict[str, Any]) -> list[Goal]:
    parent = sent.get("serves")
    if isinstance(parent, Priority):
        return [Goal(parent.title, parent.strategy.ends_on)]
    return [Goal(parent.title, parent.ends)] if isinstance(parent, Objective) else []


def _leads_up(parent: Objective | Priority | None) -> bool:
    """Whether serving this leads to an active priority of the organisation."""
    if isinstance(parent, Objective):
        return parent.in_line
    if parent is None or parent.state != Priority.State.ACTIVE:
        return False
    if parent.strategy.unit_id is None:
        return True
    return Contribution.objects.filter(child_priority=parent, valid_to__isnull=True).exists()


def _twin(probe: Objective, objective: Objective | None) -> str | None:
    if probe.restricted or probe.ends <= probe.starts:
        return None
    found = find_twin(probe.title, probe.starts, probe.ends, objective.pk if objective else None)
    return found.title if found else ""
