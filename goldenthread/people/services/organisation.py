"""The organisation itself: founding it in an empty database."""

from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from goldenthread.core import audit
from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.people.models import Person, User
from goldenthread.people.services.account import checked_password
from goldenthread.people.services.person import checked_email, checked_name


@transaction.atomic
def found_organisation(
    *, name: str, time_zone: str, person_name: str, email: str, password: str
) -> Person:
    """Make the organisation and its first person, who leads and administers it, with an account.

    Needs no permission, because there is nobody yet: raises `DomainError` in a database that has an
    organisation or anybody in it, and for each input that can't be used.
    """
    if Organisation.objects.exists() or Person.objects.exists() or User.objects.exists():
        raise DomainError("There is an organisation here already. Sign in instead.")
    name = checked_name(name, "name", "The organisation")
    time_zone = _checked_time_zone(time_zone)
    person_name = checked_name(person_name, "person_name", "You")
    email = checked_email(email)
    if not email:
        raise DomainError("Give the e-mail that you will sign in with.", "email")
    checked_password(password, User(email=email))
    try:
        with transaction.atomic():
            Organisation.objects.create(pk=1, name=name, time_zone=time_zone)
    except IntegrityError as error:  # somebody else was founding it at the same moment
        raise DomainError("There is an organisation here already. Sign in instead.") from error
    person = Person.objects.create(
        name=person_name,
        email=email,
        user=User.objects.create_user(email, password),
        granted_leader=True,
        is_admin=True,
    )
    after = {"name": person_name, "email": email, "granted_leader": True, "is_admin": True}
    audit.record(person, "found organisation", person, after=after, note=name)
    return person


def _checked_time_zone(time_zone: str) -> str:
    if time_zone not in available_timezones():
        raise DomainError("Choose a time zone from the list, such as Europe/Paris.", "time_zone")
    return time_zone
