"""The grid in which a leader says who works on what: people or units down, what effort goes into across."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.html import escape

from goldenthread.core import clock
from goldenthread.core.prepared import Prepared
from goldenthread.objectives.fields import key_of
from goldenthread.objectives.models import Cycle, Objective, ObjectiveQuerySet
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person, Unit, UnitClosure, stand_in
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.models import (
    RUN,
    Allocation,
    NonRoutineShare,
    Target,
    Whose,
    key_of_target,
)
from goldenthread.tradeoffs.selectors.allocations import left_behind, stamp, without_people
from goldenthread.tradeoffs.selectors.inferring import inferred_shares
from goldenthread.tradeoffs.utilisation import look_of
from goldenthread.ui.health import Look

ROWS, MOST_COLUMNS = 20, 60
ZERO = Decimal(0)


@dataclass(frozen=True)
class Plan:
    """What the grid is about: a unit's people, the units right below it, or, without a unit, one's own reports."""

    cycle: Cycle
    day: dt.date  # what holds on it is shown, and from it on what is typed will hold
    unit: Unit | None = None
    by_unit: bool = False
    page: str | None = None
    further: tuple[str, ...] = ()  # keys of objectives that somebody wants as columns too

    @property
    def may_save(self) -> bool:
        return self.cycle.state != Cycle.State.CLOSED and self.day <= self.cycle.ends_on


@dataclass(frozen=True)
class Column:
    """What effort may go into."""

    key: str
    target: Target
    note: str = ""
    owner: str = ""  # the key of whose objective it is

    @cached_property
    def title(self) -> str:
        return "Run the business" if self.target == RUN else str(self.target)

    @cached_property
    def escaped(self) -> str:
        """The title for the cells, which write their markup by hand."""
        return escape(self.title)

    @property
    def url(self) -> str:
        return self.target.get_absolute_url() if isinstance(self.target, Objective) else ""


@dataclass
class Cell:
    """One share as it stands, or as it was typed and could not be kept."""

    column: Column
    name: str  # of its field
    share: Decimal = ZERO  # what holds
    text: str = ""
    inferred: Decimal | None = None
    wrong: bool = False
    meanwhile: bool = False  # somebody else changed it after it was opened

    @property
    def inferred_text(self) -> str:
        return "" if self.inferred is None else text_of(self.inferred.quantize(Decimal("0.01")))

    @property
    def is_own(self) -> bool:
        return self.name.startswith(f"s-{self.column.owner}-")


@dataclass
class Row:
    """One person or unit with what holds of their shares on the day."""

    whose: Whose
    key: str
    fte: Decimal
    elsewhere: Decimal  # in other cycles, and into what the reader may not see
    seen: str  # what the form was made from: `stamp`, then each share that a cell shows
    cells: list[Cell] = field(default_factory=list)
    meanwhile: bool = False
    people_entered: int = 0  # of a unit: of so many in it and below effort is entered by name

    @property
    def total(self) -> Decimal:
        return sum((cell.share for cell in self.cells), self.elsewhere)

    @property
    def elsewhere_points(self) -> str:
        """In per cent, for the script."""
        return f"{self.elsewhere * 100:f}"

    @property
    def look(self) -> Look:
        return look_of(float(self.total))

    @property
    def is_inferred(self) -> bool:
        return any(cell.inferred is not None for cell in self.cells)


@dataclass(frozen=True)
class Grid:
    """The page of a plan."""

    plan: Plan
    columns: list[Column]
    rows: list[Row]
    page: Page[Whose]
    left_out: int  # columns that did not fit
    non_routine: Decimal | None  # as declared
    left_behind: int  # shares of these rows that the cycle's dates have moved away from

    @property
    def totals(self) -> list[Decimal]:
        """What goes into each column, in full-time equivalents of the rows shown."""
        return [
            sum((row.cells[place].share * row.fte for row in self.rows), ZERO)
            for place in range(len(self.columns))
        ]

    @property
    def has_elsewhere(self) -> bool:
        return any(row.elsewhere for row in self.rows)

    @property
    def overloaded(self) -> int:
        return sum(row.total > 1 for row in self.rows)

    @property
    def entered(self) -> int:
        return sum(row.total > 0 for row in self.rows)


def grid(reader: Person, plan: Plan) -> Grid:
    """The grid as it stands, in a fixed number of queries whatever the number of rows."""
    page: Page[Whose] = Paginator(_rows_of(reader, plan), ROWS).get_page(plan.page)
    whose = list(page)
    held: dict[str, list[Allocation]] = defaultdict(list)
    people = [one.pk for one in whose if isinstance(one, Person)]
    units = [one.pk for one in whose if isinstance(one, Unit)]
    for row in _held(plan.day, cycle=plan.cycle.pk, people=people, units=units):
        held[f"n{row.person_id}" if row.person_id else f"u{row.unit_id}"].append(row)
    columns, left_out = _columns(reader, plan, whose, [one for of in held.values() for one in of])
    capacity = _capacity(whose, plan.day)
    share = NonRoutineShare.now()
    unsaid = [
        one.pk
        for one in whose
        if isinstance(one, Person) and not any(row.holds(plan.day) for row in held[key_of(one)])
    ]
    inferred = inferred_shares(unsaid, plan.day, share)
    rows = [
        _row(
            one,
            capacity[key_of(one)],
            held[key_of(one)],
            plan,
            columns,
            {key_of_target(guess.target): guess.share for guess in inferred.get(one.pk, ())}
            if isinstance(one, Person)
            else {},
        )
        for one in whose
    ]
    if plan.by_unit:
        named = _entered_below([one.pk for one in whose], plan.day)
        for one in rows:
            one.people_entered = named.get(one.whose.pk, 0)
    every_held = [one for of in held.values() for one in of]
    behind = len(left_behind(every_held, plan.cycle))
    return Grid(plan, columns, rows, page, left_out, share, behind)


@Prepared
def _held(
    day: dt.date, *, cycle: int, people: Sequence[int], units: Sequence[int]
) -> QuerySet[Allocation]:
    """What is planned for these people and units in the cycle, and what else holds on the day."""
    rows = Allocation.objects.filter(Q(person__in=people) | Q(unit__in=units))
    rows = rows.filter(Q(cycle=cycle) | Q(starts_on__lte=day, ends_on__gte=day))
    own = ("person", "unit", "cycle", "objective", "priority", "share", "starts_on", "ends_on")
    return rows.select_related("objective").only(*own, "objective__closed_at")


def _rows_of(reader: Person, plan: Plan) -> Any:
    if plan.unit is not None and plan.by_unit:
        below = Unit.objects.filter(parent=plan.unit, ended_on__isnull=True).order_by("name", "pk")
        return [plan.unit, *below]
    people = Person.objects.working(max(plan.day, clock.today())).order_by("name", "pk")
    if plan.unit is not None:
        return people.filter(unit=plan.unit)
    return people.filter(Q(manager=reader) | Q(pk=reader.pk))


def _columns(
    reader: Person, plan: Plan, whose: Sequence[Whose], held: Sequence[Allocation]
) -> tuple[list[Column], int]:
    """The unit's objectives, those of the rows, what has effort already; the business; the priorities."""
    people = [one.pk for one in whose if isinstance(one, Person)]
    units = {one.pk for one in whose if isinstance(one, Unit)} | (
        {plan.unit.pk} if plan.unit else set()
    )
    objectives = rows_seen(
        _objectives,
        reader,
        cycle=plan.cycle.pk,
        people=people,
        units=sorted(units),
        named=[int(key[1:]) for key in plan.further if key[:1] == "o" and key[1:].isdecimal()],
        in_use=sorted(
            row.objective_id
            for row in held
            if row.objective_id is not None and row.cycle_id == plan.cycle.pk
        ),
    )
    order = {key_of(one): place for place, one in enumerate(whose)}
    columns = [
        Column(key_of(one), one, str(one.owner or ""), key_of(one.owner) if one.owner else "")
        for one in objectives
    ]
    columns.sort(key=lambda one: (not one.owner.startswith("u"), order.get(one.owner, len(order))))
    used = {row.priority_id for row in held}
    priorities = _priorities(
        reader.is_leader,
        readers=[one.pk for one in reader.self_and_lenders],
        units=sorted(units),
        used=sorted(pk for pk in used if pk is not None),
    )
    served = [Column(key_of(one), one, "Priority") for one in priorities]
    left_out = max(0, len(columns) - MOST_COLUMNS)
    return [*columns[:MOST_COLUMNS], Column(RUN, RUN, "Routine"), *served], left_out


def _objectives(
    *,
    seen: ObjectiveQuerySet,
    cycle: int,
    people: Sequence[int],
    units: Sequence[int],
    named: Sequence[int],
    in_use: Sequence[int],
) -> QuerySet[Objective, Objective]:
    open_here = Q(cycle=cycle, state__in=COUNTED)
    theirs = Q(owner_person__in=people) | Q(owner_unit__in=units)
    wanted = Q(pk__in=in_use) | Q(pk__in=named, state__in=COUNTED) | (open_here & theirs)
    return seen.filter(wanted).listed().order_by("pk")


@Prepared
def _priorities(
    is_leader: bool, *, readers: Sequence[int], units: Sequence[int], used: Sequence[int]
) -> QuerySet[Priority]:
    """Those in use of the organisation and of the units, and those that effort goes into."""
    in_use = Q(pk__in=Priority.objects.in_use().values("pk"))
    for_unit = Q(strategy__unit__isnull=True) | Q(strategy__unit__in=units)
    seen = Priority.objects.visible_to(stand_in(readers, is_leader))
    return seen.filter((in_use & for_unit) | Q(pk__in=used)).order_by("position", "pk")


def _capacity(whose: Sequence[Whose], day: dt.date) -> dict[str, Decimal]:
    """Full-time equivalents of each: of a unit those of everybody in it and below, and what a unit without people has."""
    found = {key_of(one): one.fte if isinstance(one, Person) else ZERO for one in whose}
    units = [one.pk for one in whose if isinstance(one, Unit)]
    if units:
        working = Person.objects.working(day).values("pk")
        below = UnitClosure.objects.filter(ancestor__in=units)
        people = below.filter(descendant__people__in=working).values_list("ancestor")
        bare = below.filter(descendant__in=without_people(day)).values_list("ancestor")
        for pk, fte in people.annotate(fte=Sum("descendant__people__fte")):
            found[f"u{pk}"] += fte
        for pk, fte in bare.annotate(fte=Sum("descendant__fte")):
            found[f"u{pk}"] += fte
    return found


def _entered_below(units: Sequence[int], day: dt.date) -> dict[int, int]:
    entered = Allocation.objects.in_force(day).filter(person__isnull=False).values("person")
    working = Person.objects.working(day).filter(pk__in=entered).values("pk")
    below = UnitClosure.objects.filter(ancestor__in=units, descendant__people__in=working)
    return dict(below.values_list("ancestor").annotate(Count("descendant__people")))


def _row(
    whose: Whose,
    fte: Decimal,
    held: Sequence[Allocation],
    plan: Plan,
    columns: Sequence[Column],
    inferred: dict[str, Decimal],
) -> Row:
    here = [row for row in held if row.cycle_id == plan.cycle.pk]
    now = [row for row in held if row.holds(plan.day)]
    shares = {row.target_key: row.share for row in now if row.cycle_id == plan.cycle.pk}
    key = key_of(whose)
    cells = [
        Cell(
            column,
            f"s-{key}-{column.key}",
            shares.get(column.key, ZERO),
            text_of(shares.get(column.key, ZERO)),
            inferred.get(column.key),
        )
        for column in columns
    ]
    shown = sum((cell.share for cell in cells), ZERO)
    every = sum((row.share for row in now), ZERO)
    told = ",".join(f"{one.column.key}={one.share:f}" for one in cells if one.share)
    return Row(whose, key, fte, every - shown, f"{stamp(here)}|{told}", cells)


def text_of(share: Decimal) -> str:
    """A share as it stands in its field, in per cent: "40", "33.3"; nothing for none."""
    return f"{(share * 100).normalize():f}" if share else ""
