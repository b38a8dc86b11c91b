"""What serves what: loops refused with their path, lines kept true, history never lost."""

import datetime as dt
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from goldenthread.core.errors import DomainError, LoopRefused, NotAllowed
from goldenthread.engine.graph import Edge, Graph, linked_nodes, topological_order
from goldenthread.objectives.models import (
    Contribution,
    Objective,
    ObjectiveAncestor,
    ObjectivePriority,
)
from goldenthread.objectives.selectors.lines import line
from goldenthread.objectives.services.agreement import confirm
from goldenthread.objectives.services.closing import Ending, close_objective
from goldenthread.objectives.services.links import link, rebuild_lines, unlink
from goldenthread.objectives.states import COUNTED, State
from goldenthread.people.models import Person
from goldenthread.strategy import services as strategy_services
from goldenthread.strategy.models import Priority, Strategy
from tests.cast import (
    TODAY,
    Cast,
    make_cast,
    make_cycle,
    make_objective,
    make_organisation,
    make_priority,
    make_strategy,
    signed_in,
)
from tests.drawn import cases


@pytest.fixture
def priority(strategy: Strategy) -> Priority:
    return make_priority(strategy)


@pytest.mark.django_db
class TestOneLink:
    def test_a_line_reaches_the_priority_through_others(
        self, cast: Cast, priority: Priority
    ) -> None:
        top, below = make_objective(cast.operations, "Top"), make_objective(cast.flo, "Below")
        link(actor=cast.ben, child=top, parent=priority)
        link(actor=cast.flo, child=below, parent=top)
        below.refresh_from_db()
        assert below.in_line
        found = line(below, cast.cyd)
        assert [step.title for step in found.steps] == ["Punctual trains", "Top"]
        assert found.root == priority

    def test_a_loop_is_refused_with_its_path(self, cast: Cast) -> None:
        one, two, three = (make_objective(cast.flo, title) for title in ("One", "Two", "Three"))
        link(actor=cast.flo, child=two, parent=one)
        link(actor=cast.flo, child=three, parent=two)
        with pytest.raises(LoopRefused) as refused:
            link(actor=cast.flo, child=one, parent=three)
        assert refused.value.path == ["One", "Two", "Three"]
        assert "“One” → “Two” → “Three”" in refused.value.message
        assert Contribution.objects.count() == 2

    def test_nothing_serves_itself(self, cast: Cast) -> None:
        one = make_objective(cast.flo)
        with pytest.raises(LoopRefused):
            link(actor=cast.flo, child=one, parent=one)

    def test_a_priority_of_the_organisation_serves_nothing(
        self, cast: Cast, priority: Priority
    ) -> None:
        with pytest.raises(DomainError, match="where the thread begins"):
            link(actor=cast.ada, child=priority, parent=make_objective(cast.ada))

    def test_a_units_priority_is_an_inner_step(self, cast: Cast, priority: Priority) -> None:
        of_unit = make_priority(make_strategy(cast.ben, unit=cast.operations), "Fewer faults")
        objective = make_objective(cast.flo)
        link(actor=cast.flo, child=objective, parent=of_unit)
        objective.refresh_from_db()
        assert not objective.in_line
        assert "serves no priority" in line(objective, cast.flo).loose
        link(actor=cast.ben, child=of_unit, parent=priority)
        objective.refresh_from_db()
        assert objective.in_line

    def test_an_ended_link_stays_readable(self, cast: Cast, priority: Priority) -> None:
        objective = make_objective(cast.flo)
        row = link(actor=cast.flo, child=objective, parent=priority)
        Contribution.objects.update(valid_from=TODAY - dt.timedelta(days=30))
        row.refresh_from_db()
        unlink(actor=cast.flo, contribution=row)
        row.refresh_from_db()
        assert row.valid_to == TODAY - dt.timedelta(days=1)
        unlink(actor=cast.flo, contribution=row)
        assert Contribution.objects.get().valid_to == TODAY - dt.timedelta(days=1)
        objective.refresh_from_db()
        assert not objective.in_line

    def test_another_strength_ends_the_old_link(self, cast: Cast, priority: Priority) -> None:
        objective = make_objective(cast.flo)
        link(actor=cast.flo, child=objective, parent=priority, strength=1)
        link(actor=cast.flo, child=objective, parent=priority, strength=9)
        link(actor=cast.flo, child=objective, parent=priority, strength=9)
        ended, held = Contribution.objects.order_by("pk")
        assert (ended.strength, ended.valid_to is None) == (1, False)
        assert (held.strength, held.valid_to) == (9, None)

    @pytest.mark.parametrize("strength", [0, 2, -1, 10])
    def test_only_three_strengths_exist(
        self, cast: Cast, priority: Priority, strength: int
    ) -> None:
        with pytest.raises(DomainError) as refused:
            link(
                actor=cast.flo,
                child=make_objective(cast.flo),
                parent=priority,
                strength=strength,
            )
        assert refused.value.field == "strength"

    def test_closed_ones_are_neither_tied_nor_untied(self, cast: Cast, priority: Priority) -> None:
        objective = make_objective(cast.flo)
        row = link(actor=cast.flo, child=objective, parent=priority)
        close_objective(actor=cast.flo, objective=objective, ending=Ending())
        row = Contribution.objects.get(pk=row.pk)
        with pytest.raises(DomainError, match="is closed"):
            unlink(actor=cast.flo, contribution=row)
        with pytest.raises(DomainError, match="is closed"):
            link(actor=cast.flo, child=make_objective(cast.flo, "Other"), parent=objective)

    @pytest.mark.parametrize("name", ["cyd", "gus", "dee", "eve"])
    def test_others_tie_nothing(self, cast: Cast, priority: Priority, name: str) -> None:
        objective = make_objective(cast.flo)
        with pytest.raises(NotAllowed):
            link(actor=getattr(cast, name), child=objective, parent=priority)
        row = link(actor=cast.flo, child=objective, parent=priority)
        with pytest.raises(NotAllowed):
            unlink(actor=getattr(cast, name), contribution=row)

    def test_a_line_follows_the_state_of_its_priority(self, cast: Cast, priority: Priority) -> None:
        top, below = make_objective(cast.operations, "Top"), make_objective(cast.flo, "Below")
        link(actor=cast.ben, child=top, parent=priority)
        link(actor=cast.flo, child=below, parent=top)
        strategy_services.drop_priority(actor=cast.ada, priority=priority)
        assert not Objective.objects.filter(in_line=True).exists()
        top.refresh_from_db()
        assert line(top, cast.flo).loose == "Its priority was dropped"

    def test_it_says_why_it_hangs_loose(self, cast: Cast, priority: Priority) -> None:
        top, below = make_objective(cast.operations, "Top"), make_objective(cast.flo, "Below")
        assert line(below, cast.flo).loose == "Never linked to anything"
        link(actor=cast.flo, child=below, parent=top)
        assert line(below, cast.flo).loose == "What it serves hangs loose itself"
        link(actor=cast.ben, child=top, parent=priority)
        close_objective(actor=cast.ben, objective=top, ending=Ending())
        below.refresh_from_db()
        assert line(below, cast.flo).loose.startswith("What it serves closed on")

    def test_a_restricted_step_keeps_its_name_to_itself(
        self, cast: Cast, priority: Priority
    ) -> None:
        top = make_objective(cast.operations, "Sell the depot", restricted=True)
        below = make_objective(cast.flo, "Below")
        link(actor=cast.ben, child=top, parent=priority)
        link(actor=cast.ben, child=below, parent=top)
        below.refresh_from_db()
        assert "Sell the depot" not in [step.title for step in line(below, cast.cyd).steps]
        assert "Sell the depot" in [step.title for step in line(below, cast.ada).steps]


# No sequence stores a loop ------------------------------------------------------------------------------------

SIZE = 6
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["link", "link", "link", "unlink", "close", "confirm"]),
        st.integers(0, SIZE - 1),
        st.integers(-2, SIZE - 1),
    ),
    max_size=20,
)


def closures() -> tuple[set[tuple[int, int, int]], set[tuple[int, int, int]], set[int]]:
    return (
        set(ObjectiveAncestor.objects.values_list("objective_id", "ancestor_id", "depth")),
        set(ObjectivePriority.objects.values_list("objective_id", "priority_id", "depth")),
        set(Objective.objects.filter(in_line=True).values_list("pk", flat=True)),
    )


def act(
    kind: str, actor: Person, nodes: list[Objective], roots: list[Priority], at: int, to: int
) -> None:
    child = Objective.objects.get(pk=nodes[at].pk)
    if kind == "link":
        parent = roots[to] if to < 0 else Objective.objects.get(pk=nodes[to].pk)
        link(actor=actor, child=child, parent=parent)
    elif kind == "unlink":
        row = child.links_up.filter(valid_to__isnull=True).first()
        if row is not None:
            unlink(actor=actor, contribution=row)
    elif kind == "close":
        close_objective(actor=actor, objective=child, ending=Ending())
    else:
        confirm(actor=actor, objective=child)


class EveryAct(TestCase):
    @settings(max_examples=cases(40), deadline=None, suppress_health_check=list(HealthCheck))
    @given(ACTS)
    def test_no_sequence_stores_a_loop_and_the_lines_stay_true(
        self, acts: list[tuple[str, int, int]]
    ) -> None:
        make_organisation()
        actor = Person.objects.create(name="Ada", granted_leader=True)
        strategy = make_strategy(actor)
        roots = [
            make_priority(strategy, "In force"),
            make_priority(strategy, "Draft", state="unconfirmed"),
        ]
        cycle = make_cycle()
        states = [State.UNCONFIRMED, State.DRAFT, *[State.ACTIVE] * (SIZE - 2)]
        nodes = [
            make_objective(actor, f"O{n}", cycle=cycle, state=state)
            for n, state in enumerate(states)
        ]
        for kind, at, to in acts:
            try:
                act(kind, actor, nodes, roots, at, to)
            except DomainError:
                continue
        held = Contribution.objects.filter(valid_to__isnull=True)
        edges = [
            Edge(
                f"o{row.parent_objective_id}"
                if row.parent_objective_id
                else f"p{row.parent_priority_id}",
                f"o{row.child_objective_id}",
                float(row.strength),
            )
            for row in held
        ]
        topological_order(Graph(edges))
        kept = closures()
        assert kept == self.rebuilt()
        counted = {
            f"o{pk}"
            for pk in Objective.objects.filter(state__in=COUNTED).values_list("pk", flat=True)
        }
        root = f"p{roots[0].pk}"
        open_graph = Graph(edges, counted).restricted_to(counted | {root})
        in_line = {f"o{pk}" for pk in kept[2]} & counted
        assert in_line == linked_nodes(open_graph, [root])

    def rebuilt(self) -> tuple[set[tuple[int, int, int]], set[tuple[int, int, int]], set[int]]:
        rebuild_lines()
        return closures()


@pytest.mark.postgres
def test_two_links_made_at_once_close_no_loop(transactional_db: None) -> None:
    make_organisation()
    cast = make_cast()
    one, two = make_objective(cast.flo, "One"), make_objective(cast.flo, "Two")
    at_once, refused = Barrier(2, timeout=10), []

    def tie(child: int, parent: int) -> None:
        both = Objective.objects.in_bulk([child, parent])
        actor = Person.objects.get(pk=cast.flo.pk)
        at_once.wait()
        try:
            link(actor=actor, child=both[child], parent=both[parent])
        except LoopRefused as error:
            refused.append(error)
        connection.close()

    threads = [
        Thread(target=tie, args=[one.pk, two.pk]),
        Thread(target=tie, args=[two.pk, one.pk]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Contribution.objects.count() == 1


# Pages --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
class TestPage:
    def test_a_loose_end_is_tied(self, client: Client, cast: Cast, priority: Priority) -> None:
        objective = make_objective(cast.flo)
        signed_in(client, cast.flo)
        page = client.get("/objectives/").content.decode()
        assert "Never linked to anything" in page
        assert f"/objectives/{objective.pk}/link/" in page
        answer = client.post(
            f"/objectives/{objective.pk}/link/",
            {"parent": "Punctual trains", "parent_id": f"p{priority.pk}", "strength": "9"},
        )
        assert answer.status_code == 302
        objective.refresh_from_db()
        assert objective.in_line
        assert "Never linked" not in client.get("/objectives/").content.decode()

    def test_a_refused_loop_shows_its_path(self, client: Client, cast: Cast) -> None:
        one, two = make_objective(cast.flo, "One"), make_objective(cast.flo, "Two")
        link(actor=cast.flo, child=two, parent=one)
        answer = signed_in(client, cast.flo).post(
            f"/objectives/{one.pk}/link/", {"parent": f"#o{two.pk}", "strength": "3"}
        )
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "This link would close a loop" in page
        assert "<li>One</li><li>Two</li><li>One</li>" in page

    def test_the_picker_offers_only_what_the_reader_may_see(
        self, client: Client, cast: Cast, priority: Priority
    ) -> None:
        make_objective(cast.operations, "Sell the depot", restricted=True)
        make_objective(cast.operations, "Sell tickets at the depot")
        found = signed_in(client, cast.cyd).get("/objectives/pick/?q=depot").content.decode()
        assert "Sell tickets" in found
        assert "Sell the depot" not in found

    def test_untying_is_a_post(self, client: Client, cast: Cast, priority: Priority) -> None:
        row = link(actor=cast.flo, child=make_objective(cast.flo), parent=priority)
        signed_in(client, cast.flo)
        assert client.get(f"/links/{row.pk}/end/").status_code == 405
        client.post(f"/links/{row.pk}/end/")
        row.refresh_from_db()
        assert row.valid_to is not None
