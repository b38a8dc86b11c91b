"""ETags: which version of a record somebody has read, so that nobody writes over what they never saw.

A tag is `"VERSION.DIGEST"`: the version of the record and a digest of the answer. A write compares the version
alone; a read compares both, because figures (a score, a health) change without the record being written.
"""

import hashlib
import re

from django.http import HttpRequest

from goldenthread.core.api.problems import Refused
from goldenthread.core.models import Record

TAG = re.compile(r'(?:W/)?"([0-9]{1,9})(?:\.[0-9a-f]+)?"')


def etag(body: str, version: int | None) -> str:
    """The tag of an answer; of one without a version its digest alone."""
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    return f'"{digest}"' if version is None else f'"{version}.{digest}"'


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the reader says that they have exactly this already."""
    sent = request.headers.get("If-None-Match", "")
    return tag in {one.strip().removeprefix("W/") for one in sent.split(",")}


def version_seen(request: HttpRequest, record: Record) -> int:
    """The version that the writer has seen, as `If-Match` names it; `*` stands for whatever is there.

    Raises `Refused` (428) without one, (412) when the record has another.
    """
    sent = request.headers.get("If-Match", "").strip()
    if not sent:
        raise Refused(428)
    if sent == "*":
        return record.version
    if record.version not in {int(one) for one in TAG.findall(sent)}:
        raise Refused(
            412,
            f"“{record}” has been changed since: it is at version {record.version}. Read it again.",
        )
    return record.version
