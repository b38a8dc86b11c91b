"""Making the demo: Aldervale Heat on 23 November 2026, the same every time."""

import datetime as dt

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation
from goldenthread.demo import (
    cascades,
    decisions,
    dependencies,
    direction,
    effort,
    gives,
    people,
    plans,
    reviews,
    waiting,
    work,
)
from goldenthread.demo.days import STANDS_ON, day, standing_on
from goldenthread.demo.work import Nodes
from goldenthread.insights.services import store_figures
from goldenthread.objectives.models import Objective
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.services.quality import look_at_all
from goldenthread.people.models import Person

NIGHTS = ("30 Mar", "29 Jun", "28 Sep", "2 Nov")  # of which it is kept how the criteria stood


@transaction.atomic
def make_demo() -> None:
    """Make the demo organisation in an empty database; with nothing random in it but keys and the password's salt.

    Raises `DomainError` when there is an organisation already. Lets this process's clock stand on days of the
    past while it works (`days.standing_on`).
    """
    if Organisation.objects.exists() or Person.objects.exists():
        raise DomainError("There is an organisation in this database already.")
    _count_from_one()
    company = people.found()
    nodes: Nodes = dict(direction.set_direction(company))
    cycles = work.add_cycles(company)
    work.begin_quarter(company, cycles, 0, nodes)
    direction.drop_showrooms(company, nodes)
    _night(day(NIGHTS[0]))
    work.end_quarter(company, cycles, 0, nodes)
    work.begin_quarter(company, cycles, 1, nodes)
    _night(day(NIGHTS[1]))
    work.end_quarter(company, cycles, 1, nodes)
    work.begin_quarter(company, cycles, 2, nodes)
    work.plan_the_quarter(company, cycles["Q4 2026"], nodes)
    _night(day(NIGHTS[2]))
    work.end_quarter(company, cycles, 2, nodes)
    work.live_through_the_quarter(company, cycles["Q4 2026"], nodes)
    _night(day(NIGHTS[3]))
    direction.observe_the_year()
    waiting.change_expectations(company, nodes)
    waiting.import_plans(company, cycles["Q1 2027"], nodes)
    direction.draft_next_year(company)
    waiting.propose_next(company, cycles["Q1 2027"], nodes)
    cascades.play_catchball(company, cycles["Q1 2027"], nodes)
    decisions.decide_the_year(company, nodes)
    effort.share_out_the_quarter(company, cycles["Q4 2026"], nodes)
    gives.ask_what_gives(company)
    dependencies.ask_other_units(company, nodes)
    reviews.hold_reviews(company, cycles["Q4 2026"])
    plans.plan_the_coming_quarter(company, cycles["Q1 2027"], nodes)
    waiting.hand_over(company)
    waiting.waive(company, nodes)
    # Last: what it tries and takes back uses identities up on PostgreSQL.
    waiting.read_in_newcomers(company)
    with standing_on(STANDS_ON):
        refresh(Objective.objects.all())
        look_at_all()
        fortnights = (STANDS_ON - dt.timedelta(weeks=2 * back) for back in range(21, -1, -1))
        for on in (*map(day, NIGHTS), *fortnights):
            store_figures(on)
    Organisation.objects.update(stands_on=STANDS_ON)


def _night(on: dt.date) -> None:
    """What the night keeps of a day and could not be worked out later: how the criteria stood. The rest of that day is
    stored again at the end, when the values of its KPIs are there."""
    with standing_on(on):
        look_at_all()
        store_figures()


def _count_from_one() -> None:
    """Let the rows get the same identities each time, also where a sequence has given some out before."""
    tables: list[type[models.Model]] = list(apps.get_models())
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
