"""The page of a decision, and everything that is done on it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import (
    number_in,
    page_with,
    saved,
    version_in,
)
from goldenthread.permissions import Action
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.forms import (
    DecideForm,
    DecisionForm,
    LaterForm,
    LookBackForm,
    WithdrawForm,
    WithParts,
    WordingForm,
    decision_initial,
    wording_initial,
)
from goldenthread.tradeoffs.models import Decision
from goldenthread.tradeoffs.selectors.page import decision_page, rights, seen_decision
from goldenthread.tradeoffs.selectors.touches import seen_touches
from goldenthread.tradeoffs.services.parts import OptionWords, Touched
from goldenthread.tradeoffs.views.listing import touched_by_key
from goldenthread.ui.templatetags.goldenthread import day

SAID_LATER = ("outcome", "learnt")


def decision_or_404(request: PersonRequest, pk: int) -> Decision:
    found = seen_decision(request.person, pk)
    if found is None:
        raise Http404
    return found


@require_GET
@signed_in
def decision(request: PersonRequest, pk: int) -> HttpResponse:
    page = decision_page(decision_or_404(request, pk), request.person, clock.today())
    context = {"page": page, "decision": page.decision, "rights": page.rights, "today": page.on}
    return render(request, "tradeoffs/decision.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def decision_new(request: PersonRequest) -> HttpResponse:
    """A new question; begun with what it touches (`?touches=o12`) or with the decision it replaces (`?replaces=7`)."""
    require(request.person, Action.OPEN_DECISION)
    old = _replaced(request)
    form = DecisionForm(
        request.POST or None,
        reader=request.person,
        initial={"question": old.question, "confidential": old.confidential} if old else {},
        options=_options_of(old) if old else [],
        touched=_begun_with(request, old),
    )
    made: list[Decision] = []

    def write() -> None:
        made.append(services.open_decision(actor=request.person, replaces=old, **form.given()))

    if request.method == "POST" and _written(form, write):
        one = made[0]
        if "decide" in request.POST and one.decider == request.person:
            return redirect("decision-decide", one.pk)
        who = "you" if one.decider == request.person else str(one.decider)
        messages.success(request, f"On record, to be decided by {who} by {day(one.due_on)}.")
        return redirect(one)
    context = {"replaces": old, "draft_key": f"decision-new-{old.pk if old else ''}"}
    return _sheet(request, "tradeoffs/decision_new.html", form, context)


def _replaced(request: PersonRequest) -> Decision | None:
    pk = number_in(request.GET, "replaces")
    if pk is None:
        return None
    old = decision_or_404(request, pk)
    require(request.person, Action.EDIT_DECISION, old)
    return old


def _options_of(old: Decision) -> list[OptionWords]:
    """Its options for a new question: none of its rows, only its words."""
    return [OptionWords(one.title, one.speaks_for, one.speaks_against) for one in old.options.all()]


def _begun_with(request: PersonRequest, old: Decision | None) -> list[Touched]:
    if old is not None:
        return [touch.record for touch in seen_touches(old, request.person)]
    found = touched_by_key(request.person, request.GET.get("touches", ""))
    return [] if found is None else [found]


@require_http_methods(["GET", "POST"])
@signed_in
def decision_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """While it is open."""
    found = decision_or_404(request, pk)
    require(request.person, Action.EDIT_DECISION, found)
    if not found.is_open:
        return redirect("decision-wording" if found.is_made else "decision", pk)
    form = DecisionForm(
        request.POST or None,
        reader=request.person,
        initial=decision_initial(found),
        options=list(found.options.all()),
        touched=[touch.record for touch in seen_touches(found, request.person)],
    )

    def write() -> None:
        given = form.given()
        given["decider"] = given["decider"] or request.person
        services.edit_decision(
            actor=request.person, decision=found, version=version_in(request), **given
        )

    if request.method == "POST" and _written(form, write):
        messages.success(request, "Saved.")
        return redirect(found)
    return _sheet(request, "tradeoffs/decision_edit.html", form, {"decision": found})


@require_http_methods(["GET", "POST"])
@signed_in
def decision_wording(request: PersonRequest, pk: int) -> HttpResponse:
    """Once it is decided."""
    found = decision_or_404(request, pk)
    require(request.person, Action.EDIT_DECISION, found)
    if not found.is_made:
        return redirect("decision-edit" if found.is_open else "decision", pk)
    form = WordingForm(
        request.POST or None,
        reader=request.person,
        initial=wording_initial(found),
        options=list(found.options.all()),
        touched=[touch.record for touch in seen_touches(found, request.person)],
        more=False,
    )
    if found.looked_back_on is None:
        for name in SAID_LATER:
            del form.fields[name]

    def write() -> None:
        services.correct_decision(
            actor=request.person, decision=found, version=version_in(request), **form.given()
        )

    if request.method == "POST" and _written(form, write):
        messages.success(request, "Corrected. The earlier words stay in the history.")
        return redirect(found)
    context = {"decision": found, "may_replace": rights(found, request.person).replace}
    return _sheet(request, "tradeoffs/decision_wording.html", form, context)


def _sheet(
    request: PersonRequest, template: str, form: WithParts, context: dict[str, Any]
) -> HttpResponse:
    """The page with its form: 422 when something in it, or in its options, is to be put right."""
    status = 422 if form.problems() else 200
    return render(request, template, {"form": form, **context}, status=status)


def _written(form: WithParts, write: Callable[[], object]) -> bool:
    """As `saved`, with what is refused of an option beside that option."""
    if not form.is_valid():
        return False
    try:
        write()
    except DomainError as error:
        form.refuse(error.field, error.message)
        return False
    return True


@require_http_methods(["GET", "POST"])
@signed_in
def decision_decide(request: PersonRequest, pk: int) -> HttpResponse:
    found = decision_or_404(request, pk)
    require(request.person, Action.DECIDE, found)
    options = list(found.options.all())
    form = DecideForm(request.POST or None, options=options)
    done = _act(
        request,
        found,
        form,
        lambda version: services.decide(
            actor=request.person, decision=found, version=version, **form.given()
        ),
        "Decided. It stands on the page of everything that it touches.",
    )
    context = {"decision": found, "options": options}
    return done or page_with(request, "tradeoffs/decision_decide.html", form, context)


@require_http_methods(["GET", "POST"])
@signed_in
def decision_look_back(request: PersonRequest, pk: int) -> HttpResponse:
    found = decision_or_404(request, pk)
    require(request.person, Action.LOOK_BACK, found)
    form = LookBackForm(request.POST or None)
    done = _act(
        request,
        found,
        form,
        lambda version: services.look_back(
            actor=request.person, decision=found, version=version, **form.cleaned_data
        ),
        "Looked back on. What was learnt stays with the decision.",
    )
    page = decision_page(found, request.person, clock.today())
    context = {"decision": found, "page": page, "later_form": LaterForm()}
    return done or page_with(request, "tradeoffs/decision_look_back.html", form, context)


@require_POST
@signed_in
def decision_look_later(request: PersonRequest, pk: int) -> HttpResponse:
    found = decision_or_404(request, pk)
    require(request.person, Action.LOOK_BACK, found)
    later = LaterForm(request.POST)
    done = _act(
        request,
        found,
        later,
        lambda version: services.look_again_later(
            actor=request.person, decision=found, version=version, **later.cleaned_data
        ),
        "Put off. Home asks again on that day.",
    )
    page = decision_page(found, request.person, clock.today())
    context = {"decision": found, "page": page, "later_form": later, "form": LookBackForm()}
    return done or render(request, "tradeoffs/decision_look_back.html", context, status=422)


@require_http_methods(["GET", "POST"])
@signed_in
def decision_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    found = decision_or_404(request, pk)
    require(request.person, Action.EDIT_DECISION, found)
    form = WithdrawForm(request.POST or None)
    done = _act(
        request,
        found,
        form,
        lambda version: services.withdraw_decision(
            actor=request.person, decision=found, version=version, **form.cleaned_data
        ),
        "Withdrawn. It stays readable.",
    )
    return done or page_with(request, "tradeoffs/decision_withdraw.html", form, {"decision": found})


@require_POST
@signed_in
def decision_confirm(request: PersonRequest, pk: int) -> HttpResponse:
    found = decision_or_404(request, pk)
    services.confirm_decision(actor=request.person, decision=found)
    messages.success(request, "Taken on. It counts from now on.")
    return redirect(found)


def _act(
    request: PersonRequest,
    found: Decision,
    form: forms.Form,
    write: Callable[[int], Any],
    said: str,
) -> HttpResponse | None:
    """The answer once it is done; None while something is to be put right, or nothing was sent."""
    if request.method != "POST" or not saved(form, lambda: write(version_in(request))):
        return None
    messages.success(request, said)
    return redirect(reverse("decision", args=[found.pk]))
