"""The pages of the first run, one address a step. Each can be left and come back to; going back loses nothing."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from goldenthread.core import clock
from goldenthread.core.models import Organisation
from goldenthread.interchange.first_run.forms import (
    CheckInForm,
    FoundingForm,
    ObjectiveForm,
    PasteForm,
)
from goldenthread.interchange.first_run.objective import quarter_of, set_first_objective
from goldenthread.interchange.first_run.path import (
    TEAM_PASSED,
    UNTIED,
    Path,
    is_founder,
    path_of,
)
from goldenthread.interchange.first_run.team import Row, add_good_rows, read_paste, read_rows
from goldenthread.interchange.outline_views import OutlineForm, draft_all, review
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.objectives.models import Cycle
from goldenthread.objectives.selectors.lines import line
from goldenthread.objectives.services.agreement import next_above
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.people.services import found_organisation
from goldenthread.people.views.accounts import sign_in
from goldenthread.people.views.forms_in_pages import page_with, saved
from goldenthread.ui import nav

View = Callable[[PersonRequest, Path], HttpResponse]


def step(url_name: str) -> Callable[[View], Callable[..., HttpResponseBase]]:
    """A step of the path: for the founder alone, and only once what it builds on exists."""

    def decorate(view: View) -> Callable[..., HttpResponseBase]:
        @signed_in
        @wraps(view)
        def guarded(request: PersonRequest) -> HttpResponse:
            if not is_founder(request.person):
                return redirect(nav.address("home") or "/")
            path = path_of(request.person, request.session)
            if not path.may_open(url_name):
                return redirect(path.next())
            return view(request, path)

        return guarded

    return decorate


@require_http_methods(["GET", "POST"])
@never_cache
@sensitive_post_parameters("password")
def welcome(request: HttpRequest) -> HttpResponseBase:
    """The first page of an empty database: the organisation and its first leader and administrator.

    Later it leads its founder to where they stopped, and everybody else home.
    """
    if Organisation.current() is not None:
        return _onward(request)
    form = FoundingForm(request.POST or None)
    if form.is_bound:
        made: list[Person] = []
        if saved(form, lambda: made.append(found_organisation(**form.cleaned_data))):
            sign_in(request, made[0])
            return redirect("first-run-strategy")
    context = {"knots": UNTIED.knots("first-run")}
    return page_with(request, "interchange/first_run/organisation.html", form, context)


@step("first-run")
def _onward(request: PersonRequest, path: Path) -> HttpResponse:
    return redirect(path.next())


@require_http_methods(["GET", "POST"])
@step("first-run-strategy")
def strategy(request: PersonRequest, path: Path) -> HttpResponse:
    """Three equal ways in: paste it, drop it, or look at the demo first."""
    posted = request.method == "POST"
    form = OutlineForm(request.POST, request.FILES) if posted else OutlineForm()
    if posted and form.is_valid():
        draft_all(request, form, path.strategy)
        return redirect("first-run-priorities")
    context = {
        "knots": path.knots("first-run-strategy"),
        "path": path,
        "imports": nav.address("imports"),
    }
    return page_with(request, "interchange/first_run/strategy.html", form, context)


@require_http_methods(["GET", "POST"])
@step("first-run-priorities")
def priorities(request: PersonRequest, path: Path) -> HttpResponse:
    """The drafts found: reworded, in order, handed over, and confirmed with one button."""
    assert path.strategy is not None  # `step` has seen to it
    return review(
        request,
        path.strategy,
        template="interchange/first_run/priorities.html",
        here=reverse("first-run-priorities"),
        then=reverse("first-run-team"),
        may_add=True,
        context={"knots": path.knots("first-run-priorities")},
    )


@require_http_methods(["GET", "POST"])
@step("first-run-team")
def team(request: PersonRequest, path: Path) -> HttpResponse:
    """Colleagues pasted, looked at row by row, added; or left for later."""
    act = request.POST.get("act", "") if request.method == "POST" else ""
    if act == "pass":
        return _team_done(request)
    form = PasteForm(request.POST if act == "read" else None)
    rows: list[Row] = []
    added = 0
    if act == "read" and form.is_valid():
        try:
            rows = read_paste(form.cleaned_data["rows"])
        except RefusedFile as refused:
            form.add_error("rows", str(refused))
    elif act == "add":
        added, rows = add_good_rows(actor=request.person, rows=read_rows(request.POST))
        if not rows:
            if added:
                words = "1 colleague is here." if added == 1 else f"{added} colleagues are here."
                messages.success(request, f"{words} They can be invited when you like.")
            return _team_done(request)
    others = Person.objects.exclude(pk=request.person.pk)
    context = {
        "knots": path.knots("first-run-team"),
        "rows": rows,
        "added": added,
        "problems": sum(bool(row.problems) for row in rows),
        "here": others.order_by("name")[:12],
        "here_count": others.count(),
    }
    if rows:
        bad = 422 if act == "add" else 200
        return render(request, "interchange/first_run/team_rows.html", context, status=bad)
    return page_with(request, "interchange/first_run/team.html", form, context)


def _team_done(request: PersonRequest) -> HttpResponse:
    request.session[TEAM_PASSED] = True
    return redirect("first-run-objective")


@require_http_methods(["GET", "POST"])
@step("first-run-objective")
def objective(request: PersonRequest, path: Path) -> HttpResponse:
    """One objective with one key result; shown instead of asked for once it exists."""
    context: dict[str, Any] = {"knots": path.knots("first-run-objective"), "path": path}
    if path.objective is not None:
        if request.method == "POST":
            return redirect("first-run-check-in")
        context |= {
            "key_results": path.objective.key_results.all(),
            "line": line(path.objective, request.person),
            "above": next_above(path.objective),
        }
        return render(request, "interchange/first_run/objective_set.html", context)
    assert path.strategy is not None  # `step` has seen to it
    active = path.strategy.priorities.active().prefetch_related("expected_results")
    form = ObjectiveForm(
        request.POST if request.method == "POST" else None,
        priorities=active,
        initial={"priority": active.first()},
    )
    if form.is_bound and saved(
        form, lambda: set_first_objective(actor=request.person, **form.cleaned_data)
    ):
        return redirect("first-run-check-in")
    today = clock.today()
    running = Cycle.objects.filter(
        state=Cycle.State.OPEN, starts_on__lte=today, ends_on__gte=today
    ).first()
    name, _, ends_on = quarter_of(today)
    context |= {
        "cycle": running.name if running else name,
        "ends_on": running.ends_on if running else ends_on,
        "priorities": active,
    }
    return page_with(request, "interchange/first_run/objective.html", form, context)


@require_http_methods(["GET", "POST"])
@step("first-run-check-in")
def first_check_in(request: PersonRequest, path: Path) -> HttpResponse:
    """The first check-in; once there is one, on to the line."""
    assert path.objective is not None  # `step` has seen to it
    if path.check_in is not None:
        return redirect("first-run-line")
    key_result = path.objective.key_results.select_related("objective__cycle").first()
    assert key_result is not None  # an objective without one does not tie the step before
    form = CheckInForm(request.POST if request.method == "POST" else None)
    if form.is_bound and saved(
        form, lambda: check_in(actor=request.person, key_result=key_result, **form.cleaned_data)
    ):
        return redirect("first-run-line")
    context = {
        "knots": path.knots("first-run-check-in"),
        "objective": path.objective,
        "key_result": key_result,
        "above": next_above(path.objective),
    }
    return page_with(request, "interchange/first_run/check_in.html", form, context)


@require_GET
@step("first-run-line")
def gold_line(request: PersonRequest, path: Path) -> HttpResponse:
    """The line from a priority to today's check-in, drawn, and what one can do from here."""
    assert path.objective is not None  # `step` has seen to it
    assert path.check_in is not None
    assert path.strategy is not None
    context = {
        "knots": path.knots("first-run-line"),
        "line": line(path.objective, request.person),
        "objective": path.objective,
        "check_in": path.check_in,
        "key_result": path.check_in.key_result,
        "priorities": path.strategy.priorities.active().count(),
        "people": Person.objects.working(clock.today()).count(),
        "uninvited": Person.objects.filter(user=None).exclude(email="").count(),
        "home": nav.address("home"),
        "strategy": nav.address("strategy"),
    }
    return render(request, "interchange/first_run/line.html", context)
