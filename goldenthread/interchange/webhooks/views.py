"""Pages of webhooks, for administrators: which there are, what became of each event, sending again."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from goldenthread.core import clock
from goldenthread.core.access import require
from goldenthread.core.jobs.selectors import presence
from goldenthread.core.spreadsheet import csv_file, moment
from goldenthread.interchange.models import Delivery, Webhook
from goldenthread.interchange.webhooks import services
from goldenthread.interchange.webhooks.events import BY_NAME
from goldenthread.interchange.webhooks.forms import SinceForm, WebhookForm
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved, version_in
from goldenthread.permissions import Action

PAGE = 50


def _webhook(request: PersonRequest, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.visible_to(request.person), pk=pk)


@require_GET
@signed_in
def webhooks(request: PersonRequest) -> HttpResponse:
    """Which systems are told of what, and whether it arrives."""
    require(request.person, Action.RUN_WEBHOOKS)
    found = _listed(request)
    rows = [{"webhook": one, "told": _words(one)} for one in found]
    troubled = sum(bool(one.failing_since) or one.state == Webhook.State.OFF for one in found)
    context = {"rows": rows, "troubled": troubled, "presence": presence()}
    return render(request, "interchange/webhooks.html", context)


@require_GET
@signed_in
def webhooks_csv(request: PersonRequest) -> HttpResponseBase:
    """The list as a file; as there, without addresses, since many carry a password in their path."""
    require(request.person, Action.RUN_WEBHOOKS)
    lines = (
        (
            *(one.pk, one.name, _words(one), one.get_state_display(), moment(one.failing_since)),
            *(one.waiting, one.failed),
        )
        for one in _listed(request)
    )
    columns = ("webhook", "system", "told_of", "state", "failing_since", "waiting", "failed")
    return csv_file("webhooks.csv", columns, lines)


def _listed(request: PersonRequest) -> "QuerySet[Any]":
    """With how many events wait, and how many have failed."""
    return Webhook.objects.visible_to(request.person).annotate(
        failed=Count("deliveries", filter=Q(deliveries__state=Delivery.State.FAILED)),
        waiting=Count("deliveries", filter=Q(deliveries__state=Delivery.State.WAITING)),
    )


def _words(webhook: Webhook) -> str:
    """What it is told of, in words."""
    titles = [BY_NAME[name].title.partition(":")[0] for name in webhook.nouns if name in BY_NAME]
    return ", ".join(titles)


@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def webhook_add(request: PersonRequest) -> HttpResponse:
    """Add one; the answer to what is posted alone shows its secret."""
    require(request.person, Action.RUN_WEBHOOKS)
    form = WebhookForm(request.POST or None, initial={"nouns": ["objective", "key_result"]})
    made: list[services.WithSecret] = []

    def write() -> None:
        made.append(services.add_webhook(actor=request.person, **form.cleaned_data))

    if request.method == "POST" and saved(form, write):
        return _with_secret(request, made[0], 201)
    status = 422 if form.is_bound else 200
    return render(request, "interchange/webhook_form.html", {"form": form}, status=status)


def _with_secret(request: PersonRequest, made: services.WithSecret, status: int) -> HttpResponse:
    return render(request, "interchange/webhook_secret.html", {"made": made}, status=status)


@require_GET
@signed_in
def webhook(request: PersonRequest, pk: int) -> HttpResponse:
    """One webhook, and its events with what became of them."""
    return _page(request, _webhook(request, pk), SinceForm())


def _page(request: PersonRequest, found: Webhook, since: SinceForm) -> HttpResponse:
    every, chosen, deliveries = _events(request, found)
    counts = dict(every.order_by().values_list("state").annotate(Count("pk")))
    context = {
        "webhook": found,
        "told": _words(found),
        "page": Paginator(deliveries, PAGE).get_page(request.GET.get("page")),
        "failed": counts.get("failed", 0),
        "any": sum(counts.values()),
        "since_form": since,
        "views": [
            {
                "title": title,
                "url": f"?show={state}" if state else "?",
                "here": state == chosen,
                "count": counts.get(state, 0) if state else sum(counts.values()),
            }
            for state, title in [("", "All"), *Delivery.State.choices]
            if not state or counts.get(state) or state == chosen
        ],
        "presence": presence(),
    }
    status = 422 if since.is_bound else 200
    return render(request, "interchange/webhook.html", context, status=status)


def _events(
    request: PersonRequest, found: Webhook
) -> "tuple[QuerySet[Delivery], str, QuerySet[Delivery]]":
    """All events of the webhook; in which state the address asks for; those in it."""
    every = Delivery.objects.visible_to(request.person).filter(webhook=found)
    chosen = request.GET.get("show", "")
    if chosen not in Delivery.State.values:
        return every, "", every
    return every, chosen, every.filter(state=chosen)


@require_GET
@signed_in
def webhook_events_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The events with what became of each, as the page is narrowed."""
    _, _, deliveries = _events(request, _webhook(request, pk))
    lines = (
        (
            *(one.type, one.message_id, one.get_state_display(), one.tries, one.status),
            *(one.answer, one.error),
            *(moment(at) for at in (one.created_at, one.due_at, one.changed_at)),
        )
        for one in deliveries.iterator(chunk_size=500)
    )
    columns = ("event", "id", "state", "tries", "status", "answer", "error")
    moments = ("created_at", "due_at", "changed_at")
    return csv_file(f"webhook-{pk}-events.csv", (*columns, *moments), lines)


@require_http_methods(["GET", "POST"])
@signed_in
def webhook_edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = _webhook(request, pk)
    form = WebhookForm(request.POST or None, initial=WebhookForm.initial_of(found))

    def write() -> None:
        services.edit_webhook(
            actor=request.person, webhook=found, version=version_in(request), **form.cleaned_data
        )

    if request.method == "POST" and saved(form, write):
        messages.success(request, f"“{found}” is saved.")
        return redirect("webhook", pk)
    context = {"form": form, "edited": found}
    status = 422 if form.is_bound else 200
    return render(request, "interchange/webhook_form.html", context, status=status)


@require_POST
@signed_in
def webhook_pause(request: PersonRequest, pk: int) -> HttpResponse:
    found = services.pause_webhook(actor=request.person, webhook=_webhook(request, pk))
    messages.success(request, f"“{found}” is paused. What happens meanwhile waits.")
    return redirect("webhook", pk)


@require_POST
@signed_in
def webhook_resume(request: PersonRequest, pk: int) -> HttpResponse:
    found = services.resume_webhook(actor=request.person, webhook=_webhook(request, pk))
    messages.success(request, f"“{found}” is on, and told what has happened meanwhile.")
    return redirect("webhook", pk)


@require_POST
@never_cache
@signed_in
def webhook_secret(request: PersonRequest, pk: int) -> HttpResponse:
    """Make a new secret, shown on this answer alone."""
    made = services.renew_secret(actor=request.person, webhook=_webhook(request, pk))
    return _with_secret(request, made, 200)


@require_POST
@signed_in
def webhook_remove(request: PersonRequest, pk: int) -> HttpResponse:
    found = _webhook(request, pk)
    services.remove_webhook(actor=request.person, webhook=found)
    messages.success(request, f"“{found.name}” is removed, and told nothing any more.")
    return redirect("webhooks")


@require_POST
@signed_in
def webhook_test(request: PersonRequest, pk: int) -> HttpResponse:
    services.send_test(actor=request.person, webhook=_webhook(request, pk))
    messages.success(request, "A test is on its way. Load this page again to see what came of it.")
    return redirect("webhook", pk)


@require_POST
@signed_in
def webhook_replay(request: PersonRequest, pk: int) -> HttpResponse:
    """Send all again that failed, or that did since a day."""
    found = _webhook(request, pk)
    form = SinceForm(request.POST)
    count: list[int] = []

    def write() -> None:
        day: dt.date | None = form.cleaned_data["since"]
        since = clock.start_of(day) if day else None
        count.append(services.send_failed_again(actor=request.person, webhook=found, since=since))

    if not saved(form, write):
        return _page(request, found, form)
    said = "One event is" if count == [1] else f"{count[0]} events are"
    messages.success(request, f"{said} sent again.")
    return redirect("webhook", pk)


@require_POST
@signed_in
def delivery_replay(request: PersonRequest, pk: int) -> HttpResponse:
    """Send one event again."""
    found = get_object_or_404(Delivery.objects.visible_to(request.person), pk=pk)
    services.send_again(actor=request.person, delivery=found)
    messages.success(request, "The event is sent again.")
    return redirect("webhook", found.webhook_id)
