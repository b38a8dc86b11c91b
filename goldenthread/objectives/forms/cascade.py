"""What is typed with a cascade: its terms, and to whom it is proposed."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from goldenthread.core import clock
from goldenthread.objectives.fields import ParentField
from goldenthread.objectives.forms.objective import text_area
from goldenthread.objectives.models import Cascade, Contribution, Cycle
from goldenthread.objectives.services.cascades import Terms
from goldenthread.objectives.services.cascades.terms import ANSWER_WITHIN, LONGEST, MOST_FTE
from goldenthread.objectives.services.drafts import KeyResultDraft
from goldenthread.people.fields import UnitField
from goldenthread.people.models import Person, Unit
from goldenthread.ui.fields import DayField, NumberField

NAMES = ("title", "why", "strength", "kind", "starts_on", "ends_on", "mandate", "resources", "fte")


class TermsForm(forms.Form):
    """What one side proposes, its key results beside it."""

    title = forms.CharField(
        max_length=200,
        label="Objective",
        help_text="What will be different in the unit, in one sentence.",
    )
    why = forms.CharField(required=False, max_length=LONGEST, widget=text_area(3))
    mandate = forms.CharField(
        max_length=LONGEST,
        widget=text_area(2),
        label="Mandate: what the unit decides alone",
        help_text="“How the crews are split; any supplier under €20,000.”",
    )
    resources = forms.CharField(
        max_length=LONGEST,
        widget=text_area(2),
        label="With which resources",
        help_text="“What it has” is an answer too.",
    )
    fte = NumberField(
        required=False,
        min_value=Decimal(0),
        max_value=MOST_FTE,
        decimal_places=2,
        label="Full-time equivalents added",
    )
    strength = forms.TypedChoiceField(
        coerce=int,
        choices=Contribution.Strength.choices,
        initial=Contribution.Strength.STRONG,
        widget=forms.RadioSelect,
        label="How strongly it contributes",
    )
    kind = forms.ChoiceField(
        required=False,
        choices=[*Contribution.Kind.choices, ("", "Left open")],
        widget=forms.RadioSelect,
        label="In which way",
    )
    starts_on = DayField(
        required=False, label="Begins", help_text="The cycle’s first day, if empty."
    )
    ends_on = DayField(required=False, label="Ends", help_text="The cycle’s last day, if empty.")
    word = forms.CharField(
        required=False,
        max_length=LONGEST,
        widget=text_area(2),
        label="A word to the other side",
    )
    answer_by = DayField(label="Answer by")

    def terms(self, key_results: Sequence[KeyResultDraft]) -> Terms:
        sent = self.cleaned_data
        return Terms(
            **{name: sent[name] for name in NAMES},
            word=sent["word"],
            answer_by=sent["answer_by"],
            key_results=key_results,
        )

    @property
    def has_own_dates(self) -> bool:
        """Whether dates of its own are to be seen at once."""
        names = ("starts_on", "ends_on")
        return any(self[name].errors or self[name].value() for name in names)


def begun_with(terms: Terms, *, word: str = "", answer_by: dt.date | None = None) -> dict[str, Any]:
    """The fields filled with terms, for another version of them."""
    found = {name: getattr(terms, name) for name in NAMES}
    return found | {"word": word, "answer_by": answer_by or terms.answer_by}


class ProposeForm(TermsForm):
    """To whom it is proposed, in whose name, and in which cycle. `below` are ticked; another unit is named."""

    own = forms.ChoiceField(widget=forms.RadioSelect, label="In the name of")
    units = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="To which units"
    )
    also = UnitField(required=False, label="Another unit")
    cycle = forms.ModelChoiceField(Cycle.objects.none(), empty_label=None)

    def __init__(
        self,
        *args: Any,
        direction: str,
        led: Sequence[Unit],
        below: Sequence[Unit] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.led = {str(unit.pk): unit for unit in led}
        self.below = {str(unit.pk): unit for unit in below}
        self.down = direction == Cascade.Direction.DOWN
        fields: dict[str, Any] = self.fields
        fields["own"].choices = [(pk, str(unit)) for pk, unit in self.led.items()]
        fields["own"].initial = next(iter(self.led), None)
        fields["cycle"].queryset = Cycle.objects.exclude(state=Cycle.State.CLOSED)
        fields["answer_by"].initial = clock.today() + dt.timedelta(ANSWER_WITHIN)
        if self.down:
            fields["units"].choices = [(pk, str(unit)) for pk, unit in self.below.items()]
        else:
            del fields["units"], fields["also"]
        if len(self.led) == 1:
            fields["own"].required = False

    @property
    def chosen_own(self) -> Unit:
        return self.led[self.cleaned_data["own"] or next(iter(self.led))]

    @property
    def chosen_units(self) -> list[Unit]:
        also = self.cleaned_data.get("also")
        return [*(self.below[pk] for pk in self.cleaned_data["units"]), *([also] if also else [])]


class ServesForm(forms.Form):
    """What the proposal contributes to."""

    what = ParentField(label="What it contributes to", help_text="A priority, or an objective.")

    def __init__(self, *args: Any, reader: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["what"].reader = reader
