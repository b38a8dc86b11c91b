"""The objectives: as a tree, as a list, as a file."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.core.spreadsheet import csv_file
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.selectors import cycles, listing, sums, tree
from goldenthread.objectives.selectors.listing import ObjectiveFilter, ObjectiveRow
from goldenthread.objectives.states import State
from goldenthread.objectives.views.answers import by_htmx
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Unit
from goldenthread.people.selectors import unit_choices
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.strategy.models import Priority
from goldenthread.ui.health import HEALTHS

PAGE = 50
STATES = {
    listing.OPEN: "Open",
    listing.CLOSED_ONES: "Closed",
    listing.EVERY: "Open and closed",
    **{state.value: str(state.label) for state in State},
}
COLUMNS = (
    "id",
    "external_id",
    "title",
    "owner",
    "cycle",
    "state",
    "health",
    "done",
    "expected",
    "serves",
    "loose",
    "critical",
    "ambition",
    "starts_on",
    "ends_on",
    "last_check_in_on",
)


def _chosen(request: PersonRequest) -> ObjectiveFilter:
    """The filter as the address has it; what does not exist is left out."""
    sent = request.GET

    def found(name: str, rows: Any) -> Any:
        pk = number_in(sent, name)
        return rows.filter(pk=pk).first() if pk else None

    return ObjectiveFilter(
        text=sent.get("q", "").strip()[:200],
        cycle=found("cycle", Cycle.objects),
        unit=found("unit", Unit.objects),
        priority=found("priority", Priority.objects.visible_to(request.person)),
        health=sent["health"] if sent.get("health") in HEALTHS else "",
        state=sent["state"] if sent.get("state") in STATES else listing.OPEN,
        whose=sent["whose"] if sent.get("whose") in {"me", "team", "waiting"} else "",
        loose=sent.get("loose") == "1",
        critical=sent.get("critical") == "1",
        sort=sent.get("sort", ""),
    )


@require_GET
@signed_in
def objectives(request: PersonRequest) -> HttpResponse:
    """The tree, unless a filter or `?layout=list` asks for the list."""
    today, chosen = clock.today(), _chosen(request)
    as_tree = request.GET.get("layout") != "list" and chosen.is_plain
    counts = sums.summary(request.person, today)
    if as_tree and by_htmx(request) and (pk := number_in(request.GET, "branch")):
        return _branch(request, chosen, today, counts.total, pk)
    current = chosen.cycle or cycles.current_cycle(today)
    context = {
        "chosen": chosen,
        "counts": counts,
        "current": current,
        "elapsed": cycles.elapsed(current, today) if current else None,
        "as_tree": as_tree,
        "views": _views(request, chosen, counts, as_tree),
        "csv": _with(request, {"layout": "", "page": "", "open": "", "shut": "", "whole": ""}),
        "tree_url": _with(request, {"layout": "tree"})
        if chosen.is_plain
        else reverse("objectives"),
        "list_url": _with(request, {"layout": "list", "open": "", "shut": "", "whole": ""}),
        **(
            _tree(request, chosen, today, counts.total)
            if as_tree
            else _list(request, chosen, today)
        ),
    }
    return render(request, "objectives/objectives.html", context)


def _views(
    request: PersonRequest, chosen: ObjectiveFilter, counts: sums.Summary, as_tree: bool
) -> list[dict[str, Any]]:
    layout = "" if as_tree else "&layout=list"
    sent = request.GET
    given = (
        ("All", f"?{layout.lstrip('&')}", None, counts.total),
        ("Mine", "?whose=me", "whose=me", counts.mine),
        ("My team", "?whose=team", "whose=team", None),
        ("Waiting for me", "?whose=waiting", "whose=waiting", counts.waiting),
        ("At risk", "?health=at_risk", "health=at_risk", counts["at_risk"]),
        ("Outdated", "?health=outdated", "health=outdated", counts["outdated"]),
        ("Loose ends", "?loose=1", "loose=1", counts.loose + counts.loose_to_come),
        ("Critical", "?critical=1", "critical=1", counts.critical),
    )
    on = [
        f"{name}={sent[name]}"
        for name in ("whose", "health", "loose", "critical")
        if sent.get(name)
    ]
    return [
        {"title": title, "url": url, "here": [mark] == on if mark else not on, "count": count}
        for title, url, mark, count in given
    ]


# The list -----------------------------------------------------------------------------------------------------


def _list(request: PersonRequest, chosen: ObjectiveFilter, today: dt.date) -> dict[str, Any]:
    found = listing.objective_list(request.person, chosen, today)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = listing.objective_rows(page, request.person, today)
    return {
        "page": page,
        "rows": rows,
        "chips": _chips(request, chosen),
        **_waiting(chosen, rows),
        "units": unit_choices(chosen.unit),
        "priorities": Priority.objects.visible_to(request.person)
        .in_use()
        .order_by("position", "pk"),
        "cycles": Cycle.objects.all(),
        "healths": {key: look.word for key, look in HEALTHS.items()},
        "states": STATES,
    }


def _waiting(chosen: ObjectiveFilter, rows: Sequence[ObjectiveRow]) -> dict[str, Any]:
    """What of that which waits can be answered together."""
    if chosen.whose != listing.WAITING:
        return {}
    found = [row.objective for row in rows]
    return {
        "proposals": [row for row in found if row.state in {State.PROPOSED, State.COUNTERED}],
        "imports": sum(row.state == State.UNCONFIRMED for row in found),
    }


def _chips(request: PersonRequest, chosen: ObjectiveFilter) -> list[dict[str, str]]:
    """The filters that are on and that no field shows, each with the address that takes it off."""
    whose = {"me": "Mine", "team": "My team’s", "waiting": "Waiting for me"}.get(chosen.whose, "")
    on = [
        ("q", f"“{chosen.text}”" if chosen.text else ""),
        ("whose", whose),
        ("loose", "Loose ends" if chosen.loose else ""),
        ("critical", "Critical" if chosen.critical else ""),
        ("unit", f"Unit: {chosen.unit}" if chosen.unit else ""),
        ("priority", f"Priority: {chosen.priority}" if chosen.priority else ""),
        ("cycle", f"Cycle: {chosen.cycle}" if chosen.cycle else ""),
        ("health", HEALTHS[chosen.health].word if chosen.health else ""),
        ("state", STATES[chosen.state] if chosen.state != listing.OPEN else ""),
    ]
    return [
        {"words": words, "url": _with(request, {name: "", "page": "", "layout": "list"})}
        for name, words in on
        if words
    ]


def _with(request: PersonRequest, changes: Mapping[str, str]) -> str:
    """This page's address with some of its parts changed; an empty one goes."""
    query = request.GET.copy()
    query.pop("branch", None)
    for name, text in changes.items():
        query.pop(name, None)
        if text:
            query[name] = text
    return f"?{query.urlencode()}"


@require_GET
@signed_in
def objectives_csv(request: PersonRequest) -> HttpResponseBase:
    today, chosen = clock.today(), _chosen(request)
    found = listing.objective_list(request.person, chosen, today)
    return csv_file("objectives.csv", COLUMNS, _csv(found, request, today))


def _csv(found: Any, request: PersonRequest, today: dt.date) -> Iterator[list[Any]]:
    request.organisation.remember()  # the file is written after the request is over
    pages = Paginator(found, 500)
    for number in pages.page_range:
        for row in listing.objective_rows(pages.page(number), request.person, today):
            yield list(_cells(row))
    Organisation.forget()


def _cells(row: ObjectiveRow) -> Iterable[Any]:
    one, stands = row.objective, row.standing
    yield from (one.pk, one.external_id, one.title, str(one.owner or ""), one.cycle.name, one.state)
    yield from (str(stands.health), stands.score, round(stands.expected, 4))
    yield from (" > ".join(step.title for step in row.line.steps), row.line.loose)
    yield from ("yes" if one.critical else "no", one.ambition, one.starts, one.ends)
    yield stands.last_check_in_on


# The tree -----------------------------------------------------------------------------------------------------


def _opened(request: PersonRequest) -> tree.Opened:
    """What the address opens, shuts and shows whole."""

    def keys(name: str) -> frozenset[str]:
        sent = request.GET.get(name, "").split(".")[: tree.MOST_OPEN]
        return frozenset(
            key for key in sent if key[:1] in {"o", "p"} and key[1:].isdigit() and len(key) < 19
        )

    return tree.Opened(keys("open"), keys("shut"), keys("whole"))


def _tree(
    request: PersonRequest, chosen: ObjectiveFilter, today: dt.date, total: int
) -> dict[str, Any]:
    opened = _opened(request)
    found = tree.tree(request.person, chosen, today, opened, total)
    shown = [_shown(request, branch, opened) for branch in found.branches]
    return {"branches": shown, "loose": found.loose}


def _branch(
    request: PersonRequest, chosen: ObjectiveFilter, today: dt.date, total: int, pk: int
) -> HttpResponse:
    """One priority's rows again, after something under it was opened or shut."""
    opened = _opened(request)
    found = tree.tree(request.person, chosen, today, opened, total, only=pk).branches
    if not found:
        return HttpResponse(status=404)
    context = {"branch": _shown(request, found[0], opened)}
    response = render(request, "objectives/objectives.html#branch", context)
    response["HX-Push-Url"] = f"{reverse('objectives')}{_with(request, {})}"
    return response


def _shown(request: PersonRequest, branch: tree.Branch, opened: tree.Opened) -> dict[str, Any]:
    root = f"p{branch.priority.pk}"
    return {
        "branch": branch,
        "toggle": _toggle(request, opened, root, branch.is_open, is_root=True),
        "lines": [
            {
                "row": row,
                "panel": f"ci-{root}-{place}",
                "toggle": _toggle(request, opened, row.key, row.is_open) if row.children else "",
                "whole": _with(request, {"whole": _joined(opened.whole | {row.key})})
                if row.more
                else "",
            }
            for place, row in enumerate(branch.rows)
        ],
    }


def _toggle(
    request: PersonRequest, opened: tree.Opened, key: str, is_open: bool, is_root: bool = False
) -> str:
    """The address on which this node is shut, or open."""
    if is_open:
        shown = {"shut": _joined(opened.shut | {key}), "open": _joined(opened.open - {key})}
    else:
        now_open = opened.open if is_root else opened.open | {key}
        shown = {"shut": _joined(opened.shut - {key}), "open": _joined(now_open)}
    return _with(request, shown)


def _joined(keys: Iterable[str]) -> str:
    return ".".join(sorted(keys))
