"""A template of an objective and its key results."""

from typing import Any

from django import forms
from django.http import QueryDict

from goldenthread.objectives.forms.key_result import KINDS
from goldenthread.objectives.forms.objective import text_area
from goldenthread.objectives.models import KeyResult, Objective
from goldenthread.objectives.services.templates import (
    MOST_KEY_RESULTS,
    Criterion,
    TemplateDraft,
)


class TemplateForm(forms.Form):
    """The words; what only the writer of an objective knows is not asked."""

    name = forms.CharField(max_length=100, help_text="By which people find it: “Better service”.")
    use = forms.CharField(
        required=False,
        max_length=2000,
        widget=text_area(2),
        label="When it fits",
        help_text="And how to fill it in.",
    )
    title = forms.CharField(
        max_length=200, label="Objective", help_text="Leave gaps as “…” for what is theirs."
    )
    why = forms.CharField(required=False, max_length=5000, widget=text_area(3))
    ambition = forms.ChoiceField(
        choices=Objective.Ambition.choices,
        initial=Objective.Ambition.COMMITTED,
        widget=forms.RadioSelect,
    )


class CriterionForm(forms.Form):
    """One key result of it, without a number."""

    title = forms.CharField(required=False, max_length=200, label="What is measured")
    kind = forms.ChoiceField(
        choices=KINDS, initial=KeyResult.Kind.METRIC, label="Judged by", required=False
    )
    measure = forms.CharField(
        required=False, max_length=40, label="Unit of measure", help_text="%, days, €."
    )
    source = forms.CharField(required=False, max_length=200, label="Where the number comes from")

    def draft(self) -> Criterion:
        sent = self.cleaned_data
        return Criterion(
            sent["title"].strip(),
            sent["kind"] or KeyResult.Kind.METRIC,
            sent["measure"],
            sent["source"],
        )


def criterion_forms(
    sent: QueryDict | None, draft: TemplateDraft | None = None
) -> list[CriterionForm]:
    """A form for each that a template may have, those that it has filled in."""
    held = list(draft.key_results) if draft else []
    rows: list[Criterion | None] = [*held, *[None] * (MOST_KEY_RESULTS - len(held))]
    return [
        CriterionForm(sent, prefix=f"kr{place}", initial=vars(row) if row else None)
        for place, row in enumerate(rows)
    ]


def draft_of(form: TemplateForm, criteria: list[CriterionForm]) -> TemplateDraft:
    """What was typed; a key result without a title is none."""
    found: dict[str, Any] = dict(form.cleaned_data)
    drafts = [one.draft() for one in criteria]
    return TemplateDraft(**found, key_results=[one for one in drafts if one.title])
