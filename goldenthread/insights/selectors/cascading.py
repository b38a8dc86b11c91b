"""What cascades between units ask of a person this week: to answer, and to see that one is overdue."""

import datetime as dt

from django.db.models import OuterRef, Q
from django.urls import reverse

from goldenthread.insights.selectors.week import Task
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.models import Cascade
from goldenthread.objectives.selectors.cascades.listing import cascades_near
from goldenthread.people.models import Person

SHOWN = 40


def drafts_brought_in(person: str) -> Q:
    """Those that an import brought in, and that a person, named by a column of the outer query, may send."""
    named = OuterRef(person)
    opens = Q(direction=Cascade.Direction.DOWN, giver_unit__leader=named)
    opens |= Q(direction=Cascade.Direction.UP, taking_unit__leader=named)
    return Q(opens, state=CascadeState.DRAFT) & ~Q(source="")


def drafts_task() -> Task:
    """That such drafts wait: which they are stands in the list."""
    return Task(
        "cascade-drafts",
        "Propose to other units what came in as drafts",
        "Read, propose",
        "Brought in by an import; nobody has seen it yet",
        f"{reverse('cascades')}?view={CascadeState.DRAFT}",
    )


def cascade_tasks(person: Person, on: dt.date) -> list[Task]:
    """One for each thread that waits for their word, and for each other one near them that is overdue. One query."""
    tasks = []
    for one, is_mine in cascades_near(person, SHOWN):
        if is_mine:
            tasks.append(_to_answer(one, person))
        elif one.is_overdue(on):
            tasks.append(_late(one))
    return tasks


def _to_answer(one: Cascade, person: Person) -> Task:
    other = one.unit_of(one.spoken)
    leader = one.answering_unit.leader
    stands_in = leader is not None and leader != person and leader in person.self_and_lenders
    whose = f"You stand in for {leader}" if stands_in else f"For {one.answering_unit}"
    verb = "counters" if one.state == "countered" else "proposes"
    url = one.get_absolute_url()
    title = f"{other} {verb} “{one}”"
    return Task("cascade", title, "Read, answer", whose, url, due=one.answer_by)


def _late(one: Cascade) -> Task:
    note = f"{one.answering_unit} was to answer {one.unit_of(one.spoken)}; silence is no consent"
    url = one.get_absolute_url()
    title = f"No answer to “{one}”"
    return Task("cascade-late", title, "See it", note, url, due=one.answer_by)
