"""Reading pasted colleagues in the ways people paste them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.interchange.readers.colleagues import Colleague, read_colleagues
from goldenthread.interchange.readers.limits import RefusedFile


def people(text: str) -> list[tuple[str, str, int | None]]:
    return [(row.name, row.email, row.manager_row) for row in read_colleagues(text)]


def codes(row: Colleague) -> list[str]:
    return [problem.code for problem in row.problems]


@pytest.mark.parametrize(
    "text",
    [
        "Ada Lovelace, ada@a.example\nBen Nevis, ben@a.example, Ada Lovelace",
        "Ada Lovelace; ada@a.example;\nBen Nevis; ben@a.example; ada@a.example",
        "Ada Lovelace\tada@a.example\t\nBen Nevis\tben@a.example\tAda Lovelace",
        "Name,E-mail,Manager\nAda Lovelace,ada@a.example,\nBen Nevis,ben@a.example,ADA LOVELACE",
        "Manager;Mail;First name;Last name\n;ada@a.example;Ada;Lovelace\nAda Lovelace;ben@a.example;Ben;Nevis",
        "Ada Lovelace <ada@a.example>\nBen Nevis <ben@a.example>, Ada Lovelace",
        'Lovelace, Ada <ada@a.example>\n"Nevis, Ben" <ben@a.example>; ada@a.example',
        "- Ada Lovelace, ada@a.example\n- Ben Nevis, ben@a.example, Ada Lovelace",
        "ada@a.example, Ada Lovelace\nben@a.example, Ben Nevis, Ada Lovelace",
    ],
)
def test_reads_the_same_two_people_however_pasted(text: str) -> None:
    assert people(text) == [
        ("Ada Lovelace", "ada@a.example", None),
        ("Ben Nevis", "ben@a.example", 0),
    ]
    assert not any(row.problems for row in read_colleagues(text))


def test_reads_several_addresses_on_one_line() -> None:
    text = "Ada <ada@a.example>; Ben <ben@a.example>, Cyd <cyd@a.example>"
    assert [name for name, _, _ in people(text)] == ["Ada", "Ben", "Cyd"]


def test_reads_a_name_without_anything_else() -> None:
    assert people("Ada\nBen Nevis ben@a.example") == [
        ("Ada", "", None),
        ("Ben Nevis", "ben@a.example", None),
    ]


def test_names_the_problem_of_each_row() -> None:
    rows = read_colleagues(
        "Ada, ada@a\nBen, ben@a.example, Zed\nBen, BEN@a.example\n, eve@a.example\n"
        "Flo, flo@a.example, Flo\nGus, gus@a.example, Ben, Paris, 3"
    )
    assert [codes(row) for row in rows] == [
        ["bad_email"],
        ["manager_not_found"],
        ["duplicate"],
        ["no_name"],
        ["manager_is_self"],
        ["unread", "unread"],
    ]


def test_a_manager_who_exists_already_is_no_problem() -> None:
    (row,) = read_colleagues("Ben, ben@a.example, Zed", known=["zed"])
    assert row.problems == ()
    assert row.manager == "Zed"


def test_a_manager_of_two_possible_is_asked_for() -> None:
    rows = read_colleagues("Ada, a1@a.example\nAda, a2@a.example\nBen, b@a.example, Ada")
    assert codes(rows[2]) == ["manager_ambiguous"]


def test_a_circle_is_told_with_its_path() -> None:
    rows = read_colleagues("Ada,,Ben\nBen,,Cyd\nCyd,,Ada\nDee,,Ada")
    assert [codes(row) for row in rows] == [["manager_loop"]] * 3 + [[]]
    assert "Ada → Ben → Cyd → Ada" in rows[0].problems[0].message


def test_refuses_nobody_and_too_many() -> None:
    with pytest.raises(RefusedFile):
        read_colleagues(" \n")
    with pytest.raises(RefusedFile, match="CSV"):
        read_colleagues("Ada\n" * 3_000)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        rows = read_colleagues(text)
    except RefusedFile:
        return
    for row in rows:
        assert row.name or row.problems
