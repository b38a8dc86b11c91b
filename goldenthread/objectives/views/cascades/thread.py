"""The page of a thread, and answering on it: agree, counter, decline, take back."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import relations, require
from goldenthread.core.errors import DomainError
from goldenthread.objectives.forms.acts import ReasonForm
from goldenthread.objectives.forms.cascade import TermsForm, begun_with
from goldenthread.objectives.forms.key_result import key_result_forms
from goldenthread.objectives.models import CascadeVersion
from goldenthread.objectives.selectors.cascades.thread import rights, thread_page
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import terms_of
from goldenthread.objectives.services.cascades.sides import standing
from goldenthread.objectives.views.cascades.proposing import cascade_or_404
from goldenthread.objectives.views.writing import Sheet, written
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in, page_with, saved
from goldenthread.permissions import Action
from goldenthread.ui.templatetags.goldenthread import day

NEXT_ANSWER = dt.timedelta(7)


@require_GET
@signed_in
def cascade(request: PersonRequest, pk: int) -> HttpResponse:
    """`?with=1` compares with another version than the one that was answered."""
    found = cascade_or_404(request, pk)
    page = thread_page(request.person, found, number_in(request.GET, "with"), clock.today())
    context = {"page": page, "one": found, "rights": page.rights}
    return render(request, "objectives/cascade.html", context)


@require_POST
@signed_in
def cascade_agree(request: PersonRequest, pk: int) -> HttpResponse:
    found = cascade_or_404(request, pk)
    try:
        done = services.agree_cascade(
            actor=request.person, cascade=found, answers=number_in(request.POST, "answers") or 0
        )
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect(found)
    messages.success(request, f"Agreed. {done.taking_unit} has the objective.")
    return redirect(done)


@require_http_methods(["GET", "POST"])
@signed_in
def cascade_counter(request: PersonRequest, pk: int) -> HttpResponse:
    """Another version, begun with the one that stands."""
    found = cascade_or_404(request, pk)
    require(request.person, Action.COUNTER_CASCADE, found)
    current = standing(found)
    its = rights(relations(request.person, found), found, current, request.person)
    if not its.counter and not its.rewrite:
        raise DomainError("Nothing here waits for an answer of yours.")
    before = terms_of(current)
    sent = request.POST or None
    by = max(current.answer_by, clock.today() + NEXT_ANSWER)
    form = TermsForm(sent, initial=begun_with(before, answer_by=by))
    sheet = Sheet(form, key_result_forms(sent, written=before.key_results), least=0)
    made: list[CascadeVersion] = []

    def write() -> None:
        made.append(
            services.counter_cascade(
                actor=request.person,
                cascade=found,
                terms=form.terms([one.draft() for one in sheet.kept]),
                answers=number_in(request.POST, "answers") or 0,
            )
        )

    if request.method == "POST" and written(sheet, write):
        version = made[0]
        if version.stale:
            found.refresh_from_db()
            messages.warning(
                request,
                f"Somebody was quicker: version {found.number} stands. Yours is kept beside it as version "
                f"{version.number} and changes nothing.",
            )
            return redirect(f"{found.get_absolute_url()}?with={version.number}")
        messages.success(request, f"Sent. The other side answers by {day(version.answer_by)}.")
        return redirect(found)
    context: dict[str, Any] = {
        "sheet": sheet,
        "form": form,
        "cascade": found,
        "standing": current,
        "own": its.rewrite,
        "answers": request.POST.get("answers") or found.number,
    }
    status = 422 if form.is_bound else 200
    return render(request, "objectives/cascade_counter.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def cascade_decline(request: PersonRequest, pk: int) -> HttpResponse:
    found = cascade_or_404(request, pk)
    require(request.person, Action.DECLINE_CASCADE, found)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and saved(
        form,
        lambda: services.decline_cascade(
            actor=request.person, cascade=found, reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, "Declined. Your reason stays on record.")
        return redirect(found)
    return page_with(request, "objectives/cascade_decline.html", form, {"cascade": found})


@require_http_methods(["GET", "POST"])
@signed_in
def cascade_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    found = cascade_or_404(request, pk)
    require(request.person, Action.WITHDRAW_CASCADE, found)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].required = False
    if request.method == "POST" and saved(
        form,
        lambda: services.withdraw_cascade(
            actor=request.person, cascade=found, reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, "Taken back. It stays readable.")
        return redirect(found)
    return page_with(request, "objectives/cascade_withdraw.html", form, {"cascade": found})
