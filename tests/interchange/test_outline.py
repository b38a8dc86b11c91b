"""A strategy dropped as a file or pasted: what becomes a draft, what is refused, and who may."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from pptx import Presentation

from goldenthread.interchange.outline_drafts import (
    bare_name,
    draft_outline,
    looks_like_a_name,
)
from goldenthread.interchange.outline_reading import read_pasted
from goldenthread.people.models import Person
from goldenthread.strategy.models import Priority, Strategy, TradeOff
from tests.cast import TODAY, Cast, make_priority, make_strategy, signed_in

ADDRESS = "/strategy/from-outline/"


def presentation() -> bytes:
    """Three slides: a title, a priority with results, sponsor and trade-off, a closing page."""
    deck = Presentation()
    opening = deck.slides.add_slide(deck.slide_layouts[0])
    opening.shapes.title.text = "Strategy 2026"
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Priority 1: Quiet trains"
    body = slide.placeholders[1].text_frame
    body.text = "Noise from 80 to 72 dB by June 2027"
    for text in ("Sponsor: Ben Aske", "Even over: quiet over fast"):
        body.add_paragraph().text = text
    second = deck.slides.add_slide(deck.slide_layouts[1])
    second.shapes.title.text = "Priority 2: Safe stations"
    second.placeholders[1].text_frame.text = "Accidents from 12 to 3 a year"
    closing = deck.slides.add_slide(deck.slide_layouts[1])
    closing.shapes.title.text = "Thank you"
    closing.placeholders[1].text_frame.text = "Questions?"
    return saved(deck)


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def drop(client: Client, name: str, data: bytes) -> Any:
    return client.post(ADDRESS, {"text": "", "file": SimpleUploadedFile(name, data)})


def test_a_dropped_presentation_becomes_drafts_with_their_slide(cast: Cast, client: Client) -> None:
    strategy = make_strategy(cast.ada)
    answer = drop(signed_in(client, cast.ada), "Board.pptx", presentation())
    assert answer["Location"] == f"{ADDRESS}{strategy.pk}/"
    quiet = Priority.objects.get(title="Quiet trains")
    assert (quiet.state, quiet.source) == (Priority.State.UNCONFIRMED, "Board.pptx, slide 2")
    assert quiet.sponsor == cast.ben
    assert not quiet.has_sponsor  # a file names nobody a leader
    result = quiet.expected_results.get()
    assert (result.text, result.target) == ("Noise from 80 to 72 dB by June 2027", Decimal(72))
    page = client.get(f"{ADDRESS}{strategy.pk}/").content.decode()
    assert "A closing page." in page
    assert "quiet over fast" in page


def test_a_dropped_document_is_read_too(cast: Cast, client: Client) -> None:
    document = Document()
    document.add_heading("Quiet trains", 1)
    document.add_paragraph("Noise from 80 to 72 dB", style="List Bullet")
    document.add_heading("Safe stations", 1)
    document.add_paragraph("Accidents from 12 to 3", style="List Bullet")
    drop(signed_in(client, cast.ada), "Plan.docx", saved(document))
    assert set(Priority.objects.values_list("title", flat=True)) == {
        "Quiet trains",
        "Safe stations",
    }
    assert Strategy.objects.get().leader == cast.ada


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("plan.pdf", b"%PDF-1.7 ...", "A PDF: drop the presentation"),
        ("plan.ppt", b"\xd0\xcf\x11\xe0 old", "save it as .pptx"),
        ("plan.pptx", b"PK\x03\x04 broken", "damaged"),
        ("plan.xml", b"<?xml version='1.0'?><StrategicPlan/>", "a StratML plan"),
        ("plan.csv", b"name,weight\nQuiet,3\n", "a table"),
        ("empty.txt", b"", "empty"),
        ("words.txt", b"- - -", "No priority was found"),
    ],
)
def test_other_files_are_refused_with_what_to_do(
    cast: Cast, client: Client, name: str, data: bytes, words: str
) -> None:
    answer = drop(signed_in(client, cast.ada), name, data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Priority.objects.exists()


def test_a_file_too_large_is_not_even_read(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unread(*given: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr("goldenthread.interchange.outline_views.read_outline", unread)
    answer = drop(signed_in(client, cast.ada), "Board.pptx", b"PK" + bytes(20_000_001))
    assert answer.status_code == 422
    assert b"up to 20 MB are read" in answer.content


def test_typed_text_survives_a_refused_file(cast: Cast, client: Client) -> None:
    file = SimpleUploadedFile("plan.pdf", b"%PDF")
    answer = signed_in(client, cast.ada).post(ADDRESS, {"text": "Quiet trains", "file": file})
    assert answer.status_code == 422
    assert b"Quiet trains</textarea>" in answer.content


def test_neither_text_nor_file_is_said(cast: Cast, client: Client) -> None:
    answer = signed_in(client, cast.ada).post(ADDRESS, {"text": "  "})
    assert answer.status_code == 422
    assert b"Paste your strategy" in answer.content


def test_only_the_strategys_leader_brings_drafts_into_it(cast: Cast, client: Client) -> None:
    strategy = make_strategy(cast.ada)
    for person in (cast.ben, cast.eve, cast.dee, cast.flo):  # leading a unit is not enough
        for address in (ADDRESS, f"{ADDRESS}{strategy.pk}/"):
            assert signed_in(client, person).get(address).status_code == 403, person
            assert client.post(address, {"text": "Quiet\nSafe"}).status_code == 403, person
    assert not Priority.objects.exists()


def test_without_a_strategy_a_leader_starts_one_and_others_may_not(
    cast: Cast, client: Client
) -> None:
    assert signed_in(client, cast.flo).post(ADDRESS, {"text": "Quiet\nSafe"}).status_code == 403
    assert signed_in(client, cast.ben).post(ADDRESS, {"text": "Quiet\nSafe"}).status_code == 302
    assert Strategy.objects.get().leader == cast.ben


def test_later_a_sponsor_must_be_here_already(cast: Cast, client: Client) -> None:
    strategy = make_strategy(cast.ada)
    signed_in(client, cast.ada).post(ADDRESS, {"text": "Quiet\nSafe"})
    first, second = strategy.priorities.all()
    sent = {f"title-{one.pk}": one.title for one in (first, second)} | {"act": "confirm"}
    review = f"{ADDRESS}{strategy.pk}/"
    refused = client.post(review, sent | {f"sponsor-{first.pk}": "Nobody Known"})
    assert refused.status_code == 422
    assert not Priority.objects.active().exists()
    client.post(review, sent | {f"sponsor-{first.pk}": "Ben Aske"})
    assert Priority.objects.active().count() == 2
    first.refresh_from_db()
    assert first.sponsor == cast.ben


def test_a_trade_off_goes_in_only_when_it_stays_ticked(cast: Cast, client: Client) -> None:
    strategy = make_strategy(cast.ada)
    drop(signed_in(client, cast.ada), "Board.pptx", presentation())
    titles = {f"title-{one.pk}": one.title for one in strategy.priorities.all()}
    review = f"{ADDRESS}{strategy.pk}/"
    client.post(review, titles | {"act": "confirm", "trade-0": "on"})
    client.post(review, titles | {"act": "confirm", "trade-0": "on"})
    chosen = TradeOff.objects.get()
    assert (chosen.this, chosen.over) == ("quiet", "fast")


def test_what_is_a_priority_already_stays_as_it_is(cast: Cast) -> None:
    strategy = make_strategy(cast.ada)
    held = make_priority(strategy, "Quiet trains")
    outline = read_pasted("quiet trains\n- Noise from 80 to 72 dB\nSafe stations", TODAY)
    drafted = draft_outline(actor=cast.ada, outline=outline, strategy=strategy)
    assert drafted.created == 1
    assert [one.why for one in drafted.ignored] == ["Is a priority already."]
    assert not held.expected_results.exists()


def test_a_contents_page_does_not_become_a_hundred_priorities(cast: Cast) -> None:
    outline = read_pasted("\n".join(f"Chapter of {n} words" for n in range(60)), TODAY)
    drafted = draft_outline(actor=cast.ada, outline=outline)
    assert drafted.created + len(drafted.ignored) == 60
    assert Priority.objects.count() == 40


def test_a_title_too_long_keeps_all_its_words(cast: Cast) -> None:
    long = "word " * 60
    outline = read_pasted(f"# {long}\n- a result\n# Safe stations\n- another", TODAY)
    drafted = draft_outline(actor=cast.ada, outline=outline)
    first: Priority = drafted.strategy.priorities.all()[0]
    assert len(first.title) <= 200
    assert first.title.endswith("…")
    assert long.strip() in first.why


@pytest.mark.parametrize(
    ("text", "name", "is_name"),
    [
        ("Ben Aske, COO", "Ben Aske", True),
        ("Flo van der Berg (CFO)", "Flo van der Berg", True),
        ("COO", "COO", False),
        ("Head of Sales", "Head of Sales", False),
        ("Management board", "Management board", False),
    ],
)
def test_a_post_is_not_taken_for_a_person(text: str, name: str, is_name: bool) -> None:
    assert (bare_name(text), looks_like_a_name(text)) == (name, is_name)


def test_somebody_who_has_left_is_not_named_as_sponsor(cast: Cast) -> None:
    Person.objects.filter(pk=cast.ben.pk).update(end="2026-01-31")
    outline = read_pasted("# Quiet\nSponsor: Ben Aske\n# Safe\n- a result", TODAY)
    drafted = draft_outline(actor=cast.ada, outline=outline)
    assert not Priority.objects.filter(sponsor=cast.ben).exists()
    assert list(drafted.sponsors.values()) == ["Ben Aske"]
