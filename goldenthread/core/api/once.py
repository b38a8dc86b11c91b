"""Safe repeats: a create that names an `Idempotency-Key` happens once, however often it is sent."""

import datetime as dt
import hashlib
import re
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from goldenthread.core.api.problems import Refused
from goldenthread.core.models import KeptAnswer

KEPT = dt.timedelta(hours=24)
KEY = re.compile(r"[\x21-\x7e]{1,200}")
HEADERS = ("ETag", "Location")


def once(
    request: HttpRequest, person_id: int, make: Callable[[], tuple[HttpResponse, str]]
) -> HttpResponse:
    """Do it, or give the answer of the first time. `make` returns the answer, and what of its body is kept.

    The answer is kept for a day, in the transaction of what was made: either both are there or neither. Of two
    that come at once the second waits for the first at the key and then gets its answer. Raises `Refused` (422)
    when the key was used for something else. What was refused is not kept: it may be sent again.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with transaction.atomic():
            return make()[0]
    if not KEY.fullmatch(key):
        raise Refused(422, "An Idempotency-Key has 1 to 200 visible ASCII characters.")
    digest = _digest(request)
    with transaction.atomic():
        KeptAnswer.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()
        try:
            with transaction.atomic():
                kept = KeptAnswer.objects.create(person_id=person_id, key=key, digest=digest)
        except IntegrityError:
            return _again(KeptAnswer.objects.get(person_id=person_id, key=key), digest)
        response, kept.body = make()
        kept.status = response.status_code
        kept.headers = {name: response[name] for name in HEADERS if name in response}
        kept.save()
    return response


def _again(kept: KeptAnswer, digest: str) -> HttpResponse:
    if kept.digest != digest:
        raise Refused(422, "This Idempotency-Key was used for another request. Choose a new one.")
    response = HttpResponse(kept.body, status=kept.status, content_type="application/json")
    for name, text in kept.headers.items():
        response[name] = text
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    """What was asked, by address and body; of an uploaded form by its parts, whose boundary changes each time."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        for name, values in sorted(request.POST.lists()):
            found.update(repr((name, values)).encode())
        for name, files in sorted(request.FILES.lists()):
            for file in files:
                found.update(repr((name, file.name)).encode())
                for part in file.chunks():
                    found.update(part)
                file.seek(0)
    else:
        found.update(request.body)
    return found.hexdigest()
