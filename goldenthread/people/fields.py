"""Form fields that name a person or a unit: chosen from the picker, or typed."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from goldenthread.people.models import Person, Unit


class Typed(str):
    """What stands in a picker: its text, with the id of the one chosen, if one was."""

    chosen_id: str = ""


class PickInput(forms.TextInput):
    """Reads the text and the hidden `NAME_id` beside it, as `<c-picker>` sends them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        typed = Typed(" ".join((data.get(name) or "").split()))
        typed.chosen_id = (data.get(f"{name}_id") or "").strip()
        return typed


class PickedField(forms.BoundField):
    """A bound picker; `chosen_id` is what `<c-picker>` wants."""

    @property
    def chosen_id(self) -> str:
        if self.form.is_bound:
            return str(getattr(self.data, "chosen_id", ""))
        return str(self.initial.pk) if isinstance(self.initial, Model) else ""


class PickField(forms.Field):
    """One record of a queryset, by the id chosen, by "#12", or by its exact name where only one has it."""

    widget = PickInput
    what = "Nothing"

    def candidates(self) -> "QuerySet[Any]":
        raise NotImplementedError

    def find(self, text: str) -> "QuerySet[Any]":
        return self.candidates().filter(name__iexact=text)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return PickedField(form, self, field_name)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Model) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str(initial or "") != str(data or "")

    def clean(self, value: Any) -> Any:
        text = str(value or "")
        self.validate(text)
        if not text:
            return None
        chosen_id = getattr(value, "chosen_id", "")
        if text.startswith("#") and text[1:].isdigit():
            chosen_id = text[1:]
        if chosen_id.isdigit() and len(chosen_id) < 19:
            chosen = self.candidates().filter(pk=chosen_id).first()
            if chosen is not None and text in (str(chosen), f"#{chosen_id}"):
                return chosen
        found = list(self.find(text)[:2])
        if not found:
            raise forms.ValidationError(f"{self.what} called “{text}” is here.", code="unknown")
        if len(found) > 1:
            raise forms.ValidationError(
                f"More than one is called “{text}”. Choose one from the list.", code="ambiguous"
            )
        return found[0]


class PersonField(PickField):
    """Somebody who is here, by choice, name, e-mail or "Name <e-mail>"."""

    what = "Nobody"

    def candidates(self) -> "QuerySet[Any]":
        return Person.objects.all()

    def find(self, text: str) -> "QuerySet[Any]":
        if "@" in text:
            email = text.rpartition("<")[2].rstrip("> ").lower()
            return self.candidates().filter(email=email)
        return super().find(text)


class UnitField(PickField):
    """A unit in force, by choice or name."""

    what = "No unit"

    def candidates(self) -> "QuerySet[Any]":
        return Unit.objects.filter(ended_on__isnull=True)
