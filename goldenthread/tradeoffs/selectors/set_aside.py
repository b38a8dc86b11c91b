"""Whether effort is set aside for objectives, for the rules that their criteria are held to."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from goldenthread.core.prepared import Prepared
from goldenthread.objectives.models import Objective, ObjectiveAncestor
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs.models import Allocation, Whose


def effort_known(objectives: Sequence[int], on: dt.date) -> Mapping[int, bool]:
    """Whether effort goes into each on the day, or into what serves it, by id. One query, none for none.

    Those are left out that get none while nothing is entered either for who owns them: then nobody can tell.
    """
    if not objectives:
        return {}
    found = _gets_or_is_said(on, among=objectives)
    return {pk: gets for pk, gets, is_said in found if gets or is_said}


@Prepared
def _gets_or_is_said(
    on: dt.date, *, among: Sequence[int]
) -> "QuerySet[Objective, tuple[int, bool, bool]]":
    given = Allocation.objects.in_force(on).order_by()
    serving = ObjectiveAncestor.objects.filter(ancestor=OuterRef("pk")).filter(
        Exists(given.filter(objective=OuterRef("objective")))
    )
    of_owner = (
        Exists(given.filter(person=OuterRef("owner_person")))
        | Exists(given.filter(unit=OuterRef("owner_unit")))
        | Exists(given.filter(person__unit=OuterRef("owner_unit")))
    )
    gets = Exists(given.filter(objective=OuterRef("pk"))) | Exists(serving)
    rows = Objective.objects.filter(pk__in=among).order_by()
    return rows.annotate(gets=gets, is_said=of_owner).values_list("pk", "gets", "is_said")


def concerned(whose: Sequence[Whose], objectives: set[int]) -> Q:
    """The objectives of which `effort_known` may say something else once what these give to those has changed."""
    people = [one for one in whose if isinstance(one, Person)]
    units = {one.pk for one in whose if isinstance(one, Unit)}
    units |= {one.unit_id for one in people if one.unit_id is not None}
    own = Q(owner_person__in=[one.pk for one in people]) | Q(owner_unit__in=units)
    above = ObjectiveAncestor.objects.filter(objective__in=objectives).values("ancestor")
    return own | Q(pk__in=objectives) | Q(pk__in=above)
