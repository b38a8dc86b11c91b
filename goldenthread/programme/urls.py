"""Addresses of handovers."""

from django.urls import path

from goldenthread.programme import views

urlpatterns = [
    path("handovers/", views.handovers, name="handovers"),
    path("handovers/<int:pk>/", views.handover, name="handover"),
    path("handovers/<int:pk>/take-on/", views.handover_take_on, name="handover-take-on"),
    path("handovers/<int:pk>/close/", views.handover_close, name="handover-close"),
]
