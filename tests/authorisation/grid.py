"""What both matrices do: everybody asked about every record, one request at a time, and held to the table."""

import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction

from goldenthread.core.models import Organisation
from tests.authorisation.expectations import EVERYBODY, SEEN, Expected
from tests.authorisation.world import CONFIDENTIAL, OPEN, OTHERS, RESTRICTED, Variant, World

NOT_FOUND_PK = 999_999
WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE)\b", re.IGNORECASE)
# Tables of the libraries, not of the domain.
BOOKKEEPING = re.compile("django_session|account_emailaddress")
REFUSED = re.compile(r"You may not [^.]+ here\.")
THROUGH = {"done", "home"}
# The lines that say who may are the same on every database, and `test_parity` holds both to them for everybody. On the
# second, where only the queries can differ, these are asked.
ONE_OF_EACH = {"anonymous", "owner", "strategy_leader", "admin"}
# Refused before any record is looked up.
OUTSIDE = {"anonymous", "left", "stranger"}


def undone(request: Callable[[], Any]) -> tuple[Any, list[str]]:
    """What the request answers, and what it wrote to the domain; nothing of it stays."""
    written: list[str] = []

    def noted(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        if WRITES.match(sql) and not BOOKKEEPING.search(sql[:60]):
            written.append(sql[:160])
        return execute(sql, *args)

    with transaction.atomic(), connection.execute_wrapper(noted):
        response = request()
        if response.streaming:
            b"".join(response.streaming_content)
        transaction.set_rollback(True)
    Organisation.forget()
    return response, written


def variants(expected: Expected, world: World) -> list[Variant]:
    """The records that there are for an address."""
    if not expected.kinds:
        return [Variant("", "", 0)]
    return [one for kind in expected.kinds for one in world.records[kind]]


def tells(expected: Expected, one: Variant) -> bool:
    """Whether who may can be another with this record than with the one of its kind that stands open."""
    telling = {OPEN, RESTRICTED, CONFIDENTIAL, *expected.by_variant, *expected.gone}
    return not one.name or one.name in telling or one.name.startswith(OTHERS)


def asked(
    people: set[str], expected: Expected, method: str, one: Variant, turn: int, *, first: bool
) -> Iterator[str]:
    """Those to try a record with: everybody where it tells who may. These are shared out by `turn`. Half of the persons: what is
    restricted or confidential, the other half at another address. A third (of the last, a sixth): records that differ in
    their state alone, those of somebody else among who may act on none (nobody stands in any relation to them), and what
    stands open to everybody, which the walk opens too. Of those who may neither read nor send a form one half tries to
    read it, the other to send it."""
    open_to_all = everybody_reads(expected, method) and not expected.by_variant
    open_to_all &= one.name in {"", OPEN} and (one.kind, one.name) not in SEEN
    share, others = 6 if open_to_all else 3, one.name.startswith(OTHERS)
    telling = tells(expected, one) and not others and not open_to_all
    if telling:
        share = 2 if one.name in {RESTRICTED, CONFIDENTIAL} else 1
    may = expected.allowed(method, one.kind, one.name)
    half = 1 if method == "GET" else 0
    for place, person in enumerate(sorted(people), turn):
        through = person in may and should(expected, method, one, person) in THROUGH
        if person in OUTSIDE:
            if first:
                yield person
        elif expected.read == expected.send and not through:
            if place % 2 == half and (telling or place % 3 == 0):
                yield person
        elif place % share == 0 or (others and person in may):
            yield person


def everybody_reads(expected: Expected, method: str) -> bool:
    return method == "GET" and expected.read == EVERYBODY and not expected.public


def should(expected: Expected, method: str, one: Variant, person: str) -> str:
    """The answer in a word, from what the table says."""
    accepted = expected.read if method == "GET" else expected.send
    if accepted is None:
        return "no such method"
    if expected.public:
        return "sign in" if expected.after_password and person == "anonymous" else "done"
    if person == "anonymous":
        return "sign in"
    if person in {"left", "stranger"}:
        return "refused"
    if one.name in expected.gone:
        return "not found"
    if person not in SEEN.get((one.kind, one.name), EVERYBODY):
        return "not found"
    if expected.away:
        return "home"
    return "done" if person in expected.allowed(method, one.kind, one.name) else "refused"


def differences(
    world: World,
    name: str,
    expected: Expected,
    method: str,
    but: frozenset[str] = frozenset(),
    *,
    ask: Callable[[str, Variant], tuple[Any, list[str]]],
    told: Callable[[Any], str],
    fits: Callable[[str, Any], bool],
) -> list[str]:
    """Where the answers at the address of this `name` are not those of the table, a line each, for everybody `but` these.

    Whoever is not to be let through writes nothing, and nobody writes by reading. Each person named gets through
    with one record at least, or the table names too many, or what is sent here is not right.
    """
    accepted = expected.read if method == "GET" else expected.send
    but = but if accepted is None or not accepted <= but else frozenset()
    alike = accepted is None or expected.public  # then nobody is asked who they are
    people = {"anonymous", "owner", "admin"} if alike else {*world.users} - {"other"} - but
    if connection.vendor == "postgresql":
        people &= ONE_OF_EACH
    # To read a page, and on the second database, states that change nothing about who may are left out.
    every_state = method == "POST" and connection.vendor == "sqlite"
    telling = [one for one in variants(expected, world) if tells(expected, one)]
    tried = variants(expected, world) if every_state else telling
    tried = tried[: 1 if accepted is None else None]
    shift = zlib.crc32(name.encode()) % 2
    named_who_may = not alike and not everybody_reads(expected, method)
    named, through = set[str](), set[str]()
    wrong: dict[str, list[str]] = {}
    for place, one in enumerate(variants(expected, world)):
        may = frozenset[str]()
        if named_who_may and not one.name.startswith(OTHERS):
            may = expected.allowed(method, one.kind, one.name) & people
        who = may - through
        if one in tried:
            who |= {*asked(people, expected, method, one, place + shift, first=place == 0)}
        named |= may & who
        for person in who:
            response, written = ask(person, one)
            comes, expects = told(response), should(expected, method, one, person)
            if comes in THROUGH and person in may:
                through.add(person)
            if one not in tried:
                continue
            what = f"{comes} ({response.status_code}), not {expects}"
            if fits(expects, response):
                if not written or (method != "GET" and expects == "done"):
                    continue
                what = f"{expects}, and writes {written[0]}"
            wrong.setdefault(f"{one.kind} {one.name}: {what}", []).append(person)
    if named - through:
        wrong["never let through"] = sorted(named - through)
    return [f"{what}: {', '.join(who)}" for what, who in wrong.items()]
