"""Writing an objective: new, edited before agreement, countered, changed or corrected after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from goldenthread.core.access import require
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.objectives.forms.acts import NoteForm, ReasonForm
from goldenthread.objectives.forms.key_result import KeyResultForm, key_result_forms
from goldenthread.objectives.forms.objective import ObjectiveForm, WordingForm
from goldenthread.objectives.models import (
    Objective,
)
from goldenthread.objectives.selectors.page import rights
from goldenthread.objectives.services import agreement, drafts
from goldenthread.objectives.services.changes import Change, propose_change
from goldenthread.objectives.services.quality import CriteriaOpen
from goldenthread.objectives.views import beginning
from goldenthread.objectives.views.answers import objective_or_404, version_in
from goldenthread.objectives.views.so_far import criteria_so_far
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import saved
from goldenthread.permissions import Action
from goldenthread.strategy.models import Kpi

PERIOD = ("starts_on", "ends_on")
RHYTHM = ("cadence_days", "run_the_business")


@dataclass
class Sheet:
    """The form of an objective with those of its key results, as one."""

    form: Any
    key_results: list[KeyResultForm]
    with_it: ReasonForm | NoteForm | None = None
    least: int = 1  # key results

    @property
    def filled(self) -> list[KeyResultForm]:
        return [one for one in self.key_results if not one.is_empty]

    @property
    def kept(self) -> list[KeyResultForm]:
        return [one for one in self.filled if not one.cleaned_data.get("remove")]

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is to be put right, each with the id of its field."""
        steps = (row for one in self.key_results for row in one.milestones)
        parts: list[Any] = [self.form, *self.key_results, *steps]
        if self.with_it is not None:
            parts.append(self.with_it)
        found = []
        for form in parts:
            if form.is_bound and form._errors:
                found += [(str(error), "") for error in form.non_field_errors()]
                for field in form:
                    found += [(f"{field.label}: {one}", field.auto_id) for one in field.errors]
        return found

    def is_valid(self) -> bool:
        whole = [self.form, *self.filled, *([self.with_it] if self.with_it else [])]
        valid = all([one.is_valid() for one in whole])  # noqa: C419  every error is shown, not the first
        if valid and len(self.kept) < self.least:
            self.key_results[0].is_valid()
            self.key_results[0].add_error(
                "title", "Say how it will be judged: one key result at least."
            )
            return False
        return valid

    def refuse(self, error: DomainError) -> None:
        """Put what a service refuses beside its field."""
        field = error.field or ""
        if field.startswith("key_results-"):
            _, place, name = field.split("-", 2)
            form = self.kept[int(place)]
            form.add_error(name if name in form.fields else "title", error.message)
            return
        if field.partition("-")[0].isdigit():
            form = next(one for one in self.kept if one.row and field.startswith(f"{one.row.pk}-"))
            name = field.partition("-")[2]
            form.add_error(name if name in form.fields else "title", error.message)
            return
        if self.with_it is not None and field in self.with_it.fields:
            self.with_it.add_error(field, error.message)
            return
        name = {"parent": "serves"}.get(field, field)
        self.form.add_error(name if name in self.form.fields else None, error.message)


@require_http_methods(["GET", "POST"])
@signed_in
def objective_new(request: PersonRequest) -> HttpResponse:
    """A new draft; with *propose* it goes to the other side at once."""
    led = _led(request.person)
    kpi = beginning.recovered(request)
    template = beginning.template(request)
    form = ObjectiveForm(
        request.POST or None,
        reader=request.person,
        led=led,
        initial=beginning.start(request, led, kpi, template),
    )
    sheet = Sheet(form, key_result_forms(request.POST or None))
    if not form.is_bound:
        beginning.fill_in(sheet.key_results, kpi, template)
    if request.method == "POST" and (made := _drafted(request, sheet, kpi)):
        return redirect("objective", made.pk)
    context = {
        "sheet": sheet,
        "recovers": kpi,
        "template": template,
        "templates": [] if form.is_bound else beginning.offered(request),
        "draft_key": f"objective-new-{template.pk}" if template else "objective-new",
    }
    return _shown(request, "objectives/objective_new.html", sheet, context)


def _drafted(request: PersonRequest, sheet: Sheet, kpi: Kpi | None) -> Objective | None:
    """The objective, drafted or proposed; None when something is to be put right."""
    made: list[Objective] = []

    def write() -> None:
        draft = _draft(sheet, recovers=kpi)
        made.append(drafts.draft_objective(actor=request.person, draft=draft))

    if not written(sheet, write):
        return None
    objective = made[0]
    if "propose" in request.POST:
        try:
            agreement.propose(actor=request.person, objective=objective)
        except CriteriaOpen as error:
            messages.warning(request, f"Kept as a draft. {error.message}")
        else:
            messages.success(request, proposed_words(objective))
    else:
        messages.success(request, "Kept as a draft. Propose it when it is ready.")
    return objective


def proposed_words(objective: Objective) -> str:
    if objective.is_live:
        return f"“{objective}” is agreed."
    side = agreement.proposer_side(objective)
    other = (
        agreement.next_above(objective) if side == agreement.Side.OWNER else objective.accountable
    )
    return f"Proposed. It waits for {other or 'the other side'}."


@require_http_methods(["GET", "POST"])
@signed_in
def objective_edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Before agreement the whole of it; after it its words alone."""
    objective = objective_or_404(request, pk)
    if objective.is_live or objective.is_closed:
        return _correct(request, objective)
    require(request.person, Action.EDIT_DRAFT, objective)
    if not rights(objective, request.person).edit:
        raise NotAllowed("The other side proposed this. Answer with a counter-proposal.")
    sheet = _sheet(request, objective)
    is_written = request.method == "POST" and written(
        sheet,
        lambda: drafts.edit_draft(
            actor=request.person,
            objective=objective,
            draft=_draft(sheet, objective),
            version=version_in(request) or 0,
        ),
    )
    if is_written:
        messages.success(request, "Saved.")
        return redirect("objective", objective.pk)
    context = {"sheet": sheet, "objective": objective, "draft_key": f"objective-{objective.pk}"}
    return _shown(request, "objectives/objective_edit.html", sheet, context)


def _correct(request: PersonRequest, objective: Objective) -> HttpResponse:
    require(request.person, Action.CORRECT_WORDING, objective)
    if objective.is_closed:
        raise DomainError("This objective is closed; its wording stays as it was.")
    initial = {"title": objective.title, "why": objective.why}
    form = WordingForm(request.POST or None, initial=initial)
    if request.method == "POST" and saved(
        form,
        lambda: drafts.correct_wording(
            actor=request.person,
            objective=objective,
            version=version_in(request) or 0,
            **form.cleaned_data,
        ),
    ):
        messages.success(request, "The wording is corrected. The old one stays in the history.")
        return redirect("objective", objective.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "objective": objective}
    return render(request, "objectives/wording.html", context, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def objective_counter(request: PersonRequest, pk: int) -> HttpResponse:
    """Answer a proposal with another wording."""
    objective = objective_or_404(request, pk)
    require(request.person, Action.AGREE_OBJECTIVE, objective)
    if not rights(objective, request.person).counter:
        raise DomainError("There is no proposal here that waits for your answer.")
    sheet = _sheet(request, objective, with_it=NoteForm(request.POST or None))
    is_written = request.method == "POST" and written(
        sheet,
        lambda: drafts.counter(
            actor=request.person,
            objective=objective,
            draft=_draft(sheet, objective),
            note=sheet.with_it.cleaned_data["note"] if sheet.with_it else "",
            version=version_in(request) or 0,
        ),
    )
    if is_written:
        messages.success(request, "Your wording is proposed. The other side has the next word.")
        return redirect("objective", objective.pk)
    context = {"sheet": sheet, "objective": objective, "draft_key": f"counter-{objective.pk}"}
    return _shown(request, "objectives/objective_counter.html", sheet, context)


@require_http_methods(["GET", "POST"])
@signed_in
def objective_change(request: PersonRequest, pk: int) -> HttpResponse:
    """Propose a change to what is agreed; until it is answered the agreed wording holds."""
    objective = objective_or_404(request, pk)
    require(request.person, Action.PROPOSE_CHANGE, objective)
    reason_form = ReasonForm(request.POST or None)
    reason_form.fields["reason"].label = "Why it changes"
    sheet = _sheet(request, objective, change=True, with_it=reason_form)
    made = []

    def write() -> None:
        reason = sheet.with_it.cleaned_data["reason"] if sheet.with_it else ""
        made.append(
            propose_change(
                actor=request.person, objective=objective, change=_change(sheet), reason=reason
            )
        )

    if request.method == "POST" and written(sheet, write):
        change = made[0]
        messages.success(
            request,
            f"Proposed. It waits for {change.addressee or 'the other side'}."
            if change.state == change.State.OPEN
            else "Changed. The old wording stays readable.",
        )
        return redirect("objective", objective.pk)
    context = {"sheet": sheet, "objective": objective, "draft_key": f"change-{objective.pk}"}
    return _shown(request, "objectives/objective_change.html", sheet, context)


# From forms to drafts and back --------------------------------------------------------------------------------


def written(sheet: Sheet, write: Any) -> bool:
    if not sheet.is_valid():
        return False
    try:
        write()
    except DomainError as error:
        sheet.refuse(error)
        return False
    return True


def _shown(
    request: PersonRequest, template: str, sheet: Sheet, context: dict[str, Any]
) -> HttpResponse:
    objective = context.get("objective")
    context |= {"criteria": criteria_so_far(sheet, objective)}
    return render(request, template, context, status=422 if sheet.form.is_bound else 200)


def sheet_of(request: PersonRequest, objective: Objective | None, change: bool = False) -> Sheet:
    """The forms as they are sent: of an objective, or of a new one."""
    if objective is not None:
        return _sheet(request, objective, change=change)
    form = ObjectiveForm(request.POST, reader=request.person, led=_led(request.person))
    return Sheet(form, key_result_forms(request.POST))


def _sheet(
    request: PersonRequest,
    objective: Objective,
    change: bool = False,
    with_it: ReasonForm | NoteForm | None = None,
) -> Sheet:
    led = _led(request.person)
    names = ("title", "why", "cycle", "ambition", "critical", "restricted", *PERIOD, *RHYTHM)
    initial = {name: getattr(objective, name) for name in names}
    initial |= ObjectiveForm.owner_initial(objective.owner, request.person, led)
    sent = request.POST or None
    form = ObjectiveForm(
        sent, reader=request.person, led=led, objective=objective, change=change, initial=initial
    )
    rows = list(
        objective.key_results.select_related("reporter", "kpi").prefetch_related(
            "milestones", "check_ins"
        )
    )
    return Sheet(form, key_result_forms(sent, rows), with_it)


def _draft(
    sheet: Sheet, objective: Objective | None = None, recovers: Kpi | None = None
) -> drafts.ObjectiveDraft:
    sent = sheet.form.cleaned_data
    serves: Sequence[drafts.Serves] = ()
    if sent.get("serves") is not None:
        serves = [drafts.Serves(sent["serves"], sent["strength"])]
    return drafts.ObjectiveDraft(
        title=sent["title"],
        why=sent["why"],
        cycle=sent["cycle"],
        owner=sent["owner"],
        ambition=sent["ambition"],
        critical=sent["critical"],
        restricted=sent["restricted"],
        run_the_business=sent["run_the_business"],
        starts_on=sent["starts_on"],
        ends_on=sent["ends_on"],
        cadence_days=sent["cadence_days"],
        recovers=objective.recovers if objective else recovers,
        key_results=[one.draft() for one in sheet.kept],
        serves=serves,
    )


def _change(sheet: Sheet) -> Change:
    sent = sheet.form.cleaned_data
    owner = sent["owner"]
    fields = {
        name: sent[name] for name in ("title", "why", "ambition", "critical", *PERIOD, *RHYTHM)
    }
    fields["owner_person"] = owner if isinstance(owner, Person) else None
    fields["owner_unit"] = owner if isinstance(owner, Unit) else None
    return Change(
        fields,
        {one.row.pk: one.changed_fields() for one in sheet.kept if one.row is not None},
        tuple(one.draft() for one in sheet.kept if one.row is None),
        tuple(
            one.row.pk
            for one in sheet.filled
            if one.row is not None and one.cleaned_data.get("remove")
        ),
    )


def _led(person: Person) -> list[Unit]:
    """The units that a person leads, most of all for whom they write objectives."""
    return list(person.led_units.filter(ended_on__isnull=True).order_by("name"))
