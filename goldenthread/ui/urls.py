from django.urls import path

from goldenthread.ui import views

urlpatterns = [path("", views.patterns, name="patterns")]
