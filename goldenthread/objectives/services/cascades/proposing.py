"""Opening cascades: a leader proposes to several units at once, or offers one upward; drafts first, where wished."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import uuid4

from django.db import transaction
from django.db.models import prefetch_related_objects

from goldenthread.core import audit, clock, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.models import Cascade, CascadeSide, CascadeVersion, Cycle, Objective
from goldenthread.objectives.services.cascades.sides import writes_for
from goldenthread.objectives.services.cascades.terms import (
    Terms,
    check_ready,
    check_terms,
    for_the_trail,
    terms_of,
    write_version,
)
from goldenthread.objectives.services.links import check_ends, served
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.strategy.models import Priority

Parent = Objective | Priority
Direction = Cascade.Direction

MOST_UNITS = 50


@transaction.atomic
def propose_to_units(
    *,
    actor: Person,
    parent: Parent,
    giver: Unit,
    units: Iterable[Unit],
    cycle: Cycle,
    terms: Terms,
    send: bool = True,
    together: str = "",
) -> list[Cascade]:
    """Propose the same objective to several units, each with a thread of its own from here on.

    `giver` is the unit that proposes: the one whose objective `parent` is, or for a priority one that the actor
    leads. `send=False` leaves drafts, which can differ before they are sent. Sent twice with the same `together`,
    the second answers with the threads of the first. Asks *propose between units*. Raises `DomainError`.
    """
    if together and (made := list(Cascade.objects.filter(together=together, author=actor))):
        return sorted(made, key=lambda one: one.pk)
    chosen = list(dict.fromkeys(units))
    if not chosen:
        raise DomainError("Choose at least one unit.", "units")
    if len(chosen) > MOST_UNITS:
        raise DomainError(f"At most {MOST_UNITS} units at once.", "units")
    if isinstance(parent, Objective) and unit_behind(parent) != giver:
        raise DomainError(f"“{parent}” is not an objective of {giver}.", "giver")
    prefetch_related_objects([giver, *chosen], "leader")
    key = together or uuid4().hex
    return [
        _open(actor, parent, giver, taker, Direction.DOWN, cycle, terms, send, key)
        for taker in chosen
    ]


@transaction.atomic
def offer_upward(
    *,
    actor: Person,
    unit: Unit,
    parent: Parent,
    cycle: Cycle,
    terms: Terms,
    send: bool = True,
    together: str = "",
) -> Cascade:
    """Offer an objective of one's own unit to the unit above, as a contribution to `parent`.

    The other side is the unit whose objective `parent` is; of a priority, the unit above. Asks *propose between
    units*. Raises `DomainError`.
    """
    if together and (made := Cascade.objects.filter(together=together, author=actor).first()):
        return made
    giver = unit_above_for(unit, parent)
    return _open(actor, parent, giver, unit, Direction.UP, cycle, terms, send, together)


def unit_behind(objective: Objective) -> Unit | None:
    """The unit that answers for an objective: its owner, the unit that its owner leads, or the one they are in."""
    if objective.owner_unit is not None:
        return objective.owner_unit
    person = objective.owner_person
    if person is None:
        return None
    return person.led_units.order_by("pk").first() or person.unit


def unit_above_for(unit: Unit, parent: Parent) -> Unit:
    """To whom a unit offers something that serves `parent`."""
    if isinstance(parent, Objective):
        above = unit_behind(parent)
    else:
        above = unit.parent
        if above is None and parent.sponsor is not None:
            above = parent.sponsor.led_units.order_by("pk").first() or parent.sponsor.unit
    if above is None:
        raise DomainError(f"No unit answers for “{parent}” above {unit}.", "parent")
    return above


def _open(
    actor: Person,
    parent: Parent,
    giver: Unit,
    taker: Unit,
    direction: Direction,
    cycle: Cycle,
    terms: Terms,
    send: bool,
    together: str,
) -> Cascade:
    row = new_thread(actor, parent, giver, taker, direction, cycle, terms)
    row.together, side = together, row.opening_side
    require(actor, Action.PROPOSE_CASCADE, row)
    check_thread(row)
    check_terms(terms, cycle, taker)
    row.save()
    write_version(
        row,
        terms,
        number=1,
        side=side,
        author=actor,
        author_for=writes_for(row, side, actor),
    )
    after = {"giver_unit": giver, "taking_unit": taker, "cycle": cycle}
    audit.record(actor, "draft cascade", row, after=after | served(parent) | for_the_trail(terms))
    if send:
        _send(actor, row, replace(terms, answer_by=row.answer_by))
    return row


def new_thread(
    actor: Person,
    parent: Parent,
    giver: Unit,
    taker: Unit,
    direction: Direction,
    cycle: Cycle,
    terms: Terms,
) -> Cascade:
    """A thread as it would be opened, not saved."""
    fields = terms.fields()
    return Cascade(
        **{f"parent_{'objective' if isinstance(parent, Objective) else 'priority'}": parent},
        giver_unit=giver,
        taking_unit=taker,
        direction=direction,
        cycle=cycle,
        title=fields["title"],
        spoken=CascadeSide.GIVER if direction == Direction.DOWN else CascadeSide.TAKER,
        answer_by=fields["answer_by"],
        author=actor,
    )


def check_thread(row: Cascade) -> None:
    """Refuse what cannot be proposed, to whom: a parent that is over, a unit that has ended or is one's own."""
    check_ends(Objective(title=row.title), row.parent)
    if row.giver_unit == row.taking_unit:
        raise DomainError(
            f"{row.taking_unit} cannot propose to itself. Write the objective instead.", "units"
        )
    for unit in (row.giver_unit, row.taking_unit):
        if unit.ended_on is not None and unit.ended_on < clock.today():
            raise DomainError(f"{unit} has ended. Choose another unit.", "units")
    parent = row.parent
    for unit in (row.giver_unit, row.taking_unit):
        leader = unit.leader
        seen = type(parent).objects.visible_to(leader)
        if leader is not None and not seen.filter(pk=parent.pk).exists():
            raise DomainError(f"{leader} of {unit} may not read what this would serve.", "units")


@transaction.atomic
def edit_cascade_draft(
    *, actor: Person, cascade: Cascade, terms: Terms, version: int | None = None
) -> Cascade:
    """Rewrite a thread that is not sent yet. Asks *propose between units*; raises `SavedMeanwhile`."""
    require(actor, Action.PROPOSE_CASCADE, cascade)
    if cascade.state != CascadeState.DRAFT:
        raise DomainError("This is with the other side already. Answer it with another version.")
    check_terms(terms, cascade.cycle, cascade.taking_unit)
    fields = terms.fields()
    row = cascade.versions.get(number=1)
    was = for_the_trail(terms_of(row))
    changes = {"title": fields["title"], "answer_by": fields["answer_by"]}
    versions.save(cascade, changes, version=version)
    fields["author"], fields["recorded_at"] = actor, clock.now()
    fields["author_for"] = writes_for(cascade, cascade.opening_side, actor)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    audit.record(actor, "edit cascade", cascade, before=was, after=for_the_trail(terms))
    return cascade


@transaction.atomic
def send_cascade(*, actor: Person, cascade: Cascade, version: int | None = None) -> Cascade:
    """Put a draft to the other unit. Asks *propose between units*; raises `SavedMeanwhile`, `DomainError`."""
    require(actor, Action.PROPOSE_CASCADE, cascade)
    if cascade.state != CascadeState.DRAFT:
        raise DomainError("This was sent already.")
    check_thread(cascade)
    current = cascade.versions.get(number=1)
    if cascade.source:
        _take_on(actor, cascade, current)
    _send(actor, cascade, terms_of(current), version)
    return cascade


def _take_on(actor: Person, cascade: Cascade, current: CascadeVersion) -> None:
    """What a file brought in is theirs who send it, and no longer of whoever imported it."""
    current.author = cascade.author = actor
    current.author_for = writes_for(cascade, cascade.opening_side, actor)
    current.recorded_at = clock.now()
    current.save()
    Cascade.objects.filter(pk=cascade.pk).update(author=actor)


def _send(actor: Person, cascade: Cascade, terms: Terms, version: int | None = None) -> None:
    check_ready(terms)
    changes = {"state": CascadeState.PROPOSED, "proposed_at": clock.now()}
    versions.save(cascade, changes, version=version)
    before, after = {"state": CascadeState.DRAFT}, {"state": CascadeState.PROPOSED}
    audit.record(actor, "propose cascade", cascade, before=before, after=after)
