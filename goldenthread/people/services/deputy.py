"""Deputies: naming who stands in for somebody, and ending it early."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.models import Deputy, Person
from goldenthread.people.services.lines import one_at_a_time
from goldenthread.people.services.person import works_here
from goldenthread.permissions import ABOVE, Action


@transaction.atomic
def name_deputy(
    *, actor: Person, person: Person, deputy: Person, starts_on: dt.date, ends_on: dt.date
) -> Deputy:
    """Name who stands in for somebody from one day to another. They, the line above, HR partners.

    One at a time. Nobody names themself, unless they stand above: who runs the programme would otherwise come
    to write objectives by it.
    """
    require(actor, Action.NAME_DEPUTY, person)
    if deputy == person:
        raise DomainError("Choose somebody else: nobody stands in for themself.", "deputy")
    if deputy == actor and not person.relations_to(actor) & ABOVE:
        raise DomainError(f"Let {person} or their manager name you.", "deputy")
    works_here(person, "deputy")
    works_here(deputy, "deputy")
    if ends_on < starts_on:
        raise DomainError("The last day comes before the first.", "ends_on")
    if ends_on < clock.today():
        raise DomainError("Give a last day that is still to come.", "ends_on")
    if deputy.end is not None and deputy.end < ends_on:
        raise DomainError(
            f"{deputy} leaves; the last day is {deputy.end:%-d %B %Y}. End it by then.", "ends_on"
        )
    one_at_a_time()
    others = Deputy.objects.filter(person=person, ended_on__isnull=True)
    if other := others.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first():
        raise DomainError(
            f"{other.deputy} stands in for {person} until {other.ends_on:%-d %B %Y}. End that first.",
            "starts_on",
        )
    row = Deputy.objects.create(person=person, deputy=deputy, starts_on=starts_on, ends_on=ends_on)
    after = {"deputy": deputy, "starts_on": starts_on, "ends_on": ends_on}
    audit.record(actor, "name deputy", person, after=after)
    _keep_true(deputy)
    return row


@transaction.atomic
def end_deputy(*, actor: Person, deputy: Deputy) -> Deputy:
    """End it now, before its last day; whoever may name one may. Done twice it changes nothing."""
    require(actor, Action.NAME_DEPUTY, deputy.person)
    if deputy.ended_on is None:
        versions.save(deputy, {"ended_on": clock.today()})
        before = {"deputy": deputy.deputy, "ends_on": deputy.ends_on}
        audit.record(actor, "end deputy", deputy.person, before=before)
        _keep_true(deputy.deputy)
    return deputy


def _keep_true(deputy: Person) -> None:
    """Set `deputises_until`, by which everybody else is spared a query."""
    held = Deputy.objects.filter(deputy=deputy, ended_on__isnull=True)
    deputy.deputises_until = held.aggregate(last=Max("ends_on"))["last"]
    Person.objects.filter(pk=deputy.pk).update(deputises_until=deputy.deputises_until)
    deputy.__dict__.pop("stands_in_for", None)
