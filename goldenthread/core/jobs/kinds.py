"""What kinds of jobs there are: each declared beside the service that it calls, in its room's `jobs.py`."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Concatenate, ParamSpec

from goldenthread.core.jobs.run import Run
from goldenthread.core.models import Job

P = ParamSpec("P")
Work = Callable[Concatenate[Run, P], None]

TRIES = 8  # over two and a half hours


@dataclass(frozen=True)
class Kind:
    """One kind of job. `daily` (an hour of the organisation's day) or `every` makes it periodic."""

    name: str
    title: str
    work: Callable[..., None]
    in_steps: bool = False
    long: bool = False
    tries: int = TRIES
    daily: dt.time | None = None
    every: dt.timedelta | None = None
    may_cancel: bool = True

    @property
    def is_periodic(self) -> bool:
        return self.daily is not None or self.every is not None


KINDS: dict[str, Kind] = {}


def job(
    name: str,
    *,
    title: str,
    in_steps: bool = False,
    long: bool = False,
    tries: int = TRIES,
    daily: dt.time | None = None,
    every: dt.timedelta | None = None,
    may_cancel: bool = True,
) -> Callable[[Work[P]], Work[P]]:
    """Declare the function below as the work of a kind of job. It takes a `Run` and the job's arguments.

    Plain, the whole function is one transaction together with the job's end: short writes only. `in_steps`, it
    begins outside any transaction, writes only inside `with run.step():`, and finds in `run.checkpoint` how far an
    earlier try came. `long` work leaves one thread of a worker to the rest, so that letters do not wait behind it.

    `daily` and `every` make it periodic; a daily one is called with `day`, the organisation's date that it is for
    (ISO), also when it is late. What missed its hour while no worker ran is done once, not once for each.
    """

    def declare(work: Work[P]) -> Work[P]:
        if name in KINDS and KINDS[name].work.__qualname__ != work.__qualname__:
            raise ValueError(f"Two kinds of jobs are called {name}.")
        KINDS[name] = Kind(
            name, title, work, in_steps or long, long, tries, daily, every, may_cancel
        )
        return work

    return declare


def title_of(name: str) -> str:
    """What a kind is called on a page; its name, when this version no longer knows it."""
    return KINDS[name].title if name in KINDS else name


def may_be_cancelled(job: Job) -> bool:
    """Whether ending it is offered: not where something would be left waiting for ever, as a letter."""
    return job.kind not in KINDS or KINDS[job.kind].may_cancel
