"""Who works on what in the fourth quarter, as the leaders of the units planned it when it began."""

from collections.abc import Mapping
from decimal import Decimal

from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables import effort as table
from goldenthread.demo.work import Nodes
from goldenthread.objectives.models import Cycle
from goldenthread.people.models import Person, Unit
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.models import RUN, Target

BEGAN = "1 Oct"


def share_out_the_quarter(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """Most people have theirs entered, one team is asked for more than it has, of one person it is inferred."""
    marta = company.people["Marta Lindqvist"]

    def targets(percents: Mapping[str, int]) -> dict[Target, Decimal]:
        return {
            RUN if name == RUN else nodes[name]: Decimal(part) / 100
            for name, part in percents.items()
        }

    with standing_on(day(BEGAN), 9):
        services.declare_non_routine(actor=marta, share=Decimal(table.NON_ROUTINE) / 100)
        for name, percents in table.TEAMS.items():
            unit = company.units[name]
            for person in Person.objects.working(day(BEGAN)).filter(unit=unit).order_by("pk"):
                if person.name not in table.INFERRED:
                    own = table.PEOPLE.get(person.name, percents)
                    services.allocate(
                        actor=_planner(unit, person, marta),
                        whose=person,
                        cycle=cycle,
                        shares=targets(own),
                    )
        for name, percents in table.UNITS.items():
            unit = company.units[name]
            services.allocate(actor=marta, whose=unit, cycle=cycle, shares=targets(percents))
    for name, (on, percents) in table.LATER.items():
        person = company.people[name]
        assert person.unit is not None
        with standing_on(day(on), 9):
            services.allocate(
                actor=_planner(person.unit, person, marta),
                whose=person,
                cycle=cycle,
                shares=targets(percents),
            )


def _planner(unit: Unit, person: Person, otherwise: Person) -> Person:
    """The unit's leader; of the leader's own effort the one above all."""
    leader = unit.leader
    return leader if leader is not None and leader != person else otherwise
