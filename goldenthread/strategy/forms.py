"""What people type about the strategy. Rules of the domain are the services'; shapes are here."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from goldenthread.people.fields import PersonField, UnitField
from goldenthread.strategy.fields import KpiField
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.ui.fields import DayField, NumberField


def text_area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def initial_of(form: type[forms.Form], record: Model) -> dict[str, Any]:
    """The record's values under the form's names."""
    return {name: getattr(record, name, None) for name in form.base_fields}


class StrategyForm(forms.Form):
    title = forms.CharField(max_length=200, help_text="As people will call it: “Strategy 2026”.")
    leader = PersonField(
        required=False, label="Led by", help_text="Sets priorities and weights. You, if left empty."
    )
    starts_on = DayField(required=False, label="From")
    ends_on = DayField(required=False, label="To")
    vision = forms.CharField(
        required=False, widget=text_area(2), help_text="What will be true when it has worked."
    )
    mission = forms.CharField(required=False, widget=text_area(2), help_text="Why we exist.")
    values = forms.CharField(required=False, widget=text_area(2), help_text="How we work.")


class PriorityForm(forms.Form):
    title = forms.CharField(max_length=200, label="Priority")
    why = forms.CharField(
        required=False, widget=text_area(3), label="Why it creates value", max_length=5000
    )
    confidential = forms.BooleanField(
        required=False, help_text="Only leaders and those named see it."
    )


class NewPriorityForm(PriorityForm):
    sponsor = PersonField(required=False, help_text="Answers for it, and so is a leader.")
    field_order = ("title", "sponsor", "why", "confidential")


class SponsorForm(forms.Form):
    sponsor = PersonField(help_text="Answers for it, and so is a leader.")


class DropForm(forms.Form):
    reason = forms.CharField(required=False, max_length=1000, widget=text_area(2))


class MergeForm(forms.Form):
    into = forms.ModelChoiceField(Priority.objects.none(), label="Merge into", empty_label=None)

    def __init__(self, *args: Any, others: "QuerySet[Priority]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]  # a choice of records


class WeightsForm(forms.Form):
    """A share and a place for each priority: `share-ID` in per cent and `order-ID` from 1."""

    def __init__(self, *args: Any, priorities: Sequence[Priority], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.priorities = priorities
        for place, priority in enumerate(priorities, 1):
            self.fields[f"share-{priority.pk}"] = NumberField(
                label=priority.title,
                min_value=Decimal(0),
                max_value=Decimal(100),
                decimal_places=2,
                initial=priority.weight,
            )
            self.fields[f"order-{priority.pk}"] = forms.IntegerField(
                required=False, initial=place, min_value=0, max_value=10_000
            )

    @property
    def shares(self) -> dict[int, Decimal]:
        return {one.pk: self.cleaned_data[f"share-{one.pk}"] for one in self.priorities}

    @property
    def order(self) -> list[int]:
        return in_order_of(self.priorities, self.cleaned_data)

    def rows(self) -> Iterable[tuple[Priority, forms.BoundField, forms.BoundField]]:
        """Each priority with its two fields, in the order that stands in the form."""
        for one in self.priorities:
            yield one, self[f"share-{one.pk}"], self[f"order-{one.pk}"]


def in_order_of(priorities: Sequence[Priority], sent: Any) -> list[int]:
    """The ids in the order of the places sent as `order-ID`; equal or missing places keep their order."""

    def place(one: tuple[int, Priority]) -> tuple[int, int]:
        text = str(sent.get(f"order-{one[1].pk}", ""))
        return (int(text) if text.isascii() and text.isdigit() else one[0] + 1), one[0]

    return [priority.pk for _, priority in sorted(enumerate(priorities), key=place)]


class TradeOffForm(forms.Form):
    note = forms.CharField(required=False, max_length=1000, label="What it costs")
    priority = forms.ModelChoiceField(
        Priority.objects.none(), required=False, empty_label="The whole strategy", label="Part of"
    )
    look_again_on = DayField(required=False, label="Look again on")

    def __init__(self, *args: Any, priorities: "QuerySet[Priority]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["priority"].queryset = priorities  # type: ignore[attr-defined]  # a choice of records


class EvenOverForm(TradeOffForm):
    this = forms.CharField(max_length=200, label="We choose")
    over = forms.CharField(max_length=200, label="even over")
    field_order = ("this", "over", "note", "priority", "look_again_on")


class NotDoingForm(TradeOffForm):
    this = forms.CharField(max_length=200, label="We will not do")
    frees_fte = NumberField(
        required=False, label="Sets free", decimal_places=2, help_text="In FTE, where known."
    )
    field_order = ("this", "note", "frees_fte", "priority", "look_again_on")


class ExpectedResultForm(forms.Form):
    text = forms.CharField(
        max_length=300, label="Expected result", help_text="What will be different, in words."
    )
    kpi = KpiField(required=False, label="Shown by", help_text="The KPI that tells.")
    baseline = NumberField(required=False, label="From")
    target = NumberField(required=False, label="To")
    starts_on = DayField(required=False, label="Start", help_text="The strategy’s, if empty.")
    due_on = DayField(required=False, label="By", help_text="The strategy’s end, if empty.")


class MeasureForm(forms.Form):
    """Making a KPI out of an expected result."""

    name = forms.CharField(max_length=200, label="KPI")
    measure = forms.CharField(
        required=False, max_length=40, label="Unit of measure", help_text="%, days, dB, €."
    )
    direction = forms.ChoiceField(
        choices=Kpi.Direction.choices, widget=forms.RadioSelect, initial=Kpi.Direction.UP
    )
    baseline = NumberField(required=False, label="From")
    target = NumberField(required=False, label="To")
    low = NumberField(required=False, label="At least", help_text="For a range.")
    high = NumberField(required=False, label="At most", help_text="For a range.")
    due_on = DayField(required=False, label="By")
    owner = PersonField(required=False, help_text="Records its values.")


class KpiForm(forms.Form):
    name = forms.CharField(max_length=200)
    definition = forms.CharField(
        required=False, widget=text_area(2), help_text="What is counted, and what is not."
    )
    measure = forms.CharField(
        required=False, max_length=40, label="Unit of measure", help_text="%, days, dB, €."
    )
    decimals = forms.IntegerField(min_value=0, max_value=6, initial=0, label="Decimal places shown")
    direction = forms.ChoiceField(
        choices=Kpi.Direction.choices, widget=forms.RadioSelect, initial=Kpi.Direction.UP
    )
    low = NumberField(required=False, label="At least", help_text="Below this it is out of range.")
    high = NumberField(required=False, label="At most", help_text="Above this it is out of range.")
    owner = PersonField(required=False, help_text="Records its values.")
    unit = UnitField(required=False)
    source = forms.CharField(
        required=False, max_length=200, help_text="Where the number comes from."
    )
    cadence_days = forms.IntegerField(
        min_value=1, max_value=1000, initial=30, label="Days between two values"
    )


class TargetForm(forms.Form):
    """The target of a KPI that rises or falls."""

    baseline = NumberField(required=False, label="From", help_text="Where it starts.")
    value = NumberField(required=False, label="To")
    starts_on = DayField(required=False, label="Start")
    due_on = DayField(label="By")
    text = forms.CharField(
        required=False,
        max_length=500,
        label="In words",
        help_text="Only where there is no number.",
    )


class RangeForm(forms.Form):
    """The target of a KPI to hold in a range."""

    low = NumberField(required=False, label="At least")
    high = NumberField(required=False, label="At most")
    starts_on = DayField(required=False, label="Start")
    due_on = DayField(label="Until")
    text = forms.CharField(
        required=False,
        max_length=500,
        label="In words",
        help_text="Only where there is no number.",
    )


class ObserveForm(forms.Form):
    value = NumberField()
    on = DayField(label="Day")
    note = forms.CharField(required=False, max_length=1000)


class CorrectForm(forms.Form):
    value = NumberField(label="Right value")
    note = forms.CharField(max_length=1000, label="Why it is corrected")


class ReasonForm(forms.Form):
    reason = forms.CharField(required=False, max_length=1000, widget=text_area(2))
