"""Who sponsors: a sponsor of a priority is a leader for as long as they sponsor one."""

from collections.abc import Iterable

from goldenthread.people.models import Person
from goldenthread.people.services import set_sponsor_flag
from goldenthread.strategy.models import Priority, Strategy, sponsored_by


def refresh_sponsors(people: Iterable[Person | None]) -> None:
    """Keep `Person.sponsors` true for these people after a priority changed hands, state or strategy."""
    for person in {person.pk: person for person in people if person is not None}.values():
        sponsored = (
            Priority.objects.filter(sponsored_by(person))
            .exclude(state=Priority.State.DROPPED)
            .exclude(strategy__state=Strategy.State.ENDED)
        )
        set_sponsor_flag(person=person, sponsors=sponsored.exists())
