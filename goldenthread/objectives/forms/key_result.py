"""Its key results: four kinds, each with only the fields that it needs."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from goldenthread.objectives.models import KeyResult
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft
from goldenthread.people.fields import PersonField
from goldenthread.strategy.fields import KpiField
from goldenthread.ui.fields import DayField, NumberField

Kind = KeyResult.Kind
MOST_KEY_RESULTS, MOST_MILESTONES = 5, 8
KINDS = (
    (Kind.METRIC, "A number that moves"),
    (Kind.THRESHOLD, "A level to hold"),
    (Kind.MILESTONES, "Dated steps"),
    (Kind.GRADED, "Commit, target, stretch"),
)
FIELDS_OF: dict[str, tuple[str, ...]] = {
    Kind.METRIC: ("baseline", "target"),
    Kind.THRESHOLD: ("low", "high", "required_share"),
    Kind.MILESTONES: (),
    Kind.GRADED: ("baseline", "commit", "target", "stretch"),
}
MOVING = {Kind.METRIC, Kind.GRADED}
MORE = ("due_on", "source", "reporter", "not_enough", "measure_by", "direction", "kpi")
BLANK = dict.fromkeys(("title", "measure", "source", "not_enough", "direction"), "")
HUNDRED = Decimal(100)


def exact(number: Decimal | None) -> Decimal | None:
    """A number as one would type it, without trailing zeros."""
    return None if number is None else Decimal(f"{number.normalize():f}")


def places(numbers: Sequence[Decimal | None]) -> int:
    """The most decimal places that were typed, up to six."""
    found = [number.as_tuple().exponent for number in numbers if number is not None]
    return max((min(6, -one) for one in found if isinstance(one, int) and one < 0), default=0)


class MilestoneForm(forms.Form):
    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=200, label="Milestone")
    due_on = DayField(required=False, label="Due")
    weight = NumberField(
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(999),
        decimal_places=4,
        label="Weight",
    )

    def draft(self) -> MilestoneDraft:
        sent = self.cleaned_data
        weight = sent["weight"]
        return MilestoneDraft(
            sent["title"], sent["due_on"], Decimal(1) if weight is None else weight, sent["pk"]
        )


class KeyResultForm(forms.Form):
    """One key result; only the fields of its kind are read."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    title = forms.CharField(required=False, max_length=200, label="What is measured")
    kind = forms.ChoiceField(
        choices=KINDS, initial=Kind.METRIC, widget=forms.RadioSelect, label="Judged by"
    )
    measure = forms.CharField(
        required=False, max_length=40, label="Unit of measure", help_text="%, days, €."
    )
    baseline = NumberField(required=False, label="From", max_digits=20, decimal_places=6)
    commit = NumberField(required=False, label="Commit", max_digits=20, decimal_places=6)
    target = NumberField(required=False, label="To", max_digits=20, decimal_places=6)
    stretch = NumberField(required=False, label="Stretch", max_digits=20, decimal_places=6)
    low = NumberField(required=False, label="At least", max_digits=20, decimal_places=6)
    high = NumberField(required=False, label="At most", max_digits=20, decimal_places=6)
    required_share = NumberField(
        required=False,
        label="Held on",
        min_value=Decimal(1),
        max_value=Decimal(100),
        decimal_places=1,
    )
    weight = NumberField(
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(999),
        decimal_places=4,
        help_text="Against the other key results; 1 if empty.",
    )
    due_on = DayField(required=False, label="Due", help_text="With the objective, if empty.")
    not_enough = forms.CharField(
        required=False,
        max_length=300,
        label="What would not be enough",
        help_text="What could be mistaken for success.",
    )
    source = forms.CharField(required=False, max_length=200, label="Where the number comes from")
    kpi = KpiField(required=False, label="KPI that it follows")
    direction = forms.ChoiceField(
        required=False,
        choices=[("", "As the numbers say"), *KeyResult.Direction.choices],
        label="Direction",
    )
    measure_by = DayField(
        required=False,
        label="Start or target unknown: measured by",
        help_text="For new work, until it is known.",
    )
    reporter = PersonField(required=False, label="Who reports it")
    remove = forms.BooleanField(required=False, label="Take this key result out")

    def __init__(
        self,
        *args: Any,
        row: KeyResult | None = None,
        written: KeyResultDraft | None = None,
        **kwargs: Any,
    ) -> None:
        before = written if row is None else row
        if before is not None:
            kwargs["initial"] = _initial(before)
        super().__init__(*args, **kwargs)
        self.row, self.was_there = row, before is not None
        steps: list[Any] = []
        if before is not None and before.kind == Kind.MILESTONES:
            steps = list(before.milestones if row is None else row.milestones.all())  # type: ignore[arg-type]  # a draft's are a list
        self.milestones = [
            MilestoneForm(
                self.data if self.is_bound else None,
                prefix=f"{self.prefix}-m{place}",
                initial={
                    "pk": steps[place].pk,
                    "title": steps[place].title,
                    "due_on": steps[place].due_on,
                    "weight": exact(steps[place].weight),
                }
                if place < len(steps)
                else None,
            )
            for place in range(max(MOST_MILESTONES, len(steps) + 1))
        ]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed, so that it is no key result at all."""
        names = ("pk", "title", "baseline", "target", "commit", "stretch", "low", "high")
        sent = any(str(self.data.get(self.add_prefix(name), "")).strip() for name in names)
        return not sent and not any(self._has_title(one) for one in self.milestones)

    def _has_title(self, one: MilestoneForm) -> bool:
        return bool(str(self.data.get(one.add_prefix("title"), "")).strip())

    @property
    def has_more_errors(self) -> bool:
        """Whether something is wrong with what is folded away."""
        return self.is_bound and any(self[name].errors for name in (*MORE, "weight"))

    @property
    def is_filled(self) -> bool:
        """Whether it holds something to show, typed or stored."""
        if self.is_bound:
            return self.row is not None or not self.is_empty
        return bool(self.initial)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("remove"):
            return cleaned
        if not cleaned.get("title", "").strip():
            self.add_error("title", "Say what will be measured.")
        if self.row is not None:
            cleaned["kind"] = self.row.kind if self.row.check_ins.exists() else cleaned.get("kind")
        if cleaned.get("kind") == Kind.MILESTONES:
            sent = [one for one in self.milestones if self._has_title(one)]
            if [one for one in sent if not one.is_valid()]:
                self.add_error("kind", "Put right what is marked at the steps.")
        return cleaned

    def draft(self) -> KeyResultDraft:
        """As written; what the form does not ask is kept from the stored one, what could not be read is left out."""
        row = self.row
        sent = {name: BLANK.get(name) for name in self.fields} | self.cleaned_data
        kind = sent["kind"] or Kind.METRIC
        numbers = {name: sent[name] for name in FIELDS_OF[kind] if name != "required_share"}
        share = sent["required_share"] if kind == Kind.THRESHOLD else None
        steps = [one for one in self.milestones if self._has_title(one) and one.is_valid()]
        return KeyResultDraft(
            title=sent["title"],
            kind=kind,
            measure=sent["measure"].strip(),
            weight=Decimal(1) if sent["weight"] is None else sent["weight"],
            required_share=Decimal(1) if share is None else share / HUNDRED,
            target_text=row.target_text if row else "",
            due_on=sent["due_on"],
            source=sent["source"],
            reporter=sent["reporter"],
            not_enough=sent["not_enough"].strip(),
            measure_by=sent["measure_by"],
            direction=sent["direction"] if kind in MOVING else "",
            kpi=sent["kpi"],
            decimals=max(places(list(numbers.values())), row.decimals if row else 0),
            milestones=[one.draft() for one in steps] if kind == Kind.MILESTONES else [],
            pk=row.pk if row else None,
            **numbers,
        )

    def changed_fields(self) -> dict[str, Any]:
        """What of an agreed key result an expectation change may touch, as it is now wanted."""
        draft = self.draft()
        names = ("title", "measure", "weight", *MORE, *FIELDS_OF[draft.kind])
        return {name: getattr(draft, name) for name in names}


def _initial(row: KeyResult | KeyResultDraft) -> dict[str, Any]:
    numbers = ("baseline", "target", "commit", "stretch", "low", "high", "weight")
    return {
        "pk": row.pk,
        "title": row.title,
        "kind": row.kind,
        "measure": row.measure,
        **{name: getattr(row, name) for name in MORE},
        "required_share": exact(row.required_share * HUNDRED),
        **{name: exact(getattr(row, name)) for name in numbers},
    }


def key_result_forms(
    sent: QueryDict | None,
    rows: Sequence[KeyResult] = (),
    written: Sequence[KeyResultDraft] = (),
) -> list[KeyResultForm]:
    """A form for each stored key result and the empty ones after them. A stored one is found by its id.

    `written` are begun with where nothing is stored: those of another version, or of what is served.
    """
    if written:
        begun = [*written, *[None] * (MOST_KEY_RESULTS - len(written))]
        return [
            KeyResultForm(sent, prefix=f"kr{place}", written=one) for place, one in enumerate(begun)
        ]
    count = max(MOST_KEY_RESULTS, len(rows))
    by_place: list[KeyResult | None] = [*rows, *[None] * (count - len(rows))]
    if sent is not None:
        held = {str(row.pk): row for row in rows}
        by_place = [held.get(sent.get(f"kr{place}-pk", "")) for place in range(count)]
    return [KeyResultForm(sent, prefix=f"kr{place}", row=row) for place, row in enumerate(by_place)]
