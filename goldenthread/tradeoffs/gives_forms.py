"""What people type about what gives. Rules of the domain are the services'; shapes are here."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from goldenthread.core import clock
from goldenthread.objectives.models import Objective
from goldenthread.people.fields import PersonField
from goldenthread.people.models import Person
from goldenthread.tradeoffs.forms import prose
from goldenthread.tradeoffs.models import CompetingItem
from goldenthread.tradeoffs.selectors.competing import Load
from goldenthread.tradeoffs.selectors.gives import ItemShown
from goldenthread.tradeoffs.services import Answer
from goldenthread.ui.fields import DayField, NumberField
from goldenthread.ui.locale import parse_number

TO_ANSWER, TO_LOOK_AGAIN = dt.timedelta(days=7), dt.timedelta(days=30)
FULL_WEEK = 40  # hours
SENTENCE = "Which of these stops, shrinks or waits?"
DETAILS = ("new_share", "starts_on", "ends_on", "target", "to", "fte", "until")


def share_in(text: str, person: Person) -> Decimal | None:
    """A share of the person's time as typed: "40" or "40 %", or hours a week: "12 h"."""
    text = text.strip()
    hours = text.endswith(("h", "H"))
    number = parse_number(text.rstrip("hH% ")) if text else None
    if text and (number is None or number < 0):
        raise forms.ValidationError("Write per cent, such as 40, or hours a week, such as 12 h.")
    if number is None:
        return None
    if not hours:
        return number / 100
    return number / FULL_WEEK / person.fte if person.fte else None


class AskForm(forms.Form):
    """What competes, each with its share where nobody entered one; a sentence; a day."""

    ask = forms.CharField(max_length=500, label="In a sentence", initial=SENTENCE)
    due_on = DayField(label="Answer needed by", initial=lambda: clock.today() + TO_ANSWER)

    def __init__(self, *args: Any, person: Person, load: Load, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.load = person, load
        for one in load.items:
            pk = one.objective.pk
            self.fields[f"take_{pk}"] = forms.BooleanField(
                required=False, label=one.objective.title, initial=True
            )
            if one.share is None:
                self.fields[f"share_{pk}"] = forms.CharField(
                    required=False, max_length=12, label=f"Share of time for {one.objective.title}"
                )

    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField | None]]:
        return [
            (
                one,
                self[f"take_{one.objective.pk}"],
                self[f"share_{one.objective.pk}"] if one.share is None else None,
            )
            for one in self.load.items
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in [name for name in self.fields if name.startswith("share_")]:
            try:
                cleaned[name] = share_in(cleaned.get(name, ""), self.person)
            except forms.ValidationError as error:
                self.add_error(name, error)
        return cleaned

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        sent = self.cleaned_data
        taken: list[Objective] = [
            one.objective for one in self.load.items if sent[f"take_{one.objective.pk}"]
        ]
        return {
            "objectives": taken,
            "shares": {one.pk: sent.get(f"share_{one.pk}") for one in taken},
            "ask": sent["ask"],
            "due_on": sent["due_on"],
        }


class AnswerForm(forms.Form):
    """For each item what becomes of it, with what that needs; then why, and when to look again."""

    reason = prose("Why", required=True, hint="It stands with every objective that changes by it.")
    look_again_on = DayField(label="Look again on", initial=lambda: clock.today() + TO_LOOK_AGAIN)

    def __init__(self, *args: Any, items: Sequence[ItemShown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = [one for one in items if one.is_open]
        for one in self.items:
            pk, choices = one.item.pk, CompetingItem.Choice.choices
            if not one.is_own:
                choices = [choice for choice in choices if choice[0] != "later"]
            self.fields |= {
                f"{pk}-choice": forms.ChoiceField(
                    choices=choices, widget=forms.RadioSelect, label=one.title, initial="keep"
                ),
                f"{pk}-new_share": NumberField(
                    required=False, min_value=0, max_value=300, label="Only so much time"
                ),
                f"{pk}-starts_on": DayField(required=False, label="Begins again on"),
                f"{pk}-ends_on": DayField(required=False, label="Done by"),
                f"{pk}-target": NumberField(required=False, label="Target"),
                f"{pk}-to": PersonField(required=False, label="Who"),
                f"{pk}-fte": NumberField(required=False, min_value=0, label="Capacity added"),
                f"{pk}-until": DayField(required=False, label="Until"),
            }

    def fields_of(self, item: CompetingItem) -> dict[str, forms.BoundField]:
        return {name: self[f"{item.pk}-{name}"] for name in ("choice", *DETAILS)}

    def answers(self) -> dict[int, Answer]:
        found = {}
        for one in self.items:
            sent: dict[str, Any] = {
                name: self.cleaned_data.get(f"{one.item.pk}-{name}")
                for name in ("choice", *DETAILS)
            }
            if sent["new_share"] is not None:
                sent["new_share"] /= 100
            found[one.item.pk] = Answer(**sent)
        return found


class EscalateForm(forms.Form):
    """To which sponsor, by when, and why."""

    sponsor = forms.ChoiceField(label="To")
    due_on = DayField(label="Answer needed by", initial=lambda: clock.today() + TO_ANSWER)
    reason = prose("Why it needs them", required=True)

    def __init__(self, *args: Any, sponsors: dict[Person, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "escalate_%s"
        self.sponsors = {str(one.pk): one for one in sponsors}
        field: Any = self.fields["sponsor"]
        field.choices = [
            (one.pk, f"{one}: {', '.join(str(priority) for priority in served)}")
            for one, served in sponsors.items()
        ]

    def given(self) -> dict[str, Any]:
        return self.cleaned_data | {"sponsor": self.sponsors[self.cleaned_data["sponsor"]]}


class TakeBackForm(forms.Form):
    reason = prose("Why it is no longer asked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "withdraw_%s"
