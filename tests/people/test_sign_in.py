"""Signing in and out, forgotten passwords over real mail, and what happens after too many attempts."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from goldenthread.core.jobs import run_due
from goldenthread.people import services
from goldenthread.people.models import Person, User
from tests.cast import PASSWORD, TODAY, Cast, signed_in

LOGIN = "/accounts/login/"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"login": email, "password": password, **extra})


def test_with_e_mail_in_any_letters_and_back_to_where_one_was_going(
    cast: Cast, client: Client
) -> None:
    refused = client.get("/people/?unit=2")
    assert refused.status_code == 302
    assert refused["Location"] == "/accounts/login/?next=/people/%3Funit%3D2"
    page = client.get(refused["Location"])
    assert 'value="/people/?unit=2"' in page.content.decode()
    answer = sign_in(client, "FLO@Northwind.example", next="/people/?unit=2")
    assert answer["Location"] == "/people/?unit=2"
    assert client.get("/people/?unit=2").status_code == 200


def test_not_to_another_site(cast: Cast, client: Client) -> None:
    answer = sign_in(client, "flo@northwind.example", next="https://evil.example/")
    assert answer["Location"] == "/"


def test_a_post_after_the_session_ended_leads_back_to_its_page(cast: Cast, client: Client) -> None:
    answer = client.post(
        reverse("person-leave", args=[cast.flo.pk]),
        {"on": "2026-05-13"},
        headers={"Referer": "http://testserver/people/5/edit/"},
    )
    assert answer["Location"] == "/accounts/login/?next=/people/5/edit/"
    answer = client.post(
        reverse("person-leave", args=[cast.flo.pk]), headers={"Referer": "https://evil.example/x"}
    )
    assert answer["Location"] == "/accounts/login/?next=/"


def test_a_wrong_password_is_refused_without_saying_whether_there_is_an_account(
    cast: Cast, client: Client
) -> None:
    known = sign_in(client, "flo@northwind.example", "not-the-password")
    unknown = sign_in(client, "nobody@northwind.example", "not-the-password")
    assert known.status_code == unknown.status_code == 422
    words = "This e-mail and password don’t belong together"
    assert words in known.content.decode()
    assert words in unknown.content.decode()


def test_too_many_attempts_on_one_account_answer_429_in_words(cast: Cast, client: Client) -> None:
    for _ in range(5):
        assert sign_in(client, "flo@northwind.example", "guess").status_code == 422
    answer = sign_in(client, "flo@northwind.example")
    assert answer.status_code == 429
    assert answer["Retry-After"] == "300"
    assert "Too many attempts" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_too_many_attempts_from_one_address_answer_429(cast: Cast, client: Client) -> None:
    answers = [sign_in(client, f"x{n}@northwind.example", "guess").status_code for n in range(31)]
    assert answers[-1] == 429
    assert answers[0] == 422
    page = sign_in(client, "ben@northwind.example")
    assert page.status_code == 429
    assert "Too many attempts" in page.content.decode()


def test_too_many_reset_letters_answer_429(cast: Cast, client: Client, mailbox: list[Any]) -> None:
    ask = {"email": "flo@northwind.example"}
    answers = [client.post("/accounts/password/reset/", ask).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    run_due()
    assert len(mailbox) == 5


def test_signing_out_needs_a_post(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/people/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/people/").status_code == 302


def test_a_forgotten_password_is_replaced_over_the_link_in_the_letter(
    cast: Cast, client: Client, mailbox: list[Any]
) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "Flo@Northwind.example"})
    assert client.get(answer["Location"]).status_code == 200
    run_due()
    [letter] = mailbox
    assert letter["To"] == "flo@northwind.example"
    assert letter["Subject"] == "Choose a new password"
    text = letter.get_payload(decode=True).decode()
    assert "Northwind Rail" in text
    assert "example.com" not in text
    [link] = re.findall(r"http://testserver(\S+)", text)
    page = client.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    weak = client.post(form, {"password1": "short", "password2": "short"})
    assert "too short" in weak.content.decode()
    new = {"password1": "another-long-journey", "password2": "another-long-journey"}
    saved = client.post(form, new, follow=True)
    assert "Your new password is saved" in saved.content.decode()
    assert sign_in(Client(), "flo@northwind.example").status_code == 422
    assert sign_in(Client(), "flo@northwind.example", new["password1"]).status_code == 302
    used = Client().get(link)
    assert "no longer works" in used.content.decode()


def test_whoever_has_no_account_is_told_by_letter_only(
    cast: Cast, client: Client, mailbox: list[Any]
) -> None:
    answer = client.post("/accounts/password/reset/", {"email": "nobody@northwind.example"})
    assert answer["Location"] == "/accounts/password/reset/done/"
    run_due()
    [letter] = mailbox
    assert "no account" in letter.get_payload(decode=True).decode()


def test_without_mail_the_page_says_so(cast: Cast, client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    assert "No mail leaves" in client.get("/accounts/password/reset/").content.decode()


def test_the_password_is_changed_with_the_old_one(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    new = {"password1": "another-long-journey", "password2": "another-long-journey"}
    wrong = client.post("/accounts/password/change/", {"oldpassword": "guess", **new})
    assert "not your password" in wrong.content.decode()
    right = client.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    assert right["Location"] == "/account/security/"
    assert User.objects.get(person=cast.flo).check_password(new["password1"])
    assert client.get("/account/").status_code == 200


def test_who_has_left_is_told_and_sees_nothing(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    services.leave(actor=cast.dee, person=cast.flo, on=TODAY)
    assert client.get("/people/").status_code == 200
    Person.objects.filter(pk=cast.flo.pk).update(end="2026-05-12")
    page = client.get("/people/")
    assert page.status_code == 403
    assert "Your time here has ended" in page.content.decode()


def test_an_account_without_a_person_is_told_what_to_do(cast: Cast, client: Client) -> None:
    client.force_login(User.objects.create_user("lost@northwind.example", PASSWORD))
    page = client.get("/people/")
    assert page.status_code == 403
    assert "Ask your administrator" in page.content.decode()


def test_a_closed_account_is_out_at_once(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    services.deactivate_account(actor=cast.eve, person=cast.flo)
    assert client.get("/people/").status_code == 302
    assert sign_in(Client(), "flo@northwind.example")["Location"] == "/accounts/inactive/"
    assert "closed" in Client().get("/accounts/inactive/").content.decode()
    assert sign_in(Client(), "flo@northwind.example", "guess").status_code == 422
    services.reactivate_account(actor=cast.eve, person=cast.flo)
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize(
    "address", ["signup", "email", "reauthenticate", "password/set", "confirm-email"]
)
def test_what_is_not_used_has_no_page(cast: Cast, client: Client, address: str) -> None:
    signed_in(client, cast.flo)
    assert client.get(f"/accounts/{address}/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")
