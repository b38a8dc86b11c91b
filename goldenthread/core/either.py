"""One condition or another, each looked up by its own index."""

from typing import Any

from django.db.models import Q, QuerySet


def in_either(first: QuerySet[Any], *others: QuerySet[Any]) -> Q:
    """Rows that are in one of these querysets of their model, as a condition.

    Conditions joined by OR, of which one asks another table, make PostgreSQL read every row. Put together as a union,
    each is looked up by its index. Not for what names a row of an outer query: that would be done again for each row.
    """
    return Q(pk__in=_ids(first).union(*map(_ids, others)))


def _ids(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by().values("pk")
