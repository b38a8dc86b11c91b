"""The closed quarters: what was set, how it ended, and what was learned. In each, units' objectives come first."""

from goldenthread.demo.tables.rows import Measured, Row, Steps

# Where the numbers came from. Who did not say in those days has none; the owner reported.
_KEYS = {
    "Test bench": "q1-mount q1-test q2-proto q2-mount3 q2-scop q3-series q3-bench q3-leak",
    "Phone log": "q1-calls q2-calls q2-lena q3-reach q3-lena q3-priya q3-daniel",
    "Order system": "q1-days q2-days q3-days q3-slot",
    "Stock ledger": "q1-stock q3-parts q3-abc",
    "Gateway portal": "q1-conn q1-gate q2-conn q3-conn gateway q3-app",
    "Order book": "q1-pl q2-pl q3-pl",
    "Line log": "q2-freeze q3-line line2 q3-steps q3-plan",
    "Portal": "q2-portal q3-yara",
    "Ticket system": "q2-read q3-alerts q3-first q3-rota",
    "Academy register": "q3-train q3-cert q3-seats",
    "Delivery notes": "q2-load q3-dock",
    "Final inspection": "q3-inspect",
}
SOURCES = {key: source for source, keys in _KEYS.items() for key in keys.split()}


def _row(
    key: str, title: str, owner: str, serves: str, measured: str, measure: str,
    start: str, target: str, end: str, learning: str = "", *, carry: bool = False, critical: bool = False,
) -> Row:  # fmt: skip
    """An objective with one number; `serves` may hold several keys, the first strongly and the rest medium."""
    parents = {parent: 3 if place else 9 for place, parent in enumerate(serves.split())}
    results = (Measured(measured, measure, start, target, end, source=SOURCES.get(key, "")),)
    return Row(
        key, title, owner, parents, results, carry=carry, learning=learning, critical=critical
    )


def _rotterdam(steps: int, done: int) -> Row:
    planned = (
        "Site found",
        "Lease agreed",
        "Cost known",
        "Landlord asked",
        "Architect chosen",
        "Lease signed",
    )
    return Row(
        "rotterdam", "New showroom in Rotterdam", "Markets", {"showrooms": 9},
        (Steps("Steps to the opening", tuple((name, "") for name in planned[-steps:]), done),),
        carry=True, learning="The landlord takes longer than we planned.",
    )  # fmt: skip


Q1 = (
    _row("q1-mount", "Mount v2 is 2 dB quieter", "Engineering", "quiet", "Damping against v1", "dB", "0.0", "2.0", "2.1", "A softer mount costs more in the frame than it brings.", critical=True),
    _row("q1-course", "Course for Alder 3 written", "Sales and Partners", "quiet", "Chapters written", "chapters", "0", "12", "10"),
    _row("q1-calls", "Half of all calls answered within two minutes", "Partner Success", "installers", "Calls answered within two minutes", "%", "47", "50", "49", "Two people cannot cover three desks.", critical=True),
    _row("q1-visit", "Every lost installer visited", "Sales", "installers", "Lost installers visited", "installers", "0", "38", "38", "They do not leave for the price; they leave for the phone."),
    _row("q1-days", "Order to delivery in 35 days", "Operations", "door", "Order to delivery, median", "days", "41", "35", "36", "Planning by hand ends at 36.", critical=True),
    _row("q1-stock", "Every part counted once a quarter", "Supply", "door", "Parts counted", "%", "0", "100", "100"),
    _row("q1-conn", "42 % of pumps connected", "Service", "failures", "Pumps connected", "%", "37", "42", "41"),
    _row("q1-pl", "First pumps sold in Poland", "Markets", "poland", "Pumps sold", "pumps", "0", "10", "16", "The first buyers came through installers from Lund.", critical=True),
    _row("q1-test", "Test bench measures day and night", "Test bench", "q1-mount", "Hours a day on the bench", "hours", "8", "22", "22"),
    _row("q1-fan", "Three fan profiles drawn", "Acoustics team", "q1-mount", "Profiles drawn", "profiles", "0", "3", "3"),
    _row("q1-desk", "Second desk open in Utrecht", "Daniel Weiss", "q1-calls", "Desks open", "desks", "1", "2", "2"),
    _row("q1-plan", "One plan for both lines", "~Operations 1", "q1-days", "Weeks planned together", "weeks", "0", "8", "5", "The plan is only as good as the stock figures."),
    _row("q1-gate", "Gateway in every new pump", "Connect team", "q1-conn", "New pumps with a gateway", "%", "60", "100", "97"),
    _row("q1-office", "First desk in Kraków", "Kasia Wrona", "q1-pl", "People at the desk", "people", "0", "2", "2"),
    _rotterdam(6, 1),
    _row("q1-phone", "New telephone contract", "~People and Finance 1", "", "Lines moved", "lines", "0", "140", "140"),
)  # fmt: skip

Q2 = (
    _row("q2-proto", "Prototype at 52 dB(A)", "Engineering", "quiet", "Sound power at 7 kW", "dB(A)", "56.0", "52.0", "53.2", "The fan is done; the compressor is not.", critical=True),
    _row("q2-scop", "Seasonal efficiency of 4.5", "Heat cycle team", "quiet", "Seasonal efficiency", "SCOP", "4.28", "4.50", "4.48"),
    _row("q2-trainers", "Eight trainers know Alder 3", "Training", "quiet", "Trainers certified", "trainers", "0", "8", "8"),
    _row("q2-calls", "55 % of calls answered within two minutes", "Partner Success", "installers", "Calls answered within two minutes", "%", "49", "55", "54", "Cover after 17:00 is the hole.", critical=True),
    _row("q2-portal", "Portal answers one question in ten", "Partner Success", "installers", "Questions solved in the portal", "%", "2", "10", "10"),
    _row("q2-days", "Order to delivery in 29 days", "Operations", "door", "Order to delivery, median", "days", "36", "29", "28", "Freezing the plan for five days brought more than overtime.", critical=True),
    _row("q2-complete", "86 % delivered complete", "Logistics team", "door", "Delivered complete", "%", "83.4", "86.0", "86.7"),
    _row("q2-conn", "Half of all pumps connected", "Service", "failures", "Pumps connected", "%", "41", "50", "48"),
    _row("q2-pl", "100 pumps sold in Poland", "Markets", "poland", "Pumps sold", "pumps", "16", "100", "113", critical=True),
    _row("q2-mount3", "Mount v3 tested for a thousand hours", "Acoustics team", "q2-proto", "Hours tested", "hours", "0", "1000", "1000"),
    _row("q2-ctrl", "Compressor ramps without a step", "Controls team", "q2-proto", "Steps heard in a start", "steps", "5", "0", "1"),
    _row("q2-heat", "Plate heat exchanger chosen", "Farid Mansour", "q2-scop", "Types tested", "types", "0", "4", "4"),
    _row("q2-lena", "Answer half of my queue’s calls within two minutes", "Lena Kovač", "q2-calls", "Calls of my queue answered within two minutes", "%", "44", "50", "51", "Calling back at a fixed time calms the queue."),
    _row("q2-guides", "Twelve guides in the portal", "Yara Costa", "q2-portal", "Guides published", "guides", "3", "12", "12"),
    _row("q2-freeze", "Plan frozen for five days", "Dario Conti", "q2-days", "Days frozen", "days", "0", "5", "5"),
    _row("q2-load", "Lorries loaded the evening before", "Sven Aaltonen", "q2-complete q2-days", "Lorries loaded the evening before", "%", "10", "80", "84"),
    _row("q2-old", "Gateway for pumps of 2023", "Connect team", "q2-conn", "Models that the gateway fits", "models", "0", "6", "6"),
    _row("q2-read", "Alerts read every working day", "Service desk", "q2-conn", "Days on which alerts were read", "%", "20", "95", "92"),
    _row("q2-kra", "Academy opens in Kraków", "Kasia Wrona", "q2-pl", "Courses held", "courses", "0", "4", "4"),
    _rotterdam(5, 1),
    _row("q2-fair", "Stand at the autumn fair booked", "Marketing", "", "Contracts signed", "contracts", "0", "3", "3"),
    _row("q2-canteen", "Canteen rebuilt", "~People and Finance 2", "", "Seats", "seats", "60", "90", "90"),
)  # fmt: skip

Q3 = (
    _row("q3-series", "Pilot series of twelve built", "Engineering", "quiet", "Pumps of the series built", "pumps", "0", "12", "12", "Twelve pumps teach more than one hundred hours of one.", critical=True),
    _row("q3-line", "Line 1 ready for Alder 3", "Operations", "quiet", "Stations ready", "of 18", "0", "18", "18", "The two stations left to the end cost half of the time.", critical=True),
    _row("q3-train", "60 installers trained on the pilot series", "Sales and Partners", "quiet", "Installers trained", "installers", "0", "60", "52", "Nobody comes in July."),
    _row("q3-reach", "Six in ten calls answered within two minutes", "Partner Success", "installers", "Calls answered within two minutes", "%", "54", "60", "60", "Two vacant posts, and still six in ten: routing does more than hands.", critical=True),
    _row("q3-first", "One place for every installer’s question", "Partner Success", "installers", "Questions that arrive in one place", "%", "30", "90", "90", "Choosing the system was quick; moving to it is the work."),
    _row("q3-days", "Order to delivery in 25 days", "Operations", "door", "Order to delivery, median", "days", "28", "25", "25", "The last days lie in dispatch, not on the line.", critical=True),
    _row("q3-parts", "Orders that wait for a part halved", "Supply", "door", "Orders that wait for a part", "orders", "56", "28", "28", critical=True),
    _row("q3-conn", "60 % of pumps connected", "Service", "failures", "Pumps connected", "%", "48.0", "60.0", "56.4", "The old models hold a quarter of all pumps.", critical=True),
    _row("q3-alerts", "Half of the alerts acted on within 48 hours", "Service", "failures", "Alerts acted on within 48 hours", "%", "31", "50", "52"),
    _row("q3-pl", "250 pumps sold in Poland", "Markets", "poland", "Pumps sold", "pumps", "113", "250", "248", "Two pumps short because of one lorry.", critical=True),
    _row("q3-mount", "Compressor mount v4 drawn", "Acoustics team", "q3-series", "Drawings released", "drawings", "0", "9", "9"),
    _row("q3-fan", "Fan tool ordered", "Ana Nowak", "q3-series", "Offers compared", "offers", "0", "3", "3"),
    _row("q3-night", "Night mode specified", "Controls team", "q3-series", "Requirements agreed", "requirements", "0", "22", "22"),
    _row("q3-leak", "Series without a leak", "Heat cycle team", "q3-series", "Joints tested without a leak", "%", "97.0", "100.0", "100.0"),
    _row("q3-bench", "Bench measures twelve pumps a week", "Test bench", "q3-series", "Pumps measured a week", "pumps", "5", "12", "11"),
    _row("line2", "Line 2 takt at 38 minutes", "Assembly team", "q3-line", "Takt of line 2", "minutes", "58.0", "38.0", "52.0", "Without the torque tools the last ten minutes do not come.", carry=True),
    _row("q3-steps", "Work steps of Alder 3 written", "Dario Conti", "q3-line", "Stations written", "of 18", "0", "18", "18"),
    _row("q3-shift", "Both shifts trained on Alder 3", "Gabriela Pinto", "q3-line", "Assemblers trained", "people", "0", "20", "20"),
    _row("q3-inspect", "Final inspection in twelve minutes", "Quality", "q3-line", "Time of the inspection", "minutes", "21", "12", "13"),
    _row("q3-seats", "Five trainers free for the summer course", "Training", "q3-train", "Trainers free", "trainers", "0", "5", "5"),
    _row("q3-lena", "Answer six in ten of my queue’s calls within two minutes", "Lena Kovač", "q3-reach", "Calls of my queue answered within two minutes", "%", "51", "60", "58", "Mondays need a second person."),
    _row("q3-samir", "Skills of all desks written down", "Samir Haddad", "q3-reach", "People whose skills are written down", "people", "0", "14", "14", "Half of the skills were known to one person only."),
    _row("q3-priya", "Evening cover tried out for four weeks", "Priya Nair", "q3-reach", "Evenings covered", "evenings", "0", "20", "18"),
    _row("q3-daniel", "Utrecht calls back within the hour", "Daniel Weiss", "q3-reach", "Calls back within the hour", "%", "40", "80", "82"),
    _row("q3-yara", "Portal search finds the part", "Yara Costa", "q3-first", "Searches that end at the part", "%", "22", "60", "63"),
    _row("q3-slot", "Two carriers book by themselves", "Logistics team", "q3-days", "Carriers that book by themselves", "carriers", "0", "2", "2"),
    _row("q3-dock", "Third dock in use", "Sven Aaltonen", "q3-days", "Lorries a day through the third dock", "lorries", "0", "6", "6"),
    _row("q3-plan", "Line plan frozen seven days ahead", "~Operations 2", "q3-days", "Days frozen", "days", "5", "7", "6"),
    _row("q3-abc", "Slow parts known", "Mei Tanaka", "q3-parts", "Parts sorted", "%", "0", "100", "100"),
    _row("q3-valve", "Valve from a second maker", "~Supply 2", "q3-parts", "Valves released", "valves", "0", "2", "2"),
    _row("gateway", "Gateway fits every 2021 model", "Connect team", "q3-conn", "Models that the gateway fits", "models", "0", "8", "0", "The board of 2021 has no free port; we need a new one.", carry=True),
    _row("q3-app", "Installers see values on site", "Anneke Visser", "q3-conn", "Installers with access", "installers", "0", "200", "214"),
    _row("q3-rota", "Alert rota on working days", "Service desk", "q3-alerts", "Days with a name on the rota", "%", "40", "100", "100"),
    _row("q3-vans", "Vans carry the twelve usual parts", "Field service", "q3-alerts", "Vans fitted out", "vans", "0", "9", "9"),
    _row("q3-cert", "29 certified installers in Poland", "Kasia Wrona", "q3-pl", "Certified installers", "people", "18", "29", "29"),
    _row("q3-price", "Price list in złoty", "~Poland 1", "q3-pl", "Products priced", "products", "0", "46", "46"),
    _rotterdam(4, 3),
    _row("catalogue", "Spare-part catalogue in five languages", "Service desk", "", "Pages translated", "%", "0", "100", "20", "A translator who knows the parts is harder to find than a translator.", carry=True),
    _row("q3-fair", "Stand at the autumn fair", "Marketing", "", "Visitors at the stand", "visitors", "0", "900", "1040"),
    _row("q3-anniv", "Open day for neighbours", "~Marketing 1", "", "Visitors", "visitors", "0", "400", "365"),
    _row("q3-chairs", "New chairs for the office", "~People and Finance 3", "", "Chairs replaced", "chairs", "0", "80", "80"),
)  # fmt: skip
