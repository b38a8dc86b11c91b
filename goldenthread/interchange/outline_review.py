"""Drafts looked through by the strategy's leader: reworded, put in order, handed over, left out, confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction

from goldenthread.core import clock
from goldenthread.core.errors import DomainError
from goldenthread.interchange.outline_drafts import (
    bare_name,
    looks_like_a_name,
    result_words,
)
from goldenthread.interchange.readers.outline.results import read_result
from goldenthread.people.fields import PersonField
from goldenthread.people.models import Person
from goldenthread.people.services import add_person
from goldenthread.strategy import services
from goldenthread.strategy.models import ExpectedResult, Priority, Strategy

BY_HAND = "Added by hand"


@dataclass(frozen=True)
class Newcomer:
    """Somebody named as a sponsor who is not here yet: added without an account when the form is saved."""

    name: str
    email: str = ""


class SponsorField(PersonField):
    """Who stands for a priority: somebody here, or, where people may be added on the fly, a new name."""

    def __init__(self, *, may_add: bool, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.may_add = may_add

    def clean(self, value: Any) -> Person | Newcomer | None:
        try:
            found: Person | None = super().clean(value)
        except forms.ValidationError as error:
            if error.code != "unknown" or not self.may_add:
                raise
            return self._newcomer(str(value))
        return found

    def _newcomer(self, text: str) -> Newcomer:
        name, _, email = text.partition("<")
        email = email.rstrip("> ")
        if "@" in name or not any(letter.isalpha() for letter in name):
            raise forms.ValidationError("Write the name, or “Name <e-mail>”.", code="unknown")
        return Newcomer(" ".join(name.split()), email)


class LineField(forms.CharField):
    """One line of words that may run over several on a narrow screen."""

    widget = forms.Textarea(attrs={"rows": 1})

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


@dataclass(frozen=True)
class ResultRow:
    """One expected result in the form."""

    result: ExpectedResult
    field: forms.BoundField


@dataclass(frozen=True)
class Row:
    """One priority in the form, with its fields."""

    priority: Priority
    title: forms.BoundField
    sponsor: forms.BoundField
    out: forms.BoundField
    more: forms.BoundField
    results: list[ResultRow]
    named_in_file: str

    @property
    def is_draft(self) -> bool:
        return self.priority.state == Priority.State.UNCONFIRMED

    @property
    def sponsor_hint(self) -> str:
        """What the file says of the sponsor, where nobody here is meant by it."""
        if not self.named_in_file or self.priority.sponsor is not None:
            return ""
        if self.sponsor.initial:
            return "Not here yet: added by name when you go on, without an account."
        return f"The file says: {self.named_in_file}"


class ReviewForm(forms.Form):
    """Every priority of a strategy on one page: title, sponsor, expected results, left out or not."""

    another = forms.CharField(max_length=200, required=False, label="Another priority")

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        strategy: Strategy,
        may_add: bool,
        sponsors: Mapping[int, str] | None = None,
        trade_offs: list[str] | None = None,
        left_out: list[int] | None = None,
    ) -> None:
        super().__init__(data)
        self.strategy = strategy
        self.sponsors = sponsors or {}
        self.trade_offs = trade_offs or []
        self.priorities = list(
            strategy.priorities.exclude(state=Priority.State.DROPPED)
            .select_related("sponsor", "sponsor_named_by", "strategy__leader")
            .prefetch_related("expected_results__priority__strategy__leader")
        )
        for priority in self.priorities:
            self._add_fields(priority, may_add, left_out or [])
        for number, text in enumerate(self.trade_offs):
            self.fields[f"trade-{number}"] = forms.BooleanField(
                required=False, initial=True, label=text
            )

    def _add_fields(self, priority: Priority, may_add: bool, left_out: list[int]) -> None:
        pk = priority.pk
        named = self.sponsors.get(pk, "")
        proposed = bare_name(named) if may_add and looks_like_a_name(named) else ""
        self.fields[f"title-{pk}"] = LineField(
            max_length=200, required=False, initial=priority.title, label="Priority"
        )
        self.fields[f"sponsor-{pk}"] = SponsorField(
            may_add=may_add,
            initial=priority.sponsor or proposed,
            label="Sponsor",
        )
        self.fields[f"out-{pk}"] = forms.BooleanField(
            required=False, initial=pk in left_out, label="Leave out"
        )
        for place, result in enumerate(priority.expected_results.all(), start=1):
            self.fields[f"result-{result.pk}"] = LineField(
                max_length=300,
                required=False,
                initial=result.text,
                label=f"Expected result {place}",
            )
        self.fields[f"more-{pk}"] = LineField(
            max_length=300, required=False, label="One more expected result"
        )

    def rows(self) -> list[Row]:
        """The priorities in the order they stand in, or in the order just sent."""
        return [
            Row(
                priority,
                self[f"title-{priority.pk}"],
                self[f"sponsor-{priority.pk}"],
                self[f"out-{priority.pk}"],
                self[f"more-{priority.pk}"],
                [
                    ResultRow(result, self[f"result-{result.pk}"])
                    for result in priority.expected_results.all()
                ],
                self.sponsors.get(priority.pk, ""),
            )
            for priority in self.in_order()
        ]

    def trade_off_fields(self) -> list[forms.BoundField]:
        return [self[f"trade-{number}"] for number in range(len(self.trade_offs))]

    def in_order(self) -> list[Priority]:
        """The priorities by the places sent for them; one without a readable place keeps its own."""

        def place(item: tuple[int, Priority]) -> tuple[int, int]:
            at, priority = item
            sent = str(self.data.get(f"order-{priority.pk}", ""))
            return (int(sent) if sent.isascii() and sent.isdigit() else at + 1, at)

        return [priority for _, priority in sorted(enumerate(self.priorities), key=place)]

    def is_out(self, priority: Priority) -> bool:
        return bool(self.cleaned_data.get(f"out-{priority.pk}"))

    def knows(self, record: Priority | ExpectedResult) -> bool:
        """Whether the page that was sent had the record; what came since is left as it is."""
        prefix = "title" if isinstance(record, Priority) else "result"
        return f"{prefix}-{record.pk}" in self.data

    def version_of(self, record: Priority | ExpectedResult) -> int:
        """The version that the page showed, so that nobody's later change is written over."""
        prefix = "version" if isinstance(record, Priority) else "result-version"
        sent = str(self.data.get(f"{prefix}-{record.pk}", ""))
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else record.version

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for priority in self.priorities:
            name = f"title-{priority.pk}"
            if (
                self.knows(priority)
                and name in data
                and not data[name]
                and not self.is_out(priority)
            ):
                self.add_error(name, "Give it a title, or leave it out.")
        return data


@transaction.atomic
def save_review(*, actor: Person, form: ReviewForm, confirming: bool = False) -> None:
    """Write what was changed: order, titles, expected results, sponsors, a priority more.

    Asks what each service asks: the strategy's leader may all of it. What is left out is only remembered by the
    page, and dropped when the priorities are confirmed. Somebody whom only the file names is added as a person
    when `confirming`, or when the name was touched. Raises `DomainError` with the field of the form.
    """
    ordered = [priority.pk for priority in form.in_order()]
    services.order_priorities(actor=actor, strategy=form.strategy, ids=ordered)
    newcomers: dict[str, Person] = {}
    for priority in form.priorities:
        if form.is_out(priority) or not form.knows(priority):
            continue
        title = form.cleaned_data[f"title-{priority.pk}"]
        if title != priority.title:
            services.edit_priority(
                actor=actor, priority=priority, version=form.version_of(priority), title=title
            )
        _save_results(actor, form, priority)
        if confirming or f"sponsor-{priority.pk}" in form.changed_data:
            _hand_over(actor, form, priority, newcomers)
    another = " ".join(form.cleaned_data["another"].split())
    if another and another.casefold() not in {one.title.casefold() for one in form.priorities}:
        services.draft_priority(actor=actor, strategy=form.strategy, title=another, source=BY_HAND)


@transaction.atomic
def confirm_review(*, actor: Person, form: ReviewForm) -> list[Priority]:
    """Save what was changed, drop what was left out, confirm the rest and put the strategy in force.

    Returns the active priorities. Raises `DomainError` when nothing would be left.
    """
    kept = [priority for priority in form.priorities if not form.is_out(priority)]
    if not kept and not form.cleaned_data["another"].strip():
        raise DomainError("Keep at least one priority, or write one below.", "another")
    save_review(actor=actor, form=form, confirming=True)
    for priority in form.priorities:
        if form.is_out(priority):
            services.drop_priority(
                actor=actor, priority=priority, reason="Left out when the drafts were confirmed."
            )
    for number, text in enumerate(form.trade_offs):
        if form.cleaned_data.get(f"trade-{number}"):
            _trade_off(actor, form.strategy, text)
    strategy = Strategy.objects.select_related("leader", "unit").get(pk=form.strategy.pk)
    services.confirm_all(actor=actor, strategy=strategy)
    if strategy.state == Strategy.State.DRAFT:
        services.put_in_force(actor=actor, strategy=strategy)
    return list(strategy.priorities.active())


def _save_results(actor: Person, form: ReviewForm, priority: Priority) -> None:
    known = set()
    for result in priority.expected_results.all():
        known.add(result.text.casefold())
        if not form.knows(result):
            continue
        text = form.cleaned_data[f"result-{result.pk}"]
        known.add(text.casefold())
        if not text:
            services.remove_expected_result(actor=actor, result=result)
        elif text != result.text:
            # Its figures were read from the words; new words are read anew.
            found = read_result(text, clock.today())
            services.edit_expected_result(
                actor=actor,
                result=result,
                version=form.version_of(result),
                text=text,
                baseline=found.baseline if found.baseline != found.target else None,
                target=found.target,
                due_on=found.due,
            )
    more = form.cleaned_data[f"more-{priority.pk}"]
    if more and more.casefold() not in known:
        found = read_result(more, clock.today())
        services.add_expected_result(
            actor=actor,
            priority=priority,
            text=result_words(found),
            baseline=found.baseline if found.baseline != found.target else None,
            target=found.target,
            due_on=found.due,
        )


def _hand_over(
    actor: Person, form: ReviewForm, priority: Priority, newcomers: dict[str, Person]
) -> None:
    name = f"sponsor-{priority.pk}"
    named = form.cleaned_data[name]
    if named is None and priority.sponsor is not None:
        if priority.sponsor_named_by is not None:
            raise DomainError(
                f"{priority.sponsor} stands for it until somebody else does. Write another name.",
                name,
            )
        services.redraft_priority(actor=actor, priority=priority, sponsor=None)
    if isinstance(named, Newcomer):
        key = named.name.casefold()
        try:
            person = newcomers.get(key) or add_person(
                actor=actor, name=named.name, email=named.email
            )
        except DomainError as error:
            raise DomainError(error.message, name) from error
        newcomers[key] = person
        named = person
    if named is not None and named != priority.sponsor:
        try:
            services.hand_to_sponsor(actor=actor, priority=priority, sponsor=named)
        except DomainError as error:
            raise DomainError(error.message, name) from error


def _trade_off(actor: Person, strategy: Strategy, text: str) -> None:
    """What a file says is given up, as an "even over" where it names both sides."""
    for between in (" even over ", " over "):
        this, found, over = text.partition(between)
        if found and this.strip() and over.strip() and max(len(this), len(over)) <= 200:
            services.add_even_over(actor=actor, strategy=strategy, this=this, over=over)
            return
    services.add_not_doing(actor=actor, strategy=strategy, this=text[:200])
