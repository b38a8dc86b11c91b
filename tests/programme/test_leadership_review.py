"""The leadership review: an agenda out of the data, what is captured, minutes that stay, and who sees which of it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goldenthread.core import clock
from goldenthread.core.errors import DomainError, NotAllowed
from goldenthread.insights.selectors.due import due_for
from goldenthread.objectives.models import Objective
from goldenthread.objectives.states import State
from goldenthread.people.models import Person
from goldenthread.programme.models import AgendaPoint, LeadershipReview, ReviewAction
from goldenthread.programme.selectors import held
from goldenthread.programme.services import reviews as services
from goldenthread.strategy.models import ExpectedResult, Strategy
from goldenthread.strategy.services import observe, set_target
from goldenthread.tradeoffs.models import Decision
from tests.cast import (
    TODAY,
    Cast,
    link,
    make_cycle,
    make_decision,
    make_dependency,
    make_deputy,
    make_kpi,
    make_objective,
    make_person,
    make_priority,
    make_what_gives,
    signed_in,
)

pytestmark = pytest.mark.django_db


def days(n: int) -> dt.date:
    return TODAY + dt.timedelta(n)


@pytest.fixture
def facts(cast: Cast, strategy: Strategy) -> Objective:
    """Something of each kind: a KPI out of range, a silent critical objective, a late question, what gives."""
    cycle = make_cycle()
    priority = make_priority(strategy, "Punctual trains", sponsor=cast.gus)
    kpi = make_kpi("Punctuality", owner=cast.gus, direction="hold", low=Decimal(90), high=None)
    set_target(actor=cast.gus, kpi=kpi, due_on=dt.date(2026, 12, 31), low=Decimal(90))
    observe(actor=cast.gus, kpi=kpi, on=days(-1), value=Decimal(70))
    ExpectedResult.objects.create(priority=priority, text="On time", kpi=kpi)
    silent = make_objective(
        cast.operations,
        "Signals",
        critical=True,
        state=State.ACTIVE,
        cycle=cycle,
        score=0.1,
        last_check_in_on=days(-30),
    )
    link(silent, priority)
    make_decision(cast.ada, "Night trains?", [priority], due_on=days(-3))
    make_decision(cast.ada, "Much later?", due_on=days(60))
    make_what_gives(cast.flo, cast.ben)
    return silent


def prepare(cast: Cast, **given: Any) -> LeadershipReview:
    silent = Objective.objects.filter(critical=True).first()
    cycle = silent.cycle if silent else make_cycle("Q3")
    fields = {"cycle": cycle, "held_on": TODAY, "attendees": [cast.ben, cast.gus]}
    return services.prepare_review(actor=cast.ada, **fields | given)


def sentences(review: LeadershipReview, reader: Person) -> dict[str, str]:
    rows = AgendaPoint.objects.seen_by(reader).filter(review=review)
    return {one.name: one.sentence for one in rows}


def point(review: LeadershipReview, name: str) -> AgendaPoint:
    return next(one for one in review.points.all() if one.name == name)


def test_the_agenda_is_made_from_the_data(cast: Cast, facts: Objective) -> None:
    review = prepare(cast)
    assert sentences(review, cast.ada) == {
        "kpi": "Punctuality is below its range",
        "objective": "“Signals” of Operations is outdated",
        "decision": "Night trains?",
        "what_gives": f"What gives for {cast.flo}?",
    }
    assert point(review, "objective").serves is not None
    assert "70" in point(review, "kpi").stands
    assert "was due" in point(review, "decision").stands.lower()


def test_each_reads_the_days_of_an_agenda_in_their_own_way(cast: Cast, facts: Objective) -> None:
    review = prepare(cast)
    assert "2026-05-10" in point(review, "decision").stands
    client = signed_in(Client(), cast.ada)
    for accepts, told in (("en-US", "May 10, 2026"), ("en-GB", "10 May 2026")):
        answer = client.get(review.get_absolute_url(), headers={"accept-language": accepts})
        assert f"Was due {told}" in answer.content.decode()


def test_a_unit_reviews_what_is_its_own(cast: Cast, facts: Objective) -> None:
    make_decision(cast.ben, "Which depot?", due_on=days(-1))
    found = sentences(prepare(cast, unit=cast.operations), cast.ada)
    assert found["decision"] == "Which depot?"
    assert found["objective"] == "“Signals” of Operations is outdated"
    assert "kpi" not in found
    assert "objective" not in sentences(prepare(cast, unit=cast.stations), cast.ada)


def test_it_is_brought_up_to_date_and_what_was_written_stays(cast: Cast, facts: Objective) -> None:
    review = prepare(cast)
    services.settle_point(
        actor=cast.ben, point=point(review, "objective"), outcome="nothing", note="New sensors"
    )
    Objective.objects.update(last_check_in_on=days(-1), judged_from=days(9))
    Decision.objects.filter(question="Night trains?").update(due_on=days(90))
    services.bring_up_to_date(actor=cast.ada, review=review)
    assert set(sentences(review, cast.ada)) == {"kpi", "objective", "what_gives"}
    kept = point(review, "objective")
    assert kept.is_settled
    assert kept.note == "New sensors"


def test_a_decision_is_taken_in_place_and_touches_it(cast: Cast, facts: Objective) -> None:
    review = prepare(cast)
    made = services.decide_on_point(
        actor=cast.ada,
        point=point(review, "objective"),
        question="Do we hire?",
        choice="Yes",
        given_up="The depot",
        look_again_on=days(60),
    )
    assert made.state == Decision.State.DECIDED
    assert {str(one) for one in made.touches.all()} == {"Signals", "Punctual trains"}
    asked = services.open_decision_on_point(
        actor=cast.gus, point=point(review, "kpi"), question="Fewer stops?", due_on=days(9)
    )
    assert asked.is_open
    late = point(review, "decision")
    services.decide_on_point(
        actor=cast.ada, point=late, choice="Buy", given_up="Time", look_again_on=days(30)
    )
    late.refresh_from_db()
    assert late.made == late.decision
    with pytest.raises(NotAllowed):
        services.decide_on_point(
            actor=cast.flo, point=late, choice="x", given_up="y", look_again_on=days(30)
        )


def test_what_is_decided_of_something_restricted_is_confidential(
    cast: Cast, facts: Objective
) -> None:
    Objective.objects.update(restricted=True)
    made = services.open_decision_on_point(
        actor=cast.ada,
        point=point(prepare(cast), "objective"),
        question="Sell it?",
        due_on=days(9),
    )
    assert made.confidential


def test_an_action_waits_on_home_and_comes_first_next_time(cast: Cast, facts: Objective) -> None:
    review = prepare(cast, held_on=days(-30), attendees=[cast.ben])
    action = services.add_action(
        actor=cast.ben,
        review=review,
        point=point(review, "kpi"),
        title="Count the trains",
        owner=cast.cyd,
        due_on=days(3),
    )
    assert "Count the trains" in signed_in(Client(), cast.cyd).get("/").content.decode()
    assert "Count the trains" not in signed_in(Client(), cast.flo).get("/").content.decode()
    (item,) = held(cast.cyd, ["action"])
    assert item.title == "Count the trains"
    following = prepare(cast)
    first = following.points.first()
    assert first is not None
    assert first.name == "action"
    assert first.sentence == "Cyd Berg: Count the trains"
    services.finish_action(actor=cast.cyd, action=action, outcome="412 of them")
    services.bring_up_to_date(actor=cast.ada, review=following)
    first.refresh_from_db()
    assert first.stands.startswith("Done")
    with pytest.raises(DomainError, match="not open"):
        services.drop_action(actor=cast.cyd, action=action, reason="Too late")


def test_an_action_is_put_off_or_dropped_with_a_reason(cast: Cast, facts: Objective) -> None:
    action = services.add_action(
        actor=cast.ada, review=prepare(cast), title="Ask", owner=cast.cyd, due_on=days(3)
    )
    services.move_action(actor=cast.cyd, action=action, due_on=days(9), reason="Away")
    assert action.due_on == days(9)
    with pytest.raises(DomainError, match="why"):
        services.drop_action(actor=cast.cyd, action=action, reason=" ")
    with pytest.raises(NotAllowed):
        services.finish_action(actor=cast.flo, action=action)
    services.drop_action(actor=cast.ada, action=action, reason="Not needed")
    assert action.ended_on == TODAY


def test_closed_minutes_stay_as_they_stood(cast: Cast, facts: Objective) -> None:
    review = prepare(cast)
    services.keep_notes(actor=cast.ben, review=review, notes="Gus was late")
    services.close_review(actor=cast.ada, review=review)
    before = list(review.points.values())
    facts.title = "Another name"
    facts.save()
    for write in (
        lambda: services.bring_up_to_date(actor=cast.ada, review=review),
        lambda: services.keep_notes(actor=cast.ben, review=review, notes="No"),
        lambda: services.settle_point(
            actor=cast.ben, point=point(review, "kpi"), outcome="next_time"
        ),
        lambda: services.add_action(
            actor=cast.ben, review=review, title="x", owner=cast.cyd, due_on=TODAY
        ),
    ):
        with pytest.raises(DomainError, match="closed"):
            write()
    assert list(review.points.values()) == before
    shown = page(cast.ben, review)
    assert "“Signals” of Operations is outdated" in shown
    services.add_addendum(actor=cast.gus, review=review, text="Gus was on time")
    assert "Gus was on time" in page(cast.ben, review)


def test_it_is_not_closed_before_its_day_nor_by_anybody(cast: Cast, facts: Objective) -> None:
    review = prepare(cast, held_on=days(3))
    with pytest.raises(DomainError, match="still to come"):
        services.close_review(actor=cast.ada, review=review)
    with pytest.raises(NotAllowed):
        services.close_review(actor=cast.ben, review=review)
    with pytest.raises(NotAllowed):
        services.prepare_review(actor=cast.dee, cycle=review.cycle, held_on=days(9))
    with pytest.raises(DomainError, match="already"):
        prepare(cast, held_on=days(3))


def page(person: Person, review: LeadershipReview) -> str:
    return str(signed_in(Client(), person).get(review.get_absolute_url()).content.decode())


def test_what_is_hidden_from_a_reader_stays_so_in_minutes_too(cast: Cast, facts: Objective) -> None:
    Objective.objects.filter(pk=facts.pk).update(title="Secret merger", restricted=True)
    Decision.objects.filter(question="Night trains?").update(confidential=True)
    guest = make_person("Lis Ork", unit=cast.root)
    review = prepare(cast, attendees=[cast.ben, guest])
    action = services.add_action(
        actor=cast.ben,
        review=review,
        point=point(review, "objective"),
        title="Call the merger bank",
        owner=cast.ben,
        due_on=days(3),
    )
    for _ in range(2):
        shown = page(guest, review)
        for word in ("merger", "Night trains", "What gives for"):
            assert word not in shown
        assert "Punctuality" in shown
        assert "merger" in page(cast.ben, review)
        assert action not in ReviewAction.objects.visible_to(guest)
        if not review.is_closed:
            services.close_review(actor=cast.ada, review=review)
    url = reverse("history", args=["leadership-review", review.pk])
    assert "merger" not in signed_in(Client(), guest).get(url).content.decode()
    assert signed_in(Client(), cast.flo).get(review.get_absolute_url()).status_code == 404
    assert signed_in(Client(), cast.dee).get(review.get_absolute_url()).status_code == 404


def test_the_history_says_of_a_dependency_only_what_its_reader_sees(
    cast: Cast, facts: Objective
) -> None:
    secret = make_objective(cast.cyd, "Secret merger", restricted=True)
    make_dependency(secret, cast.stations, needs="Two lawyers", needed_by=days(-1))
    review = prepare(cast)
    services.settle_point(
        actor=cast.ada, point=point(review, "dependency"), outcome="nothing", note="Gus hires them"
    )
    url = reverse("history", args=["leadership-review", review.pk])
    told = {
        one.name: signed_in(Client(), one).get(url).content.decode() for one in (cast.ben, cast.gus)
    }
    assert "Gus hires them" not in told[cast.ben.name]
    assert "Gus hires them" in told[cast.gus.name]
    assert "Two lawyers" in told[cast.gus.name]


def test_minutes_that_somebody_closed_meanwhile_are_not_brought_up_to_date(
    cast: Cast, facts: Objective
) -> None:
    review = prepare(cast)
    stale = LeadershipReview.objects.get()
    services.close_review(actor=cast.ada, review=review)
    before = list(review.points.values())
    Decision.objects.filter(question="Night trains?").update(question="Day trains?")
    with pytest.raises(DomainError, match="closed"):
        services.bring_up_to_date(actor=cast.ben, review=stale)
    assert list(review.points.values()) == before


def test_of_two_with_one_name_the_right_one_is_there(cast: Cast, facts: Objective) -> None:
    one, other = (
        make_person("Ivo Krag", unit=cast.root, email=f"ivo{n}@northwind.example") for n in "12"
    )
    review = prepare(cast, attendees=[one])
    services.edit_review(
        actor=cast.ada, review=review, held_on=TODAY, chair=cast.ada, attendees=[other]
    )
    assert list(review.attendees.all()) == [other]


def test_the_meeting_is_captured_on_the_page(cast: Cast, facts: Objective) -> None:
    review = prepare(cast)
    client = signed_in(Client(), cast.ada)
    kpi, silent = point(review, "kpi"), point(review, "objective")
    part = client.get(reverse("point-decide", args=[kpi.pk]), headers={"hx-request": "true"})
    assert "<html" not in part.content.decode()
    wrong = client.post(reverse("point-decide", args=[kpi.pk]), {"question": "", "choice": ""})
    assert wrong.status_code == 422
    sent = {"question": "Fewer stops?", "choice": "Yes", "given_up": "Two stops"}
    sent |= {"look_again_on": "2026-08-01", "due_on": "2026-06-01"}
    done = client.post(reverse("point-decide", args=[kpi.pk]), sent)
    assert done["Location"].endswith(f"#point-{kpi.pk}")
    sent = {"title": "Hire two", "owner": "Ben Aske", "due_on": "2026-06-01"}
    address = f"{reverse('review-action-new', args=[review.pk])}?point={silent.pk}"
    assert client.post(address, sent).status_code == 302
    settle = reverse("point-settle", args=[point(review, "what_gives").pk])
    assert client.post(settle, {"note": ""}).status_code == 422
    assert client.post(settle, {"note": "Ben answers today"}).status_code == 302
    late = reverse("point-settle", args=[point(review, "decision").pk])
    assert client.post(late, {"outcome": "next_time"}).status_code == 302
    shown = page(cast.gus, review)
    for words in ("Fewer stops?", "Hire two", "Next time"):
        assert words in shown
    assert "Ben answers today" not in shown  # it is about what Gus does not see
    assert "Ben answers today" in page(cast.ben, review)
    version = LeadershipReview.objects.get().version
    close = reverse("leadership-review-close", args=[review.pk])
    assert client.post(close, {"version": version}).status_code == 302
    shown = page(cast.ada, review)
    assert "these are the minutes" in shown
    assert "Close the minutes" not in shown
    listed = client.get(reverse("review-actions")).content.decode()
    assert "Hire two" in listed
    rows = b"".join(client.get(reverse("review-actions-csv")).streaming_content)
    assert b"Hire two,Ben Aske,2026-06-01,open" in rows


def test_a_leader_prepares_one_with_who_leads_proposed(cast: Cast, facts: Objective) -> None:
    client = signed_in(Client(), cast.ada)
    shown = client.get(reverse("leadership-review-new"))
    assert "Ben Aske" in shown.content.decode()
    sent = {"cycle": facts.cycle_id, "held_on": "2026-05-20", "there0": "Ben Aske"}
    done = client.post(reverse("leadership-review-new"), sent)
    review = LeadershipReview.objects.get()
    assert done["Location"] == review.get_absolute_url()
    assert list(review.attendees.all()) == [cast.ben]
    edit = reverse("leadership-review-edit", args=[review.pk])
    sent = {"held_on": "2026-05-21", "chair": "Ben Aske", "there0": "Gus Lind"}
    sent["version"] = str(review.version)
    assert client.post(edit, sent).status_code == 302
    review.refresh_from_db()
    assert (review.chair, list(review.attendees.all())) == (cast.ben, [cast.gus])


def test_pages_ask_the_same_whatever_stands_on_the_agenda(
    cast: Cast, facts: Objective, assert_queries: Callable[..., Any]
) -> None:
    for number in range(6):
        make_decision(cast.ada, f"Question {number}?", due_on=days(-number - 1))
    review = prepare(cast)
    for one in review.points.all():
        services.add_action(
            actor=cast.ada, review=review, point=one, title="Do", owner=cast.ben, due_on=days(2)
        )
    services.open_decision_on_point(
        actor=cast.ada, point=point(review, "kpi"), question="Fewer?", due_on=days(9)
    )
    client = signed_in(Client(), cast.ada)
    assert_queries("leadership review", client.get, review.get_absolute_url())
    assert_queries("leadership reviews", client.get, reverse("leadership-reviews"))
    assert_queries("actions of reviews", client.get, reverse("review-actions"))


def test_who_chairs_is_reminded_of_the_agenda_the_day_and_the_minutes(
    cast: Cast, facts: Objective
) -> None:
    review = prepare(cast, held_on=days(5))  # Monday
    make_deputy(cast.ada, cast.cyd)
    LeadershipReview.objects.update(read_at=review.read_at - dt.timedelta(1))
    friday, monday = days(2), days(5)

    def told(person: Person, on: dt.date) -> list[str]:
        fresh = Person.objects.get(pk=person.pk)
        return [one.title for one in due_for(fresh, [], on) if "review" in one.title]

    assert told(cast.ada, days(1)) == []
    title = "Bring the agenda up to date: Leadership review, Q2 2026"
    assert told(cast.ada, friday) == told(cast.cyd, friday) == [title]
    assert told(cast.ben, friday) == []
    LeadershipReview.objects.update(read_at=clock.start_of(friday))
    assert told(cast.ada, friday) == []
    assert told(cast.ada, monday) == ["Lead today: Leadership review, Q2 2026"]
    assert told(cast.ada, days(6)) == ["Close the minutes: Leadership review, Q2 2026"]
    LeadershipReview.objects.update(state="closed")
    assert told(cast.ada, days(6)) == []


def test_home_says_what_the_review_asks(cast: Cast, facts: Objective) -> None:
    prepare(cast)
    home = signed_in(Client(), cast.ada).get("/").content.decode()
    assert "Lead today: Leadership review, Q2 2026" in home
    assert "Its agenda is of 13 May 2026" in home
    assert "Lead today" not in signed_in(Client(), cast.gus).get("/").content.decode()
