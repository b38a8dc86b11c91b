"""Dario takes load off his team in the grid without touching the mouse, and pastes what he has in a spreadsheet."""

from goldenthread.core import clock
from goldenthread.people.models import Person
from goldenthread.tradeoffs.models import Allocation
from tests.journeys.conftest import Arrive

PASTE = """([field, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""
TORQUE = "Torque recorded at every joint"


def test_a_team_is_planned_with_keys_alone(demo: None, arrive: Arrive) -> None:
    dario = arrive()
    dario.opens("/effort/plan/").signs_in("Dario Conti")
    dario.sees("3 are asked for more than they have", "Overload")
    own = dario.main.locator("tbody tr", has_text="Dario Conti")
    dario.tabs_to(f"Dario Conti: {TORQUE}, per cent").types("20")
    assert "115" in own.inner_text()  # while typing
    dario.keys("ArrowRight").types("0").keys("Enter", "ArrowUp", "ArrowRight").types("15")
    assert "85" in own.inner_text()
    assert "Full" in own.inner_text()
    heidi = dario.field(f"Heidi Zuber: {TORQUE}, per cent")
    heidi.focus()
    heidi.evaluate(f"(field, text) => ({PASTE})([field, text])", "20 %\t\t10\t10\n20\t\t10\t10\n")
    dario.sees_no("Overload")
    dario.looks_round(again=True)
    dario.keys("Control+Enter").sees("Saved for 3 rows, from today on")
    dario.sees("none is asked for more than they have")
    heidi_now = Allocation.objects.in_force(clock.today()).filter(person__name="Heidi Zuber")
    shares = sorted(round(row.share * 100) for row in heidi_now)
    assert shares == [10, 10, 20, 25, 30]
    assert Person.objects.get(name="Heidi Zuber").allocations.count() > len(shares)  # what held
