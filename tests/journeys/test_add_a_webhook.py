"""Emil adds a webhook for the data warehouse, keeps its secret, and sees what became of an event."""

import pytest
from django.utils import timezone

from goldenthread.interchange.models import Delivery, Webhook
from tests.journeys.conftest import Arrive


@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["desk", "phone"])
def test_from_no_webhook_to_an_event_sent_again(
    demo: None, arrive: Arrive, width: int, dark: bool
) -> None:
    emil = arrive(width=width, dark=dark)
    emil.opens("/webhooks/").signs_in("Emil Strand")
    emil.sees("No webhook yet").follows("Add a webhook", within=emil.main)
    emil.page.get_by_label("Which system").fill("Data warehouse")
    emil.page.get_by_label("Address").fill("https://warehouse.example/take?token=1")
    emil.presses("Add it").sees("Copy it now: it is shown this once.")
    emil.follows("I have copied it").sees("No event yet")
    emil.presses("Send a test").sees("A test is on its way", "webhook.test")
    now = timezone.now()
    Delivery.objects.update(
        state="failed", tries=9, status=503, answer="Closed for lunch", error="It answers 503."
    )
    Webhook.objects.update(failing_since=now)
    emil.opens("/webhooks/").sees("1 webhook does not get through")
    emil.follows("Data warehouse").sees("Closed for lunch", "Nothing arrives since")
    emil.presses("Send failed ones again").sees("One event is sent again")
    emil.follows("Edit").sees("Changes of")
    emil.presses("Save").presses("Pause").sees("is paused")
