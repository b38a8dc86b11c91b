"""The list of cascades, as narrowed; those around an objective, a priority or a unit; what waits for a person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from goldenthread.core.either import in_either
from goldenthread.core.prepared import Pages, Prepared, how_many, sums
from goldenthread.objectives.cascade_states import SETTLED, WAITING, CascadeState
from goldenthread.objectives.models import Cascade, CascadeVersion, Cycle, Objective
from goldenthread.objectives.models.cascade import SIDE_UNITS, has_voice
from goldenthread.objectives.selectors.cascades.thread import ENDS
from goldenthread.objectives.services.cascades.sides import load_above, may_answer
from goldenthread.people.models import Person, Unit, stand_in
from goldenthread.people.selectors import matches
from goldenthread.strategy.models import Priority

VIEWS = ("", "mine", "waiting", "overdue", *CascadeState.values)
# What home reads of a thread that waits, and what tells whose word is awaited.
NEAR = (
    *("title", "state", "spoken", "direction", "answer_by", "author", "objective"),
    *(f"{unit}__{name}" for unit in SIDE_UNITS for name in ("name", "parent", "leader")),
    *(
        f"{unit}__leader__{name}"
        for unit in SIDE_UNITS
        for name in ("name", "user", "manager", "end")
    ),
)
SORTS = {"title": "title", "unit": "taking_unit__name", "answer_by": "answer_by"}


@dataclass(frozen=True)
class CascadeFilter:
    """What the list is narrowed to; the address of the page says it."""

    text: str = ""
    view: str = ""  # one of VIEWS: the reader's to answer, waiting, overdue, or a state
    unit: Unit | None = None  # gave or took it
    cycle: Cycle | None = None
    serves: Objective | Priority | None = None
    sort: str = ""  # a key of SORTS, with "-" for the other way; else what waits comes first


def cascade_list(reader: Person, chosen: CascadeFilter, on: dt.date) -> "QuerySet[Cascade]":
    """The threads that the reader may see, as narrowed and sorted."""
    rows = Cascade.objects.visible_to(reader)
    if chosen.text:
        rows = rows.filter(matches(chosen.text, "title", "taking_unit__name", "giver_unit__name"))
    if chosen.view == "mine":
        rows = rows.filter(pk__in=[one.pk for one in to_answer(reader)])
    elif chosen.view == "waiting":
        rows = rows.waiting()
    elif chosen.view == "overdue":
        rows = rows.overdue(on)
    elif chosen.view:
        rows = rows.filter(state=chosen.view)
    if chosen.unit is not None:
        rows = rows.filter(Q(giver_unit=chosen.unit) | Q(taking_unit=chosen.unit))
    if chosen.cycle is not None:
        rows = rows.filter(cycle=chosen.cycle)
    if isinstance(chosen.serves, Objective):
        rows = rows.filter(parent_objective=chosen.serves)
    elif chosen.serves is not None:
        rows = rows.filter(parent_priority=chosen.serves)
    rows = rows.select_related("cycle", "author", "giver_unit__leader", "taking_unit__leader")
    name = SORTS.get(chosen.sort.removeprefix("-"))
    if name is not None:
        by = F(name).desc() if chosen.sort.startswith("-") else F(name).asc()
        return rows.order_by(by, "pk")
    return rows.order_by(_waits_first(), "answer_by", "-pk")


def cascade_pages(
    reader: Person, chosen: CascadeFilter, on: dt.date
) -> "Pages[Cascade] | QuerySet[Cascade]":
    """`cascade_list` for a paginator."""
    if chosen.text or chosen.view == "mine":
        return cascade_list(reader, chosen, on)
    named = [one.pk for one in reader.self_and_lenders]
    return Pages(partial(_count, chosen, on, named=named), partial(_page, chosen, on, named=named))


@Prepared
def _count(
    chosen: CascadeFilter, on: dt.date, *, named: Sequence[int]
) -> QuerySet[Any, tuple[int]]:
    return how_many(cascade_list(stand_in(named, False), chosen, on))


@Prepared
def _page(
    chosen: CascadeFilter, on: dt.date, start: int, stop: int, *, named: Sequence[int]
) -> QuerySet[Cascade]:
    return cascade_list(stand_in(named, False), chosen, on)[start:stop]


def _waits_first() -> Case:
    return Case(
        When(state__in=WAITING, then=Value(0)),
        When(state=CascadeState.DRAFT, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def totals(reader: Person, on: dt.date) -> dict[str, int]:
    """How many there are, wait, are overdue, and stand in each state. One query."""
    none = dict.fromkeys(("every", "waiting", "overdue", "settled", *CascadeState.values), 0)
    return next(iter(_totals(on, named=[one.pk for one in reader.self_and_lenders])), none)


@Prepared
def _totals(on: dt.date, *, named: Sequence[int]) -> QuerySet[Cascade, dict[str, int]]:
    states = {state: Count("pk", filter=Q(state=state)) for state in CascadeState.values}
    return sums(
        Cascade.objects.visible_to(stand_in(named, False)),
        every=Count("pk"),
        waiting=Count("pk", filter=Q(state__in=WAITING)),
        overdue=Count("pk", filter=Q(state__in=WAITING, answer_by__lt=on)),
        settled=Count("pk", filter=Q(state__in=SETTLED)),
        **states,
    )


def to_answer(person: Person, limit: int = 200) -> list[Cascade]:
    """What waits for this person's word, the earliest day first.

    Two queries, and two more where somewhere one person leads both units or a leader cannot answer: there the next above
    does.
    """
    plain = _plainly(limit, named=[one.pk for one in person.self_and_lenders])
    found = [*plain, *_for_the_next_above(person, limit)]
    return sorted(found, key=lambda one: (one.answer_by, one.pk))


@Prepared
def _plainly(limit: int, *, named: Sequence[int]) -> QuerySet[Cascade]:
    rows = Cascade.objects.waiting_for(stand_in(named, False)).select_related("cycle", *ENDS)
    return rows.order_by("answer_by", "pk")[:limit]


def _for_the_next_above(person: Person, limit: int) -> list[Cascade]:
    """Those whose own answerer cannot give the word."""
    if not person.is_leader and not person.stands_in_for and not person.closure_below.exists():
        return []
    named = [one.pk for one in person.self_and_lenders]
    return _awaited(_unheard(limit, named=named), person)


@Prepared
def _unheard(limit: int, *, named: Sequence[int]) -> QuerySet[Any]:
    """What waits, of those that somebody sees, where one person leads both units or a leader has no account."""
    same = Q(giver_unit__leader=F("taking_unit__leader"))
    mute = Q()
    for unit, spoken in (("giver_unit", "taker"), ("taking_unit", "giver")):
        without = Q(**{f"{unit}__leader__isnull": True}) | Q(**{f"{unit}__leader__user": None})
        mute |= Q(spoken=spoken) & without
    seen = Cascade.objects.visible_to(stand_in(named, False))
    rows = _with_writers(seen.waiting().filter(same | mute)).select_related("cycle", *ENDS)
    return rows.order_by("answer_by", "pk")[:limit]


def _with_writers(rows: QuerySet[Cascade]) -> QuerySet[Any, Any]:
    """With who wrote the version that stands, and in whose place."""
    stands = CascadeVersion.objects.filter(cascade=OuterRef("pk"), number=OuterRef("number"))
    return rows.annotate(
        wrote=Subquery(stands.values("author")), wrote_for=Subquery(stands.values("author_for"))
    )


def _awaited(found: Sequence[Any], person: Person) -> list[Any]:
    """Those of `_with_writers` whose answer is this person's to give. Two queries, where there are any."""
    if not found:
        return []
    load_above(found)
    return [
        one
        for one in found
        if may_answer(one, CascadeVersion(author_id=one.wrote, author_for_id=one.wrote_for), person)
    ]


def cascades_near(person: Person, limit: int = 200) -> list[tuple[Cascade, bool]]:
    """What waits for an answer between units that this person speaks for or stands next above, each with whether the
    answer is theirs; the earliest day first.

    Next above is the manager of one of the two leaders, or the leader of the unit that one is part of. One query, and
    two more where somewhere one person leads both units or a leader cannot answer.
    """
    found = _near(limit, named=[one.pk for one in person.self_and_lenders])
    plain = {
        one.pk: has_voice(one.answering_unit)
        and one.giver_unit.leader_id != one.taking_unit.leader_id
        for one in found
    }
    awaited = {one.pk for one in _awaited([one for one in found if not plain[one.pk]], person)}
    awaited |= {
        one.pk
        for one in found
        if plain[one.pk]
        and one.answering_unit.leader in person.self_and_lenders
        and one.wrote != person.pk
    }
    return [(one, one.pk in awaited) for one in found]


def waiting_near(named: Sequence[int]) -> QuerySet[Cascade]:
    """What waits between units that these people lead, or stand next above.

    The units are found first, by their indexes: asked through both units at once, PostgreSQL puts each unit beside each.
    """
    led = Unit.objects.filter(leader__in=named)
    reports = Person.objects.filter(manager__in=named)
    units = Unit.objects.filter(
        in_either(
            led,
            Unit.objects.filter(leader__in=reports.values("pk")),
            Unit.objects.filter(parent__in=led.values("pk")),
        )
    ).values("pk")
    return Cascade.objects.waiting().filter(Q(giver_unit__in=units) | Q(taking_unit__in=units))


@Prepared
def _near(limit: int, *, named: Sequence[int]) -> QuerySet[Any]:
    rows = _with_writers(waiting_near(named))
    rows = rows.select_related("giver_unit__leader", "taking_unit__leader").only(*NEAR)
    return rows.order_by("answer_by", "pk")[:limit]


def cascades_beside(reader: Person, record: Model, limit: int) -> list[Cascade]:
    """The threads around an objective (that it made, or that serve it), a priority or a unit. One query."""
    sides: tuple[str, ...] = ("parent_objective", "objective")
    if isinstance(record, Priority):
        sides = ("parent_priority",)
    elif isinstance(record, Unit):
        sides = ("giver_unit", "taking_unit")
    named = [one.pk for one in reader.self_and_lenders]
    return _beside(sides, limit, named=named, record=record.pk)


@Prepared
def _beside(
    sides: Sequence[str], limit: int, *, named: Sequence[int], record: int
) -> QuerySet[Cascade]:
    rows = Cascade.objects.visible_to(stand_in(named, False))
    rows = rows.filter(Q(*((side, record) for side in sides), _connector=Q.OR))
    rows = rows.exclude(state=CascadeState.WITHDRAWN).select_related("giver_unit", "taking_unit")
    return rows.order_by(_waits_first(), "answer_by", "-pk")[:limit]
