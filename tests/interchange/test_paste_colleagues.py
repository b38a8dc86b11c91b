"""The page that takes colleagues pasted as lines."""

from django.test import Client
from django.urls import reverse

from goldenthread.people.models import Person
from tests.cast import Cast, signed_in


def test_the_page_says_what_became_of_each_line(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    rows = "Name; E-mail; Manager\nIvo Krag; ivo@northwind.example; Ben Aske\nIda; ida@; Ben Aske"
    page = client.post(reverse("colleagues-paste"), {"rows": rows})
    words = page.content.decode()
    assert page.status_code == 200
    assert "1 person is new here" in words
    assert "1 line needs a look" in words
    assert "is not an e-mail address" in words
    ivo = Person.objects.get(name="Ivo Krag")
    assert ivo.manager == cast.ben


def test_what_cannot_be_read_is_kept(cast: Cast, client: Client) -> None:
    signed_in(client, cast.ada)
    page = client.post(reverse("colleagues-paste"), {"rows": "x, x@x.example\n" * 2_500})
    assert page.status_code == 422
    assert "too many" in page.content.decode()
    assert "x@x.example" in page.content.decode()


def test_only_who_may_add_people(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    assert client.get(reverse("colleagues-paste")).status_code == 403
    assert client.post(reverse("colleagues-paste"), {"rows": "Ivo"}).status_code == 403
    assert not Person.objects.filter(name="Ivo").exists()
