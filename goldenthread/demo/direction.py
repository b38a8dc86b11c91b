"""Giving direction: the strategy of the year with its KPIs, that of a unit, and next year's as drafts."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.models import AuditRecord
from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.tables import direction as table
from goldenthread.demo.tables.direction import KpiRow, PriorityRow, ResultRow
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.links import link
from goldenthread.strategy import services
from goldenthread.strategy.models import Kpi, Observation, Priority, Strategy

LEADER = "Marta Lindqvist"


def set_direction(company: Company) -> dict[str, Priority]:
    """The strategy of the organisation and of Service, KPIs and all; priorities by the tables' keys."""
    leader = company.people[LEADER]
    with standing_on(day(table.IN_FORCE_ON)):
        strategy = services.start_strategy(
            actor=leader,
            title=table.TITLE,
            starts_on=day(table.IN_FORCE_ON),
            ends_on=day(table.ENDS_ON),
            vision=table.VISION,
            mission=table.MISSION,
            values=table.VALUES,
        )
        found = {
            row.key: _add_priority(company, strategy, row)
            for row in (*table.PRIORITIES, table.SHOWROOMS)
        }
        services.put_in_force(actor=leader, strategy=strategy)
        shares = {
            found[row.key].pk: Decimal(row.first_weight)
            for row in (*table.PRIORITIES, table.SHOWROOMS)
        }
        _weigh(company, strategy, shares)
        for kpi_row in table.KPIS:
            _add_kpi(company, kpi_row)
    _set_unit_direction(company, found)
    return found


def _add_priority(company: Company, strategy: Strategy, row: PriorityRow) -> Priority:
    leader = company.people[LEADER]
    priority = services.add_priority(
        actor=leader,
        strategy=strategy,
        title=row.title,
        why=row.why,
        sponsor=company.people[row.sponsor],
    )
    for result in row.results:
        _add_result(company, priority, result)
    return priority


def _add_result(company: Company, priority: Priority, row: ResultRow) -> None:
    leader = company.people[LEADER]
    result = services.add_expected_result(actor=leader, priority=priority, text=row.name)
    services.make_kpi(
        actor=leader,
        result=result,
        name=row.name,
        measure=row.measure,
        decimals=row.decimals,
        direction=row.direction,
        baseline=Decimal(row.baseline),
        target=Decimal(row.target),
        starts_on=day("1 Jan"),
        due_on=day(table.ENDS_ON),
        owner=company.people[row.owner],
        unit=company.units[row.unit],
        source=row.source,
    )


def _add_kpi(company: Company, row: KpiRow) -> None:
    leader = company.people[LEADER]
    low, high = (Decimal(text) if text else None for text in (row.low, row.high))
    kpi = services.add_kpi(
        actor=leader,
        name=row.name,
        measure=row.measure,
        decimals=row.decimals,
        direction=row.direction,
        low=low,
        high=high,
        unit=company.units[row.unit],
        owner=company.people[row.owner],
        source=row.source,
    )
    if row.target:
        services.set_target(
            actor=leader,
            kpi=kpi,
            starts_on=day("1 Jan"),
            due_on=day(table.ENDS_ON),
            baseline=Decimal(row.baseline),
            value=Decimal(row.target),
        )


def _weigh(company: Company, strategy: Strategy, shares: dict[int, Decimal]) -> None:
    leader = strategy.leader
    services.set_weights(actor=leader, strategy=strategy, shares=shares)
    services.confirm_weights(actor=leader, strategy=strategy)


def _set_unit_direction(company: Company, found: dict[str, Priority]) -> None:
    """Service has a strategy of its own; its priorities are tied to the organisation's."""
    head = company.people["Aisha Rahmani"]
    with standing_on(day(table.SERVICE_ON)):
        strategy = services.start_strategy(
            actor=head,
            title=table.SERVICE_TITLE,
            unit=company.units["Service"],
            ends_on=day(table.ENDS_ON),
            vision=table.SERVICE_VISION,
        )
        for row in table.SERVICE_PRIORITIES:
            found[row.key] = services.add_priority(
                actor=head, strategy=strategy, title=row.title, why=row.why, sponsor=head
            )
            link(actor=head, child=found[row.key], parent=found[row.serves], strength=row.strength)
        services.put_in_force(actor=head, strategy=strategy)
        shares = {found[row.key].pk: Decimal(row.weight) for row in table.SERVICE_PRIORITIES}
        _weigh(company, strategy, shares)


def drop_showrooms(company: Company, nodes: Mapping[str, Objective | Priority]) -> None:
    """Three weeks in, one of six priorities is dropped, the others are weighed again, and it is said why."""
    leader = company.people[LEADER]
    found = {key: one for key, one in nodes.items() if isinstance(one, Priority)}
    strategy = found["quiet"].strategy
    with standing_on(day(table.DROPPED_ON)):
        services.drop_priority(actor=leader, priority=found["showrooms"], reason=table.DROPPED_WHY)
        shares = {found[row.key].pk: Decimal(row.weight) for row in table.PRIORITIES}
        strategy.refresh_from_db()
        _weigh(company, strategy, shares)
    for row in table.TRADE_OFFS:
        with standing_on(day(row.decided_on)):
            decided_by, again = company.people[row.decided_by], day(row.look_again_on)
            if row.over:
                services.add_even_over(
                    actor=leader,
                    strategy=strategy,
                    this=row.this,
                    over=row.over,
                    note=row.note,
                    priority=found[row.priority],
                    decided_by=decided_by,
                    look_again_on=again,
                )
            else:
                services.add_not_doing(
                    actor=leader,
                    strategy=strategy,
                    this=row.this,
                    note=row.note,
                    frees_fte=Decimal(row.frees_fte),
                    decided_by=decided_by,
                    look_again_on=again,
                )


def observe_the_year() -> None:
    """What every KPI was, month by month, and the one value that had to be corrected."""
    kpis = {kpi.name: kpi for kpi in Kpi.objects.select_related("owner")}
    observed = {row.name: row.observed.split() for row in table.KPIS}
    for priority in table.PRIORITIES:
        observed |= {row.name: row.observed.split() for row in priority.results}
    name, wrong_day, right, corrected_on, why = table.CORRECTION
    for month, text in enumerate(table.MONTHS):
        with standing_on(day(text), hour=16):
            made = [
                Observation(
                    kpi=kpis[one],
                    on=day(text),
                    value=Decimal(values[month]),
                    author=kpis[one].owner,
                    recorded_at=timezone.now(),
                )
                for one, values in observed.items()
            ]
            Observation.objects.bulk_create(made)
            AuditRecord.objects.bulk_create(
                AuditRecord(
                    actor_id=one.author_id,
                    verb="record observation",
                    subject_type=Kpi._meta.label_lower,
                    subject_id=one.kpi_id,
                    after={"on": audit.plain(one.on), "value": audit.plain(one.value)},
                )
                for one in made
            )
        if text == wrong_day:
            with standing_on(day(corrected_on)):
                old = Observation.objects.get(kpi=kpis[name], on=day(wrong_day))
                owner = kpis[name].owner
                assert owner is not None
                services.correct(actor=owner, observation=old, value=Decimal(right), note=why)


def draft_next_year(company: Company) -> None:
    """The board's presentation for 2027: drafts that nobody has taken on, one of them confidential."""
    actor, leader = company.people["Nadia Berger"], company.people[LEADER]
    with standing_on(day(table.NEXT_YEAR_ON)):
        strategy = services.draft_strategy(
            actor=actor,
            title=table.NEXT_YEAR_TITLE,
            leader=leader,
            starts_on=day("1 Jan 2027"),
            ends_on=day("31 Dec 2027"),
            vision=table.VISION,
        )
        for row in table.NEXT_YEAR:
            source = f"{table.NEXT_YEAR_FILE}, {row.source}"
            sponsor = company.people[row.sponsor]
            priority = services.draft_priority(
                actor=actor, strategy=strategy, title=row.title, sponsor=sponsor, source=source
            )
            for text in row.results:
                services.draft_expected_result(actor=actor, priority=priority, text=text)
            if row.confidential:
                services.edit_priority(
                    actor=leader, priority=priority, version=priority.version, confidential=True
                )
        name, measure, owner, slide = table.NEXT_YEAR_KPI
        services.draft_kpi(
            actor=actor,
            name=name,
            measure=measure,
            owner=company.people[owner],
            direction="down",
            source=f"{table.NEXT_YEAR_FILE}, {slide}",
        )
