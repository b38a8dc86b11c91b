"""What stands in the sidebar. An entry appears once its page exists and the person may open it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from goldenthread.core.access import can
from goldenthread.permissions import Action


@dataclass(frozen=True)
class Entry:
    """One page of the menu: its word, the name of its address, its icon and the key after `g`."""

    word: str
    url_name: str
    icon: str
    key: str = ""
    action: Action | None = None


MAIN = (
    Entry("Home", "home", "house", "h"),
    Entry("Strategy", "strategy", "compass", "s"),
    Entry("Map", "map", "waypoints", "m"),
    Entry("Objectives", "objectives", "list-tree", "o"),
    Entry("Alignment", "alignment", "link-2", "a"),
    Entry("Decisions", "decisions", "scale", "d"),
    Entry("Effort", "effort", "clock", "e"),
    Entry("People", "people", "users", "p"),
)
ORGANISATION = (
    Entry("Cycles", "cycles", "calendar-range"),
    Entry("KPIs", "kpis", "chart-line"),
    Entry("Programme", "programme", "calendar-clock", action=Action.SEE_PROGRAMME),
    Entry("Handovers", "handovers", "handshake", action=Action.EDIT_PERSON),
    Entry("Import", "imports", "upload", action=Action.IMPORT),
    Entry("Webhooks", "webhooks", "external-link", action=Action.RUN_WEBHOOKS),
    Entry("Jobs", "jobs", "settings", action=Action.SEE_JOBS),
)
ON_A_PHONE = ("home", "strategy", "objectives", "people")


@dataclass(frozen=True)
class Item:
    """An entry as this reader meets it on this page."""

    entry: Entry
    url: str
    here: bool
    count: int | None = None


def address(name: str) -> str | None:
    """The address of a page by its name; None where the page does not exist (yet)."""
    try:
        return reverse(name)
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
        if url is None or (entry.action is not None and not can(person, entry.action)):
            continue
        current = entry.url_name == here if here else _within(request.path, url)
        found.append(Item(entry, url, current, (counts or {}).get(entry.url_name)))
    return found


def _within(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
