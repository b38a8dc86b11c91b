"""What gives: asking, the page on which it is answered, passing it on, taking it back, taking note of the answer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import can, require
from goldenthread.core.errors import SavedMeanwhile
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person
from goldenthread.people.views.forms_in_pages import number_in, page_with, saved, version_in
from goldenthread.permissions import Action
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.gives_forms import AnswerForm, AskForm, EscalateForm, TakeBackForm
from goldenthread.tradeoffs.models import WhatGives
from goldenthread.tradeoffs.selectors.competing import competing
from goldenthread.tradeoffs.selectors.gives import (
    GivesPage,
    gives_context,
    gives_of,
    gives_page,
    seen_gives,
)
from goldenthread.tradeoffs.utilisation import look_of
from goldenthread.ui.templatetags.goldenthread import day


def gives_or_404(request: PersonRequest, pk: int) -> WhatGives:
    found = seen_gives(request.person, pk)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
@signed_in
def what_gives_new(request: PersonRequest) -> HttpResponse:
    """For oneself, or for somebody below (`?person=7`); everything that competes is ticked."""
    person = _person_of(request)
    require(request.person, Action.ASK_WHAT_GIVES, person)
    waiting = WhatGives.objects.waiting().filter(person=person).first()
    if waiting is not None:
        messages.info(request, "This is asked already, and waits for its answer.")
        return redirect(waiting)
    load = competing(request.person, person, clock.today())
    form = AskForm(request.POST or None, person=person, load=load)
    made: list[WhatGives] = []

    def write() -> None:
        given = form.given()
        made.append(services.ask_what_gives(actor=request.person, person=person, **given))

    if request.method == "POST" and saved(form, write):
        one = made[0]
        who = "you" if one.addressee == request.person else str(one.addressee)
        messages.success(request, f"Asked. It waits for {who} until {day(one.due_on)}.")
        return redirect(one)
    context = {
        "whose": person,
        "is_me": person == request.person,
        "load": load,
        "look": look_of(float(load.total)),
    }
    return page_with(request, "tradeoffs/what_gives_new.html", form, context)


def _person_of(request: PersonRequest) -> Person:
    pk = number_in(request.GET, "person")
    if pk is None or pk == request.person.pk:
        return request.person
    found = Person.objects.visible_to(request.person).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_GET
@signed_in
def what_gives_of(request: PersonRequest, pk: int) -> HttpResponse:
    """A part of the page of a person: what waits about their time, or the link that asks."""
    person = Person.objects.visible_to(request.person).filter(pk=pk).first()
    if person is None:
        raise Http404
    may_ask = can(request.person, Action.ASK_WHAT_GIVES, person)
    context = gives_context(gives_of(request.person, person), person if may_ask else None)
    return render(request, "tradeoffs/_gives_of_person.html", context)


@require_GET
@signed_in
def what_gives(request: PersonRequest, pk: int) -> HttpResponse:
    return _shown(request, _page_of(request, pk))


@require_POST
@signed_in
def what_gives_answer(request: PersonRequest, pk: int) -> HttpResponse:
    page = _page_of(request, pk)
    require(request.person, Action.ANSWER_WHAT_GIVES, page.what_gives)
    form = AnswerForm(request.POST, items=page.items)

    def write() -> None:
        services.answer_what_gives(
            actor=request.person,
            what_gives=page.what_gives,
            answers=form.answers(),
            reason=form.cleaned_data["reason"],
            look_again_on=form.cleaned_data["look_again_on"],
            version=version_in(request),
        )

    try:
        if saved(form, write):
            messages.success(
                request, "Answered. The decision, the changes and the effort are on record."
            )
            return redirect(page.what_gives)
    except SavedMeanwhile:
        return _shown(request, _page_of(request, pk), 409, answer=form, mine=_in_words(form))
    return _shown(request, page, 422, answer=form)


def _in_words(form: AnswerForm) -> list[str]:
    """What the second of two people had chosen."""
    answers = form.answers()
    return [f"{one.title}: {answers[one.item.pk].in_words()}" for one in form.items]


@require_POST
@signed_in
def what_gives_escalate(request: PersonRequest, pk: int) -> HttpResponse:
    page = _page_of(request, pk)
    one = page.what_gives
    require(request.person, Action.ESCALATE_WHAT_GIVES, one)
    form = EscalateForm(request.POST, sponsors=page.sponsors)

    def write() -> None:
        services.escalate_what_gives(
            actor=request.person, what_gives=one, version=version_in(request), **form.given()
        )

    if saved(form, write):
        messages.success(
            request, f"Passed on. It waits for {one.addressee} until {day(one.due_on)}."
        )
        return redirect(one)
    return _shown(request, page, 422, escalate=form)


@require_POST
@signed_in
def what_gives_withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    page = _page_of(request, pk)
    one = page.what_gives
    require(request.person, Action.WITHDRAW_WHAT_GIVES, one)
    form = TakeBackForm(request.POST)

    def write() -> None:
        services.withdraw_what_gives(
            actor=request.person,
            what_gives=one,
            reason=form.cleaned_data["reason"],
            version=version_in(request),
        )

    if saved(form, write):
        messages.success(request, "Taken back.")
        return redirect(one)
    return _shown(request, page, 422, withdraw=form)


@require_POST
@signed_in
def what_gives_acknowledge(request: PersonRequest, pk: int) -> HttpResponse:
    found = gives_or_404(request, pk)
    services.acknowledge_answer(actor=request.person, what_gives=found)
    messages.success(request, "Noted.")
    return redirect(found)


def _page_of(request: PersonRequest, pk: int) -> GivesPage:
    return gives_page(gives_or_404(request, pk), request.person, clock.today())


def _shown(
    request: PersonRequest, page: GivesPage, status: int = 200, **forms: Any
) -> HttpResponse:
    answer = forms.get("answer") or AnswerForm(items=page.items)
    context = {
        "page": page,
        "one": page.what_gives,
        "rows": [
            (row, answer.fields_of(row.item) if row.is_open and page.may_answer else None)
            for row in page.items
        ],
        "form": answer,
        "escalate": forms.get("escalate") or EscalateForm(sponsors=page.sponsors),
        "withdraw": forms.get("withdraw") or TakeBackForm(),
        "mine": forms.get("mine"),
    }
    return render(request, "tradeoffs/what_gives.html", context, status=status)
