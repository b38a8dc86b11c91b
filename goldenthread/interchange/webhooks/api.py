"""Webhooks over the API, for administrators: which systems are told of what, what became of each event, sending again."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    NO_NUL,
    Day,
    Filter,
    Id,
    Input,
    Output,
    RecordOut,
    Ref,
    Short,
    WithSecret,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.interchange.models import Delivery, Webhook
from goldenthread.interchange.webhooks import services
from goldenthread.interchange.webhooks.events import BY_NAME
from goldenthread.people.access import PersonRequest
from goldenthread.permissions import Action

room = Room("Webhooks")
System = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_NUL)]
Url = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=NO_NUL)]
Nouns = Annotated[
    list[Short],
    Field(min_length=1, max_length=len(BY_NAME), description=f"Of {', '.join(BY_NAME)}."),
]


class WebhookOut(RecordOut):
    """Another system, and the nouns whose changes it is told of. `off`: switched off because nothing arrived for days."""

    name: str
    url: str
    nouns: list[str]
    state: Literal["on", "paused", "off"]
    failing_since: dt.datetime | None
    old_secret_until: dt.datetime | None

    @classmethod
    def of(cls, one: Webhook) -> Self:
        return cls(**_fields(one))

    @classmethod
    def of_all(cls, rows: Iterable[Webhook]) -> list[Self]:
        return [cls.of(one) for one in rows]


class NewSecretOut(WebhookOut, WithSecret):
    """A webhook and its new secret, by which the receiver knows that an event comes from here."""

    @classmethod
    def made(cls, made: services.WithSecret) -> Self:
        return cls(**_fields(made.webhook), secret=made.secret)


class DeliveryOut(Output):
    """One event on its way. `message_id` is the same at every try; `event` is its line of the history, null for a test.

    `withheld`: when it was to leave, not everybody might see any more what it tells of.
    """

    id: Id
    webhook: Ref
    event: Id | None
    type: str
    message_id: str
    state: Literal["waiting", "sending", "delivered", "failed", "withheld"]
    tries: int
    due_at: dt.datetime
    status: int | None
    answer: str
    error: str
    created_at: dt.datetime
    changed_at: dt.datetime

    @classmethod
    def of(cls, one: Delivery) -> Self:
        given = {name: getattr(one, name) for name in cls.model_fields if name != "webhook"}
        return cls(webhook=Ref(id=one.webhook_id, name=one.webhook.name), **given)

    @classmethod
    def of_all(cls, rows: Iterable[Delivery]) -> list[Self]:
        return [cls.of(one) for one in rows]


class WebhookQuery(Filter):
    state: Literal["on", "paused", "off", "all"] = "all"


class DeliveryQuery(Filter):
    state: Literal["waiting", "sending", "delivered", "failed", "withheld", "all"] = "all"


class NewWebhook(Input):
    name: System
    url: Url
    nouns: Nouns


class WebhookChanges(Input):
    name: System = LEFT
    url: Url = LEFT
    nouns: Nouns = LEFT


class Since(Input):
    """Which of the failed events."""

    since: Annotated[Day | None, Field(description="Of this day or later; null: all of them.")] = (
        None
    )


class SentAgainOut(Output):
    """How many events are sent again."""

    sent_again: int


def _fields(one: Webhook) -> dict[str, Any]:
    names = ("version", "name", "url", "nouns", "state", "failing_since")
    given = {name: getattr(one, name) for name in names}
    return given | {"id": one.pk, "old_secret_until": one.previous_until}


def _webhook(request: PersonRequest, webhook_id: int) -> Webhook:
    webhook = Webhook.objects.visible_to(request.person).filter(pk=webhook_id).first()
    if webhook is None:
        raise Http404
    return webhook


def _delivery(request: PersonRequest, delivery_id: int) -> Delivery:
    seen = Delivery.objects.visible_to(request.person).select_related("webhook")
    delivery = seen.filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404
    return delivery


@room.listing("/webhooks", WebhookOut)
def list_webhooks(request: PersonRequest, sent: Query[WebhookQuery]) -> Page[WebhookOut]:
    """List the systems that are told of changes, by name.

    Administrators, as everything here.
    """
    require(request.person, Action.RUN_WEBHOOKS)
    rows = Webhook.objects.visible_to(request.person)
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows, sent, WebhookOut.of_all)


@room.creating("/webhooks", NewSecretOut, at="webhooks")
def add_webhook(request: PersonRequest, sent: NewWebhook) -> NewSecretOut:
    """Tell another system of changes from now on.

    Administrators. The answer shows the secret, by which it knows what comes from here, this once.
    """
    return NewSecretOut.made(services.add_webhook(actor=request.person, **sent.every()))


@room.reading("/webhooks/{webhook_id}", WebhookOut)
def read_webhook(request: PersonRequest, webhook_id: Id) -> WebhookOut:
    """Read where a webhook goes, of what it tells, and whether it gets through."""
    return WebhookOut.of(_webhook(request, webhook_id))


@room.changing("/webhooks/{webhook_id}", WebhookOut)
def change_webhook(request: PersonRequest, webhook_id: Id, sent: WebhookChanges) -> WebhookOut:
    """Change its name, where it goes and of what it tells; what is left out stays."""
    webhook = _webhook(request, webhook_id)
    version = version_seen(request, webhook)
    stands = {name: getattr(webhook, name) for name in WebhookChanges.model_fields}
    services.edit_webhook(
        actor=request.person, webhook=webhook, version=version, **stands | sent.given()
    )
    return WebhookOut.of(_webhook(request, webhook_id))


@room.changing("/webhooks/{webhook_id}/pause", WebhookOut, method="POST")
def pause_webhook(request: PersonRequest, webhook_id: Id) -> WebhookOut:
    """Send nothing for now; what happens meanwhile waits."""
    webhook = _webhook(request, webhook_id)
    version_seen(request, webhook)
    return WebhookOut.of(services.pause_webhook(actor=request.person, webhook=webhook))


@room.changing("/webhooks/{webhook_id}/resume", WebhookOut, method="POST")
def resume_webhook(request: PersonRequest, webhook_id: Id) -> WebhookOut:
    """Go on from where it stopped; what has happened meanwhile goes out too."""
    webhook = _webhook(request, webhook_id)
    version_seen(request, webhook)
    return WebhookOut.of(services.resume_webhook(actor=request.person, webhook=webhook))


@room.changing("/webhooks/{webhook_id}/secret", NewSecretOut, method="POST")
def renew_webhook_secret(request: PersonRequest, webhook_id: Id) -> NewSecretOut:
    """Make a new secret, shown in this answer alone; for a day the old one signs as well."""
    webhook = _webhook(request, webhook_id)
    version_seen(request, webhook)
    return NewSecretOut.made(services.renew_secret(actor=request.person, webhook=webhook))


@room.removing("/webhooks/{webhook_id}")
def remove_webhook(request: PersonRequest, webhook_id: Id) -> None:
    """Tell it nothing any more, and drop the list of its events."""
    webhook = _webhook(request, webhook_id)
    version_seen(request, webhook)
    services.remove_webhook(actor=request.person, webhook=webhook)


@room.creating("/webhooks/{webhook_id}/tests", DeliveryOut, at="deliveries")
def send_webhook_test(request: PersonRequest, webhook_id: Id) -> DeliveryOut:
    """Send an event that tells of nothing. Read it again to see whether it arrived."""
    webhook = _webhook(request, webhook_id)
    return DeliveryOut.of(services.send_test(actor=request.person, webhook=webhook))


@room.changing("/webhooks/{webhook_id}/replay", SentAgainOut, method="POST", matched=False)
def replay_webhook(request: PersonRequest, webhook_id: Id, sent: Since) -> SentAgainOut:
    """Send again every event that failed, or did so since a day."""
    since = clock.start_of(sent.since) if sent.since else None
    webhook = _webhook(request, webhook_id)
    count = services.send_failed_again(actor=request.person, webhook=webhook, since=since)
    return SentAgainOut(sent_again=count)


# Events -----------------------------------------------------------------------------------------------------------
@room.listing("/webhooks/{webhook_id}/deliveries", DeliveryOut)
def list_deliveries(
    request: PersonRequest, webhook_id: Id, sent: Query[DeliveryQuery]
) -> Page[DeliveryOut]:
    """List the events of a webhook of the last thirty days, the newest first, with what became of each."""
    seen = Delivery.objects.visible_to(request.person).select_related("webhook")
    rows = seen.filter(webhook=_webhook(request, webhook_id))
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows, sent, DeliveryOut.of_all)


@room.reading("/deliveries/{delivery_id}", DeliveryOut)
def read_delivery(request: PersonRequest, delivery_id: Id) -> DeliveryOut:
    """Read what became of an event."""
    return DeliveryOut.of(_delivery(request, delivery_id))


@room.changing("/deliveries/{delivery_id}/replay", DeliveryOut, method="POST", matched=False)
def replay_delivery(request: PersonRequest, delivery_id: Id) -> DeliveryOut:
    """Send one event again, under the id that it had."""
    services.send_again(actor=request.person, delivery=_delivery(request, delivery_id))
    return DeliveryOut.of(_delivery(request, delivery_id))
