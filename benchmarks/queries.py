"""How many queries each page makes, counted in the process, as JSON {page: count}."""

import json
import sys

import django


def main(session: str, pages: dict[str, str]) -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    counts = {}
    for name, path in pages.items():
        client.get(path)
        with CaptureQueriesContext(connection) as caught:
            answer = client.get(path)
        counts[name] = len(caught) if answer.status_code == 200 else -answer.status_code
    sys.stdout.write(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
