"""The quality of objectives, printed: as text, as JSON, as a page that stands alone."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from goldenthread.objectives.services import waivers
from goldenthread.objectives.states import State
from tests.cast import TODAY, Cast, make_key_result, make_objective

pytestmark = pytest.mark.django_db


def printed(kind: str) -> str:
    out = StringIO()
    call_command("report", "quality", "--format", kind, stdout=out)
    return out.getvalue()


@pytest.fixture
def work(cast: Cast) -> Cast:
    unclear = make_objective(cast.flo, "Cut <delays>", state=State.DRAFT)
    make_key_result(unclear)
    waivers.waive_rule(actor=cast.ben, objective=unclear, code="O07", reason="Has to be done.")
    make_key_result(make_objective(cast.flo, "Hush", restricted=True))
    sound = make_objective(cast.flo, "Sound", in_line=True, last_check_in_on=TODAY)
    make_key_result(sound, measure="trains", source="Log")
    return cast


def test_it_begins_with_what_must_be_mended(work: Cast) -> None:
    text = printed("text")
    assert "2 open objectives: 1 has something that must be mended, 1 something open." in text
    assert "Cut <delays> (Flo Dahl): incomplete" in text
    assert "  error  What is being counted, and in what unit?" in text
    assert "  waived unlinked" in text
    assert "Hush" not in text
    assert "Sound" not in text


def test_as_data_and_as_a_page(work: Cast) -> None:
    told = json.loads(printed("json"))
    assert (told["report"], told["open_objectives"], told["with_errors"]) == ("quality", 2, 1)
    assert [one["code"] for one in told["rules"]] == ["K01", "K09"]
    assert told["objectives"][0]["waived"] == ["O07"]
    page = printed("html")
    assert "Cut &lt;delays&gt;" in page
    assert "<script" not in page


def test_it_is_told_of_today_only(work: Cast) -> None:
    with pytest.raises(CommandError, match="today"):
        call_command("report", "quality", "--as-of", "2026-05-01", stdout=StringIO())
