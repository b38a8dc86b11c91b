"""A folder of tables, as an export writes it: which file is brought in after which."""

from pathlib import Path

from goldenthread.interchange.readers.limits import RefusedFile

# Units twice: their leaders are among the people, who are in units themselves.
ORDER = (
    *("units", "people", "units", "cycles", "strategies", "priorities", "kpis", "expected_results"),
    *("trade_offs", "targets", "observations", "templates", "objectives"),
    *("key_results", "check_ins", "contributions", "cascades", "dependencies"),
    *("decisions", "allocations", "plans", "plan_teams", "plan_candidates", "plan_scenarios"),
)


def tables_in(folder: Path) -> list[tuple[str, Path]]:
    """Kind and file of each step, in order, without tables that have no row. Refuses a folder that holds none."""
    steps = [(kind, folder / f"{kind}.csv") for kind in ORDER]
    found = [(kind, path) for kind, path in steps if path.is_file()]
    if not found:
        names = ", ".join(f"{kind}.csv" for kind in dict.fromkeys(ORDER))
        raise RefusedFile(f"There is none of these files in {folder}: {names}.")
    return [(kind, path) for kind, path in found if len(path.read_bytes().splitlines()) > 1]
