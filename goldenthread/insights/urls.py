"""Addresses of the pages that read across the rooms."""

from django.urls import path

from goldenthread.insights.views import history, home, person, priority, strategy, unit

urlpatterns = [
    path("", home.home, name="home"),
    path("strategy/", strategy.strategy, name="strategy"),
    path("units/<int:pk>/strategy/", strategy.unit_strategy, name="unit-strategy"),
    path("units/<int:pk>/", unit.unit, name="unit"),
    path("people/<int:pk>/", person.person, name="person"),
    path("priorities/<int:pk>/", priority.priority, name="priority"),
    path("history/<slug:kind>/<int:pk>/", history.history, name="history"),
]
