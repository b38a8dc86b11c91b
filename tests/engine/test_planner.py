"""The planner against every choice there is, where there are few enough to try them all."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goldenthread.engine.planner import (
    Candidate,
    Cell,
    ConflictKind,
    Key,
    NotAPortfolio,
    Outcome,
    Plan,
    Portfolio,
    Why,
    forced_price,
    plan,
)
from goldenthread.engine.result import Status

ONE = Decimal(1)
Choice = frozenset[Key]


# --- every choice, by hand


def keeps_the_rules(given: Portfolio, runs: Choice) -> bool:
    """All but capacity."""
    by_key = {one.key: one for one in given.candidates}
    return (
        all(one.key in runs for one in given.candidates if one.must_run)
        and not any(one.forced is False and one.key in runs for one in given.candidates)
        and all(needed in runs for one, needed in given.needs if one in runs)
        and all(len(group & runs) <= 1 for group in given.alternatives)
        and all(
            sum(by_key[key].owner == owner for key in runs) <= limit
            for owner, limit in given.owner_limits.items()
        )
        and all(under & runs for under in given.keeps.values() if under)
    )


def worth(given: Portfolio, runs: Choice) -> Decimal:
    total = Decimal(0)
    for one in given.candidates:
        if one.key in runs:
            total += one.value - (Decimal(0) if one.running else one.start_cost)
        elif one.running:
            total -= one.stop_cost
    return total


def over(given: Portfolio, runs: Choice) -> Decimal:
    """Full-time equivalents over capacity, of all cells together."""
    return sum(
        (
            max(
                sum(
                    (o.effort.get(cell, Decimal(0)) for o in given.candidates if o.key in runs),
                    Decimal(0),
                )
                - has,
                Decimal(0),
            )
            for cell, has in given.capacity.items()
        ),
        Decimal(0),
    )


def every_choice(given: Portfolio) -> list[Choice]:
    keys = [one.key for one in given.candidates]
    choices = (
        frozenset(key for key, runs in zip(keys, bits, strict=True) if runs)
        for bits in product((0, 1), repeat=len(keys))
    )
    return [runs for runs in choices if keeps_the_rules(given, runs)]


def best_by_hand(given: Portfolio, choices: Iterable[Choice]) -> Choice | None:
    """Worth most; then the fewest changes; then the first keys."""
    fitting = [runs for runs in choices if not over(given, runs)]

    def rank(runs: Choice) -> tuple[object, ...]:
        changes = sum((one.key in runs) != one.running for one in given.candidates)
        order = [one.key not in runs for one in sorted(given.candidates, key=lambda one: one.key)]
        return -worth(given, runs), changes, order

    return min(fitting, key=rank, default=None)


def optimum(given: Portfolio) -> Decimal | None:
    found = best_by_hand(given, every_choice(given))
    return None if found is None else worth(given, found)


def with_capacity(given: Portfolio, cell: tuple[Key, str], more: Decimal) -> Portfolio:
    return replace(given, capacity={**given.capacity, cell: given.capacity[cell] + more})


# --- portfolios at random

AMOUNTS = st.integers(0, 12).map(lambda n: Decimal(n) / 4)
WORTH = st.integers(0, 8).map(Decimal) | st.integers(0, 900).map(lambda n: Decimal(n) / 100)
CELLS = [(1, ""), (2, ""), (2, "welding")]


@st.composite
def portfolios(
    draw: st.DrawFn, most: int = 7, least: int = 1, *, crossed: bool = False
) -> Portfolio:
    """`crossed`: little must run, and several priorities keep one of few that get in each other's way."""
    keys = list(range(1, draw(st.integers(least, most)) + 1))
    owners = st.sampled_from(["ada", "ben", None])
    candidates = tuple(
        Candidate(
            key=key,
            value=draw(WORTH),
            effort=draw(st.dictionaries(st.sampled_from(CELLS), AMOUNTS)),
            running=draw(st.booleans()),
            mandatory=not crossed and draw(st.integers(0, 9)) == 0,
            forced=draw(st.sampled_from([None] * 8 + [not crossed, False])),
            stop_cost=draw(AMOUNTS),
            start_cost=draw(AMOUNTS),
            owner=draw(owners),
        )
        for key in keys
    )
    pairs = st.tuples(st.sampled_from(keys), st.sampled_from(keys)).filter(lambda p: p[0] != p[1])
    groups = st.frozensets(st.sampled_from(keys), min_size=2, max_size=3)
    several = len(keys) > 1
    return Portfolio(
        candidates,
        {cell: draw(st.integers(0, 24).map(lambda n: Decimal(n) / 4)) for cell in CELLS},
        needs=draw(st.frozensets(pairs, max_size=3)) if several else frozenset(),
        alternatives=tuple(draw(st.lists(groups, max_size=4 if crossed else 2))) if several else (),
        owner_limits=draw(st.dictionaries(st.sampled_from(["ada", "ben"]), st.integers(0, 3))),
        keeps=draw(
            st.dictionaries(
                st.sampled_from(["safety", "comfort", "costs"]),
                st.frozensets(
                    st.sampled_from(keys), min_size=int(crossed), max_size=2 if crossed else 4
                ),
                min_size=3 if crossed else 0,
            )
        ),
    )


@settings(max_examples=120, deadline=None)
@given(portfolios())
def test_nothing_is_better_than_the_plan(given: Portfolio) -> None:
    holds_against_every_choice(given)


@settings(max_examples=25, deadline=None)
@given(portfolios(least=10, most=12))
def test_nothing_is_better_than_the_plan_of_up_to_twelve(given: Portfolio) -> None:
    holds_against_every_choice(given)


@settings(max_examples=120, deadline=None)
@given(portfolios(least=3, crossed=True))
def test_priorities_that_get_in_each_others_way_hold_against_every_choice(given: Portfolio) -> None:
    holds_against_every_choice(given)


def holds_against_every_choice(given: Portfolio) -> None:
    choices, found = every_choice(given), plan(given)
    best = best_by_hand(given, choices)
    if best is not None:
        assert found.outcome is Outcome.OPTIMAL
        assert found.chosen == best
        assert found.total.value == pytest.approx(float(worth(given, best)), abs=1e-9)
    elif choices:
        assert found.outcome is Outcome.OVERLOADED
        least = min(over(given, runs) for runs in choices)
        assert sum(load.excess for load in found.overloaded) == least
        assert found.chosen in choices
        assert over(given, found.chosen) == least
        among = [runs for runs in choices if over(given, runs) == least]
        assert worth(given, found.chosen) == max(worth(given, runs) for runs in among)
    else:
        assert found.outcome is Outcome.CONTRADICTORY
        assert found.conflicts
        for conflict in found.conflicts:
            if conflict.kind is ConflictKind.PRIORITIES:
                excludes_itself(given, conflict.priorities)
    assert (found.keeping is not None) == bool(given.keeps)
    if found.keeping is not None:
        assert set(found.keeping.bare) == {key for key, under in given.keeps.items() if not under}


def excludes_itself(given: Portfolio, priorities: tuple[Key, ...]) -> None:
    """These cannot all keep one, and without any one of them the others could."""

    def alone(keys: Iterable[Key]) -> Portfolio:
        return replace(given, keeps={key: given.keeps[key] for key in keys})

    assert every_choice(alone(())), "what must run excludes itself, whatever a priority keeps"
    assert not every_choice(alone(priorities))
    for one in priorities:
        assert every_choice(alone(key for key in priorities if key != one))


@settings(max_examples=60, deadline=None)
@given(portfolios(most=6))
def test_a_person_and_a_choice_are_worth_what_solving_anew_says(given: Portfolio) -> None:
    best = optimum(given)
    found = plan(given)
    if best is None:
        assert not found.marginals
        for price in found.prices:
            assert price.fits_without == (optimum(unforced(given, price.key)) is not None)
        if found.outcome is Outcome.OVERLOADED and found.keeping is not None:
            assert found.keeping.fits_without == (optimum(replace(given, keeps={})) is not None)
        return
    for one in found.marginals:
        more = optimum(with_capacity(given, one.cell, ONE))
        assert more is not None
        assert one.more.value == pytest.approx(float(more - best), abs=1e-9)
        if given.capacity[one.cell] < 1:
            assert one.fewer.status is Status.UNDEFINED
            continue
        fewer = optimum(with_capacity(given, one.cell, -ONE))
        if fewer is None:
            assert one.fewer.status is Status.UNDEFINED
        else:
            assert one.fewer.value == pytest.approx(float(fewer - best), abs=1e-9)
    for price in found.prices:
        without = optimum(unforced(given, price.key))
        assert without is not None
        assert price.price.value == pytest.approx(float(without - best), abs=1e-9)
    if found.keeping is not None:
        without = optimum(replace(given, keeps={}))
        assert without is not None
        assert found.keeping.price.value == pytest.approx(float(without - best), abs=1e-9)


def unforced(given: Portfolio, key: Key) -> Portfolio:
    """The same with one candidate neither mandatory nor forced."""
    candidates = tuple(
        replace(one, mandatory=False, forced=None) if one.key == key else one
        for one in given.candidates
    )
    return replace(given, candidates=candidates)


@settings(max_examples=60, deadline=None)
@given(portfolios(), st.randoms(use_true_random=False))
def test_the_order_in_which_it_is_told_does_not_matter(given: Portfolio, rolls: object) -> None:
    def turned(rows: Iterable[object]) -> list[object]:
        every = list(rows)
        rolls.shuffle(every)
        return every

    again = replace(
        given,
        candidates=tuple(turned(given.candidates)),
        capacity=dict(turned(given.capacity.items())),
        alternatives=tuple(turned(given.alternatives)),
    )
    assert plan(again) == plan(given)


@settings(max_examples=60, deadline=None)
@given(portfolios())
def test_a_reason_is_a_fact(given: Portfolio) -> None:
    found = plan(given)
    for line in found.lines:
        one = next(o for o in given.candidates if o.key == line.key)
        why = line.reason
        if line.runs:
            alone = {key for key, under in given.keeps.items() if under & found.chosen == {one.key}}
            assert set(why.priorities) <= alone
        assert all(other in found.chosen for other in why.others) or why.why in {
            Why.NEEDS,
            Why.NEEDS_COST_MORE,
        }
        match why.why:
            case Why.MANDATORY:
                assert one.mandatory
            case Why.NO_ROOM:
                assert why.asked is not None
                assert why.left is not None
                assert why.asked > why.left
            case Why.ALTERNATIVE:
                assert any(why.others[0] in group for group in given.alternatives)
            case Why.OWNER_LIMIT:
                assert len(why.others) <= max(given.owner_limits.values())
            case Why.GIVES_NOTHING:
                assert one.gain <= 0
            case Why.KEEPS_PRIORITY:
                assert one.gain <= 0
                assert why.priorities


def test_twelve_candidates_with_everything_at_once() -> None:
    amounts = [Decimal(n % 7 + 1) / 2 for n in range(24)]
    candidates = tuple(
        Candidate(
            key=n,
            value=Decimal((n * 7) % 11 + 1),
            effort={(1, ""): amounts[n], (2, ""): amounts[n + 12]},
            running=n % 3 == 0,
            mandatory=n == 4,
            stop_cost=Decimal(n % 2),
            start_cost=Decimal("0.5"),
            owner="ada" if n % 2 else "ben",
        )
        for n in range(12)
    )
    given = Portfolio(
        candidates,
        {(1, ""): Decimal(9), (2, ""): Decimal(8)},
        needs=frozenset({(3, 8), (8, 1), (10, 2)}),
        alternatives=(frozenset({0, 5, 7}), frozenset({6, 9})),
        owner_limits={"ada": 3},
    )
    free = plan(given)
    assert free.chosen == best_by_hand(given, every_choice(given))
    left = frozenset({one.key for one in given.candidates} - free.chosen)
    kept = replace(given, keeps={"none of these": left, "nobody’s": frozenset()})
    found = plan(kept)
    assert found.chosen == best_by_hand(kept, every_choice(kept))
    assert found.keeping is not None
    assert found.keeping.bare == ("nobody’s",)
    assert found.keeping.price.value == pytest.approx(
        float(worth(given, free.chosen) - worth(given, found.chosen))
    )


# --- what cannot be planned, and what time does


def one(**fields: object) -> Candidate:
    return Candidate(**{"key": "a", "value": Decimal(1), **fields})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (Portfolio((one(), one()), {}), "twice"),
        (Portfolio((one(value=Decimal(-1)),), {}), "not between 0"),
        (Portfolio((one(value=Decimal("NaN")),), {}), "not between 0"),
        (Portfolio((one(value=Decimal("0.001")),), {}), "more than two decimals"),
        (Portfolio((one(effort={("t", ""): ONE}),), {}), "no capacity"),
        (Portfolio((one(), one(key=2)), {}), "all numbers or all words"),
        (Portfolio((one(),), {("t", ""): Decimal(-1)}), "capacity"),
        (Portfolio((one(),), {}, needs=frozenset({("a", "b")})), "b is not among"),
        (Portfolio((one(),), {}, needs=frozenset({("a", "a")})), "need itself"),
        (Portfolio((one(),), {}, alternatives=(frozenset({"a"}),)), "two candidates"),
        (Portfolio((one(),), {}, owner_limits={"o": -1}), "limit"),
        (Portfolio((one(),), {}, keeps={"p": frozenset({"b"})}), "b is not among"),
    ],
)
def test_what_cannot_be_planned_says_what_is_wrong(given: Portfolio, says: str) -> None:
    with pytest.raises(NotAPortfolio, match=says):
        plan(given)


def test_without_time_nothing_is_called_the_best() -> None:
    given = Portfolio(
        (one(mandatory=True, effort={("t", ""): ONE}), one(key="b", effort={("t", ""): ONE})),
        {("t", ""): ONE},
    )
    found: Plan = plan(given, seconds=0)
    assert found.outcome is Outcome.BEST_FOUND
    assert found.total.status is Status.EARLY
    assert found.chosen == {"a"}
    assert {m.more.status for m in found.marginals} == {Status.INSUFFICIENT_DATA}
    assert {p.price.status for p in found.prices} == {Status.INSUFFICIENT_DATA}


def test_without_time_nothing_is_said_of_what_priorities_keep() -> None:
    given = Portfolio((one(), one(key="b")), {}, keeps={"p": frozenset("ab")})
    found = plan(given, seconds=0)
    assert found.outcome is Outcome.NOT_FOUND
    assert found.total.status is Status.INSUFFICIENT_DATA
    assert (found.lines, found.conflicts) == ((), ())


def test_priorities_that_keep_what_does_not_fit_name_the_team_and_what_it_would_fit_without() -> (
    None
):
    """Each alone would fit, and so would the other of a: only together, and with that one left out, they do not."""
    full: dict[Cell, Decimal] = {("t", ""): ONE}
    given = Portfolio(
        (one(effort=full), one(key="b", effort=full), one(key="c", forced=False)),
        full,
        keeps={"p": frozenset("ac"), "q": frozenset("b"), "r": frozenset()},
    )
    found = plan(given)
    assert found.outcome is Outcome.OVERLOADED
    assert [(load.cell, load.excess) for load in found.overloaded] == [(("t", ""), ONE)]
    assert [(price.key, price.fits_without) for price in found.prices] == [("c", True)]
    assert found.keeping is not None
    assert found.keeping.fits_without
    assert found.keeping.bare == ("r",)


def test_of_priorities_that_exclude_each_other_only_those_that_matter_are_named() -> None:
    given = Portfolio(
        (one(), one(key="b"), one(key="c")),
        {},
        alternatives=(frozenset("ab"),),
        keeps={"p": frozenset("a"), "q": frozenset("b"), "r": frozenset("c")},
    )
    (conflict,) = plan(given).conflicts
    assert (conflict.kind, conflict.priorities) == (ConflictKind.PRIORITIES, ("p", "q"))
    out = replace(given, candidates=(*given.candidates[:2], one(key="c", forced=False)))
    (conflict,) = plan(out).conflicts
    assert (conflict.keys, conflict.priorities) == (("c",), ("r",))


def test_what_alone_keeps_a_priority_says_so() -> None:
    given = Portfolio(
        (one(value=Decimal(0)), one(key="b")), {}, keeps={"p": frozenset("a"), "q": frozenset("b")}
    )
    lines = {line.key: line.reason for line in plan(given).lines}
    assert (lines["a"].why, lines["a"].priorities) == (Why.KEEPS_PRIORITY, ("p",))
    assert (lines["b"].why, lines["b"].priorities) == (Why.WORTH, ("q",))


def test_what_does_not_fit_names_the_team_and_what_it_would_fit_without() -> None:
    given = Portfolio(
        (
            one(mandatory=True, effort={("t", ""): Decimal(2)}),
            one(key="b", forced=True, effort={("t", ""): Decimal(2), ("u", ""): ONE}),
        ),
        {("t", ""): Decimal(3), ("u", ""): ONE},
    )
    found = plan(given)
    assert [(load.cell, load.excess) for load in found.overloaded] == [(("t", ""), ONE)]
    assert [price.fits_without for price in found.prices] == [True, True]
    assert forced_price(given, "b", runs=False).status is Status.UNDEFINED


def test_of_plans_worth_the_same_the_one_with_fewest_changes_then_the_first_counts() -> None:
    full: dict[Cell, Decimal] = {("t", ""): ONE}
    alike = [one(key=key, effort=full) for key in "abc"]
    assert plan(Portfolio(tuple(alike), full)).chosen == {"a"}
    alike[1] = replace(alike[1], running=True)
    assert plan(Portfolio(tuple(alike), full)).chosen == {"b"}
    alike[2] = replace(alike[2], running=True)
    assert plan(Portfolio(tuple(alike), full)).chosen == {"b"}


def test_what_is_needed_by_what_must_run_and_is_forced_out_is_named() -> None:
    given = Portfolio(
        (one(mandatory=True), one(key="b"), one(key="c", forced=False)),
        {},
        needs=frozenset({("a", "b"), ("b", "c")}),
    )
    found = plan(given)
    assert found.outcome is Outcome.CONTRADICTORY
    assert [conflict.keys for conflict in found.conflicts] == [("c",)]


def test_nothing_to_plan_is_worth_nothing() -> None:
    found = plan(Portfolio((), {("t", ""): ONE}))
    assert found.total.value == 0
    assert found.marginals[0].more.value == 0
