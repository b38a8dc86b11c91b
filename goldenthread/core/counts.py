"""Counting inside another query, so that one query answers for several numbers."""

from typing import Any

from django.db.models import Func, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce


def count_of(rows: QuerySet[Any]) -> Coalesce:
    """How many rows there are, as an expression; the rows may name the outer row."""
    return Coalesce(Subquery(_over_all(rows, "COUNT"), output_field=IntegerField()), Value(0))


def newest_of(rows: QuerySet[Any]) -> Coalesce:
    """The highest key of the rows, as an expression; 0 for none."""
    return Coalesce(Subquery(_over_all(rows, "MAX"), output_field=IntegerField()), Value(0))


def _over_all(rows: QuerySet[Any], function: str) -> QuerySet[Any]:
    # Not an `Aggregate`, which would group by the key and so answer a row for each.
    figure = Func("pk", function=function, output_field=IntegerField())
    over_all: QuerySet[Any] = rows.order_by().annotate(figure=figure).values("figure")
    return over_all
