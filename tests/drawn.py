"""How many cases a property is tried with that writes to the database."""

import os

from django.db import connection

SHARE = float(os.environ.get("DRAWN", "0.5"))


def cases(number: int) -> int:
    """Half of them on SQLite, a third of that on PostgreSQL: what is drawn is new each time, and the rule is the same on both.

    `DRAWN=1 pytest …` tries all of them, `DRAWN=10` ten times as many.
    """
    share = SHARE if connection.vendor == "sqlite" else SHARE / 3
    return max(1, round(number * share))
