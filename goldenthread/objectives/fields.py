"""Form fields that name an owner (a person or a unit) or what an objective serves (an objective or a priority)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Model, QuerySet

from goldenthread.objectives.models import Objective
from goldenthread.objectives.states import COUNTED
from goldenthread.people.fields import PickedField, PickField
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Priority

KEYS: Mapping[type[Model], str] = {Objective: "o", Priority: "p", Person: "n", Unit: "u", Kpi: "k"}


def key_of(record: Model) -> str:
    """How a picker names one of several kinds: "o12", "p3", "n7", "u2", "k5"."""
    return f"{KEYS[type(record)]}{record.pk}"


class PickedKey(PickedField):
    """A bound picker over several kinds; the id kept is a key."""

    @property
    def chosen_id(self) -> str:
        if not self.form.is_bound and isinstance(self.initial, Model):
            return key_of(self.initial)
        return super().chosen_id


class KeyField(PickField):
    """One record out of several kinds, by the key chosen, by "#o12", or by a name that only one has."""

    reader: Person | None = None  # set by the form

    def kinds(self) -> Mapping[str, "QuerySet[Any]"]:
        raise NotImplementedError

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return PickedKey(form, self, field_name)

    def clean(self, value: Any) -> Any:
        text = str(value or "")
        self.validate(text)
        if not text:
            return None
        kinds = self.kinds()
        key = text[1:] if text.startswith("#") else getattr(value, "chosen_id", "")
        kind, number = key[:1], key[1:]
        if kind in kinds and number.isascii() and number.isdigit() and len(number) < 19:
            chosen = kinds[kind].filter(pk=number).first()
            if chosen is not None and text in (str(chosen), f"#{key}"):
                return chosen
        found = [one for rows in kinds.values() for one in self._named(rows, text)]
        if not found:
            raise forms.ValidationError(f"{self.what} called “{text}” is here.", code="unknown")
        if len(found) > 1:
            raise forms.ValidationError(
                f"More than one is called “{text}”. Choose one from the list.", code="ambiguous"
            )
        return found[0]

    def _named(self, rows: "QuerySet[Any]", text: str) -> list[Any]:
        name = "title" if hasattr(rows.model, "title") else "name"
        return list(rows.filter(**{f"{name}__iexact": text})[:2])


class OwnerField(KeyField):
    """A person who works here, or a unit in force."""

    what = "Nobody and no unit"

    def kinds(self) -> Mapping[str, "QuerySet[Any]"]:
        units = Unit.objects.filter(ended_on__isnull=True).select_related("leader")
        return {"n": Person.objects.all(), "u": units}


class ParentField(KeyField):
    """What an objective may serve: an active priority or an open objective that the reader sees."""

    what = "No open objective and no priority"
    child: Objective | None = None  # never among them

    def kinds(self) -> Mapping[str, "QuerySet[Any]"]:
        objectives = Objective.objects.visible_to(self.reader).filter(state__in=COUNTED)
        if self.child is not None:
            objectives = objectives.exclude(pk=self.child.pk)
        priorities = Priority.objects.visible_to(self.reader).in_use().select_related("strategy")
        return {"o": objectives, "p": priorities}
