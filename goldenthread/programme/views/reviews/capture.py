"""What is captured in the meeting, in place: a decision, an action, nothing to do because, next time."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from goldenthread.core.access import require
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in, saved
from goldenthread.permissions import Action
from goldenthread.programme.models import AgendaPoint
from goldenthread.programme.review_forms import DecidePointForm, NothingForm, ReviewActionForm
from goldenthread.programme.selectors.reviews.page import seen_point
from goldenthread.programme.services import reviews as services
from goldenthread.programme.views.reviews.page import review_or_404


def point_or_404(request: PersonRequest, pk: int) -> AgendaPoint:
    found = seen_point(request.person, pk)
    if found is None:
        raise Http404
    return found


def _back(point: AgendaPoint) -> HttpResponse:
    return redirect(f"{point.review.get_absolute_url()}#point-{point.pk}")


def _act(request: PersonRequest, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    """The form under its point, or as a page of its own without script; 422 when something is to be put right."""
    by_htmx = request.headers.get("HX-Request") == "true"
    template = "_act.html" if by_htmx else "act.html"
    status = 422 if form.is_bound and form.errors else 200
    given = {"form": form, "action": request.get_full_path(), "nav_here": "leadership-reviews"}
    return render(request, f"programme/reviews/{template}", given | context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def point_decide(request: PersonRequest, pk: int) -> HttpResponse:
    point = point_or_404(request, pk)
    require(request.person, Action.TAKE_MINUTES, point.review)
    asked = str(point.decision) if point.decision and point.decision.is_open else ""
    if point.decision is not None:
        require(request.person, Action.DECIDE, point.decision)
    else:
        require(request.person, Action.OPEN_DECISION)
    form = DecidePointForm(request.POST or None, asked=asked)

    def write() -> None:
        sent = form.cleaned_data
        given: dict[str, Any] = {"actor": request.person, "point": point}
        if sent["choice"]:
            names = ("choice", "given_up", "look_again_on")
            choice = {name: sent[name] for name in names}
            services.decide_on_point(**given, question=sent.get("question", ""), **choice)
        else:
            names = ("question", "due_on", "decider")
            services.open_decision_on_point(**given, **{name: sent[name] for name in names})

    if request.method == "POST" and saved(form, write):
        messages.success(request, "On record; it stands on the page of what it touches.")
        return _back(point)
    context = {
        "point": point,
        "review": point.review,
        "title": "Decide",
        "word": "Put it on record",
        "options": list(point.decision.options.all()) if point.decision else [],
    }
    return _act(request, form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def point_settle(request: PersonRequest, pk: int) -> HttpResponse:
    """Nothing to do, because …; sent with `outcome` it says next time, or takes back what was said."""
    point = point_or_404(request, pk)
    require(request.person, Action.TAKE_MINUTES, point.review)
    outcome = request.POST.get("outcome")
    if request.method == "POST" and outcome in {"", AgendaPoint.Outcome.NEXT_TIME}:
        services.settle_point(actor=request.person, point=point, outcome=outcome)
        return _back(point)
    form = NothingForm(request.POST or None, initial={"note": point.note})

    def write() -> None:
        services.settle_point(
            actor=request.person,
            point=point,
            outcome=AgendaPoint.Outcome.NOTHING,
            note=form.cleaned_data["note"],
        )

    if request.method == "POST" and saved(form, write):
        return _back(point)
    context = {"point": point, "review": point.review, "title": "Nothing to do", "word": "Keep it"}
    return _act(request, form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def review_action_new(request: PersonRequest, pk: int) -> HttpResponse:
    """An action of the review, about one of its points (`?point=7`) or the whole."""
    review = review_or_404(request, pk)
    require(request.person, Action.TAKE_MINUTES, review)
    number = number_in(request.GET, "point")
    point = point_or_404(request, number) if number is not None else None
    if point is not None and point.review_id != review.pk:
        raise Http404
    form = ReviewActionForm(request.POST or None)

    def write() -> None:
        services.add_action(actor=request.person, review=review, point=point, **form.cleaned_data)

    if request.method == "POST" and saved(form, write):
        messages.success(request, f"{form.cleaned_data['owner']} finds it on home.")
        return _back(point) if point else redirect(f"{review.get_absolute_url()}#actions")
    context = {"point": point, "review": review, "title": "Action", "word": "Give it"}
    return _act(request, form, context)
