"""May this person do this? Set intersections over the permission table."""

from typing import Protocol

from goldenthread.core.errors import NotAllowed
from goldenthread.permissions import ALLOWED, Action, Relation


class Related(Protocol):
    """A record that can say how a person stands to it. `person` is a `people.Person`, or None."""

    def relations_to(self, person: "Actor | None", /) -> frozenset[Relation]: ...


class Actor(Protocol):
    """Whoever acts: a person with an identity and the relations that come with the roles alone."""

    pk: int

    @property
    def office(self) -> frozenset[Relation]: ...


def can(person: Actor | None, action: Action, record: Related | None = None) -> bool:
    """Whether the person may do the action on the record, or by right of office where there is none."""
    if person is None:
        return False
    relations = person.office if record is None else record.relations_to(person) | person.office
    return bool(ALLOWED[action] & relations)


def allowed(person: Actor | None, record: Related) -> frozenset[Action]:
    """Everything the person may do with the record, its relations asked for once; for pages with many actions."""
    if person is None:
        return frozenset()
    relations = record.relations_to(person) | person.office
    return frozenset(action for action, by in ALLOWED.items() if by & relations)


def require(person: Actor | None, action: Action, record: Related | None = None) -> None:
    """Raise `NotAllowed` unless the person may. Every service asks this first."""
    if not can(person, action, record):
        names = sorted((relation.value for relation in ALLOWED[action]), key=str.casefold)
        who = " or ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
        raise NotAllowed(f"You may not {action.value} here. Who may: {who}.")
