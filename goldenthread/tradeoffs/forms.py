"""What people type about a decision. Rules of the domain are the services'; shapes are here."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from goldenthread.core import clock
from goldenthread.objectives.fields import KeyField
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.fields import PersonField, UnitField
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.forms import initial_of, text_area
from goldenthread.strategy.models import Kpi, Priority
from goldenthread.tradeoffs.models import Decision, Option
from goldenthread.tradeoffs.services import OptionWords, Touched
from goldenthread.tradeoffs.services.parts import LONGEST
from goldenthread.ui.fields import DayField, NumberField

FIRST_OPTIONS, MOST_OPTIONS, TOUCH_ROWS = 2, 6, 6
TO_DECIDE, TO_LOOK_AGAIN = dt.timedelta(days=14), dt.timedelta(days=90)
ANOTHER = "another"


def prose(label: str, rows: int = 2, *, required: bool = False, hint: str = "") -> forms.CharField:
    return forms.CharField(
        required=required,
        max_length=LONGEST,
        widget=text_area(rows),
        label=label,
        help_text=hint,
    )


class TouchField(KeyField):
    """A priority, an objective, a unit, a KPI or a person that the reader sees."""

    what = "Nothing"

    def kinds(self) -> Mapping[str, "QuerySet[Any]"]:
        return {
            "o": Objective.objects.visible_to(self.reader),
            "p": Priority.objects.visible_to(self.reader),
            "u": Unit.objects.all(),
            "k": Kpi.objects.visible_to(self.reader),
            "n": Person.objects.visible_to(self.reader),
        }


class OptionForm(forms.Form):
    """One option; empty where no title is written."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=200, label="Option")
    speaks_for = prose("What speaks for it")
    speaks_against = prose("What speaks against it")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("title") and (
            cleaned.get("speaks_for") or cleaned.get("speaks_against")
        ):
            self.add_error("title", "Name the option that this speaks of.")
        return cleaned

    def words(self) -> OptionWords:
        return OptionWords(**self.cleaned_data)


class WithParts(forms.Form):
    """The fields of a decision with those of its options and of what it touches, as one form."""

    def __init__(
        self,
        sent: QueryDict | None,
        *args: Any,
        reader: Person,
        options: Sequence[Option | OptionWords] = (),
        touched: Sequence[Touched] = (),
        more: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(sent, *args, **kwargs)
        held = len(options)
        places = max(MOST_OPTIONS, held + 1) if more else held
        self.options = [
            OptionForm(
                sent,
                prefix=f"option{place}",
                initial=_initial(options[place]) if place < held else None,
            )
            for place in range(places)
        ]
        for number, one in enumerate(self.options, 1):
            one.fields["title"].label = f"Option {number}"
        self.first_options = max(FIRST_OPTIONS, held)
        self.touch_names = [f"touch{place}" for place in range(max(TOUCH_ROWS, len(touched) + 1))]
        for place, name in enumerate(self.touch_names):
            field = TouchField(
                required=False, label=f"{'What else' if place else 'What'} it touches"
            )
            field.help_text = (
                "" if place else "A priority, an objective, a unit, a KPI or a person."
            )
            field.reader = reader
            if place < len(touched):
                field.initial = touched[place]
            self.fields[name] = field

    def option_rows(self) -> list[tuple[OptionForm, bool]]:
        """Each with whether it is shown at once: what is written, and the first two."""
        return [
            (
                one,
                place < self.first_options
                or bool(one.is_bound and one.data.get(f"{one.prefix}-title")),
            )
            for place, one in enumerate(self.options)
        ]

    def touch_rows(self) -> list[tuple[forms.BoundField, bool]]:
        rows = [self[name] for name in self.touch_names]
        return [(row, place == 0 or bool(row.value())) for place, row in enumerate(rows)]

    def is_valid(self) -> bool:
        whole = [super().is_valid(), *(one.is_valid() for one in self.options)]
        return all(whole)

    def add_error(self, field: Any, error: Any) -> None:
        """What a service refuses of an option stands beside the option."""
        super().add_error(field if field in self.fields else None, error)

    def refuse(self, field: str | None, message: str) -> None:
        parts = (field or "").split("-")
        if parts[0] == "options" and len(parts) == 3:
            written = [one for one in self.options if one.cleaned_data.get("title")]
            written[int(parts[1])].add_error(parts[2], message)
            return
        self.add_error("touch0" if field == "touches" else field, message)

    def problems(self) -> list[tuple[str, str]]:
        """What is to be put right, each with the id of its field."""
        found = [(str(one), "") for one in self.non_field_errors()] if self.is_bound else []
        for form in (self, *self.options) if self.is_bound else ():
            for field in form:
                found += [(f"{field.label}: {one}", field.auto_id) for one in field.errors]
        return found

    def given(self) -> dict[str, Any]:
        """What a service takes: the own fields, the options with a title, what it touches."""
        own = {name: self.cleaned_data[name] for name in self.base_fields}
        touches = [self.cleaned_data[name] for name in self.touch_names]
        return {
            **own,
            "options": [one.words() for one in self.options if one.cleaned_data["title"]],
            "touches": list(dict.fromkeys(one for one in touches if one is not None)),
        }


class DecisionForm(WithParts):
    question = forms.CharField(max_length=200, help_text="As one would ask it: “Do we … or …?”")
    background = prose("Why it is asked now")
    decider = PersonField(required=False, label="Who decides", help_text="You, if left empty.")
    due_on = DayField(label="To be decided by", initial=lambda: clock.today() + TO_DECIDE)
    confidential = forms.BooleanField(
        required=False, help_text="Only leaders and those named here see it."
    )


class WordingForm(WithParts):
    """The words of what is decided; what has not been said yet is not asked."""

    question = forms.CharField(max_length=200)
    background = prose("Why it was asked")
    reason = prose("Why this option")
    given_up = prose("What is given up", required=True)
    expected = prose("What is expected")
    outcome = prose("What happened")
    learnt = prose("What we take from it")
    confidential = forms.BooleanField(
        required=False, help_text="Only leaders and those named here see it."
    )


class DecideForm(forms.Form):
    """The choice among the options, or another one, and what it costs."""

    choice = forms.ChoiceField(widget=forms.RadioSelect, label="We choose")
    other = forms.CharField(required=False, max_length=200, label="Another option, in words")
    given_up = prose(
        "What is given up",
        required=True,
        hint="What stops, shrinks or waits so that this can be done.",
    )
    freed_fte = NumberField(required=False, label="Sets free", help_text="In FTE, where known.")
    freed_until = DayField(required=False, label="Free until", help_text="Empty: for good.")
    expected = prose("What is expected", hint="How one will see that it was right.")
    look_again_on = DayField(label="Look again on", initial=lambda: clock.today() + TO_LOOK_AGAIN)
    reason = prose("Why this option")
    decided_on = DayField(required=False, label="Decided on", help_text="Today, if left empty.")

    def __init__(self, *args: Any, options: Sequence[Option], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.options = {str(one.pk): one for one in options}
        field: Any = self.fields["choice"]
        field.choices = [(pk, one.title) for pk, one in self.options.items()]
        field.choices += [(ANOTHER, "Another one")]
        if not self.options:
            field.initial = ANOTHER

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("choice") == ANOTHER and not cleaned.get("other", "").strip():
            self.add_error("other", "Say in words what is chosen.")
        return cleaned

    def given(self) -> dict[str, Any]:
        sent = dict(self.cleaned_data)
        other = sent.pop("other")
        return sent | {"choice": self.options.get(sent["choice"], other)}


class LookBackForm(forms.Form):
    outcome = prose("What happened", 3, required=True)
    as_expected = forms.ChoiceField(
        choices=Decision.AsExpected.choices,
        widget=forms.RadioSelect,
        label="Did it come as expected?",
    )
    learnt = prose("What we take from it")


class LaterForm(forms.Form):
    on = DayField(label="Look again on")
    reason = forms.CharField(max_length=500, label="Why it is too early to tell")


class WithdrawForm(forms.Form):
    reason = prose("Why it is no longer asked", required=True)


def wording_initial(decision: Decision) -> dict[str, Any]:
    return initial_of(WordingForm, decision)


def decision_initial(decision: Decision) -> dict[str, Any]:
    return initial_of(DecisionForm, decision)


def _initial(option: Option | OptionWords) -> dict[str, Any]:
    return {name: getattr(option, name) for name in OptionForm.base_fields}


class PlanForm(forms.Form):
    """Which unit, which cycle, and from which day on; sent in the address."""

    unit = UnitField(required=False, label="Unit")
    cycle = forms.ChoiceField(label="Cycle", required=False)

    def __init__(self, *args: Any, cycles: Sequence[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = DayField(required=False, label="Holds from")
        field = self.fields["cycle"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.pk, one.name) for one in cycles]


class EffortColumnForm(forms.Form):
    """One more objective to plan effort for; `with` in the address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with"] = EffortColumnField(required=False, label="Another objective")


class EffortColumnField(KeyField):
    what = "No objective"

    def kinds(self) -> Mapping[str, "QuerySet[Any]"]:
        return {"o": Objective.objects.visible_to(self.reader)}


class NonRoutineForm(forms.Form):
    share = NumberField(min_value=1, max_value=100, label="Not routine")
