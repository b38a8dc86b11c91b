"""Founding Aldervale Heat: its units, people, reporting lines, absences and accounts."""

import datetime as dt
import random
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from goldenthread.core import audit
from goldenthread.demo.days import day, standing_on
from goldenthread.demo.tables import organisation as table
from goldenthread.demo.tables.organisation import PersonRow
from goldenthread.objectives.models import Objective
from goldenthread.people import services
from goldenthread.people.models import Person, Unit, User

SEED = 1204


@dataclass
class Company:
    """Who and what is here, by the names that the tables use."""

    people: dict[str, Person] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    fillers: dict[str, list[Person]] = field(default_factory=dict)

    def owner(self, name: str) -> Person | Unit:
        """A unit, somebody named, or "~Unit 2": the second of its people without a name in the tables."""
        if name.startswith("~"):
            unit, number = name[1:].rsplit(" ", 1)
            return self.fillers[unit][int(number) - 1]
        return self.units[name] if name in self.units else self.people[name]

    def speaker(self, owner: Person | Unit) -> Person:
        """Who acts for an owner: the one who answers for it, or the first above with an account."""
        person = owner if isinstance(owner, Person) else owner.leader
        while person is not None and person.user_id is None:
            person = person.manager
        if person is None:
            raise LookupError(f"nobody above {owner} has an account")
        return person

    def speaker_for(self, objective: Objective) -> Person:
        """Who acts for an objective."""
        owner = objective.owner
        if owner is None:
            raise LookupError(f"nobody owns {objective}")
        return self.speaker(owner)


def found() -> Company:
    """Make the organisation with everybody in it, as on its first day."""
    company = Company()
    with standing_on(day(table.FOUNDED_ON)):
        founder = services.found_organisation(
            name=table.NAME,
            time_zone=table.TIME_ZONE,
            person_name=table.PEOPLE[0].name,
            email=email_of(table.PEOPLE[0].name, Counter()),
            password=table.PASSWORD,
        )
    with standing_on(day(table.FOUNDED_ON)):
        company.people[founder.name] = founder
        for unit in table.UNITS:
            company.units[unit.name] = services.add_unit(
                actor=founder, name=unit.name, parent=company.units.get(unit.parent)
            )
        _hire(company, founder)
        for unit in table.UNITS:
            services.set_unit_leader(
                actor=founder, unit=company.units[unit.name], leader=company.people[unit.leader]
            )
        _open_accounts(company, founder)
    administrator = company.people["Emil Strand"]
    for name, first, last in table.ABSENCES:
        with standing_on(day(first) - dt.timedelta(days=30)):
            services.record_absence(
                actor=company.people["Nadia Berger"],
                person=company.people[name],
                start=day(first),
                end=day(last),
            )
    with standing_on(day(table.LATE_JOINER.start)):
        _add(company, administrator, table.LATE_JOINER, Counter())
    return company


def _hire(company: Company, founder: Person) -> None:
    """Everybody, managers before those who report to them."""
    drawn, emails = random.Random(SEED), Counter[str]()  # noqa: S311  the same each time
    _add(company, founder, table.PEOPLE[0], emails)
    for row in table.PEOPLE[1:]:
        _add(company, founder, row, emails)
    names, part_time = _names(drawn), _part_time()
    for fill in table.FILLS:
        for _ in range(fill.people):
            row = PersonRow(next(names), fill.unit, fill.position, fill.level, _start(drawn))
            person = _add(company, founder, row, emails, next(part_time))
            company.fillers.setdefault(fill.unit, []).append(person)
    for unit, position, level, last in table.LEAVERS:
        row = PersonRow(next(names), unit, position, level, _start(drawn))
        _add(company, founder, row, emails, end=day(last))


def _add(
    company: Company,
    actor: Person,
    row: PersonRow,
    emails: "Counter[str]",
    fte: str = "1",
    end: dt.date | None = None,
) -> Person:
    unit = company.units[row.unit]
    fields = {
        "unit": unit,
        "position": row.position,
        "level": row.level,
        "fte": Decimal(fte),
        "start": day(row.start),
        "end": end,
    }
    if row.name in company.people:  # the founder is here already
        person = company.people[row.name]
        return services.edit_person(actor=actor, person=person, **fields)  # type: ignore[arg-type]  # fields by name
    person = services.add_person(
        actor=actor,
        name=row.name,
        email=email_of(row.name, emails),
        manager=_manager(company, row),
        **fields,  # type: ignore[arg-type]  # fields by name
    )
    company.people[person.name] = person
    return person


def _manager(company: Company, row: PersonRow) -> Person | None:
    """The leader of the unit; of a leader, the leader of the unit above."""
    units = {unit.name: unit for unit in table.UNITS}
    unit = units[row.unit]
    if unit.leader == row.name:
        unit = units[unit.parent]
    return company.people[unit.leader]


def _names(drawn: random.Random) -> Iterator[str]:
    first, last = list(table.FIRST_NAMES), list(table.LAST_NAMES)
    while True:
        drawn.shuffle(first)
        drawn.shuffle(last)
        yield from (f"{one} {other}" for one, other in zip(first, last, strict=False))


def _part_time() -> Iterator[str]:
    """The FTE of each of the filler people: every fourth works part time until the table is used up."""
    left = [fte for fte, count in table.PART_TIME.items() for _ in range(count)]
    number = 0
    while True:
        number += 1
        yield left.pop() if left and number % 4 == 0 else "1"


def _start(drawn: random.Random) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"1 {drawn.choice(months)} {drawn.randint(2012, 2025)}"


def _open_accounts(company: Company, founder: Person) -> None:
    """One password for all, encoded once: the slowness of encoding it is what protects real ones."""
    assert founder.user is not None
    encoded = founder.user.password
    for row in table.ACCOUNTS:
        person = company.people[row.name]
        if person.user_id is None:
            person.user = User.objects.create(email=person.email, password=encoded)
            person.save(update_fields=["user"])
            audit.record(person, "accept invitation", person)
    services.grant_roles(
        actor=founder, person=company.people["Nadia Berger"], leader=False, hr=True, admin=False
    )
    emil = company.people["Emil Strand"]
    services.grant_roles(actor=founder, person=emil, leader=False, hr=False, admin=True)
    services.grant_roles(actor=emil, person=founder, leader=True, hr=False, admin=False)


def email_of(name: str, taken: "Counter[str]") -> str:
    """p.zielonka@aldervale.example; the second of the same name gets a number."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = plain.split()
    local = f"{words[0][0]}.{'-'.join(words[1:])}"
    taken[local] += 1
    return f"{local}{taken[local] if taken[local] > 1 else ''}@{table.DOMAIN}"
