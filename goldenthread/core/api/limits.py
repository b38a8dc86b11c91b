"""How many requests one token, or one person in a browser, may send in a minute."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from goldenthread.core.api.problems import Refused

WINDOW_SECONDS = 60


@dataclass(frozen=True)
class Allowance:
    """What is left of this minute."""

    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


def count(who: str) -> Allowance:
    """Count one request of somebody, in the cache that sign-in limits use too."""
    now = time.time()
    window, past = divmod(now, WINDOW_SECONDS)
    key = f"api-{who}-{window:.0f}"
    cache.add(key, 0, WINDOW_SECONDS * 2)
    limit = settings.API_REQUESTS_A_MINUTE
    try:
        used = cache.incr(key)
    except ValueError:  # the cache let go of it between the two
        used = 1
    return Allowance(limit, max(limit - used, -1), int(WINDOW_SECONDS - past) + 1)


def within(allowance: Allowance) -> None:
    """Refuse what goes beyond the limit, and say when to go on."""
    if allowance.remaining < 0:
        raise Refused(429, Retry_After=str(allowance.reset_seconds))
