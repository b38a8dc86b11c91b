"""How many queries each page makes, counted in the process, as JSON {page: count}."""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import django

from benchmarks.__main__ import next_check_in


def main(facts: dict[str, Any]) -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = facts["session"]
    asked: dict[str, Callable[[], Any]] = {
        name: partial(client.get, path) for name, path in facts["pages"].items()
    }
    asked["check-in"] = lambda: client.post(*next_check_in(facts), headers={"HX-Request": "true"})
    counts = {}
    for name, ask in asked.items():
        ask()
        with CaptureQueriesContext(connection) as caught:
            answer = ask()
        counts[name] = len(caught) if answer.status_code == 200 else -answer.status_code
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
