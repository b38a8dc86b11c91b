"""What the tests of imports share: writing a table, bringing it in, and what the database holds."""

import io
from pathlib import Path
from typing import Any

from django.db.models import Model
from openpyxl import Workbook

from goldenthread.interchange import services
from goldenthread.interchange.models import Import, ImportRow
from goldenthread.objectives.models import (
    CheckIn,
    Contribution,
    Cycle,
    ExpectationChange,
    KeyResult,
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
    ObjectiveTemplate,
    TemplateKeyResult,
)
from goldenthread.people.models import Person, ReportingClosure, Unit, UnitClosure
from goldenthread.strategy.models import (
    ExpectedResult,
    Kpi,
    KpiTarget,
    Observation,
    Priority,
    Strategy,
    TradeOff,
)

DATA = Path(__file__).parent.parent / "data"
DOMAIN: tuple[type[Model], ...] = (
    Person,
    ReportingClosure,
    Unit,
    UnitClosure,
    Strategy,
    Priority,
    TradeOff,
    Kpi,
    KpiTarget,
    Observation,
    ExpectedResult,
    Cycle,
    Objective,
    KeyResult,
    CheckIn,
    Contribution,
    ObjectiveAncestor,
    ObjectivePriority,
    ExpectationChange,
    ObjectiveTemplate,
    TemplateKeyResult,
)
PASSING = {"created_at", "updated_at", "recorded_at"}


def holds() -> dict[str, list[dict[str, Any]]]:
    """Everything that the domain holds, so that two moments can be compared."""
    return {
        model._meta.label_lower: [
            {name: value for name, value in row.items() if name not in PASSING}
            for row in model._default_manager.order_by("pk").values()
        ]
        for model in DOMAIN
    }


def table(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def workbook(**sheets: list[list[Any]]) -> bytes:
    """An Excel file with these sheets, each a list of rows."""
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def staged(actor: Person, data: bytes, kind: str = "", **given: Any) -> Import:
    name = given.pop("filename", "table.csv")
    return services.stage(actor=actor, filename=name, data=data, kind=kind, **given)


def brought_in(actor: Person, data: bytes, kind: str = "", **given: Any) -> Import:
    return services.apply(actor=actor, batch=staged(actor, data, kind, **given))


def row(batch: Import, line: int, kind: str = "") -> ImportRow:
    found = batch.rows.filter(line=line)
    return found.get(kind=kind) if kind else found.get()


def outcomes(batch: Import) -> dict[int, str]:
    return dict(batch.rows.order_by("line").values_list("line", "outcome"))
