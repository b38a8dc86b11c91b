"""The portfolio as an integer programme, solved exactly: everything is counted in whole hundredths.

HiGHS answers in floats; what it answers is rounded and then held against every condition in integers, so that what
is called optimal is feasible to the last hundredth, and its value is exact.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import highspy

from goldenthread.engine.planner.facts import STEP, Cell, Key, Portfolio

PENALTY = 1000
"""What a full-time equivalent over capacity costs, in largest values."""
BLOCK = 20
"""Candidates whose order is settled in one solve: two to their number is still exact in a float."""


class NotSolved(RuntimeError):
    """The solver ended in a way that no portfolio should bring about."""


@dataclass(frozen=True)
class Row:
    """`low` ≤ sum of `terms` ≤ `high`, in integers; None is without end."""

    terms: Mapping[int, int]
    low: int | None = None
    high: int | None = None

    def holds(self, x: Sequence[int]) -> bool:
        total = sum(factor * x[column] for column, factor in self.terms.items())
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)


@dataclass(frozen=True)
class Found:
    """The best solution found: what runs, what goes over capacity, its value, and what nothing can exceed.

    `x` is None where there is no solution; `proven` also says that there is none.
    """

    proven: bool
    x: tuple[int, ...] | None = None
    value: int = 0
    bound: int = 0


@dataclass
class Budget:
    """The seconds that are left for solving."""

    seconds: float

    @property
    def is_spent(self) -> bool:
        return self.seconds <= 0


@dataclass(frozen=True)
class Programme:
    """Columns: a 0 or 1 for each candidate in order, then what each cell is overloaded by, where that is allowed."""

    portfolio: Portfolio
    overload: bool = False
    keys: tuple[Key, ...] = field(init=False)
    cells: tuple[Cell, ...] = field(init=False)
    place: Mapping[Key, int] = field(init=False)
    gains: tuple[int, ...] = field(init=False)
    fixed_value: int = field(init=False)  # what stopping everything would cost
    penalty: int = field(init=False)  # of a hundredth of a full-time equivalent

    def __post_init__(self) -> None:
        every = self.portfolio.candidates
        largest = max((hundredths(max(one.value, one.stop_cost)) for one in every), default=0)
        values: dict[str, object] = {
            "keys": tuple(one.key for one in every),
            "cells": tuple(self.portfolio.capacity),
            "place": {one.key: at for at, one in enumerate(every)},
            "gains": tuple(hundredths(one.gain) for one in every),
            "fixed_value": -sum(hundredths(one.stop_cost) for one in every if one.running),
            "penalty": PENALTY * max(largest, 100) // 100,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def value_of(self, x: Sequence[int]) -> int:
        n = len(self.keys)
        gained = sum(gain * one for gain, one in zip(self.gains, x, strict=False))
        return self.fixed_value + gained - self.penalty * sum(x[n:])

    def best(
        self,
        budget: Budget,
        *,
        more: Mapping[Cell, Decimal] | None = None,
        free: Key | None = None,
        forced: Mapping[Key, bool] | None = None,
        start: Sequence[int] | None = None,
    ) -> Found:
        """The optimum; with `more` (or fewer) full-time equivalents in some cells, `free` of one forced choice, with
        others `forced`. `start` is a solution to begin from."""
        found = self._solve(
            self._costs(),
            [*self._rows(more or {})],
            self._bounds(free, forced or {}),
            budget,
            start,
        )
        if found.x is None:
            return found
        return Found(found.proven, found.x, self.value_of(found.x), self.fixed_value + found.bound)

    def is_possible(self, budget: Budget, *, free: Key | None = None) -> bool | None:
        """Whether anything keeps every condition, with one choice `free`; None where the time is over before."""
        nothing = [0] * len(self._costs())
        found = self._solve(nothing, [*self._rows({})], self._bounds(free, {}), budget, None)
        return True if found.x is not None else False if found.proven else None

    def preferred(self, budget: Budget, optimum: Found) -> Found:
        """Of all that are worth the optimum: the one with the fewest changes, then the one in which the first
        candidate by key runs that can, and so on. Mostly there is one alone, which one solve proves; else each
        wish is settled exactly before the next is asked."""
        assert optimum.x is not None
        costs, x, bounds = self._costs(), optimum.x, self._bounds(None, {})
        worth = Row(_terms(costs), low=optimum.value - self.fixed_value)
        rows = [*self._rows({}), worth]
        n = len(self.keys)
        other = Row({i: -1 if x[i] else 1 for i in range(n)}, low=1 - sum(x[:n]))
        nothing = [0] * len(costs)
        found = self._solve(nothing, [*rows, other], bounds, budget, None)
        if found.x is None:
            return Found(found.proven, x, optimum.value, optimum.bound)
        for wanted in self._wishes(len(costs)):
            found = self._solve(wanted, rows, bounds, budget, x)
            if found.x is None or not found.proven:
                return Found(False, found.x or x, optimum.value, optimum.bound)
            x = found.x
            level = sum(factor * one for factor, one in zip(wanted, x, strict=True))
            rows.append(Row(_terms(wanted), low=level))
        return Found(True, x, optimum.value, optimum.bound)

    def _wishes(self, columns: int) -> Iterable[list[int]]:
        """What equal plans are compared by, one after the other: higher is better."""
        every = self.portfolio.candidates
        rest = [0] * (columns - len(every))
        yield [1 if one.running else -1 for one in every] + rest
        for at in range(0, len(every), BLOCK):
            end = min(at + BLOCK, len(every))
            yield [1 << (end - 1 - i) if at <= i < end else 0 for i in range(len(every))] + rest

    def _costs(self) -> list[int]:
        return [*self.gains, *([-self.penalty] * len(self.cells) if self.overload else [])]

    def _rows(self, more: Mapping[Cell, Decimal]) -> Iterable[Row]:
        """Every condition; more effort is asked of a cell than it has only where overload is allowed."""
        every, n = self.portfolio.candidates, len(self.keys)
        for at, cell in enumerate(self.cells):
            terms = {
                i: hundredths(one.effort[cell]) for i, one in enumerate(every) if cell in one.effort
            }
            high = hundredths(self.portfolio.capacity[cell] + more.get(cell, Decimal(0)))
            if self.overload:
                terms[n + at] = -1
            yield Row(terms, high=high)
        for one, needed in sorted(self.portfolio.needs, key=str):
            yield Row({self.place[one]: 1, self.place[needed]: -1}, high=0)
        for group in self.portfolio.alternatives:
            yield Row({self.place[key]: 1 for key in group}, high=1)
        for owner, limit in self.portfolio.owner_limits.items():
            yield Row({i: 1 for i, one in enumerate(every) if one.owner == owner}, high=limit)
        for under in filter(None, self.portfolio.keeps.values()):
            yield Row({self.place[key]: 1 for key in under}, low=1)

    def _bounds(self, free: Key | None, forced: Mapping[Key, bool]) -> list[tuple[int, int | None]]:
        bounds: list[tuple[int, int | None]] = []
        for one in self.portfolio.candidates:
            asked = forced.get(one.key, True if one.must_run else one.forced)
            if one.key == free:
                asked = None
            bounds.append((0, 1) if asked is None else (int(asked), int(asked)))
        return bounds + ([(0, None)] * len(self.cells) if self.overload else [])

    def _solve(
        self,
        costs: Sequence[int],
        rows: Sequence[Row],
        bounds: Sequence[tuple[int, int | None]],
        budget: Budget,
        start: Sequence[int] | None,
    ) -> Found:
        """Maximise; whole numbers throughout, so the gap to prove is less than one."""
        import highspy  # here: loading it takes a while, and nothing but a plan needs it

        if budget.is_spent:
            return Found(False)
        if not costs:
            return Found(True, ())
        share = gcd(*costs) or 1
        solver = highspy.Highs()  # type: ignore[no-untyped-call]  # the package leaves it untyped
        options: dict[str, bool | float | str] = {
            "output_flag": False,
            "parallel": "off",
            "presolve": "off" if start is not None else "choose",
            "random_seed": 0,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.999,
            "mip_feasibility_tolerance": 1e-9,
            "primal_feasibility_tolerance": 1e-9,
            "time_limit": budget.seconds,
        }
        for name, value in options.items():
            solver.setOptionValue(name, value)
        solver.passModel(_model([cost // share for cost in costs], rows, bounds))
        if start is not None and len(start) == len(costs):
            solution = highspy.HighsSolution()
            solution.col_value = [float(one) for one in start]
            solver.setSolution(solution)
        solver.run()
        budget.seconds -= solver.getRunTime()
        status, kind = solver.getModelStatus(), highspy.HighsModelStatus
        if status in {kind.kInfeasible, kind.kUnboundedOrInfeasible}:
            return Found(True)
        if status not in {kind.kOptimal, kind.kTimeLimit, kind.kInterrupt}:
            raise NotSolved(f"The solver ended with {solver.modelStatusToString(status)}.")
        info = solver.getInfo()
        bound = (
            int(np.floor(info.mip_dual_bound + 1e-6)) * share
            if abs(info.mip_dual_bound) < 1e15
            else 0
        )
        if info.primal_solution_status != int(highspy.SolutionStatus.kSolutionStatusFeasible):
            return Found(False, None, 0, bound)
        x = tuple(round(value) for value in solver.getSolution().col_value)
        inside = all(
            low <= one and (high is None or one <= high)
            for one, (low, high) in zip(x, bounds, strict=True)
        )
        if not inside or not all(row.holds(x) for row in rows):
            raise NotSolved("The solver's answer breaks a condition once it is rounded.")
        value = sum(cost * one for cost, one in zip(costs, x, strict=True))
        proven = status == kind.kOptimal
        return Found(proven, x, value, value if proven else max(bound, value))


def _terms(factors: Sequence[int]) -> dict[int, int]:
    return {at: one for at, one in enumerate(factors) if one}


def hundredths(amount: Decimal) -> int:
    return int(amount / STEP)


def amount_of(hundredth: int) -> Decimal:
    return hundredth * STEP


def _model(
    costs: Sequence[int], rows: Sequence[Row], bounds: Sequence[tuple[int, int | None]]
) -> "highspy.HighsLp":
    """The programme as the solver takes it, row by row."""
    import highspy

    lp, inf = highspy.HighsLp(), highspy.kHighsInf
    lp.num_col_, lp.num_row_ = len(costs), len(rows)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array(costs, dtype=np.float64)
    lp.col_lower_ = np.array([low for low, _ in bounds], dtype=np.float64)
    lp.col_upper_ = np.array([inf if high is None else high for _, high in bounds], np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(costs)
    lp.row_lower_ = np.array([-inf if row.low is None else row.low for row in rows], np.float64)
    lp.row_upper_ = np.array([inf if row.high is None else row.high for row in rows], np.float64)
    matrix = lp.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.num_col_, matrix.num_row_ = len(costs), len(rows)
    starts = np.cumsum([0, *(len(row.terms) for row in rows)])
    matrix.start_ = starts.astype(np.int32)
    matrix.index_ = np.array([at for row in rows for at in row.terms], dtype=np.int32)
    matrix.value_ = np.array([one for row in rows for one in row.terms.values()], np.float64)
    return lp
