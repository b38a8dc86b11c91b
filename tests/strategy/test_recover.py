"""A KPI out of range starts a recovery objective from its page, and that is then the page's first action."""

from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone

from goldenthread.config import urls
from goldenthread.people.models import Person
from goldenthread.strategy.models import Kpi
from tests.cast import TODAY, make_kpi, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def _objectives(settings: Any) -> None:
    """A place for the form of a new objective, which belongs to a room above this one."""
    with_form = ModuleType("with_form")
    form = path("new-objective/", lambda request: HttpResponse(), name="objective-new")
    with_form.urlpatterns = [*urls.urlpatterns, form]
    settings.ROOT_URLCONF = with_form


def page_of(client: Client, person: Person, value: str, **fields: Any) -> str:
    kpi = make_kpi(low=Decimal(4), high=Decimal(6), direction="hold", owner=person, **fields)
    kpi.observations.create(on=TODAY, value=Decimal(value), recorded_at=timezone.now())
    return signed_in(client, person).get(reverse("kpi", args=[kpi.pk])).content.decode()


@pytest.mark.usefixtures("_objectives")
def test_out_of_range_it_is_the_one_primary_action(client: Client, flo: Person) -> None:
    page = page_of(client, flo, "7")
    assert f'href="/new-objective/?recovers={Kpi.objects.get().pk}"' in page
    assert "Start a recovery objective" in page
    assert page.count("btn-primary") == 1


@pytest.mark.usefixtures("_objectives")
def test_in_range_recording_is(client: Client, flo: Person) -> None:
    page = page_of(client, flo, "5")
    assert "Start a recovery objective" not in page
    assert page.count("btn-primary") == 1


@pytest.mark.usefixtures("_objectives")
def test_an_unconfirmed_one_is_confirmed_first(client: Client, flo: Person) -> None:
    page = page_of(client, flo, "7", state=Kpi.State.UNCONFIRMED)
    assert "Start a recovery objective" not in page
    assert "Confirm it" in page
    assert page.count("btn-primary") == 1
