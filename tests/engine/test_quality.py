"""Each rule of quality fires where it should and only there; the figure keeps its laws."""

import datetime as dt
import re
import tomllib
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldenthread.engine.quality.facts import (
    Direction,
    Goal,
    KeyResultFacts,
    Kind,
    ObjectiveFacts,
    Retarget,
    Verdict,
)
from goldenthread.engine.quality.rules import (
    BY_CODE,
    RULES,
    WEIGHTS,
    Of,
    Severity,
    assess,
    quality_of,
)
from goldenthread.engine.quality.twins import Titled, rarest, twin_of, twins
from goldenthread.engine.quality.words import FILES, begins_with, tokens, words_of
from goldenthread.engine.result import Status
from tests.engine.sound import (
    CALLS,
    ENDS,
    ENGLISH,
    ON,
    SOUND,
    STARTS,
    STEPS,
    fired,
    judged,
    with_key_result,
)

PAGE = Path(__file__).parents[2] / "docs/method/objective-quality.md"
DAY = dt.timedelta(1)
STEADY = tuple((STARTS - 140 * DAY + n * 14 * DAY, 50 + n + (n % 2) * 0.1) for n in range(11))
NOISY = tuple((STARTS - 140 * DAY + n * 14 * DAY, 50 + 40 * (n % 2)) for n in range(11))


def whole(**changes: Any) -> ObjectiveFacts:
    return replace(SOUND, **changes)


def rows(*shares: float) -> ObjectiveFacts:
    return whole(
        key_results=tuple(replace(CALLS, key=n, share=one) for n, one in enumerate(shares))
    )


LONG = {"starts": dt.date(2026, 1, 1), "ends": dt.date(2027, 1, 10), "parents": ()}


def long_with(*dues: dt.date) -> ObjectiveFacts:
    steps = replace(STEPS, milestones_due=dues, due_on=LONG["ends"])
    return whole(**LONG, key_results=(replace(CALLS, due_on=LONG["ends"]), steps))


EACH_QUARTER = [dt.date(2026, month, 1) for month in (4, 7, 10)]

# What makes a rule fire, and the nearest thing that does not.
CASES: dict[str, tuple[ObjectiveFacts, ObjectiveFacts]] = {
    "O01": (whole(accountable=()), SOUND),
    "O02": (whole(accountable=("Ada", "Ben")), SOUND),
    "O03": (whole(key_results=()), SOUND),
    "O04": (rows(*[1 / 6] * 6), rows(*[0.2] * 5, 0)),
    "O05": (whole(ends=STARTS, parents=()), whole(ends=STARTS + DAY, parents=())),
    "O06": (whole(ends=ENDS + DAY), whole(ends=ENDS + DAY, parents=(Goal("A", ENDS), Goal("B", ENDS + DAY)))),
    "O07": (whole(in_line=False), whole(in_line=False, run_the_business=True)),
    "O08": (
        replace(with_key_result(baseline=None, measure_by=ENDS), title="Improve service"),
        replace(with_key_result(), title="Improve service"),
    ),
    "O09": (whole(title="Cut lead time and raise quality"), whole(title="Trust in safety and quality")),
    "O10": (whole(parents=(Goal(SOUND.title),)), whole(parents=(Goal("A person within two minutes"),))),
    "O11": (whole(twin="Installers reach someone"), whole(twin="")),
    "O12": (with_key_result(source="n/a"), with_key_result(source="Annual report")),
    "O13": (whole(effort=0), whole(effort=0, under_way=False)),
    "O14": (long_with(), long_with(*EACH_QUARTER)),
    "O15": (whole(key_results=(STEPS,)), whole(key_results=(STEPS, CALLS))),
    "O16": (whole(last_check_in_on=ON - 15 * DAY), whole(last_check_in_on=ON - 14 * DAY)),
    "O17": (
        whole(accepted=False, offered_on=dt.date(2026, 4, 28)),
        whole(accepted=False, offered_on=dt.date(2026, 4, 29)),
    ),
    "K01": (with_key_result(unit=" "), whole(key_results=(replace(STEPS, unit=""), CALLS))),
    "K02": (
        with_key_result(baseline=None, measure_by=ON - DAY),
        with_key_result(baseline=None, measure_by=ON),
    ),
    "K03": (with_key_result(target=None), with_key_result(target=None, measure_by=ENDS)),
    "K04": (with_key_result(baseline=80), with_key_result(baseline=Decimal("79.9"))),
    "K05": (
        with_key_result(direction=Direction.DECREASE),
        with_key_result(direction=Direction.INCREASE),
    ),
    "K06": (
        with_key_result(title="Roll out the new portal", unit="Yes/No"),
        with_key_result(title="Roll out the new portal", unit="% of users"),
    ),
    "K07": (
        with_key_result(title="Keep answering"),
        with_key_result(title="Keep answering", kind=Kind.THRESHOLD, low=80),
    ),
    "K08": (with_key_result(due_on=ENDS + DAY), with_key_result(due_on=STARTS)),
    "K09": (with_key_result(reporter=""), whole(key_results=(STEPS, CALLS))),
    "K10": (
        with_key_result(title="Share of calls answered", latest=Decimal("100.1")),
        with_key_result(title="Share of calls answered", latest=Decimal(100)),
    ),
    "K11": (with_key_result(title="A world-class answer"), with_key_result(title="3 good answers")),
    "K12": (rows(0.5, 0.4), rows(0.5, 0.495)),
    "K13": (rows(0.75, 0.25), rows(0.7, 0.3)),
    "K14": (with_key_result(value_before=81), with_key_result(value_before=None)),
    "K15": (
        with_key_result(points=STEADY, baseline=60, target=90),
        with_key_result(points=STEADY[3:], baseline=60, target=70),
    ),
    "K16": (
        with_key_result(points=NOISY, baseline=61, target=80),
        with_key_result(points=NOISY[:7], baseline=61, target=80),
    ),
    "K17": (with_key_result(measured_every=31), with_key_result(measured_every=30)),
    "K18": (
        with_key_result(retargeted=Retarget(dt.date(2026, 5, 18), "Ben")),
        with_key_result(retargeted=Retarget(dt.date(2026, 5, 16), "Ben")),
    ),
}  # fmt: skip


def test_nothing_fires_on_a_sound_objective() -> None:
    found = judged(SOUND)
    assert found.findings == ()
    assert found.quality.value == 100
    assert found.quality.n == found.judged == len(found.held)


def test_every_rule_has_its_case() -> None:
    assert list(CASES) == [rule.code for rule in RULES]
    assert len(RULES) == 35


@pytest.mark.parametrize("code", CASES)
def test_fires(code: str) -> None:
    spoiled, _ = CASES[code]
    assert code in fired(spoiled)


@pytest.mark.parametrize("code", CASES)
def test_does_not_fire(code: str) -> None:
    _, near = CASES[code]
    assert code not in fired(near)


@pytest.mark.parametrize("code", CASES)
def test_a_finding_says_what_to_do_and_where(code: str) -> None:
    rule, found = BY_CODE[code], judged(CASES[code][0])
    told = [one for one in found.findings if one.code == code]
    assert all("{" not in one.message and one.message.strip() for one in told)
    assert all(one.mends == rule.mends and one.severity is rule.shown_as() for one in told)
    assert all((one.key_result is None) is (rule.of is Of.OBJECTIVE) for one in told)


@pytest.mark.parametrize("code", CASES)
def test_waived_it_counts_neither_as_held_nor_as_fired(code: str) -> None:
    spoiled, near = CASES[code]
    found = judged(spoiled, waived={code})
    assert code not in found.fired
    assert code not in found.held
    assert {one.code for one in found.waived} == {code}
    assert code not in judged(near, waived={code}).held


def test_nothing_known_is_nothing_judged_but_what_is_missing() -> None:
    found = judged(ObjectiveFacts(""))
    assert found.fired == ("O01", "O03", "O05")
    assert found.quality.value is None
    assert found.quality.reason == "incomplete"


def test_a_key_result_of_which_nothing_is_known() -> None:
    assert fired(whole(key_results=(KeyResultFacts(1, ""),))) == ("K01", "K02", "K03", "K08", "K09")


def test_what_cannot_be_judged_is_left_out_of_both_sums() -> None:
    unknown = whole(
        effort=None, twin=None, in_line=None, parents=(), accepted=None, cadence_days=None
    )
    assert not {"O13", "O11", "O07", "O06", "O10", "O17", "O16"} & {*judged(unknown).held}
    assert judged(unknown).quality.value == 100


def test_a_language_without_words_switches_the_rules_on_text_off() -> None:
    assert words_of("xx") is None
    assert words_of("../en") is None
    assert words_of("en_GB") == ENGLISH
    spoiled = whole(title="Improve ??? and win", key_results=(replace(STEPS, title="Launch it"),))
    found = judged(spoiled, words=None)
    on_text = {rule.code for rule in RULES if rule.on_text}
    assert not on_text & {*found.fired, *found.held}
    assert "O12" in fired(spoiled)


def test_rules_on_text_are_info_until_they_are_validated() -> None:
    spoiled = whole(title="Cut lead time TBD")
    assert judged(spoiled).findings[0].severity is Severity.INFO
    assert judged(spoiled).quality.value is not None
    assert judged(spoiled, validated={"O12"}).findings[0].severity is Severity.ERROR
    assert judged(spoiled, validated={"O12"}).quality.value is None


def test_decimals_and_floats_mix() -> None:
    one = with_key_result(baseline=Decimal("61.5"), target=80.25, latest=Decimal(70), commit=70.0)
    assert fired(one) == ()
    assert judged(with_key_result(title="Share of calls", target=Decimal("104.50"))).findings[
        0
    ].message == ("104.5 is not possible for %.")


def test_the_gravest_finding_comes_first() -> None:
    spoiled = whole(title="Improve it and win", in_line=False, key_results=())
    found = judged(spoiled).findings
    assert [one.severity for one in found] == sorted(
        (one.severity for one in found), key=lambda one: -WEIGHTS[one]
    )


def test_a_key_result_without_weight_is_not_asked() -> None:
    dropped = replace(CALLS, key=2, share=0, unit="", baseline=None)
    assert fired(whole(key_results=(CALLS, dropped))) == ()
    assert fired(whole(key_results=(dropped,))) == ("K01", "K02", "K12")


def test_one_bad_key_result_of_two_spoils_its_rule() -> None:
    both = whole(
        key_results=(replace(CALLS, share=0.5), replace(CALLS, key=2, share=0.5, source=""))
    )
    found = judged(both)
    assert [(one.code, one.key_result) for one in found.findings] == [("K09", 2)]


def test_a_page_of_methods_holds_the_table() -> None:
    on_page = re.findall(
        r"^\| ([OK]\d\d) \| ([^|]+) \| (\w+)[^|]* \| .+ \| ([^|]+) \|$",
        PAGE.read_text("utf-8"),
        re.M,
    )
    assert on_page == [(one.code, one.name, one.severity, one.message) for one in RULES]


# Word lists -----------------------------------------------------------------------------------

# Which list a rule goes by, and what a word of it stands in.
GO_BY: dict[str, tuple[str, Callable[[str], ObjectiveFacts]]] = {
    "O08": (
        "vague_verbs",
        lambda word: replace(
            with_key_result(baseline=None, measure_by=ENDS), title=f"{word} service"
        ),
    ),
    "O12": ("placeholders", lambda word: whole(title=f"Calls {word}")),
    "K06": ("output_beginnings", lambda word: with_key_result(title=f"{word} it", unit="done")),
    "K07": ("hold_beginnings", lambda word: with_key_result(title=f"{word} answering")),
    "K11": ("vague_qualifiers", lambda word: with_key_result(title=f"A {word} answer")),
}


@pytest.mark.parametrize("code", GO_BY)
def test_a_page_of_methods_holds_the_words_and_each_of_them_fires(code: str) -> None:
    name, standing_in = GO_BY[code]
    found = re.search(rf"^\| {code} \| [a-z ]+ \| ([^|]+) \|$", PAGE.read_text("utf-8"), re.M)
    assert found
    on_page = found[1].split(", ")
    assert on_page == tomllib.loads((FILES / "en.toml").read_text("utf-8"))[name]
    assert [word for word in on_page if code not in fired(standing_in(word.capitalize()))] == []
    assert code not in fired(standing_in("Weigh"))


@pytest.mark.parametrize("path", sorted(FILES.glob("*.toml")), ids=lambda path: path.stem)
def test_word_lists_are_lower_case_and_complete(path: Path) -> None:
    words = words_of(path.stem)
    assert words is not None
    text = re.sub(r"^#.*$", "", path.read_text("utf-8"), flags=re.M)
    listed = re.findall(r'"([^"]+)"', text)
    assert [one for one in listed if one != one.lower()] == []
    for phrases in (words.output_beginnings, words.hold_beginnings):
        assert all(1 <= len(phrase) <= 3 for phrase in phrases)


def test_words_are_whole_ones() -> None:
    assert begins_with(tokens("Roll out: the portal"), {("roll", "out")})
    assert not begins_with(tokens("Rollout"), {("roll", "out")})
    assert tokens("Größe 3, NPS-Wert_x") == ["größe", "3", "nps", "wert", "x"]
    assert fired(whole(title="Be goodness itself")) == ()


# Twins ----------------------------------------------------------------------------------------


def test_a_twin_overlaps_in_time() -> None:
    one = Titled(1, "Grow recurring revenue in Nordics", STARTS, ENDS)
    other = Titled(2, "Grow recurring revenue in the Nordics", ENDS, ENDS + DAY)
    assert dict(twins([one, other])) == {1: 2, 2: 1}
    assert twin_of(one, [one, other]) == other
    later = replace(other, starts=ENDS + DAY)
    assert dict(twins([one, later])) == {}
    assert twin_of(one, [one, later]) is None


def test_titles_by_a_template_are_told_apart_by_their_number() -> None:
    """With three words in common among their rarest, each of these would be compared with each: for hours."""
    made = (f"Objective {n:06} of the quarter" for n in range(30_000))
    assert not twins(Titled(n, title, STARTS, ENDS) for n, title in enumerate(made))
    made = (f"Deliver project number {n:06} for our customers on time" for n in range(30_000))
    assert len(twins(Titled(n, title, STARTS, ENDS) for n, title in enumerate(made))) == 30_000


titles = st.lists(st.sampled_from([f"w{n}" for n in range(7)]), max_size=7).map(" ".join)


long_titles = st.integers(3, 10).flatmap(
    lambda n: st.sets(st.sampled_from([f"w{k}" for k in range(11)]), min_size=n, max_size=n).map(
        lambda words: " ".join(sorted(words))
    )
)


@given(st.lists(st.tuples(titles | long_titles, st.booleans()), max_size=14))
def test_the_index_finds_what_comparing_each_with_each_finds(
    given_titles: list[tuple[str, bool]],
) -> None:
    listed = [
        Titled(n, one, ENDS + DAY, ENDS + DAY) if later else Titled(n, one, STARTS, ENDS)
        for n, (one, later) in enumerate(given_titles)
    ]
    found = twins(listed)
    for one in listed:
        assert (one.key in found) is (twin_of(one, listed) is not None)
        if one.key in found:
            assert twin_of(one, [listed[found[one.key]]]) is not None


@given(titles, titles)
def test_a_title_alike_has_one_of_the_rarest_words(one: str, other: str) -> None:
    listed = Titled(2, other, STARTS, ENDS)
    if twin_of(Titled(1, one, STARTS, ENDS), [listed]):
        assert {*rarest(frozenset(tokens(one)))} & {*tokens(other)}


# Laws -----------------------------------------------------------------------------------------

codes = st.sets(st.sampled_from([rule.code for rule in RULES]))


@given(codes, codes)
def test_quality_is_a_share_and_fewer_findings_never_lower_it(
    held: set[str], bad: set[str]
) -> None:
    held -= bad
    found = quality_of(held, bad)
    if found.value is not None:
        assert 0 <= found.value <= 100
    for code in bad:
        waived = quality_of(held, bad - {code})
        mended = quality_of(held | {code}, bad - {code})
        if found.value is not None:
            assert mended.value is not None
            assert mended.value > found.value
            assert waived.status is Status.UNDEFINED or (waived.value or 0) >= found.value


number = st.none() | st.floats(-1e6, 1e6) | st.decimals(-1000, 1000, places=2)
day = st.none() | st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))
text = st.sampled_from(["", "Improve it", "Launch a and b", "TBD", "Share of x", "Keep ??", "3 x"])
key_results = st.builds(
    KeyResultFacts,
    key=st.integers(),
    title=text,
    kind=st.sampled_from(Kind),
    unit=st.sampled_from(["", "%", "yes/no", "NPS"]),
    **dict.fromkeys(("baseline", "target", "low", "high", "latest", "value_before"), number),
    measure_by=day,
    direction=st.none() | st.sampled_from(Direction),
    share=st.floats(0, 1),
    due_on=day,
    points=st.lists(st.tuples(st.dates(dt.date(2025, 1, 1), ON), st.floats(-1e6, 1e6)), max_size=12)
    .map(lambda points: tuple(sorted(points, key=lambda one: one[0]))),
    measured_every=st.none() | st.integers(1, 400),
)  # fmt: skip
objectives = st.builds(
    ObjectiveFacts,
    title=text,
    key_results=st.lists(key_results, max_size=4).map(tuple),
    starts=day,
    ends=day,
    parents=st.lists(st.builds(Goal, text, day), max_size=2).map(tuple),
    in_line=st.none() | st.booleans(),
    twin=st.none() | text,
    effort=number,
    under_way=st.booleans(),
    last_check_in_on=day,
    cadence_days=st.none() | st.integers(1, 60),
    accepted=st.none() | st.booleans(),
    offered_on=day,
)


@given(objectives, codes)
def test_any_objective_is_judged_whatever_is_known(one: ObjectiveFacts, waived: set[str]) -> None:
    found = assess(one, ON, ENGLISH, waived)
    assert not {*found.fired} & {*found.held}
    assert not {*found.fired, *found.held} & waived
    assert (found.quality.value is None) is bool(found.errors or not found.judged)
    plain = assess(one, ON, ENGLISH)
    assert {*plain.fired} - waived == {*found.fired}
    assert Verdict.HOLDS not in {one.message for one in plain.findings}
