"""Cascades for the first quarter of 2027: one proposal to five units, each of which answers in its own way; one from a
head to a team, and one offered upward."""

from dataclasses import replace
from decimal import Decimal

from goldenthread.demo.days import day, standing_on
from goldenthread.demo.people import Company
from goldenthread.demo.work import Nodes
from goldenthread.objectives.models import Cascade, Cycle
from goldenthread.objectives.services import cascades as services
from goldenthread.objectives.services.cascades import Terms
from goldenthread.objectives.services.drafts import KeyResultDraft, MilestoneDraft

CHIEF, ENGINEERING, OPERATIONS = "Marta Lindqvist", "Tomas Okafor", "Rui Tavares"
SERVICE, MARKETS, SALES = "Aisha Rahmani", "Piotr Zielonka", "Helen Brandt"

VISITS = KeyResultDraft(
    "Visits to the first 500 Alder 3 in their first winter",
    measure="visits",
    baseline=Decimal(140),
    target=Decimal(40),
    source="Ticket system",
)
FIRST_WINTER = Terms(
    "The first 500 Alder 3 come through their winter without a visit",
    why="A pump that fails in January is talked about in every village.",
    strength=9,
    kind="driver",
    key_results=[VISITS],
    mandate="Which of the known faults are mended first, and how. Free repairs up to €600 a pump.",
    resources="What the unit has, and 30 pumps to take apart.",
    word="Say what is missing on your side. I would rather hear it now than in February.",
    answer_by=day("27 Nov"),
)
FEWER = replace(
    FIRST_WINTER,
    title="The first 500 Alder 3 come through their winter with few visits",
    key_results=[
        replace(VISITS, target=Decimal(60)),
        KeyResultDraft(
            "Causes of the first faults found and closed",
            kind="milestones",
            milestones=[
                MilestoneDraft("Ten pumps taken apart", day("22 Jan 2027")),
                MilestoneDraft("Causes named", day("5 Feb 2027")),
                MilestoneDraft("Change in series", day("12 Mar 2027")),
            ],
        ),
    ],
    mandate="Which of the known faults are mended first, and how. Free repairs up to €600 a pump, "
    "and a change in series without asking the board.",
    resources="What the unit has, 30 pumps to take apart, and the test bench on two nights a week.",
    fte=Decimal("1.5"),
    word="40 needs the second compressor, which comes in May. 60 holds if Bram Osei is free for it.",
)
BUILT = replace(
    FIRST_WINTER,
    title="No Alder 3 leaves the line with a known fault",
    kind="component",
    key_results=[
        KeyResultDraft(
            "Pumps with a fault found after dispatch",
            measure="pumps",
            baseline=Decimal(31),
            target=Decimal(5),
            source="Line log",
        )
    ],
    mandate="To stop the line, without asking, as soon as a known fault turns up.",
    word="Visits are not ours to promise. This is what the line can do for it.",
)
PLAN = Terms(
    "Line 2 keeps its plan for ten days",
    why="A delivery in 19 days needs a line that builds what was planned.",
    strength=3,
    kind="enabler",
    key_results=[
        KeyResultDraft(
            "Days on which the plan was kept",
            measure="%",
            baseline=Decimal(62),
            target=Decimal(90),
            source="Line log",
        )
    ],
    mandate="The order of builds within a week, and overtime on Saturdays.",
    resources="What the team has, and one planner from Logistics.",
    fte=Decimal(1),
    word="You asked for less at a time. This is the one that I would keep.",
    answer_by=day("30 Nov"),
)
ANSWERED = Terms(
    "Installers find half of their answers without us",
    why="Every answer found in the portal is a call that nobody waits for.",
    strength=9,
    kind="driver",
    key_results=[
        KeyResultDraft(
            "Questions solved in the portal",
            measure="%",
            baseline=Decimal(24),
            target=Decimal(50),
            source="Portal",
        )
    ],
    mandate="What is written, in which languages, and who checks it.",
    resources="Two writers for a quarter, and an hour a week of an engineer.",
    fte=Decimal("0.5"),
    word="We would like to offer this. It needs Engineering for an hour a week.",
    answer_by=day("1 Dec"),
)


def play_catchball(company: Company, cycle: Cycle, nodes: Nodes) -> None:
    """One waits for the chief, one for its unit and is late, one is agreed, one declined, one saw an answer too late."""
    people, units = company.people, company.units
    with standing_on(day("9 Nov")):
        made = services.propose_to_units(
            actor=people[CHIEF],
            parent=nodes["failures"],
            giver=units["Aldervale Heat"],
            units=[units[name] for name in ("Engineering", "Operations", "Service", "Markets")],
            cycle=cycle,
            terms=replace(FIRST_WINTER, answer_by=day("20 Nov")),
            together="first-winter",
        )
    engineering, operations, _, markets = made
    with standing_on(day("12 Nov"), 10):
        answer(company, operations, OPERATIONS, BUILT, 1)
    with standing_on(day("13 Nov"), 15):
        services.agree_cascade(actor=people[CHIEF], cascade=operations, answers=2)
    with standing_on(day("16 Nov"), 11):
        services.decline_cascade(
            actor=people[MARKETS],
            cascade=markets,
            reason="None of the first 500 stands in Poland or Benelux before March. Ask us again for the spring.",
        )
    with standing_on(day("17 Nov"), 9):
        answer(company, engineering, ENGINEERING, FEWER, 1)
    with standing_on(day("17 Nov"), 10):
        sales = services.propose_to_units(
            actor=people[CHIEF],
            parent=nodes["failures"],
            giver=units["Aldervale Heat"],
            units=[units["Sales and Partners"]],
            cycle=cycle,
            terms=replace(FIRST_WINTER, title="Every first installation of an Alder 3 is guided"),
            together="first-winter-sales",
        )[0]
    with standing_on(day("18 Nov"), 9):
        told = "Only the first one of each installer: the rest know how by then."
        terms = replace(FIRST_WINTER, title="Each installer’s first Alder 3 is guided", word=told)
        answer(company, sales, CHIEF, terms, 1)
    with standing_on(day("18 Nov"), 10):
        told = "With four guides we reach three in four. I wrote this before I saw yours."
        terms = replace(
            FIRST_WINTER, title="Three in four first installations are guided", word=told
        )
        answer(company, sales, SALES, terms, 1)
    with standing_on(day("19 Nov"), 13):
        services.propose_to_units(
            actor=people[OPERATIONS],
            parent=nodes["n-19"],
            giver=units["Operations"],
            units=[units["Line engineering"]],
            cycle=cycle,
            terms=PLAN,
            together="line-plan",
        )
    with standing_on(day("20 Nov"), 14):
        services.offer_upward(
            actor=people["Jonas Feld"],
            unit=units["Partner Success"],
            parent=nodes["installers"],
            cycle=cycle,
            terms=ANSWERED,
            together="answers",
        )


def answer(company: Company, cascade: Cascade, who: str, terms: Terms, answers: int) -> None:
    """Another version, by whoever speaks for one of the units."""
    services.counter_cascade(
        actor=company.people[who], cascade=cascade, terms=terms, answers=answers
    )
