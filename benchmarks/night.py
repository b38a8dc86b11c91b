"""Ask for the jobs that every night brings, wait until a worker has done each, and print how long they took, as JSON."""

import datetime as dt
import json
import sys
import time

import django


def main() -> None:
    django.setup()
    from goldenthread.core import clock
    from goldenthread.core.jobs import enqueue
    from goldenthread.insights.models import Figure
    from goldenthread.objectives.selectors.counted_work import COUNT_WORK
    from goldenthread.objectives.services.quality import LOOK_AT_ALL

    today = clock.today().isoformat()
    Figure.objects.filter(as_of=clock.today() - dt.timedelta(days=1)).delete()  # stored anew below
    took = {}
    for kind, arguments in (
        (COUNT_WORK, {}),
        (LOOK_AT_ALL, {}),
        ("store figures", {"day": today}),
    ):
        job = enqueue(kind, arguments, key=f"{kind} for the bench")
        while job.is_active:
            time.sleep(0.05)
            job.refresh_from_db()
        assert job.state == job.State.DONE, job.error
        assert job.started_at is not None
        assert job.finished_at is not None
        took[kind] = (job.finished_at - job.started_at).total_seconds()
    sys.stdout.write(json.dumps(took))


if __name__ == "__main__":
    main()
