"""People out of a file: many at once, by the rules of adding and editing one, in a number of queries that does not
grow with them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from goldenthread.core import audit, bulk, history
from goldenthread.core.access import can, require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.people.models import Person, UnitClosure
from goldenthread.people.services.lines import REPORTING, K, one_at_a_time
from goldenthread.people.services.person import (
    PersonFields,
    checked_fields,
    normal_email,
    rise_refused,
    works_here,
    write_person,
)
from goldenthread.permissions import Action


@dataclass(eq=False)
class PersonRow:
    """One person as a file has them: somebody here, or new without `person`.

    `manager` is somebody here or another row; it is written only where `has_manager`. `loaded` fills in the person,
    what changed, or in `problem` why nothing was written.
    """

    values: PersonFields
    person: Person | None = None
    has_manager: bool = False
    manager: "Person | PersonRow | None" = None
    created: bool = False
    problem: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.person.name if self.person else str(self.values.get("name", ""))


@transaction.atomic
def load_people(*, actor: Person, rows: Sequence[PersonRow]) -> None:
    """Add those who are new and change those who are here; each row says what became of it.

    Leaders, HR partners and administrators add; HR partners and administrators change. A row that can't be used
    says why in `problem`, a loop of managers with its path, and the others go on.
    """
    require(actor, Action.ADD_PEOPLE)
    one_at_a_time()
    # Not against those who only refer to a person meanwhile, as a check-in does to its author.
    here = Person.objects.select_for_update(of=("self",), no_key=True)
    here = here.select_related("manager", "unit")
    everybody = {person.pk: person for person in here}
    for row in rows:
        if row.person is not None:
            row.person = everybody[row.person.pk]
    _check(actor, rows, everybody.values())
    _refuse_loops(rows, everybody)
    _refuse_rise(actor, [row for row in rows if not row.problem and row.person], everybody)
    _write(actor, [row for row in rows if not row.problem])


def loops(above: Mapping[K, K | None]) -> list[list[K]]:
    """Every loop in a map from each node to the one above it, each as a path that ends where it began."""
    seen: dict[K, K] = {}  # node -> where the walk that met it started
    found = []
    for start in above:
        path: list[K] = []
        node: K | None = start
        while node is not None and node not in seen:
            seen[node] = start
            path.append(node)
            node = above.get(node)
        if node is not None and seen[node] == start and node in path:
            found.append([*path[path.index(node) :], node])
    return found


def _check(actor: Person, rows: Sequence[PersonRow], everybody: Collection[Person]) -> None:
    """The fields of each row as one by one, with e-mails and identifiers looked up in memory."""
    may_edit, may_grant = can(actor, Action.EDIT_PERSON), can(actor, Action.GRANT_ROLES)
    emails = {person.email: person.name for person in everybody if person.email}
    ids = {person.external_id: person.name for person in everybody if person.external_id}
    for row in rows:
        try:
            values = dict(row.values)
            email = normal_email(str(values.pop("email", "") or ""))
            external_id = str(values.pop("external_id", "") or "").strip()
            values = checked_fields(row.person, values)  # type: ignore[arg-type]  # fields of a person
            if email and email != (row.person and row.person.email):
                if email in emails:
                    raise DomainError(f"{emails[email]} has the e-mail {email} already.", "email")
                _refuse_account(row.person, may_grant)
                emails[email] = row.name
                values["email"] = email
            if external_id and external_id != (row.person and row.person.external_id):
                if external_id in ids:
                    raise DomainError(
                        f"{ids[external_id]} has the identifier {external_id} already."
                    )
                ids[external_id] = row.name
                values["external_id"] = external_id
            if isinstance(row.manager, Person) and row.manager != (
                row.person and row.person.manager
            ):
                works_here(row.manager, "manager")
            if row.person is not None:
                row.before, row.after = audit.changed(row.person, values)
                if (row.after or _moves(row)) and not may_edit:
                    raise NotAllowed(
                        f"{row.person} is here already. HR partners and administrators change people."
                    )
            else:
                row.after = values
        except (DomainError, NotAllowed) as error:
            row.problem = error.message


def _refuse_account(person: Person | None, may_grant: bool) -> None:
    if person is not None and person.user_id is not None and not may_grant:
        raise DomainError(
            f"{person} signs in with {person.email}. Ask an administrator to change it.", "email"
        )


def _moves(row: PersonRow) -> bool:
    if not row.has_manager or row.person is None:
        return False
    manager = row.manager
    if isinstance(manager, PersonRow):
        new = manager.person is None and not manager.problem
        return new or manager.person not in (None, row.person.manager)
    return (manager.pk if manager else None) != row.person.manager_id


def _refuse_loops(rows: Sequence[PersonRow], everybody: Mapping[int, Person]) -> None:
    """Refuse the rows whose managers close a loop, each with its path; what they said before still holds."""
    while True:
        above: dict[Any, Any] = {pk: person.manager_id for pk, person in everybody.items()}
        by_key: dict[Any, PersonRow] = {}
        for row in rows:
            if not row.problem:
                by_key[_key(row)] = row
                if row.has_manager:
                    above[_key(row)] = _key(row.manager) if row.manager is not None else None
        found = loops(above)
        if not found:
            return
        for path in found:
            names = [by_key[key].name if key in by_key else everybody[key].name for key in path]
            for number, key in enumerate(path[:-1]):
                if key in by_key and by_key[key].has_manager:
                    around = [*names[number:-1], *names[:number], names[number]]
                    by_key[key].problem = f"That closes a loop: {' → '.join(around)}."


def _key(node: Person | PersonRow) -> Any:
    person = node.person if isinstance(node, PersonRow) else node
    return person.pk if person is not None else (id(node),)


def _refuse_rise(actor: Person, rows: Iterable[PersonRow], everybody: Mapping[int, Person]) -> None:
    """Nobody but an administrator comes to stand above somebody by their own change, as one by one."""
    if can(actor, Action.GRANT_ROLES):
        return
    led = set(
        UnitClosure.objects.filter(ancestor__leader=actor).values_list("descendant_id", flat=True)
    )

    def is_below(person: Person | None) -> bool:
        seen = set[int]()
        while person is not None and person.pk not in seen:
            if person.pk == actor.pk:
                return True
            seen.add(person.pk)
            person = everybody.get(person.manager_id or 0)
        return False

    for row in rows:
        person = row.person
        if person is None or person.pk == actor.pk or person.unit_id in led or is_below(person):
            continue
        manager = row.manager.person if isinstance(row.manager, PersonRow) else row.manager
        unit = row.after.get("unit")
        if (_moves(row) and is_below(manager)) or (unit is not None and unit.pk in led):
            row.problem = rise_refused(person, "manager").message


def _write(actor: Person, rows: Sequence[PersonRow]) -> None:
    for row in rows:
        if row.person is not None and "email" in row.after and row.person.user_id is not None:
            # The account goes with it; this is rare, so one by one.
            write_person(actor, "import person", row.person, row.after)
    new = [row for row in rows if row.person is None]
    for row in new:
        row.created = True
        row.person = Person(**row.after)
        row.after = {name: value for name, value in row.after.items() if value not in ("", None)}
    for level in _from_the_top(new):
        for row in level:
            _apply(row, only_manager=True)
        bulk.add([row.person for row in level if row.person], "adding people")
    people = [row.person for row in new if row.person is not None]
    changed = [row for row in rows if not row.created and _apply(row)]
    for row in changed:
        assert row.person is not None
        row.person.version += 1
        row.person.updated_at = timezone.now()
    written = [row.person for row in changed if row.person is not None]
    fields = sorted({name for row in changed for name in row.after} | {"version", "updated_at"})
    bulk.rewrite(written, fields)
    history.keep([*people, *(row.person for row in changed if row.person is not None)])
    if any("manager" in row.after for row in (*changed, *new)):
        REPORTING.rebuild()
    audit.record_all(
        actor, "add person", [(row.person, {}, row.after) for row in new if row.person]
    )
    audit.record_all(
        actor,
        "import person",
        [(row.person, row.before, row.after) for row in changed if row.person],
    )


def _from_the_top(rows: Sequence[PersonRow]) -> list[list[PersonRow]]:
    """New people in levels, so that everybody's manager is written before them."""
    depths: dict[int, int] = {}
    levels: list[list[PersonRow]] = []
    for row in rows:
        line: list[PersonRow] = []
        node: PersonRow | Person | None = row
        while isinstance(node, PersonRow) and node.created and id(node) not in depths:
            line.append(node)
            node = node.manager if node.has_manager else None
        depth = depths.get(id(node), -1)
        for each in reversed(line):
            depth += 1
            depths[id(each)] = depth
    for row in rows:
        while len(levels) <= depths[id(row)]:
            levels.append([])
        levels[depths[id(row)]].append(row)
    return levels


def _apply(row: PersonRow, *, only_manager: bool = False) -> bool:
    """Set what the row says on its person; whether anything is to be written."""
    person = row.person
    assert person is not None
    values: dict[str, Any] = {} if only_manager else dict(row.after)
    if row.has_manager:
        manager = row.manager.person if isinstance(row.manager, PersonRow) else row.manager
        refused = manager is None and row.manager is not None  # whoever stands above did not get in
        if not refused and (manager.pk if manager else None) != person.manager_id:
            row.before["manager"] = person.manager
            row.after["manager"] = values["manager"] = manager
    if only_manager:
        row.before = {}
    for name, value in values.items():
        setattr(person, name, value)
    return bool(values)
