"""May this person do this? Set intersections over the permission table.

Here alone a deputy is given what the one they stand in for has; `visible_to` says the same in SQL. They act in
their own name: the audit trail has them as the actor, and notes in whose place.
"""

from collections.abc import Iterable
from typing import ClassVar, Protocol

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.permissions import ABOVE, ALLOWED, LENT, SIDES, Action, Relation


class Related(Protocol):
    """A record that can say how a person stands to it. `person` is a `people.Person`, or None."""

    IS_WORK: ClassVar[bool]

    def relations_to(self, person: "Actor | None", /) -> frozenset[Relation]: ...


class Actor(Protocol):
    """Whoever acts: a person with an identity, the relations that come with the roles alone, and whose deputy
    they are. `acting_for` says in whose place `require` let them act last."""

    pk: int
    acting_for: str

    @property
    def office(self) -> frozenset[Relation]: ...

    @property
    def stands_in_for(self) -> "Iterable[Actor]": ...


def relations(person: Actor, record: Related) -> frozenset[Relation]:
    """How the person stands to the record: of themself, by office, and as a deputy."""
    own = record.relations_to(person)
    found = own | person.office
    for lent in _lent(person, record, own).values():
        found |= lent
    return found


def _lent(
    person: Actor, record: Related, own: frozenset[Relation]
) -> dict[Actor, frozenset[Relation]]:
    """What a deputy has from each of those whom they stand in for.

    Nothing of work that is their own: else they could agree it with themself. And of two sides only one: who
    stands above the owner, or stands in for somebody who does, does not speak for the owner too.
    """
    if not record.IS_WORK or own & ({Relation.OWNER} | SIDES):
        return {}
    found = {one: record.relations_to(one) & LENT for one in person.stands_in_for}
    if own & ABOVE or any(lent & ABOVE for lent in found.values()):
        found = {one: lent - {Relation.OWNER} for one, lent in found.items()}
    return found


def can(person: Actor | None, action: Action, record: Related | None = None) -> bool:
    """Whether the person may do the action on the record, or by right of office where there is none."""
    if person is None:
        return False
    found = person.office if record is None else relations(person, record)
    return bool(ALLOWED[action] & found)


def allowed(person: Actor | None, record: Related) -> frozenset[Action]:
    """Everything the person may do with the record, its relations asked for once; for pages with many actions."""
    if person is None:
        return frozenset()
    found = relations(person, record)
    return frozenset(action for action, by in ALLOWED.items() if by & found)


def require(person: Actor | None, action: Action, record: Related | None = None) -> None:
    """Raise `NotAllowed` unless the person may. Every service asks this first.

    Who may only as a deputy acts from here on, until the next is asked, in the place of another: `acting_for`.
    """
    if person is not None:
        person.acting_for = ""
        own = person.office if record is None else record.relations_to(person) | person.office
        if ALLOWED[action] & own:
            return
        if record is not None:
            lenders = [
                str(one)
                for one, lent in _lent(person, record, own).items()
                if ALLOWED[action] & lent
            ]
            if lenders:
                person.acting_for = " and ".join(lenders)
                return
    names = sorted((relation.value for relation in ALLOWED[action]), key=str.casefold)
    who = " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    raise NotAllowed(f"You may not {action.value} here. Who may: {who}.")


def not_as_deputy(person: Actor, what: str, field: str) -> None:
    """Refuse what a deputy leaves to the one they stand in for, after `require`: to give away what is theirs."""
    if person.acting_for:
        raise DomainError(f"You stand in for {person.acting_for}, who names {what}.", field)
