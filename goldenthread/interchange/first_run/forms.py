"""What the founder types on the way: the organisation, an objective, a check-in."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms

from goldenthread.objectives.models import CheckIn
from goldenthread.people.account_forms import PASSWORD_HINT
from goldenthread.strategy.models import Priority
from goldenthread.ui.fields import NumberField

EXAMPLE = "Ben Aske, ben@example.com, Ada Holm\nFlo Dahl, flo@example.com, Ben Aske"
REGIONS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@lru_cache
def time_zones() -> list[tuple[str, str]]:
    """Every zone that is named for a place, and UTC first."""
    named = sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS)
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in named)]


class FoundingForm(forms.Form):
    name = forms.CharField(
        max_length=200,
        label="Your organisation",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    person_name = forms.CharField(
        max_length=200,
        label="Your name",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label="Your e-mail",
        help_text="You sign in with it.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    time_zone = forms.ChoiceField(
        choices=time_zones,
        label="Time zone",
        help_text="Due dates are dates here.",
        widget=forms.Select(attrs={"data-time-zone": "", "autocomplete": "off"}),
    )


class PasteForm(forms.Form):
    rows = forms.CharField(
        max_length=200_000,
        label="Colleagues",
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "placeholder": EXAMPLE}),
        help_text="One a line: name, e-mail, manager. Out of a sheet, a mail or your head; the e-mail and the manager can wait.",
    )


class ObjectiveForm(forms.Form):
    title = forms.CharField(
        max_length=200,
        label="What will be different by the end of it?",
        help_text="A result, not a task: “Installers reach a person within two minutes”.",
    )
    priority = forms.ModelChoiceField(
        Priority.objects.none(),
        label="Which priority does it serve?",
        empty_label=None,
        widget=forms.RadioSelect,
    )
    key_result = forms.CharField(
        max_length=200,
        label="What will you measure?",
        help_text="A figure that you have or can get: “Calls answered within two minutes”.",
    )
    baseline = NumberField(label="From")
    target = NumberField(label="To")
    measure = forms.CharField(max_length=40, required=False, label="Unit")

    def __init__(self, data: Any = None, *, priorities: Any, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        chosen = self.fields["priority"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = priorities

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        baseline, target = data.get("baseline"), data.get("target")
        if baseline is not None and baseline == target:
            self.add_error("target", "Equal to the start.")
        return data


class CheckInForm(forms.Form):
    value = NumberField(label="It stands at")
    confidence = forms.ChoiceField(
        choices=[
            (choice.value, choice.label)
            for choice in (
                CheckIn.Confidence.HIGH,
                CheckIn.Confidence.MEDIUM,
                CheckIn.Confidence.LOW,
            )
        ],
        required=False,
        label="Will you reach the target?",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        max_length=2000,
        required=False,
        label="What moved it, or what is in the way",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
