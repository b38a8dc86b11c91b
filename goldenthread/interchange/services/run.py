"""One run through the rows of a file: who acts, what is known, and the order in which kinds are written."""

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, progress, versions
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import Organisation, Record
from goldenthread.interchange.own import mark, own_identifier
from goldenthread.interchange.services.known import Known, R, fold
from goldenthread.interchange.services.rows import Outcome, Row, differing
from goldenthread.objectives.models import Cascade, Cycle, Dependency, KeyResult, Objective
from goldenthread.objectives.services.links import key
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Priority, Strategy
from goldenthread.tradeoffs.models import Decision, Plan

ENDED = Strategy.State.ENDED


def owner_key(owner: Person | Unit | None) -> tuple[str, int] | None:
    return (owner._meta.label_lower, owner.pk) if owner is not None else None


class Run:
    """The rows of one file, with everything that they may refer to, each kind read once and at first need."""

    def __init__(self, actor: Person, filename: str, rows: list[Row], kind: str = "") -> None:
        self.actor, self.filename, self.rows = actor, filename, rows
        self.is_plan = kind == "stratml"  # a whole plan: one file with rows of several kinds
        self.own_mark = mark()
        self.today: dt.date = clock.today()
        self.settled: dict[tuple[str, int], Row] = {}  # record -> the row that is about it
        self.new: dict[Hashable, Row] = {}  # natural key -> the row that is the first to have it
        self.undo: list[Callable[[], object]] = []  # takes back what a refused row has left here
        self.organisation = Organisation.current()
        self.strategy: Strategy | None = None  # the one that a plan's goals go into

    # What is known --------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> Known[Person]:
        return Known(
            "people",
            Person.objects.select_related("manager", "unit"),
            lambda one: (
                (one.email, one.name, f"{one.name} <{one.email}>") if one.email else (one.name,)
            ),
            lambda one: one.email or None,
            own_mark=self.own_mark,
        )

    @cached_property
    def units(self) -> Known[Unit]:
        """Those that have ended are found by their identifier alone."""
        return Known(
            "units",
            Unit.objects.select_related("parent", "leader"),
            lambda one: (one.name,) if one.ended_on is None else (),
            lambda one: fold(one.name) if one.ended_on is None else None,
            own_mark=self.own_mark,
        )

    @cached_property
    def strategies(self) -> Known[Strategy]:
        return Known(
            "strategies",
            Strategy.objects.select_related("leader", "unit").order_by("pk"),
            lambda one: (one.title,) if one.state != ENDED else (),
            lambda one: (one.unit_id, fold(one.title)),
            own_mark=self.own_mark,
        )

    @cached_property
    def priorities(self) -> Known[Priority]:
        visible = set(Priority.objects.visible_to(self.actor).values_list("pk", flat=True))
        rows = list(
            Priority.objects.select_related("strategy__leader", "sponsor", "sponsor_named_by")
            .prefetch_related("expected_results")
            .order_by("pk")
        )
        return Known(
            "priorities",
            rows,
            lambda one: (
                (one.title,)
                if one.state != Priority.State.DROPPED and one.strategy.state != ENDED
                else ()
            ),
            lambda one: (one.strategy_id, fold(one.title)),
            {one.pk for one in rows} - visible,
            self.own_mark,
        )

    @cached_property
    def kpis(self) -> Known[Kpi]:
        return Known(
            "KPIs",
            Kpi.objects.select_related("owner", "unit").prefetch_related("targets"),
            lambda one: (one.name,) if one.state != Kpi.State.RETIRED else (),
            lambda one: fold(one.name),
            own_mark=self.own_mark,
        )

    @cached_property
    def objectives(self) -> Known[Objective]:
        rows = list(
            Objective.objects.select_related(
                "cycle", "owner_person__manager", "owner_unit__leader"
            ).order_by("pk")
        )
        visible = set(Objective.objects.visible_to(self.actor).values_list("pk", flat=True))
        return Known(
            "objectives",
            rows,
            lambda one: (one.title,) if not one.is_closed else (),
            lambda one: (one.cycle_id, owner_key(one.owner), fold(one.title)),
            {one.pk for one in rows} - visible,
            self.own_mark,
        )

    @cached_property
    def decisions(self) -> Known[Decision]:
        rows = list(Decision.objects.select_related("decider", "replaces").order_by("pk"))
        visible = set(Decision.objects.visible_to(self.actor).values_list("pk", flat=True))
        return Known(
            "decisions",
            rows,
            lambda one: (one.question,) if one.state != Decision.State.WITHDRAWN else (),
            lambda one: (one.decider_id, fold(one.question)),
            {one.pk for one in rows} - visible,
            self.own_mark,
        )

    @cached_property
    def cascades(self) -> Known[Cascade]:
        ends = ("parent_objective", "parent_priority", "giver_unit", "taking_unit", "cycle")
        rows = list(Cascade.objects.select_related(*ends).order_by("pk"))
        visible = set(Cascade.objects.visible_to(self.actor).values_list("pk", flat=True))
        return Known(
            "cascades",
            rows,
            lambda one: (one.title,) if one.is_open else (),
            lambda one: (
                *(one.giver_unit_id, one.taking_unit_id, key(one.parent), one.cycle_id),
                fold(one.title),
            ),
            {one.pk for one in rows} - visible,
            self.own_mark,
        )

    @cached_property
    def dependencies(self) -> Known[Dependency]:
        rows = list(Dependency.objects.select_related("objective", "unit").order_by("pk"))
        visible = set(Dependency.objects.visible_to(self.actor).values_list("pk", flat=True))
        return Known(
            "dependencies",
            rows,
            lambda one: (one.needs,) if one.is_open else (),
            lambda one: (one.objective_id, one.unit_id, fold(one.needs)),
            {one.pk for one in rows} - visible,
            self.own_mark,
        )

    @cached_property
    def plans(self) -> Known[Plan]:
        rows = list(Plan.objects.select_related("cycle", "unit").order_by("pk"))
        visible = set(Plan.objects.visible_to(self.actor).values_list("pk", flat=True))
        return Known(
            "plans",
            rows,
            lambda one: (one.name,),
            lambda one: (one.cycle_id, fold(one.name)),
            {one.pk for one in rows} - visible,
            self.own_mark,
        )

    @cached_property
    def key_results(self) -> Known[KeyResult]:
        hidden = self.objectives.hidden
        rows = list(KeyResult.objects.prefetch_related("milestones"))
        by_pk = {one.pk: one for one in self.all_objectives()}
        for row in rows:
            row.objective = by_pk[row.objective_id]
        return Known(
            "key results",
            rows,
            lambda one: (one.title,),
            lambda one: (one.objective_id, fold(one.title)),
            {one.pk for one in rows if one.objective_id in hidden},
            self.own_mark,
        )

    def all_objectives(self) -> list[Objective]:
        return [one for same in self.objectives.by_identity.values() for one in same]

    @cached_property
    def cycles(self) -> list[Cycle]:
        return list(Cycle.objects.all())

    # The rows -------------------------------------------------------------------------------------------

    def of(self, kind: str) -> list[Row]:
        """The rows of a kind that are not refused yet."""
        return [row for row in self.rows if row.kind == kind and not row.outcome]

    def each(self, kind: str) -> Iterator[Row]:
        """The same one after the other, saying how far that is."""
        return progress.counted("looking at each row", self.of(kind))

    def refused_in_file(self, kinds: tuple[str, ...], text: str) -> Row | None:
        """The refused row that the text means, if it means one."""
        meant = [row for kind in kinds for row in self._in_file.get((kind, fold(text)), ())]
        return next((row for row in meant if row.is_refused), None)

    @cached_property
    def _in_file(self) -> dict[tuple[str, str], list[Row]]:
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            for name in {fold(row.title), fold(row.external_id), fold(row.text("email"))} - {""}:
                found.setdefault((row.kind, name), []).append(row)
        return found

    def made(self, kind: str, title: str, line: int, subject: Record, why: str) -> None:
        """Add a row for what the file only mentions and an import has to make."""
        row = Row(line, kind, title, notes=[why])
        row.done(subject, Outcome.CREATED)
        self.rows.append(row)
        self.undo.append(lambda: self.rows.remove(row))

    def know(self, known: Known[R], record: R) -> None:
        """Let the rows that follow find a record that was just made."""
        known.add(record)
        self.undo.append(lambda: known.forget(record))

    def use(self, strategy: Strategy) -> None:
        """Let what follows go into this strategy."""
        before = self.strategy
        self.strategy = strategy
        self.undo.append(lambda: setattr(self, "strategy", before))

    @contextmanager
    def attempt(self, row: Row) -> Iterator[None]:
        """Write a row or nothing of it: a refusal undoes what it had written and stands beside it."""
        self.undo.clear()
        try:
            with transaction.atomic():
                yield
        except (DomainError, NotAllowed, SavedMeanwhile) as error:
            row.refuse(error)
            while self.undo:
                self.undo.pop()()

    def settle(self, row: Row, record: R, known: Known[R]) -> None:
        """Let only one row be about a record; refuses the second."""
        key = (record._meta.label_lower, record.pk)
        if self.settled.setdefault(key, row) is not row:
            raise DomainError(
                f"Line {self.settled[key].line} is about the same. Add an identifier to tell them apart."
            )
        if self.new_name(row, record):
            known.promise(record, row.external_id)

    def new_name(self, row: Row, record: Record) -> bool:
        """Whether the row gives the record an identifier that it does not have yet."""
        own = row.external_id == own_identifier(record, self.own_mark)
        return bool(row.external_id) and not record.external_id and not own

    def stand_alone(self, row: Row, key: Hashable) -> None:
        """Let only one new row of a kind without identifiers say the same; refuses the second."""
        first = self.new.setdefault((row.kind, key), row)
        if first is not row and not (row.external_id and first.external_id):
            raise DomainError(
                f"Line {first.line} says the same. Add an identifier to tell them apart."
            )

    def update(
        self,
        row: Row,
        record: Record,
        wanted: Mapping[str, Any],
        write: Callable[[dict[str, Any]], object],
    ) -> bool:
        """Write what differs, through the service that `write` calls; whether anything did."""
        before, after = differing(record, wanted)
        if after:
            write(dict(after))
        if self.new_name(row, record):
            self.identify(record, row.external_id)
            before, after = before | {"external_id": ""}, after | {"external_id": row.external_id}
        row.done(record, Outcome.UPDATED if after else Outcome.UNCHANGED, before, after)
        return bool(after)

    def identify(self, record: Record, external_id: str) -> None:
        """Note how the file names a record, so that the next import finds it whatever it is called by then."""
        if not external_id:
            return
        versions.save(record, {"external_id": external_id})
        audit.record(self.actor, "identify", record, after={"external_id": external_id})

    def where(self, row: Row) -> str:
        """Where a record was found, as it is kept with it."""
        return f"{self.filename[-150:]}, line {row.line}"
