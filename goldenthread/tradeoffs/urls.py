"""Addresses of decisions, of effort, of what gives and of the planner."""

from django.urls import path

from goldenthread.tradeoffs.views import (
    decision,
    entries,
    gives,
    gives_listing,
    listing,
    plan_parts,
    planning,
    plans,
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
    path("planner/", plans.plans, name="plans"),
    path("planner/csv/", plans.plans_csv, name="plans-csv"),
    path("planner/new/", plans.plan_new, name="plan-new"),
    path("planner/<int:pk>/", plans.plan, name="plan"),
    path("planner/<int:pk>/csv/", plans.plan_csv, name="plan-csv"),
    path("planner/<int:pk>/work-out/", plans.plan_work_out, name="plan-work-out"),
    path("planner/<int:pk>/values/", plans.plan_values, name="plan-values"),
    path("planner/<int:pk>/candidates/", plan_parts.plan_candidates, name="plan-candidates"),
    path("planner/<int:pk>/paste/", plan_parts.plan_paste, name="plan-paste"),
    path("planner/<int:pk>/teams/", plan_parts.plan_teams, name="plan-teams"),
    path("planner/<int:pk>/scenarios/new/", plan_parts.scenario_new, name="scenario-new"),
    path(
        "planner/<int:pk>/scenarios/<int:scenario>/", plan_parts.scenario_edit, name="scenario-edit"
    ),
    path(
        "planner/<int:pk>/scenarios/<int:scenario>/remove/",
        plan_parts.scenario_remove,
        name="scenario-remove",
    ),
    path("planner/<int:pk>/scenarios/<int:scenario>/adopt/", plans.plan_adopt, name="plan-adopt"),
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
