"""One condition or another, each looked up by its own index."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigAutoField, Q, QuerySet
from django.db.models.lookups import In


@BigAutoField.register_lookup
class FoundFirst(In):
    """As `in`, of a query that finds few: PostgreSQL is made to ask it first, and then for these rows alone.

    Where several conditions meet it cannot tell how few they leave, and rather reads the whole table.
    """

    lookup_name = "found_first"

    def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
        return f"= ANY(ARRAY{rhs})" if connection.vendor == "postgresql" else f"IN {rhs}"


def in_either(first: QuerySet[Any], *others: QuerySet[Any]) -> Q:
    """Rows that are in one of these querysets of their model, few together, as a condition.

    Conditions joined by OR, of which one asks another table, make a database read every row. Put together as a union,
    each is looked up by its index. Not for what names a row of an outer query: that would be done again for each row.
    """
    return Q(pk__found_first=_ids(first).union(*map(_ids, others)))


def _ids(rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    return rows.order_by().values("pk")
