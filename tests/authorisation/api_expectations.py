"""Who may ask what of the API, for every operation, in the words of `expectations.py`. A new operation fails until it
stands here, with a body that is right where it takes one (`sends`)."""

from tests.authorisation.expectations import (
    ADMIN,
    HR,
    LEADERS,
    LINE,
    UNIT_HEAD,
    Expected,
    act,
    page,
)

OPERATIONS: dict[str, Expected] = {
    # Organisation -------------------------------------------------------------------------------------------
    "read_organisation": page(),
    "read_me": page(),
    # Units --------------------------------------------------------------------------------------------------
    "list_units": page(),
    "read_unit": page("unit"),
    "add_unit": act(office=LEADERS | HR | ADMIN, sends={"name": "Fleet"}),
    "change_unit": act("unit", office=HR | ADMIN, sends={"name": "Renamed"}),
    "end_unit": act("unit", office=HR | ADMIN, sends={"on": "2026-05-13"}),
    # People -------------------------------------------------------------------------------------------------
    "list_people": page(),
    "read_person": page("person"),
    "read_reporting_line": page("person"),
    "add_person": act(office=LEADERS | HR | ADMIN, sends={"name": "Ivo Krag"}),
    "change_person": act("person", office=HR | ADMIN, sends={"position": "Driver"}),
    "note_leaving": act("person", office=HR | ADMIN, sends={"on": "2026-06-30"}),
    "list_absences": page("person", to=(LINE - UNIT_HEAD) | HR, office=HR),
    "note_absence": act(
        "person",
        by=LINE - UNIT_HEAD,
        office=HR,
        sends={"start": "2026-07-01", "end": "2026-07-02"},
    ),
    "remove_absence": act("absence", by=LINE - UNIT_HEAD, office=HR),
}
