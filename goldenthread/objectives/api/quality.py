"""Success criteria over the API: how an objective stands against the rules, the list, rules set aside."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any, Literal, Self

from django.http import Http404
from ninja import Query
from pydantic import Field, StringConstraints

from goldenthread.core import clock
from goldenthread.core.api.room import Page, Room, page_of
from goldenthread.core.api.types import NO_NUL, Filter, Id, Input, Output, Ref, found
from goldenthread.engine.quality.rules import Finding
from goldenthread.objectives.api.shapes import OwnerOut, State, objective_of
from goldenthread.objectives.models import Cycle, Objective, RuleWaiver
from goldenthread.objectives.selectors import criteria_list
from goldenthread.objectives.selectors.quality import assessment
from goldenthread.objectives.services import waivers
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Unit

room = Room("Criteria")
Code = Literal[
    "O01", "O02", "O03", "O04", "O05", "O06", "O07", "O08", "O09", "O10", "O11", "O12", "O13", "O14", "O15", "O16", "O17",
    "K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10", "K11", "K12", "K13", "K14", "K15", "K16", "K17", "K18",
]  # fmt: skip


class FindingOut(Output):
    """A rule that fires. `key_result_id` is null where it is about the whole; `mends` names what an edit touches."""

    code: str
    name: str
    severity: Literal["error", "warn", "info"]
    message: str
    key_result_id: int | None
    mends: str

    @classmethod
    def of(cls, one: Finding) -> Self:
        key = one.key_result if isinstance(one.key_result, int) else None
        return cls(
            code=one.code,
            name=one.name,
            severity=one.severity.value,
            message=one.message,
            key_result_id=key,
            mends=one.mends,
        )


class CriteriaOut(Output):
    """An objective against the rules, as it stands now. `quality` runs from 0 to 100, and is null while an error is open
    (`status` is then `insufficient_data`, `reason` `incomplete`)."""

    objective: Ref
    quality: float | None
    status: str
    reason: str
    findings: list[FindingOut]
    waived: list[FindingOut]
    held: list[str]


class CriteriaRowOut(Output):
    """An objective as it stood when it was last looked at, at least each night."""

    objective: Ref
    owner: OwnerOut | None
    cycle: Ref
    state: State
    quality: float | None
    errors: int
    open_rules: list[str]
    waived_rules: list[str]
    looked_at_on: dt.date | None

    @classmethod
    def of_all(cls, rows: Iterable[Objective]) -> list[Self]:
        return [cls.of(one) for one in rows]

    @classmethod
    def of(cls, one: Objective) -> Self:
        given: dict[str, Any] = {name: getattr(one, name) for name in ("state", "quality")}
        return cls(
            objective=Ref(id=one.pk, name=one.title),
            owner=OwnerOut.of(one.owner),
            cycle=Ref(id=one.cycle_id, name=one.cycle.name),
            errors=one.open_errors,
            open_rules=one.open_rules.split(),
            waived_rules=one.waived_rules.split(),
            looked_at_on=one.looked_at_on,
            **given,
        )


class CriteriaQuery(Filter):
    unit: Annotated[Id | None, Field(description="Owned by it, below it, or by its people.")] = None
    cycle: Id | None = None
    rule: Annotated[Code | None, Field(description="With this rule open, such as K02.")] = None
    show: Annotated[
        Literal["open", "errors", "waived", "all"],
        Field(description="With anything open, with an open error, with a rule waived."),
    ] = "open"


class WaiverOut(Output):
    """A rule set aside for an objective; `ended_at` says since when it holds again."""

    id: Id
    objective: Ref
    code: str
    reason: str
    author: Ref | None
    waived_at: dt.datetime
    ended_by: Ref | None
    ended_at: dt.datetime | None

    @classmethod
    def of(cls, one: RuleWaiver) -> Self:
        return cls(
            id=one.pk,
            objective=Ref(id=one.objective_id, name=one.objective.title),
            code=one.code,
            reason=one.reason,
            author=Ref.to(one.author),
            waived_at=one.waived_at,
            ended_by=Ref.to(one.ended_by),
            ended_at=one.ended_at,
        )

    @classmethod
    def of_all(cls, rows: Iterable[RuleWaiver]) -> list[Self]:
        return [cls.of(one) for one in rows]


class NewWaiver(Input):
    code: Annotated[Code, Field(description="The rule, such as K02.")]
    reason: Annotated[
        str,
        StringConstraints(min_length=1, max_length=2000, pattern=NO_NUL),
        Field(description="It stays on record."),
    ]


@room.listing("/criteria", CriteriaRowOut)
def list_criteria(request: PersonRequest, sent: Query[CriteriaQuery]) -> Page[CriteriaRowOut]:
    """List open objectives by what is open in their criteria, those with an error first."""
    chosen = criteria_list.CriteriaFilter(
        found(Unit.objects.all(), sent.unit, "unit"),
        found(Cycle.objects.all(), sent.cycle, "cycle"),
        sent.rule or "",
        sent.show,
    )
    rows = criteria_list.criteria_list(request.person, chosen)
    return page_of(request, rows, sent, CriteriaRowOut.of_all)


@room.reading("/objectives/{objective_id}/criteria", CriteriaOut)
def read_criteria(request: PersonRequest, objective_id: Id) -> CriteriaOut:
    """Read how an objective stands against the rules of quality, with what to do about each that fires."""
    objective = objective_of(request, objective_id)
    judged = assessment(objective, clock.today())
    return CriteriaOut(
        objective=Ref(id=objective.pk, name=objective.title),
        quality=judged.quality.value,
        status=judged.quality.status.value,
        reason=judged.quality.reason,
        findings=[FindingOut.of(one) for one in judged.findings],
        waived=[FindingOut.of(one) for one in judged.waived],
        held=list(judged.held),
    )


@room.listing("/objectives/{objective_id}/waivers", WaiverOut)
def list_waivers(request: PersonRequest, objective_id: Id, sent: Query[Filter]) -> Page[WaiverOut]:
    """List the rules that were set aside for an objective, those taken back too."""
    objective = objective_of(request, objective_id)
    rows = RuleWaiver.objects.filter(objective=objective).order_by("pk")
    return page_of(
        request, rows.select_related("author", "ended_by", "objective"), sent, WaiverOut.of_all
    )


@room.creating("/objectives/{objective_id}/waivers", WaiverOut)
def waive_rule(request: PersonRequest, objective_id: Id, sent: NewWaiver) -> WaiverOut:
    """Set a rule aside for an objective, with a reason.

    The line above; its owner where nobody stands above. It then counts neither as held nor as open.
    """
    objective = objective_of(request, objective_id)
    made = waivers.waive_rule(
        actor=request.person, objective=objective, code=sent.code, reason=sent.reason
    )
    return WaiverOut.of(made)


@room.changing("/waivers/{waiver_id}/end", WaiverOut, method="POST")
def restore_rule(request: PersonRequest, waiver_id: Id) -> WaiverOut:
    """Let a waived rule hold again.

    Whoever may waive it. The waiver stays on record.
    """
    seen = Objective.objects.visible_to(request.person)
    waiver = RuleWaiver.objects.filter(objective__in=seen, pk=waiver_id).first()
    if waiver is None:
        raise Http404
    waiver.objective = objective_of(request, waiver.objective_id)
    return WaiverOut.of(waivers.restore_rule(actor=request.person, waiver=waiver))
