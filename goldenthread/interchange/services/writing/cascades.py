"""Writing cascades: each a draft of the unit that would open the thread; what stands here is never changed by a file."""

from dataclasses import replace
from typing import Any

from goldenthread.core.errors import DomainError
from goldenthread.interchange.services.known import fold, one_of
from goldenthread.interchange.services.proposed_results import read_proposed
from goldenthread.interchange.services.rows import Outcome, Row, fitted
from goldenthread.interchange.services.run import Run
from goldenthread.interchange.services.writing.cycles import cycle_for
from goldenthread.interchange.services.writing.links import MEDIUM, STRENGTHS
from goldenthread.objectives.models import Cascade, Objective
from goldenthread.objectives.services.cascades import Terms, bring_in_cascade, terms_of
from goldenthread.objectives.services.cascades.sides import standing
from goldenthread.objectives.services.links import key

PROSE = ("why", "mandate", "resources", "word")
PLAIN = ("kind", "starts_on", "ends_on", "fte", "answer_by")


def write_cascades(run: Run) -> None:
    for row in run.each("cascades"):
        with run.attempt(row):
            parent = one_of((run.priorities, run.objectives), row.text("serves"), "serves")
            secret = parent.restricted if isinstance(parent, Objective) else parent.confidential
            row.confidential = secret
            giver = run.units.find(row.text("giving_unit"), "giving_unit")
            taker = run.units.find(row.text("taking_unit"), "taking_unit")
            row.about = f"{giver} and {taker}"
            ends: dict[str, Any] = {
                "parent": parent,
                "giver": giver,
                "taker": taker,
                "direction": row.text("direction") or Cascade.Direction.DOWN,
                "cycle": cycle_for(run, row),
            }
            terms = _terms(run, row)
            identity = (giver.pk, taker.pk, key(parent), ends["cycle"].pk, fold(terms.title))
            held = run.cascades.match(row.external_id, identity)
            if held is not None:
                run.settle(row, held, run.cascades)
                _compare(run, row, held, ends, terms)
                continue
            run.stand_alone(row, ("cascade", *identity))
            made = bring_in_cascade(
                actor=run.actor,
                terms=terms,
                source=run.where(row),
                external_id=row.external_id,
                **ends,
            )
            run.know(run.cascades, made)
            row.done(made, Outcome.CREATED)
            row.note(f"A draft of {made.unit_of(made.opening_side)}: whoever leads it sends it.")


def _terms(run: Run, row: Row) -> Terms:
    results = read_proposed(
        str(row.values.get("key_results") or ""), {"reporter": run.people, "kpi": run.kpis}
    )
    said: dict[str, Any] = {
        name: str(text).strip() for name, text in row.given(*PROSE).items()
    } | row.given(*PLAIN)
    return Terms(
        fitted(row.text("title"), 200)[0],
        strength=STRENGTHS.get(row.text("strength"), MEDIUM),
        key_results=results,
        **said,
    )


def _compare(run: Run, row: Row, held: Cascade, ends: dict[str, Any], terms: Terms) -> None:
    """Settle a row about a thread that stands here: unchanged, or refused, since its two sides change it."""
    if held.pk in run.cascades.hidden:
        raise DomainError("You may not see what stands here under this identifier.")
    stands = terms_of(standing(held))
    said = replace(terms, answer_by=terms.answer_by or stands.answer_by)
    same_ends = ends == {
        "parent": held.parent,
        "giver": held.giver_unit,
        "taker": held.taking_unit,
        "direction": held.direction,
        "cycle": held.cycle,
    }
    if not same_ends or _plain(said) != _plain(stands):
        raise DomainError("This thread stands here. Its two sides change it on its page.")
    row.done(held, Outcome.UNCHANGED)


def _plain(terms: Terms) -> Terms:
    prose: dict[str, Any] = {
        name: " ".join(getattr(terms, name).split()) for name in ("title", *PROSE)
    }
    return replace(terms, key_results=list(terms.key_results), **prose)
