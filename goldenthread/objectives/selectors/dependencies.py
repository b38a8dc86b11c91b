"""Dependencies as a reader sees them: listed, beside an objective or a unit, and those that are not met."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from goldenthread.core.access import allowed
from goldenthread.core.models import AuditRecord
from goldenthread.core.prepared import Pages, Prepared, how_many, sums
from goldenthread.engine import dependencies as engine
from goldenthread.engine.dependencies import Unmet
from goldenthread.objectives.models import Cycle, Dependency, DependencyQuerySet, Objective
from goldenthread.objectives.models.dependency import OPEN
from goldenthread.objectives.states import CLOSED
from goldenthread.objectives.states import State as ObjectiveState
from goldenthread.people.models import Person, Unit, UnitClosure, stand_in
from goldenthread.people.seen import one_seen
from goldenthread.people.selectors import matches
from goldenthread.permissions import Action

State = Dependency.State
RESTRICTED = "a restricted objective"
VIEWS = ("", "unmet", "waiting", "all", *State.values)
SORTS = {
    "needs": "needs",
    "unit": "unit__name",
    "needed": "needed_by",
    "promised": "promised_on",
    "effort": "effort_fte",
}
RISKS = {
    Unmet.DECLINED: "declined",
    Unmet.LATE: "needed by a day that is over",
    Unmet.PROMISED_LATE: "promised later than it is needed",
    Unmet.UNANSWERED: "not answered in time",
}


@dataclass(frozen=True)
class DependencyFilter:
    """What the list is narrowed to; the address of the page says it."""

    text: str = ""
    view: str = ""  # of VIEWS: open, unmet, waiting for the reader's answer, all, or a state
    unit: Unit | None = None  # asked, with those below it
    by: Unit | None = None  # whose objectives need it, with those below it
    cycle: Cycle | None = None
    sort: str = ""  # a key of SORTS, with "-" for the other way; else by the day it is needed


@dataclass(frozen=True)
class DependencyRow:
    """One dependency as its reader sees it: `objective` and `delivers` are None where they are restricted to others."""

    dependency: Dependency
    unmet: Unmet | None
    objective: Objective | None
    delivers: Objective | None

    @property
    def risk(self) -> str:
        """Why it is a risk, in words; empty where it is none."""
        return RISKS[self.unmet] if self.unmet else ""

    @property
    def needed_for(self) -> str:
        return str(self.objective or RESTRICTED)

    @property
    def comes_from(self) -> str:
        """The objective out of which it comes; empty where none is named."""
        if self.dependency.delivers_id is None:
            return ""
        return str(self.delivers or RESTRICTED)


def loaded(rows: DependencyQuerySet) -> DependencyQuerySet:
    """With what a row shows."""
    return rows.select_related(
        *("objective__cycle", "objective__owner_person__unit", "objective__owner_unit__leader"),
        *("delivers__owner_person", "delivers__owner_unit", "unit__leader", "unit__parent__leader"),
        *("asked_by", "answered_by"),
    )


def dependency_rows(rows: Iterable[Dependency], reader: Person, on: dt.date) -> list[DependencyRow]:
    """Each with its risk and what of its ends the reader may see. One query, where any end is restricted."""
    every = list(rows)
    ends = [end for one in every for end in (one.objective, one.delivers) if end is not None]
    closed = {end.pk for end in ends if end.restricted}
    if closed:
        seen = Objective.objects.visible_to(reader).filter(pk__in=closed)
        closed -= set(seen.values_list("pk", flat=True))

    def shown(end: Objective | None) -> Objective | None:
        return None if end is None or end.pk in closed else end

    return [
        DependencyRow(one, risk_of(one, on), shown(one.objective), shown(one.delivers))
        for one in every
    ]


def risk_of(dependency: Dependency, on: dt.date) -> Unmet | None:
    """Why it is a risk on the day; nothing is where the objective that needs it is closed or not taken on."""
    if dependency.objective.state in {*CLOSED, ObjectiveState.UNCONFIRMED}:
        return None
    return engine.unmet(dependency.need, on)


def dependency_list(reader: Person, chosen: DependencyFilter, on: dt.date) -> DependencyQuerySet:
    """Those that the reader may see, as narrowed and sorted."""
    rows = Dependency.objects.visible_to(reader)
    if chosen.text:
        # Not by the title of the objective: one that is hidden would be found by it.
        rows = rows.filter(matches(chosen.text, "needs", "unit__name"))
    if chosen.view == "":
        rows = rows.open()
    elif chosen.view == "unmet":
        rows = rows.unmet(on)
    elif chosen.view == "waiting":
        rows = rows.filter(answered_by_reader(reader))
    elif chosen.view in State.values:
        rows = rows.filter(state=chosen.view)
    if chosen.unit is not None:
        rows = rows.asked_of(chosen.unit)
    if chosen.by is not None:
        rows = rows.needed_in(chosen.by)
    if chosen.cycle is not None:
        rows = rows.filter(objective__cycle=chosen.cycle)
    name = SORTS.get(chosen.sort.removeprefix("-"), "needed_by")
    by = (
        F(name).desc(nulls_last=True)
        if chosen.sort.startswith("-")
        else F(name).asc(nulls_last=True)
    )
    return loaded(rows).order_by(by, "pk")


def dependency_pages(
    reader: Person, chosen: DependencyFilter, on: dt.date
) -> "Pages[Dependency] | DependencyQuerySet":
    """`dependency_list` for a paginator."""
    if chosen.text:
        return dependency_list(reader, chosen, on)
    named, leads = [one.pk for one in reader.self_and_lenders], reader.is_leader
    return Pages(
        partial(_count, chosen, on, leads, named=named),
        partial(_page, chosen, on, leads, named=named),
    )


@Prepared
def _count(
    chosen: DependencyFilter, on: dt.date, is_leader: bool, *, named: Sequence[int]
) -> QuerySet[Any, tuple[int]]:
    return how_many(dependency_list(stand_in(named, is_leader), chosen, on))


@Prepared
def _page(
    chosen: DependencyFilter,
    on: dt.date,
    is_leader: bool,
    start: int,
    stop: int,
    *,
    named: Sequence[int],
) -> QuerySet[Dependency]:
    return dependency_list(stand_in(named, is_leader), chosen, on)[start:stop]


def totals(reader: Person, on: dt.date) -> dict[str, int]:
    """How many there are, are open, are not met, and wait for the reader. One query."""
    none = dict.fromkeys(("every", "open", "unmet", "waiting", *State.values), 0)
    named = [one.pk for one in reader.self_and_lenders]
    return next(iter(_totals(on, reader.is_leader, named=named)), none)


@Prepared
def _totals(
    on: dt.date, is_leader: bool, *, named: Sequence[int]
) -> QuerySet[Dependency, dict[str, int]]:
    reader = stand_in(named, is_leader)
    unmet = Dependency.objects.unmet(on).filter(pk=OuterRef("pk"))
    opened = Dependency.objects.open().filter(pk=OuterRef("pk"))
    waiting = Dependency.objects.filter(answered_by_reader(reader)).filter(pk=OuterRef("pk"))
    return sums(
        Dependency.objects.visible_to(reader),
        every=Count("pk"),
        open=Count("pk", filter=Q(Exists(opened))),
        unmet=Count("pk", filter=Q(Exists(unmet))),
        waiting=Count("pk", filter=Q(Exists(waiting))),
        **{state: Count("pk", filter=Q(state=state)) for state in State.values},
    )


def answered_by_reader(reader: Person) -> Q:
    """What waits for their answer, or of those whom they stand in for."""
    return asked_of_leader(reader.self_and_lenders)


def asked_of_leader(people: object) -> Q:
    """What waits for the answer of these people, or of an `OuterRef`: they lead the unit asked, or the one above where
    nobody leads it."""
    name = "in" if isinstance(people, tuple) else "exact"
    leads = Q((f"unit__leader__{name}", people)) | Q(
        (f"unit__parent__leader__{name}", people), unit__leader__isnull=True
    )
    closed = Q(objective__state__in=[*CLOSED, ObjectiveState.UNCONFIRMED])
    return Q(leads, state=State.ASKED) & ~closed


def waiting_for(person: Person) -> list[Dependency]:
    """What they, or those whom they stand in for, are to answer. One query."""
    rows = Dependency.objects.filter(answered_by_reader(person))
    return list(rows.select_related("unit__leader", "objective").order_by("answer_by", "pk"))


def of_objective(
    reader: Person, objective: Objective, on: dt.date
) -> tuple[list[DependencyRow], list[DependencyRow]]:
    """What an objective needs of others, and what others need of it; what was withdrawn is left out."""
    rows = Dependency.objects.visible_to(reader).exclude(state=State.WITHDRAWN)
    found = rows.filter(Q(objective=objective) | Q(delivers=objective))
    shown = dependency_rows(loaded(found), reader, on)
    needs = [one for one in shown if one.dependency.objective_id == objective.pk]
    return needs, [one for one in shown if one not in needs]


def of_unit(
    reader: Person, unit: Unit, on: dt.date, limit: int
) -> tuple[list[DependencyRow], list[DependencyRow]]:
    """What a unit with those below it is asked for, and what its objectives need of units outside it: open or not met."""
    current = Q(state__in=OPEN) | Q(state=State.DECLINED)
    rows = loaded(Dependency.objects.visible_to(reader).standing().filter(current))
    inside = UnitClosure.objects.filter(ancestor=unit).values("descendant")
    asked = list(rows.asked_of(unit)[:limit])
    needed = list(rows.needed_in(unit).exclude(unit__in=inside)[:limit])
    shown = {one.dependency.pk: one for one in dependency_rows([*asked, *needed], reader, on)}
    return [shown[one.pk] for one in asked], [shown[one.pk] for one in needed]


@dataclass(frozen=True)
class DependencyRights:
    """What the reader may do with it as it stands."""

    accept: bool
    decline: bool
    deliver: bool
    withdraw: bool
    reword: bool


def rights(dependency: Dependency, reader: Person) -> DependencyRights:
    may = allowed(reader, dependency)
    over = dependency.state in {State.DELIVERED, State.WITHDRAWN}
    answers = Action.ANSWER_DEPENDENCY in may and not over
    return DependencyRights(
        accept=answers,
        decline=answers and dependency.state != State.DECLINED,
        deliver=Action.DELIVER_DEPENDENCY in may and dependency.state == State.ACCEPTED,
        withdraw=Action.WITHDRAW_DEPENDENCY in may and not over,
        reword=Action.WITHDRAW_DEPENDENCY in may and not over,
    )


@dataclass(frozen=True)
class Reworded:
    """What an answer was about that was given before the wording changed."""

    needs: str
    needed_by: dt.date
    promised_on: dt.date | None


def reworded(dependency: Dependency) -> Reworded | None:
    """What was answered, where it was worded anew since and waits for another answer. One query, then."""
    if dependency.state != State.ASKED or dependency.answered_on is None:
        return None
    lines = AuditRecord.objects.filter(
        subject_type=Dependency._meta.label_lower,
        subject_id=dependency.pk,
        verb__in=["reword dependency", "accept dependency", "decline dependency"],
    )
    answered = None
    for line in lines.order_by("-pk"):
        if line.verb != "reword dependency":
            break
        answered = line
    if answered is None:
        return None
    before = answered.before

    def day_of(name: str, otherwise: dt.date | None) -> dt.date | None:
        return dt.date.fromisoformat(before[name]) if before.get(name) else otherwise

    return Reworded(
        before.get("needs") or dependency.needs,
        day_of("needed_by", dependency.needed_by) or dependency.needed_by,
        day_of("promised_on", None),
    )


@one_seen
def seen_dependency(reader: Person, pk: int) -> QuerySet[Dependency]:
    """The dependency, where the reader may see it."""
    return loaded(Dependency.objects.visible_to(reader)).filter(pk=pk)
