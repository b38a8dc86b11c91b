"""Cycles: those of a table, and the one that an objective goes into, by name, by its dates, or open today."""

import calendar
import datetime as dt
import re

from goldenthread.core.errors import DomainError
from goldenthread.interchange.own import own_identifier
from goldenthread.interchange.services.known import fold
from goldenthread.interchange.services.rows import Outcome, Row, shown
from goldenthread.interchange.services.run import Run
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.services import closing

_YEAR = re.compile(r"(?:fy ?)?(\d{4})")
_PART = re.compile(r"([qh])([1-4])[ /-]*(\d{4})|(\d{4})[ /-]*([qh])([1-4])")


DAYS = ("starts_on", "ends_on", "opens_on", "landmark_on", "closes_on")


def write_cycles(run: Run) -> None:
    """The cycles of a table: those missing are added, others brought to the days that it gives."""
    for row in run.each("cycles"):
        with run.attempt(row):
            _write_cycle(run, row)


def _write_cycle(run: Run, row: Row) -> None:
    name, days = row.text("name"), row.given(*DAYS)
    own = {own_identifier(one, run.own_mark): one for one in run.cycles}
    by_id = {one.external_id: one for one in run.cycles if one.external_id}
    held = (by_id | own).get(row.external_id) or _named(run, name)
    if held is None:
        made = closing.add_cycle(actor=run.actor, name=name, external_id=row.external_id, **days)
        run.cycles.append(made)
        run.undo.append(lambda: run.cycles.remove(made))
        row.done(made, Outcome.CREATED)
        return
    if run.settled.setdefault(("cycle", held.pk), row) is not row:
        raise DomainError(f"Line {run.settled['cycle', held.pk].line} is about the same cycle.")
    run.update(
        row,
        held,
        {"name": name} | days,
        lambda after: closing.edit_cycle(
            actor=run.actor, cycle=held, version=held.version, **after
        ),
    )


def _named(run: Run, text: str) -> Cycle | None:
    """The cycle of that name, written exactly so before others that differ in capitals alone."""
    same = [one for one in run.cycles if fold(one.name) == fold(text)]
    return next((one for one in same if one.name == text), same[0] if same else None)


def cycle_for(run: Run, row: Row) -> Cycle:
    """The cycle of a row, made where it is missing and its name or its dates say when it is.

    Refuses when nothing tells which one is meant.
    """
    if text := row.text("cycle"):
        if (named := _named(run, text)) is not None:
            return named
        period = period_of(text)
        if period is None:
            raise DomainError(
                f"There is no cycle “{shown(text)}”. Add it under Cycles first.", "cycle"
            )
        return _of_dates(run, row, *period, text)
    start, end = row.values.get("cycle_starts"), row.values.get("cycle_ends")
    if start is not None and end is not None:
        return _of_dates(run, row, start, end, name_of(start, end))
    running = [
        one
        for one in run.cycles
        if one.state == Cycle.State.OPEN and one.starts_on <= run.today <= one.ends_on
    ]
    if len(running) == 1:
        return running[0]
    if not running:
        raise DomainError(
            "No cycle is open today. Add one, or a column that names the cycle.", "cycle"
        )
    names = ", ".join(one.name for one in running)
    raise DomainError(
        f"Several cycles are open: {names}. Add a column that names the cycle.", "cycle"
    )


def _of_dates(run: Run, row: Row, start: dt.date, end: dt.date, name: str) -> Cycle:
    same = next((one for one in run.cycles if (one.starts_on, one.ends_on) == (start, end)), None)
    if same is not None:
        return same
    if any(fold(one.name) == fold(name) for one in run.cycles):
        name = f"{start:%-d %b %Y} – {end:%-d %b %Y}"
    cycle = closing.add_cycle(actor=run.actor, name=name[:60], starts_on=start, ends_on=end)
    run.cycles.append(cycle)
    run.undo.append(lambda: run.cycles.remove(cycle))
    run.made(
        "cycles",
        cycle.name,
        row.line,
        cycle,
        f"{shown(start)} to {shown(end)}, made for line {row.line}.",
    )
    return cycle


def period_of(text: str) -> tuple[dt.date, dt.date] | None:
    """The first and last day of a name such as "2027", "Q1 2027" or "2027-H2"."""
    plain = fold(text)
    if whole := _YEAR.fullmatch(plain):
        year, first, last = int(whole[1]), 1, 12
    elif part := _PART.fullmatch(plain):
        kind, number, year = part[1] or part[5], int(part[2] or part[6]), int(part[3] or part[4])
        months = 3 if kind == "q" else 6
        first, last = (number - 1) * months + 1, number * months
        if last > 12:
            return None
    else:
        return None
    if not 1900 <= year <= 2200:
        return None
    return dt.date(year, first, 1), dt.date(year, last, calendar.monthrange(year, last)[1])


def name_of(start: dt.date, end: dt.date) -> str:
    """A name for a period: the years where it is made of whole ones, else months."""
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return f"{start:%Y}" if start.year == end.year else f"{start:%Y}–{end:%Y}"
    return f"{start:%b %Y} – {end:%b %Y}"
