"""Marta leads the review that was prepared: a decision and an action captured at a point, closed, read and printed."""

import datetime as dt

from goldenthread.core.models import Organisation
from goldenthread.demo.days import STANDS_ON
from goldenthread.programme.models import LeadershipReview, ReviewAction
from goldenthread.tradeoffs.models import Decision
from tests.journeys.conftest import Arrive

QUESTION = "Do we pay installers the second visit?"
ACTION = "Ask ten installers who left"


def test_a_review_is_led_closed_read_and_printed(demo: None, arrive: Arrive) -> None:
    Organisation.objects.update(stands_on=STANDS_ON + dt.timedelta(days=1))
    review = LeadershipReview.objects.get(state="prepared")
    marta, helen = arrive(), arrive(width=390, dark=True)
    marta.opens("/").signs_in("Marta Lindqvist").opens("/leadership-review/")
    marta.sees("The organisation", "Prepared").opens(review.get_absolute_url())
    marta.sees("What we said we would do", "Helen Brandt", "Bring it up to date")
    marta.presses("Bring up to date").sees("The agenda is as of now")
    point = next(one for one in review.points.all() if one.name in {"kpi", "objective"})

    marta.opens(f"/leadership-review/points/{point.pk}/decide/")
    marta.fills_in("Question", QUESTION).fills_in("We choose", "Yes, from January")
    marta.fills_in("What is given up", "The spring campaign").presses("Put it on record")
    marta.sees(QUESTION, "On record")
    marta.opens(f"{review.get_absolute_url()}actions/new/?point={point.pk}")
    marta.fills_in("What is done", ACTION).picks("By whom", "Helen Brandt").presses("Give it")
    marta.sees(ACTION, "finds it on home")
    marta.presses("Close the minutes").sees("these are the minutes").sees_no("Bring up to date")

    assert Decision.objects.get(question=QUESTION).state == Decision.State.DECIDED
    paper = marta.page.pdf(format="A4")
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") < 8

    helen.opens("/").signs_in("Helen Brandt").opens(
        ReviewAction.objects.get(title=ACTION).get_absolute_url()
    )
    helen.fills_in("What came of it", "Seven would come back.").presses("It is done")
    helen.sees("has done it", "Seven would come back.")
    helen.opens(review.get_absolute_url()).sees(QUESTION, ACTION).sees_no("Next time:")
