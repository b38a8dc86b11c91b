"""KPIs: defined, given targets, observed, corrected, confirmed and retired."""

import datetime as dt
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection

from goldenthread.core.errors import DomainError, NotAllowed, SavedMeanwhile
from goldenthread.core.models import AuditRecord
from goldenthread.people.models import Person
from goldenthread.strategy import selectors, services
from goldenthread.strategy.models import Kpi, Observation, Priority, Strategy
from goldenthread.strategy.selectors import KpiFilter
from tests.cast import (
    TODAY,
    Cast,
    make_head,
    make_kpi,
    make_organisation,
    make_person,
    make_priority,
)

pytestmark = pytest.mark.django_db

YEAR_END = dt.date(2026, 12, 31)


def test_a_leader_adds_one_and_owns_it(ben: Person) -> None:
    kpi = services.add_kpi(actor=ben, name="Delay minutes", measure="min", direction="down")
    assert (kpi.owner, kpi.state) == (ben, Kpi.State.ACTIVE)


@pytest.mark.parametrize("name", ["flo", "dee", "eve"])
def test_nobody_else_adds_one(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.add_kpi(actor=getattr(cast, name), name="Mine")


def test_values_are_kept_exactly(flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    services.observe(actor=flo, kpi=kpi, on=TODAY, value=Decimal("0.1") + Decimal("0.2"))
    assert Observation.objects.get().value == Decimal("0.3")


@pytest.mark.parametrize("name", ["flo", "ben", "ada"])
def test_the_owner_and_their_line_observe(cast: Cast, name: str) -> None:
    kpi = make_kpi(owner=cast.flo)
    services.observe(actor=getattr(cast, name), kpi=kpi, on=TODAY, value=Decimal(1))
    assert AuditRecord.objects.get(verb="record observation").after["value"] == "1"


def test_the_sponsor_it_serves_observes(strategy: Strategy, cyd: Person) -> None:
    kpi = make_kpi()
    make_priority(strategy, sponsor=cyd).expected_results.create(text="On time", kpi=kpi)
    services.observe(actor=cyd, kpi=kpi, on=TODAY, value=Decimal(1))
    assert kpi.observations.exists()


@pytest.mark.parametrize("state", ["draft", "a unit's", "dropped"])
def test_nobody_takes_a_kpi_over_by_expecting_it_of_a_priority_of_their_own(
    strategy: Strategy, cast: Cast, state: str
) -> None:
    """Any leader may start a strategy and name any KPI in it: only the organisation's in force gives a say."""
    kpi = make_kpi(owner=cast.cyd)
    if state == "dropped":
        own = make_priority(strategy, sponsor=cast.ben, state=Priority.State.DROPPED)
    else:
        unit = cast.operations if state == "a unit's" else None
        mine = services.start_strategy(actor=cast.ben, title="Mine", unit=unit)
        if unit:
            services.put_in_force(actor=cast.ben, strategy=mine)
        own = services.add_priority(actor=cast.ben, strategy=mine, title="Mine", sponsor=cast.ben)
    own.expected_results.create(text="Seized", kpi=kpi)
    for action in (
        lambda: services.edit_kpi(actor=cast.ben, kpi=kpi, version=1, name="Mine"),
        lambda: services.observe(actor=cast.ben, kpi=kpi, on=TODAY, value=Decimal(1)),
        lambda: services.retire_kpi(actor=cast.ben, kpi=kpi),
    ):
        with pytest.raises(NotAllowed):
            action()


def test_who_has_left_is_given_none(cast: Cast) -> None:
    gone = make_person("Ivo Krag", end=TODAY - dt.timedelta(1))
    with pytest.raises(DomainError, match="has left") as refused:
        services.add_kpi(actor=cast.ben, name="Delays", owner=gone)
    assert refused.value.field == "owner"
    kpi = make_kpi(owner=gone)
    services.edit_kpi(actor=cast.ada, kpi=make_kpi(owner=cast.ben), version=1, owner=cast.gus)
    make_head(cast.root, cast.ada)
    kpi.unit = cast.root
    kpi.save()
    services.edit_kpi(actor=cast.ada, kpi=kpi, version=1, owner=gone, name="Still theirs")


@pytest.mark.postgres
def test_a_value_sent_twice_at_once_is_recorded_once(transactional_db: None) -> None:
    make_organisation()
    flo = make_person("Flo Dahl")
    kpi = make_kpi(owner=flo)
    at_once, refused = Barrier(2, timeout=10), []

    def send() -> None:
        at_once.wait()
        try:
            services.observe(actor=flo, kpi=kpi, on=TODAY, value=Decimal(1))
        except DomainError as error:
            refused.append(error)
        connection.close()

    both = [Thread(target=send) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert (len(refused), kpi.observations.count()) == (1, 1)


@pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
def test_others_do_not_observe(cast: Cast, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.observe(
            actor=getattr(cast, name), kpi=make_kpi(owner=cast.flo), on=TODAY, value=Decimal(1)
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"on": TODAY + dt.timedelta(1), "value": Decimal(1)}, "on"),
        ({"on": TODAY, "value": None}, "value"),
        ({"on": TODAY, "value": Decimal("NaN")}, "value"),
        ({"on": TODAY, "value": Decimal("1e15")}, "value"),
        ({"on": TODAY, "value": Decimal("0.0000001")}, "value"),
    ],
)
def test_a_refusal_names_its_field(flo: Person, fields: dict, field: str) -> None:
    with pytest.raises(DomainError) as refused:
        services.observe(actor=flo, kpi=make_kpi(owner=flo), **fields)
    assert refused.value.field == field


def test_a_day_with_a_value_is_corrected_not_overwritten(flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    wrong = services.observe(actor=flo, kpi=kpi, on=TODAY, value=Decimal(62))
    with pytest.raises(DomainError, match="has a value already"):
        services.observe(actor=flo, kpi=kpi, on=TODAY, value=Decimal(26))
    right = services.correct(actor=flo, observation=wrong, value=Decimal(26), note="Digits swapped")
    wrong.refresh_from_db()
    assert (wrong.value, right.corrects, right.on) == (Decimal(62), wrong, TODAY)
    standing = selectors.kpi_standings([kpi], TODAY)[kpi.pk]
    assert [value for _, value in standing.points] == [Decimal(26)]
    assert list(selectors.kpi_history(kpi)) == [right, wrong]


def test_a_correction_says_why_and_is_corrected_by_the_next(flo: Person) -> None:
    wrong = services.observe(actor=flo, kpi=make_kpi(owner=flo), on=TODAY, value=Decimal(62))
    with pytest.raises(DomainError, match="Say why"):
        services.correct(actor=flo, observation=wrong, value=Decimal(26), note=" ")
    services.correct(actor=flo, observation=wrong, value=Decimal(26), note="Digits swapped")
    with pytest.raises(DomainError, match="corrected before"):
        services.correct(actor=flo, observation=wrong, value=Decimal(27), note="Again")


def test_a_value_in_words_stays_in_words(flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    services.observe(actor=flo, kpi=kpi, on=TODAY, value=None, text="about half")
    standing = selectors.kpi_standings([kpi], TODAY)[kpi.pk]
    assert standing.latest is not None
    assert (standing.latest.text, standing.points) == ("about half", ())
    assert standing.score.reason == "not measured"


def test_a_target_is_set_and_changed_with_its_history(flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    services.set_target(
        actor=flo, kpi=kpi, due_on=YEAR_END, baseline=Decimal(60), value=Decimal(90)
    )
    target = services.set_target(
        actor=flo, kpi=kpi, due_on=YEAR_END, baseline=Decimal(60), value=Decimal(85)
    )
    assert kpi.targets.get() == target
    entry = AuditRecord.objects.filter(verb="set target").latest("pk")
    assert (entry.before["value"], entry.after["value"]) == ("90", "85")
    with pytest.raises(SavedMeanwhile):
        services.set_target(actor=flo, kpi=kpi, due_on=YEAR_END, value=Decimal(80), version=1)


def test_a_target_moves_to_another_day_unless_one_stands_there(flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    june, december = (
        services.set_target(actor=flo, kpi=kpi, due_on=day, value=Decimal(90))
        for day in (dt.date(2026, 6, 30), YEAR_END)
    )
    fields = {"actor": flo, "kpi": kpi, "target": june, "value": Decimal(92)}
    with pytest.raises(DomainError, match="another target") as refused:
        services.set_target(due_on=YEAR_END, **fields)
    assert refused.value.field == "due_on"
    july = dt.date(2026, 7, 31)
    services.set_target(due_on=july, version=june.version, **fields)
    assert list(kpi.targets.values_list("due_on", "value")) == [
        (july, Decimal(92)),
        (december.due_on, Decimal(90)),
    ]
    moved = AuditRecord.objects.filter(verb="set target").latest("pk")
    assert (moved.before["due_on"], moved.after["due_on"]) == ("2026-06-30", "2026-07-31")


def test_a_target_says_what_it_asks(flo: Person) -> None:
    kpi, held = make_kpi(owner=flo), make_kpi("Stock", owner=flo, direction="hold")
    with pytest.raises(DomainError, match="Say the value to reach"):
        services.set_target(actor=flo, kpi=kpi, due_on=YEAR_END)
    with pytest.raises(DomainError, match="one end of the range"):
        services.set_target(actor=flo, kpi=held, due_on=YEAR_END, value=Decimal(4))
    with pytest.raises(DomainError, match="equals where it starts"):
        services.set_target(
            actor=flo, kpi=kpi, due_on=YEAR_END, baseline=Decimal(1), value=Decimal(1)
        )
    in_words = services.set_target(actor=flo, kpi=kpi, due_on=YEAR_END, text="noticeably better")
    assert in_words.value is None


def test_an_imported_one_is_taken_on_by_who_is_named(cast: Cast) -> None:
    kpi = services.draft_kpi(actor=cast.eve, name="Delays", owner=cast.flo)
    for name in ("eve", "cyd"):
        with pytest.raises(NotAllowed):
            services.confirm_kpi(actor=getattr(cast, name), kpi=kpi)
    services.confirm_kpi(actor=cast.flo, kpi=kpi)
    assert kpi.state == Kpi.State.ACTIVE
    with pytest.raises(DomainError, match="is confirmed"):
        services.redraft_kpi(actor=cast.eve, kpi=kpi, name="Mine")


def test_one_that_names_nobody_is_taken_on_by_any_leader(cast: Cast) -> None:
    kpi = services.draft_kpi(actor=cast.eve, name="Delays")
    with pytest.raises(NotAllowed):
        services.confirm_kpi(actor=cast.flo, kpi=kpi)
    services.confirm_kpi(actor=cast.gus, kpi=kpi)
    assert kpi.owner == cast.gus


def test_loading_a_value_twice_keeps_one(cast: Cast) -> None:
    kpi = services.draft_kpi(actor=cast.eve, name="Delays")
    for _ in range(2):
        services.load_observation(actor=cast.eve, kpi=kpi, on=TODAY, value=Decimal("4.50"))
    assert kpi.observations.count() == 1
    with pytest.raises(DomainError, match="has a value already"):
        services.load_observation(actor=cast.eve, kpi=kpi, on=TODAY, value=Decimal(5))


def test_a_retired_one_is_kept_and_takes_nothing_more(flo: Person) -> None:
    kpi = make_kpi(owner=flo)
    services.observe(actor=flo, kpi=kpi, on=TODAY, value=Decimal(1))
    services.retire_kpi(actor=flo, kpi=kpi, reason="Nobody used it")
    with pytest.raises(DomainError, match="is retired"):
        services.observe(actor=flo, kpi=kpi, on=TODAY - dt.timedelta(1), value=Decimal(1))
    assert kpi.observations.count() == 1


def test_a_result_becomes_measurable_in_one_step(
    strategy: Strategy, ada: Person, flo: Person
) -> None:
    result = services.add_expected_result(
        actor=ada, priority=make_priority(strategy, sponsor=flo), text="Nine in ten trains on time"
    )
    kpi = services.make_kpi(
        actor=flo,
        result=result,
        name="On time",
        measure="%",
        baseline=Decimal(81),
        target=Decimal(90),
    )
    assert (kpi.owner, result.kpi, result.due_on) == (flo, kpi, strategy.ends_on)
    assert kpi.targets.get().value == Decimal(90)
    with pytest.raises(DomainError, match="has a KPI already"):
        services.make_kpi(actor=flo, result=result)


def test_a_range_becomes_the_kpis_range(strategy: Strategy, ada: Person) -> None:
    result = services.add_expected_result(
        actor=ada, priority=make_priority(strategy), text="Spare trains"
    )
    kpi = services.make_kpi(
        actor=ada, result=result, direction="hold", low=Decimal(4), high=Decimal(6)
    )
    assert (kpi.low, kpi.targets.get().high, result.target) == (Decimal(4), Decimal(6), None)
    services.observe(actor=ada, kpi=kpi, on=TODAY, value=Decimal(5))
    standing = selectors.priority_standings([result.priority], TODAY)[result.priority.pk]
    assert standing.score == 1.0


def test_a_kpi_is_found_whatever_the_case_of_its_letters(ada: Person) -> None:
    kpi = make_kpi("Überstunden im Betrieb")
    assert selectors.find_kpis(ada, "überstunden betrieb") == [kpi]
    assert list(selectors.kpi_list(ada, KpiFilter(text="überstunden"))) == [kpi]
