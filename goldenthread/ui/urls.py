from django.urls import path

from goldenthread.ui import views

urlpatterns = [
    path("", views.patterns, name="patterns"),
    path("options/", views.options, name="pattern_options"),
]
