"""Addresses of the programme and of handovers."""

from django.urls import path

from goldenthread.programme.views import handovers, programme

urlpatterns = [
    path("programme/", programme.programme, name="programme"),
    path("programme/adoption/csv/", programme.adoption_csv, name="programme-adoption-csv"),
    path("programme/stuck/<slug:kind>/", programme.stuck, name="programme-stuck"),
    path("programme/stuck/<slug:kind>/nudge/", programme.stuck_nudge, name="programme-nudge"),
    path("programme/stuck/<slug:kind>/csv/", programme.stuck_csv, name="programme-stuck-csv"),
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/csv/", handovers.handovers_csv, name="handovers-csv"),
    path("handovers/nobody/csv/", handovers.unowned_csv, name="unowned-csv"),
    path("handovers/<int:pk>/", handovers.handover, name="handover"),
    path("handovers/<int:pk>/take-on/", handovers.handover_take_on, name="handover-take-on"),
    path("handovers/<int:pk>/close/", handovers.handover_close, name="handover-close"),
]
