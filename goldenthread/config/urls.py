"""Every address of the product, room by room."""

from django.urls import URLPattern, URLResolver, include, path

from goldenthread.config.api import api, description, openapi
from goldenthread.insights.views.home import home
from goldenthread.interchange.api_docs import api_docs, api_docs_room
from goldenthread.interchange.pasted_colleagues import paste_colleagues
from goldenthread.interchange.waiting import waiting_imports

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, {"besides": waiting_imports}, name="home"),
    path("", include("goldenthread.people.urls")),
    path("people/paste/", paste_colleagues, name="colleagues-paste"),
    path("", include("goldenthread.strategy.urls")),
    path("", include("goldenthread.objectives.urls")),
    path("", include("goldenthread.tradeoffs.urls")),
    path("", include("goldenthread.programme.urls")),
    path("", include("goldenthread.insights.urls")),
    path("", include("goldenthread.interchange.urls")),
    path("", include("goldenthread.operations.urls")),
    path("api/v1/", api.urls),
    path("api/openapi.json", openapi, name="api-openapi"),
    path("api/docs/", api_docs, {"description": description}, name="api-docs"),
    path(
        "api/docs/<slug:slug>/", api_docs_room, {"description": description}, name="api-docs-room"
    ),
    path("ui/", include("goldenthread.ui.urls")),
]
