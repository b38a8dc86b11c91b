"""The check-in at home: all key results of one objective in one short form."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms

from goldenthread.objectives.models import CheckIn, KeyResult
from goldenthread.ui.fields import NumberField


class KeyResultRow(NamedTuple):
    """A key result with its two fields, as the form shows it."""

    key_result: KeyResult
    value: forms.BoundField
    confidence: forms.BoundField


class Values(NamedTuple):
    """What was entered for one key result."""

    key_result: KeyResult
    value: Decimal | None
    milestones_done: list[int] | None
    confidence: str


class CheckInForm(forms.Form):
    """A value and a confidence for each key result, and one note. Those left empty are not checked in."""

    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Mapping[str, Any] | None, *, key_results: Sequence[KeyResult]) -> None:
        super().__init__(data, prefix="check-in")
        self.key_results = key_results
        for one in key_results:
            self.fields[self._name(one)] = self._field(one)
            self.fields[f"confidence-{one.pk}"] = forms.ChoiceField(
                label="Reaching the target is",
                required=False,
                choices=[
                    ("", "not said"),
                    *((key, words.lower()) for key, words in CheckIn.Confidence.choices),
                ],
            )

    @staticmethod
    def _name(one: KeyResult) -> str:
        return f"value-{one.pk}"

    @staticmethod
    def _field(one: KeyResult) -> forms.Field:
        if one.kind == KeyResult.Kind.MILESTONES:
            steps = list(one.milestones.all())
            return forms.MultipleChoiceField(
                label=one.title,
                required=False,
                choices=[(str(step.pk), step.title) for step in steps],
                initial=[str(step.pk) for step in steps if step.done_on],
                widget=forms.CheckboxSelectMultiple,
            )
        return NumberField(label=one.title, required=False, max_digits=20, decimal_places=6)

    def rows(self) -> Iterator[KeyResultRow]:
        """Each key result with its fields, in their order."""
        for one in self.key_results:
            yield KeyResultRow(one, self[self._name(one)], self[f"confidence-{one.pk}"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not list(self.entered(cleaned)):
            raise forms.ValidationError("Enter at least one value.")
        return cleaned

    def entered(self, cleaned: Mapping[str, Any]) -> Iterator[Values]:
        """What is to be checked in: numbers that were typed; milestones whenever the form is sent."""
        for one in self.key_results:
            given = cleaned.get(self._name(one))
            confidence = cleaned.get(f"confidence-{one.pk}", "")
            if one.kind == KeyResult.Kind.MILESTONES:
                yield Values(one, None, [int(pk) for pk in given or ()], confidence)
            elif given is not None:
                yield Values(one, given, None, confidence)
