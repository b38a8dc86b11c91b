"""Founding the organisation: once, with somebody who leads and administers it."""

from typing import Any

import pytest

from goldenthread.core.errors import DomainError
from goldenthread.core.models import AuditRecord, Organisation
from goldenthread.people import services
from goldenthread.people.models import Person, User
from tests.cast import Cast

pytestmark = pytest.mark.django_db

FIRST = {
    "name": "Northwind Rail",
    "time_zone": "Europe/Copenhagen",
    "person_name": "Ada Holm",
    "email": "Ada@Northwind.example",
    "password": "a-long-train-journey",
}


def test_the_first_person_leads_administers_and_can_sign_in() -> None:
    person = services.found_organisation(**FIRST)
    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.time_zone) == ("Northwind Rail", "Europe/Copenhagen")
    assert person.is_leader
    assert person.is_admin
    assert person.email == "ada@northwind.example"
    assert person.user is not None
    assert person.user.check_password(FIRST["password"])
    assert AuditRecord.objects.get().verb == "found organisation"


def test_it_happens_once() -> None:
    services.found_organisation(**FIRST)
    with pytest.raises(DomainError, match="already"):
        services.found_organisation(**FIRST | {"email": "other@northwind.example"})
    assert Person.objects.count() == 1


def test_not_where_somebody_is(cast: Cast) -> None:
    with pytest.raises(DomainError, match="already"):
        services.found_organisation(**FIRST)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("time_zone", "Europe/Atlantis"),
        ("person_name", ""),
        ("email", "ada"),
        ("email", ""),
        ("password", "short"),
        ("password", "ada@northwind.example"),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(field: str, value: Any) -> None:
    with pytest.raises(DomainError) as refused:
        services.found_organisation(**FIRST | {field: value})
    assert refused.value.field == field
    assert not Organisation.objects.exists()
    assert not User.objects.exists()
