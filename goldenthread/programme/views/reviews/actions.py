"""The page of an action: done, put off, dropped."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved, version_in
from goldenthread.permissions import Action
from goldenthread.programme.models import LeadershipReview, ReviewAction
from goldenthread.programme.review_forms import DropForm, FinishForm, PutOffForm
from goldenthread.programme.selectors.reviews.page import seen_action
from goldenthread.programme.services import reviews as services


def action_or_404(request: PersonRequest, pk: int) -> ReviewAction:
    one = seen_action(request.person, pk)
    if one is None:
        raise Http404
    return one


@require_GET
@signed_in
def review_action(request: PersonRequest, pk: int) -> HttpResponse:
    return _shown(request, action_or_404(request, pk))


def _shown(
    request: PersonRequest, action: ReviewAction, status: int = 200, **sent: Any
) -> HttpResponse:
    seen = LeadershipReview.objects.visible_to(request.person).filter(pk=action.review_id)
    context = {
        "action": action,
        "late": action.is_overdue(clock.today()),
        "may_do": action.is_open and can(request.person, Action.DO_ACTION, action),
        "sees_review": seen.exists(),
        "finish": sent.get("finish") or FinishForm(auto_id="finish_%s"),
        "put_off": sent.get("put_off") or PutOffForm(auto_id="later_%s"),
        "drop": sent.get("drop") or DropForm(auto_id="drop_%s"),
        "nav_here": "leadership-reviews",
    }
    return render(request, "programme/reviews/action.html", context, status=status)


def _act(
    request: PersonRequest,
    pk: int,
    name: str,
    form: forms.Form,
    write: Callable[..., Any],
    said: str,
) -> HttpResponse:
    action = action_or_404(request, pk)
    require(request.person, Action.DO_ACTION, action)
    if saved(
        form,
        lambda: write(
            actor=request.person, action=action, version=version_in(request), **form.cleaned_data
        ),
    ):
        messages.success(request, said)
        return redirect(action)
    return _shown(request, action, 422, **{name: form})


@require_POST
@signed_in
def review_action_done(request: PersonRequest, pk: int) -> HttpResponse:
    form = FinishForm(request.POST, auto_id="finish_%s")
    return _act(request, pk, "finish", form, services.finish_action, "Done.")


@require_POST
@signed_in
def review_action_put_off(request: PersonRequest, pk: int) -> HttpResponse:
    form = PutOffForm(request.POST, auto_id="later_%s")
    return _act(request, pk, "put_off", form, services.move_action, "Put off.")


@require_POST
@signed_in
def review_action_drop(request: PersonRequest, pk: int) -> HttpResponse:
    form = DropForm(request.POST, auto_id="drop_%s")
    return _act(request, pk, "drop", form, services.drop_action, "Dropped. It stays readable.")
