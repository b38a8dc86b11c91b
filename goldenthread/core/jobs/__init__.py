"""Work behind the page: declared by `@job`, asked for by `enqueue`, done by `goldenthread worker`.

Every effect happens exactly once, whatever is killed when: effects and what remembers them are one transaction
in one database, and a worker whose lease was taken over writes nothing any more (docs/adr/0008-jobs.md).
CONTRIBUTING.md, "Adding a job", says how to write one.
"""

from goldenthread.core.jobs.kinds import Kind, job
from goldenthread.core.jobs.queue import enqueue
from goldenthread.core.jobs.run import Cancelled, LeaseLost, Run, TryLater
from goldenthread.core.jobs.services import cancel, retry
from goldenthread.core.jobs.worker import run_due

__all__ = [
    "Cancelled",
    "Kind",
    "LeaseLost",
    "Run",
    "TryLater",
    "cancel",
    "enqueue",
    "job",
    "retry",
    "run_due",
]
