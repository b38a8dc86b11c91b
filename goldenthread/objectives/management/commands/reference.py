"""`goldenthread reference`: write docs/reference/ from the tables in code that it tells of."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from goldenthread.objectives.cascade_states import CASCADE_MOVES, OPEN, CascadeState
from goldenthread.objectives.states import CLOSED, COUNTED, MOVES, State
from goldenthread.permissions import ALLOWED, LENT, Relation

MADE = "Made by `goldenthread reference` from `{}`; edit that, not this page."


class Command(BaseCommand):
    help = "Write docs/reference/ from the tables in code. With --check: only say whether it is current."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when stale")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "docs" / "reference"
        stale = [
            name
            for name, text in pages().items()
            if not (folder / name).exists() or (folder / name).read_text() != text
        ]
        if options["check"]:
            if stale:
                raise CommandError(
                    f"Not current: {', '.join(stale)}. Run `goldenthread reference` and commit."
                )
            return
        folder.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (folder / name).write_text(pages()[name])
        self.stdout.write(f"Written: {', '.join(stale) or 'nothing, all is current'}.")


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    return {
        "permissions.md": _permissions(),
        "objective-states.md": _states(),
        "cascade-states.md": _cascade_states(),
    }


def _permissions() -> str:
    """Actions down, relations across; every action shown, also one that nobody has."""
    head = ["Action", *(relation.value[0].upper() + relation.value[1:] for relation in Relation)]
    rows = [
        [action.value, *("●" if relation in allowed else "" for relation in Relation)]
        for action, allowed in ALLOWED.items()
    ]
    return "\n".join(
        [
            "# Who may do what",
            "",
            MADE.format("goldenthread/permissions.py"),
            "",
            "An action on a record is allowed when the person stands to the record in one of the ways marked. "
            "*Everybody* means anyone signed in, where the record is open to all; a role alone (the last three) counts "
            "whatever the record. What a state adds (a draft "
            "can be edited, an agreed objective only changed by both sides) is in "
            "[Objective states](objective-states.md) and [Cascade states](cascade-states.md).",
            "",
            *_table(head, rows),
            "",
            "A deputy has on records of work (strategies, priorities, KPIs, units, objectives and what belongs to "
            "them) what the person whom they stand in for has as: "
            f"{', '.join(one.value for one in Relation if one in LENT)}. Not where they are the owner themself, "
            "not of both sides of an agreement, and nothing of those whom that person stands in for in turn.",
            "",
        ]
    )


def _states() -> str:
    kinds = {state: "closed" if state in CLOSED else "open" for state in State}
    states = [[state.label, kinds[state], "yes" if state in COUNTED else "no"] for state in State]
    moves = [
        [move.source.label, move.target.label, move.action.value, move.means] for move in MOVES
    ]
    return "\n".join(
        [
            "# Objective states",
            "",
            MADE.format("goldenthread/objectives/states.py"),
            "",
            *_table(["State", "Open or closed", "Counted in figures of current work"], states),
            "",
            "## Who may move it where",
            "",
            "Who has the permission named is in [Who may do what](permissions.md).",
            "",
            *_table(["From", "To", "Permission", "What it means"], moves),
            "",
        ]
    )


def _cascade_states() -> str:
    states = [[state.label, "open" if state in OPEN else "closed"] for state in CascadeState]
    moves = [
        [move.source.label, move.target.label, move.action.value, move.means]
        for move in CASCADE_MOVES
    ]
    return "\n".join(
        [
            "# Cascade states",
            "",
            MADE.format("goldenthread/objectives/cascade_states.py"),
            "",
            *_table(["State", "Open or closed"], states),
            "",
            "A version that answers one which no longer stands is kept as stale beside it and moves nothing. No answer "
            "by the day is shown as overdue, and is never taken for consent.",
            "",
            "## Who may move it where",
            "",
            "Agreement takes both sides: whoever wrote the version that stands does not agree to it. Where one person "
            "speaks for both units, the next above agrees; where there is nobody, the record says that one agreed "
            "alone. Who has the permission named is in [Who may do what](permissions.md).",
            "",
            *_table(["From", "To", "Permission", "What it means"], moves),
            "",
        ]
    )


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("  ", " ")
