"""What of the imports waits for a person, on home."""

from django.db.models import QuerySet

from goldenthread.core.access import can
from goldenthread.core.clock import day_of
from goldenthread.core.prepared import Prepared
from goldenthread.insights.selectors.week import Task
from goldenthread.interchange.models import Import
from goldenthread.interchange.selectors import imports_seen
from goldenthread.people.models import Person, stand_in
from goldenthread.permissions import Action
from goldenthread.ui.locale import format_number


def waiting_imports(person: Person) -> list[Task]:
    """The files that were read and not yet written: one's own, and for who imports by office everybody's."""
    if not can(person, Action.IMPORT):
        return []
    by_office = person.is_hr or person.is_admin
    return [
        Task(
            "import",
            f"Finish the import of “{one}”",
            "Look, write",
            _note(one, person),
            one.get_absolute_url(),
            since=day_of(one.created_at),
        )
        for one in _staged(by_office, person=person.pk)
    ]


@Prepared
def _staged(by_office: bool, *, person: int) -> QuerySet[Import]:
    rows = imports_seen(stand_in([person], True)).filter(state=Import.State.STAGED)
    return rows if by_office else rows.filter(author=person)


def _note(one: Import, person: Person) -> str:
    """What it would do, and who read it in."""
    counts = ((one.created, "new"), (one.updated, "updated"), (one.refused, "refused"))
    found = ", ".join(f"{format_number(count)} {word}" for count, word in counts if count)
    author = f"{one.author} read it in" if one.author and one.author != person else ""
    return " · ".join(filter(None, [one.problem or found, author, "nothing is written yet"]))
