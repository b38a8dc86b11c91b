"""Addresses of what comes in and goes out: exports, calendars, imports, the first run, and a strategy as text or file."""

from django.urls import include, path

from goldenthread.interchange import calendar_views, export_views, outline_views
from goldenthread.interchange.first_run import views as first_run

urlpatterns = [
    path("", include("goldenthread.interchange.import_urls")),
    path("export/", export_views.export, name="export"),
    path("export/tables/", export_views.export_tables, name="export-tables"),
    path("export/plan/", export_views.export_plan, name="export-plan"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/revoke/", calendar_views.calendar_revoke, name="calendar-revoke"),
    path("calendar/<str:secret>.ics", calendar_views.calendar_feed, name="calendar-feed"),
    path("webhooks/", include("goldenthread.interchange.webhooks.urls")),
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
