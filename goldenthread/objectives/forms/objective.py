"""The objective itself: its words, owner, period, and what it serves."""

from collections.abc import Sequence
from typing import Any

from django import forms

from goldenthread.core.access import can
from goldenthread.objectives.fields import OwnerField, ParentField, key_of
from goldenthread.objectives.models import Contribution, Cycle, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.permissions import Action
from goldenthread.ui.fields import DayField

ME, OTHER = "me", "other"


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class WordingForm(forms.Form):
    """The words of an agreed objective; anything else is a change."""

    title = forms.CharField(max_length=200, label="Objective")
    why = forms.CharField(required=False, max_length=5000, widget=text_area(4))


class ObjectiveForm(forms.Form):
    """An objective without its key results. `reader` decides whom it can be written for."""

    title = forms.CharField(
        max_length=200, label="Objective", help_text="What will be different, in one sentence."
    )
    why = forms.CharField(
        required=False,
        max_length=5000,
        widget=text_area(3),
        help_text="What it changes, and for whom. People decide better when they know.",
    )
    owner = forms.ChoiceField(widget=forms.RadioSelect, label="Who answers for it")
    owner_other = OwnerField(required=False, label="Somebody else, or another unit")
    cycle = forms.ModelChoiceField(Cycle.objects.none(), empty_label=None)
    serves = ParentField(
        required=False, label="What it serves", help_text="A priority, or an objective above it."
    )
    strength = forms.TypedChoiceField(
        coerce=int,
        choices=Contribution.Strength.choices,
        initial=Contribution.Strength.STRONG,
        widget=forms.RadioSelect,
        label="How strongly",
    )
    ambition = forms.ChoiceField(
        choices=Objective.Ambition.choices,
        initial=Objective.Ambition.COMMITTED,
        widget=forms.RadioSelect,
        help_text="Committed counts as achieved when all of it is reached, aspirational at 70 %.",
    )
    critical = forms.BooleanField(required=False, label="Critical: the organisation counts on it")
    restricted = forms.BooleanField(
        required=False, label="Restricted: only its owner, their line and the sponsor see it"
    )
    run_the_business = forms.BooleanField(
        required=False, label="Runs the business: has to be done, whatever the strategy says"
    )
    starts_on = DayField(
        required=False, label="Begins", help_text="The cycle’s first day, if empty."
    )
    ends_on = DayField(required=False, label="Ends", help_text="The cycle’s last day, if empty.")
    cadence_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=366,
        label="Days between check-ins",
        help_text="The organisation’s rhythm, if empty.",
    )

    def __init__(
        self,
        *args: Any,
        reader: Person,
        led: Sequence[Unit] = (),
        objective: Objective | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reader, self.led = reader, led
        fields: dict[str, Any] = self.fields
        choices = [(ME, f"Me, {reader}"), *((f"u{unit.pk}", str(unit)) for unit in led)]
        fields["owner"].choices = [*choices, (OTHER, "Somebody else, or another unit")]
        fields["owner"].initial = ME
        fields["owner_other"].reader = fields["serves"].reader = reader
        fields["serves"].child = objective
        cycles = Cycle.objects.exclude(state=Cycle.State.CLOSED)
        fields["cycle"].queryset = cycles
        self.no_cycle = not change and not cycles.exists()
        self.may_add_cycle = can(reader, Action.RUN_CYCLES)
        if objective is not None:
            del fields["serves"], fields["strength"]  # what it serves is changed on its own
        if change:
            del fields["cycle"], fields["restricted"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        choice = cleaned.get("owner")
        if choice == OTHER:
            cleaned["owner"] = cleaned.get("owner_other")
            if cleaned["owner"] is None and "owner_other" not in self.errors:
                self.add_error("owner_other", "Name who answers for it.")
        elif choice == ME:
            cleaned["owner"] = self.reader
        elif choice:
            cleaned["owner"] = next(unit for unit in self.led if f"u{unit.pk}" == choice)
        return cleaned

    @staticmethod
    def owner_initial(
        owner: Person | Unit | None, reader: Person, led: Sequence[Unit]
    ) -> dict[str, Any]:
        """The two fields of the owner, filled for a record."""
        if owner is None or owner == reader:
            return {"owner": ME}
        if owner in led:
            return {"owner": key_of(owner)}
        return {"owner": OTHER, "owner_other": owner}
