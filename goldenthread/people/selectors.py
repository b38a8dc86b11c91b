"""What is read about units and people: the tree, the list, the chart, and what pickers find."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from goldenthread.core import clock
from goldenthread.core.either import in_either
from goldenthread.core.for_a_minute import ForAMinute
from goldenthread.core.prepared import Prepared
from goldenthread.people.models import (
    Absence,
    Deputy,
    Person,
    PersonQuerySet,
    ReportingClosure,
    Unit,
)

SORTS = {
    "name": ("name", "pk"),
    "unit": ("unit__name", "name", "pk"),
    "manager": ("manager__name", "name", "pk"),
    "position": ("position", "name", "pk"),
    "fte": ("fte", "name", "pk"),
    "start": ("start", "name", "pk"),
}


# Units ------------------------------------------------------------------------------------------------------
@dataclass
class UnitNode:
    """A unit in the tree, with who works in it and in everything below it."""

    unit: Unit
    depth: int
    people: int
    people_below: int = 0  # its own included
    children: list["UnitNode"] = field(default_factory=list)

    @property
    def shown_depth(self) -> int:
        """How far a page indents it; deeper ones stand no further in."""
        return min(self.depth, 6)


def unit_tree() -> list[UnitNode]:
    """The units in force as trees, by name, with their counts; one query, whatever the size."""
    here = Person.objects.filter(unit=OuterRef("pk")).working(clock.today())
    units = (
        Unit.objects.filter(ended_on__isnull=True)
        .select_related("leader")
        .annotate(works_here=_count(here, "unit"))
    )
    nodes = {unit.pk: UnitNode(unit, 0, unit.works_here) for unit in units}
    tops: list[UnitNode] = []
    for node in nodes.values():
        parent = nodes.get(node.unit.parent_id) if node.unit.parent_id else None
        (parent.children if parent else tops).append(node)
    for top in tops:
        _sum_up(top, 0)
    return tops


MOST_CHOICES = 200


class UnitChoice(NamedTuple):
    """A unit in a list to choose from."""

    pk: int
    name: str
    depth: int

    @property
    def indent(self) -> str:
        """Inside a list to choose from, which knows only text."""
        return "\u2003" * self.depth


def unit_choices(*chosen: Unit | None) -> list[UnitChoice]:
    """The units in force to narrow a list by, each before those below it, by name. One query.

    Where there are more than `MOST_CHOICES` only the upper levels that come to so many, the first at least; what is
    chosen stands first then.
    """
    below: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
    rows = _named_units()
    known = {pk for pk, _, _ in rows}
    for pk, name, parent in rows:
        below[parent if parent in known else None].append((pk, name))
    levels = [[pk for pk, _ in below[None]]]
    while level := [pk for above in levels[-1] for pk, _ in below.get(above, ())]:
        if sum(map(len, levels)) + len(level) > MOST_CHOICES:
            break
        levels.append(level)
    found: list[UnitChoice] = []

    def walk(parent: int | None, depth: int) -> None:
        for pk, name in below.get(parent, ()):
            found.append(UnitChoice(pk, name, depth))
            if depth + 1 < len(levels):
                walk(pk, depth + 1)

    walk(None, 0)
    there = {one.pk for one in found}
    named = {one.pk: UnitChoice(one.pk, one.name, 0) for one in chosen if one is not None}
    return [*(one for pk, one in named.items() if pk not in there), *found]


@Prepared
def _named_units() -> "QuerySet[Unit, tuple[int, str, int | None]]":
    rows = Unit.objects.filter(ended_on__isnull=True)
    return rows.order_by("name", "pk").values_list("pk", "name", "parent_id")


def flat(nodes: Iterable[UnitNode]) -> list[UnitNode]:
    """A tree as rows, each unit before those below it."""
    rows = []
    waiting = list(nodes)[::-1]
    while waiting:
        node = waiting.pop()
        rows.append(node)
        waiting.extend(node.children[::-1])
    return rows


def units_above(unit: Unit) -> list[Unit]:
    """The units that a unit is part of, the highest first, without itself."""
    above = Unit.objects.filter(closure_below__descendant=unit, closure_below__depth__gt=0)
    return list(above.order_by("-closure_below__depth"))


def find_units(text: str, limit: int = 10) -> list[Unit]:
    """The units in force whose name holds every word."""
    if not text.strip():
        return []
    found = Unit.objects.filter(matches(text, "name"), ended_on__isnull=True)
    return list(found.select_related("parent").order_by("name", "pk")[:limit])


NOT_INVITED = Q(user__isnull=True, invited_at__isnull=True)


# People -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PeopleFilter:
    """What a list of people is narrowed to; the address of the page says it."""

    text: str = ""
    unit: Unit | None = None  # with the units below it
    manager: Person | None = None  # direct reports
    no_manager: bool = False  # who reports to nobody
    no_unit: bool = False  # who stands in no unit
    state: str = "working"  # working, left, or all
    account: str = ""  # with, invited, or without
    sort: str = "name"  # a key of SORTS, with "-" for the other way


def people_list(reader: Person, chosen: PeopleFilter) -> PersonQuerySet:
    """The people whom the reader may see, as narrowed and sorted, with unit, manager and account."""
    people = Person.objects.visible_to(reader).select_related("unit", "manager", "user")
    if chosen.text:
        people = people.filter(matches(chosen.text, "name", "email", "position"))
    if chosen.unit is not None:
        people = people.filter(unit__closure_above__ancestor=chosen.unit)
    if chosen.manager is not None:
        people = people.filter(manager=chosen.manager)
    if chosen.no_manager:
        people = people.filter(manager__isnull=True)
    if chosen.no_unit:
        people = people.filter(unit__isnull=True)
    if chosen.state == "working":
        people = people.working(clock.today())
    elif chosen.state == "left":
        people = people.filter(end__lt=clock.today())
    accounts = {
        "with": Q(user__isnull=False),
        "invited": Q(user__isnull=True, invited_at__isnull=False),
        "without": NOT_INVITED,
    }
    if chosen.account in accounts:
        people = people.filter(accounts[chosen.account])
    columns = SORTS.get(chosen.sort.removeprefix("-"), SORTS["name"])
    if chosen.sort.startswith("-"):
        columns = (f"-{columns[0]}", *columns[1:])
    return people.order_by(*columns)


@dataclass(frozen=True)
class PeopleGaps:
    """How many work here, and how many of them lack what the rest of the product builds on. Each count is that
    of the list narrowed to it."""

    working: int
    not_invited: int
    without_manager: int  # whoever leads the organisation among them
    without_unit: int  # 0 also where nobody stands in one: then units are not used

    @property
    def none(self) -> bool:
        return not self.not_invited and self.without_manager < 2 and not self.without_unit


def people_gaps(reader: Person) -> PeopleGaps:
    """Counted over everybody who works here, in one query."""
    found = (
        Person.objects.visible_to(reader)
        .working(clock.today())
        .aggregate(
            working=Count("pk"),
            not_invited=Count("pk", filter=NOT_INVITED),
            without_manager=Count("pk", filter=Q(manager__isnull=True)),
            without_unit=Count("pk", filter=Q(unit__isnull=True)),
        )
    )
    if found["without_unit"] == found["working"]:
        found["without_unit"] = 0
    return PeopleGaps(**found)


def find_people(reader: Person, text: str, limit: int = 10) -> list[Person]:
    """Those who work here and whose name or e-mail holds every word; names that begin so come first."""
    if not text.strip():
        return []
    starts = Case(When(_starts(text), then=Value(0)), default=Value(1), output_field=IntegerField())
    people = Person.objects.visible_to(reader).working(clock.today())
    found = people.filter(matches(text, "name", "email")).select_related("unit")
    return list(found.order_by(starts, "name", "pk")[:limit])


def people_below(person: Person) -> PersonQuerySet:
    """Everybody who reports to a person, directly or through others."""
    return Person.objects.filter(closure_above__manager=person)


def managers_above(person: Person) -> list[Person]:
    """The line above a person, the highest first."""
    above = Person.objects.filter(closure_below__report=person)
    return list(above.order_by("-closure_below__depth"))


def absences_ahead(person: Person) -> list[Absence]:
    """The days away that a person has noted and that are not over."""
    return list(person.absences.filter(end__gte=clock.today()))


def deputies_ahead(person: Person) -> list[Deputy]:
    """Who stands in for the person, today and later."""
    return list(person.deputies.ahead(clock.today()).select_related("deputy"))


# The chart --------------------------------------------------------------------------------------------------
CHART_STEP = 100


@dataclass(frozen=True)
class ChartLevel:
    """People under one manager (or under nobody), and how many more there are to load."""

    manager: Person | None
    people: list[Person]  # with `direct` and `below`: how many report to each
    after: int  # where the next step begins
    more: int


LARGE = ForAMinute[dict[int, tuple[int, int]]]()


def chart_level(reader: Person, manager: Person | None, after: int = 0) -> ChartLevel:
    """One level of the organisation chart, those with reports first, a hundred at a time.

    Without a manager: those who report to nobody who works here, and have reports themselves; who has most
    people below comes first. How many are below a large part of the organisation may be a minute old.
    """
    today = clock.today()
    key = (today, manager and manager.pk)
    kept = LARGE.of(key) if not after else None
    if kept is not None:
        rows = _level(Person.objects.visible_to(reader).working(today), manager, today)
        if manager is None:
            rows = rows.filter(Exists(Person.objects.filter(manager=OuterRef("pk")).working(today)))
        found = {one.pk: one for one in rows.select_related("unit")[: CHART_STEP + 1]}
        if found.keys() == kept.keys():
            for pk, (direct, below) in kept.items():
                found[pk].direct, found[pk].below = direct, below  # type: ignore[attr-defined]  # as annotated below
            return ChartLevel(manager, [found[pk] for pk in kept], len(kept), 0)
    level = _level(_chart_people(reader), manager, today)
    if manager is None:
        level = level.filter(Q(direct__gt=0))
    leaf = Case(When(direct__gt=0, then=Value(0)), default=Value(1))
    ordered = level.order_by("-below" if manager is None else leaf, "name", "pk")
    people = list(ordered[after : after + CHART_STEP])
    more = level.count() - after - CHART_STEP if len(people) == CHART_STEP else 0
    if not after and not more:
        counts: dict[int, tuple[int, int]] = {}
        for one in people:
            counts[one.pk] = (one.direct, one.below)  # type: ignore[attr-defined]  # annotated
        LARGE.keep(key, counts, sum(below for _, below in counts.values()))
    return ChartLevel(manager, people, after + len(people), max(more, 0))


def _level(people: PersonQuerySet, manager: Person | None, today: dt.date) -> PersonQuerySet:
    return _tops(people, today) if manager is None else people.filter(manager=manager)


def chart_person(reader: Person, person: Person) -> ChartLevel:
    """The level of one person alone, for a chart that begins with them."""
    return ChartLevel(None, list(_chart_people(reader, working=False).filter(pk=person.pk)), 1, 0)


def _chart_people(reader: Person, working: bool = True) -> PersonQuerySet:
    """People with `direct` and `below`: how many report to each, now."""
    today = clock.today()
    people = Person.objects.visible_to(reader)
    direct = Person.objects.filter(manager=OuterRef("pk")).working(today)
    below = ReportingClosure.objects.filter(_working("report__", today), manager=OuterRef("pk"))
    counted = (people.working(today) if working else people).annotate(
        direct=_count(direct, "manager"), below=_count(below, "manager")
    )
    return counted.select_related("unit")


def people_without_line(reader: Person) -> PersonQuerySet:
    """Who works here, reports to nobody and has no reports: they stand beside the chart."""
    today = clock.today()
    direct = Person.objects.filter(manager=OuterRef("pk")).working(today)
    tops = _tops(Person.objects.visible_to(reader).working(today), today)
    return tops.exclude(Exists(direct)).select_related("unit")


def _tops(people: PersonQuerySet, today: dt.date) -> PersonQuerySet:
    gone = Person.objects.filter(Q(start__gt=today) | Q(end__lt=today))
    of_nobody = Person.objects.filter(manager__isnull=True)
    return people.filter(in_either(of_nobody, Person.objects.filter(manager__in=gone.values("pk"))))


def _working(prefix: str, today: dt.date) -> Q:
    """`PersonQuerySet.working` for people behind a relation."""
    return (Q(**{f"{prefix}start__isnull": True}) | Q(**{f"{prefix}start__lte": today})) & (
        Q(**{f"{prefix}end__isnull": True}) | Q(**{f"{prefix}end__gte": today})
    )


def _count(rows: "QuerySet[Person] | QuerySet[ReportingClosure]", by: str) -> Coalesce:
    """How many rows a correlated query finds, 0 for none."""
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0))


def _sum_up(node: UnitNode, depth: int) -> int:
    node.depth = depth
    node.people_below = node.people + sum(_sum_up(child, depth + 1) for child in node.children)
    return node.people_below


def _forms(word: str) -> set[str]:
    """SQLite compares only ASCII letters regardless of case; "élodie" shall find Élodie there too."""
    return {word, word.lower(), word.capitalize()}


def matches(text: str, *columns: str) -> Q:
    """Every word stands somewhere in the columns."""
    found = Q()
    for word in text.split():
        anywhere = Q()
        for column in columns:
            for form in _forms(word):
                anywhere |= Q(**{f"{column}__icontains": form})
        found &= anywhere
    return found


def _starts(text: str) -> Q:
    found = Q()
    for form in _forms(" ".join(text.split())):
        found |= Q(name__istartswith=form)
    return found
