"""Colleagues pasted as lines: name, e-mail and manager, in whatever order of rows."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.people.models import Person
from goldenthread.people.services.person import add_person, set_manager, write_person
from goldenthread.permissions import Action

MOST_ROWS = 500
HEADINGS = {"name", "person", "colleague", "full name"}


@dataclass(frozen=True)
class Colleague:
    """One row as pasted; the manager is named by e-mail or by name."""

    name: str
    email: str = ""
    manager: str = ""


@dataclass(frozen=True)
class ColleagueResult:
    """What became of one row: who it is, whether they are new, and what could not be done."""

    row: Colleague
    person: Person | None
    created: bool
    problem: str = ""


def read_colleagues(text: str) -> list[Colleague]:
    """The rows of a pasted list or table: one person a line, parts divided by tab, semicolon or comma.

    A heading line is skipped, "Name <e-mail>" is understood, and the e-mail is found by its @.
    """
    rows = []
    lines = [line for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines):
        divider = next((sign for sign in "\t;," if sign in line), ",")
        line = line.replace("<", divider, 1).replace(">", "", 1) if "<" in line else line
        parts = [part.strip() for part in next(csv.reader(io.StringIO(line), delimiter=divider))]
        if number == 0 and parts[0].lower() in HEADINGS:
            continue
        first_email = 0 if "@" in parts[0] else 1
        if first_email == 0:
            name, email, rest = "", parts[0], parts[1:]
        elif len(parts) > 1 and ("@" in parts[1] or not parts[1]):
            name, email, rest = parts[0], parts[1], parts[2:]
        elif len(parts) > 2 and "@" in parts[2]:
            name, email, rest = parts[0], parts[2], [parts[1]]
        else:
            name, email, rest = parts[0], "", parts[1:]
        manager = next((part for part in rest if part), "")
        rows.append(Colleague(name, email, manager))
    return rows


@transaction.atomic
def add_colleagues(*, actor: Person, rows: Sequence[Colleague]) -> list[ColleagueResult]:
    """Add those who are new, find the others by e-mail (or a name without one), and tie them to managers.

    Leaders, HR partners and administrators. A row that can't be used says why and the others go on. Who was
    here already gets another manager only from those who may edit people.
    """
    require(actor, Action.ADD_PEOPLE)
    if len(rows) > MOST_ROWS:
        raise DomainError(f"Paste up to {MOST_ROWS} people at a time, or import a file.")
    people = _Known()
    added = [_find_or_add(actor, row, people) for row in rows]
    return [_tie(actor, result, people) for result in added]


class _Known:
    """Everybody here by e-mail and by name, read once."""

    def __init__(self) -> None:
        self.by_email: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = {}
        for person in Person.objects.all():
            self.add(person)

    def add(self, person: Person) -> None:
        if person.email:
            self.by_email[person.email] = person
        self.by_name.setdefault(person.name.casefold(), []).append(person)

    def named(self, text: str) -> list[Person]:
        text = " ".join(text.split())
        if "@" in text:
            found = self.by_email.get(text.lower())
            return [found] if found else []
        return self.by_name.get(text.casefold(), [])


def _find_or_add(actor: Person, row: Colleague, people: _Known) -> ColleagueResult:
    known = people.named(row.email or row.name)
    if len(known) > 1:
        return ColleagueResult(
            row, None, False, f"{len(known)} people are called {row.name}: give the e-mail."
        )
    if known:
        return ColleagueResult(row, known[0], False)
    try:
        person = add_person(actor=actor, name=row.name, email=row.email)
    except DomainError as error:
        return ColleagueResult(row, None, False, error.message)
    people.add(person)
    return ColleagueResult(row, person, True)


def _tie(actor: Person, result: ColleagueResult, people: _Known) -> ColleagueResult:
    row, person = result.row, result.person
    if person is None or not row.manager:
        return result
    managers = people.named(row.manager)
    if len(managers) != 1:
        problem = f"Nobody called {row.manager} is here or in the list"
        if managers:
            problem = f"{len(managers)} people are called {row.manager}: give the manager's e-mail"
        return ColleagueResult(row, person, result.created, f"{problem}. No manager was set.")
    try:
        if result.created:
            write_person(actor, "set manager", person, {"manager": managers[0]})
        else:
            set_manager(actor=actor, person=person, manager=managers[0])
    except (DomainError, NotAllowed) as error:
        return ColleagueResult(row, person, result.created, error.message)
    return result
