from django.http import HttpResponse
from django.shortcuts import render
from django.urls import include, path

from goldenthread.people.access import PersonRequest, signed_in
from goldenthread.people.models import Person


@signed_in
def floor(request: PersonRequest) -> HttpResponse:
    """A signed-in page of 25 joined rows: what any list in this frame must cost."""
    rows = Person.objects.select_related("unit", "manager")[:25]
    return render(request, "floor.html", {"rows": rows})


urlpatterns = [path("floor/", floor), path("", include("goldenthread.config.urls"))]
