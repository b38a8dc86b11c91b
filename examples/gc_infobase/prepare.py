"""Turn the tables of GC InfoBase (Treasury Board of Canada Secretariat) into tables that Goldenthread imports.

    python prepare.py FOLDER_OF_INFOBASE FOLDER_TO_WRITE

Standard library only. What each table becomes, and what the data does not say, is in docs/guide/gc-infobase.md.
"""

import csv
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

Row = dict[str, str]
TOP = "GC"
# What InfoBase calls a results report or departmental plan, and the fiscal year that it tells of.
YEARS = {
    "drr23": ("2023-24", "2023-04-01", "2024-03-31"),
    "drr24": ("2024-25", "2024-04-01", "2025-03-31"),
    "dp25": ("2025-26", "2025-04-01", "2026-03-31"),
    "dp26": ("2026-27", "2026-04-01", "2027-03-31"),
}


def read(folder: Path, name: str) -> list[Row]:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(folder: Path, name: str, columns: str, rows: Iterable[Iterable[str]]) -> int:
    written = [columns.split(), *(list(row) for row in rows)]
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(written)
    return len(written) - 1


def words(text: str) -> str:
    return " ".join(text.split())


class Selection:
    """The tables as they are, by what refers to what."""

    def __init__(self, folder: Path) -> None:
        organisations = read(folder, "organizations.csv")
        self.departments = [
            row for row in organisations if row["dept_code"]
        ]  # the others have no plan
        self.responsibilities = read(folder, "core_responsibilities.csv")
        self.programs = read(folder, "programs.csv")
        self.results = [row for row in read(folder, "results.csv") if row["doc"] in YEARS]
        self.links = read(folder, "program_result_links.csv")
        self.newest_plan = max(row["doc"] for row in self.results if row["doc"].startswith("dp"))
        # As the publisher's own program has it, `planning_year_1` is the first year of the newest plan.
        self.fte = {
            program_id(row): row["planning_year_1"]
            for row in read(folder, "program_ftes.csv")
            if float(row["planning_year_1"] or 0) > 0
        }
        self.kind = {row["id"]: row for row in self.responsibilities}
        self.served = {program_id(row): row["crso_id"] for row in self.programs}
        self.by_id = {row["id"]: row for row in self.results}
        self.of_program: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.results:
            self.of_program[row["subject_id"], row["doc"]].append(row)

    def units(self) -> Iterable[Iterable[str]]:
        yield TOP, "Government of Canada", "", ""
        for row in self.departments:
            yield row["dept_code"], words(row["applied_title_en"] or row["legal_title_en"]), TOP, ""
        for row in self.programs:
            fte = self.fte.get(program_id(row), "")
            yield program_id(row), words(row["name_en"]), row["dept_code"], fte

    def cycles(self) -> Iterable[Iterable[str]]:
        for name, start, end in YEARS.values():
            yield name, name, start, end

    def strategies(self) -> Iterable[Iterable[str]]:
        for row in self.departments:
            title = words(row["applied_title_en"] or row["legal_title_en"])
            yield plan_id(row["dept_code"]), f"Departmental plan: {title}"[:200], row["dept_code"]

    def priorities(self) -> Iterable[Iterable[str]]:
        for row in self.responsibilities:
            yield (
                row["id"],
                words(row["name_en"]),
                row["desc_en"].strip(),
                plan_id(row["dept_code"]),
            )

    def objectives(self) -> Iterable[Iterable[str]]:
        """A result of one year. `stable_id` names the result in every year, so it begins the identifier."""
        for row in self.results:
            subject = row["subject_id"]
            owner = self.kind[subject]["dept_code"] if subject in self.kind else subject
            yield result_id(row), words(row["name_en"]), owner, YEARS[row["doc"]][0]

    def contributions(self) -> Iterable[tuple[str, str]]:
        """Departmental results serve their core responsibility. A program's results serve the departmental
        results that the program is linked to in that year, or its core responsibility where it is linked to none."""
        linked: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for link in self.links:
            result = self.by_id.get(link["result_id"])
            if result is not None:
                linked[link["program_id"], result["doc"]].append(result)
        for row in self.results:
            subject = row["subject_id"]
            if subject in self.kind:
                yield result_id(row), subject
            elif above := linked.get((subject, row["doc"])):
                yield from ((result_id(row), result_id(one)) for one in above)
            elif subject in self.served:
                yield result_id(row), self.served[subject]

    def without_results(self) -> int:
        """Links of programs that have no result of their own in that year: nothing there could serve."""
        ends = ((link["program_id"], self.by_id.get(link["result_id"])) for link in self.links)
        return sum(
            result is not None and not self.of_program.get((program, result["doc"]))
            for program, result in ends
        )

    def allocations(self) -> Iterable[Iterable[str]]:
        """All that a program has goes into the core responsibility it stands under, in the year of the newest plan."""
        name, start, _ = YEARS[self.newest_plan]
        for row in self.programs:
            if program_id(row) in self.fte:
                yield program_id(row), row["crso_id"], name, "100", start


def program_id(row: Row) -> str:
    return f"{row['dept_code']}-{row['activity_code']}"


def plan_id(department: str) -> str:
    return f"plan-{department}"


def result_id(row: Row) -> str:
    return f"{row['stable_id']}-{row['doc']}"


def main(source: Path, target: Path) -> None:
    found = Selection(source)
    target.mkdir(parents=True, exist_ok=True)
    counts = {
        "units": write(target, "units.csv", "external_id name parent fte", found.units()),
        "cycles": write(target, "cycles.csv", "external_id name starts_on ends_on", found.cycles()),
        "strategies": write(target, "strategies.csv", "external_id title unit", found.strategies()),
        "priorities": write(
            target, "priorities.csv", "external_id title why strategy", found.priorities()
        ),
        "objectives": write(
            target, "objectives.csv", "external_id title owner cycle", found.objectives()
        ),
        "contributions": write(target, "contributions.csv", "child parent", found.contributions()),
        "allocations": write(
            target,
            "allocations.csv",
            "whole_unit priority cycle share from",
            found.allocations(),
        ),
    }
    for name, count in counts.items():
        print(f"{count:6,} {name}")
    print(f"{found.without_results():6,} links of programs without a result in that year, left out")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
