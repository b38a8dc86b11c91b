"""Checking in: every kind, back-dated, corrected, refused; in place, by keyboard, without script."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import CheckIn, KeyResult, Milestone, Objective
from goldenthread.objectives.services.check_ins import check_in
from goldenthread.objectives.services.links import link
from goldenthread.objectives.states import State
from tests.cast import TODAY, Cast, make_cycle, make_key_result, make_objective, signed_in

pytestmark = pytest.mark.django_db

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def objective(cast: Cast) -> Objective:
    return make_objective(cast.flo)


def days_ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


# Every kind ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "score"), [("40", 0), ("25", 0.5), ("10", 1), ("5", 1), ("50", 0)]
)
def test_a_metric_that_falls(cast: Cast, objective: Objective, value: str, score: float) -> None:
    key_result = make_key_result(objective)
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(value), confidence="high")
    objective.refresh_from_db()
    key_result.refresh_from_db()
    assert key_result.score == objective.score == pytest.approx(score)
    assert (key_result.latest, objective.last_check_in_on) == (Decimal(value), TODAY)


def test_exact_decimals_stay_exact(cast: Cast, objective: Objective) -> None:
    key_result = make_key_result(objective)
    check_in(actor=cast.flo, key_result=key_result, value=Decimal("0.1") + Decimal("0.2"))
    assert CheckIn.objects.get().value == Decimal("0.3")


def test_a_threshold_counts_the_days_it_was_held(cast: Cast) -> None:
    objective = make_objective(cast.flo, starts_on=days_ago(9), cadence_days=30)
    key_result = make_key_result(objective, kind="threshold", baseline=None, target=None, low=95)
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(96), as_of=days_ago(9))
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(90), as_of=days_ago(4))
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(97), as_of=TODAY)
    key_result.refresh_from_db()
    assert key_result.score == pytest.approx(6 / 10)


def test_milestones_are_ticked_and_weighed(cast: Cast, objective: Objective) -> None:
    key_result = make_key_result(objective, kind="milestones", baseline=None, target=None)
    light, heavy = (
        Milestone.objects.create(key_result=key_result, title=title, weight=weight)
        for title, weight in (("Lund", 1), ("Ystad", 3))
    )
    row = check_in(actor=cast.flo, key_result=key_result, milestones_done=[heavy.pk])
    key_result.refresh_from_db()
    heavy.refresh_from_db()
    light.refresh_from_db()
    assert (row.value, key_result.score) == (1, 0.75)
    assert (heavy.done_on, light.done_on) == (TODAY, None)


@pytest.mark.parametrize(("value", "score"), [(0, 0), (10, 0.3), (20, 0.7), (25, 0.85), (30, 1)])
def test_graded_by_commit_target_and_stretch(
    cast: Cast, objective: Objective, value: int, score: float
) -> None:
    key_result = make_key_result(
        objective, kind="graded", baseline=0, commit=10, target=20, stretch=30
    )
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(value))
    key_result.refresh_from_db()
    assert key_result.score == pytest.approx(score)


def test_what_is_not_measured_is_left_out_and_never_0(cast: Cast, objective: Objective) -> None:
    measured, _ = make_key_result(objective), make_key_result(objective, "Not yet", weight=3)
    check_in(actor=cast.flo, key_result=measured, value=Decimal(25))
    objective.refresh_from_db()
    assert (objective.score, objective.measured_share) == (0.5, 0.25)


# Days and corrections -----------------------------------------------------------------------------------------


def test_a_back_dated_one_does_not_overtake_a_later_day(cast: Cast, objective: Objective) -> None:
    key_result = make_key_result(objective)
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(20))
    check_in(actor=cast.flo, key_result=key_result, value=Decimal(30), as_of=days_ago(7))
    key_result.refresh_from_db()
    assert (key_result.latest, key_result.last_check_in_on) == (20, TODAY)


def test_a_correction_is_a_new_one_and_both_stay(cast: Cast, objective: Objective) -> None:
    key_result = make_key_result(objective)
    wrong = check_in(actor=cast.flo, key_result=key_result, value=Decimal(2), as_of=days_ago(3))
    check_in(
        actor=cast.ben,
        key_result=key_result,
        value=Decimal(20),
        as_of=days_ago(3),
        corrects=wrong,
        note="A digit was missing.",
    )
    key_result.refresh_from_db()
    assert (key_result.latest, CheckIn.objects.count()) == (20, 2)
    assert AuditRecord.objects.get(verb="correct check-in").before == {"value": "2"}
    with pytest.raises(DomainError, match="corrected already"):
        check_in(actor=cast.flo, key_result=key_result, value=Decimal(21), corrects=wrong)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": None}, "Enter the value"),
        ({"value": Decimal("NaN")}, "not a number"),
        ({"value": Decimal("1e15")}, "not a number"),
        ({"value": Decimal(1), "as_of": TODAY + dt.timedelta(days=1)}, "still to come"),
        ({"value": Decimal(1), "as_of": dt.date(2026, 3, 31)}, "began on"),
    ],
)
def test_what_cannot_be_is_refused(
    cast: Cast, objective: Objective, given: dict[str, object], words: str
) -> None:
    with pytest.raises(DomainError, match=words):
        check_in(actor=cast.flo, key_result=make_key_result(objective), **given)
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("state", [State.UNCONFIRMED, State.ACHIEVED, State.DROPPED])
def test_neither_closed_nor_unconfirmed_ones_take_it(cast: Cast, state: str) -> None:
    key_result = make_key_result(make_objective(cast.flo, state=state))
    with pytest.raises(DomainError):
        check_in(actor=cast.flo, key_result=key_result, value=Decimal(1))


def test_steps_of_others_are_refused(cast: Cast, objective: Objective) -> None:
    own = make_key_result(objective, kind="milestones")
    other = Milestone.objects.create(key_result=make_key_result(objective, "Other"), title="Ystad")
    with pytest.raises(DomainError, match="another key result"):
        check_in(actor=cast.flo, key_result=own, milestones_done=[other.pk])


@pytest.mark.parametrize("name", ["flo", "ben", "ada"])
def test_the_owner_and_their_line_check_in(cast: Cast, objective: Objective, name: str) -> None:
    key_result = make_key_result(objective)
    check_in(actor=getattr(cast, name), key_result=key_result, value=Decimal(30))
    assert CheckIn.objects.get().author == getattr(cast, name)


@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
def test_others_do_not(cast: Cast, objective: Objective, name: str) -> None:
    with pytest.raises(NotAllowed):
        check_in(actor=getattr(cast, name), key_result=make_key_result(objective), value=Decimal(1))


def test_the_reporter_of_one_key_result_checks_in_on_that_one(
    cast: Cast, objective: Objective
) -> None:
    theirs = make_key_result(objective, reporter=cast.cyd)
    check_in(actor=cast.cyd, key_result=theirs, value=Decimal(30))
    with pytest.raises(NotAllowed):
        check_in(actor=cast.cyd, key_result=make_key_result(objective, "Other"), value=Decimal(1))


def test_the_first_one_begins_what_was_agreed_for_later(cast: Cast) -> None:
    objective = make_objective(cast.flo, state=State.AGREED)
    check_in(actor=cast.flo, key_result=make_key_result(objective), value=Decimal(30))
    assert Objective.objects.get().state == State.ACTIVE


# Pages --------------------------------------------------------------------------------------------------------


def address(key_result: KeyResult) -> str:
    return f"/key-results/{key_result.pk}/check-ins/"


def typed(key_result: KeyResult, value: str, **more: str) -> dict[str, str]:
    return {f"k{key_result.pk}-{name}": text for name, text in {"value": value, **more}.items()}


def test_without_script_it_is_a_page_that_leads_back(
    client: Client, cast: Cast, objective: Objective
) -> None:
    key_result = make_key_result(objective)
    signed_in(client, cast.flo)
    assert client.get(address(key_result)).status_code == 200
    answer = client.post(address(key_result), typed(key_result, "30,5", confidence="low"))
    assert answer["Location"] == f"/objectives/{objective.pk}/#kr-{key_result.pk}"
    assert CheckIn.objects.get().value == Decimal("30.5")
    assert "Checked in: 30.5" in client.get(answer["Location"]).content.decode()


def test_in_place_the_answer_is_the_row_with_its_new_figures(
    client: Client, cast: Cast, objective: Objective
) -> None:
    key_result = make_key_result(objective)
    signed_in(client, cast.flo)
    form = client.get(f"{address(key_result)}?place=page", **HTMX)
    assert form["HX-Retarget"] == f"#ci-{key_result.pk}"
    assert "autofocus" in form.content.decode()
    answer = client.post(address(key_result), {"place": "page"} | typed(key_result, "25"), **HTMX)
    page = answer.content.decode()
    assert page.lstrip().startswith(f'<tbody id="kr-{key_result.pk}"')
    assert 'id="sentence" hx-swap-oob="true"' in page
    assert json.loads(answer["HX-Trigger"]) == {"say": "Checked in: 25"}
    assert "draft-saved" not in answer.cookies


def test_a_wrong_value_comes_back_beside_its_field(
    client: Client, cast: Cast, objective: Objective
) -> None:
    key_result = make_key_result(objective)
    signed_in(client, cast.flo)
    for sent, words in (("about 30", "Write a number"), ("", "Enter the value as it stands")):
        answer = client.post(
            address(key_result), {"place": "page"} | typed(key_result, sent, note="Rain"), **HTMX
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert words in page
        assert "Rain" in page


def test_from_a_row_every_key_result_is_offered_in_place(
    client: Client, cast: Cast, objective: Objective
) -> None:
    one, two = make_key_result(objective), make_key_result(objective, "Trains cancelled")
    signed_in(client, cast.flo)
    panel = client.get(f"/objectives/{objective.pk}/check-ins/", **HTMX).content.decode()
    assert panel.count("<form") == 2
    answer = client.post(address(one), {"place": "row"} | typed(one, "25"), **HTMX)
    page = answer.content.decode()
    assert f'id="ci-kr-{one.pk}" data-checked-in' in page
    assert f"outerHTML:.pace-at-{objective.pk}" in page
    assert CheckIn.objects.get().key_result == one
    assert not two.check_ins.exists()


def test_a_check_in_asks_the_database_as_often_whatever_there_is(
    client: Client, cast: Cast, objective: Objective
) -> None:
    signed_in(client, cast.flo)
    first = make_key_result(objective)

    def queries(value: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            sent = {"place": "row"} | typed(first, value)
            assert client.post(address(first), sent, **HTMX).status_code == 200
        return len(asked)

    alone = queries("30")
    for n in range(4):
        another = make_key_result(objective, f"Another {n}")
        for day in range(4):
            check_in(actor=cast.flo, key_result=another, value=Decimal(day), as_of=days_ago(day))
    for n in range(4):
        link(actor=cast.flo, child=make_objective(cast.flo, f"Below {n}"), parent=objective)
    assert queries("29") <= alone


def test_the_reporter_is_offered_only_their_own(
    client: Client, cast: Cast, objective: Objective
) -> None:
    make_key_result(objective)
    make_key_result(objective, "Trains cancelled", reporter=cast.cyd)
    panel = signed_in(client, cast.cyd).get(f"/objectives/{objective.pk}/check-ins/", **HTMX)
    assert panel.content.decode().count("<form") == 1


def test_the_page_offers_the_reporter_their_own_alone(
    client: Client, cast: Cast, objective: Objective
) -> None:
    other = make_key_result(objective)
    theirs = make_key_result(objective, "Trains cancelled", reporter=cast.cyd)
    page = signed_in(client, cast.cyd).get(objective.get_absolute_url()).content.decode()
    assert address(theirs) in page
    assert address(other) not in page
    answer = client.post(address(theirs), {"place": "page"} | typed(theirs, "25"), **HTMX)
    assert address(other) not in answer.content.decode()
    assert "corrects=" in answer.content.decode()


def test_before_it_begins_nothing_is_offered_and_the_address_says_when(
    client: Client, cast: Cast
) -> None:
    begins = TODAY + dt.timedelta(days=20)
    objective = make_objective(cast.flo, state=State.PROPOSED, starts_on=begins)
    key_result = make_key_result(objective, reporter=cast.cyd)
    for person in (cast.flo, cast.cyd):
        signed_in(client, person)
        page = client.get(objective.get_absolute_url()).content.decode()
        assert address(key_result) not in page
        for asked in (address(key_result), f"/objectives/{objective.pk}/check-ins/"):
            refused = client.get(asked)
            assert refused.status_code == 422
            assert "begins on 2 June 2026" in refused.content.decode()


def test_steps_are_ticked_on_the_page(client: Client, cast: Cast, objective: Objective) -> None:
    key_result = make_key_result(objective, kind="milestones", baseline=None, target=None)
    steps = [Milestone.objects.create(key_result=key_result, title=name) for name in ("A", "B")]
    signed_in(client, cast.flo).post(
        address(key_result), {f"k{key_result.pk}-milestones_done": [steps[1].pk]}
    )
    assert CheckIn.objects.get().milestones_done == [steps[1].pk]


def test_a_correction_begins_with_what_stood_there(
    client: Client, cast: Cast, objective: Objective
) -> None:
    key_result = make_key_result(objective)
    wrong = check_in(actor=cast.flo, key_result=key_result, value=Decimal(2), note="Rain")
    signed_in(client, cast.flo)
    page = client.get(f"{address(key_result)}?corrects={wrong.pk}").content.decode()
    assert "Rain" in page
    client.post(
        f"{address(key_result)}?corrects={wrong.pk}", typed(key_result, "20", as_of="2026-05-13")
    )
    key_result.refresh_from_db()
    assert key_result.latest == 20
    shown = client.get(objective.get_absolute_url()).content.decode()
    assert "Corrected later." in shown


def test_no_button_leads_where_it_would_be_refused(client: Client, cast: Cast) -> None:
    later = make_cycle("Q3 2026", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 9, 30))
    for fields in ({"cycle": later}, {"state": State.UNCONFIRMED}, {"state": State.MISSED}):
        objective = make_objective(cast.flo, **fields)
        key_result = make_key_result(objective)
        page = signed_in(client, cast.flo).get(objective.get_absolute_url()).content.decode()
        assert f'href="{address(key_result)}"' not in page


def test_who_may_not_gets_no_form(client: Client, cast: Cast, objective: Objective) -> None:
    key_result = make_key_result(objective)
    signed_in(client, cast.cyd)
    assert client.get(address(key_result)).status_code == 403
    assert client.post(address(key_result), typed(key_result, "1")).status_code == 403
    objective.restricted = True
    objective.save()
    assert client.get(address(key_result)).status_code == 404
