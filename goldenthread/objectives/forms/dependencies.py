"""What is typed when a unit is asked for something, and when it answers."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from goldenthread.objectives.forms.objective import text_area
from goldenthread.objectives.models import Dependency, Objective
from goldenthread.objectives.states import CLOSED, State
from goldenthread.people.fields import PickField, UnitField
from goldenthread.people.models import Person
from goldenthread.ui.fields import DayField, NumberField


class ObjectiveField(PickField):
    """An open objective that the reader sees, by choice or title."""

    what = "No open objective"
    reader: Person | None = None  # set by the form

    def candidates(self) -> "QuerySet[Any]":
        closed = [*CLOSED, State.UNCONFIRMED]
        rows = Objective.objects.visible_to(self.reader).exclude(state__in=closed)
        return rows.select_related("owner_person__unit", "owner_unit")

    def find(self, text: str) -> "QuerySet[Any]":
        return self.candidates().filter(title__iexact=text)


class RewordForm(forms.Form):
    needs = forms.CharField(
        max_length=300,
        label="What is needed",
        help_text="In a sentence, as the other side reads it.",
    )
    needed_by = DayField(label="Needed by")
    effort_fte = NumberField(
        required=False,
        min_value=0,
        label="Effort",
        help_text="In full-time equivalents, until it is there.",
    )


class AskUnitForm(RewordForm):
    unit = UnitField(label="Which unit is asked")
    answer_by = DayField(
        required=False, label="Answer wanted by", help_text="In 14 days, if empty."
    )
    delivers = ObjectiveField(required=False, label="Out of which of its objectives it comes")
    field_order = ["needs", "unit", "needed_by", "effort_fte"]

    def __init__(self, *args: Any, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["delivers"].reader = reader


class AcceptForm(forms.Form):
    promised_on = DayField(label="Promised for")
    delivers = ObjectiveField(
        required=False,
        label="Out of which objective it comes",
        help_text="It then stands on that objective’s page too.",
    )

    def __init__(self, *args: Any, reader: Person, dependency: Dependency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["delivers"].reader, fields["delivers"].initial = reader, dependency.delivers
        fields["promised_on"].initial = dependency.promised_on or dependency.needed_by


class WhyForm(forms.Form):
    reason = forms.CharField(
        max_length=2000, widget=text_area(3), label="Why", help_text="The other side reads it."
    )
