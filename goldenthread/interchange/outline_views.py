"""Dropping or pasting a strategy, and looking its drafts through: the same for a first run and for any leader later."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.interchange.outline_drafts import Drafted, draft_outline
from goldenthread.interchange.outline_reading import (
    SUFFIXES,
    PlanInstead,
    read_outline,
    read_pasted,
    too_large,
)
from goldenthread.interchange.outline_review import ReviewForm, confirm_review, save_review
from goldenthread.interchange.readers.limits import RefusedFile
from goldenthread.interchange.readers.outline import Outline
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import number_in, page_with
from goldenthread.permissions import Action
from goldenthread.strategy.models import MANY_PRIORITIES, Strategy
from goldenthread.ui import nav

SESSION = "outlines"
EXAMPLE = "The quiet pump\n- Sound from 48 to 42 dB by December 2027\nKeep our installers\n- Second-year stay from 62 % to 80 %"
MOST_KEPT = 100  # texts remembered of one outline, so that a session stays small


class OutlineForm(forms.Form):
    """A strategy pasted as text, dropped as a file, or both."""

    text = forms.CharField(
        required=False,
        max_length=200_000,
        label="Your strategy as text",
        help_text="One priority a line; what you expect of it below, with a dash.",
        widget=forms.Textarea(attrs={"rows": 9, "placeholder": EXAMPLE}),
    )
    file = forms.FileField(
        required=False,
        allow_empty_file=True,
        label="The file it is in",
        help_text=".pptx, .docx or a text, up to 20 MB. It is read, not kept.",
        widget=forms.FileInput(attrs={"accept": SUFFIXES}),
    )

    is_plan = False  # the file is one for the import

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        self.outlines: list[tuple[Outline, str]] = []
        if file := data.get("file"):
            self._read("file", file)
        if data.get("text", "").strip():
            self._read("text", data["text"])
        if not self.outlines and not self.errors:
            self.add_error("text", "Paste your strategy, or choose the file that it is in.")
        return data

    def _read(self, name: str, given: Any) -> None:
        today = clock.today()
        try:
            if name == "text":
                self.outlines.append((read_pasted(given, today), ""))
            elif refusal := too_large(given.size):
                self.add_error(name, refusal)
            else:
                self.outlines.append((read_outline(given.name, given.read(), today), given.name))
        except RefusedFile as refused:
            self.is_plan = isinstance(refused, PlanInstead)
            self.add_error(name, str(refused))


def draft_all(request: PersonRequest, form: OutlineForm, strategy: Strategy | None) -> Strategy:
    """Draft what the form has read, into the strategy or a new one, and remember what no draft holds."""
    for outline, file_name in form.outlines:
        drafted = draft_outline(
            actor=request.person, outline=outline, file_name=file_name, strategy=strategy
        )
        strategy = drafted.strategy
        _remember(request, drafted, file_name)
    assert strategy is not None  # a valid form has read one at least
    return strategy


def _remember(request: PersonRequest, drafted: Drafted, file_name: str) -> None:
    kept = remembered(request, drafted.strategy)
    trade_offs = [*kept["trade_offs"], *drafted.trade_offs]
    kept["file"] = file_name or "the text that you pasted"
    kept["ignored"] = [
        {"where": one.where, "text": one.text[:300], "why": one.why} for one in drafted.ignored
    ][:MOST_KEPT]
    kept["trade_offs"] = list(dict.fromkeys(text[:200] for text in trade_offs))[:MOST_KEPT]
    kept["sponsors"] |= {str(pk): name[:200] for pk, name in drafted.sponsors.items()}
    request.session[SESSION] = {**request.session.get(SESSION, {}), str(drafted.strategy.pk): kept}


def remembered(request: PersonRequest, strategy: Strategy) -> dict[str, Any]:
    """What the session holds of a strategy's outline beside its drafts."""
    empty: dict[str, Any] = {
        "file": "",
        "ignored": [],
        "trade_offs": [],
        "sponsors": {},
        "left_out": [],
    }
    kept: dict[str, Any] = request.session.get(SESSION, {}).get(str(strategy.pk), {})
    return empty | kept


def review(
    request: PersonRequest,
    strategy: Strategy,
    *,
    template: str,
    here: str,
    then: str,
    may_add: bool,
    context: dict[str, Any],
) -> HttpResponse:
    """The drafts of a strategy: saved and shown again (`here`), or confirmed and on (`then`).

    `may_add`: a sponsor who is not here yet is added by name.
    """
    kept = remembered(request, strategy)
    form = ReviewForm(
        request.POST if request.method == "POST" else None,
        strategy=strategy,
        may_add=may_add,
        sponsors={int(pk): name for pk, name in kept["sponsors"].items()},
        trade_offs=kept["trade_offs"],
        left_out=kept["left_out"],
    )
    confirming = request.POST.get("act") == "confirm"
    if request.method == "POST" and form.is_valid() and _written(request, form, confirming):
        left_out = [priority.pk for priority in form.priorities if form.is_out(priority)]
        kept |= {"trade_offs": [], "left_out": []} if confirming else {"left_out": left_out}
        request.session[SESSION] = {**request.session.get(SESSION, {}), str(strategy.pk): kept}
        return redirect(then if confirming else here)
    rows = form.rows()
    page = {
        "strategy": strategy,
        "rows": rows,
        "drafts": sum(row.is_draft for row in rows),
        "file": kept["file"],
        "ignored": kept["ignored"],
        "many": MANY_PRIORITIES,
        "kept": sum(not row.out.value() for row in rows),
        **context,
    }
    return page_with(request, template, form, page)


def _written(request: PersonRequest, form: ReviewForm, confirming: bool) -> bool:
    try:
        if confirming:
            confirm_review(actor=request.person, form=form)
        else:
            save_review(actor=request.person, form=form)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return False
    return True


def strategy_of_organisation() -> Strategy | None:
    """The organisation's strategy: the one in force, else the newest draft."""
    found = Strategy.objects.filter(unit=None).select_related("leader")
    in_force = found.in_force(clock.today()).first()
    return in_force or found.filter(state=Strategy.State.DRAFT).order_by("-pk").first()


@require_http_methods(["GET", "POST"])
@signed_in
def from_outline(request: PersonRequest) -> HttpResponse:
    """Paste or drop a strategy later: into the one named, or the organisation's. Its leader may."""
    strategy = _chosen(request)
    if strategy is None:
        require(request.person, Action.START_STRATEGY)
    else:
        require(request.person, Action.EDIT_STRATEGY, strategy)
    posted = request.method == "POST"
    form = OutlineForm(request.POST, request.FILES) if posted else OutlineForm()
    if posted and form.is_valid():
        drafted = draft_all(request, form, strategy)
        return redirect("strategy-from-outline-review", drafted.pk)
    context = {"strategy": strategy, "imports": nav.address("imports")}
    return page_with(request, "interchange/outline/from_outline.html", form, context)


def _chosen(request: PersonRequest) -> Strategy | None:
    pk = number_in(request.GET, "strategy")
    if pk is None:
        return strategy_of_organisation()
    seen = Strategy.objects.visible_to(request.person).select_related("leader", "unit")
    return get_object_or_404(seen, pk=pk)


@require_http_methods(["GET", "POST"])
@signed_in
def from_outline_review(request: PersonRequest, pk: int) -> HttpResponse:
    """The drafts of a strategy, for its leader to look through and confirm."""
    seen = Strategy.objects.visible_to(request.person).select_related("leader", "unit")
    strategy = get_object_or_404(seen, pk=pk)
    require(request.person, Action.EDIT_STRATEGY, strategy)
    after = nav.address("strategy") if strategy.unit is None else None
    then = after or reverse("priorities", args=[strategy.pk])
    answer = review(
        request,
        strategy,
        template="interchange/outline/review.html",
        here=request.path,
        then=then,
        may_add=False,
        context={},
    )
    if answer.status_code == 302:
        confirmed = request.POST.get("act") == "confirm"
        messages.success(request, "The priorities are confirmed." if confirmed else "Saved.")
    return answer
