"""The list of objectives: filtered, sorted, counted; and each row with where it stands and its line."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from goldenthread.core.prepared import Prepared
from goldenthread.engine.pace import Health
from goldenthread.objectives.models import (
    Cycle,
    ExpectationChange,
    KeyResult,
    Objective,
    ObjectivePriority,
    ObjectiveQuerySet,
)
from goldenthread.objectives.models.objective import UNOWNED
from goldenthread.objectives.selectors.lines import Line, lines
from goldenthread.objectives.selectors.standing import (
    UNCONFIRMED,
    Standing,
    standing,
    verdict,
    with_health,
)
from goldenthread.objectives.states import CLOSED, COUNTED, State
from goldenthread.people.models import Person, Unit, UnitClosure
from goldenthread.strategy.models import Priority

# What needs somebody comes first.
URGENCY = (
    Health.AT_RISK,
    Health.BEHIND,
    Health.OUTDATED,
    Health.NOT_MEASURED,
    UNCONFIRMED,
    Health.EARLY,
    Health.ON_PACE,
    Health.NOT_STARTED,
    Health.DONE,
)
SORTS = {
    "title": "search",
    "owner": "owner_name",
    "health": "urgency",
    "pace": "score",
    "ends": "last_day",
    "checked": "last_check_in_on",
}
OPEN, CLOSED_ONES, EVERY = "open", "closed", "all"
MINE, TEAM, WAITING = "me", "team", "waiting"


@dataclass(frozen=True)
class ObjectiveFilter:
    """What the list is narrowed to; the address of the page says it."""

    text: str = ""
    cycle: Cycle | None = None
    unit: Unit | None = None  # owned by it, by a unit below, or by somebody in them
    priority: Priority | None = None  # that it reaches
    health: str = ""
    state: str = OPEN  # open, closed, all, or one state
    whose: str = ""  # me, team, or waiting for me
    loose: bool = False
    critical: bool = False
    sort: str = ""  # a key of SORTS, with "-" for the other way; what needs somebody first

    @property
    def is_plain(self) -> bool:
        """Whether nothing but a cycle narrows it, so that the tree can show it."""
        return self == ObjectiveFilter(cycle=self.cycle, sort=self.sort)


def objective_list(reader: Person, chosen: ObjectiveFilter, on: dt.date) -> ObjectiveQuerySet:
    """The objectives that the reader may see, as narrowed and sorted, with cycle and owner."""
    rows = narrowed(Objective.objects.visible_to(reader), reader, chosen, on)
    rows = rows.listed().annotate(
        owner_name=Coalesce("owner_person__name", "owner_unit__name"),
        last_day=Coalesce("ends_on", "cycle__ends_on"),
        urgency=urgency(on),
    )
    name = chosen.sort.removeprefix("-")
    column = F(SORTS.get(name, "urgency"))
    down = chosen.sort.startswith("-")
    by = column.desc(nulls_last=True) if down else column.asc(nulls_last=True)
    return rows.order_by(by, "search", "pk")


def narrowed(
    rows: ObjectiveQuerySet, reader: Person | None, chosen: ObjectiveFilter, on: dt.date
) -> ObjectiveQuerySet:
    """Those of the rows that the filter leaves; the reader is needed where it asks whose they are."""
    for word in chosen.text.casefold().split():
        rows = rows.filter(search__contains=word)
    if chosen.cycle is not None:
        rows = rows.filter(cycle=chosen.cycle)
    if chosen.unit is not None:
        units = UnitClosure.objects.filter(ancestor=chosen.unit).values("descendant")
        rows = rows.filter(Q(owner_unit__in=units) | Q(owner_person__unit__in=units))
    if chosen.priority is not None:
        reached = ObjectivePriority.objects.filter(
            objective=OuterRef("pk"), priority=chosen.priority
        )
        rows = rows.filter(Exists(reached))
    rows = _in_state(rows, chosen)
    if reader is None:
        assert not chosen.whose
    elif chosen.whose == MINE:
        rows = rows.filter(Q(owner_person=reader) | Q(owner_unit__leader=reader))
    elif chosen.whose == TEAM:
        rows = rows.in_charge(reader).exclude(owner_person=reader)
    elif chosen.whose == WAITING:
        rows = waiting_for(reader, rows)
    if chosen.loose:
        rows = rows.filter(LOOSE)
    if chosen.critical:
        rows = rows.filter(critical=True)
    return with_health(rows, chosen.health, on) if chosen.health else rows


LOOSE = Q(in_line=False, state__in=COUNTED)


def _in_state(rows: ObjectiveQuerySet, chosen: ObjectiveFilter) -> ObjectiveQuerySet:
    if chosen.state == OPEN:
        return rows.exclude(state__in=CLOSED)
    if chosen.state == CLOSED_ONES:
        return rows.filter(state__in=CLOSED)
    return rows if chosen.state == EVERY else rows.filter(state=chosen.state)


def urgency(on: dt.date) -> Case:
    """The place of an objective in a list that begins with what needs somebody; closed ones come last."""
    stands = verdict(on)
    places = [
        When(Exact(stands, Value(str(health))), then=Value(place))
        for place, health in enumerate(URGENCY)
    ]
    return Case(*places, default=Value(len(URGENCY)), output_field=IntegerField())


def waiting_for(person: Person, rows: ObjectiveQuerySet) -> ObjectiveQuerySet:
    """What needs this person's word: a proposal or a change of the other side, an import in their name."""
    return rows.filter(waits_for(person))


def waits_for(person: Person) -> Q:
    answers = Q(owner_person=person) | Q(owner_unit__leader=person)
    by_owner = (
        Q(proposed_for__isnull=False)
        | Q(proposed_by=F("owner_person"))
        | Q(proposed_by=F("owner_unit__leader"))
    )
    proposed = Q(state__in=[State.PROPOSED, State.COUNTERED])
    changes = changes_for(person)
    above = _next_above(person, "owner_person", "owner_person__unit")
    above |= _next_above(person, "owner_unit__leader", "owner_unit__parent")
    spoken_for = Q(owner_person__user__isnull=True, owner_person__manager=person)
    imported = Q(state=State.UNCONFIRMED) & (answers | spoken_for)
    if person.is_leader:
        imported |= UNOWNED
    return (
        proposed & answers & ~Q(proposed_by=person) & Q(proposed_for__isnull=True)
        | proposed & by_owner & above
        | imported
        | Q(pk__in=changes)
    )


def changes_for(person: Person | int) -> QuerySet[ExpectationChange, Any]:
    opened = ExpectationChange.State.OPEN
    return ExpectationChange.objects.filter(state=opened, addressee=person).values("objective")


def _next_above(person: Person, accountable: str, unit: str) -> Q:
    """The person is asked for the line: the manager, the manager's where that one has no account, or the head
    of the unit where there is no manager."""
    manager = f"{accountable}__manager"
    return (
        Q((manager, person))
        | Q((f"{manager}__user__isnull", True), (f"{manager}__manager", person))
        | Q(
            (f"{manager}__isnull", True),
            (f"{accountable}__isnull", False),
            (f"{unit}__leader", person),
        )
    )


# Rows ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective as a list shows it; `_line.html`, `_standing.html` and `objective_rows` draw it."""

    objective: Objective
    standing: Standing
    line: Line
    may_check_in: bool = False
    may_link: bool = False

    @property
    def panel(self) -> str:
        """Where on the page its check-in opens."""
        return f"ci-o{self.objective.pk}"


def objective_rows(
    objectives: Iterable[Objective],
    reader: Person,
    on: dt.date,
    known: tuple[Collection[int], Collection[int]] | None = None,
) -> list[ObjectiveRow]:
    """Each objective with its standing, its line and what the reader may do from its row.

    Pass objectives with cycle and owner loaded; `known` are the answers of `charges`, where the caller has them.
    Two queries, one or two more where a step above is not open to everybody.
    """
    listed = list(objectives)
    found = lines(listed, reader)
    led, reported = known or charges(listed, reader)
    return [
        ObjectiveRow(
            row,
            standing(row, on),
            found[row.pk],
            (row.pk in led or row.pk in reported) and row.takes_check_ins(on),
            row.pk in led and not row.is_closed,
        )
        for row in listed
    ]


def charges(objectives: Iterable[Objective], person: Person) -> tuple[set[int], set[int]]:
    """Which of these the person answers for or stands above, and for which they report a key result."""
    found = _charges(
        named=[one.pk for one in person.self_and_lenders],
        objectives=[row.pk for row in objectives],
    )
    return {pk for pk, leads, _ in found if leads}, {pk for pk, _, reads in found if reads}


@Prepared
def _charges(
    *, named: Sequence[int], objectives: Sequence[int]
) -> QuerySet[Objective, tuple[int, bool, bool]]:
    reports = KeyResult.objects.filter(objective=OuterRef("pk"), reporter__in=named)
    led = Objective.objects.in_charge_of(named).filter(pk=OuterRef("pk"))
    rows = Objective.objects.filter(pk__in=objectives)
    return (
        rows.annotate(led=Exists(led), reported=Exists(reports))
        .order_by()
        .values_list("pk", "led", "reported")
    )
