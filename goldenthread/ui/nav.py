"""What stands in the sidebar: a few words, and under them in groups what appears when there is something to show.

An entry appears once its page exists, the person may open it, and the data that it shows exist. Who leads is shown
the pages on which they choose with their first priority: they are the ones who begin them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Exists, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse

from goldenthread.core.access import can
from goldenthread.core.models import Organisation
from goldenthread.core.prepared import Prepared
from goldenthread.permissions import Action, Relation

ROWS: dict[str, Callable[[], QuerySet[Any]]] = {}
"""What entries wait for, by name: one row is enough. Each room adds its own in `apps.py`; read with the organisation."""


@dataclass(frozen=True)
class Entry:
    """One page of the menu: its word, the name of its address, its icon and the key after `g`.

    `shows` names what it waits for (`ROWS`), "" what is there from the beginning; `begins`: a leader makes the first
    of it, and is shown the page as soon as there is a priority.
    """

    word: str
    url_name: str
    icon: str
    key: str = ""
    action: Action | None = None
    shows: str = ""
    begins: bool = False


@dataclass(frozen=True)
class Group:
    """Entries under one word. Closed until one of them is the page that is open."""

    title: str
    entries: tuple[Entry, ...]


MAIN = (
    Entry("Home", "home", "house", "h"),
    Entry("Strategy", "strategy", "compass", "s"),
    Entry("Objectives", "objectives", "list-tree", "o"),
    Entry("Map", "map", "waypoints", "m", shows="objective"),
    Entry("People", "people", "users", "p"),
)
GROUPS = (
    Group(
        "Deciding",
        (
            Entry("Decisions", "decisions", "scale", "d", shows="decision", begins=True),
            Entry("Effort", "effort", "clock", "e", shows="allocation", begins=True),
            Entry("Ledger", "ledger", "inbox", action=Action.SEE_LEDGER, shows="priority"),
            Entry("Planning", "planning", "calendar-range", shows="objective"),
            Entry("Dependencies", "dependencies", "handshake", shows="dependency"),
            Entry("Cascades", "cascades", "handshake", shows="cascade"),
            Entry(
                "Leadership review",
                "leadership-reviews",
                "presentation",
                action=Action.PREPARE_REVIEW,
                shows="priority",
            ),
            Entry(
                "Planner", "plans", "columns-3", action=Action.PLAN_CYCLE, shows="plan", begins=True
            ),
        ),
    ),
    Group(
        "Figures",
        (
            Entry("Alignment", "alignment", "link-2", "a", shows="objective"),
            Entry("Inputs and outputs", "inputs-outputs", "columns-3", "i", shows="objective"),
            Entry("KPIs", "kpis", "chart-line", "k", shows="kpi", begins=True),
        ),
    ),
    Group(
        "Organisation",
        (
            Entry("Cycles", "cycles", "calendar-range"),
            Entry("Programme", "programme", "calendar-clock", action=Action.SEE_PROGRAMME),
            Entry("Handovers", "handovers", "handshake", action=Action.EDIT_PERSON),
            Entry("Import", "imports", "upload", action=Action.IMPORT),
            Entry("Webhooks", "webhooks", "external-link", action=Action.RUN_WEBHOOKS),
            Entry("Jobs", "jobs", "settings", action=Action.SEE_JOBS),
        ),
    ),
)
ON_A_PHONE = ("home", "strategy", "objectives", "people")


@dataclass(frozen=True)
class Item:
    """An entry as this reader meets it on this page."""

    entry: Entry
    url: str
    here: bool
    count: int | None = None


@dataclass(frozen=True)
class Shown:
    """A group as this reader meets it."""

    title: str
    items: list[Item]

    @property
    def here(self) -> bool:
        return any(item.here for item in self.items)


def organisation_and_rows() -> tuple[Organisation | None, frozenset[str]]:
    """The organisation, and which of `ROWS` there are. One query, the same on every page."""
    found = next(iter(_with_rows()), None)
    if found is None:
        return None, frozenset()
    return found, frozenset(name for name in ROWS if getattr(found, f"has_{name}"))


@Prepared
def _with_rows() -> QuerySet[Organisation]:
    there = {f"has_{name}": Exists(rows()) for name, rows in ROWS.items()}
    return Organisation.objects.order_by("pk").annotate(**there)


def address(name: str) -> str | None:
    """The address of a page by its name; None where the page does not exist (yet)."""
    return _address(name, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())


@cache
def _address(name: str, urlconf: str, prefix: str) -> str | None:
    """Looked up once a process: every page names thirty of them."""
    try:
        return reverse(name, urlconf)
    except NoReverseMatch:
        return None


def items(
    request: HttpRequest,
    entries: tuple[Entry, ...],
    here: str = "",
    counts: dict[str, int] | None = None,
) -> list[Item]:
    """The entries this person may open. `here` names the current one; else the address decides."""
    person = getattr(request, "person", None)
    found = []
    for entry in entries:
        url = address(entry.url_name)
        may = entry.action is None or can(person, entry.action)
        if url is None or not may or not _has_appeared(request, entry):
            continue
        current = entry.url_name == here if here else _within(request.path, url)
        found.append(Item(entry, url, current, (counts or {}).get(entry.url_name)))
    return found


def groups(
    request: HttpRequest, here: str = "", counts: dict[str, int] | None = None
) -> list[Shown]:
    """The groups in which this person may open something."""
    found = [Shown(one.title, items(request, one.entries, here, counts)) for one in GROUPS]
    return [group for group in found if group.items]


def _has_appeared(request: HttpRequest, entry: Entry) -> bool:
    rows: frozenset[str] = getattr(request, "rows", frozenset())
    if not entry.shows or entry.shows in rows:
        return True
    person = getattr(request, "person", None)
    leads = person is not None and Relation.LEADER in person.office
    return entry.begins and leads and "priority" in rows


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
