"""Lists as files: what the page lists, narrowed as there, and nothing that it does not show."""

import csv
import io

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from goldenthread.interchange.models import Delivery
from goldenthread.interchange.webhooks.services import add_webhook
from goldenthread.programme.models import Handover
from goldenthread.strategy.services import add_not_doing
from tests.cast import TODAY, Cast, make_priority, make_strategy, make_token, signed_in


def _rows(client: Client, name: str, *ids: int, **query: str) -> list[dict[str, str]]:
    answer = client.get(reverse(name, args=ids), query)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_file_holds_what_its_page_lists(cast: Cast, client: Client) -> None:
    hook = add_webhook(actor=cast.eve, name="=Warehouse", url="https://x.example/k", nouns=["unit"])
    failed, _ = (
        Delivery.objects.create(
            webhook=hook.webhook, type="unit.edit", message_id=f"msg_{state}", state=state,
            due_at=timezone.now(), error="Nobody answers",
        )
        for state in ("failed", "delivered")
    )  # fmt: skip
    Handover.objects.create(person=cast.flo, reason=Handover.Reason.MOVED, day=TODAY)
    make_token(cast.eve, "Payroll")
    make_token(cast.flo, "Somebody else's")
    signed_in(client, cast.eve)

    (row,) = _rows(client, "webhooks-csv")
    assert (row["system"], row["told_of"], row["failed"]) == ("'=Warehouse", "Units", "1")
    assert "https://x.example/k" not in row.values(), "its path may hold a password"
    assert len(_rows(client, "webhook-events-csv", hook.webhook.pk)) == 2
    (row,) = _rows(client, "webhook-events-csv", hook.webhook.pk, show="failed")
    assert (row["id"], row["error"]) == (failed.message_id, "Nobody answers")
    (row,) = _rows(client, "handovers-csv")
    assert (row["from"], row["why"], row["manager"]) == (
        "Flo Dahl",
        "Moved to another unit",
        "Ben Aske",
    )
    assert [row["for"] for row in _rows(client, "tokens-csv")] == ["Payroll"]


def test_a_trade_off_of_what_is_confidential_is_in_no_file(cast: Cast, client: Client) -> None:
    strategy = make_strategy(cast.ada)
    secret = make_priority(strategy, "Sell the depot", confidential=True)
    add_not_doing(actor=cast.ada, strategy=strategy, this="Night trains")
    add_not_doing(actor=cast.ada, strategy=strategy, this="Buses", priority=secret)
    for person, listed in ((cast.ada, ["Night trains", "Buses"]), (cast.flo, ["Night trains"])):
        signed_in(client, person)
        rows = _rows(client, "trade-offs-csv", strategy.pk)
        assert [row["this"] for row in rows] == listed
