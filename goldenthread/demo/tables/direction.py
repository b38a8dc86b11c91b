"""The strategy of 2026: priorities with their expected results, trade-offs, the strategy of a unit, drafts for 2027."""

from typing import NamedTuple

TITLE = "Aldervale Heat, 2026"
VISION = "By 2030, every home we reach is warm without burning anything, and its neighbours never hear us."
MISSION = "We build heat pumps that installers like to fit and that people forget they have."
VALUES = "Say what is.\nFinish what we start.\nThe installer is in the room."
IN_FORCE_ON = "12 Jan"
ENDS_ON = "31 Dec"
MONTHS = ("31 Jan", "28 Feb", "31 Mar", "30 Apr", "31 May", "30 Jun", "31 Jul", "31 Aug", "30 Sep", "31 Oct", "20 Nov")  # fmt: skip


class ResultRow(NamedTuple):
    """An expected result, the KPI that shows it, and what was observed from January to November."""

    name: str
    measure: str
    decimals: int
    direction: str
    baseline: str
    target: str
    unit: str
    owner: str
    source: str
    observed: str


class PriorityRow(NamedTuple):
    key: str
    title: str
    sponsor: str
    weight: int
    first_weight: int  # as confirmed in January, while there were six
    why: str
    results: tuple[ResultRow, ...]


PRIORITIES = (
    PriorityRow(
        "quiet", "The quiet pump: Alder 3", "Tomas Okafor", 30, 28,
        "Noise is the first reason why a planned pump is not built: four in ten neighbours object. At 50 dB(A) the "
        "permit comes without a hearing in all our markets.",
        (
            ResultRow("Sound power at 7 kW", "dB", 1, "down", "58", "50", "Acoustics team", "Ingrid Salo", "Test bench, monthly series", "58.0 57.2 56.0 55.1 54.3 53.2 53.0 52.4 51.9 51.5 51.2"),
            ResultRow("Seasonal efficiency", "SCOP", 2, "up", "4.2", "5.0", "Heat cycle team", "Farid Mansour", "Test bench, monthly series", "4.20 4.23 4.28 4.33 4.40 4.48 4.53 4.64 4.71 4.79 4.86"),
        ),
    ),
    PriorityRow(
        "installers", "Keep our installers", "Helen Brandt", 25, 24,
        "An installer who stays orders eleven pumps a year without a sales visit; a new one costs €9,000 to win. Every "
        "third one who left us last year said that nobody picked up.",
        (
            ResultRow("Still ordering after a year", "%", 0, "up", "71", "85", "Sales and Partners", "Luca Moretti", "Order book", "71 71 72 72 72 73 73 73 74 75 76"),
            ResultRow("Calls answered in 2 minutes", "%", 0, "up", "48", "90", "Partner Success", "Jonas Feld", "Phone log", "48 48 49 49 51 54 56 58 60 63 68"),
        ),
    ),
    PriorityRow(
        "door", "Three weeks to the door", "Rui Tavares", 20, 19,
        "Boilers fail in winter, and who waits six weeks buys another boiler. At three weeks we win the emergency "
        "half of the market.",
        (
            ResultRow("Order to delivery, median", "days", 0, "down", "41", "21", "Operations", "Rui Tavares", "Order system", "41 39 36 33 31 28 28 26 25 24 23"),
            ResultRow("Delivered complete", "%", 1, "up", "82", "96", "Logistics team", "Sven Aaltonen", "Delivery notes", "82.0 82.6 83.4 84.2 85.4 86.7 87.6 92.9 90.8 92.2 94.5"),
        ),
    ),
    PriorityRow(
        "failures", "Failures found before they happen", "Aisha Rahmani", 15, 14,
        "A visit costs €310 and a cold weekend costs a customer. A connected pump tells us of three failures in four "
        "before anybody freezes.",
        (
            ResultRow("First-year failures", "%", 1, "down", "4.6", "2.5", "Service", "Aisha Rahmani", "Service reports", "4.6 4.4 4.3 4.3 4.2 4.0 3.9 3.9 3.6 3.3 3.1"),
            ResultRow("Pumps connected", "%", 0, "up", "38", "75", "Connect team", "Anneke Visser", "Gateway portal", "38 39 41 43 45 48 50 54 56 59 62"),
        ),
    ),
    PriorityRow(
        "poland", "First 400 homes in Poland", "Piotr Zielonka", 10, 10,
        "Poland replaces three million coal stoves by 2030 with public money. Four hundred homes prove that we can "
        "serve it before the large makers are there.",
        (
            ResultRow("Pumps sold in Poland", "pumps", 0, "up", "0", "400", "Markets", "Piotr Zielonka", "Order book", "0 4 16 38 71 113 148 197 248 302 348"),
            ResultRow("Certified installers", "people", 0, "up", "4", "40", "Poland", "Kasia Wrona", "Academy register", "4 5 7 10 14 18 21 25 29 32 34"),
        ),
    ),
)  # fmt: skip

# Dropped on 3 February, with the trade-off below; one objective has gone on serving it ever since.
SHOWROOMS = PriorityRow(
    "showrooms", "Showrooms in six cities", "Piotr Zielonka", 0, 5,
    "People buy what they have stood beside.", (),
)  # fmt: skip
DROPPED_ON = "3 Feb"
DROPPED_WHY = "Installers sell better than rooms do: of 40 visitors in the trial two ordered."

CORRECTION = ("Delivered complete", "31 Aug", "89.3", "10 Sep", "Two depots were counted twice.")


class TradeOffRow(NamedTuple):
    this: str
    over: str  # empty: it will not be done
    priority: str
    note: str
    frees_fte: str
    decided_by: str
    decided_on: str
    look_again_on: str


TRADE_OFFS = (
    TradeOffRow("Quiet", "cheap", "quiet", "Alder 3 costs €140 more to build than the plan.", "", "Marta Lindqvist", "3 Feb", "1 Mar 2027"),
    TradeOffRow("Installers we have", "installers we could win", "installers", "No new regions outside Poland.", "", "Helen Brandt", "3 Feb", "15 Dec 2026"),
    TradeOffRow("A date we keep", "a date that pleases", "door", "We quote what the line can do.", "", "Rui Tavares", "21 Apr", "30 Jun 2027"),
    TradeOffRow("Own brand of radiators", "", "", "Frees 4.0 FTE in Engineering. Given up: a market of about €6 million.", "4.0", "Marta Lindqvist", "3 Feb", "1 Mar 2027"),
    TradeOffRow("A consumer app", "", "", "Frees 5.5 FTE in Engineering and Service. Installers show the values on site instead.", "5.5", "Marta Lindqvist", "3 Feb", "1 Mar 2027"),
    TradeOffRow("Showrooms", "", "", "Frees 2.0 FTE in Markets. Partners show pumps that run in real cellars.", "2.0", "Marta Lindqvist", "3 Feb", "1 Mar 2027"),
)  # fmt: skip


class KpiRow(NamedTuple):
    """A KPI that stands beside the priorities; one to hold has `low` and `high`, the others a target."""

    name: str
    measure: str
    decimals: int
    direction: str
    baseline: str
    target: str
    low: str
    high: str
    unit: str
    owner: str
    source: str
    observed: str


KPIS = (
    KpiRow("Compressors in stock", "days", 0, "hold", "", "", "15", "25", "Supply", "Mei Tanaka", "Stock ledger", "19 18 20 22 21 19 17 18 16 15 11"),
    KpiRow("Orders on hand", "weeks", 1, "hold", "", "", "4", "8", "Sales", "Luca Moretti", "Order book", "5.1 5.3 5.8 6.2 6.0 5.7 5.5 6.1 6.6 6.9 7.2"),
    KpiRow("Sick leave", "%", 1, "hold", "", "", "", "4.5", "People and Finance", "Nadia Berger", "Payroll", "4.4 4.3 3.9 3.6 3.2 3.0 2.9 3.1 3.4 3.9 4.2"),
    KpiRow("Line stops a week", "stops", 1, "down", "14.0", "6.0", "", "", "Assembly team", "Gabriela Pinto", "Line log", "14.0 13.1 12.8 11.9 11.0 10.2 9.6 9.1 8.4 7.7 7.0"),
    KpiRow("Built right first time", "%", 1, "up", "86.0", "95.0", "", "", "Quality", "Olga Petrenko", "Final inspection", "86.0 86.4 87.1 87.9 88.8 89.7 90.4 91.2 92.0 93.1 93.9"),
    KpiRow("Warranty cost per pump", "€", 0, "down", "118", "90", "", "", "Service", "Aisha Rahmani", "Ledger", "118 117 115 114 111 108 106 103 100 97 94"),
    KpiRow("Energy per pump built", "kWh", 0, "down", "212", "180", "", "", "Operations", "Rui Tavares", "Meter of the hall", "212 211 208 203 199 195 192 190 188 186 185"),
    KpiRow("Complaints answered in two days", "%", 0, "up", "63", "90", "", "", "Service desk", "Chidi Eze", "Ticket system", "63 64 66 69 71 75 77 80 83 85 86"),
    KpiRow("Accidents with lost time, 12 months", "", 0, "down", "7", "3", "", "", "Operations", "Rui Tavares", "Accident book", "7 7 7 6 6 5 5 4 4 4 3"),
    KpiRow("People who left, 12 months", "%", 1, "down", "11.2", "8.0", "", "", "People and Finance", "Nadia Berger", "Personnel file", "11.2 11.1 11.0 10.6 10.3 9.9 9.6 9.4 9.0 8.8 8.6"),
    KpiRow("Revenue of the month", "€ million", 2, "up", "4.10", "5.20", "", "", "People and Finance", "Ruth Delacroix", "Ledger", "4.10 4.05 4.22 4.31 4.48 4.57 4.60 4.52 4.79 4.93 5.04"),
    KpiRow("Gross margin", "%", 1, "up", "31.0", "34.0", "", "", "People and Finance", "Ruth Delacroix", "Ledger", "31.0 31.1 31.0 31.4 31.7 32.0 32.3 32.4 32.9 33.2 33.5"),
)  # fmt: skip


class UnitPriorityRow(NamedTuple):
    key: str
    title: str
    why: str
    weight: int
    serves: str
    strength: int


SERVICE_ON = "2 Feb"
SERVICE_TITLE = "Service, 2026"
SERVICE_VISION = "We call before the customer does."
SERVICE_PRIORITIES = (
    UnitPriorityRow("afar", "Faults seen from afar", "A fault that the pump tells us of costs a call, not a visit.", 60, "failures", 3),
    # Nobody has taken it on: this is the stranded priority.
    UnitPriorityRow("visit", "Repairs done in one visit", "Every second visit is a return for a part that we could have brought.", 40, "failures", 1),
)  # fmt: skip


class DraftRow(NamedTuple):
    """A priority as the board's presentation has it; nobody has taken it on yet."""

    title: str
    sponsor: str
    results: tuple[str, ...]
    source: str
    confidential: bool = False


NEXT_YEAR_ON = "17 Nov"
NEXT_YEAR_TITLE = "Aldervale Heat, 2027"
NEXT_YEAR_FILE = "Board strategy 2027.pptx"
NEXT_YEAR = (
    DraftRow("A thousand quiet homes", "Tomas Okafor", ("1,000 homes with Alder 3 by 31 December 2027", "No complaint about noise upheld"), "slide 3"),
    DraftRow("A contract with every pump", "Aisha Rahmani", ("Two in three new pumps with a service contract",), "slide 5"),
    DraftRow("Poland pays for itself", "Piotr Zielonka", ("Positive result in Poland from the third quarter",), "slide 6"),
    DraftRow("A second factory in Gdańsk", "Rui Tavares", ("Site chosen by 30 June 2027",), "slide 9", confidential=True),
)  # fmt: skip
NEXT_YEAR_KPI = ("Carbon per pump built", "kg", "Olga Petrenko", "slide 11")
