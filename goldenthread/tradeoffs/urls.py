"""Addresses of decisions, of effort and of what gives."""

from django.urls import path

from goldenthread.tradeoffs.views import (
    decision,
    entries,
    gives,
    gives_listing,
    listing,
    planning,
)

urlpatterns = [
    path("effort/plan/", planning.effort_plan, name="effort-plan"),
    path("effort/objectives/<int:pk>/", planning.objective_effort_page, name="objective-effort"),
    path("effort/entries/", entries.effort_entries, name="effort-entries"),
    path("effort/csv/", entries.effort_csv, name="effort-csv"),
    path("effort/confirm/", planning.effort_confirm, name="effort-confirm"),
    path("effort/non-routine/", planning.effort_non_routine, name="effort-non-routine"),
    path("what-gives/", gives_listing.what_gives_list, name="what-gives-list"),
    path("what-gives/csv/", gives_listing.what_gives_csv, name="what-gives-csv"),
    path("what-gives/new/", gives.what_gives_new, name="what-gives-new"),
    path("people/<int:pk>/what-gives/", gives.what_gives_of, name="what-gives-of"),
    path("what-gives/<int:pk>/", gives.what_gives, name="what-gives"),
    path("what-gives/<int:pk>/answer/", gives.what_gives_answer, name="what-gives-answer"),
    path("what-gives/<int:pk>/escalate/", gives.what_gives_escalate, name="what-gives-escalate"),
    path("what-gives/<int:pk>/withdraw/", gives.what_gives_withdraw, name="what-gives-withdraw"),
    path(
        "what-gives/<int:pk>/acknowledge/",
        gives.what_gives_acknowledge,
        name="what-gives-acknowledge",
    ),
    path("decisions/", listing.decisions, name="decisions"),
    path("decisions/csv/", listing.decisions_csv, name="decisions-csv"),
    path("decisions/pick/", listing.touched_pick, name="touched-pick"),
    path("decisions/new/", decision.decision_new, name="decision-new"),
    path("decisions/<int:pk>/", decision.decision, name="decision"),
    path("decisions/<int:pk>/edit/", decision.decision_edit, name="decision-edit"),
    path("decisions/<int:pk>/wording/", decision.decision_wording, name="decision-wording"),
    path("decisions/<int:pk>/decide/", decision.decision_decide, name="decision-decide"),
    path("decisions/<int:pk>/look-back/", decision.decision_look_back, name="decision-look-back"),
    path(
        "decisions/<int:pk>/look-later/", decision.decision_look_later, name="decision-look-later"
    ),
    path("decisions/<int:pk>/withdraw/", decision.decision_withdraw, name="decision-withdraw"),
    path("decisions/<int:pk>/confirm/", decision.decision_confirm, name="decision-confirm"),
]
