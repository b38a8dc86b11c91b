"""What the commands of imports share: who acts, and how they end."""

from django.core.management.base import CommandError
from django.db.models import Q

from goldenthread.core import clock
from goldenthread.core.access import can
from goldenthread.core.models import Organisation
from goldenthread.people.models import Person
from goldenthread.permissions import Action

DONE, SOME_REFUSED, NOTHING_DONE = 0, 1, 2


def nothing_done(words: str) -> CommandError:
    """Ends a command that has done nothing."""
    return CommandError(words, returncode=NOTHING_DONE)


def who_imports(email: str | None) -> Person:
    """Who imports: the one named, else the only administrator or leader there is."""
    if Organisation.current() is None:
        raise nothing_done(
            "There is no organisation in this database yet. Open the first page to found it."
        )
    working = Person.objects.working(clock.today())
    if email:
        named = working.filter(email=email.strip().lower()).first()
        if named is None:
            raise nothing_done(f"Nobody who works here has the e-mail {email}.")
        if not can(named, Action.IMPORT):
            raise nothing_done(
                f"{named} may not import. Administrators, HR partners and leaders may."
            )
        return named
    leads = Q(granted_leader=True) | Q(heads_unit=True) | Q(sponsors=True) | Q(is_admin=True)
    found = list(working.filter(leads)[:2])
    if len(found) == 1:
        return found[0]
    if not found:
        raise nothing_done(
            "Nobody here is an administrator or leader. Name who imports with --as E-MAIL."
        )
    raise nothing_done("Several people could be importing. Say who with --as E-MAIL.")
