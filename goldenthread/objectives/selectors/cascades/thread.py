"""The page of a thread: what stands, what it differs from, whose word is awaited, and what this reader may do."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from goldenthread.core.access import relations
from goldenthread.engine.quality.facts import Goal, ObjectiveFacts
from goldenthread.engine.quality.rules import assess
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.models import (
    Cascade,
    CascadeVersion,
    Objective,
    ObjectiveQuerySet,
)
from goldenthread.objectives.selectors.cascades.differences import Row, rows_of
from goldenthread.objectives.selectors.quality import (
    beside_drafts,
    key_result_facts,
    owner_names,
    words,
)
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.services.cascades import Terms, terms_of
from goldenthread.objectives.services.cascades.sides import (
    answerer,
    answers_in,
    sides_in,
    why_alone,
)
from goldenthread.people.models import Person
from goldenthread.people.seen import one_seen
from goldenthread.permissions import ALLOWED, Action, Relation
from goldenthread.strategy.models import Priority

RELATED = ("cycle", "author", "closed_by", "giver_agreed_by", "taker_agreed_by", "objective__cycle")
ENDS = (
    *("parent_objective__cycle", "parent_priority__strategy"),
    *("giver_unit__leader", "taking_unit__leader"),
)
A_RESTRICTED_ONE, A_CONFIDENTIAL_ONE = "a restricted objective", "a confidential priority"


@dataclass(frozen=True)
class Rights:
    """What the reader may do with the thread as it stands."""

    answer: bool  # agree to the version that stands
    decline: bool
    counter: bool  # answer with another version
    rewrite: bool  # put another in place of one's own
    withdraw: bool
    send: bool


@dataclass(frozen=True)
class ThreadPage:
    """Everything that the page shows."""

    cascade: Cascade
    standing: CascadeVersion
    beside: CascadeVersion | None  # the version that it is compared with
    rows: Sequence[Row]
    versions: Sequence[CascadeVersion]  # the newest first
    rights: Rights
    awaited: Person | None
    alone: str  # why the reader would agree for both
    serves: "Served"
    refusals: Sequence[str]  # what keeps it from being agreed
    siblings: Sequence[Cascade]  # proposed at the same time
    overdue: bool

    @property
    def stale(self) -> list[CascadeVersion]:
        return [one for one in self.versions if one.stale]


@one_seen
def seen_cascade(reader: Person, pk: int) -> QuerySet[Cascade]:
    """The thread, where the reader may see it."""
    rows = Cascade.objects.visible_to(reader).select_related(*RELATED, *ENDS)
    return rows.filter(pk=pk)


def thread_page(reader: Person, cascade: Cascade, beside: int | None, on: dt.date) -> ThreadPage:
    """What the page shows; `beside` is the number of the version to compare with, else the one that was answered."""
    versions = list(cascade.versions.select_related("author", "author_for").order_by("-number"))
    by_number = {one.number: one for one in versions}
    standing = by_number[cascade.number]
    other = by_number.get(beside or standing.answers or 0)
    if other is standing:
        other = None
    terms = terms_of(standing)
    # The one that stands is on the right; a later one came too late, and is read against it.
    rows = rows_of(terms, cascade.cycle, terms_of(other) if other else None)
    its = rights(relations(reader, cascade), cascade, standing, reader)
    waits = cascade.is_waiting
    return ThreadPage(
        cascade,
        standing,
        other,
        rows,
        versions,
        its,
        answerer(cascade, standing) if waits else None,
        why_alone(cascade, standing) if its.answer else "",
        served(reader, [cascade])[cascade.pk],
        what_refuses(cascade, terms, on) if cascade.is_open else [],
        _siblings(reader, cascade),
        cascade.is_overdue(on),
    )


def rights(
    found: Collection[Relation], cascade: Cascade, standing: CascadeVersion, reader: Person
) -> Rights:
    """What somebody with these relations may do, as the services decide it."""
    sides, waits = sides_in(found), cascade.is_waiting
    opened = cascade.opening_side in sides

    def may(action: Action) -> bool:
        return bool(ALLOWED[action] & set(found))

    answers = waits and answers_in(found, cascade, standing, reader)
    writes = waits and bool(sides) and may(Action.COUNTER_CASCADE)
    own = writes and (cascade.answering_side not in sides or len(sides) == 2)
    asked = cascade.opening_side.other in sides
    return Rights(
        answer=answers and may(Action.AGREE_CASCADE),
        decline=waits and (answers or asked) and may(Action.DECLINE_CASCADE),
        counter=writes and not own,
        rewrite=own,
        withdraw=cascade.is_open and opened and may(Action.WITHDRAW_CASCADE),
        send=cascade.state == CascadeState.DRAFT and may(Action.PROPOSE_CASCADE),
    )


@dataclass(frozen=True)
class Served:
    """What a thread serves, as far as its reader may know: the record and its title, or that it is not open to them."""

    words: str
    record: Objective | Priority | None = None

    @property
    def is_priority(self) -> bool:
        return isinstance(self.record, Priority)


def _named(*, seen: ObjectiveQuerySet, objectives: Sequence[int]) -> QuerySet[Objective, Objective]:
    return seen.filter(pk__in=objectives).order_by()


def served(reader: Person, rows: Iterable[Cascade]) -> dict[int, Served]:
    """What each thread serves, by its id. Two queries at most."""
    every = list(rows)
    objectives = [pk for one in every if (pk := one.parent_objective_id)]
    priorities = [pk for one in every if (pk := one.parent_priority_id)]
    seen = rows_seen(_named, reader, objectives=objectives) if objectives else []
    known = Priority.objects.visible_to(reader).filter(pk__in=priorities) if priorities else []
    open_o, open_p = {one.pk: one for one in seen}, {one.pk: one for one in known}
    found = {}
    for one in every:
        record: Objective | Priority | None
        if one.parent_objective_id:
            record, hidden = open_o.get(one.parent_objective_id), A_RESTRICTED_ONE
        else:
            record, hidden = open_p.get(one.parent_priority_id or 0), A_CONFIDENTIAL_ONE
        found[one.pk] = Served(record.title if record else hidden, record)
    return found


def what_refuses(cascade: Cascade, terms: Terms, on: dt.date) -> list[str]:
    """What keeps these terms from being agreed: no key result, or an open error in its criteria, in words."""
    if not terms.key_results:
        return ["There is no key result yet: nobody could tell whether it succeeds."]
    probe = Objective(
        title=terms.title,
        owner_unit=cascade.taking_unit,
        cycle=cascade.cycle,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
    )
    results = terms.key_results
    beside = beside_drafts({one.kpi.pk for one in results if one.kpi}, on)
    names = [one.title for one in results]
    parent = cascade.parent_objective
    known = ObjectiveFacts(
        terms.title,
        key_result_facts(results, probe, on, beside, keys=list(range(len(results)))),
        accountable=owner_names(probe.accountable),
        starts=probe.starts,
        ends=probe.ends,
        parents=(Goal(cascade.parent.title, parent.ends if parent else None),),
    )
    errors = assess(known, on, words(), ()).errors
    return [
        f"“{names[one.key_result]}”: {one.message}"
        if isinstance(one.key_result, int)
        else one.message
        for one in errors
    ]


def _siblings(reader: Person, cascade: Cascade) -> list[Cascade]:
    if not cascade.together:
        return []
    rows = Cascade.objects.visible_to(reader).filter(together=cascade.together)
    return list(rows.exclude(pk=cascade.pk).select_related("taking_unit").order_by("pk"))
