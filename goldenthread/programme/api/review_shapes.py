"""What is sent and answered of leadership reviews, of their agendas and of their actions."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from goldenthread.core.api.types import (
    LEFT,
    Day,
    Filter,
    Id,
    Input,
    Name,
    Note,
    Output,
    Prose,
    RecordOut,
    Ref,
    Search,
)
from goldenthread.programme.models import Addendum
from goldenthread.programme.selectors.reviews.page import Point

Kind = Literal["action", "kpi", "objective", "priority", "decision", "dependency", "what_gives"]
There = Annotated[list[Id], Field(max_length=60)]


class AddendumOut(Output):
    """A correction below closed minutes."""

    id: Id
    author: Ref | None
    added_at: dt.datetime
    text: str

    @classmethod
    def of(cls, one: Addendum) -> Self:
        names = ("added_at", "text")
        given: dict[str, Any] = {name: getattr(one, name) for name in names}
        return cls(id=one.pk, author=Ref.to(one.author), **given)


class LeadershipReviewOut(RecordOut):
    """A meeting about a cycle; `unit` null is the organisation. `read_at` is as of when its agenda stands. Decisions and
    actions are counted as far as the reader may see them."""

    name: str
    cycle: Ref
    unit: Ref | None
    held_on: dt.date
    chair: Ref
    author: Ref | None
    attendees: list[Ref]
    state: Literal["prepared", "closed"]
    notes: str
    read_at: dt.datetime | None
    closed_at: dt.datetime | None
    closed_by: Ref | None
    addenda: list[AddendumOut]
    decisions: int
    actions: int
    actions_open: int

    @classmethod
    def of_all(cls, rows: Iterable[Any]) -> list[Self]:
        return [
            cls(
                id=one.pk,
                name=str(one),
                cycle=Ref(id=one.cycle.pk, name=str(one.cycle)),
                unit=Ref.to(one.unit),
                chair=Ref(id=one.chair.pk, name=one.chair.name),
                author=Ref.to(one.author),
                attendees=[Ref(id=person.pk, name=person.name) for person in one.attendees.all()],
                closed_by=Ref.to(one.closed_by),
                addenda=[AddendumOut.of(each) for each in one.addenda.all()],
                actions=one.actions_given,
                **{name: getattr(one, name) for name in _OF_REVIEW},
            )
            for one in rows
        ]


_OF_REVIEW: tuple[str, ...] = (
    *("version", "held_on", "state", "notes", "read_at", "closed_at", "decisions"),
    "actions_open",
)


class AboutOut(Output):
    """What a point is about."""

    kind: Kind
    id: Id


class AgendaPointOut(Output):
    """A fact as it was known when the agenda was last brought up to date, and what the meeting made of it.

    `is_settled`: it no longer held then. `serves` and `made` are null where the reader may not see them.
    """

    id: Id
    about: AboutOut
    sentence: str
    stands: str
    health: str
    serves: Ref | None
    is_settled: bool
    outcome: Literal["", "nothing", "next_time"]
    note: str
    made: Ref | None
    actions: list[Ref]

    @classmethod
    def of_all(cls, rows: Iterable[Point]) -> list[Self]:
        return [cls.of(one) for one in rows]

    @classmethod
    def of(cls, shown: Point) -> Self:
        point = shown.point
        name, pk = point.key
        kind: Any = name
        names = ("sentence", "stands", "health", "is_settled", "outcome", "note")
        given: dict[str, Any] = {one: getattr(point, one) for one in names}
        return cls(
            id=point.pk,
            about=AboutOut(kind=kind, id=pk),
            serves=Ref.to(point.serves) if shown.sees_serves else None,
            made=Ref.to(point.made) if shown.sees_made else None,
            actions=[Ref(id=one.pk, name=one.title) for one in shown.actions],
            **given,
        )


class ReviewActionOut(RecordOut):
    """What a review has somebody do by a day. `outcome` is what came of it, or why it was dropped; `point_id` the point
    that it is about, where the reader may see it."""

    title: str
    owner: Ref
    author: Ref | None
    due_on: dt.date
    state: Literal["open", "done", "dropped"]
    ended_on: dt.date | None
    outcome: str
    review: Ref
    held_on: dt.date
    point_id: Id | None

    @classmethod
    def of_all(cls, rows: Iterable[Any]) -> list[Self]:
        return [
            cls(
                id=one.pk,
                owner=Ref(id=one.owner.pk, name=one.owner.name),
                author=Ref.to(one.author),
                review=Ref(id=one.review_id, name=str(one.review)),
                held_on=one.review.held_on,
                point_id=one.point_id if one.sees_point else None,
                **{name: getattr(one, name) for name in _OF_ACTION},
            )
            for one in rows
        ]


_OF_ACTION: tuple[str, ...] = ("version", "title", "due_on", "state", "ended_on", "outcome")


class LeadershipReviewQuery(Filter):
    q: Search = ""
    state: Literal["", "prepared", "closed"] = ""
    unit_id: Id | None = None
    cycle_id: Id | None = None


class ReviewActionQuery(Filter):
    q: Search = ""
    state: Literal["", "open", "overdue", "mine", "done", "dropped"] = ""
    review_id: Id | None = None
    sort: Literal["", "owner", "due", "title", "-owner", "-due", "-title"] = ""


class NewLeadershipReview(Input):
    """`unit_id` left out: of the organisation. `chair_id` left out: you chair it."""

    cycle_id: Id
    held_on: Day
    unit_id: Id | None = None
    chair_id: Id | None = None
    attendee_ids: There = []


class LeadershipReviewChanges(Input):
    """`attendee_ids` are sent whole."""

    held_on: Day = LEFT
    chair_id: Id = LEFT
    attendee_ids: There = LEFT


class NotesIn(Input):
    notes: Prose


class NewAddendum(Input):
    text: Note


class PointOutcome(Input):
    """Nothing to do, with a note that says why; next time; or "" to take back what was said."""

    outcome: Literal["", "nothing", "next_time"]
    note: Note = ""


class PointQuestion(Input):
    """A question about a point, to be decided later."""

    question: Name
    due_on: Day
    decider_id: Id | None = None
    confidential: bool = False


class PointChoice(Input):
    """What is decided here and now. `question` is left out where the point is about a decision that is open."""

    question: Name = ""
    choice: Name
    given_up: Note
    look_again_on: Day
    reason: Note = ""
    confidential: bool = False


class NewReviewAction(Input):
    """`point_id` left out: about the whole."""

    title: Name
    owner_id: Id
    due_on: Day
    point_id: Id | None = None


class ActionDone(Input):
    outcome: Note = ""


class ActionLater(Input):
    due_on: Day
    reason: Note


class ActionDropped(Input):
    reason: Note
