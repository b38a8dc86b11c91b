"""Proposing to several units at once, or upward; editing and sending drafts."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import NotAllowed
from goldenthread.objectives.cascade_states import CascadeState
from goldenthread.objectives.fields import key_of
from goldenthread.objectives.forms.cascade import (
    ProposeForm,
    ServesForm,
    TermsForm,
    begun_with,
)
from goldenthread.objectives.forms.key_result import key_result_forms
from goldenthread.objectives.models import Cascade, Cycle, Objective
from goldenthread.objectives.selectors.cascades.thread import seen_cascade
from goldenthread.objectives.selectors.cycles import cycle_to_plan, cycles_to_plan
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import terms_of
from goldenthread.objectives.services.cascades.sides import standing
from goldenthread.objectives.views.answers import version_in
from goldenthread.objectives.views.cascades.listing import served_by_key
from goldenthread.objectives.views.so_far import criteria_so_far
from goldenthread.objectives.views.writing import Sheet, written
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import number_in, page_with
from goldenthread.permissions import Action
from goldenthread.ui.templatetags.goldenthread import counted, day

Direction = Cascade.Direction
MOST_TICKED = 40


def cascade_or_404(request: PersonRequest, pk: int) -> Cascade:
    found = seen_cascade(request.person, pk)
    if found is None:
        raise Http404
    return found


def units_led(person: Person) -> list[Unit]:
    """The units in whose name somebody proposes: their own, and those that they lead today as a deputy."""
    rows = Unit.objects.filter(leader__in=person.self_and_lenders, ended_on__isnull=True)
    return list(rows.select_related("leader").order_by("pk"))


@require_http_methods(["GET", "POST"])
@signed_in
def cascade_new(request: PersonRequest) -> HttpResponse:
    """`?serves=o12` says what it contributes to, `?direction=up` offers it upward, `?unit=3` ticks a unit, `?cycle=2`
    chooses a cycle: else that of the objective served, or the one that is being planned."""
    led = units_led(request.person)
    if not led:
        raise NotAllowed("You may not propose between units here. Who may: who leads a unit.")
    key = request.GET.get("serves", "")
    parent = served_by_key(request.person, key)
    if parent is None:
        if key:
            raise Http404
        return _choose(request)
    behind = services.unit_behind(parent) if isinstance(parent, Objective) else None
    mine = [behind] if behind in led else []
    asked = request.GET.get("direction")
    up = asked == Direction.UP or (isinstance(parent, Objective) and not mine)
    direction = Direction.UP if up else Direction.DOWN
    own = [one for one in led if one != behind] if up else (mine or led)
    if not own:
        raise NotAllowed("This is an objective of your own unit. Write one that serves it.")
    form = ProposeForm(
        request.POST or None,
        direction=direction,
        led=own,
        below=[] if up else _below(own),
        initial=_initial(request, parent),
    )
    sheet = Sheet(form, key_result_forms(request.POST or None), least=0)
    together = request.POST.get("together") or uuid4().hex
    made: list[Cascade] = []

    def write() -> None:
        given = {
            "actor": request.person,
            "parent": parent,
            "cycle": form.cleaned_data["cycle"],
            "terms": form.terms([one.draft() for one in sheet.kept]),
            "send": "draft" not in request.POST,
            "together": together[:36],
        }
        if up:
            made.append(services.offer_upward(unit=form.chosen_own, **given))
        else:
            given |= {"giver": form.chosen_own, "units": form.chosen_units}
            made.extend(services.propose_to_units(**given))

    if request.method == "POST" and written(sheet, write):
        messages.success(request, _made_words(made))
        if len(made) == 1:
            return redirect(made[0])
        return redirect(f"{reverse('cascades')}?serves={key_of(parent)}")
    context = {
        "sheet": sheet,
        "form": form,
        "parent": parent,
        "is_priority": not isinstance(parent, Objective),
        "up": up,
        "serves": key_of(parent),
        "may_turn": not isinstance(parent, Objective),
        "together": together,
        "own": own,
    }
    status = 422 if form.is_bound else 200
    return render(request, "objectives/cascade_new.html", context, status=status)


def _choose(request: PersonRequest) -> HttpResponse:
    """First what it contributes to; then the page for it."""
    form = ServesForm(request.GET if "what" in request.GET else None, reader=request.person)
    if form.is_bound and form.is_valid():
        return redirect(f"{reverse('cascade-new')}?serves={key_of(form.cleaned_data['what'])}")
    return page_with(request, "objectives/cascade_serves.html", form, {})


def _below(own: list[Unit]) -> list[Unit]:
    rows = Unit.objects.filter(parent__in=own, ended_on__isnull=True).order_by("name", "pk")
    return list(rows[:MOST_TICKED])


def _initial(request: PersonRequest, parent: Any) -> dict[str, Any]:
    every, asked = cycles_to_plan(), number_in(request.GET, "cycle")
    cycle = cycle_to_plan(every, clock.today(), asked) or cycle_to_plan(every, clock.today())
    if isinstance(parent, Objective) and asked is None:
        cycle = parent.cycle
    unit = number_in(request.GET, "unit")
    return {"cycle": cycle, "kind": "driver", "units": [str(unit)] if unit else []}


def _made_words(made: list[Cascade]) -> str:
    first = made[0]
    if first.state == CascadeState.DRAFT:
        what = counted(len(made), "draft is,drafts are")
        return f"{what} kept. Change each where it has to differ, then send it."
    if len(made) == 1:
        return f"Proposed. {first.answering_unit} answers by {day(first.answer_by)}."
    return f"Proposed to {len(made)} units, each in a thread of its own."


@require_POST
@signed_in
def cascade_criteria(request: PersonRequest) -> HttpResponse:
    """What is found in a proposal as it stands in its form: of the thread `?cascade=3`, or a new one that serves
    `?serves=o12`. Nothing is saved."""
    pk = number_in(request.GET, "cascade")
    found = cascade_or_404(request, pk) if pk else None
    key = key_of(found.parent) if found is not None else request.GET.get("serves", "")
    sheet = Sheet(TermsForm(request.POST), key_result_forms(request.POST), least=0)
    criteria = criteria_so_far(sheet, **_known(request, found, key))
    return render(request, "objectives/_criteria_now.html", {"criteria": criteria})


def _known(request: PersonRequest, found: Cascade | None, key: str) -> dict[str, Any]:
    """What the objective would have that its form does not say: of several units, one that is ticked."""
    serves = served_by_key(request.person, key)
    if found is not None:
        return {"cycle": found.cycle, "owner": found.taking_unit, "serves": serves}
    unit = number_in(request.POST, "units") or number_in(request.POST, "own") or 0
    return {
        "cycle": Cycle.objects.filter(pk=number_in(request.POST, "cycle") or 0).first(),
        "owner": Unit.objects.filter(pk=unit).select_related("leader").first(),
        "serves": serves,
    }


@require_http_methods(["GET", "POST"])
@signed_in
def cascade_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """A draft, before it is sent."""
    cascade = cascade_or_404(request, pk)
    require(request.person, Action.PROPOSE_CASCADE, cascade)
    before = terms_of(standing(cascade))
    sent = request.POST or None
    form = TermsForm(sent, initial=begun_with(before, word=before.word))
    sheet = Sheet(form, key_result_forms(sent, written=before.key_results), least=0)

    def write() -> None:
        services.edit_cascade_draft(
            actor=request.person,
            cascade=cascade,
            terms=form.terms([one.draft() for one in sheet.kept]),
            version=version_in(request) or 0,
        )

    if request.method == "POST" and written(sheet, write):
        messages.success(request, "Saved. It is still a draft.")
        return redirect(cascade)
    context = {"sheet": sheet, "form": form, "cascade": cascade}
    return render(
        request, "objectives/cascade_edit.html", context, status=422 if form.is_bound else 200
    )


@require_POST
@signed_in
def cascade_send(request: PersonRequest, pk: int) -> HttpResponse:
    cascade = cascade_or_404(request, pk)
    sent = services.send_cascade(actor=request.person, cascade=cascade, version=version_in(request))
    messages.success(request, _made_words([sent]))
    return redirect(sent)
