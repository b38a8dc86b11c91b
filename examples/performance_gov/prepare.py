"""Turn goals and quarterly targets of Performance.gov (United States) into tables that Goldenthread imports.

    python prepare.py FOLDER_WITH_GOALS_AND_TARGETS FOLDER_TO_WRITE

Standard library only. It says what it could not use and why. What becomes of what is in docs/guide/performance-gov.md.
"""

import csv
import json
import re
import sys
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path

Row = dict[str, str]
TOP = "US"
NOTHING = {"", "#REF!", "#N/A", "N/A"}  # what a spreadsheet leaves where a formula found nothing
CYCLE = ("FY 2022–2023", "2021-10-01", "2023-09-30")  # priority goals run for two fiscal years
QUARTERS = {"1": "2021-12-31", "2": "2022-03-31", "3": "2022-06-30", "4": "2022-09-30"}
KINDS = {
    "Measurable increase": "metric",
    "Measurable decrease": "metric",
    "Maintain at or above threshold": "threshold",
    "Maintain at or below threshold": "threshold",
    "Complete milestone": "milestones",
}


def text(row: Row, name: str) -> str:
    found = " ".join(str(row.get(name) or "").split())
    return "" if found in NOTHING else found


def number(row: Row, name: str) -> Decimal | None:
    try:
        return Decimal(text(row, name).replace(",", ""))
    except InvalidOperation:
        return None


def shown(value: Decimal | None) -> str:
    return "" if value is None else format(value.normalize(), "f")


class Prepared:
    """The tables, and in `told` what was left out or read otherwise, each with its reason."""

    def __init__(self, goals: list[Row], targets: list[Row]) -> None:
        self.told: list[str] = []
        self.units: dict[str, list[str]] = {TOP: [TOP, "United States Government", ""]}
        self.strategies: dict[str, list[str]] = {}
        self.priorities: list[list[str]] = []
        self.objectives: list[list[str]] = []
        self.key_results: list[list[str]] = []
        self.check_ins: list[list[str]] = []
        self.goals: set[str] = set()
        for row in goals:
            self.goal(row)
        broken = sum(row.get("Quarter_and_FY") == "#REF!" for row in goals)
        if broken:
            self.told.append(f"{broken} goals have “#REF!” for their quarter: it is left empty.")
        groups: dict[tuple[str, str, str], list[Row]] = {}
        for row in targets:
            key = (text(row, "related_goal_id"), text(row, "indicator"), text(row, "target"))
            groups.setdefault(key, []).append(row)
        for place, (key, rows) in enumerate(groups.items(), start=1):
            self.measure(place, key, rows)

    def goal(self, row: Row) -> None:
        name, agency, title = text(row, "goal_id"), text(row, "organization_abbreviation"), ""
        title = text(row, "goal_name")
        if not name or not title:
            self.told.append("A goal without identifier or name is left out.")
            return
        if agency:
            self.units.setdefault(agency, [agency, text(row, "organization_name") or agency, TOP])
        owner = agency or TOP
        why = text(row, "goal_description")
        if text(row, "goal_type") == "APG":
            self.goals.add(name)
            if not text(row, "date_start_fy"):
                self.told.append(f"{name} has no years: the two of its programme are taken.")
            self.objectives.append([name, title, why, owner, CYCLE[0]])
            return
        plan = f"plan-{owner}"
        self.strategies.setdefault(
            owner, [plan, f"Strategic plan of {self.units[owner][1]}", owner]
        )
        self.priorities.append([name, title, why, plan])

    def measure(self, place: int, key: tuple[str, str, str], rows: list[Row]) -> None:
        """One indicator with its target: a key result, and a check-in for each quarter that has a value."""
        goal, indicator, target = key
        if goal not in self.goals:
            self.told.append(f"Target {place} belongs to no goal here: “{indicator or target}”.")
            return
        first = rows[0]
        kind = KINDS.get(text(first, "indicator_type"), "")
        name = f"{goal}-{place}"
        start, aim = number(first, "value_start"), number(first, "value_target")
        numbers = {"baseline": start, "target": aim, "low": None, "high": None}
        words = target if indicator and indicator != target else ""
        if not kind or (kind != "milestones" and aim is None):
            kind, numbers = "metric", dict.fromkeys(numbers)
            self.told.append(f"{name}: the target is undefined; its words are kept: “{target}”.")
        elif kind == "threshold":
            end = "low" if "above" in text(first, "indicator_type") else "high"
            numbers = dict.fromkeys(numbers) | {end: aim}
        elif kind == "milestones":
            numbers = dict.fromkeys(numbers)
        elif start == aim:
            numbers["baseline"] = None
            self.told.append(
                f"{name}: it starts where it shall end ({shown(aim)}); the start is left out."
            )
        self.key_results.append(
            [name, goal, indicator or target, kind, *map(shown, numbers.values()), words]
        )
        self.quarters(name, kind, aim, rows)

    def quarters(self, name: str, kind: str, aim: Decimal | None, rows: list[Row]) -> None:
        seen: dict[str, Decimal | None] = {}
        for row in rows:
            quarter, value = text(row, "fiscal_qtr"), number(row, "value_current")
            day = QUARTERS.get(quarter)
            if day is None:
                self.told.append(f"{name}: a value without a quarter is left out.")
            elif day in seen:
                same = (
                    "the same" if seen[day] == value else f"another one ({shown(value) or 'none'})"
                )
                self.told.append(
                    f"{name}: quarter {quarter} stands twice, with {same}; the first is taken."
                )
            else:
                seen[day] = value
                if kind == "milestones":
                    done = "1" if value is not None and aim is not None and value >= aim else ""
                    self.check_ins.append([name, day, "", done])
                elif value is None:
                    self.told.append(f"{name}: quarter {quarter} has no value.")
                else:
                    self.check_ins.append([name, day, shown(value), ""])


def write(path: Path, columns: str, rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns.split(), *(list(row) for row in rows)])


def read(path: Path) -> list[Row]:
    found: list[Row] = json.loads(re.sub(r"^\ufeff", "", path.read_text(encoding="utf-8")))
    return found


def main(source: Path, target: Path) -> None:
    made = Prepared(read(source / "goals.json"), read(source / "target.json"))
    target.mkdir(parents=True, exist_ok=True)
    write(target / "units.csv", "external_id name parent", made.units.values())
    write(target / "cycles.csv", "external_id name starts_on ends_on", [("FY22-23", *CYCLE)])
    write(target / "strategies.csv", "external_id title unit", made.strategies.values())
    write(target / "priorities.csv", "external_id title why strategy", made.priorities)
    write(target / "objectives.csv", "external_id title why owner cycle", made.objectives)
    columns = "external_id objective title type baseline target low high target_text"
    write(target / "key_results.csv", columns, made.key_results)
    write(target / "check_ins.csv", "key_result date value done", made.check_ins)
    (target / "told.txt").write_text("".join(f"{line}\n" for line in made.told), encoding="utf-8")
    print(
        f"{len(made.units)} units, {len(made.priorities)} priorities, {len(made.objectives)} objectives, "
        f"{len(made.key_results)} key results, {len(made.check_ins)} check-ins; {len(made.told)} remarks in told.txt"
    )


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
