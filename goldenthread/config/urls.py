"""Every address of the product, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from goldenthread.interchange.pasted_colleagues import paste_colleagues

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("goldenthread.people.urls")),
    path("people/paste/", paste_colleagues, name="colleagues-paste"),
    path("", include("goldenthread.strategy.urls")),
    path("", include("goldenthread.objectives.urls")),
    path("", include("goldenthread.insights.urls")),
    path("", include("goldenthread.interchange.urls")),
    path("", include("goldenthread.operations.urls")),
    path("ui/", include("goldenthread.ui.urls")),
]
