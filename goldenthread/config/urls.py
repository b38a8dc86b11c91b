"""Every address of the product, room by room."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("goldenthread.people.urls")),
    path("ui/", include("goldenthread.ui.urls")),
]
