"""What is captured in the meeting: a decision, an action, nothing to do and why, next time; and notes."""

import datetime as dt
from typing import Any

from django.db import transaction

from goldenthread.core import audit, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Person
from goldenthread.people.services import works_here
from goldenthread.permissions import Action
from goldenthread.programme.models import AgendaPoint, LeadershipReview, ReviewAction
from goldenthread.programme.services.reviews.preparing import still_open
from goldenthread.strategy.services.checks import kept, words
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.services import decide, open_decision
from goldenthread.tradeoffs.services.parts import Touched, prose, said, to_come

Outcome = AgendaPoint.Outcome


@transaction.atomic
def settle_point(*, actor: Person, point: AgendaPoint, outcome: str, note: str = "") -> AgendaPoint:
    """Say that there is nothing to do, and why; that it comes again next time; or take that back with "".

    A note is kept whatever the outcome. Whoever takes the minutes. Raises `DomainError`.
    """
    require(actor, Action.TAKE_MINUTES, point.review)
    still_open(point.review)
    if outcome and outcome not in Outcome.values:
        raise DomainError("Choose what the meeting made of it.", "outcome")
    text = prose(note, "note")
    if outcome == Outcome.NOTHING:
        said(note, "note", "Say why there is nothing to do.")
    before = {"outcome": point.outcome, "note": point.note}
    point.outcome, point.note = outcome, text
    point.save(update_fields=["outcome", "note"])
    _tell(actor, "settle a point of", point, {"outcome": outcome, "note": text}, before)
    return point


@transaction.atomic
def open_decision_on_point(
    *,
    actor: Person,
    point: AgendaPoint,
    question: str,
    due_on: dt.date,
    decider: Person | None = None,
    confidential: bool = False,
) -> Decision:
    """Open a question that touches what the point is about, by the rules of the decision log. Leaders who take the
    minutes. Raises `DomainError`."""
    require(actor, Action.TAKE_MINUTES, point.review)
    still_open(point.review)
    made = open_decision(
        actor=actor,
        question=question,
        due_on=due_on,
        decider=decider,
        touches=touched_by_point(point),
        confidential=confidential or _is_confidential(point),
    )
    return _keep_made(actor, point, made)


@transaction.atomic
def decide_on_point(
    *,
    actor: Person,
    point: AgendaPoint,
    choice: str,
    given_up: str,
    look_again_on: dt.date,
    question: str = "",
    reason: str = "",
    confidential: bool = False,
) -> Decision:
    """Decide here and now: the question that the point is about, or another one that touches it.

    By the rules of the decision log. Raises `DomainError`.
    """
    require(actor, Action.TAKE_MINUTES, point.review)
    still_open(point.review)
    asked = point.decision
    if asked is None:
        asked = open_decision(
            actor=actor,
            question=question,
            due_on=look_again_on,
            touches=touched_by_point(point),
            confidential=confidential or _is_confidential(point),
        )
    made = decide(
        actor=actor,
        decision=asked,
        choice=choice,
        given_up=given_up,
        look_again_on=look_again_on,
        reason=reason,
    )
    return _keep_made(actor, point, made)


def touched_by_point(point: AgendaPoint) -> list[Touched]:
    """What a decision about the point touches: its record, or whose time it is, and the priority that it serves."""
    record: Any = point.record
    if point.dependency is not None:
        return [
            one
            for one in (point.dependency.objective, point.dependency.unit, point.serves)
            if one is not None
        ]
    if point.name == "what_gives":
        record = point.what_gives.person if point.what_gives else None
    if point.name in {"action", "decision"}:
        record = None
    return [one for one in (record, point.serves) if one is not None]


def _is_confidential(point: AgendaPoint) -> bool:
    """What is decided about something that not everybody sees is not told to everybody."""
    objective, priority = point.objective, point.priority
    if point.dependency is not None:
        objective = point.dependency.objective
    return (
        (objective is not None and objective.restricted)
        or (priority is not None and priority.confidential)
        or point.what_gives_id is not None
    )


def _keep_made(actor: Person, point: AgendaPoint, made: Decision) -> Decision:
    before = {"made": point.made_id}
    point.made = made
    point.save(update_fields=["made"])
    _tell(actor, "decide on a point of", point, {"made": made}, before)
    return made


@transaction.atomic
def add_action(
    *,
    actor: Person,
    review: LeadershipReview,
    title: str,
    owner: Person,
    due_on: dt.date,
    point: AgendaPoint | None = None,
) -> ReviewAction:
    """Have somebody do something by a day, about a point or the whole. Whoever takes the minutes.

    Raises `DomainError`.
    """
    require(actor, Action.TAKE_MINUTES, review)
    still_open(review)
    works_here(owner, "owner")
    made = ReviewAction.objects.create(
        review=review,
        point=point,
        title=words(title, "title"),
        owner=owner,
        due_on=to_come(due_on, "due_on"),
        author=actor,
    )
    after = kept(made, "title", "owner", "due_on", "review")
    audit.record(actor, "add action", made, after=after)
    return made


@transaction.atomic
def keep_notes(
    *, actor: Person, review: LeadershipReview, notes: str, version: int | None = None
) -> LeadershipReview:
    """Write what else is to stand in the minutes. Whoever takes them. Raises `SavedMeanwhile`, `DomainError`."""
    require(actor, Action.TAKE_MINUTES, review)
    still_open(review)
    before, after = audit.changed(review, {"notes": prose(notes, "notes")})
    if after:
        versions.save(review, after, version=version)
        audit.record(actor, "keep notes", review, before=before, after=after)
    return review


def _tell(
    actor: Person, verb: str, point: AgendaPoint, after: dict[str, Any], before: dict[str, Any]
) -> None:
    """A line on the review that names what the point is about, so that only who may see that reads the line."""
    about = {point.name: point.record}
    audit.record(actor, f"{verb} the agenda", point.review, before=before, after=about | after)
