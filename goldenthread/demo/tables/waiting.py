"""What waits for somebody's word on 23 November: changes, proposals, and imports that nobody has confirmed."""

from typing import NamedTuple

from goldenthread.demo.tables.rows import Measured, Row, Steps

# Proposals for the first quarter of 2027: heads wait for Marta, Jonas for Helen, Lena and Samir for Jonas.
PROPOSED_ON = "18 Nov"
PROPOSALS = (
    Row("n-launch", "Alder 3 in every price list", "Engineering", {"quiet": 9}, (Measured("Markets with Alder 3 in the list", "markets", "0", "5", ""),)),
    Row("n-19", "Order to delivery in 19 days, median", "Operations", {"door": 9}, (Measured("Order to delivery, median", "days", "21", "19", ""),)),
    Row("n-85", "85 % of pumps connected", "Service", {"failures": 9}, (Measured("Pumps connected", "%", "75", "85", ""),)),
    Row("n-90", "Nine in ten calls answered within two minutes", "Partner Success", {"installers": 9}, (Measured("Calls answered within two minutes", "%", "85", "90", ""),), why="90 % stays the aim for 31 March, as agreed in September."),
    Row("n-lena", "Answer nine in ten of my queue’s calls within two minutes", "Lena Kovač", {"n-90": 9}, (Measured("Calls of my queue answered within two minutes", "%", "85", "90", ""),)),
    Row("n-guide", "Every new installer guided once", "Lena Kovač", {"installers": 3}, (Measured("New installers guided", "%", "40", "100", ""),)),
    Row("n-samir", "Calls find the right desk at the first try", "Samir Haddad", {"n-90": 9}, (Measured("Calls that were not passed on", "%", "71", "90", ""),)),
    # Parts of the 19 days: one and a half of the two days that they are to save.
    Row("n-dispatch", "A finished pump leaves within two days", "Logistics team", {"n-19": 9}, (Measured("From the line to the lorry", "days", "3.0", "2.0", "", source="Order system"),), kind="component"),
    Row("n-waits", "Half a day less spent waiting for parts", "Supply", {"n-19": 9}, (Measured("An order’s wait for parts", "days", "1.5", "1.0", "", source="Stock ledger"),), kind="component"),
    Row("n-takt", "Line 2 takt at 34 minutes", "Dario Conti", {"n-19": 3}, (Measured("Takt of line 2", "minutes", "38.0", "34.0", ""),)),
)  # fmt: skip

# What the markets write to make up the five of “Alder 3 in every price list”, not proposed yet.
DRAFTED = tuple(
    Row(key, title, owner, {"n-launch": 9}, (Measured("Markets with Alder 3 in the list", "markets", "0", count, "", source="Price lists"),), kind="component")
    for key, title, owner, count in (
        ("n-north", "Sweden and Denmark sell Alder 3", "Sales", "2"),
        ("n-low", "Installers in Benelux order Alder 3", "Benelux", "2"),
        ("n-east", "Poland prices Alder 3 in złoty", "Poland", "1"),
    )
)  # fmt: skip

RESTRICTED = Row("n-night", "Night shift without a loss of pay", "Rui Tavares", {"n-19": 3}, (Steps("Steps", (("Talks with the works council", "31 Jan 2027"), ("Offer", "15 Feb 2027"), ("Agreed", "15 Mar 2027")), 0),), why="Not to be talked about before the works council knows.")  # fmt: skip

DRAFT = Row("n-oskar", "Calls from Utrecht answered by two", "Oskar Blom", {}, (Measured("Calls of my queue answered within two minutes", "%", "", "60", ""),))  # fmt: skip

# A rule set aside: code, objective, reason, when.
WAIVED = (
    "O15",
    "file",
    "The certificate is the result: without it no pump is sold in the south.",
    "2 Nov 2026",
)


class ImportedRow(NamedTuple):
    """An objective as a file has it, addressed to the owner named, who has not confirmed it."""

    row: int
    title: str
    owner: str
    serves: str
    measured: tuple[str, str, str, str]


# (day, file, rows); Nadia Berger, the HR partner, loaded them.
IMPORTS = (
    (
        "11 Nov", "service-plan-2027.csv",
        (
            ImportedRow(4, "Spare parts reach installers in two days", "Service", "failures", ("Parts delivered in two days", "%", "54", "90")),
            ImportedRow(5, "Field report within a day", "Field service", "failures", ("Reports sent within a day", "%", "38", "95")),
            ImportedRow(7, "Refrigerant training for all desks", "Aisha Rahmani", "", ("People trained", "people", "0", "24")),
        ),
    ),
    (
        "18 Nov", "objectives-q1-2027.csv",
        (
            ImportedRow(1, "Alder 3 reaches 1,000 homes", "Sales and Partners", "quiet", ("Alder 3 sold", "pumps", "200", "1000")),
            ImportedRow(3, "Installer council meets monthly", "Helen Brandt", "installers", ("Meetings held", "meetings", "0", "3")),
            ImportedRow(8, "Heat-loss survey in one visit", "Piotr Zielonka", "poland", ("Surveys done in one visit", "%", "20", "80")),
        ),
    ),
)  # fmt: skip
CATALOGUE_SERVES = "Spare parts reach installers in two days"

# Who begins in January, as HR's table has them; the last row names a manager who is not there.
NEWCOMERS = """\
name;email;unit;manager;position;start
Ines Moreau;i.moreau@aldervale.example;Partner Success;Jonas Feld;Installer calls, Lyon;2027-01-04
Piet de Haan;p.dehaan@aldervale.example;Benelux;Joris de Wit;Sales, Utrecht;2027-01-04
Zofia Lis;z.lis@aldervale.example;Poland;Kasia Wrona;Sales, Kraków;2027-01-11
Leo Marchetti;l.marchetti@aldervale.example;Field service;p.dusec@aldervale.example;Technician;2027-01-11
"""
