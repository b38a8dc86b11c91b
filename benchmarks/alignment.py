"""How long full alignment takes, beside reading the same rows by the same queries into tuples, as JSON.

Alternately, several times in one process; the medians, by the clock.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

TIMES = 7


def main() -> None:
    django.setup()
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from goldenthread.core import clock
    from goldenthread.insights.selectors.alignment import measure
    from goldenthread.insights.selectors.counted import work_on

    day = clock.today()
    with CaptureQueriesContext(connection) as caught:
        work_on(day)
    queries = [one["sql"] for one in caught.captured_queries]

    def read() -> int:
        rows = []
        with connection.cursor() as cursor:
            for query in queries:
                cursor.execute(query)
                rows.append(cursor.fetchall())
        return sum(map(len, rows))

    reading, whole = [], []
    for _ in range(TIMES):
        reading.append(seconds(read))
        whole.append(seconds(lambda: measure(work_on(day))))
    took = statistics.median(whole), statistics.median(reading)
    found = {
        "rows": read(),
        "alignment": took[0],
        "reading": took[1],
        "ratio": took[0] / took[1],
    }
    sys.stdout.write(json.dumps(found))


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
