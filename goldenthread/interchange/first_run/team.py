"""Colleagues pasted, looked at row by row, and added: the good ones at once, the others stay to be mended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from goldenthread.interchange.readers.colleagues import Colleague as PastedRow
from goldenthread.interchange.readers.colleagues import read_colleagues
from goldenthread.people.models import Person
from goldenthread.people.services import Colleague, add_colleagues, edit_person

MOST_ROWS = 300
HEADER = "name\temail\tmanager"


@dataclass(frozen=True)
class Row:
    """One colleague as the page shows them: what was typed, what is wrong, who they are already."""

    name: str
    email: str
    manager: str
    problems: tuple[str, ...] = ()
    known_as: str = ""
    note: str = ""


def read_paste(text: str) -> list[Row]:
    """The rows of a pasted list, with what is wrong with each. Raises `RefusedFile` when there is nobody."""
    people = _People()
    return [_row(row, people) for row in read_colleagues(text, people.names)]


def read_rows(sent: Mapping[str, Any]) -> list[Row]:
    """The rows of the preview as mended by hand, looked at again; an emptied row is let go."""
    typed = []
    for number in range(MOST_ROWS):
        if f"name-{number}" not in sent:
            break
        cells = [_cell(sent.get(f"{what}-{number}", "")) for what in ("name", "email", "manager")]
        if any(cells):
            typed.append("\t".join(cells))
    if not typed:
        return []
    people = _People()
    return [_row(row, people) for row in read_colleagues("\n".join([HEADER, *typed]), people.names)]


@transaction.atomic
def add_good_rows(*, actor: Person, rows: Sequence[Row]) -> tuple[int, list[Row]]:
    """Add the rows without a problem; how many people are new, and the rows that still need a look.

    Somebody added by name alone before, such as a sponsor, is the same person once an e-mail is given with that
    name. Asks *add people*, and *edit person* for that e-mail.
    """
    good = [row for row in rows if not row.problems]
    people = _People()
    for row in good:
        same = people.without_email(row.name) if row.email else None
        if same is not None and row.email.lower() not in people.names:
            edit_person(actor=actor, person=same, email=row.email)
    results = add_colleagues(
        actor=actor, rows=[Colleague(row.name, row.email, row.manager) for row in good]
    )
    refused = [
        replace(row, problems=(result.problem,))
        for row, result in zip(good, results, strict=True)
        if result.problem
    ]
    left = [row for row in rows if row.problems] + refused
    return sum(result.created for result in results), left


class _People:
    """Everybody here by name and e-mail, read once."""

    def __init__(self) -> None:
        self.by_word: dict[str, list[Person]] = {}
        for person in Person.objects.all():
            for word in {person.name.casefold(), person.email} - {""}:
                self.by_word.setdefault(word, []).append(person)

    @property
    def names(self) -> set[str]:
        return set(self.by_word)

    def without_email(self, name: str) -> Person | None:
        found = self.by_word.get(" ".join(name.split()).casefold(), [])
        return found[0] if len(found) == 1 and not found[0].email else None

    def known_as(self, name: str, email: str) -> str:
        found = self.by_word.get(email.lower()) if email else self.by_word.get(name.casefold())
        same = found[0] if found else self.without_email(name)
        return same.name if same else ""


def _row(read: PastedRow, people: _People) -> Row:
    # What was not used of a row is said, and is no reason to keep the person out.
    problems = tuple(one.message for one in read.problems if one.code != "unread")
    known = people.known_as(read.name, read.email)
    note = " ".join(one.message for one in read.problems if one.code == "unread")
    return Row(read.name, read.email, read.manager, problems, known, note)


def _cell(text: Any) -> str:
    """One cell as the reader takes it: no signs that part cells or mark an address."""
    return " ".join("".join(" " if sign in '\t\r\n<>"' else sign for sign in str(text)).split())
