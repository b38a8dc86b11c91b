"""Strategies over the API, with their weights and the order of their priorities."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field

from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import (
    LEFT,
    Day,
    Digits,
    Filter,
    Id,
    Input,
    Name,
    Number,
    Output,
    Prose,
    RecordOut,
    Ref,
    Search,
    found,
)
from goldenthread.core.api.versions import version_seen
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.people.selectors import matches
from goldenthread.strategy import services
from goldenthread.strategy.models import Priority, Strategy

room = Room("Strategies")
MOST_PRIORITIES = 500


class StrategyOut(RecordOut):
    """The plan for a horizon: of the organisation (no unit), or of one unit."""

    external_id: str
    title: str
    unit: Ref | None
    leader: Ref | None
    state: Literal["draft", "in_force", "ended"]
    starts_on: dt.date | None
    ends_on: dt.date | None
    vision: str
    mission: str
    values: str
    weights_confirmed_at: dt.datetime | None

    @classmethod
    def of(cls, strategy: Strategy) -> Self:
        names = [
            "version",
            "external_id",
            "title",
            "state",
            "starts_on",
            "ends_on",
            "vision",
            "mission",
            "values",
            "weights_confirmed_at",
        ]
        given: dict[str, Any] = {name: getattr(strategy, name) for name in names}
        unit, leader = Ref.to(strategy.unit), Ref.to(strategy.leader)
        return cls(id=strategy.pk, unit=unit, leader=leader, **given)

    @classmethod
    def of_all(cls, strategies: Iterable[Strategy]) -> list[Self]:
        return [cls.of(strategy) for strategy in strategies]


class StrategyQuery(Filter):
    q: Search = ""
    unit: Id | None = None
    state: Literal["draft", "in_force", "ended", "all"] = "all"
    sort: Literal["title", "-title", "starts_on", "-starts_on"] = "-starts_on"


class NewStrategy(Input):
    title: Name
    unit_id: Annotated[Id | None, Field(description="Null: of the organisation.")] = None
    leader_id: Annotated[Id | None, Field(description="Null: who starts it.")] = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    vision: Prose = ""
    mission: Prose = ""
    values: Prose = ""


class StrategyChanges(Input):
    title: Name = LEFT
    leader_id: Id = LEFT
    starts_on: Day | None = None
    ends_on: Day | None = None
    vision: Prose = LEFT
    mission: Prose = LEFT
    values: Prose = LEFT


class WeightOut(Output):
    """One active priority and its share of value in per cent; null while it is not set."""

    priority: Ref
    weight: Digits | None


class WeightsOut(RecordOut):
    """The weights of a strategy, by its id and version. Figures of value need them confirmed."""

    confirmed_at: dt.datetime | None
    confirmed_by: Ref | None
    weights: list[WeightOut]

    @classmethod
    def of(cls, strategy: Strategy, reader: Person) -> Self:
        seen = Priority.objects.visible_to(reader).active().filter(strategy=strategy)
        return cls(
            id=strategy.pk,
            version=strategy.version,
            confirmed_at=strategy.weights_confirmed_at,
            confirmed_by=Ref.to(strategy.weights_confirmed_by),
            weights=[
                WeightOut(priority=Ref(id=one.pk, name=one.title), weight=one.weight)
                for one in seen
            ],
        )


class Share(Input):
    priority_id: Id
    weight: Number


class Weights(Input):
    """Every active priority with its share; together 100."""

    weights: Annotated[list[Share], Field(min_length=1, max_length=MOST_PRIORITIES)]
    confirm: Annotated[bool, Field(description="Stand for them at once.")] = False


class Order(Input):
    """Every priority that is not dropped, the first one first."""

    priority_ids: Annotated[list[Id], Field(max_length=MOST_PRIORITIES)]


def strategy_of(request: PersonRequest, strategy_id: int) -> Strategy:
    """The strategy, if the reader may see it."""
    seen = Strategy.objects.visible_to(request.person)
    loaded = seen.select_related("leader", "unit", "weights_confirmed_by")
    strategy = loaded.filter(pk=strategy_id).first()
    if strategy is None:
        raise Http404
    return strategy


def leader_in(request: PersonRequest, given: dict[str, Any], name: str = "leader") -> None:
    """Put the person in the place of the id that was sent."""
    if f"{name}_id" in given:
        people = Person.objects.visible_to(request.person)
        given[name] = found(people, given.pop(f"{name}_id"), f"{name}_id")


@room.listing("/strategies", StrategyOut)
def list_strategies(request: PersonRequest, sent: Query[StrategyQuery]) -> Page[StrategyOut]:
    """List strategies.

    Of the organisation and of units, in force or not.
    """
    rows = Strategy.objects.visible_to(request.person).select_related("leader", "unit")
    rows = rows.filter(matches(sent.q, "title"))
    if sent.unit is not None:
        rows = rows.filter(unit=sent.unit)
    if sent.state != "all":
        rows = rows.filter(state=sent.state)
    return page_of(request, rows.order_by(sent.sort, "-pk"), sent, StrategyOut.of_all)


@room.creating("/strategies", StrategyOut, at="strategies")
def start_strategy(request: PersonRequest, sent: NewStrategy) -> StrategyOut:
    """Start a strategy, as a draft.

    Leaders; of a unit, its leader or one above.
    """
    given = sent.given()
    leader_in(request, given)
    if "unit_id" in given:
        given["unit"] = found(Unit.objects.all(), given.pop("unit_id"), "unit_id")
    return StrategyOut.of(services.start_strategy(actor=request.person, **given))


@room.reading("/strategies/{strategy_id}", StrategyOut)
def read_strategy(request: PersonRequest, strategy_id: Id) -> StrategyOut:
    """Read a strategy."""
    return StrategyOut.of(strategy_of(request, strategy_id))


@room.changing("/strategies/{strategy_id}", StrategyOut)
def change_strategy(request: PersonRequest, strategy_id: Id, sent: StrategyChanges) -> StrategyOut:
    """Change the wording, horizon or leader of a strategy.

    Its leader.
    """
    strategy = strategy_of(request, strategy_id)
    version = version_seen(request, strategy)
    given = sent.given()
    leader_in(request, given)
    services.edit_strategy(actor=request.person, strategy=strategy, version=version, **given)
    return StrategyOut.of(strategy_of(request, strategy_id))


@room.changing("/strategies/{strategy_id}/put-in-force", StrategyOut, method="POST")
def put_strategy_in_force(request: PersonRequest, strategy_id: Id) -> StrategyOut:
    """Put a strategy in force: everything is measured against it from now on.

    Its leader. Refused while another one is in force for the same unit, or the organisation.
    """
    strategy = strategy_of(request, strategy_id)
    version_seen(request, strategy)
    services.put_in_force(actor=request.person, strategy=strategy)
    return StrategyOut.of(strategy_of(request, strategy_id))


@room.changing("/strategies/{strategy_id}/end", StrategyOut, method="POST")
def end_strategy(request: PersonRequest, strategy_id: Id) -> StrategyOut:
    """End a strategy today.

    Its leader. It stays readable; what served it is loose.
    """
    strategy = strategy_of(request, strategy_id)
    version_seen(request, strategy)
    services.end_strategy(actor=request.person, strategy=strategy)
    return StrategyOut.of(strategy_of(request, strategy_id))


# Weights and order --------------------------------------------------------------------------------------------
@room.reading("/strategies/{strategy_id}/weights", WeightsOut)
def read_weights(request: PersonRequest, strategy_id: Id) -> WeightsOut:
    """Read the weights of a strategy.

    A confidential priority that you may not see is left out.
    """
    return WeightsOut.of(strategy_of(request, strategy_id), request.person)


@room.changing("/strategies/{strategy_id}/weights", WeightsOut, method="PUT")
def set_weights(request: PersonRequest, strategy_id: Id, sent: Weights) -> WeightsOut:
    """Set the weights of a strategy, and confirm them at once if wanted.

    Its leader. One share for each active priority, together 100.
    """
    strategy = strategy_of(request, strategy_id)
    version = version_seen(request, strategy)
    shares = {one.priority_id: one.weight for one in sent.weights}
    person = request.person
    services.set_weights(actor=person, strategy=strategy, shares=shares, version=version)
    if sent.confirm:
        services.confirm_weights(actor=person, strategy=strategy)
    return WeightsOut.of(strategy_of(request, strategy_id), person)


@room.changing("/strategies/{strategy_id}/weights/confirm", WeightsOut, method="POST")
def confirm_weights(request: PersonRequest, strategy_id: Id) -> WeightsOut:
    """Confirm the weights of a strategy: figures of value are worked out with them from now on.

    Its leader.
    """
    strategy = strategy_of(request, strategy_id)
    version = version_seen(request, strategy)
    services.confirm_weights(actor=request.person, strategy=strategy, version=version)
    return WeightsOut.of(strategy_of(request, strategy_id), request.person)


@room.changing("/strategies/{strategy_id}/order", StrategyOut, method="PUT")
def order_priorities(request: PersonRequest, strategy_id: Id, sent: Order) -> StrategyOut:
    """Put the priorities of a strategy in order.

    Its leader.
    """
    strategy = strategy_of(request, strategy_id)
    version_seen(request, strategy)
    services.order_priorities(actor=request.person, strategy=strategy, ids=sent.priority_ids)
    return StrategyOut.of(strategy_of(request, strategy_id))


@room.changing(
    "/strategies/{strategy_id}/priorities/confirm", StrategyOut, method="POST", matched=False
)
def confirm_all_priorities(request: PersonRequest, strategy_id: Id) -> StrategyOut:
    """Confirm every draft priority of a strategy.

    Its leader.
    """
    strategy = strategy_of(request, strategy_id)
    services.confirm_all(actor=request.person, strategy=strategy)
    return StrategyOut.of(strategy_of(request, strategy_id))
