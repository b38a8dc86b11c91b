"""Webhooks end to end: what is told and what never, signed, tried again, given up, sent again, switched off."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from goldenthread.core import audit
from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.jobs import enqueue, run_due
from goldenthread.core.models import AuditRecord, Job, Letter
from goldenthread.interchange.models import Delivery, Webhook
from goldenthread.interchange.webhooks import events, relaying, services
from goldenthread.interchange.webhooks.relaying import COLLECT, WAITS
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.people import services as people
from tests.cast import (
    TODAY,
    Cast,
    make_key_result,
    make_objective,
    make_priority,
    make_strategy,
    signed_in,
)
from tests.core.test_kill_workers import until, workers
from tests.interchange.receiving import Receiver, answers, hangs_up, verify

pytestmark = pytest.mark.django_db
ALL = list(events.BY_NAME)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOWED = ["127.0.0.1"]
    settings.WEBHOOK_SECONDS = 5
    server = Receiver()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def hook(cast: Cast, receiver: Receiver) -> services.WithSecret:
    return services.add_webhook(actor=cast.eve, name="Warehouse", url=receiver.url, nouns=ALL)


def relay() -> None:
    """What the worker does within half a minute."""
    enqueue(COLLECT, key="periodic")
    run_due()


def later() -> None:
    """The same, once what waits for another try is due."""
    Delivery.objects.filter(state="waiting").update(due_at=timezone.now())
    relay()


def edit_unit(cast: Cast, name: str) -> None:
    unit = cast.flo.unit
    assert unit is not None
    unit.refresh_from_db()
    people.edit_unit(
        actor=cast.eve,
        unit=unit,
        version=unit.version,
        name=name,
        parent=unit.parent,
        leader=unit.leader,
        fte=unit.fte,
    )


def test_a_change_arrives_signed_and_once(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    edit_unit(cast, "Running")
    assert receiver.received == []
    relay()
    relay()
    [(headers, body)] = receiver.received
    [event] = receiver.events
    assert headers["path"] == "/take?from=gt"
    assert verify(hook.secret, headers, body)
    assert not verify(hook.secret, headers, body + b" ")
    assert not verify(hook.secret, headers | {"webhook-id": "msg_other"}, body)
    assert (event["type"], event["actor"]) == ("unit.edit", cast.eve.pk)
    assert event["record"] == {
        "noun": "unit",
        "id": cast.flo.unit_id,
        "url": f"/api/v1/units/{cast.flo.unit_id}",
    }
    assert (event["before"]["name"], event["after"]["name"]) == ("Operations", "Running")
    [delivery] = Delivery.objects.all()
    assert (delivery.state, delivery.status, delivery.tries) == ("delivered", 204, 1)
    assert delivery.message_id == headers["webhook-id"]
    assert AuditRecord.objects.get(pk=event["id"]).verb == "edit unit"


def test_a_program_finds_the_record_at_the_address_of_the_event(
    cast: Cast, hook: services.WithSecret, receiver: Receiver, client: Client
) -> None:
    objective = make_objective(cast.flo)
    check_in(actor=cast.flo, key_result=make_key_result(objective), as_of=TODAY, value=Decimal(4))
    relay()
    [event] = receiver.events
    assert event["type"] == "key_result.check_in"
    assert event["after"]["as_of"] == TODAY.isoformat()
    signed_in(client, cast.cyd)
    assert client.get(event["record"]["url"]).status_code == 200


def test_nothing_that_not_everybody_sees_leaves(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    restricted = make_objective(cast.flo, "Quiet work", restricted=True)
    check_in(actor=cast.flo, key_result=make_key_result(restricted), as_of=TODAY, value=Decimal(4))
    strategy = make_strategy(cast.ada)
    secret = make_priority(strategy, "Buy a rival", confidential=True)
    opened = make_objective(cast.flo, "Open work")
    audit.record(cast.ada, "edit priority", secret, after={"title": "Buy a rival"})
    audit.record(cast.ada, "set weights", strategy, after={str(secret.pk): "60"})
    audit.record(cast.ada, "unconfirm weights", strategy, after={"priority": secret})
    audit.record(cast.flo, "link", opened, after={"parent_priority": secret, "strength": "direct"})
    audit.record(cast.flo, "link", opened, after={"parent_objective": restricted})
    audit.record(cast.flo, "edit draft", opened, after={"why": "Because", "restricted": False})
    people.edit_person(actor=cast.dee, person=cast.flo, position="Signaller")
    people.record_absence(actor=cast.flo, person=cast.flo, start=TODAY, end=TODAY)
    people.set_manager(actor=cast.dee, person=cast.flo, manager=cast.ada)
    audit.record(cast.flo, "invite", cast.flo)
    audit.record(cast.flo, "sign out everywhere", cast.flo.user)
    relay()
    told = [(one["type"], one["before"], one["after"]) for one in receiver.events]
    assert told == [
        ("strategy.set_weights", {}, {}),
        ("objective.edit_draft", {}, {"why": "Because"}),
        ("person.set_manager", {"manager": cast.ben.pk}, {"manager": cast.ada.pk}),
    ]
    words = b"".join(body for _, body in receiver.received).decode()
    assert not any(word in words for word in ("Quiet", "rival", "Signaller", "Flo"))


def test_what_is_closed_before_it_is_sent_is_held_back(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    objective = make_objective(cast.flo)
    audit.record(cast.flo, "edit draft", objective, after={"why": "Because"})
    receiver.says = [answers(503)]
    relay()
    objective.restricted = True
    objective.save()
    later()
    assert len(receiver.received) == 1
    assert Delivery.objects.get().state == "withheld"


def test_only_the_nouns_that_were_chosen(cast: Cast, receiver: Receiver) -> None:
    services.add_webhook(actor=cast.eve, name="Plans", url=receiver.url, nouns=["strategy"])
    edit_unit(cast, "Running")
    relay()
    assert receiver.received == []


@pytest.mark.parametrize(
    ("says", "status", "error"),
    [
        (answers(503, "Closed\x00 for lunch"), 503, "answers 503"),
        (answers(404), 404, "answers 404"),
        (answers(302, Location="http://127.0.0.1/elsewhere"), 302, "not followed"),
        (hangs_up, None, "connection failed"),
        ("is_silent", None, "No answer within 0.3 seconds"),
        ("drips", None, ""),
    ],
)
def test_what_does_not_arrive_is_tried_again_under_the_same_id(
    cast: Cast,
    hook: services.WithSecret,
    receiver: Receiver,
    settings: Any,
    says: Any,
    status: int | None,
    error: str,
) -> None:
    settings.WEBHOOK_SECONDS = 0.3 if isinstance(says, str) else 5
    receiver.says = [getattr(receiver, says) if isinstance(says, str) else says]
    edit_unit(cast, "Running")
    relay()
    delivery = Delivery.objects.get()
    assert len(receiver.received) == 1
    if says == "drips":  # it said yes, and what it adds is cut
        assert (delivery.state, delivery.status) == ("delivered", 200)
        return
    assert (delivery.state, delivery.status) == ("waiting", status)
    assert error in delivery.error
    assert delivery.due_at > timezone.now() + dt.timedelta(seconds=10)
    relay()
    assert len(receiver.received) == 1, "not before it is due"
    settings.WEBHOOK_SECONDS = 5
    later()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.error) == ("delivered", 2, "")
    ids = {headers["webhook-id"] for headers, _ in receiver.received}
    assert ids == {delivery.message_id}


def test_it_is_given_up_and_sent_again_on_demand(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    receiver.says = [answers(500, "x" * 9000)] * (len(WAITS) + 1)
    edit_unit(cast, "Running")
    relay()
    for _ in WAITS:
        assert Delivery.objects.get().state == "waiting"
        later()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == ("failed", len(WAITS) + 1)
    assert len(delivery.answer) == 500
    later()
    assert len(receiver.received) == len(WAITS) + 1
    tomorrow = timezone.now() + dt.timedelta(days=1)
    with pytest.raises(DomainError):
        services.send_failed_again(actor=cast.eve, webhook=hook.webhook, since=tomorrow)
    assert services.send_failed_again(actor=cast.eve, webhook=hook.webhook) == 1
    run_due()
    delivery.refresh_from_db()
    assert delivery.state == "delivered"
    services.send_again(actor=cast.eve, delivery=delivery)
    run_due()
    assert len(receiver.received) == len(WAITS) + 3
    assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1


def test_where_nobody_answers_the_others_wait(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    receiver.says = [hangs_up]
    for name in "ABC":
        edit_unit(cast, name)
    relay()
    assert len(receiver.received) == 1
    later()
    assert [one["after"]["name"] for one in receiver.events] == ["A", "A", "B", "C"]


def test_after_days_of_failure_it_is_switched_off_and_administrators_are_told(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    receiver.says = [answers(500)] * 2
    edit_unit(cast, "Running")
    relay()
    webhook = Webhook.objects.get()
    assert webhook.failing_since is not None
    Webhook.objects.update(failing_since=timezone.now() - relaying.SWITCHED_OFF_AFTER)
    later()
    webhook.refresh_from_db()
    assert webhook.state == "off"
    [letter] = Letter.objects.all()
    assert letter.to == cast.eve.email
    edit_unit(cast, "Walking")
    later()
    assert len(receiver.received) == 2
    services.resume_webhook(actor=cast.eve, webhook=webhook)
    relay()
    webhook.refresh_from_db()
    assert (webhook.state, webhook.failing_since) == ("on", None)
    assert [one["after"]["name"] for one in receiver.events[2:]] == ["Running", "Walking"]


def test_what_happens_while_it_is_paused_goes_out_afterwards(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    services.pause_webhook(actor=cast.eve, webhook=hook.webhook)
    edit_unit(cast, "Running")
    relay()
    assert not Delivery.objects.exists()
    with pytest.raises(DomainError):
        services.send_test(actor=cast.eve, webhook=hook.webhook)
    services.resume_webhook(actor=cast.eve, webhook=hook.webhook)
    relay()
    assert len(receiver.received) == 1


def test_while_a_secret_is_changed_both_are_good(
    cast: Cast, hook: services.WithSecret, receiver: Receiver, settings: Any
) -> None:
    renewed = services.renew_secret(actor=cast.eve, webhook=hook.webhook)
    services.send_test(actor=cast.eve, webhook=renewed.webhook)
    run_due()
    [(headers, body)] = receiver.received
    assert receiver.events[0]["type"] == "webhook.test"
    assert verify(hook.secret, headers, body)
    assert verify(renewed.secret, headers, body)
    Webhook.objects.update(previous_until=timezone.now())
    services.send_test(actor=cast.eve, webhook=renewed.webhook)
    run_due()
    headers, body = receiver.received[1]
    assert not verify(hook.secret, headers, body)
    assert verify(renewed.secret, headers, body)
    kept = Webhook.objects.get()
    assert renewed.secret not in f"{kept.secret}{list(AuditRecord.objects.values())}"
    settings.SECRET_KEY = "another"
    services.send_test(actor=cast.eve, webhook=kept)
    run_due()
    assert "secret is lost" in Delivery.objects.first().error


def test_a_private_address_is_never_reached_without_the_setting(
    cast: Cast, hook: services.WithSecret, receiver: Receiver, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED = []
    services.send_test(actor=cast.eve, webhook=hook.webhook)
    run_due()
    assert receiver.received == []
    assert "private address" in Delivery.objects.get().error


def test_a_long_trail_is_read_in_batches_and_each_line_told_once(
    cast: Cast, hook: services.WithSecret, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relaying, "BATCH", 3)
    for number in range(7):
        edit_unit(cast, f"Name {number}")
    Webhook.objects.update(relayed_to=hook.webhook.relayed_to)
    relay()
    relay()
    assert [one["after"]["name"] for one in receiver.events] == [f"Name {n}" for n in range(7)]
    done = Job.objects.filter(state="done", kind__in=[COLLECT, services.SEND])
    assert done.count() <= 2


def test_who_may_and_what_is_refused(cast: Cast, hook: services.WithSecret) -> None:
    webhook = hook.webhook
    with pytest.raises(NotAllowed):
        services.add_webhook(actor=cast.ada, name="x", url="https://x.example/", nouns=["unit"])
    with pytest.raises(NotAllowed):
        services.renew_secret(actor=cast.dee, webhook=webhook)
    for wrong in ({"name": " "}, {"url": "gopher://x"}, {"nouns": []}, {"nouns": ["salary"]}):
        given: dict[str, Any] = {"name": "x", "url": "https://x.example/", "nouns": ["unit"]}
        with pytest.raises(DomainError):
            services.add_webhook(actor=cast.eve, **given | wrong)
    change: dict[str, Any] = {"name": "W", "url": "https://x.example/token-123", "nouns": ["unit"]}
    services.edit_webhook(actor=cast.eve, webhook=webhook, version=1, **change)
    with pytest.raises(SavedMeanwhile):
        services.edit_webhook(
            actor=cast.eve, webhook=Webhook.objects.get(), version=1, **change | {"name": "V"}
        )
    assert "token-123" not in str(list(AuditRecord.objects.values()))


def test_what_is_old_is_dropped(cast: Cast, hook: services.WithSecret) -> None:
    services.send_test(actor=cast.eve, webhook=hook.webhook)
    run_due()
    Delivery.objects.update(changed_at=timezone.now() - relaying.KEPT - dt.timedelta(1))
    enqueue("clear deliveries", {"day": TODAY.isoformat()})
    run_due()
    assert not Delivery.objects.exists()


def test_the_pages(
    cast: Cast, receiver: Receiver, client: Client, assert_queries: Callable[..., Any]
) -> None:
    signed_in(client, cast.eve)
    assert "No webhook yet" in client.get("/webhooks/").content.decode()
    typed = {"name": "Warehouse", "url": "warehouse", "nouns": ["unit"]}
    refused = client.post("/webhooks/add/", typed)
    assert refused.status_code == 422
    assert "beginning with https://" in refused.content.decode()
    made = client.post("/webhooks/add/", typed | {"url": receiver.url})
    assert made.status_code == 201
    webhook = Webhook.objects.get()
    secret = made.context["made"].secret
    assert secret in made.content.decode()
    at = webhook.get_absolute_url()
    assert secret not in client.get(at).content.decode()
    receiver.says = [answers(500, "<b>no</b>")]
    client.post(f"{at}test/")
    run_due()
    page = assert_queries("webhook", client.get, at).content.decode()
    assert "It answers 500." in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert "Nothing arrives since" in page
    Delivery.objects.update(state="failed")
    listed = assert_queries("webhooks", client.get, "/webhooks/").content.decode()
    assert "1 webhook does not get through" in listed
    assert client.post(f"{at}replay/", {"since": "nonsense"}).status_code == 422
    assert "One event is sent again" in client.post(f"{at}replay/", follow=True).content.decode()
    run_due()
    assert "Delivered" in client.get(f"{at}?show=delivered").content.decode()
    edited = client.post(f"{at}edit/", typed | {"url": receiver.url, "version": 1, "name": "Lake"})
    assert edited.status_code == 302
    assert "Its secret" in client.post(f"{at}secret/").content.decode()
    client.post(f"{at}pause/")
    assert "Paused" in client.get(at).content.decode()
    client.post(f"{at}resume/")
    client.post(f"{at}remove/")
    assert not Webhook.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_in_the_middle_leaves_it_to_be_sent_again_under_its_id(
    cast: Cast, hook: services.WithSecret, receiver: Receiver, settings: Any
) -> None:
    """Killed with -9 after the receiver has it, and before its answer: sent again, and known by its id."""
    settings.JOB_LEASE_SECONDS = 1
    receiver.says = [receiver.is_silent]
    services.send_test(actor=cast.eve, webhook=hook.webhook)
    with workers(1, WEBHOOK_ALLOWED="127.0.0.1") as [worker]:
        until(lambda: receiver.received)
        worker.kill()
        worker.wait()
    assert Delivery.objects.get().state == "sending"
    Job.objects.filter(state="running").update(leased_until=timezone.now())
    run_due()
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == ("delivered", 2)
    ids = [headers["webhook-id"] for headers, _ in receiver.received]
    assert ids == [delivery.message_id] * 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_line_that_is_committed_after_a_later_one_is_not_missed(
    cast: Cast, hook: services.WithSecret, receiver: Receiver
) -> None:
    """Its number was taken first; the one after it is seen before: the place must not move past it."""
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            audit.record(cast.eve, "edit unit", cast.stations, after={"name": "First"})
            begun.set()
            may_end.wait(20)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    audit.record(cast.eve, "edit unit", cast.operations, after={"name": "Second"})
    assert audit.settled(within=0.2) is None
    threading.Timer(0.5, may_end.set).start()
    relay()
    thread.join()
    assert [one["after"]["name"] for one in receiver.events] == ["First", "Second"]
