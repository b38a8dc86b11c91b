"""What people type about a leadership review. Rules of the domain are the services'; shapes are here."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms

from goldenthread.core import clock
from goldenthread.objectives.models import Cycle
from goldenthread.people.fields import PersonField, UnitField
from goldenthread.people.models import Person
from goldenthread.strategy.forms import text_area
from goldenthread.tradeoffs.forms import TO_DECIDE, TO_LOOK_AGAIN, prose
from goldenthread.ui.fields import DayField

TO_DO = dt.timedelta(days=14)
MORE_ROWS, MOST_ROWS = 3, 60


class WhoIsThere(forms.Form):
    """Who is there, a picker each; the empty ones are left out."""

    def __init__(self, *args: Any, there: Sequence[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sent = sum(1 for name in self.data if name.startswith("there") and name[5:].isdigit())
        rows = min(max(len(there) + MORE_ROWS, sent), MOST_ROWS)
        self.there_names = [f"there{place}" for place in range(rows)]
        for place, name in enumerate(self.there_names):
            field = PersonField(required=False, label=f"Who is there, {place + 1}")
            field.initial = there[place] if place < len(there) else None
            self.fields[name] = field

    def there_rows(self) -> list[forms.BoundField]:
        return [self[name] for name in self.there_names]

    def attendees(self) -> list[Person]:
        chosen = [self.cleaned_data[name] for name in self.there_names]
        return list(dict.fromkeys(one for one in chosen if one is not None))


class PrepareForm(WhoIsThere):
    cycle = forms.ModelChoiceField(queryset=Cycle.objects.none(), empty_label=None)
    unit = UnitField(
        required=False, label="Of a unit", help_text="The organisation, if left empty."
    )
    held_on = DayField(label="On", initial=clock.today)
    chair = PersonField(required=False, label="Chaired by", help_text="You, if left empty.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["cycle"]
        field.queryset = Cycle.objects.order_by("-starts_on", "-pk")

    def given(self) -> dict[str, Any]:
        own = {name: self.cleaned_data[name] for name in self.base_fields}
        return own | {"attendees": self.attendees()}


class EditReviewForm(WhoIsThere):
    held_on = DayField(label="On")
    chair = PersonField(label="Chaired by")

    def given(self) -> dict[str, Any]:
        own = {name: self.cleaned_data[name] for name in self.base_fields}
        return own | {"attendees": self.attendees()}


class DecidePointForm(forms.Form):
    """The question, and the choice where it is made here and now; without one it is left open."""

    question = forms.CharField(max_length=200, help_text="As one would ask it: “Do we … or …?”")
    choice = forms.CharField(
        max_length=200, required=False, label="We choose", help_text="Empty: it is left open."
    )
    given_up = prose(
        "What is given up", hint="What stops, shrinks or waits so that this can be done."
    )
    look_again_on = DayField(label="Look again on", initial=lambda: clock.today() + TO_LOOK_AGAIN)
    due_on = DayField(
        label="To be decided by",
        help_text="Where it is left open.",
        initial=lambda: clock.today() + TO_DECIDE,
    )
    decider = PersonField(required=False, label="Who decides", help_text="You, if left empty.")

    def __init__(self, *args: Any, asked: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        if asked:
            for name in ("question", "due_on", "decider"):
                del self.fields[name]
            self.fields["choice"].required = True
            self.fields["choice"].help_text = ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("choice") and not cleaned.get("given_up"):
            self.add_error("given_up", "Say what is given up, even if it is little.")
        return cleaned


class ReviewActionForm(forms.Form):
    title = forms.CharField(max_length=200, label="What is done")
    owner = PersonField(label="By whom")
    due_on = DayField(label="By when", initial=lambda: clock.today() + TO_DO)


class NothingForm(forms.Form):
    note = prose("Nothing to do, because", required=True)


class NotesForm(forms.Form):
    notes = forms.CharField(
        required=False,
        max_length=5000,
        widget=text_area(6),
        label="What else is to stand in them",
        help_text="Everybody who sees this review reads it: name nothing restricted here.",
    )


class AddendumForm(forms.Form):
    text = prose("What is to be corrected, or added", required=True)


class FinishForm(forms.Form):
    outcome = prose("What came of it")


class PutOffForm(forms.Form):
    due_on = DayField(label="By when now")
    reason = forms.CharField(max_length=500, label="Why it takes longer")


class DropForm(forms.Form):
    reason = prose("Why it is not done any more", required=True)
