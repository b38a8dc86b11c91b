"""Everything the page of one objective shows, in a fixed number of queries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import (
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
)

from goldenthread.core import clock
from goldenthread.core.access import relations
from goldenthread.core.models import AuditRecord
from goldenthread.core.prepared import Prepared, prefetched
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    ExpectationChange,
    KeyResult,
    Objective,
    ObjectiveQuerySet,
)
from goldenthread.objectives.models.objective import listed
from goldenthread.objectives.selectors.change_parts import Part, parts_of
from goldenthread.objectives.selectors.criteria import Criterion, criteria, every_check_in
from goldenthread.objectives.selectors.lines import Line, line
from goldenthread.objectives.selectors.seen import rows_seen
from goldenthread.objectives.selectors.standing import Standing, standing
from goldenthread.objectives.selectors.words import Sentence, first_sentence
from goldenthread.objectives.services import agreement
from goldenthread.objectives.services.changes import may_withdraw, taken_on_by
from goldenthread.objectives.states import BEFORE_AGREEMENT, CLOSED, State
from goldenthread.people.models import Person
from goldenthread.people.seen import one_seen
from goldenthread.permissions import ALLOWED, Action, Relation

SHOWN = 6  # check-ins at once; older ones are folded
TURNS = ("proposed", "countered", "agreed", "dropped")


def seen_objectives(reader: Person) -> QuerySet[Objective]:
    """The objectives that the reader may see, with all that their page and its actions ask for."""
    return _with_all(Objective.objects.visible_to(reader))


def seen_objective(reader: Person, pk: int) -> Objective | None:
    """One of them; None where there is none, or none that the reader may see.

    Who writes has not looked up the restricted ones: most are open to everybody, so these are asked for first.
    """
    if reader.only_reads:
        return next(iter(rows_seen(_one, reader, pk=pk)), None)
    return next(iter(_open_one(pk=pk)), None) or _one_asked(reader, pk)


@Prepared
def _open_one(*, pk: int) -> QuerySet[Objective, Objective]:
    return _one(seen=Objective.objects.open_or([]), pk=pk)


@one_seen
def _one_asked(reader: Person, pk: int) -> QuerySet[Objective, Objective]:
    return _with_all(Objective.objects.visible_to(reader).filter(pk=pk))


def _one(*, seen: ObjectiveQuerySet, pk: int) -> QuerySet[Objective, Objective]:
    return _with_all(seen.filter(pk=pk).order_by())[:1]


def _with_all(rows: ObjectiveQuerySet) -> QuerySet[Objective]:
    return rows.select_related(
        "cycle",
        "owner_person__manager",
        "owner_person__unit",
        "owner_unit__leader__manager",
        "author",
        "proposed_by",
        "agreed_by",
        "recovers",
        "carried_from",
        "successor__cycle",
        "twin",
    )


@dataclass(frozen=True)
class Rights:
    """What the reader may do here, from one look at how they stand to the objective."""

    objective: Objective
    relations: frozenset[Relation]
    on: dt.date
    reader_id: int = 0
    reported: frozenset[int] = frozenset()  # the key results whose number the reader reports

    def may(self, action: Action) -> bool:
        return bool(ALLOWED[action] & self.relations)

    @cached_property
    def side(self) -> agreement.Side | None:
        return agreement.side_in(self.relations)

    @cached_property
    def alone(self) -> str:
        return agreement.why_alone(self.objective, self.side)

    @property
    def waits_for_other(self) -> bool:
        """Whether a proposal lies with the other side."""
        return not self.alone and self.side == agreement.proposer_side(self.objective)

    @property
    def _proposed(self) -> bool:
        return self.objective.state in {State.PROPOSED, State.COUNTERED}

    @property
    def answer(self) -> bool:
        return self._proposed and self.may(Action.AGREE_OBJECTIVE) and not self.waits_for_other

    @property
    def counter(self) -> bool:
        return self.answer

    @property
    def edit(self) -> bool:
        if self.objective.state not in BEFORE_AGREEMENT or not self.may(Action.EDIT_DRAFT):
            return False
        return not self._proposed or self.side is None or bool(self.alone) or self.waits_for_other

    @property
    def propose(self) -> bool:
        return self.objective.state == State.DRAFT and self.may(Action.PROPOSE_OBJECTIVE)

    @property
    def confirm(self) -> bool:
        return self.objective.state == State.UNCONFIRMED and self.may(Action.CONFIRM_OBJECTIVE)

    @property
    def change(self) -> bool:
        return self.objective.is_live and self.may(Action.PROPOSE_CHANGE)

    @property
    def correct(self) -> bool:
        return self.objective.is_live and self.may(Action.CORRECT_WORDING)

    @property
    def link(self) -> bool:
        return not self.objective.is_closed and self.may(Action.LINK)

    @property
    def close(self) -> bool:
        return self.objective.is_live and self.may(Action.CLOSE_OBJECTIVE)

    @property
    def learn(self) -> bool:
        return self.objective.is_closed and self.may(Action.CLOSE_OBJECTIVE)

    @cached_property
    def check_in(self) -> frozenset[int]:
        """The key results that the reader checks in on: all of them, or those that they report."""
        if not self.objective.takes_check_ins(self.on):
            return frozenset()
        if not self.may(Action.CHECK_IN):
            return self.reported
        return frozenset(row.pk for row in self.objective.key_results.all())

    def answers(self, change: ExpectationChange) -> bool:
        """Whether the answer to a change is this reader's to give."""
        if (to := taken_on_by(change)) is not None:
            return to == self.reader_id
        if not self.may(Action.ANSWER_CHANGE):
            return False
        theirs = agreement.side_of_word(self.objective, change.author_id, change.author_for_id)
        return bool(self.alone) or self.side != theirs


def rights(objective: Objective, reader: Person) -> Rights:
    """What the reader may do; the key results are loaded with it, as everybody needs them next."""
    prefetched(objective, "key_results", _key_results(objective=objective.pk))
    reporters = {one.pk for one in reader.self_and_lenders}
    reported = (row.pk for row in objective.key_results.all() if row.reporter_id in reporters)
    how = relations(reader, objective)
    return Rights(objective, how, clock.today(), reader.pk, frozenset(reported))


@Prepared
def _key_results(*, objective: int) -> QuerySet[KeyResult]:
    rows = KeyResult.objects.filter(objective=objective)
    return rows.select_related("reporter", "kpi__owner")


@dataclass(frozen=True)
class ShownChange:
    """An expectation change as a reader understands it."""

    change: ExpectationChange
    parts: Sequence[Part]
    may_answer: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True)
class Child:
    """What serves this objective."""

    contribution: Contribution
    objective: Objective
    standing: Standing


@dataclass(frozen=True)
class Turn:
    """One step on the way to the agreement."""

    who: str
    verb: str
    at: dt.datetime
    note: str

    @property
    def initials(self) -> str:
        words = self.who.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words))


@dataclass(frozen=True)
class ObjectivePage:
    objective: Objective
    rights: Rights
    standing: Standing
    sentence: Sentence
    line: Line
    criteria: Sequence[Criterion]
    children: Sequence[Child]
    changes: Sequence[ShownChange]
    turns: Sequence[Turn]

    @property
    def open_change(self) -> ShownChange | None:
        opened = ExpectationChange.State.OPEN
        return next((one for one in self.changes if one.change.state == opened), None)

    @property
    def answered_changes(self) -> list[ShownChange]:
        return [one for one in self.changes if one.change.state != ExpectationChange.State.OPEN]

    @cached_property
    def check_ins(self) -> list[CheckIn]:
        return every_check_in(self.criteria)

    @property
    def latest_check_ins(self) -> list[CheckIn]:
        return self.check_ins[:SHOWN]

    @property
    def older_check_ins(self) -> list[CheckIn]:
        return self.check_ins[SHOWN:]

    @cached_property
    def corrected(self) -> set[int]:
        """The ids of check-ins that a later one corrects."""
        return {row.corrects_id for row in self.check_ins if row.corrects_id}

    @property
    def weights_sum(self) -> float:
        return float(sum(one.key_result.weight for one in self.criteria))

    @property
    def waits_for(self) -> Person | None:
        """Whose word is next on a proposal."""
        if self.objective.state not in {State.PROPOSED, State.COUNTERED}:
            return None
        if agreement.proposer_side(self.objective) == agreement.Side.OWNER:
            return agreement.next_above(self.objective)
        return self.objective.accountable


def objective_page(objective: Objective, reader: Person, on: dt.date) -> ObjectivePage:
    """The page of an objective out of `seen_objectives`."""
    its_rights = rights(objective, reader)
    rows = criteria(objective, on)
    stands = standing(objective, on)
    changes = _changes(objective, its_rights, reader)
    return ObjectivePage(
        objective,
        its_rights,
        stands,
        first_sentence(objective, stands, rows),
        line(objective, reader),
        rows,
        _children(objective, reader, on),
        changes,
        _turns(objective),
    )


def _children(objective: Objective, reader: Person, on: dt.date) -> list[Child]:
    return [
        Child(row, row.child_objective, standing(row.child_objective, on))
        for row in rows_seen(_links_down, reader, parent=objective.pk)
        if row.child_objective is not None
    ]


def _links_down(*, seen: ObjectiveQuerySet, parent: int) -> QuerySet[Contribution, Contribution]:
    # Asked of each child alone: with IN, SQLite works out first what the reader may see of the whole organisation.
    shown = seen.exclude(state__in=CLOSED).filter(pk=OuterRef("child_objective"))
    links = Contribution.objects.filter(
        Exists(shown), parent_objective=parent, valid_to__isnull=True
    )
    return (
        links.select_related(
            "child_objective__cycle",
            "child_objective__owner_person",
            "child_objective__owner_unit__leader",
        )
        .only(
            *("strength", "kind", "valid_from", "parent_objective", "child_objective"),
            *listed("child_objective__"),
        )
        .order_by("-strength", "pk")
    )


def _turns(objective: Objective) -> list[Turn]:
    """Who proposed, countered and agreed, in order."""
    lines = _turn_rows(objective=objective.pk)
    return [Turn(row.who or "The system", row.verb, row.at, row.note) for row in lines]


@Prepared
def _turn_rows(*, objective: int) -> QuerySet[Any]:
    who = Person.objects.filter(pk=OuterRef("actor_id")).values("name")[:1]
    turns = AuditRecord.objects.filter(
        subject_type=Objective._meta.label_lower, subject_id=objective, verb__in=TURNS
    )
    return turns.annotate(who=Subquery(who)).order_by("pk")


def _changes(objective: Objective, its: Rights, reader: Person) -> list[ShownChange]:
    titles = {str(row.pk): row.title for row in objective.key_results.all()}
    rows = _change_rows(objective=objective.pk)
    for row in rows:
        row.objective = objective
    return [
        ShownChange(
            row,
            parts_of(row, titles),
            row.state == ExpectationChange.State.OPEN and its.answers(row),
            row.state == ExpectationChange.State.OPEN and may_withdraw(row, reader),
        )
        for row in rows
    ]


@Prepared
def _change_rows(*, objective: int) -> QuerySet[ExpectationChange]:
    rows = ExpectationChange.objects.filter(objective=objective)
    return rows.select_related("author", "addressee", "answered_by")
