"""The plan: the optimum with its reasons, what one person more or fewer is worth, and what each forced choice costs."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from goldenthread.engine.planner.facts import (
    METHOD_VERSION,
    Conflict,
    ConflictKind,
    Keeping,
    Key,
    Line,
    Load,
    Marginal,
    Outcome,
    Plan,
    Portfolio,
    Price,
    Verdict,
)
from goldenthread.engine.planner.reasons import reason_for
from goldenthread.engine.planner.solving import Budget, Found, NotSolved, Programme, amount_of
from goldenthread.engine.result import (
    Number,
    Result,
    Status,
    insufficient_data,
    measured,
    undefined,
)

UNIT = "candidates"
ONE = Decimal(1)
SECONDS = 60.0
OUT_OF_TIME = "the time to work it out was over"
FULL = "what must run would not fit"
FULL_KEEPING = "what must run, with one under every priority, would not fit"
LESS_THAN_ONE = "there is less than one person"
NO_PLAN = "what must run does not fit"
CANNOT_BE = "what must run excludes itself"


def plan(portfolio: Portfolio, *, seconds: float = SECONDS) -> Plan:
    """What to run, so that it is worth most within the capacity.

    Exact: optimal is proven. Of equal plans the one with the fewest changes, then the first candidates by key. Where
    `seconds` of solving end before that, the best that was found is marked so, and figures not worked out say why.
    Where what must run does not fit, the plan that is over the least. Raises `NotAPortfolio`.

    What must run with all that it needs is the least there can be, so that whether it fits needs no solver; except
    where a priority is to keep one of several and none of them must run anyway: then only solving tells.
    """
    given = portfolio.checked()
    n = len(given.candidates)
    musts = closure(given, [one.key for one in given.candidates if one.must_run])
    if conflicts := _conflicts(given, musts) or _kept_out(given, musts):
        return _no_plan(given, conflicts)
    unmet, budget = given.unmet(musts), Budget(seconds)
    programme = Programme(given, overload=not _fits(given, musts))
    optimum = programme.best(budget, start=_start(programme, musts))
    if unmet and not programme.overload and optimum.x is None and optimum.proven:
        programme = Programme(given, overload=True)
        optimum = programme.best(budget)
    fits = not programme.overload
    if optimum.x is None:
        if unmet:
            return _no_plan(
                given, _exclude_each_other(given, unmet, budget) if optimum.proven else ()
            )
        if optimum.proven:
            raise NotSolved("A portfolio that fits has no solution.")
        optimum = Found(False, _as_start(programme, musts), 0, optimum.bound)
    chosen = programme.preferred(budget, optimum) if optimum.proven else optimum
    assert chosen.x is not None
    runs = frozenset(key for key, one in zip(programme.keys, chosen.x, strict=False) if one)
    loads = _loads(given, runs)
    value = amount_of(programme.value_of(chosen.x[:n]))
    proven = chosen.proven
    outcome = Outcome.OPTIMAL if proven else Outcome.BEST_FOUND
    return Plan(
        outcome if fits else Outcome.OVERLOADED,
        _figure(value, n, proven),
        bound=amount_of(optimum.bound) if fits else None,
        lines=_lines(given, runs, loads),
        loads=loads,
        marginals=_marginals(programme, budget, chosen, loads, musts) if fits else (),
        prices=_prices(programme, budget, chosen, fits=fits),
        keeping=_keeping(programme, budget, chosen, musts, fits=fits),
    )


def forced_price(portfolio: Portfolio, key: Key, *, runs: bool, seconds: float = SECONDS) -> Result:
    """How much less the whole would give with the candidate forced in, or out. Undefined where that cannot be."""
    given = portfolio.checked()
    programme, budget = Programme(given), Budget(seconds)
    free, forced = programme.best(budget), programme.best(budget, forced={key: runs})
    return _between(free, forced, len(given.candidates), FULL)


def closure(portfolio: Portfolio, keys: Sequence[Key]) -> frozenset[Key]:
    """These with all that they need, and what that needs."""
    found, new = set(keys), set(keys)
    while new:
        new = {needed for one, needed in portfolio.needs if one in new} - found
        found |= new
    return frozenset(found)


def _no_plan(portfolio: Portfolio, conflicts: tuple[Conflict, ...]) -> Plan:
    """What excludes itself; without a conflict, what could not be settled in the time."""
    total, outcome = _unknown(), Outcome.NOT_FOUND
    if conflicts:
        total = undefined(CANNOT_BE, unit_of_n=UNIT, method_version=METHOD_VERSION)
        outcome = Outcome.CONTRADICTORY
    keeping = Keeping(total, bare=_bare(portfolio)) if portfolio.keeps else None
    return Plan(outcome, total, conflicts=conflicts, keeping=keeping)


def _kept_out(portfolio: Portfolio, musts: frozenset[Key]) -> tuple[Conflict, ...]:
    """The priorities that can keep no candidate whatever the capacity: each excludes itself beside the musts."""
    found = []
    for priority in portfolio.unmet(musts):
        under = sorted(portfolio.keeps[priority], key=lambda key: key)
        if all(_conflicts(portfolio, musts | closure(portfolio, [key])) for key in under):
            found.append(Conflict(ConflictKind.PRIORITIES, tuple(under), priorities=(priority,)))
    return tuple(found)


def _exclude_each_other(
    portfolio: Portfolio, unmet: Sequence[Key], budget: Budget
) -> tuple[Conflict, ...]:
    """Of the priorities that cannot all keep a candidate, whatever the capacity, some of which every one matters."""
    left = {key: portfolio.keeps[key] for key in unmet}
    for key in unmet:
        fewer = {other: under for other, under in left.items() if other != key}
        if Programme(replace(portfolio, keeps=fewer), overload=True).is_possible(budget) is False:
            left = fewer
    return (Conflict(ConflictKind.PRIORITIES, (), priorities=tuple(left)),)


def _conflicts(portfolio: Portfolio, musts: frozenset[Key]) -> tuple[Conflict, ...]:
    """Why the musts exclude one another; with none, running them and nothing else keeps every condition but capacity."""
    found = [
        Conflict(ConflictKind.OUT, (one.key,))
        for one in portfolio.candidates
        if one.key in musts and one.forced is False
    ]
    found += [
        Conflict(ConflictKind.ALTERNATIVES, tuple(sorted(both, key=lambda key: key)))
        for group in portfolio.alternatives
        if len(both := group & musts) > 1
    ]
    for owner, limit in portfolio.owner_limits.items():
        theirs = [
            one.key for one in portfolio.candidates if one.owner == owner and one.key in musts
        ]
        if len(theirs) > limit:
            found.append(Conflict(ConflictKind.OWNER_LIMIT, tuple(theirs), owner))
    return tuple(found)


def _fits(portfolio: Portfolio, runs: frozenset[Key]) -> bool:
    return not any(load.excess for load in _loads(portfolio, runs))


def _loads(portfolio: Portfolio, runs: frozenset[Key]) -> tuple[Load, ...]:
    used = dict.fromkeys(portfolio.capacity, Decimal(0))
    for one in portfolio.candidates:
        if one.key in runs:
            for cell, fte in one.effort.items():
                used[cell] += fte
    return tuple(Load(cell, has, used[cell]) for cell, has in portfolio.capacity.items())


def _start(programme: Programme, musts: frozenset[Key]) -> tuple[int, ...] | None:
    """The musts alone, to begin from, where they keep every condition."""
    return None if programme.portfolio.unmet(musts) else _as_start(programme, musts)


def _as_start(programme: Programme, runs: frozenset[Key]) -> tuple[int, ...]:
    x = [int(key in runs) for key in programme.keys]
    if programme.overload:
        x += [int(load.excess * 100) for load in _loads(programme.portfolio, runs)]
    return tuple(x)


def _lines(portfolio: Portfolio, runs: frozenset[Key], loads: Sequence[Load]) -> tuple[Line, ...]:
    left = {load.cell: load.capacity - load.used for load in loads}
    found = []
    for one in portfolio.candidates:
        if one.key in runs:
            verdict = Verdict.CONTINUE if one.running else Verdict.START
        else:
            verdict = Verdict.STOP if one.running else Verdict.DEFER
        with_needs = closure(portfolio, [one.key])
        found.append(Line(one.key, verdict, reason_for(one, portfolio, runs, with_needs, left)))
    return tuple(found)


def _marginals(
    programme: Programme,
    budget: Budget,
    optimum: Found,
    loads: Sequence[Load],
    musts: frozenset[Key],
) -> tuple[Marginal, ...]:
    n, portfolio = len(programme.keys), programme.portfolio
    asked = _loads(portfolio, frozenset(programme.keys))
    needed = {load.cell: load.used for load in _loads(portfolio, musts)}
    found = []
    for load, every in zip(loads, asked, strict=True):
        cell, none = load.cell, _figure(Decimal(0), n, optimum.proven)
        more = fewer = _unknown()
        if not optimum.proven:
            pass
        elif every.used <= load.capacity:
            more = none  # all that could run has room
        else:
            more = _between(programme.best(budget, more={cell: ONE}, start=optimum.x), optimum, n)
        if load.capacity < ONE:
            fewer = undefined(LESS_THAN_ONE, unit_of_n=UNIT, method_version=METHOD_VERSION)
        elif needed[cell] > load.capacity - ONE:
            fewer = undefined(FULL, unit_of_n=UNIT, method_version=METHOD_VERSION)
        elif optimum.proven and load.used <= load.capacity - ONE:
            fewer = none  # the same plan still fits, and none with less room gives more
        elif optimum.proven:
            start = _start(programme, musts)
            impossible = FULL_KEEPING if start is None else FULL
            less = programme.best(budget, more={cell: -ONE}, start=start)
            fewer = _between(less, optimum, n, impossible)
        found.append(Marginal(cell, more, fewer))
    return tuple(found)


def _prices(
    programme: Programme, budget: Budget, optimum: Found, *, fits: bool
) -> tuple[Price, ...]:
    """What each forced choice costs: the optimum without forcing it, less the optimum."""
    portfolio, n = programme.portfolio, len(programme.keys)
    found = []
    for one in portfolio.candidates:
        if not one.must_run and one.forced is None:
            continue
        price, fits_without = _unknown(), None
        if not fits:
            price = undefined(NO_PLAN, unit_of_n=UNIT, method_version=METHOD_VERSION)
            fits_without = _fits_without(portfolio, one.key, budget)
        elif optimum.proven:
            without = programme.best(budget, free=one.key, start=optimum.x)
            price = _between(without, optimum, n)
        found.append(Price(one.key, one.must_run, price, fits_without))
    return tuple(found)


def _fits_without(portfolio: Portfolio, key: Key, budget: Budget) -> bool | None:
    """Whether what must run would fit without forcing this one; None where the time is over before that is known."""
    others = [one.key for one in portfolio.candidates if one.must_run and one.key != key]
    left = closure(portfolio, others)
    if not _fits(portfolio, left):
        return False
    if not portfolio.unmet(left):
        return True
    return Programme(portfolio).is_possible(budget, free=key)


def _keeping(
    programme: Programme, budget: Budget, optimum: Found, musts: frozenset[Key], *, fits: bool
) -> Keeping | None:
    """What keeping every priority costs: the optimum without that condition, less the optimum."""
    portfolio, n = programme.portfolio, len(programme.keys)
    if not portfolio.keeps:
        return None
    bare = _bare(portfolio)
    if not fits:
        price = undefined(NO_PLAN, unit_of_n=UNIT, method_version=METHOD_VERSION)
        return Keeping(price, _fits(portfolio, musts), bare)
    if not optimum.proven:
        return Keeping(_unknown(), bare=bare)
    if not portfolio.unmet(musts):
        return Keeping(_figure(Decimal(0), n, proven=True), bare=bare)
    without = Programme(replace(portfolio, keeps={})).best(budget, start=optimum.x)
    return Keeping(_between(without, optimum, n), bare=bare)


def _bare(portfolio: Portfolio) -> tuple[Key, ...]:
    return tuple(key for key, under in portfolio.keeps.items() if not under)


def _between(higher: Found, lower: Found, n: int, impossible: str = FULL) -> Result:
    """The difference of two optima; undefined where one of them cannot be, missing where it is not proven."""
    if not (higher.proven and lower.proven):
        return _unknown()
    if higher.x is None or lower.x is None:
        return undefined(impossible, unit_of_n=UNIT, method_version=METHOD_VERSION)
    return _figure(amount_of(higher.value - lower.value), n, proven=True)


def _figure(value: Number, n: int, proven: bool) -> Result:
    return measured(
        value,
        n=n,
        unit_of_n=UNIT,
        method_version=METHOD_VERSION,
        status=Status.OK if proven else Status.EARLY,
        reason="" if proven else OUT_OF_TIME,
    )


def _unknown() -> Result:
    return insufficient_data(OUT_OF_TIME, unit_of_n=UNIT, method_version=METHOD_VERSION)
