"""Turn the employees sample database (SQLite) into tables that Goldenthread imports.

    python prepare.py employee.sqlite.db FOLDER_TO_WRITE

Standard library only. What becomes of what is in docs/guide/employees.md.
"""

import csv
import sqlite3
import sys
from collections.abc import Iterable
from pathlib import Path

OPEN_END = "9999-01-01"  # how the data says "until now"


def latest(rows: Iterable[tuple[str, str, str, str]]) -> dict[str, tuple[str, str]]:
    """For each person what holds now, else what held last: what, and until when."""
    found: dict[str, tuple[str, str, str]] = {}
    for person, what, start, end in rows:
        if person not in found or (end, start) > (found[person][1], found[person][2]):
            found[person] = (what, end, start)
    return {person: (what, end) for person, (what, end, _) in found.items()}


def table(database: sqlite3.Connection, query: str) -> list[tuple[str, ...]]:
    return [tuple(str(cell) for cell in row) for row in database.execute(query)]


def main(source: Path, target: Path) -> None:
    database = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    departments = table(database, "SELECT dept_no, dept_name FROM department ORDER BY dept_no")
    people = table(
        database, "SELECT emp_no, first_name, last_name, hire_date FROM employee ORDER BY emp_no"
    )
    places = latest(table(database, "SELECT emp_no, dept_no, from_date, to_date FROM dept_emp"))
    titles = latest(table(database, "SELECT emp_no, title, from_date, to_date FROM title"))
    heads = {
        department: person
        for person, department, end in table(
            database, "SELECT emp_no, dept_no, to_date FROM dept_manager ORDER BY to_date"
        )
        if end == OPEN_END
    }
    known = {person for person, *_ in people}
    here = {person for person in known if places.get(person, ("", OPEN_END))[1] == OPEN_END}
    outside = [
        f"{person} leads {department} and works in {places[person][0]}"
        for department, person in sorted(heads.items())
        if person in places and places[person][0] != department
    ]
    gone = [
        f"{person} leads {department} and has left: nobody is named"
        for department, person in sorted(heads.items())
        if person not in here
    ]
    heads = {department: person for department, person in heads.items() if person in here}
    target.mkdir(parents=True, exist_ok=True)
    with (target / "units.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [
                ("external_id", "name", "leader"),
                *((number, name, heads.get(number, "")) for number, name in departments),
            ]
        )
    left = 0
    with (target / "people.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("external_id", "name", "unit", "manager", "position", "start", "end"))
        for person, first, last, hired in people:
            unit, until = places.get(person, ("", OPEN_END))
            left += person not in here
            # Heads work in each other's departments: by these they would report in a circle. Nothing says to whom
            # they do report, so to nobody.
            manager = heads.get(unit, "") if person in here and person not in heads.values() else ""
            position = titles.get(person, ("", ""))[0]
            writer.writerow(
                (
                    person,
                    f"{first} {last}",
                    unit,
                    manager,
                    position,
                    hired,
                    "" if person in here else until,
                )
            )
    print(f"{len(departments)} units, {len(people)} people, {left} of them have left")
    for words in (*outside, *gone):
        print(f"  {words}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
