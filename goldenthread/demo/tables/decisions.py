"""What Aldervale Heat decided, or has still to decide: one asks what happened, one is overdue, one is confidential."""

from typing import NamedTuple


class OptionRow(NamedTuple):
    title: str
    speaks_for: str
    speaks_against: str


class DecisionRow(NamedTuple):
    """`touches` are keys of objectives and priorities, names of units, KPIs and people. Without `decided_on` it is open."""

    question: str
    background: str
    decider: str
    opened_on: str
    due_on: str
    options: tuple[OptionRow, ...]
    touches: tuple[str, ...]
    confidential: bool = False
    decided_on: str = ""
    choice: str = ""
    reason: str = ""
    given_up: str = ""
    freed_fte: str = ""
    expected: str = ""
    look_again_on: str = ""
    looked_back_on: str = ""
    outcome: str = ""
    as_expected: str = ""
    learnt: str = ""


DECISIONS = (
    DecisionRow(
        "Do we promise the date that the customer asks for, or the one that the line can keep?",
        "Every third date moved at least once in the spring, and installers heard of it last.",
        "Rui Tavares", "7 Apr", "24 Apr",
        (
            OptionRow("The date that the line can keep", "Installers plan their week by it.", "Some orders go to who promises earlier."),
            OptionRow("The date that is asked for", "No order is lost on the phone.", "Overtime in summer, and dates that move."),
        ),
        ("door", "Order to delivery, median", "Operations"),
        decided_on="21 Apr", choice="The date that the line can keep",
        reason="Who was let down once does not come back.",
        given_up="The rush orders: about €0.4 million in the second quarter. The desk that moved dates by hand.",
        freed_fte="1.5",
        expected="Fewer than one date in ten moves by September.",
        look_again_on="30 Sep", looked_back_on="2 Oct", as_expected="partly",
        outcome="One date in eight still moves, nearly all for missing parts. Rush orders cost us €0.25 million.",
        learnt="The dates were never the problem of the line: safety stock is. It became an objective of its own.",
    ),
    DecisionRow(
        "Do the desks in Lyon and Kraków answer their own calls, or does one hub answer all?",
        "Calls wait longest where two people share a desk.",
        "Helen Brandt", "17 Aug", "4 Sep",
        (
            OptionRow("One hub, routed by skill", "Every call finds somebody who speaks the language and knows the model.", "Two desks close; nine people learn a new tool."),
            OptionRow("A desk in each market", "Nobody has to move.", "Four desks are too small for a day with two people ill."),
        ),
        ("installers", "answers", "routing", "Partner Success", "Calls answered in 2 minutes"),
        decided_on="1 Sep", choice="One hub, routed by skill",
        reason="At 90 % in two minutes the small desks would need six people more.",
        given_up="The desks in Lyon and Kraków, and the visits that they made between calls.",
        freed_fte="2",
        expected="75 % of the calls answered in two minutes by 20 November.",
        look_again_on="20 Nov",
    ),
    DecisionRow(
        "Which goes first in December: the file for Alder 3, or the older models for Poland?",
        "The institute takes one file a month, and ours are both late.",
        "Tomas Okafor", "2 Nov", "16 Nov",
        (
            OptionRow("Alder 3", "The permit without a hearing hangs on it.", "Poland sells the older models at 56 dB until spring."),
            OptionRow("The older models", "348 homes wait for the new coolant.", "Alder 3 misses the fair in February."),
        ),
        ("quiet", "poland", "file"),
    ),
    DecisionRow(
        "Do we build a second factory, or a third line here?",
        "At 2,000 pumps a month the hall is full. Neither the works council nor the town knows yet.",
        "Marta Lindqvist", "9 Nov", "15 Dec",
        (
            OptionRow("A factory in Gdańsk", "Near the market that grows, with public money.", "€18 million, and two years in which Operations has two heads."),
            OptionRow("A third line here", "€6 million, and nobody moves.", "Full again in 2030."),
        ),
        ("door", "Operations", "Ruth Delacroix"),
        confidential=True,
    ),
)  # fmt: skip
