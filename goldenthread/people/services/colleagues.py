"""Colleagues pasted as lines: name, e-mail and manager, in whatever order of rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from goldenthread.core import audit, history
from goldenthread.core.access import can, require
from goldenthread.core.bulk import rewrite
from goldenthread.core.errors import DomainError, LoopRefused
from goldenthread.people.models import Person
from goldenthread.people.services.lines import REPORTING, one_at_a_time
from goldenthread.people.services.person import checked_name, normal_email, rise_refused, works_here
from goldenthread.permissions import Action

MOST_ROWS = 2_000
NOBODY = {"", "-", "–", "none", "nobody", "n/a"}


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


@transaction.atomic
def add_colleagues(*, actor: Person, rows: Sequence[Colleague]) -> list[ColleagueResult]:
    """Add those who are new, find the others by e-mail (or a name without one), and tie them to managers.

    Leaders, HR partners and administrators. A row that can't be used says why and the others go on. Who was
    here already gets another manager only from those who may edit people, and as `edit_person` has it. The
    number of queries does not depend on the number of rows.
    """
    require(actor, Action.ADD_PEOPLE)
    if len(rows) > MOST_ROWS:
        raise DomainError(f"Paste up to {MOST_ROWS:,} people at a time, or import a file.")
    one_at_a_time()
    everybody = _Everybody()
    results = [_find_or_make(row, everybody) for row in rows]
    new = [result.person for result in results if result.created and result.person is not None]
    Person.objects.bulk_create(new)
    history.keep(new)
    everybody.take_in(new)
    audit.record_all(
        actor,
        "add person",
        [(person, {}, {"name": person.name, "email": person.email}) for person in new],
    )
    before: dict[int, int | None] = {}
    results = [_tie(actor, result, everybody, before) for result in results]
    _save_lines(actor, everybody, before)
    return results


class _Everybody:
    """Everybody here by id, by e-mail and by name, and who reports to whom; read once, and nobody else edits them."""

    def __init__(self) -> None:
        self.by_pk: dict[int, Person] = {}
        self.by_email: dict[str, Person] = {}
        self.by_name: dict[str, list[Person]] = {}
        for person in Person.objects.select_for_update():
            self.by_pk[person.pk] = person
            self.add(person)

    def add(self, person: Person) -> None:
        if person.email:
            self.by_email[person.email] = person
        self.by_name.setdefault(person.name.casefold(), []).append(person)

    def take_in(self, people: Sequence[Person]) -> None:
        self.by_pk |= {person.pk: person for person in people}

    def named(self, text: str) -> list[Person]:
        text = " ".join(text.split())
        if "@" in text:
            found = self.by_email.get(text.lower())
            return [found] if found else []
        return self.by_name.get(text.casefold(), [])

    def line(self, person: Person | None) -> Iterator[Person]:
        """The person and everybody above them, the nearest first."""
        while person is not None:
            yield person
            person = self.by_pk[person.manager_id] if person.manager_id else None

    def refuse_loop(self, person: Person, manager: Person) -> None:
        """Raise `LoopRefused` if the manager is the person or reports to them."""
        path = [person.name]
        for above in self.line(manager):
            path.append(above.name)
            if above.pk == person.pk:
                raise LoopRefused(f"That closes a loop: {' → '.join(path)}.", path, "manager")


def _find_or_make(row: Colleague, everybody: _Everybody) -> ColleagueResult:
    known = everybody.named(row.email or row.name)
    if len(known) > 1:
        problem = f"{len(known)} people are called {row.name}: give the e-mail."
        return ColleagueResult(row, None, False, problem)
    if known:
        return ColleagueResult(row, known[0], False)
    try:
        name = checked_name(row.name, "name", "A person")
        person = Person(name=name, email=normal_email(row.email))
    except DomainError as error:
        return ColleagueResult(row, None, False, error.message)
    everybody.add(person)
    return ColleagueResult(row, person, True)


def _tie(
    actor: Person, result: ColleagueResult, everybody: _Everybody, before: dict[int, int | None]
) -> ColleagueResult:
    """Give the person of the row its manager in memory, and note in `before` whom they had."""
    row, person = result.row, result.person
    if person is None or row.manager.strip().casefold() in NOBODY:
        return result
    managers = everybody.named(row.manager)
    if not managers:
        problem = f"Nobody called {row.manager} is here or in the list. No manager was set."
        return replace(result, problem=problem)
    if len(managers) > 1:
        problem = f"{len(managers)} people are called {row.manager}: give the manager’s e-mail."
        return replace(result, problem=problem)
    if person.manager_id == managers[0].pk:
        return result
    if not result.created and not can(actor, Action.EDIT_PERSON):
        problem = f"{person} was here already. HR partners and administrators change managers."
        return replace(result, problem=problem)
    rises = actor in everybody.line(managers[0]) and actor not in everybody.line(person)
    if not result.created and rises and not can(actor, Action.GRANT_ROLES):
        return replace(result, problem=rise_refused(person, "manager").message)
    try:
        works_here(managers[0], "manager")
        everybody.refuse_loop(person, managers[0])
    except DomainError as error:
        return replace(result, problem=error.message)
    before.setdefault(person.pk, person.manager_id)
    person.manager = managers[0]
    return result


def _save_lines(actor: Person, everybody: _Everybody, before: dict[int, int | None]) -> None:
    if not before:
        return
    moved = [everybody.by_pk[pk] for pk in before]
    for person in moved:
        person.version += 1
    rewrite(moved, ["manager", "version"])
    history.keep(moved, ["manager"])
    REPORTING.rebuild()
    lines = [
        (person, {"manager": before[person.pk]}, {"manager": person.manager_id}) for person in moved
    ]
    audit.record_all(actor, "set manager", lines)
