"""How long the planner takes, without a database: `python -m benchmarks.planner [CANDIDATES TEAMS]`. Seconds of processor.

Every candidate takes effort of its own team, four in ten of a neighbouring one as well, one in ten of any other; teams have 65 % of
what is asked of them. Six candidates are mandatory, some need others, are alternatives or have an owner with a limit. The plan,
what one person more and fewer is worth in every team, and the price of every forced choice. Then the same where each of six
priorities keeps a candidate: five that share the candidates, and one of ten that did not run.
"""

import json
import random
import sys
import time
from dataclasses import replace
from decimal import Decimal

from goldenthread.engine.planner import Candidate, Cell, Key, Plan, Portfolio, plan

SIZES = ((50, 10), (120, 40), (200, 40))
NEIGHBOURS = 5


def main() -> None:
    asked = [int(word) for word in sys.argv[1:3]]
    found = {}
    for candidates, teams in [(asked[0], asked[1])] if len(asked) == 2 else SIZES:
        took, keeping = [], []
        for seed in range(3):
            given = made(seed, candidates, teams)
            free, seconds = timed(given)
            took.append(seconds)
            keeping.append(timed(replace(given, keeps=priorities(free)))[1])
        found[f"{candidates} over {teams}"] = sorted(took)
        found[f"{candidates} over {teams}, every priority kept"] = sorted(keeping)
    sys.stdout.write(json.dumps(found) + "\n")


def timed(given: Portfolio) -> tuple[Plan, float]:
    began = time.process_time()
    answer = plan(given)
    seconds = time.process_time() - began
    assert answer.outcome == "optimal", answer.outcome
    return answer, seconds


def priorities(free: Plan) -> dict[Key, frozenset[Key]]:
    """Six: five that share the candidates, and one of ten that did not run."""
    left = [line.key for line in free.lines if not line.runs][-10:]
    shared = [frozenset(line.key for line in free.lines[n::5]) for n in range(5)]
    return dict(enumerate([*shared, frozenset(left)]))


def made(seed: int, candidates: int, teams: int) -> Portfolio:
    chance = random.Random(seed)
    rows, asked = [], dict.fromkeys([(team, "") for team in range(teams)], Decimal(0))
    for n in range(candidates):
        rows.append(candidate(chance, n, n % teams, teams))
        for cell, fte in rows[-1].effort.items():
            asked[cell] += fte
    pairs = [chance.sample(range(candidates), 2) for _ in range(candidates // 10)]
    return Portfolio(
        tuple(rows),
        {cell: round(fte * Decimal("0.65"), 1) for cell, fte in asked.items()},
        needs=frozenset((one, other) for one, other in pairs),
        alternatives=tuple(
            frozenset(chance.sample(range(10, candidates), 2)) for _ in range(candidates // 20)
        ),
        owner_limits={f"owner {n}": 4 for n in range(0, teams, 4)},
    )


def candidate(chance: random.Random, n: int, home: int, teams: int) -> Candidate:
    kind, effort = chance.random(), dict[Cell, Decimal]()
    effort[home, ""] = Decimal(chance.randrange(1, 7)) / 2
    if kind > 0.6:
        near = home // NEIGHBOURS * NEIGHBOURS + chance.randrange(NEIGHBOURS)
        effort.setdefault((min(near, teams - 1), ""), Decimal(chance.randrange(1, 4)) / 4)
    if kind > 0.9:
        effort.setdefault((chance.randrange(teams), ""), Decimal(chance.randrange(1, 4)) / 4)
    runs = chance.random() < 0.5
    return Candidate(
        key=n,
        value=round(Decimal(chance.lognormvariate(1.2, 0.7)), 1),
        effort=effort,
        running=runs,
        mandatory=n < 6,
        stop_cost=Decimal(chance.randrange(10)) / 10 if runs else Decimal(0),
        start_cost=Decimal(0) if runs else Decimal(chance.randrange(5)) / 10,
        owner=f"owner {home}",
    )


if __name__ == "__main__":
    main()
