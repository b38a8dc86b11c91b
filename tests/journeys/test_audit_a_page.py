"""The audit that every journey stands on finds what it is there to find."""

import pytest

from tests.journeys.conftest import Arrive

PAGE = """<!doctype html><html lang="en"><title>Audited</title><main id="main" style="background: white">
<h1 style="color: black">Heading</h1><p style="color: black; font-size: 16px">{}</p></main></html>"""
LINK = '<a href="/" style="color: #222; text-decoration: none">linked</a>'
PALE = '<span style="color: #bbb">Pale</span>'


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("All is well", []),
        (PALE, ["color-contrast"]),
        (f"{PALE} once more: what was found wanting is not let through", ["color-contrast"]),
        (f"<b style='display: block'>{LINK}</b>", []),
        (f"In the midst of other words stands what is {LINK}", ["link-in-text-block"]),
        (f"Once more, in the midst of others, what is {LINK}", ["link-in-text-block"]),
        ('<input value="no label">', ["label"]),
        ('<button style="color: #bbb; background: white" disabled>Not now</button>', []),
        ('<i style="display: block; width: 2000px">Wide</i>', ["wider than the window"]),
    ],
)
def test_what_is_wrong_with_a_page_is_told(
    transactional_db: None, arrive: Arrive, inside: str, told: list[str]
) -> None:
    visitor = arrive()
    visitor.page.set_content(PAGE.format(inside))
    visitor.looks_round(again=True)
    complaints, visitor.complaints = visitor.complaints, []
    assert len(complaints) == len(told), complaints
    assert all(word in complaint for word, complaint in zip(told, complaints, strict=True))
