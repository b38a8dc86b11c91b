"""The page on which a strategy's leader weighs its priorities."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from goldenthread.core.access import require
from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.views.forms_in_pages import saved, version_in, way_on
from goldenthread.permissions import Action
from goldenthread.strategy import selectors, services
from goldenthread.strategy.forms import WeightsForm
from goldenthread.strategy.models import Priority
from goldenthread.strategy.views.strategies import status_of, strategy_or_404


@require_http_methods(["GET", "POST"])
@signed_in
def weights(request: PersonRequest, pk: int) -> HttpResponse:
    """Order and shares in one form; sent with `confirm` they are confirmed at once."""
    strategy = strategy_or_404(request, pk)
    require(request.person, Action.SET_WEIGHTS, strategy)
    listed = list(selectors.priorities_of(strategy, request.person))
    active = [one for one in listed if one.state == Priority.State.ACTIVE]
    drafts = [one.pk for one in listed if one.state == Priority.State.UNCONFIRMED]
    form = WeightsForm(request.POST or None, priorities=active)
    confirm = "confirm" in request.POST

    def write() -> None:
        with transaction.atomic():
            services.set_weights(
                actor=request.person,
                strategy=strategy,
                shares=form.shares,
                version=version_in(request),
            )
            ids = [*form.order, *drafts]
            services.order_priorities(actor=request.person, strategy=strategy, ids=ids)
            if confirm:
                services.confirm_weights(actor=request.person, strategy=strategy)

    if request.method == "POST" and saved(form, write):
        words = "The weights are confirmed." if confirm else "Saved, and still to be confirmed."
        messages.success(request, words)
        return redirect(way_on(request, reverse("weights", args=[strategy.pk])))
    context = {
        "strategy": strategy,
        "form": form,
        "rows": list(form.rows()),
        "drafts": len(drafts),
        "never_set": all(one.weight is None for one in active),
        "dispersion": selectors.dispersion_of(strategy),
    }
    return render(request, "strategy/weights.html", context, status=status_of(form))
