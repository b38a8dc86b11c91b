"""The page of a leadership review: what its reader may see of the agenda, the actions, and what they may do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from goldenthread.core.access import allowed
from goldenthread.people.models import Person
from goldenthread.people.seen import one_seen
from goldenthread.permissions import Action
from goldenthread.programme.models import Addendum, AgendaPoint, LeadershipReview, ReviewAction
from goldenthread.tradeoffs.models import Decision

SECTIONS = {
    "action": "What we said we would do",
    "kpi": "KPIs out of range",
    "objective": "Critical objectives at risk",
    "priority": "Value without effort",
    "decision": "Decisions due",
    "dependency": "Needed of others, and not met",
    "what_gives": "What gives?",
}


@dataclass(frozen=True)
class Point:
    """One point as its reader sees it, with what was written about it."""

    point: AgendaPoint
    actions: list[ReviewAction]
    sees_made: bool
    sees_serves: bool
    may_decide: bool

    @property
    def is_handled(self) -> bool:
        """Whether the meeting made anything of it."""
        point = self.point
        return bool(point.outcome or point.made_id or self.actions or point.is_settled)


@dataclass(frozen=True)
class ReviewPage:
    """The review with what its reader may see of it, and may do."""

    review: LeadershipReview
    attendees: list[Person]
    sections: list[tuple[str, str, list[Point]]]  # name, title, points
    others: list[ReviewAction]  # actions about no point
    addenda: list[Addendum]
    may: frozenset[Action]

    @property
    def points(self) -> list[Point]:
        return [one for _, _, points in self.sections for one in points]

    @property
    def handled(self) -> int:
        return sum(one.is_handled for one in self.points)

    @property
    def may_write(self) -> bool:
        return not self.review.is_closed and Action.TAKE_MINUTES in self.may

    @property
    def may_run(self) -> bool:
        return not self.review.is_closed and Action.RUN_REVIEW in self.may

    @property
    def may_add(self) -> bool:
        return self.review.is_closed and Action.TAKE_MINUTES in self.may


LOADED = (
    *("action__owner", "kpi", "objective", "priority", "decision__decider", "dependency"),
    *("what_gives", "serves", "made"),
)


@one_seen
def seen_review(reader: Person, pk: int) -> QuerySet[LeadershipReview]:
    """The review, where the reader may see it."""
    rows = LeadershipReview.objects.visible_to(reader)
    return rows.select_related("cycle", "unit", "chair", "author").filter(pk=pk)


def seen_points(reader: Person, review: LeadershipReview) -> "list[AgendaPoint]":
    rows = AgendaPoint.objects.seen_by(reader).filter(review=review)
    return list(rows.select_related(*LOADED, "review__unit", "review__cycle"))


@one_seen
def seen_point(reader: Person, pk: int) -> QuerySet[AgendaPoint]:
    """The point, where the reader may see the review and what the point is about."""
    reviews = LeadershipReview.objects.visible_to(reader)
    rows = AgendaPoint.objects.seen_by(reader).filter(pk=pk, review__in=reviews)
    return rows.select_related(*LOADED, "what_gives__person", "review__unit", "review__cycle")


@one_seen
def seen_action(reader: Person, pk: int) -> QuerySet[ReviewAction]:
    """The action, where the reader may see it."""
    rows = ReviewAction.objects.visible_to(reader).filter(pk=pk)
    return rows.select_related("owner", "author", "review__unit", "review__cycle", "review__chair")


def review_page(review: LeadershipReview, reader: Person) -> ReviewPage:
    """A fixed number of queries, whatever stands on the agenda."""
    points = seen_points(reader, review)
    actions = ReviewAction.objects.visible_to(reader).filter(review=review).select_related("owner")
    every = list(actions)
    seen, leads = made_seen(reader, points), reader.is_leader
    shown = [
        Point(
            one,
            [row for row in every if row.point_id == one.pk],
            sees_made=one.made_id in seen,
            sees_serves=one.serves is not None and (leads or not one.serves.confidential),
            may_decide=_may_decide(one, reader),
        )
        for one in points
    ]
    sections = [
        (name, title, [one for one in shown if one.point.name == name])
        for name, title in SECTIONS.items()
    ]
    return ReviewPage(
        review=review,
        attendees=list(review.attendees.all()),
        sections=[one for one in sections if one[2]],
        others=[one for one in every if one.point_id is None],
        addenda=list(review.addenda.select_related("author")) if review.is_closed else [],
        may=allowed(reader, review),
    )


def _may_decide(point: AgendaPoint, reader: Person) -> bool:
    """Whether a decision can be made of it here: by leaders, of a question that is open by who decides it."""
    if point.name in {"action", "what_gives"}:
        return False
    if point.decision is not None:
        return point.decision.is_open and point.decision.decider in reader.self_and_lenders
    return reader.is_leader


def made_seen(reader: Person, points: Sequence[AgendaPoint]) -> set[int]:
    """Which of the decisions made on these points the reader may see, by id."""
    made = [one.made_id for one in points if one.made_id]
    if not made:
        return set()
    seen = Decision.objects.visible_to(reader).filter(pk__in=made)
    return set(seen.values_list("pk", flat=True))
