"""How long the rules of quality take over 100,000 objectives without a database: `python -m benchmarks.criteria [N]`.

Each has three key results; one in fifty has a title of another one. Seconds of processor; they must grow no faster than their number.
"""

import datetime as dt
import json
import random
import sys
import time

from goldenthread.engine.quality.facts import Goal, KeyResultFacts, ObjectiveFacts
from goldenthread.engine.quality.rules import assess
from goldenthread.engine.quality.twins import Titled, twins
from goldenthread.engine.quality.words import words_of

STARTS, ENDS, ON = dt.date(2026, 4, 1), dt.date(2026, 6, 30), dt.date(2026, 5, 13)
WORDS = [f"{a}{b}" for a in ("ra", "lo", "mi", "ste", "kor", "vin") for b in range(200)]


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    found = {}
    for n in (wanted // 10, wanted):
        titles = made(n)
        began = time.process_time()
        words = words_of("en")
        for title in titles:
            assess(objective(title), ON, words)
        judged = time.process_time()
        pairs = twins(Titled(at, title, STARTS, ENDS) for at, title in enumerate(titles))
        ended = time.process_time()
        found[n] = {"rules": judged - began, "duplicates": ended - judged, "found": len(pairs)}
    sys.stdout.write(json.dumps(found))


def made(n: int) -> list[str]:
    chance = random.Random(n)
    titles = [" ".join(chance.sample(WORDS, chance.randint(4, 9))) for _ in range(n)]
    for at in range(0, n, 3):  # by a template, as imports bring them
        titles[at] = f"Deliver project {at:06} for the region on time"
    for at in range(0, n, 50):
        titles[at] = f"{titles[chance.randrange(n)]} again"
    return titles


def objective(title: str) -> ObjectiveFacts:
    rows = tuple(
        KeyResultFacts(
            at, title, unit="%", baseline=40 + at, target=80, share=1 / 3, due_on=ENDS,
            source="Log", reporter="Ada", measured_every=7,
        )
        for at in range(3)
    )  # fmt: skip
    return ObjectiveFacts(
        title, rows, ("Ada",), STARTS, ENDS, (Goal("Better trains", ENDS),), in_line=True, twin=""
    )


if __name__ == "__main__":
    main()
