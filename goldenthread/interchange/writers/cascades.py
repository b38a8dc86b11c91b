"""The table of cascades between units, as the version says that stands."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import F, Prefetch

from goldenthread.interchange.services.proposed_results import write_proposed
from goldenthread.interchange.services.writing.links import WORDS
from goldenthread.interchange.writers.scope import Scope
from goldenthread.objectives.models import CascadeVersion
from goldenthread.objectives.services.cascades import terms_of
from goldenthread.people.models import Person


def cascades(scope: Scope) -> Iterator[Sequence[Any]]:
    """What is not settled: of what is agreed the objective goes out, with what it serves."""

    def name(record: Any) -> str:
        return scope.name_of_person(record) if isinstance(record, Person) else scope.name(record)

    stands = CascadeVersion.objects.filter(number=F("cascade__number"))
    ends = ("parent_objective", "parent_priority", "giver_unit", "taking_unit", "cycle")
    rows = scope.cascades.select_related(*ends).prefetch_related(
        Prefetch("versions", stands, to_attr="stands")
    )
    for one in rows.order_by("pk"):
        terms = terms_of(one.stands[0])
        yield (
            scope.name(one),
            terms.title,
            scope.name(one.parent),
            scope.name(one.giver_unit),
            scope.name(one.taking_unit),
            one.direction,
            one.cycle.name,
            terms.why,
            write_proposed(terms.key_results, name),
            WORDS[terms.strength],
            terms.kind,
            terms.starts_on,
            terms.ends_on,
            terms.mandate,
            terms.resources,
            terms.fte,
            terms.word,
            terms.answer_by,
            one.state,
        )
