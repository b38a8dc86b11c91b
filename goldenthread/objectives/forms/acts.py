"""What is typed with an act: a check-in, a reason, an answer, a link, an ending, a cycle."""

from collections.abc import Sequence
from typing import Any

from django import forms

from goldenthread.objectives.fields import ParentField
from goldenthread.objectives.forms.objective import text_area
from goldenthread.objectives.models import CheckIn, Contribution, Cycle, KeyResult, Objective
from goldenthread.people.models import Person
from goldenthread.ui.fields import DayField, NumberField

Kind = KeyResult.Kind


class CheckInForm(forms.Form):
    """A value, a confidence, a note; milestones are ticked instead of a value."""

    value = NumberField(required=False, max_digits=20, decimal_places=6)
    milestones_done = forms.TypedMultipleChoiceField(
        required=False, coerce=int, widget=forms.CheckboxSelectMultiple, label="Done so far"
    )
    confidence = forms.ChoiceField(
        required=False, choices=CheckIn.Confidence.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        required=False, max_length=2000, widget=text_area(2), label="What moved it?"
    )
    as_of = DayField(required=False, label="As of")

    def __init__(self, *args: Any, key_result: KeyResult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.steps = key_result.kind == Kind.MILESTONES
        fields: dict[str, Any] = self.fields
        del fields["value" if self.steps else "milestones_done"]
        if self.steps:
            rows = key_result.milestones.all()
            fields["milestones_done"].choices = [(row.pk, row.title) for row in rows]

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return dict(self.cleaned_data)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=2000, widget=text_area(3), label="Why", help_text="It stays on record."
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=2000,
        widget=text_area(2),
        label="What to say with it",
        help_text="The other side reads it beside your wording.",
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(required=False, max_length=2000, widget=text_area(2))


class LinkForm(forms.Form):
    parent = ParentField(label="Serves", help_text="A priority, or an objective above it.")
    strength = forms.TypedChoiceField(
        coerce=int,
        choices=Contribution.Strength.choices,
        initial=Contribution.Strength.STRONG,
        widget=forms.RadioSelect,
        label="How strongly",
    )

    def __init__(self, *args: Any, reader: Person, child: Objective, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["parent"].reader, fields["parent"].child = reader, child


BY_RULE, DROP, CARRY = "rule", "drop", "carry"


class CloseForm(forms.Form):
    """How one objective ends."""

    how = forms.ChoiceField(widget=forms.RadioSelect, initial=BY_RULE, label="How it ends")
    carry_into = forms.ModelChoiceField(
        Cycle.objects.none(), required=False, empty_label=None, label="Carried over into"
    )
    learning = forms.CharField(
        required=False,
        max_length=2000,
        widget=text_area(3),
        label="What we take from it",
        help_text="One or two sentences for whoever does this next.",
    )

    def __init__(self, *args: Any, by_rule: str, into: Sequence[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        choices = [(BY_RULE, by_rule), (DROP, "Dropped: no longer worth it")]
        if into:
            choices.append((CARRY, "Carried over: a successor takes the rest"))
        fields["how"].choices = choices
        fields["carry_into"].queryset = Cycle.objects.filter(
            pk__in=[one.pk for one in into]
        ).order_by("starts_on")


class LearningForm(forms.Form):
    learning = forms.CharField(max_length=2000, widget=text_area(3), label="What we take from it")


class CycleForm(forms.Form):
    name = forms.CharField(max_length=60, help_text="Such as “Q1 2027”.")
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day")
    opens_on = DayField(
        required=False, label="Planning opens", help_text="Objectives may be proposed from here."
    )
    landmark_on = DayField(required=False, label="Landmark", help_text="Half-way, if empty.")
    closes_on = DayField(required=False, label="Last day to score")
