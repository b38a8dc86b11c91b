"""Where the boxes of the map lie: nothing overlaps, every line leads right, further lines keep apart."""

import re
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.graph import LoopFound
from goldenthread.insights.map_drawing import fit, text_width, wrap
from goldenthread.insights.map_layout import Item, Layout, Place, Wire, lay_out

WIDTHS = (116, 226, 280, 300)


@st.composite
def drawings(draw: st.DrawFn) -> tuple[list[Item], list[tuple[str, str]]]:
    """A tree of boxes under one root, parents first, with further links that run down the list."""
    count = draw(st.integers(1, 40))
    items = [Item("0", 0, 60)]
    for number in range(1, count):
        parent = draw(st.integers(0, number - 1))
        column = draw(st.integers(0, 4))
        items.append(Item(str(number), column, draw(st.sampled_from([26, 44, 52])), str(parent)))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    further = draw(st.lists(pairs, max_size=15))
    return items, [(str(min(a, b)), str(max(a, b))) for a, b in further if a != b]


def overlap(one: Place, other: Place) -> bool:
    return (
        one.x < other.right
        and other.x < one.right
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


@given(drawings())
def test_no_two_boxes_overlap_and_none_leaves_the_drawing(
    drawn: tuple[list[Item], list[tuple[str, str]]],
) -> None:
    layout = lay_out(*drawn, WIDTHS)
    for one, other in combinations(layout.places.values(), 2):
        assert not overlap(one, other), (one, other)
    for place in layout.places.values():
        assert place.x >= 0
        assert place.right <= layout.width
        assert place.y >= 0
        assert place.y + place.height <= layout.height


@given(drawings())
def test_every_line_leads_to_the_right(drawn: tuple[list[Item], list[tuple[str, str]]]) -> None:
    items, links = drawn
    layout = lay_out(items, links, WIDTHS)
    wanted = {(item.parent, item.key) for item in items if item.parent} | set(links)
    assert {(wire.parent, wire.child) for wire in layout.wires} == wanted
    for wire in layout.wires:
        parent, child = layout.places[wire.parent], layout.places[wire.child]
        assert parent.right < child.x
        assert wire.path.startswith(f"M{parent.right:g} ")
        assert wire.path.endswith(f"H{child.x:g}")


def upright(wire: Wire) -> tuple[float, float, float]:
    """The place and the span of the upright part of a further line."""
    found = re.search(r"Q([\d.]+) ([\d.]+).*?V.*?Q[\d.]+ ([\d.]+)", wire.path)
    assert found is not None
    x, one, other = (float(number) for number in found.groups())
    return x, min(one, other), max(one, other)


def test_further_lines_side_by_side_never_run_on_top_of_each_other() -> None:
    items = [Item("root", 0, 60)]
    items += [Item(f"a{n}", 1, 44, "root") for n in range(6)]
    items += [Item(f"b{n}", 2, 44, f"a{n}") for n in range(6)]
    links = [(f"a{n}", f"b{5 - n}") for n in range(6)]
    layout = lay_out(items, links, WIDTHS)
    further = [upright(wire) for wire in layout.wires if wire.further]
    assert len(further) == 6
    for (x, top, bottom), (other_x, other_top, other_bottom) in combinations(further, 2):
        assert x != other_x or bottom < other_top or other_bottom < top


def test_a_line_past_a_column_runs_through_the_band_of_its_own_box() -> None:
    """A person's objective right under a priority: nothing of the column between stands at its height."""
    layout = lay_out(
        [
            Item("root", 0, 60),
            Item("p", 1, 52, "root"),
            Item("unit", 2, 44, "p"),
            Item("person", 3, 44, "p"),
        ],
        [],
        WIDTHS,
    )
    unit, person = layout.places["unit"], layout.places["person"]
    assert person.column == unit.column + 1
    assert not unit.y <= person.middle <= unit.y + unit.height


def test_columns_without_a_box_take_no_room() -> None:
    layout = lay_out([Item("root", 0, 60), Item("person", 3, 44, "root")], [], WIDTHS)
    assert [number for number, _ in layout.columns] == [0, 3]
    assert layout.places["person"].column == 1


def test_nothing_to_draw_is_a_drawing_of_nothing() -> None:
    layout: Layout = lay_out([], [], WIDTHS)
    assert layout.places == {}
    assert layout.width == 0


def test_a_loop_is_not_drawn() -> None:
    items = [Item("a", 0, 44), Item("b", 1, 44, "a")]
    with pytest.raises(LoopFound):
        lay_out(items, [("b", "a")], WIDTHS)


@given(st.text(max_size=80), st.integers(20, 400))
def test_words_are_cut_to_fit_and_only_then(text: str, room: int) -> None:
    shown = fit(text, room)
    if text_width(text) <= room:
        assert shown == text
    else:
        assert shown.endswith("…")
        assert len(shown) <= len(text) + 1
        assert text_width(shown) <= room or len(shown) <= 2


def test_a_reason_is_set_on_two_lines_at_most() -> None:
    words = "Its unit’s priority serves no priority of the organisation"
    lines = wrap(words, 220)
    assert len(lines) == 2
    assert " ".join(lines).rstrip("…") in words
    assert wrap("Never linked", 220) == ["Never linked"]


def test_siblings_stay_in_their_order() -> None:
    items = [Item("root", 0, 60), *(Item(str(n), 1, 44, "root") for n in range(5))]
    layout = lay_out(items, [], WIDTHS)
    tops = [layout.places[str(n)].y for n in range(5)]
    assert all(one < other for one, other in pairwise(tops))
