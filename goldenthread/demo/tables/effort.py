"""Where the time of the fourth quarter goes, in per cent: of the people of a unit alike, of some otherwise, of whole units.

"run" keeps the business running; other names are those of objectives and priorities.
"""

NON_ROUTINE = "60"

TEAMS: dict[str, dict[str, int]] = {
    "Engineering": {"cert": 60, "file": 20, "run": 15},
    "Acoustics team": {"mount": 60, "cert": 20, "run": 15},
    "Heat cycle team": {"cert": 45, "quiet": 15, "run": 30},
    "Controls team": {"night": 45, "gateway": 15, "run": 30},
    "Test bench": {"housing": 50, "cert": 30, "run": 15},
    "Operations": {"days21": 30, "rework": 30, "run": 35},
    "Assembly team": {"line2": 20, "run": 75},
    "Line engineering": {"loop": 30, "torque": 35, "change": 25, "frozen": 15, "run": 25},
    "Logistics team": {"slot": 15, "window": 10, "run": 70},
    "Supply": {"second": 25, "safety": 15, "parts": 10, "run": 45},
    "Quality": {"rework": 30, "run": 65},
    "Sales and Partners": {"trained": 20, "installers": 25, "run": 45},
    "Partner Success": {"reach": 35, "solved": 15, "run": 45},
    "Sales": {"door": 10, "run": 85},
    "Training": {"van": 35, "trained": 35, "run": 25},
    "Marketing": {"brand": 40, "installers": 10, "run": 45},
    "Service": {"connected": 25, "alerts": 25, "run": 45},
    "Service desk": {"rota": 15, "catalogue": 15, "run": 65},
    "Connect team": {"gateway": 55, "texts": 20, "run": 20},
    "Field service": {"failures": 10, "run": 85},
    "People and Finance": {"run": 95},
}
PEOPLE: dict[str, dict[str, int]] = {
    "Dario Conti": {"torque": 40, "filmed": 20, "change": 25, "frozen": 20, "run": 30},
    "Mei Tanaka": {"second": 60, "parts": 20, "run": 25},
    "Samir Haddad": {"routing": 50, "tickets": 30, "run": 25},
    "Priya Nair": {"evening": 40, "reach": 10, "run": 45},
    "Yara Costa": {"guides": 50, "solved": 20, "run": 25},
    "Ana Nowak": {"fan": 80, "run": 15},
    "Bram Osei": {"file": 70, "cert": 20, "run": 10},
}
LATER: dict[str, tuple[str, dict[str, int]]] = {"Samir Haddad": ("2 Nov", {"routing": 65})}
INFERRED = ("Lena Kovač",)  # nobody entered hers
UNITS: dict[str, dict[str, int]] = {
    "Markets": {"certified": 25, "poland": 15, "run": 50},
    "Benelux": {"door": 15, "run": 75},
}
