"""The round of reminders: everybody in turn, each with what is due for them."""

import datetime as dt

from django.db.models import Exists, OuterRef

from goldenthread.core.jobs import Run
from goldenthread.core.models import Organisation
from goldenthread.insights.selectors.due import due_for
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Absence, Person, User
from goldenthread.programme.services.reminders import remind, wants_letter

AT_ONCE = 50


def remind_everybody(run: Run, on: dt.date) -> None:
    """Write the letters of a day, some people at a time; who was reached is kept with what was written.

    Whoever works here, has an account, wants to be told today and is not away.
    """
    if Organisation.current() is None:
        return
    away = Absence.objects.filter(person=OuterRef("pk"), start__lte=on, end__gte=on)
    people = (
        Person.objects.working(on)
        .filter(~Exists(away), user__is_active=True)
        .exclude(user__reminders=User.Reminders.OFF)
        .select_related("user")
        .order_by("pk")
    )
    cycles = list(Cycle.objects.exclude(state=Cycle.State.CLOSED))
    while some := list(people.filter(pk__gt=run.checkpoint.get("after", 0))[:AT_ONCE]):
        told = [one for one in some if one.user is not None and wants_letter(one.user, on)]
        due = [(one, due_for(one, cycles, on)) for one in told]
        written = run.checkpoint.get("written", 0)
        with run.step():
            written += sum(remind(person=one, due=found, on=on) for one, found in due)
            run.checkpoint.update(after=some[-1].pk, written=written)
            run.words = f"{written} letters"
