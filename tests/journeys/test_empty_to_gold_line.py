"""Ada begins with an empty database and the presentation that the strategy has been so far."""

import io

from pptx import Presentation

from tests.journeys.conftest import Arrive

SLIDES = {
    "Quiet trains": ["Noise from 80 to 72 dB by June 2027", "Sponsor: Ben Aske"],
    "Punctual trains": ["Delays from 40 to 10 a week", "Even over: punctual over fast"],
    "A new head office": ["Moved in by May"],
}


def presentation() -> bytes:
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[0]).shapes.title.text = "Strategy 2027"
    for title, bullets in SLIDES.items():
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = "\n".join(bullets)
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def test_a_dropped_presentation_ends_as_a_gold_line(empty: None, arrive: Arrive) -> None:
    ada = arrive()
    ada.opens("/").sees("From your strategy to what you do this week, in ten minutes")
    ada.fills_in("Your organisation", "Northwind Rail").fills_in("Your name", "Ada Holm")
    ada.fills_in("Your e-mail", "ada@northwind.example").fills_in(
        "Password", "a-long-train-journey"
    )
    ada.presses("Found the organisation")

    ada.sees("Your strategy, as you have it").drops("Strategy.pptx", presentation())

    ada.sees("Are these your priorities?", "3 drafts")
    ada.presses("Move Punctual trains up")
    ada.picks("Sponsor", "Ada Holm", within=ada.row("Punctual trains"))
    ada.chooses("Leave out A new head office")
    ada.presses("These are our priorities")

    ada.sees("Who carries it with you?")
    ada.fills_in(
        "Colleagues",
        "Ben Aske, ben@northwind.example, Ada Holm\nFlo Dahl, flo@northwind.example, Ben Aske",
    )
    ada.presses("Look at them").sees("2 colleagues, all readable").presses("Add them")

    ada.sees("One objective of your own")
    ada.fills_in("What will be different", "Trains leave the junction on time")
    ada.chooses("Punctual trains")
    ada.fills_in("What will you measure?", "Delayed departures a week")
    ada.fills_in("From", "40").fills_in("To", "10").fills_in("Unit", "trains")
    ada.presses("Set the objective")

    ada.sees("Where does it stand today?")
    ada.fills_in("It stands at", "34").chooses("Likely").fills_in(
        "What moved it", "The new timetable"
    )
    ada.presses("Check in")

    ada.sees(
        "The line is tied", "Punctual trains", "Trains leave the junction on time", "34 trains"
    )
    ada.follows("The strategy on a page").sees("1 of 1", "Quiet trains")
    ada.opens("/").sees("Trains leave the junction on time", "My thread")
