"""From the audit trail to the receivers: collect what happened, send what is due, give up, switch off, tell.

A line of the trail is written with the change that it tells of. `collect` reads on from the last line that a webhook
has seen and writes its deliveries and the new place together: none is lost, none is doubled. Sent is at least once: a
worker that dies between the receiver's answer and our note of it leaves the delivery to be sent again, under its id.
"""

import datetime as dt
import time

from django.db.models import Q, QuerySet
from django.utils import timezone

from goldenthread.core import audit, outbox
from goldenthread.core.errors import DomainError
from goldenthread.core.jobs import Run
from goldenthread.core.models import AuditRecord, Job
from goldenthread.interchange.models import Delivery, Webhook
from goldenthread.interchange.webhooks import events, signing
from goldenthread.interchange.webhooks.addresses import target_of
from goldenthread.interchange.webhooks.sending import Answer, post
from goldenthread.interchange.webhooks.services import enqueue_sending, new_message_id
from goldenthread.people.models import Person

COLLECT = "collect webhook events"
BATCH = 500
SECONDS_A_RUN = 20  # then other jobs have their turn
WAITS = tuple(
    dt.timedelta(minutes=minutes) for minutes in (0.25, 1, 5, 15, 60, 180, 360, 720)
)  # before each further try: over some 22 hours
SWITCHED_OFF_AFTER = dt.timedelta(days=3)
KEPT = dt.timedelta(days=30)
State = Delivery.State


# Collecting -------------------------------------------------------------------------------------------------
def collect(run: Run) -> None:
    """Write down what each webhook is to be told, and let it be sent."""
    on = list(Webhook.objects.filter(state=Webhook.State.ON).values_list("pk", flat=True))
    last = audit.settled() if on else 0
    if last is None:
        run.words = "writers keep the trail busy; the next run looks again"
        return
    count = 0
    for pk in on:
        more = True
        while more:
            with run.step():
                found, more = _collect(pk, last)
                count += found
    with run.step(words=f"{count} collected" if count else "nothing new"):
        for webhook in Webhook.objects.filter(pk__in=on, state=Webhook.State.ON):
            if _due(webhook.pk).exists():
                enqueue_sending(webhook)
        forget_earlier(run, COLLECT)


def _collect(pk: int, last: int) -> tuple[int, bool]:
    """One batch for one webhook: how many deliveries it makes, and whether there is more to read."""
    webhook = Webhook.objects.select_for_update().filter(pk=pk, state=Webhook.State.ON).first()
    if webhook is None or webhook.relayed_to >= last:
        return 0, False
    unread = AuditRecord.objects.filter(pk__gt=webhook.relayed_to, pk__lte=last).order_by("pk")
    lines = list(unread[:BATCH])
    kinds = set(events.wanted(webhook.nouns))
    told = events.open_to_everybody(one for one in lines if one.subject_type in kinds)
    now = timezone.now()
    Delivery.objects.bulk_create(
        Delivery(
            webhook=webhook,
            event=one.pk,
            type=events.type_of(one)[:100],
            message_id=new_message_id(),
            due_at=now,
        )
        for one in told
    )
    more = len(lines) == BATCH
    place = lines[-1].pk if more else last
    Webhook.objects.filter(pk=pk).update(relayed_to=place)
    return len(told), more


def forget_earlier(run: Run, kind: str, key: str = "periodic") -> None:
    """Keep of these jobs only the latest that is done: they run several times a minute, and say little."""
    done = Job.objects.filter(kind=kind, key=key, state=Job.State.DONE)
    done.exclude(pk=run.job_id).delete()


# Sending ----------------------------------------------------------------------------------------------------
def send_due(run: Run, webhook: int, kind: str) -> None:
    """Send what is due of one webhook, the oldest first, until nothing is, nobody answers, or the time is over.

    Of one webhook only one such job runs at a time: so what is *being sent* when it begins was left by a worker that
    died, and is sent again.
    """
    with run.step():
        forget_earlier(run, kind, str(webhook))
        left = Delivery.objects.filter(webhook=webhook, state=State.SENDING)
        left.update(state=State.WAITING, due_at=timezone.now())
    ends, sent = time.monotonic() + SECONDS_A_RUN, 0
    while time.monotonic() < ends:
        with run.step():
            taken = _take(webhook)
        if taken is None:
            return
        delivery, body = taken
        answer = _sent(delivery, body)
        sent += answer.arrived
        with run.step(words=f"{sent} delivered"):
            run.checkpoint["sent"] = run.checkpoint.get("sent", 0) + 1
            _answered(delivery, answer)
        if answer.status is None:
            return  # nobody is there: the others need not find that out one by one


def _due(webhook: int) -> QuerySet[Delivery]:
    waits = Q(state=State.WAITING, due_at__lte=timezone.now())
    return Delivery.objects.filter(waits | Q(state=State.SENDING), webhook=webhook)


def _take(webhook: int) -> tuple[Delivery, bytes] | None:
    """The next delivery, marked as being sent, and what it says; what is no longer open to everybody is held back."""
    due = Delivery.objects.select_for_update(of=("self",)).select_related("webhook")
    due = due.filter(webhook=webhook, webhook__state=Webhook.State.ON, state=State.WAITING)
    for delivery in due.filter(due_at__lte=timezone.now()).order_by("pk")[:BATCH]:
        body = _body(delivery)
        if body is None:
            delivery.state = State.WITHHELD
            delivery.error = "It is no longer open to everybody, so it was not sent."
            delivery.save()
            continue
        delivery.state = State.SENDING
        delivery.tries += 1
        delivery.save()
        return delivery, body
    return None


def _body(delivery: Delivery) -> bytes | None:
    if delivery.event is None:
        return events.test_body(delivery.created_at.isoformat(), None)
    entry = AuditRecord.objects.filter(pk=delivery.event).first()
    if entry is None or not events.open_to_everybody([entry]):
        return None
    return events.body_of(entry)


def _sent(delivery: Delivery, body: bytes) -> Answer:
    webhook = delivery.webhook
    kept = [webhook.secret]
    if webhook.previous_until is not None and webhook.previous_until > timezone.now():
        kept.append(webhook.previous_secret)
    secrets = [one for one in map(signing.opened, kept) if one is not None]
    if len(secrets) < len(kept):
        return Answer(error="SECRET_KEY has been changed, so its secret is lost. Make a new one.")
    try:
        target = target_of(webhook.url)
    except DomainError as error:
        return Answer(error=error.message)
    return post(target, body, delivery.message_id, secrets)


def _answered(delivery: Delivery, answer: Answer) -> None:
    """Write down what came of it, and when it is tried again."""
    webhook = Webhook.objects.select_for_update().filter(pk=delivery.webhook_id).first()
    if webhook is None:
        return  # removed meanwhile, and its deliveries with it
    now = timezone.now()
    delivery.status, delivery.answer, delivery.error = answer.status, answer.said, answer.error
    if answer.arrived:
        delivery.state = State.DELIVERED
    elif delivery.tries > len(WAITS):
        delivery.state = State.FAILED
    else:
        delivery.state, delivery.due_at = State.WAITING, now + WAITS[delivery.tries - 1]
    delivery.save()
    if answer.arrived and webhook.failing_since is not None:
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=None)
    elif not answer.arrived and webhook.failing_since is None:
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=now)
    elif not answer.arrived and webhook.state == Webhook.State.ON:
        assert webhook.failing_since is not None
        if now - webhook.failing_since >= SWITCHED_OFF_AFTER:
            _switch_off(webhook, answer.error)


def _switch_off(webhook: Webhook, error: str) -> None:
    """Nothing has arrived for days: stop, and tell the administrators."""
    Webhook.objects.filter(pk=webhook.pk).update(state=Webhook.State.OFF)
    audit.record(None, "switch off webhook", webhook, before={"state": webhook.state}, note=error)
    body = (
        f"Nothing has reached the webhook “{webhook.name}” for {SWITCHED_OFF_AFTER.days} days, so it is switched off.\n\n"
        f"What came of the last try: {error}\n\n"
        "Once the other system answers again, open Webhooks in Goldenthread and resume it: what has happened\n"
        "meanwhile goes out then, and events that failed can be sent again.\n"
    )
    for admin in Person.objects.filter(is_admin=True, user__is_active=True).exclude(email=""):
        outbox.post(
            "Webhook",
            to=admin.email,
            subject=f"Webhook “{webhook.name}” is switched off",
            body=body,
        )


def clear(run: Run) -> None:
    """Drop deliveries of long ago, whatever became of them."""
    with run.step():
        old = Delivery.objects.filter(changed_at__lt=timezone.now() - KEPT)
        count, _ = old.delete()
        run.words = f"{count} dropped"
