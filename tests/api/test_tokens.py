"""Personal tokens: made once, shown once, good until they expire, are revoked, or their owner is gone."""

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.core.selectors import history_of
from goldenthread.people import services
from goldenthread.people.models import AccessToken
from tests.cast import TODAY, Cast, make_token, signed_in

ME = "/api/v1/me"


def ask(secret: str, url: str = ME, method: str = "get", **given: Any) -> Any:
    return getattr(Client(), method)(url, headers={"Authorization": f"Bearer {secret}"}, **given)


def test_the_secret_is_shown_once_and_kept_nowhere(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    sent = {"name": "Payroll", "scope": "write", "days": "30"}
    answer = client.post(reverse("tokens"), sent)
    assert answer.status_code == 201
    (field,) = html.fromstring(answer.content).xpath("//input[@id='secret']")
    secret = field.get("value")
    token = AccessToken.objects.get()
    assert secret.startswith(token.prefix)
    assert token.digest == hashlib.sha256(secret.encode()).hexdigest()
    assert (token.scope, token.expires_at.date()) == (
        "write",
        (timezone.now() + dt.timedelta(days=30)).date(),
    )
    page = client.get(reverse("tokens")).content.decode()
    assert "Payroll" in page
    assert secret not in page
    assert secret not in str(list(AuditRecord.objects.values()))
    assert ask(secret).json()["person"] == {"id": cast.flo.pk, "name": "Flo Dahl"}


def test_making_and_revoking_stand_in_the_trail(cast: Cast) -> None:
    made = services.make_token(actor=cast.flo, name="Payroll", scope="read", days=1)
    services.revoke_token(actor=cast.eve, token=made.token)
    services.revoke_token(actor=cast.eve, token=made.token)
    verbs = [entry.verb for entry in history_of(made.token, cast.flo)]
    assert verbs == ["revoke token", "make token"]
    assert ask(made.secret).status_code == 401


def test_only_its_owner_or_an_administrator_revokes(cast: Cast) -> None:
    made = make_token(cast.flo)
    for person in (cast.ben, cast.ada, cast.dee):
        with pytest.raises(NotAllowed):
            services.revoke_token(actor=person, token=made.token)
    assert ask(made.secret).status_code == 200
    services.revoke_token(actor=cast.flo, token=made.token)
    assert ask(made.secret).status_code == 401


def test_an_administrator_sees_that_it_exists_and_revokes_it(cast: Cast, client: Client) -> None:
    made = make_token(cast.flo, "Payroll")
    signed_in(client, cast.eve)
    page = client.get(reverse("person-roles", args=[cast.flo.pk])).content.decode()
    assert "Payroll" in page
    assert made.secret[:11] not in page
    client.post(reverse("token-revoke", args=[made.token.pk]))
    assert ask(made.secret).status_code == 401


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"scope": "all"}, "scope"),
        ({"days": 0}, "days"),
        ({"days": 367}, "days"),
    ],
)
def test_what_makes_no_token(cast: Cast, given: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as error:
        services.make_token(
            actor=cast.flo, **({"name": "Payroll", "scope": "read", "days": 1} | given)
        )
    assert error.value.field == field


def test_twenty_at_most(cast: Cast) -> None:
    for _ in range(20):
        make_token(cast.flo)
    with pytest.raises(DomainError, match="Revoke one"):
        services.make_token(actor=cast.flo, name="One more", scope="read", days=1)


def test_what_opens_nothing(cast: Cast) -> None:
    expired = make_token(cast.flo, expires_at=timezone.now() - dt.timedelta(seconds=1))
    gone, closed = make_token(cast.cyd), make_token(cast.gus)
    cast.cyd.end = TODAY - dt.timedelta(1)
    cast.cyd.save()
    services.deactivate_account(actor=cast.eve, person=cast.gus)
    for secret in (expired.secret, gone.secret, closed.secret, "gt_no", "", "é"):
        answer = ask(secret)
        assert answer.status_code == 401, secret
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_bad_token_is_not_saved_by_a_session(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    assert client.get(ME).status_code == 200
    assert client.get(ME, headers={"Authorization": "Bearer gt_no"}).status_code == 401


def test_one_that_reads_does_not_write(cast: Cast) -> None:
    reads = make_token(cast.dee, scope=AccessToken.Scope.READ)
    assert ask(reads.secret, "/api/v1/units").status_code == 200
    sent = {"data": {"name": "Fleet"}, "content_type": "application/json"}
    answer = ask(reads.secret, "/api/v1/units", "post", **sent)
    assert answer.status_code == 403
    assert "only reads" in answer.json()["detail"]


def test_last_use_is_noted_once_a_minute(cast: Cast) -> None:
    made = make_token(cast.flo, last_used_at=None)
    ask(made.secret)
    made.token.refresh_from_db()
    first = made.token.last_used_at
    assert first is not None
    ask(made.secret)
    made.token.refresh_from_db()
    assert made.token.last_used_at == first
    earlier = first - dt.timedelta(minutes=1)
    AccessToken.objects.update(last_used_at=earlier)
    ask(made.secret)
    made.token.refresh_from_db()
    assert made.token.last_used_at > earlier


def test_in_a_browser_reading_needs_nothing_and_writing_the_csrf_token(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    signed_in(client, cast.dee)
    assert client.get("/api/v1/units").status_code == 200
    sent = {"name": "Fleet"}
    refused = client.post("/api/v1/units", sent, content_type="application/json")
    assert refused.status_code == 403
    assert "X-CSRFToken" in refused.json()["detail"]
    client.get(reverse("account"))
    csrf = client.cookies["csrftoken"].value
    done = client.post(
        "/api/v1/units", sent, content_type="application/json", headers={"X-CSRFToken": csrf}
    )
    assert done.status_code == 201
    assert Client(enforce_csrf_checks=True).post("/api/v1/units", sent).status_code == 401
