"""How many cases a property is tried with that writes to the database."""

from django.db import connection


def cases(number: int) -> int:
    """All of them on SQLite, a quarter on PostgreSQL: what is drawn is new each time, and the rule is the same on both."""
    return number if connection.vendor == "sqlite" else -(-number // 4)
