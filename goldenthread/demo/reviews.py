"""Two leadership reviews of the fourth quarter: one held at its beginning, with minutes and actions, one prepared for tomorrow."""

from goldenthread.demo.days import STANDS_ON, day, standing_on
from goldenthread.demo.people import Company
from goldenthread.objectives.models import Cycle
from goldenthread.programme.services import reviews as services

CHAIR = "Marta Lindqvist"
THERE = ("Rui Tavares", "Aisha Rahmani", "Tomas Okafor", "Helen Brandt", "Piotr Zielonka")
HELD, FOLLOWS = "2 Nov", "24 Nov"
NOTES = "The board wants the path to Poland in one page by December. Piotr brings it."
ACTIONS = (
    ("Say which installers left, and why", "Helen Brandt", "13 Nov"),
    ("Bring the path to Poland on one page", "Piotr Zielonka", "27 Nov"),
)
DONE_ON, CAME_OF_IT = "12 Nov", "Nineteen left; eleven of them after a second failed delivery."
NOTHING = "The order of steel is placed; the figure follows in November."


def hold_reviews(company: Company, cycle: Cycle) -> None:
    """The first is closed on its day; of its two actions one is done, and the second comes first in what follows."""
    marta, there = company.people[CHAIR], [company.people[name] for name in THERE]
    with standing_on(day(HELD)):
        held = services.prepare_review(actor=marta, cycle=cycle, held_on=day(HELD), attendees=there)
        points = list(held.points.all())
        for point in points[:1]:
            services.settle_point(actor=marta, point=point, outcome="nothing", note=NOTHING)
        for point in points[1:]:
            services.settle_point(actor=marta, point=point, outcome="next_time")
        made = [
            services.add_action(
                actor=marta,
                review=held,
                point=points[0] if points and not place else None,
                title=title,
                owner=company.people[owner],
                due_on=day(due),
            )
            for place, (title, owner, due) in enumerate(ACTIONS)
        ]
        services.keep_notes(actor=marta, review=held, notes=NOTES)
        services.close_review(actor=marta, review=held)
    with standing_on(day(DONE_ON)):
        services.finish_action(actor=made[0].owner, action=made[0], outcome=CAME_OF_IT)
    with standing_on(STANDS_ON):
        services.prepare_review(actor=marta, cycle=cycle, held_on=day(FOLLOWS), attendees=there)
