"""Passkeys, an authenticator app and recovery codes: set up, used to sign in, lost, and taken away."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.jobs import run_due
from goldenthread.core.models import AuditRecord
from goldenthread.people import services
from goldenthread.people.models import Person, User
from tests.cast import PASSWORD, Cast, signed_in
from tests.passkeys import Device

LOGIN, CODE = "/accounts/login/", "/accounts/login/code/"
OPTIONS = re.compile(r'<script id="passkey-options" type="application/json">(.*?)</script>')


def comes_in(client: Client, person: Person) -> None:
    """Through the form, with the password alone."""
    answer = client.post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert answer["Location"] == "/", "something else is asked for too"


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    cache.clear()  # a code works once; the tests are quicker than the next one
    now = list(yield_hotp_counters_from_time())[1]
    return format_hotp_value(hotp_value(secret, now))


def confirm(client: Client, **extra: Any) -> None:
    answer = client.post("/accounts/confirm/", {"password": PASSWORD}, **extra)
    assert answer.status_code == 302


def set_up_app(client: Client) -> str:
    """Through the pages; the secret that the app keeps."""
    page = client.get(reverse("account-app"))
    secret = re.search(r'<code class="secret"[^>]*>([^<]+)<', page.content.decode())
    assert secret
    key = secret[1].replace(" ", "")
    answer = client.post(reverse("account-app"), {"code": code_of(key)})
    assert answer.status_code == 302, answer.content.decode()
    return key


def shown_codes(client: Client) -> list[str]:
    return re.findall(
        r"<li><code>(\d{8})</code>", client.get(reverse("account-codes")).content.decode()
    )


def password_given(email: str = "flo@northwind.example", **extra: Any) -> Client:
    """Somebody who knows the password, and is asked for more."""
    client = Client()
    answer = client.post(LOGIN, {"login": email, "password": PASSWORD}, **extra)
    assert answer["Location"] == CODE
    return client


def is_in(client: Client) -> bool:
    return client.get("/people/", secure=True).status_code == 200


def add_passkey(client: Client, device: Device) -> Any:
    page = client.get(reverse("account-passkey-add"), secure=True).content.decode()
    options = OPTIONS.search(page)
    assert options
    answer = json.dumps(device.creates(json.loads(options[1])))
    return client.post(
        reverse("account-passkey-add"), {"name": "Phone", "credential": answer}, secure=True
    )


@pytest.fixture
def flo(cast: Cast, client: Client) -> Person:
    """Signed in, and confirmed lately."""
    signed_in(client, cast.flo)
    confirm(client)
    return cast.flo


# The app ----------------------------------------------------------------------------------------------------
def test_with_an_app_a_password_alone_lets_nobody_in(flo: Person, client: Client) -> None:
    secret = set_up_app(client)
    other = password_given(next="/units/")
    assert not is_in(other)
    wrong = other.post(CODE, {"code": "000000"})
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.content.decode()
    right = other.post(CODE, {"code": code_of(secret)})
    assert right.status_code == 302
    assert is_in(other)


def test_the_way_leads_back_to_where_one_was_going(flo: Person, client: Client) -> None:
    secret = set_up_app(client)
    other = Client()
    given = {"login": flo.email, "password": PASSWORD, "next": "/units/"}
    assert other.post(LOGIN, given)["Location"] == CODE
    assert other.post(CODE, {"code": code_of(secret)})["Location"] == "/units/"


def test_a_code_works_once(flo: Person, client: Client) -> None:
    secret = set_up_app(client)
    first, second = password_given(), password_given()
    code = code_of(secret)
    assert first.post(CODE, {"code": code}).status_code == 302
    assert second.post(CODE, {"code": code}).status_code == 422


def test_guessing_codes_is_stopped(flo: Person, client: Client) -> None:
    secret = set_up_app(client)
    other = password_given()
    answers = [other.post(CODE, {"code": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
    now = list(yield_hotp_counters_from_time())[1]
    late = other.post(CODE, {"code": format_hotp_value(hotp_value(secret, now))})
    assert late.status_code == 429
    assert "Too many attempts" in late.content.decode()


def test_a_wrong_first_code_keeps_the_secret_and_sets_nothing_up(
    flo: Person, client: Client
) -> None:
    page = client.get(reverse("account-app")).content.decode()
    again = client.post(reverse("account-app"), {"code": "000000"})
    assert again.status_code == 422
    secret = re.search(r'<code class="secret"[^>]*>([^<]+)<', page)
    assert secret
    assert secret[1] in again.content.decode()
    assert not Authenticator.objects.exists()


def test_secrets_are_not_readable_in_the_database_and_another_key_lets_nobody_in(
    flo: Person, client: Client, settings: Any
) -> None:
    secret = set_up_app(client)
    [code, *_] = shown_codes(client)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    settings.SECRET_KEY = "the key of another installation"
    other = password_given()
    assert other.post(CODE, {"code": code_of(secret)}).status_code == 422
    assert other.post(CODE, {"code": code}).status_code == 422


# Recovery codes ---------------------------------------------------------------------------------------------
def test_recovery_codes_are_shown_once_and_each_works_once(flo: Person, client: Client) -> None:
    set_up_app(client)
    codes = shown_codes(client)
    assert len(codes) == len(set(codes)) == 10
    assert shown_codes(client) == codes, "a page that is loaded again loses nothing"
    file = client.get(reverse("account-codes-file"))
    assert "attachment" in file["Content-Disposition"]
    assert all(code in file.content.decode() for code in codes)
    client.post(reverse("account-codes"))
    assert shown_codes(client) == []
    assert client.get(reverse("account-codes-file"))["Location"] == reverse("account-codes")
    other = password_given()
    assert other.post(CODE, {"code": codes[0]}).status_code == 302
    assert is_in(other)
    assert password_given().post(CODE, {"code": codes[0]}).status_code == 422
    assert "9 codes" in client.get(reverse("account-security")).content.decode()


def test_new_codes_void_the_old_ones(flo: Person, client: Client, mailbox: list[Any]) -> None:
    set_up_app(client)
    old = shown_codes(client)
    assert client.post(reverse("account-codes-new"))["Location"] == reverse("account-codes")
    new = shown_codes(client)
    assert not set(old) & set(new)
    assert password_given().post(CODE, {"code": old[1]}).status_code == 422
    assert password_given().post(CODE, {"code": new[1]}).status_code == 302


def test_codes_need_something_that_they_stand_in_for(flo: Person, client: Client) -> None:
    answer = client.post(reverse("account-codes-new"))
    assert answer.status_code == 422
    assert "Set up one first" in answer.content.decode()


# Passkeys ---------------------------------------------------------------------------------------------------
def test_a_passkey_signs_in_without_a_password(flo: Person, client: Client) -> None:
    device = Device()
    assert add_passkey(client, device)["Location"] == reverse("account-codes")
    other = Client()
    asked = other.get(
        "/accounts/login/passkey/", headers={"Accept": "application/json"}, secure=True
    ).json()["request_options"]
    assert asked["publicKey"].get("allowCredentials", []) == [], "nobody learns who has one"
    credential = json.dumps(device.answers(asked))
    answer = other.post(
        "/accounts/login/passkey/", {"credential": credential, "next": "/units/"}, secure=True
    )
    assert answer["Location"] == "/units/"
    assert is_in(other)
    replayed = Client()
    replayed.get("/accounts/login/passkey/", headers={"Accept": "application/json"}, secure=True)
    replayed.post("/accounts/login/passkey/", {"credential": credential}, secure=True)
    assert not is_in(replayed)


def test_a_passkey_is_the_second_step_after_a_password(flo: Person, client: Client) -> None:
    device = Device()
    add_passkey(client, device)
    other = password_given(secure=True)
    page = other.get(CODE, secure=True).content.decode()
    options = OPTIONS.search(page)
    assert options
    credential = json.dumps(device.answers(json.loads(options[1])))
    assert other.post(CODE, {"credential": credential}, secure=True).status_code == 302
    assert is_in(other)


def test_a_device_that_verifies_nobody_is_no_passkey(flo: Person, client: Client) -> None:
    answer = add_passkey(client, Device(verifies=False))
    assert answer.status_code == 422
    assert not Authenticator.objects.exists()


def test_a_passkey_of_another_site_is_refused(flo: Person, client: Client) -> None:
    assert add_passkey(client, Device(site="evil.example")).status_code == 422


@pytest.mark.parametrize(
    "credential", ["", "[]", "{}", "not json", '{"id": 1}', '{"response": []}']
)
def test_what_no_device_answers_is_refused_in_words(
    flo: Person, client: Client, credential: str
) -> None:
    client.get(reverse("account-passkey-add"))
    answer = client.post(reverse("account-passkey-add"), {"name": "x", "credential": credential})
    assert answer.status_code == 422
    answer = Client().post("/accounts/login/passkey/", {"credential": credential})
    assert answer.status_code == 302


def test_a_passkey_is_renamed_and_removed_by_its_owner_only(
    flo: Person, cast: Cast, client: Client
) -> None:
    add_passkey(client, Device())
    [passkey] = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN)
    client.post(reverse("account-passkey", args=[passkey.pk]), {"name": "Blue key"})
    assert "Blue key" in client.get(reverse("account-security")).content.decode()
    with pytest.raises(NotAllowed):
        services.remove_passkey(actor=cast.ben, passkey=passkey, where="")
    client.post(reverse("account-passkey-remove", args=[passkey.pk]))
    assert not Authenticator.objects.exists(), "codes that stand in for nothing go too"
    comes_in(Client(), flo)


# Is it you? -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["account-app", "account-passkey-add", "account-app-remove"])
def test_before_a_change_one_shows_again_who_one_is(cast: Cast, client: Client, name: str) -> None:
    signed_in(client, cast.flo)
    page = reverse(name)
    answer = client.get(page)
    assert answer["Location"] == f"/accounts/confirm/?next={quote(page, safe='')}"
    wrong = client.post("/accounts/confirm/", {"password": "guess", "next": page})
    assert wrong.status_code == 422
    right = client.post("/accounts/confirm/", {"password": PASSWORD, "next": page})
    assert right["Location"] == page
    assert client.get(page).status_code == 200


def test_what_was_being_done_goes_on_after_the_confirmation(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    confirm(client)
    set_up_app(client)
    other = password_given()
    other.post(CODE, {"code": shown_codes(client)[0]})
    page = reverse("account-codes-new")
    assert other.post(page)["Location"] == f"/accounts/confirm/?next={quote(page, safe='')}"
    done = other.post("/accounts/confirm/", {"password": PASSWORD, "next": page})
    assert done["Location"] == reverse("account-codes")


def test_a_code_confirms_too(flo: Person, client: Client) -> None:
    secret = set_up_app(client)
    other = password_given()
    other.post(CODE, {"code": shown_codes(client)[0]})
    page = reverse("account-app-remove")
    way = f"/accounts/confirm/code/?next={page}"
    assert "Use a code" in other.get(other.get(page)["Location"]).content.decode()
    assert other.get(way).status_code == 200
    done = other.post("/accounts/confirm/code/", {"code": code_of(secret), "next": page})
    assert done["Location"] == page
    other.post(page)
    assert not Authenticator.objects.exists()


# Letters, the trail, and the way back in ---------------------------------------------------------------------
def test_each_change_is_told_by_letter_and_kept_with_the_account(
    flo: Person, client: Client, mailbox: list[Any]
) -> None:
    set_up_app(client)
    client.post(reverse("account-codes-new"))
    client.post(reverse("account-app-remove"))
    run_due()
    texts = [letter.get_payload(decode=True).decode() for letter in mailbox]
    assert {letter["To"] for letter in mailbox} == {flo.email}
    assert "An authenticator app was set up." in texts[0]
    assert "127.0.0.1" in texts[0]
    assert "New recovery codes were made" in texts[1]
    assert "The password alone" in texts[2]
    lines = AuditRecord.objects.filter(subject_type="people.user", subject_id=flo.user_id)
    assert [line.verb for line in lines.order_by("pk")] == [
        "add authenticator app",
        "make recovery codes",
        "remove authenticator app",
    ]
    assert not AuditRecord.objects.filter(subject_type="people.person").exists()
    assert "Authenticator app removed" in client.get(reverse("account-security")).content.decode()


def test_a_changed_password_is_told_by_letter(
    flo: Person, client: Client, mailbox: list[Any]
) -> None:
    new = {"password1": "another-long-journey", "password2": "another-long-journey"}
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    run_due()
    [letter] = mailbox
    assert "The password of your account was changed" in letter.get_payload(decode=True).decode()


def test_an_administrator_lets_somebody_back_in(
    flo: Person, cast: Cast, client: Client, mailbox: list[Any]
) -> None:
    set_up_app(client)
    run_due()
    mailbox.clear()
    eve = Client()
    signed_in(eve, cast.eve)
    page = reverse("person-second-step", args=[flo.pk])
    assert (
        reverse("person-second-step", args=[flo.pk])
        in eve.get(reverse("person-roles", args=[flo.pk])).content.decode()
    )
    assert eve.get(page)["Location"] == f"/accounts/confirm/?next={quote(page, safe='')}"
    confirm(eve)
    assert "Is it really them?" in eve.get(page).content.decode()
    assert eve.post(page)["Location"] == reverse("person-roles", args=[flo.pk])
    run_due()
    assert not is_in(client), "whoever holds the lost phone is out"
    comes_in(Client(), flo)
    [letter] = mailbox
    assert letter["To"] == flo.email
    assert "Eve Rask, an administrator" in letter.get_payload(decode=True).decode()
    line = AuditRecord.objects.get(verb="remove second step")
    assert (line.actor_id, line.subject_id) == (cast.eve.pk, flo.user_id)
    assert eve.post(page).status_code == 422, "there is nothing left to remove"


def test_nobody_else_takes_a_second_step_away(flo: Person, cast: Cast, client: Client) -> None:
    set_up_app(client)
    for somebody in (cast.ada, cast.ben, cast.dee, flo):
        with pytest.raises(NotAllowed):
            services.remove_second_step(actor=somebody, person=flo)
    with pytest.raises(DomainError, match="Your own"):
        services.remove_second_step(actor=cast.eve, person=cast.eve)


def test_on_the_server_the_last_administrator_is_let_back_in(cast: Cast, client: Client) -> None:
    signed_in(client, cast.eve)
    confirm(client)
    set_up_app(client)
    call_command("remove_second_step", "EVE@northwind.example")
    comes_in(Client(), cast.eve)
    assert AuditRecord.objects.get(verb="remove second step").actor_id is None
    with pytest.raises(CommandError, match="alone already"):
        call_command("remove_second_step", "eve@northwind.example")
    with pytest.raises(CommandError, match="Nobody"):
        call_command("remove_second_step", "nobody@northwind.example")


# Where one is signed in --------------------------------------------------------------------------------------
def test_one_browser_is_signed_out(cast: Cast, client: Client) -> None:
    here, phone = Client(), Client(headers={"User-Agent": "Mozilla/5.0 (iPhone) FxiOS/1 Safari"})
    comes_in(here, cast.flo)
    comes_in(phone, cast.flo)
    signed_in(client, cast.ben)
    page = here.get(reverse("account-security")).content.decode()
    assert "Firefox on iPhone" in page
    [end] = re.findall(r'action="(/account/sessions/\d+/end/)"', page)
    assert client.post(end).status_code == 404
    here.post(end)
    assert not is_in(phone)
    assert is_in(here)
    assert is_in(client)
    assert "Firefox on iPhone" not in here.get(reverse("account-security")).content.decode()


def test_signing_out_everywhere_ends_what_no_list_knows_too(cast: Cast, client: Client) -> None:
    comes_in(client, cast.flo)
    elsewhere, unlisted = Client(), Client()
    comes_in(elsewhere, cast.flo)
    unlisted.force_login(User.objects.get(pk=cast.flo.user_id))
    assert is_in(unlisted)
    answer = client.post(reverse("account-sessions-end"), {"here": "no"})
    assert answer["Location"] == reverse("account-security")
    assert not is_in(elsewhere)
    assert not is_in(unlisted)
    page = client.get(reverse("account-security")).content.decode()
    assert page.count("/account/sessions/") == 1, "only the form that ends them all"
    assert "this one" in page
    client.post(reverse("account-sessions-end"), {"here": "yes"})
    assert not is_in(client)
    comes_in(Client(), cast.flo)


def test_who_came_by_invitation_is_listed(cast: Cast, client: Client) -> None:
    person = services.add_person(actor=cast.dee, name="Ivo Krag", email="ivo@northwind.example")
    made = services.invite(actor=cast.dee, person=person, site="http://testserver")
    client.post(made.link.removeprefix("http://testserver"), {"password": PASSWORD})
    assert "this one" in client.get(reverse("account-security")).content.decode()


def test_the_page_costs_the_same_whatever_it_lists(
    flo: Person, client: Client, assert_queries: Any
) -> None:
    set_up_app(client)
    add_passkey(client, Device())
    signed_in_by_code(flo, shown_codes(client))
    assert_queries("account-security", client.get, reverse("account-security"))
    for _ in range(3):
        add_passkey(client, Device())
        signed_in_by_code(flo, shown_codes(client))
    assert_queries("account-security", client.get, reverse("account-security"))


def signed_in_by_code(person: Person, codes: list[str]) -> None:
    """On one more browser."""
    other = password_given(person.email)
    assert other.post(CODE, {"code": codes[-1]}).status_code == 302
