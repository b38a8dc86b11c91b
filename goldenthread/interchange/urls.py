"""Addresses of what comes in: imports, the first run, and a strategy as text or file."""

from django.urls import include, path

from goldenthread.interchange import outline_views
from goldenthread.interchange.first_run import views as first_run

urlpatterns = [
    path("", include("goldenthread.interchange.import_urls")),
    path("welcome/", first_run.welcome, name="first-run"),
    path("welcome/strategy/", first_run.strategy, name="first-run-strategy"),
    path("welcome/priorities/", first_run.priorities, name="first-run-priorities"),
    path("welcome/team/", first_run.team, name="first-run-team"),
    path("welcome/objective/", first_run.objective, name="first-run-objective"),
    path("welcome/check-in/", first_run.first_check_in, name="first-run-check-in"),
    path("welcome/line/", first_run.gold_line, name="first-run-line"),
    path("strategy/from-outline/", outline_views.from_outline, name="strategy-from-outline"),
    path(
        "strategy/from-outline/<int:pk>/",
        outline_views.from_outline_review,
        name="strategy-from-outline-review",
    ),
]
