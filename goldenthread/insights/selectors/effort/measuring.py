"""The figures of effort, of the organisation and of every unit, from what effort of a day is made of."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from goldenthread.engine import dispersion, load
from goldenthread.engine.flow import EffortUp, value_effort_gap
from goldenthread.engine.result import Result, insufficient_data, suppressed
from goldenthread.insights.selectors.effort.figures import EffortFigures, IntoPriority, Part
from goldenthread.insights.selectors.effort.ground import PERIOD, PERIODS, Ground
from goldenthread.insights.selectors.effort.streams import chart_of
from goldenthread.insights.selectors.effort.tree import Against, Effort, Ints, against, effort_of
from goldenthread.objectives.selectors.graph import of_priority
from goldenthread.objectives.states import State

MOST_PARTS = 40
NO_STRATEGY = "no strategy is in force"
NO_PEOPLE = "no people are entered, only what their units have"
SPREAD = (
    *(("gap", "value-effort-gap/1"), ("spread", dispersion.METHOD_VERSION)),
    *((name, dispersion.METHOD_VERSION) for name in ("excess", "within", "between")),
    ("unaligned", load.LOAD_METHOD_VERSION),
)


def measure_effort(ground: Ground, unit: int | None) -> EffortFigures:
    """The figures of the organisation, or of a unit with everything below it."""
    return _measured(against(effort_of(ground), ground.plan_for(unit)), unit)


def measure_all(ground: Ground) -> Iterator[EffortFigures]:
    """The figures of the organisation and of every unit."""
    effort = effort_of(ground)
    held: dict[int | None, Against] = {}
    for unit in (None, *ground.units):
        plan = ground.plan_for(unit)
        key = plan.strategy if plan else None
        if key not in held:
            held[key] = against(effort, plan)
        yield _measured(held[key], unit)


def _measured(given: Against, unit: int | None) -> EffortFigures:
    effort, plan = given.effort, given.plan
    ground, span = effort.ground, effort.spans[unit]
    people = int(effort.entered[span].sum())
    is_withheld = people < ground.minimum or (unit is not None and unit in effort.hidden)
    is_told = not is_withheld and plan is not None
    spread = _spread(given, span, people) if is_told else _untold(ground, is_withheld)
    return EffortFigures(
        unit=unit,
        as_of=ground.on,
        parts=tuple(
            Part(pk, ground.units[pk].name) for pk in effort.below.get(unit, ())[:MOST_PARTS]
        ),
        strategy=plan.strategy if plan else None,
        in_force=bool(plan and plan.in_force),
        people=people,
        everybody=int(effort.heads[span].sum()),
        capacity=float(effort.fte[span].sum()),
        covered=_covered(effort, span),
        declared=float(effort.fte[span][~effort.is_person[span]].sum()),
        chart=chart_of(given, unit, spread["unseen"]) if is_told else None,
        minimum=ground.minimum,
        withheld=is_withheld,
        **{name: value for name, value in spread.items() if name != "unseen"},
        **_load(effort, span, is_withheld),
        **_under_way(effort, unit),
        **_throughput(effort, unit),
    )


def _covered(effort: Effort, span: slice) -> float:
    """The capacity of which it is said where it goes; more than one has counts as all of it."""
    return float(np.minimum(effort.asked[span], effort.fte[span]).sum())


def _untold(ground: Ground, is_withheld: bool) -> dict[str, Any]:
    def missing(version: str) -> Result:
        if not is_withheld:
            return insufficient_data(
                NO_STRATEGY, unit_of_n="people", method_version=version, as_of=ground.on
            )
        return _few(ground, version)

    return {
        "into": (),
        "total": 0.0,
        "unlinked": None,
        "run_the_business": None,
        "spread_2": None,
        "unseen": set(),
        **{name: missing(version) for name, version in SPREAD},
    }


def _few(ground: Ground, version: str) -> Result:
    return suppressed(
        unit_of_n="people", method_version=version, minimum=ground.minimum, as_of=ground.on
    )


def _without_people(ground: Ground, version: str) -> Result:
    return insufficient_data(NO_PEOPLE, unit_of_n="people", method_version=version, as_of=ground.on)


def _spread(given: Against, span: slice, people: int) -> dict[str, Any]:
    """Into what the effort goes, and how it is spread. Columns are priorities, then what is unlinked, then routine."""
    effort, ground = given.effort, given.effort.ground
    plan = given.plan
    assert plan is not None
    table, heads = given.table[span], effort.heads[span]
    sums = table.sum(axis=0)
    givers = (heads[:, None] * (table > 0)).sum(axis=0)
    unseen = _unseen(table > 0, heads, ground.minimum)
    unlinked, routine = len(plan.priorities), len(plan.priorities) + 1
    total = float(sums[:routine].sum())
    up = EffortUp(
        {of_priority(pk): float(sums[at]) for at, pk in enumerate(plan.priorities)},
        float(sums[unlinked]),
        total,
    )
    amounts = sums[:routine].tolist()
    about: dict[str, Any] = {"people": people, "minimum": ground.minimum, "as_of": ground.on}
    coverage = _covered(effort, span) / float(effort.fte[span].sum())
    alone = table[effort.is_person[span], :routine]
    if len(alone):
        within, between, _ = dispersion.where_it_sits(
            alone, minimum=ground.minimum, as_of=ground.on
        )
    else:
        within = between = _without_people(ground, dispersion.METHOD_VERSION)
    return {
        "into": tuple(
            IntoPriority(
                pk,
                (plan.weights or {}).get(of_priority(pk)),
                None if at in unseen else float(sums[at]),
                None if at in unseen else int(givers[at]),
            )
            for at, pk in enumerate(plan.priorities)
        ),
        "total": total,
        "unlinked": None if unlinked in unseen else float(sums[unlinked]),
        "run_the_business": None if routine in unseen else float(sums[routine]),
        "gap": value_effort_gap(
            plan.weights, up, people=people, allocated=coverage, as_of=ground.on
        ),
        "spread": dispersion.effective_priorities(amounts, coverage=coverage, **about),
        "spread_2": dispersion.effective_number(amounts, order=2),
        "excess": dispersion.excess_dispersion(
            amounts, list((plan.weights or {}).values()), coverage=coverage, **about
        ),
        "within": within,
        "between": between,
        "unaligned": _few(ground, load.LOAD_METHOD_VERSION)
        if unlinked in unseen
        else load.unaligned_share(total - up.unlinked, up.unlinked, float(sums[routine]), **about),
        "unseen": unseen,
    }


def _unseen(gives: Any, heads: Ints, minimum: int) -> set[int]:
    """What fewer people give to than the minimum; and more, until nobody can be told from what is left of the whole."""
    counts = (heads[:, None] * gives).sum(axis=0)
    unseen = {int(at) for at in np.flatnonzero((counts > 0) & (counts < minimum))}
    while unseen and heads[gives[:, sorted(unseen)].any(axis=1)].sum() < minimum:
        left = [at for at in np.flatnonzero(counts).tolist() if at not in unseen]
        if not left:
            break
        unseen.add(min(left, key=lambda at: (counts[at], at)))
    return unseen


def _load(effort: Effort, span: slice, is_withheld: bool) -> dict[str, Any]:
    """Of those of whom effort is entered by name, what they are asked for beside what they have."""
    ground = effort.ground
    if is_withheld:
        return {"overload": _few(ground, load.LOAD_METHOD_VERSION), "overcommitted": None}
    if effort.declared_only(span):
        overload = _without_people(ground, load.LOAD_METHOD_VERSION)
        return {"overload": overload, "overcommitted": None}
    named = effort.by_name[span]
    asked, has = effort.asked[span][named].tolist(), effort.fte[span][named].tolist()
    loads = [load.Load(*one) for one in zip(asked, has, strict=True)]
    share = load.overload_share(loads, minimum=ground.minimum, as_of=ground.on)
    over = None if share.value is None else load.overcommitted_fte(loads)
    return {"overload": share, "overcommitted": over}


def _under_way(effort: Effort, unit: int | None) -> dict[str, Any]:
    span, ground = effort.spans[unit], effort.ground
    if effort.declared_only(span):
        return {"wip": _without_people(ground, load.LOAD_METHOD_VERSION), "under_way": None}
    if unit in effort.few:
        return {"wip": _few(ground, load.LOAD_METHOD_VERSION), "under_way": None}
    counts = effort.wip[span][effort.is_person[span]].tolist()
    mean = load.mean_under_way(counts, minimum=ground.minimum, as_of=ground.on)
    return {"wip": mean, "under_way": None if mean.value is None else load.under_way(counts)}


def _throughput(effort: Effort, unit: int | None) -> dict[str, Any]:
    """What was under way, began and left in as many whole periods as the records reach back."""
    on = effort.ground.on
    periods = min(PERIODS, (on - effort.known_from).days // PERIOD)
    length = max(periods, 1) * PERIOD
    since = on - timedelta(days=length)
    goals = effort.goals[effort.goal_spans[unit]]
    days = sum(
        max(0, ((one.closed or on) - max(one.starts, since)).days)
        for one in goals
        if one.closed is None or one.closed > since
    )
    left = [one for one in goals if one.has_left and one.closed and one.closed > since]
    planned = [((one.ends - one.starts).days + 1) / PERIOD for one in left or goals]
    seen = load.Throughput(
        under_way=days / length,
        started=sum(one.starts > since and not one.follows for one in goals),
        finished=len(left),
        periods=periods,
        planned_periods=sum(planned) / len(planned) if planned else 1.0,
    )
    return {
        "overactivity": load.overactivity(seen, on),
        "cycle_time": load.cycle_time(seen, on),
        "open_now": sum(one.closed is None for one in goals),
        "started": seen.started,
        "finished": seen.finished,
        "dropped": sum(one.state == State.DROPPED for one in left),
        "periods": periods,
    }
