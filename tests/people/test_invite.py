"""Invitations: by whom, by letter or link, once, for a while; and the account that comes of it."""

import datetime as dt
import re
from typing import Any
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import run_due
from goldenthread.people import services
from goldenthread.people.models import Person
from tests.cast import TODAY, Cast, make_person, signed_in

SITE = "http://testserver"


@pytest.fixture
def ivo(cast: Cast) -> Person:
    return make_person("Ivo Krag", account=False, email="ivo@northwind.example", manager=cast.ben)


def token_of(invitation: services.Invitation) -> str:
    return invitation.link.rstrip("/").rpartition("/")[2]


def test_the_letter_brings_the_link_and_the_link_an_account(
    ivo: Person, cast: Cast, client: Client, mailbox: list[Any]
) -> None:
    signed_in(client, cast.ben)
    page = client.post(reverse("person-invite", args=[ivo.pk]))
    assert "A letter with the link is on its way to" in page.content.decode()
    run_due()
    [letter] = mailbox
    assert letter["To"] == "ivo@northwind.example"
    assert letter["Subject"] == "Ben Aske invites you to Northwind Rail on Goldenthread"
    [link] = re.findall(r"http://testserver(\S+)", letter.get_payload(decode=True).decode())
    stranger = Client()
    assert "Welcome, Ivo Krag" in stranger.get(link).content.decode()
    weak = stranger.post(link, {"password": "short"})
    assert weak.status_code == 422
    assert "too short" in weak.content.decode()
    assert stranger.post(link, {"password": "a-long-sea-voyage"})["Location"] == "/"
    assert stranger.get("/people/").status_code == 200
    ivo.refresh_from_db()
    assert ivo.user is not None
    assert ivo.user.email == "ivo@northwind.example"
    used = Client().get(link)
    assert used.status_code == 410
    assert "has been used" in used.content.decode()


def test_without_a_mail_server_the_page_shows_the_link(
    ivo: Person, cast: Cast, client: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    signed_in(client, cast.ada)
    words = client.post(reverse("person-invite", args=[ivo.pk])).content.decode()
    assert "pass the link on yourself" in words
    [link] = re.findall(r'value="http://testserver(/invitation/[^"]+)"', words)
    assert Client().get(link).status_code == 200


def test_a_mail_server_that_is_down_leaves_the_link(ivo: Person, cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    invitation = services.invite(actor=cast.ada, person=ivo, site=SITE)
    run_due()
    assert invitation.job is not None
    invitation.job.refresh_from_db()
    assert invitation.job.state == "waiting"
    assert "does not let us in" in invitation.job.error
    assert services.invited(token_of(invitation)) == ivo


def test_an_invitation_that_is_refused_sends_no_letter(
    ivo: Person, cast: Cast, mailbox: list[Any]
) -> None:
    with pytest.raises(NotAllowed):
        services.invite(actor=cast.flo, person=ivo, site=SITE)
    run_due()
    assert mailbox == []


def test_a_newer_invitation_replaces_the_older_and_a_week_ends_it(ivo: Person, cast: Cast) -> None:
    first = services.invite(actor=cast.dee, person=ivo, site=SITE)
    second = services.invite(actor=cast.dee, person=ivo, site=SITE)
    with pytest.raises(DomainError, match="replaced"):
        services.invited(token_of(first))
    later = dt.datetime.now().timestamp() + 7 * 86_400 + 60
    with (
        mock.patch("django.core.signing.time.time", return_value=later),
        pytest.raises(DomainError, match="expired"),
    ):
        services.accept_invitation(token=token_of(second), password="a-long-sea-voyage")
    with pytest.raises(DomainError, match="whole"):
        services.invited(token_of(second)[:-2])


def test_it_ends_when_the_address_changes_or_they_leave(ivo: Person, cast: Cast) -> None:
    invitation = services.invite(actor=cast.dee, person=ivo, site=SITE)
    services.edit_person(actor=cast.dee, person=ivo, email="krag@northwind.example")
    with pytest.raises(DomainError, match="replaced"):
        services.invited(token_of(invitation))
    invitation = services.invite(actor=cast.dee, person=ivo, site=SITE)
    services.leave(actor=cast.dee, person=ivo, on=TODAY - dt.timedelta(1))
    with pytest.raises(DomainError, match="no longer valid"):
        services.invited(token_of(invitation))


def test_whom_one_cannot_invite(ivo: Person, cast: Cast) -> None:
    for who, words in (
        (cast.flo, "has an account already"),
        (make_person("Uma", account=False), "needs an e-mail"),
        (
            make_person("Una", account=False, email="una@x.example", end=TODAY - dt.timedelta(1)),
            "has left",
        ),
    ):
        with pytest.raises(DomainError, match=words):
            services.invite(actor=cast.eve, person=who, site=SITE)


def test_who_may(ivo: Person, cast: Cast, client: Client) -> None:
    for actor in (cast.flo, cast.cyd):
        with pytest.raises(NotAllowed):
            services.invite(actor=actor, person=ivo, site=SITE)
    signed_in(client, cast.flo)
    assert client.get(reverse("person-invite", args=[ivo.pk])).status_code == 403
    services.grant_roles(actor=cast.eve, person=ivo, leader=False, hr=False, admin=True)
    for actor in (cast.ada, cast.dee):  # they would hold the link to an administrator's account
        with pytest.raises(NotAllowed):
            services.invite(actor=actor, person=ivo, site=SITE)
    services.invite(actor=cast.eve, person=ivo, site=SITE)
    for actor in (cast.ada, cast.dee):
        with pytest.raises(NotAllowed):
            services.deactivate_account(actor=actor, person=cast.flo)
