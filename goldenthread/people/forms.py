"""What people type about people, units and accounts. Rules of the domain are the services'; shapes are here."""

from decimal import Decimal
from typing import Any

from django import forms

from goldenthread.people.account_forms import PASSWORD_HINT
from goldenthread.people.fields import PersonField, UnitField
from goldenthread.people.models import AccessToken, Person, Unit, User
from goldenthread.ui.fields import DayField, NumberField


class PersonForm(forms.Form):
    name = forms.CharField(max_length=200)
    email = forms.EmailField(label="E-mail", required=False)
    position = forms.CharField(max_length=200, required=False)
    unit = UnitField(required=False)
    manager = PersonField(required=False, label="Manager", help_text="Who they report to.")
    level = forms.CharField(
        max_length=60, required=False, help_text="As your organisation names it, such as L4."
    )
    fte = NumberField(
        label="Full-time equivalent", initial=Decimal(1), help_text="1 is full time, 0.5 is half."
    )
    start = DayField(required=False, label="First day")

    @staticmethod
    def initial_of(person: Person) -> dict[str, Any]:
        names = ("name", "email", "position", "unit", "manager", "level", "fte", "start")
        return {name: getattr(person, name) for name in names}


class UnitForm(forms.Form):
    name = forms.CharField(max_length=200)
    parent = UnitField(required=False, label="Part of", help_text="Empty for a unit at the top.")
    leader = PersonField(required=False, help_text="Leads the unit, and so is a leader.")
    fte = NumberField(
        required=False,
        label="Full-time equivalents",
        help_text="Only where its people are not entered here: what the unit has itself, without the units that are part of it.",
    )

    @staticmethod
    def initial_of(unit: Unit) -> dict[str, Any]:
        return {name: getattr(unit, name) for name in ("name", "parent", "leader", "fte")}


class DayForm(forms.Form):
    """One day: the last of somebody here, or of a unit."""

    on = DayField(label="Last day")


class AbsenceForm(forms.Form):
    start = DayField(label="First day away")
    end = DayField(label="Last day away")


class DeputyForm(forms.Form):
    deputy = PersonField(
        label="Who stands in",
        help_text="Acts in their own name; has no role, no account and nothing private by it.",
    )
    starts_on = DayField(label="First day")
    ends_on = DayField(label="Last day")


class RolesForm(forms.Form):
    leader = forms.BooleanField(
        required=False,
        label="Leader",
        help_text="Starts strategies, adds priorities, KPIs, cycles and people. Who heads a unit or sponsors a priority has this anyway.",
    )
    hr = forms.BooleanField(
        required=False,
        label="HR partner",
        help_text="Runs cycles, edits people and units. Cannot write anybody’s objectives.",
    )
    admin = forms.BooleanField(
        required=False,
        label="Administrator",
        help_text="Accounts, roles and imports. Sees no performance data by right of office.",
    )


class TokenForm(forms.Form):
    """What a personal token is for, what it may, how long it is good."""

    name = forms.CharField(
        max_length=100, label="What it is for", help_text="Such as “Payroll export”."
    )
    scope = forms.ChoiceField(
        choices=AccessToken.Scope.choices,
        initial=AccessToken.Scope.READ,
        widget=forms.RadioSelect,
        label="What it may",
    )
    days = forms.TypedChoiceField(
        coerce=int,
        choices=((30, "30 days"), (90, "90 days"), (365, "A year")),
        initial=90,
        label="How long it is good",
    )


class PasswordForm(forms.Form):
    """The password chosen with an invitation. One field: whoever mistypes it resets it."""

    password = forms.CharField(
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class PasskeyForm(forms.Form):
    name = forms.CharField(max_length=60)


class ChartForm(forms.Form):
    person = PersonField(label="Find somebody")


class RemindersForm(forms.Form):
    """When mail tells of what waits."""

    reminders = forms.ChoiceField(
        choices=User.Reminders.choices, widget=forms.RadioSelect, label="Remind me"
    )
