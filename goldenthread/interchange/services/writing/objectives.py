"""Writing objectives: unconfirmed, to their owners; what was agreed is only proposed to change."""

from typing import Any

from goldenthread.core import progress
from goldenthread.core.errors import DomainError, LoopRefused
from goldenthread.engine import graph
from goldenthread.interchange.services.known import fold, one_of
from goldenthread.interchange.services.rows import (
    Outcome,
    Row,
    differing,
    fitted,
    in_words,
    paragraphs,
    shown,
)
from goldenthread.interchange.services.run import Run, owner_key
from goldenthread.interchange.services.writing.cycles import cycle_for
from goldenthread.interchange.services.writing.links import (
    STRENGTHS,
    Wanted,
    restricted_names,
    tie,
)
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services import drafts, imported, links
from goldenthread.objectives.services.changes import OBJECTIVE_FIELDS, Change
from goldenthread.objectives.states import LIVE
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Priority

Owner = Person | Unit


def write_objectives(run: Run) -> None:
    """New ones together, others one by one; then what they serve, which may be rows of the same file."""
    rows = run.of("objectives")
    new: dict[int, imported.Incoming] = {}
    held: dict[int, Objective] = {}
    wanted: dict[int, dict[str, Any]] = {}
    for row in run.each("objectives"):
        with run.attempt(row):
            _read(run, row, new, held, wanted)
    rows = [row for row in rows if not row.outcome]
    serves = _serves(run, rows, new, held)
    for row in progress.counted("comparing with what is here", rows):
        if not row.outcome and id(row) in held:
            with run.attempt(row):
                _change(run, row, held[id(row)], wanted[id(row)])
    fresh = [row for row in rows if not row.outcome and id(row) in new]
    made = imported.bring_in(actor=run.actor, rows=[new[id(row)] for row in fresh])
    for row, objective in zip(fresh, made, strict=True):
        run.know(run.objectives, objective)
        waits = f"Unconfirmed: waits for {objective.accountable or objective.owner}"
        unnamed = not row.text("owner") and objective.owner == (
            run.strategy and run.strategy.leader
        )
        row.note(f"{waits}, who leads the strategy." if unnamed else f"{waits}.")
        row.done(objective, Outcome.CREATED)
    tie(run, [one for row in rows if not row.is_refused for one in _links(row, serves)])


def _read(
    run: Run,
    row: Row,
    new: dict[int, imported.Incoming],
    held: dict[int, Objective],
    wanted: dict[int, dict[str, Any]],
) -> None:
    owner, is_named = _owner(run, row)
    row.about = str(owner)
    title, whole = fitted(row.text("title"), 200)
    why = paragraphs([whole, str(row.values.get("why") or "")])
    found = run.objectives.by_id.get(row.external_id) if row.external_id else None
    if (
        found and run.is_plan
    ):  # a plan gives its objectives no days, so those that are here keep their own
        for name in ("cycle_starts", "cycle_ends", "start", "due"):
            row.values.pop(name, None)
    cycle = found.cycle if found and not _names_cycle(row) else cycle_for(run, row)
    found = run.objectives.match(row.external_id, (cycle.pk, owner_key(owner), fold(title)))
    fields: dict[str, Any] = {
        "starts_on": row.values.get("start"),
        "ends_on": row.values.get("due"),
        "critical": row.values.get("critical"),
        "ambition": row.text("ambition") or None,
        "restricted": _restricted(row),
        "run_the_business": row.values.get("run_the_business"),
        "cadence_days": row.number("cadence_days"),
        "recovers": run.kpis.find(row.text("recovers"), "recovers")
        if row.text("recovers")
        else None,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    row.confidential = bool(fields.get("restricted") or (found and found.restricted))
    if found is not None:
        run.settle(row, found, run.objectives)
        held[id(row)] = found
        wanted[id(row)] = fields | {
            "title": title,
            "cycle": cycle,
            "owner_person": owner if isinstance(owner, Person) else None,
            "owner_unit": owner if isinstance(owner, Unit) else None,
        }
        if why:
            wanted[id(row)]["why"] = why
        if not is_named:  # nobody in the file owns it; whoever does by now keeps it
            del wanted[id(row)]["owner_person"], wanted[id(row)]["owner_unit"]
        for name, day in (("starts_on", found.starts), ("ends_on", found.ends)):
            if fields.get(name) == day and cycle == found.cycle:
                del wanted[id(row)][name]  # the cycle's own, said once more
        return
    for name, day in (("starts_on", cycle.starts_on), ("ends_on", cycle.ends_on)):
        if fields.get(name) == day:
            del fields[name]
    draft = drafts.ObjectiveDraft(title=title, cycle=cycle, owner=owner, why=why, **fields)
    drafts.check(draft)
    run.stand_alone(row, (cycle.pk, owner_key(owner), fold(title)))
    new[id(row)] = imported.Incoming(draft, run.where(row), row.external_id)


def _names_cycle(row: Row) -> bool:
    return bool(row.text("cycle") or row.values.get("cycle_starts"))


def _restricted(row: Row) -> bool | None:
    return {"restricted": True, "everybody": False}.get(row.text("visibility"))


def _owner(run: Run, row: Row) -> tuple[Owner, bool]:
    """Who is named; in a plan the first stakeholder that is here, else, unnamed, who leads the strategy."""
    if text := row.text("owner"):
        found: Owner = one_of((run.people, run.units), text, "owner")
        return found, True
    for name in row.values.get("stakeholders") or []:
        meant: list[Owner] = [*run.people.seen(name), *run.units.seen(name)]
        if len(meant) == 1:
            return meant[0], True
    if run.strategy is None:
        raise DomainError("Nobody is named as its owner, and no strategy says who leads.", "owner")
    return run.strategy.leader, False


def _change(run: Run, row: Row, held: Objective, wanted: dict[str, Any]) -> None:
    """Write what differs where nobody has taken it on; propose it where it was agreed; else refuse it."""
    _before, after = differing(held, wanted)
    if after and held.pk in run.objectives.hidden:
        raise DomainError("This is about an objective that you may not see. Ask its owner.")
    if not after or imported.open_to_import(run.actor, held):
        run.update(
            row,
            held,
            wanted,
            lambda differs: imported.redraft(actor=run.actor, objective=held, **differs),
        )
        return
    if held.state not in LIVE:
        imported.redraft(actor=run.actor, objective=held, **after)  # refuses, in its words
    if stuck := after.keys() - OBJECTIVE_FIELDS:
        raise DomainError(
            f"“{held}” is agreed: {', '.join(sorted(stuck))} cannot be changed by an import. "
            f"{held.accountable or held.owner} carries it over or changes it on its page."
        )
    propose(run, [row], held, Change(objective=after), [in_words(_before, after)])


def propose(
    run: Run, rows: list[Row], objective: Objective, change: Change, changes: list[list[list[str]]]
) -> None:
    """Put what differs from an agreed objective to its owner's side, as one change for all of the rows."""
    change_row, is_new = imported.propose_from_import(
        actor=run.actor, objective=objective, change=change, source=run.filename
    )
    to = change_row.addressee or objective.accountable or objective.owner
    for row, words in zip(rows, changes, strict=True):
        row.done(objective, Outcome.UPDATED if is_new else Outcome.UNCHANGED)
        row.changes = words if is_new else []
        row.proposes = is_new
        row.note(
            f"Agreed before: becomes an expectation change for {to}."
            if is_new
            else f"The same change waits for {to}."
        )


# What they serve --------------------------------------------------------------------------------------


def _serves(
    run: Run,
    rows: list[Row],
    new: dict[int, imported.Incoming],
    held: dict[int, Objective],
) -> dict[int, list[Any]]:
    """For each row the nodes, or other rows, that it serves; refuses those that close a loop, with its path."""
    serves: dict[int, list[Any]] = {}
    named: dict[str, list[Row]] = {}
    for row in rows:
        for text in {fold(row.external_id), fold(row.text("title"))} - {""}:
            named.setdefault(text, []).append(row)
    parents = {child: list(above) for child, above in links.all_parents().items()} if rows else {}

    def key(node: Any) -> str:
        if isinstance(node, Row):
            return links.key(held[id(node)]) if id(node) in held else f"row{id(node)}"
        return links.key(node)

    for row in rows:
        try:
            found = _nodes(run, row, named)
            for node in found:
                if (path := graph.find_loop(parents, key(node), key(row))) is not None:
                    raise _loop(run, row, path)
                parents.setdefault(key(row), []).append(key(node))
            serves[id(row)] = found
        except DomainError as error:
            row.refuse(error)
    return serves


def _loop(run: Run, row: Row, path: list[str]) -> LoopRefused:
    titles = {f"row{id(one)}": one.title for one in run.rows if one.kind == "objectives"}
    names = [
        titles.get(key) or name for key, name in zip(path, restricted_names(run, path), strict=True)
    ]
    told = " → ".join([*names, names[0]])
    return LoopRefused(f"The link would close a loop: {told}.", names, "serves")


def _nodes(run: Run, row: Row, named: dict[str, list[Row]]) -> list[Any]:
    text = row.text("serves")
    if not text:
        return []
    try:
        return [_node(run, row, text, named)]
    except DomainError:
        parts = [part.strip() for part in text.split(";") if part.strip()]
        if len(parts) < 2:
            raise
        return [_node(run, row, part, named) for part in parts]


def _node(run: Run, row: Row, text: str, named: dict[str, list[Row]]) -> Any:
    meant = [one for one in named.get(fold(text), []) if one is not row]
    if len(meant) == 1:
        return meant[0]
    if len(meant) > 1:
        raise DomainError(
            f"{len(meant)} rows are called “{shown(text)}”. Give the identifier.", "serves"
        )
    return one_of((run.priorities, run.objectives), text, "serves")


def _links(row: Row, serves: dict[int, list[Any]]) -> list[Wanted]:
    assert isinstance(row.subject, Objective)
    strength = STRENGTHS.get(row.text("strength"))
    found = []
    for node in serves.get(id(row), []):
        parent = node.subject if isinstance(node, Row) else node
        if isinstance(node, Row) and (node.is_refused or parent is None):
            row.note(f"It serves line {node.line}, which is refused; import this again then.")
            continue
        assert isinstance(parent, Objective | Priority)
        found.append(Wanted(row, row.subject, parent, strength))
    return found
