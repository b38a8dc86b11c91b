"""A leadership review: prepared, its agenda in the meeting, its minutes once it is closed."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.objectives.models import Cycle
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.people.views.forms_in_pages import page_with, saved, version_in
from goldenthread.permissions import Action
from goldenthread.programme.models import LeadershipReview
from goldenthread.programme.review_forms import (
    AddendumForm,
    EditReviewForm,
    NotesForm,
    PrepareForm,
)
from goldenthread.programme.selectors.reviews.page import review_page, seen_review
from goldenthread.programme.services import reviews as services
from goldenthread.strategy.models import Strategy
from goldenthread.ui.templatetags.goldenthread import day

MOST_PROPOSED = 12


def review_or_404(request: PersonRequest, pk: int) -> LeadershipReview:
    found = seen_review(request.person, pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@signed_in
def leadership_review_new(request: PersonRequest) -> HttpResponse:
    """A new one; who sponsors a priority or heads a unit at the top is proposed to be there."""
    require(request.person, Action.PREPARE_REVIEW)
    on = clock.today()
    running = Cycle.objects.filter(starts_on__lte=on, ends_on__gte=on).order_by("-starts_on")
    form = PrepareForm(
        request.POST or None,
        initial={"cycle": running.first()},
        there=[] if request.method == "POST" else _proposed(request.person),
    )
    made: list[LeadershipReview] = []

    def write() -> None:
        made.append(services.prepare_review(actor=request.person, **form.given()))

    if request.method == "POST" and saved(form, write):
        messages.success(request, "Prepared. The agenda is made from today’s data.")
        return redirect(made[0])
    return page_with(
        request, "programme/reviews/new.html", form, {"nav_here": "leadership-reviews"}
    )


def _proposed(person: Person) -> list[Person]:
    """Who sponsors a priority of the strategy in force, or leads a unit at the top or just below it."""
    on = clock.today()
    sponsors = Q(sponsored_priorities__strategy__in=Strategy.objects.in_force(on))
    top = Q(led_units__parent__isnull=True) | Q(led_units__parent__parent__isnull=True)
    rows = Person.objects.working(on).filter(sponsors | Q(top, led_units__isnull=False))
    return list(rows.exclude(pk=person.pk).distinct().order_by("name", "pk")[:MOST_PROPOSED])


@require_GET
@signed_in
def leadership_review(request: PersonRequest, pk: int) -> HttpResponse:
    return shown(request, review_or_404(request, pk))


def shown(
    request: PersonRequest, review: LeadershipReview, status: int = 200, **forms: Any
) -> HttpResponse:
    page = review_page(review, request.person)
    context = {
        "page": page,
        "review": review,
        "today": clock.today(),
        "notes_form": forms.get("notes") or NotesForm(initial={"notes": review.notes}),
        "add_form": forms.get("add") or AddendumForm(),
        "nav_here": "leadership-reviews",
    }
    return render(request, "programme/reviews/review.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def leadership_review_edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = review_or_404(request, pk)
    require(request.person, Action.RUN_REVIEW, found)
    form = EditReviewForm(
        request.POST or None,
        initial={"held_on": found.held_on, "chair": found.chair},
        there=list(found.attendees.all()),
    )

    def write() -> None:
        services.edit_review(
            actor=request.person, review=found, version=version_in(request), **form.given()
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, "Saved.")
        return redirect(found)
    context = {"review": found, "nav_here": "leadership-reviews"}
    return page_with(request, "programme/reviews/edit.html", form, context)


@require_POST
@signed_in
def leadership_review_refresh(request: PersonRequest, pk: int) -> HttpResponse:
    found = review_or_404(request, pk)
    services.bring_up_to_date(actor=request.person, review=found)
    messages.success(request, "The agenda is as of now; what was written stays.")
    return redirect(found)


@require_POST
@signed_in
def leadership_review_notes(request: PersonRequest, pk: int) -> HttpResponse:
    found = review_or_404(request, pk)
    require(request.person, Action.TAKE_MINUTES, found)
    form = NotesForm(request.POST)

    def write() -> None:
        services.keep_notes(
            actor=request.person,
            review=found,
            notes=form.cleaned_data["notes"],
            version=version_in(request),
        )

    if saved(form, write):
        messages.success(request, "Kept.")
        return redirect(f"{found.get_absolute_url()}#notes")
    return shown(request, found, 422, notes=form)


@require_POST
@signed_in
def leadership_review_close(request: PersonRequest, pk: int) -> HttpResponse:
    found = review_or_404(request, pk)
    services.close_review(actor=request.person, review=found, version=version_in(request))
    messages.success(request, f"Closed. These are the minutes of {day(found.held_on, 'full')}.")
    return redirect(found)


@require_POST
@signed_in
def leadership_review_add(request: PersonRequest, pk: int) -> HttpResponse:
    found = review_or_404(request, pk)
    require(request.person, Action.TAKE_MINUTES, found)
    form = AddendumForm(request.POST)

    def write() -> None:
        services.add_addendum(actor=request.person, review=found, text=form.cleaned_data["text"])

    if saved(form, write):
        messages.success(request, "Added below the minutes.")
        return redirect(f"{found.get_absolute_url()}#addenda")
    return shown(request, found, 422, add=form)
