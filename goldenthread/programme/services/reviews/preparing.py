"""Preparing a leadership review: when, about which cycle, who is there, and an agenda made of the data."""

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person, Unit
from goldenthread.people.services import works_here
from goldenthread.permissions import Action
from goldenthread.programme.models import AgendaPoint, LeadershipReview
from goldenthread.programme.selectors.reviews.agenda import Fact, read_agenda
from goldenthread.strategy.services.checks import kept, leads

MOST_PEOPLE = 60


@transaction.atomic
def prepare_review(
    *,
    actor: Person,
    cycle: Cycle,
    held_on: dt.date,
    unit: Unit | None = None,
    chair: Person | None = None,
    attendees: Collection[Person] = (),
) -> LeadershipReview:
    """Set a review on a day, of the organisation unless a unit is named, and make its agenda.

    The actor chairs it, unless another leader is named. Permission: leaders. Raises `DomainError`.
    """
    require(actor, Action.PREPARE_REVIEW)
    if chair is not None and chair != actor:
        leads(chair, "chair")
    _is_free(unit, held_on)
    made = LeadershipReview.objects.create(
        author=actor, cycle=cycle, unit=unit, held_on=held_on, chair=chair or actor
    )
    made.attendees.set(_there(attendees))
    after = kept(made, "cycle", "unit", "held_on", "chair")
    audit.record(actor, "prepare leadership review", made, after=after)
    _keep_agenda(made, read_agenda(made, clock.today()))
    return made


@transaction.atomic
def edit_review(
    *,
    actor: Person,
    review: LeadershipReview,
    held_on: dt.date,
    chair: Person,
    attendees: Collection[Person],
    version: int | None = None,
) -> LeadershipReview:
    """Move it to another day, name another chair, say who is there. Who chairs or prepared it.

    Raises `SavedMeanwhile`, `DomainError`.
    """
    require(actor, Action.RUN_REVIEW, review)
    _still_open(review)
    if chair != review.chair:
        leads(chair, "chair")
    if held_on != review.held_on:
        _is_free(review.unit, held_on)
    there = _there(attendees)
    before, after = audit.changed(review, {"held_on": held_on, "chair": chair})
    was = list(review.attendees.all())
    versions.save(review, after, version=version)
    if set(was) != set(there):
        review.attendees.set(there)
        before["attendees"], after["attendees"] = (
            sorted(str(one) for one in people) for people in (was, there)
        )
    if after:
        audit.record(actor, "edit leadership review", review, before=before, after=after)
    return review


@transaction.atomic
def bring_up_to_date(*, actor: Person, review: LeadershipReview) -> LeadershipReview:
    """Read the agenda anew. What was written about a point stays, also where its fact no longer holds.

    Whoever takes the minutes. Raises `DomainError` once it is closed.
    """
    require(actor, Action.TAKE_MINUTES, review)
    still_open(review)
    _keep_agenda(review, read_agenda(review, clock.today()))
    audit.record(actor, "bring up to date", review)
    return review


def _keep_agenda(review: LeadershipReview, facts: Sequence[Fact]) -> None:
    """Write the facts as its points, in their order; points that nothing was written about go with their fact."""
    held = {one.key: one for one in review.points.all()}
    acted = set(review.actions.exclude(point=None).values_list("point_id", flat=True))
    found = {fact.key: fact for fact in facts}
    for place, fact in enumerate(facts):
        point = held.get(fact.key) or AgendaPoint(review=review, **{fact.name: fact.record})
        point.position, point.sentence = place, fact.sentence[:500]
        point.stands, point.health, point.serves = fact.stands[:200], fact.health, fact.serves
        point.is_settled = False
        point.save()
    for key, point in held.items():
        if key in found:
            continue
        if point.outcome or point.note or point.made_id or point.pk in acted:
            point.is_settled, point.position = True, len(facts)
            point.save()
        else:
            point.delete()
    LeadershipReview.objects.filter(pk=review.pk).update(read_at=clock.now())
    review.read_at = clock.now()


def _there(people: Collection[Person]) -> list[Person]:
    found = list(dict.fromkeys(people))
    if len(found) > MOST_PEOPLE:
        raise DomainError(f"At most {MOST_PEOPLE} people fit.", "attendees")
    for one in found:
        works_here(one, "attendees")
    return found


def _is_free(unit: Unit | None, held_on: dt.date) -> None:
    """One review a day of the same leaders."""
    if LeadershipReview.objects.filter(unit=unit, held_on=held_on).exists():
        raise DomainError("There is a review on that day already.", "held_on")


def _still_open(review: LeadershipReview) -> None:
    if review.is_closed:
        raise DomainError("Its minutes are closed. Add a correction below them.")


def still_open(review: LeadershipReview) -> None:
    """Raise `DomainError` once its minutes are closed. One writer at a time."""
    current: Any = LeadershipReview.objects.select_for_update().get(pk=review.pk)
    _still_open(current)
