"""What gives: the team that is asked for more than it has, one of whom asked and waits for the answer."""

from goldenthread.core import clock
from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.tradeoffs import services
from goldenthread.tradeoffs.selectors.competing import competing

ASKED, ANSWER_BY = "19 Nov", "26 Nov"
WHO = "Dario Conti"
ASK = "Four things and the line itself are more than a week has. Which of them waits until January?"


def ask_what_gives(company: Company) -> None:
    """Everything that competes for Dario Conti's time, and what is planned of it: 135 %."""
    dario = company.people[WHO]
    with standing_on(day(ASKED), 16):
        load = competing(dario, dario, clock.today())
        services.ask_what_gives(
            actor=dario,
            person=dario,
            objectives=[one.objective for one in load.items],
            ask=ASK,
            due_on=day(ANSWER_BY),
        )
