"""What administrators type about webhooks."""

from typing import Any

from django import forms

from goldenthread.interchange.models import Webhook
from goldenthread.interchange.webhooks.events import BY_NAME
from goldenthread.ui.fields import DayField


class WebhookForm(forms.Form):
    name = forms.CharField(
        max_length=100, label="Which system", help_text="Such as “Data warehouse”."
    )
    url = forms.CharField(
        max_length=500,
        label="Address",
        help_text="Where it takes events, beginning with https://.",
        widget=forms.URLInput,
    )
    nouns = forms.MultipleChoiceField(
        choices=[(noun.name, noun.title) for noun in BY_NAME.values()],
        widget=forms.CheckboxSelectMultiple,
        label="Changes of",
        error_messages={"required": "Choose what it is told of."},
    )

    @staticmethod
    def initial_of(webhook: Webhook) -> dict[str, Any]:
        return {name: getattr(webhook, name) for name in ("name", "url", "nouns")}


class SinceForm(forms.Form):
    since = DayField(required=False, label="Failed since", help_text="Empty: all of them.")
