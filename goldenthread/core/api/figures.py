"""A figure as the API tells it: with its status, how much it is made of, and its interval."""

import datetime as dt
from typing import Any, Literal, Self

from goldenthread.core.api.types import Output
from goldenthread.engine.result import Result

Status = Literal[
    "ok", "early", "insufficient_data", "undefined", "suppressed", "invalid_input"
]  # fmt: skip


class FigureOut(Output):
    """One figure. `value` is null unless `status` is ok or early, and `reason` says why; `n` counts what it is made
    of; between `ci_low` and `ci_high` it lies with 95 % confidence. `method_version` names how it is made."""

    name: str
    value: float | None
    status: Status
    n: int
    unit_of_n: str
    numerator: float | None
    denominator: float | None
    ci_low: float | None
    ci_high: float | None
    ci_method: str | None
    coverage: float | None
    as_of: dt.date | None
    reason: str
    method_version: str

    @classmethod
    def of(cls, name: str, result: Result) -> Self:
        names = set(cls.model_fields) - {"name"}
        given: dict[str, Any] = {one: getattr(result, one) for one in names}
        return cls(name=name, **given)
