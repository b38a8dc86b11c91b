"""Long work that holds no lock: done in a place of its own, put in with one short flip, invisible until then.

On PostgreSQL a transaction is such a place. SQLite has one writer at a time, so there the work is done on a private
copy of the database (a temporary one that SQLite itself throws away), and the rows that it wrote are carried over in
one short transaction, if nobody changed meanwhile what it was made from; else it is done again on a new copy
(docs/adr/0011-long-writes.md).
"""

# ruff: noqa: S608  # the names of tables and columns are the models' own
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.backends.utils import CursorWrapper

from goldenthread.core.models import Audited, Job, Period, Worker

T = TypeVar("T")
Step = Callable[[], AbstractContextManager[None]]

TRIES = 3
AT_ONCE = 500  # rows in one question
MOST_WRITTEN = 125_000  # rows that a flip writes well within two seconds (docs/operate)
DEFAULT = "default"
# Who does these writes them all the time, and nothing but the workers looks at them.
LEFT_ALONE = {Worker._meta.db_table, Period._meta.db_table, "django_session"}
# New rows that everybody writes all day; nothing but a correction names one, so they take their number at the flip.
BUSY = {"objectives.checkin", "strategy.observation"}


class TooMuch(Exception):
    """The flip would hold the lock of SQLite for too long: it would write `count` rows of the database."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count:,} rows at once")
        self.count = count


class _TakenBack(Exception):
    """Ends the transaction of a rehearsal."""


def rehearse(work: Callable[[], T], *, is_short: bool = False, besides: int = 0) -> T:
    """What the work answers, with nothing of it written. `is_short`: it may hold the lock meanwhile.

    Raises `TooMuch` where its flip, with so many rows `besides`, would keep others waiting too long.
    """
    if is_short or not _can_be_aside():
        return _taken_back(work)
    with _copy() as copy:
        answer = work()
        if (count := copy.count() + besides) > MOST_WRITTEN:
            raise TooMuch(count)
        return answer


def _taken_back(work: Callable[[], T]) -> T:
    answers: list[T] = []
    try:
        with transaction.atomic():
            answers.append(work())
            raise _TakenBack
    except _TakenBack:
        pass
    return answers[0]


def flip(
    work: Callable[[], T],
    step: Step = transaction.atomic,
    *,
    is_short: bool = False,
    around: Step = nullcontext,
) -> T:
    """Do the work, and let all of it be there at once, in a `step` (as of a job: exactly once).

    The work may be done several times; it must begin afresh each time, and writes only through the database.
    `step` may refuse (a job that was cancelled): then nothing is there. `around` is entered while the rows go in, in
    the transaction where they do, as to see which they are.
    """
    if is_short:
        with step(), around():
            return work()
    if not _can_be_aside():
        with transaction.atomic():
            with around():
                answer = work()
            with step():  # asked at the end, so that the job is not locked while the work lasts
                pass
            return answer
    for _ in range(TRIES):
        with _copy() as copy:
            answer = work()
            written = copy.written()
        with suppress(IntegrityError), step():  # somebody wrote the same meanwhile
            if written.still_fits():
                with around():
                    written.put()
                return answer
    with step(), around():  # somebody changes these all the time: keep them waiting once
        return work()


def _can_be_aside() -> bool:
    """Only SQLite needs it; and who is in a transaction there holds the lock already, so nothing is to be gained."""
    return connection.vendor == "sqlite" and not connection.in_atomic_block


class _Connection(DatabaseWrapper):
    """A connection to a database of its own, which is gone when it is closed."""

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "database": ""}


@contextmanager
def _copy() -> Iterator["_Copy"]:
    """Let this thread work on a copy; the work is one transaction there that is never committed."""
    live = connections[DEFAULT]
    live.ensure_connection()
    settings = {**live.settings_dict, "NAME": "aside"}
    settings["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA cache_size=-65536",
    }
    private = _Connection(settings, DEFAULT)
    private.connect()
    try:
        live.connection.backup(private.connection)
        connections[DEFAULT] = private
        try:
            with transaction.atomic():
                copy = _Copy(private)
                yield copy
                transaction.set_rollback(True)
        finally:
            connections[DEFAULT] = live
    finally:
        private.run_on_commit = []
        private.close()


class _Table:
    """One table: its columns, and whether the number of a new row counts."""

    def __init__(self, model: type[models.Model]) -> None:
        meta = model._meta
        self.name, self.pk = meta.db_table, str(meta.pk.column) if meta.pk else ""
        self.columns = [str(field.column) for field in meta.concrete_fields]
        self.is_record = any(field.name == "version" for field in meta.concrete_fields)
        named = issubclass(model, Audited) or any(
            field.auto_created and not field.concrete and (field.one_to_many or field.one_to_one)
            for field in meta.get_fields(include_hidden=True)
        )
        self.is_busy = meta.label_lower in BUSY
        self.keeps_number = named and not self.is_busy and model is not Job
        self.names_itself = [
            str(field.column) for field in meta.concrete_fields if field.related_model is model
        ]

    def list(self, of: str = "") -> str:
        # The sign keeps Python from converting: the value goes over as SQLite has it.
        return ", ".join(f'+{of}"{name}"' for name in self.columns)


class _Copy:
    """The private copy, with notes of what is written in it: first values of what is changed, numbers of what is new."""

    def __init__(self, private: BaseDatabaseWrapper) -> None:
        self.connection = private
        self.tables = [
            _Table(model)
            for model in apps.get_models(include_auto_created=True)
            if model._meta.managed
            and isinstance(model._meta.pk, models.AutoField | models.IntegerField)
            and model._meta.db_table not in LEFT_ALONE
        ]
        with private.cursor() as cursor:
            # Else a job that waits now, and is done before the flip, would stand for one that the work asks for.
            cursor.execute(f'DELETE FROM "{Job._meta.db_table}"')
            self.state = _state(cursor, self.tables)
            for table in self.tables:
                _take_notes(cursor, table)

    def count(self) -> int:
        """How many rows the work wrote."""
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT "
                + " + ".join(
                    f'(SELECT COUNT(*) FROM "aside_{kind}_{table.name}")'
                    for table in self.tables
                    for kind in ("old", "new")
                )
            )
            return int(cursor.fetchone()[0])

    def written(self) -> "_Written":
        """What the work wrote, read out of the copy."""
        found = _Written(self.state, list(self.connection.run_on_commit))
        with self.connection.cursor() as cursor:
            for table in self.tables:
                found.add(cursor, table)
        return found


def _take_notes(cursor: CursorWrapper, table: _Table) -> None:
    names = ", ".join(f'"{name}"' for name in table.columns)
    old = ", ".join(f'OLD."{name}"' for name in table.columns)
    before, new = f'"aside_old_{table.name}"', f'"aside_new_{table.name}"'
    for line in (
        f'CREATE TEMP TABLE {before} AS SELECT {names} FROM main."{table.name}" WHERE 0',
        f'CREATE UNIQUE INDEX temp."aside_{table.name}" ON {before} ("{table.pk}")',
        f"CREATE TEMP TABLE {new} (pk INTEGER PRIMARY KEY)",
        f'CREATE TEMP TRIGGER "aside_i_{table.name}" AFTER INSERT ON main."{table.name}" '
        f'BEGIN INSERT OR IGNORE INTO {new} VALUES (NEW."{table.pk}"); END',
        *(
            f'CREATE TEMP TRIGGER "aside_{event[0]}_{table.name}" BEFORE {event} ON main."{table.name}" '
            f'WHEN OLD."{table.pk}" NOT IN (SELECT pk FROM {new}) '
            f"BEGIN INSERT OR IGNORE INTO {before} ({names}) VALUES ({old}); END"
            for event in ("UPDATE", "DELETE")
        ),
    ):
        cursor.execute(line)


State = dict[str, tuple[Any, ...]]


def _state(cursor: CursorWrapper, tables: list[_Table]) -> State:
    """How the tables stand that work may be made from: how many rows, which is the last, what was saved."""
    found: State = {}
    for table in tables:
        if table.keeps_number:
            saved = 'TOTAL("version")' if table.is_record else "0"
            cursor.execute(f'SELECT COUNT(*), MAX("{table.pk}"), {saved} FROM "{table.name}"')
            found[table.name] = tuple(cursor.fetchone())
    return found


class _Written:
    """What the work wrote: rows to delete, to change and to add, with how they stood when it began."""

    def __init__(self, state: State, hooks: list[Any]) -> None:
        self.state, self.hooks = state, hooks
        self.gone: list[tuple[_Table, list[tuple[Any, ...]]]] = []
        self.changed: list[tuple[_Table, list[tuple[Any, ...]], list[tuple[Any, ...]]]] = []
        self.new: list[tuple[_Table, list[tuple[Any, ...]]]] = []
        self.tables: list[_Table] = []

    def add(self, cursor: CursorWrapper, table: _Table) -> None:
        main, name, pk = f'main."{table.name}"', table.name, table.pk
        before, new = f'"aside_old_{name}"', f'"aside_new_{name}"'
        self.tables.append(table)

        def rows(sql: str) -> list[tuple[Any, ...]]:
            cursor.execute(sql)
            return [tuple(row) for row in cursor.fetchall()]

        here = f'(SELECT "{pk}" FROM {main})'
        gone = rows(f'SELECT {table.list()} FROM {before} WHERE "{pk}" NOT IN {here}')
        was = rows(f'SELECT {table.list()} FROM {before} WHERE "{pk}" IN {here} ORDER BY "{pk}"')
        now = rows(
            f"SELECT {table.list()} FROM {main} "
            f'WHERE "{pk}" IN (SELECT "{pk}" FROM {before}) ORDER BY "{pk}"'
        )
        added = rows(
            f"SELECT {table.list()} FROM {main} "
            f'WHERE "{pk}" IN (SELECT pk FROM {new}) ORDER BY "{pk}"'
        )
        differ = [(a, b) for a, b in zip(was, now, strict=True) if a != b]
        if gone:
            self.gone.append((table, gone))
        if differ:
            self.changed.append((table, [a for a, _ in differ], [b for _, b in differ]))
        if added:
            self.new.append((table, added))

    def still_fits(self) -> bool:
        """Whether what the work was made from stands as it stood."""
        with connection.cursor() as cursor:
            if _state(cursor, self.tables) != self.state:
                return False
            return all(
                _stand(cursor, table, rows)
                for table, rows in (*self.gone, *((one, was) for one, was, _ in self.changed))
            )

    def put(self) -> None:
        """Write it, within the transaction of the caller."""
        with connection.cursor() as cursor:
            for table, rows in reversed(
                self.gone
            ):  # what refers to others first: fewer keys to look up
                place = table.columns.index(table.pk)
                sql = f'DELETE FROM "{table.name}" WHERE "{table.pk}" = %s'
                cursor.executemany(sql, [(row[place],) for row in rows])
            for table, _, rows in self.changed:
                place = table.columns.index(table.pk)
                sets = ", ".join(f'"{name}" = %s' for name in table.columns)
                sql = f'UPDATE "{table.name}" SET {sets} WHERE "{table.pk}" = %s'
                cursor.executemany(sql, [(*row, row[place]) for row in rows])
            for table, rows in self.new:
                self._insert(cursor, table, rows)
        for _, hook, robust in self.hooks:
            transaction.on_commit(hook, robust=robust)

    def _insert(self, cursor: CursorWrapper, table: _Table, rows: list[tuple[Any, ...]]) -> None:
        places = list(range(len(table.columns)))
        own = {row[table.columns.index(table.pk)] for row in rows}
        refers = table.is_busy and any(
            row[table.columns.index(name)] in own for row in rows for name in table.names_itself
        )
        if not table.keeps_number and not refers:
            places.remove(table.columns.index(table.pk))
        names = ", ".join(f'"{table.columns[place]}"' for place in places)
        marks = ", ".join("%s" for _ in places)
        # Of jobs with one key one waits: the one that waits will see what is written here.
        how = "INSERT OR IGNORE" if table.name == Job._meta.db_table else "INSERT"
        sql = f'{how} INTO "{table.name}" ({names}) VALUES ({marks})'
        cursor.executemany(sql, [[row[place] for place in places] for row in rows])


def _stand(cursor: CursorWrapper, table: _Table, rows: list[tuple[Any, ...]]) -> bool:
    """Whether these rows are there as they were, in all columns."""
    place = table.columns.index(table.pk)
    for at in range(0, len(rows), AT_ONCE):
        some = rows[at : at + AT_ONCE]
        marks = ", ".join("%s" for _ in some)
        sql = f'SELECT {table.list()} FROM "{table.name}" WHERE "{table.pk}" IN ({marks})'
        cursor.execute(sql, [row[place] for row in some])
        if {tuple(row) for row in cursor.fetchall()} != set(some):
            return False
    return True
