"""Writing contributions: what serves what, refused with the path where it would close a loop."""

from dataclasses import dataclass

from goldenthread.core.access import require
from goldenthread.interchange.services.known import one_of
from goldenthread.interchange.services.rows import Outcome, Row, shown
from goldenthread.interchange.services.run import Run
from goldenthread.objectives.models import Contribution
from goldenthread.objectives.services import imported, links
from goldenthread.permissions import Action

STRENGTHS = {"weak": 1, "medium": 3, "strong": 9}
MEDIUM = STRENGTHS["medium"]
WORDS = {strength: word for word, strength in STRENGTHS.items()}


@dataclass(frozen=True)
class Wanted:
    """A link that a row asks for; `strength` None leaves how strong it is, or takes medium for a new one."""

    row: Row
    child: links.Node
    parent: links.Node
    strength: int | None = None
    external_id: str = ""


def write_contributions(run: Run) -> None:
    require(run.actor, Action.IMPORT)
    wanted = []
    for row in run.each("contributions"):
        with run.attempt(row):
            child = one_of((run.objectives, run.priorities), row.text("child"), "child")
            parent = one_of((run.priorities, run.objectives), row.text("parent"), "parent")
            strength = STRENGTHS.get(row.text("strength"))
            row.about = str(parent)
            wanted.append(Wanted(row, child, parent, strength, row.external_id))
    tie(run, wanted)


def tie(run: Run, wanted: list[Wanted]) -> None:
    """Write the links: those of objectives that nobody has taken on together, others as who stands there may."""
    if not wanted:
        return
    held = {
        (one.child, one.parent): one
        for one in Contribution.objects.filter(valid_to__isnull=True).select_related(
            "child_objective", "child_priority", "parent_objective", "parent_priority"
        )
    }
    together: list[tuple[Wanted, Contribution | None]] = []
    for one in wanted:
        standing = held.get((one.child, one.parent))
        if standing is not None and one.strength in (None, standing.strength):
            _settled(one, Outcome.UNCHANGED)
        elif imported.open_to_links(run.actor, one.child):
            together.append((one, standing))
        else:
            _one_by_one(run, one, standing)
    told = imported.bring_in_links(
        actor=run.actor,
        rows=[
            imported.IncomingLink(
                one.child, one.parent, one.strength or MEDIUM, one.external_id, standing
            )
            for one, standing in together
        ],
    )
    for (one, standing), error in zip(together, told, strict=True):
        if error is None:
            _settled(one, Outcome.UPDATED if standing else Outcome.CREATED, standing)
        else:
            one.row.refuse(error)


def _one_by_one(run: Run, one: Wanted, standing: Contribution | None) -> None:
    alone = one.row.kind == "contributions"
    failed = Row(one.row.line, one.row.kind, one.row.title)
    with run.attempt(failed):
        links.link(
            actor=run.actor,
            child=one.child,
            parent=one.parent,
            strength=one.strength or MEDIUM,
            external_id=one.external_id,
        )
    if not failed.is_refused:
        _settled(one, Outcome.UPDATED if standing else Outcome.CREATED, standing)
    elif alone:
        one.row.reason, one.row.outcome = failed.reason, Outcome.REFUSED
    else:
        one.row.note(f"Not linked to “{shown(one.parent)}”: {failed.reason}")


def _settled(one: Wanted, outcome: str, standing: Contribution | None = None) -> None:
    row = one.row
    if row.kind == "contributions":
        row.done(one.child, outcome)
    elif row.outcome == Outcome.CREATED:
        row.note(f"Serves {shown(one.parent)}.")
        return
    elif outcome != Outcome.UNCHANGED:
        row.done(one.child, Outcome.UPDATED)
    if row.outcome == Outcome.UPDATED and outcome != Outcome.UNCHANGED:
        was = WORDS[standing.strength] if standing else "–"
        row.changes.append([f"Serves {shown(one.parent)}", was, WORDS[one.strength or MEDIUM]])


def restricted_names(run: Run, path: list[str]) -> list[str]:
    """The titles of nodes ("o12", "p3"), as far as the reader may know them."""
    titles = {f"o{one.pk}": one.title for one in run.all_objectives()}
    hidden = {f"o{pk}" for pk in run.objectives.hidden} | {f"p{pk}" for pk in run.priorities.hidden}
    for same in run.priorities.by_identity.values():
        titles |= {f"p{one.pk}": one.title for one in same}
    return ["something restricted" if key in hidden else titles.get(key, "") for key in path]
