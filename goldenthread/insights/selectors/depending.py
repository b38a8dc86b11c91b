"""What other units ask of those that a person leads: to be answered this week."""

from goldenthread.insights.selectors.week import Task
from goldenthread.objectives.models import Dependency
from goldenthread.objectives.selectors.dependencies import waiting_for
from goldenthread.people.models import Person


def dependency_tasks(person: Person) -> list[Task]:
    """What waits for their answer, and for that of those whom they stand in for. One query."""
    return [_task(one, person) for one in waiting_for(person)]


def _task(one: Dependency, person: Person) -> Task:
    leader = one.unit.leader
    stands_in = leader is not None and leader.pk != person.pk and leader in person.self_and_lenders
    whose = f"You stand in for {leader}" if stands_in else ""
    note = " · ".join(filter(None, [whose, f"{one.unit} is asked for it"]))
    again = one.answered_on is not None  # it was worded anew since
    title = f"Reworded, to confirm again: {one}" if again else f"Accept or decline: {one}"
    return Task("dependency", title, "Answer", note, one.get_absolute_url(), due=one.answer_by)
