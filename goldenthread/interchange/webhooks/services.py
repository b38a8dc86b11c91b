"""What administrators do with webhooks: add, change, pause, a new secret, remove, try, send again."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from goldenthread.core import audit, versions
from goldenthread.core.access import require
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import enqueue
from goldenthread.core.models import AuditRecord
from goldenthread.interchange.models import Delivery, Webhook
from goldenthread.interchange.webhooks import signing
from goldenthread.interchange.webhooks.addresses import target_of
from goldenthread.interchange.webhooks.events import BY_NAME, TEST
from goldenthread.people.models import Person
from goldenthread.permissions import Action

SEND = "send webhook events"
BOTH_SIGN = dt.timedelta(hours=24)
State = Delivery.State


@dataclass(frozen=True)
class WithSecret:
    """A webhook and its new secret, which is shown this once."""

    webhook: Webhook
    secret: str


@transaction.atomic
def add_webhook(*, actor: Person, name: str, url: str, nouns: Sequence[str]) -> WithSecret:
    """Tell another system of changes from now on. Administrators only. Raises `DomainError`."""
    require(actor, Action.RUN_WEBHOOKS)
    fields = _checked(name, url, nouns)
    secret = signing.new_secret()
    last = AuditRecord.objects.aggregate(last=Max("pk"))["last"] or 0
    webhook = Webhook.objects.create(**fields, secret=signing.closed(secret), relayed_to=last)
    audit.record(actor, "add webhook", webhook, after=_told(fields))
    return WithSecret(webhook, secret)


@transaction.atomic
def edit_webhook(
    *, actor: Person, webhook: Webhook, version: int, name: str, url: str, nouns: Sequence[str]
) -> Webhook:
    """Change where it goes and of what it tells. Administrators only. Raises `SavedMeanwhile`, `DomainError`."""
    require(actor, Action.RUN_WEBHOOKS, webhook)
    before, after = audit.changed(webhook, _checked(name, url, nouns))
    if after:
        versions.save(webhook, after, version=version)
        audit.record(actor, "edit webhook", webhook, before=_told(before), after=_told(after))
    return webhook


@transaction.atomic
def pause_webhook(*, actor: Person, webhook: Webhook) -> Webhook:
    """Send nothing for now; what happens meanwhile waits in the trail. Administrators only."""
    return _turn(actor, "pause webhook", webhook, Webhook.State.PAUSED)


@transaction.atomic
def resume_webhook(*, actor: Person, webhook: Webhook) -> Webhook:
    """Go on from where it stopped: what has happened meanwhile goes out too. Administrators only."""
    webhook = _turn(actor, "resume webhook", webhook, Webhook.State.ON)
    waiting = webhook.deliveries.filter(state=State.WAITING)
    waiting.update(due_at=timezone.now())
    enqueue_sending(webhook)
    return webhook


@transaction.atomic
def renew_secret(*, actor: Person, webhook: Webhook) -> WithSecret:
    """A new secret; for a day the old one signs as well, so that the receiver can change over. Administrators only."""
    require(actor, Action.RUN_WEBHOOKS, webhook)
    secret = signing.new_secret()
    changes = {
        "secret": signing.closed(secret),
        "previous_secret": webhook.secret,
        "previous_until": timezone.now() + BOTH_SIGN,
    }
    versions.save(webhook, changes)
    audit.record(actor, "renew webhook secret", webhook)
    return WithSecret(webhook, secret)


@transaction.atomic
def remove_webhook(*, actor: Person, webhook: Webhook) -> None:
    """Tell it nothing any more, and drop the list of what it was told. Administrators only."""
    require(actor, Action.RUN_WEBHOOKS, webhook)
    audit.record(
        actor, "remove webhook", webhook, before=_told({"name": webhook.name, "url": webhook.url})
    )
    webhook.delete()


@transaction.atomic
def send_test(*, actor: Person, webhook: Webhook) -> Delivery:
    """Send an event that tells of nothing, to see whether it arrives. Administrators only."""
    require(actor, Action.RUN_WEBHOOKS, webhook)
    if webhook.state != Webhook.State.ON:
        raise DomainError("It is not on. Resume it first.")
    delivery = Delivery.objects.create(
        webhook=webhook, type=TEST, message_id=new_message_id(), due_at=timezone.now()
    )
    audit.record(actor, "test webhook", webhook)
    enqueue_sending(webhook)
    return delivery


@transaction.atomic
def send_again(*, actor: Person, delivery: Delivery) -> Delivery:
    """Send one event again, under the id that it had. Administrators only."""
    require(actor, Action.RUN_WEBHOOKS, delivery)
    delivery = Delivery.objects.select_for_update().select_related("webhook").get(pk=delivery.pk)
    if delivery.state in {State.WAITING, State.SENDING}:
        raise DomainError("This event is on its way already.")
    _again([delivery])
    audit.record(actor, "send event again", delivery.webhook, note=delivery.message_id)
    enqueue_sending(delivery.webhook)
    return delivery


@transaction.atomic
def send_failed_again(*, actor: Person, webhook: Webhook, since: dt.datetime | None = None) -> int:
    """Send every event again that failed, or did so since a moment; answers how many. Administrators only."""
    require(actor, Action.RUN_WEBHOOKS, webhook)
    failed = webhook.deliveries.select_for_update().filter(state=State.FAILED)
    if since is not None:
        failed = failed.filter(created_at__gte=since)
    found = list(failed)
    if not found:
        raise DomainError("No event has failed since then." if since else "No event has failed.")
    _again(found)
    audit.record(actor, "send failed events again", webhook, after={"count": len(found)})
    enqueue_sending(webhook)
    return len(found)


def new_message_id() -> str:
    """The name of a delivery, the same at every try."""
    return f"msg_{uuid.uuid4().hex}"


def enqueue_sending(webhook: Webhook) -> None:
    """Ask for what is due of the webhook to be sent; one at a time for each."""
    enqueue(SEND, {"webhook": webhook.pk}, key=str(webhook.pk))


def _again(found: list[Delivery]) -> None:
    now = timezone.now()
    for one in found:
        one.state, one.tries, one.due_at, one.changed_at = State.WAITING, 0, now, now
    Delivery.objects.bulk_update(found, ["state", "tries", "due_at", "changed_at"], batch_size=500)


def _turn(actor: Person, verb: str, webhook: Webhook, state: Webhook.State) -> Webhook:
    require(actor, Action.RUN_WEBHOOKS, webhook)
    before, after = audit.changed(webhook, {"state": state})
    if after:
        versions.save(webhook, after | {"failing_since": None})
        audit.record(actor, verb, webhook, before=before, after=after)
    return webhook


def _checked(name: str, url: str, nouns: Sequence[str]) -> dict[str, object]:
    name, url = " ".join(name.split()), url.strip()
    if not 1 <= len(name) <= 100:
        raise DomainError("Say in up to 100 characters which system it is.", "name")
    if len(url) > 500:
        raise DomainError("Keep the address to 500 characters.", "url")
    target_of(url)
    unknown = set(nouns) - BY_NAME.keys()
    if unknown or not nouns:
        raise DomainError("Choose what it is told of.", "nouns")
    return {"name": name, "url": url, "nouns": [one for one in BY_NAME if one in nouns]}


def _told(fields: dict[str, object]) -> dict[str, object]:
    """As the trail keeps it: of the address only the host, since many carry a password in their path."""
    return {
        name: target_of(str(value)).host if name == "url" else value
        for name, value in fields.items()
    }
