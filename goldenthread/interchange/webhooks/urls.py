"""Addresses of webhooks."""

from django.urls import path

from goldenthread.interchange.webhooks import views

urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("csv/", views.webhooks_csv, name="webhooks-csv"),
    path("add/", views.webhook_add, name="webhook-add"),
    path("<int:pk>/", views.webhook, name="webhook"),
    path("<int:pk>/events.csv", views.webhook_events_csv, name="webhook-events-csv"),
    path("<int:pk>/edit/", views.webhook_edit, name="webhook-edit"),
    path("<int:pk>/pause/", views.webhook_pause, name="webhook-pause"),
    path("<int:pk>/resume/", views.webhook_resume, name="webhook-resume"),
    path("<int:pk>/secret/", views.webhook_secret, name="webhook-secret"),
    path("<int:pk>/remove/", views.webhook_remove, name="webhook-remove"),
    path("<int:pk>/test/", views.webhook_test, name="webhook-test"),
    path("<int:pk>/replay/", views.webhook_replay, name="webhook-replay"),
    path("deliveries/<int:pk>/replay/", views.delivery_replay, name="delivery-replay"),
]
