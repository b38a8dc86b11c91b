"""What people type about a handover."""

from django import forms

from goldenthread.people.fields import PersonField


class PassOnForm(forms.Form):
    to = PersonField(label="Who takes it on")


class CloseHandoverForm(forms.Form):
    reason = forms.CharField(label="Why the rest stays where it is", max_length=500)
