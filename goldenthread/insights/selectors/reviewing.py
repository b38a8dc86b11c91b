"""What leadership reviews ask on home: actions that are to be done, an agenda to bring up to date, a review to hold and close."""

import datetime as dt

from goldenthread.core import clock
from goldenthread.insights.selectors.week import Task, end_of_week
from goldenthread.people.models import Person
from goldenthread.programme.models import LeadershipReview, ReviewAction
from goldenthread.programme.models.review import FRESH
from goldenthread.programme.selectors.reviews.listing import actions_waiting_for, reviews_at_hand
from goldenthread.ui.templatetags.goldenthread import day


def action_tasks(person: Person, on: dt.date) -> list[Task]:
    """The open actions of the week, and earlier ones. One query."""
    return [_of_action(one, person) for one in actions_waiting_for(person, end_of_week(on))]


def review_tasks(person: Person, on: dt.date) -> list[Task]:
    """What the reviews that the person chairs ask in the days before, on and after their day. One query."""
    tasks = (_of_review(one, person, on) for one in reviews_at_hand(person, on))
    return [one for one in tasks if one is not None]


def _of_action(one: ReviewAction, person: Person) -> Task:
    note = _note(person, one.owner, str(one.review))
    return Task("action", one.title, "Say it is done", note, one.get_absolute_url(), due=one.due_on)


def _of_review(one: LeadershipReview, person: Person, on: dt.date) -> Task | None:
    """None while it is still to come and its agenda is of these days."""
    url, as_of = one.get_absolute_url(), clock.day_of(one.read_at) if one.read_at else None
    if one.held_on < on:
        note = _note(person, one.chair)
        return Task(
            "minutes", f"Close the minutes: {one}", "Read, close", note, url, due=one.held_on
        )
    note = _note(person, one.chair, f"Its agenda is of {day(as_of, 'full')}" if as_of else "")
    if one.held_on == on:
        return Task("review", f"Lead today: {one}", "Open it", note, url, due=on)
    if as_of is not None and as_of >= one.held_on - FRESH:
        return None
    title = f"Bring the agenda up to date: {one}"
    return Task("agenda", title, "Open it", note, url, due=one.held_on - dt.timedelta(days=1))


def _note(person: Person, whose: Person, *words: str) -> str:
    stands_in = "" if whose.pk == person.pk else f"You stand in for {whose}"
    return " · ".join(filter(None, [stands_in, *words]))
