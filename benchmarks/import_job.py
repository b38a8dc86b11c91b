"""Ask for one act of an import as its page does, and wait until the worker has done it."""

import json
import sys
import time
from pathlib import Path

import django


def main(act: str, file: str) -> None:
    django.setup()
    from goldenthread.core.models import Job
    from goldenthread.interchange import services
    from goldenthread.interchange.models import Import
    from goldenthread.people.models import Person

    actor = Person.objects.order_by("pk").first()
    assert actor is not None
    if act == "read":
        data = Path(file).read_bytes()
        batch = services.begin(actor=actor, filename="staff.csv", data=data, kind="people")
    else:
        batch = Import.objects.get()
        (services.write if act == "write" else services.undo_later)(actor=actor, batch=batch)
    job = Job.objects.get(pk=batch.job or 0)
    while job.is_active:
        time.sleep(0.1)
        job.refresh_from_db()
    sys.stdout.write(json.dumps({"done": job.state == "done", "error": job.error}))


if __name__ == "__main__":
    main(*sys.argv[1:])
