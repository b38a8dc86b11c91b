"""Writing decisions: unconfirmed, to who decides; what was taken on here is changed on its page."""

from typing import Any

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.decision_cells import read_options, read_touches
from goldenthread.interchange.services.known import Known, fold
from goldenthread.interchange.services.rows import Outcome, Row, differing, fitted
from goldenthread.interchange.services.run import Run
from goldenthread.tradeoffs.models import Decision, Option
from goldenthread.tradeoffs.selectors.touches import seen_touches
from goldenthread.tradeoffs.services import OptionWords, bring_in_decision, redraft_decision
from goldenthread.tradeoffs.services.parts import in_words

PLAIN = (
    *("due_on", "decided_on", "freed_fte", "freed_until", "look_again_on", "looked_back_on"),
    *("as_expected", "confidential"),
)
PROSE = ("background", "reason", "given_up", "expected", "outcome", "learnt")


def write_decisions(run: Run) -> None:
    for row in run.each("decisions"):
        with run.attempt(row):
            row.confidential = bool(row.values.get("confidential"))
            decider = run.people.find(row.text("decider"), "decider")
            row.about = str(decider)
            question = fitted(row.text("question"), 200)[0]
            held = run.decisions.match(row.external_id, (decider.pk, fold(question)))
            wanted: dict[str, Any] = {"question": question, "decider": decider}
            wanted |= row.given(*PLAIN)
            wanted |= {name: str(text).strip() for name, text in row.given(*PROSE).items()}
            if text := row.text("replaces"):
                wanted["replaces"] = run.decisions.find(text, "replaces")
            if held is None:
                _bring_in(run, row, wanted)
            else:
                run.settle(row, held, run.decisions)
                _update(run, row, held, wanted)


def _bring_in(run: Run, row: Row, wanted: dict[str, Any]) -> None:
    run.stand_alone(row, ("decision", wanted["decider"].pk, fold(wanted["question"])))
    made = bring_in_decision(
        actor=run.actor,
        options=read_options(str(row.values.get("options") or "")),
        choice=row.text("choice"),
        touches=_touches(run, row),
        source=run.where(row),
        external_id=row.external_id,
        **wanted,
    )
    run.know(run.decisions, made)
    row.done(made, Outcome.CREATED)


def _update(run: Run, row: Row, held: Decision, wanted: dict[str, Any]) -> None:
    """Bring one that stands here to what the file says; refused where somebody has taken it on."""
    if held.pk in run.decisions.hidden:
        raise DomainError("You may not see what stands here under this identifier.")
    options, touches = list(held.options.all()), seen_touches(held, run.actor)
    chosen = next((one.title for one in options if one.chosen), "")
    told = read_options(str(row.values.get("options") or ""))
    choice = row.text("choice") or chosen
    named = _touches(run, row)
    same_options = not told or in_words(told) == in_words(options)
    same_touches = not named or set(named) == {one.record for one in touches}
    if not (same_options and same_touches and choice.casefold() == chosen.casefold()):
        redraft_decision(
            actor=run.actor,
            decision=held,
            options=told or _as_held(options),
            choice=choice,
            touches=named or [one.record for one in touches],
            **differing(held, wanted)[1],
        )
        row.done(held, Outcome.UPDATED)
        row.note("Its options, the choice or what it touches are as the file has them.")
    run.update(
        row,
        held,
        wanted,
        lambda after: redraft_decision(
            actor=run.actor,
            decision=held,
            options=_as_held(list(held.options.all())),
            choice=choice,
            touches=[one.record for one in seen_touches(held, run.actor)],
            **after,
        ),
    )


def _as_held(options: list[Option]) -> list[OptionWords]:
    return [OptionWords(one.title, one.speaks_for, one.speaks_against, one.pk) for one in options]


def _touches(run: Run, row: Row) -> list[Any]:
    known: dict[str, Known[Any]] = {
        "priority": run.priorities,
        "objective": run.objectives,
        "unit": run.units,
        "kpi": run.kpis,
        "person": run.people,
    }
    return list(dict.fromkeys(read_touches(str(row.values.get("touches") or ""), known)))
