"""What an event says: type, moment, actor, record, and of the values only what everybody may see.

A webhook is set up by an administrator, who may see less than what the trail holds, and it leaves the house. So every
value is named here that may go, a record that is not open to everybody sends nothing at all, and neither does a line
that names one. Personal values are never among them.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet

from goldenthread.core.models import AuditRecord
from goldenthread.objectives.models import Cycle, Dependency, KeyResult, Objective
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import ExpectedResult, Kpi, Priority, Strategy, TradeOff
from goldenthread.tradeoffs.models import Decision

TEST = "webhook.test"


@dataclass(frozen=True)
class Noun:
    """A kind of record whose changes are told: its word, where the API has it, what is open of it."""

    name: str
    title: str
    model: type[Model]
    place: str
    fields: frozenset[str]
    open_to_all: Callable[[QuerySet[Any]], QuerySet[Any]] = lambda rows: rows
    verbs: frozenset[str] | None = None  # where set, others go only with a value among `fields`


def _noun(name: str, title: str, model: type[Model], place: str, fields: str, **given: Any) -> Noun:
    return Noun(name, title, model, place, frozenset(fields.split()), **given)


def _open(**wanted: Any) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    return lambda rows: rows.filter(**wanted)


NOUNS = {
    noun.model._meta.label_lower: noun
    for noun in (
        _noun(
            "objective",
            "Objectives",
            Objective,
            "objectives",
            "title why state cycle owner_person owner_unit ambition critical run_the_business starts_on ends_on"
            " cadence_days own_share learning closing_score carried_from parent_objective parent_priority strength",
            open_to_all=_open(restricted=False),
        ),
        _noun(
            "key_result",
            "Key results and check-ins",
            KeyResult,
            "key-results",
            "title kind measure decimals weight baseline target target_text commit stretch low high required_share"
            " due_on reporter source not_enough measure_by direction kpi value as_of confidence",
            open_to_all=_open(objective__restricted=False),
        ),
        _noun(
            "dependency",
            "Dependencies",
            Dependency,
            "dependencies",
            "objective needs unit delivers needed_by effort_fte answer_by state promised_on delivered_on",
            open_to_all=_open(objective__restricted=False),
        ),
        _noun(
            "cycle",
            "Cycles",
            Cycle,
            "cycles",
            "name starts_on ends_on opens_on landmark_on closes_on state",
        ),
        _noun(
            "strategy",
            "Strategies",
            Strategy,
            "strategies",
            "title unit leader state starts_on ends_on vision mission values",
        ),
        _noun(
            "priority",
            "Priorities",
            Priority,
            "priorities",
            "strategy title why sponsor weight state parent_priority strength",
            open_to_all=_open(confidential=False),
        ),
        _noun(
            "expected_result",
            "Expected results",
            ExpectedResult,
            "expected-results",
            "priority text kpi baseline target starts_on due_on",
            open_to_all=_open(priority__confidential=False),
        ),
        _noun(
            "trade_off",
            "Trade-offs",
            TradeOff,
            "trade-offs",
            "strategy priority kind this over note frees_fte decided_by decided_on look_again_on",
            open_to_all=lambda rows: rows.filter(
                Q(priority__isnull=True) | Q(priority__confidential=False)
            ),
        ),
        _noun(
            "decision",
            "Decisions",
            Decision,
            "decisions",
            "question background state decider due_on replaces decided_on reason given_up freed_fte freed_until expected"
            " look_again_on looked_back_on outcome as_expected learnt objective priority unit kpi",
            open_to_all=_open(confidential=False),
        ),
        _noun(
            "kpi",
            "KPIs",
            Kpi,
            "kpis",
            "name definition measure decimals direction low high unit owner state cadence_days on value text"
            " starts_on due_on baseline",
        ),
        _noun("unit", "Units", Unit, "units", "name parent leader ended_on"),
        _noun(
            "person",
            "People: who is new, and changes of unit or manager",
            Person,
            "people",
            "unit manager",
            verbs=frozenset({"add person"}),
        ),
    )
}
BY_NAME = {noun.name: noun for noun in NOUNS.values()}
NAMES_ANOTHER = {
    "priority": "strategy.priority",
    "objective": "objectives.objective",
    "parent_priority": "strategy.priority",
    "parent_objective": "objectives.objective",
    "carried_from": "objectives.objective",
    "replaces": "tradeoffs.decision",
    "delivers": "objectives.objective",
}


def type_of(entry: AuditRecord) -> str:
    """The noun and what was done, as "objective.draft" or "key_result.check_in"."""
    noun = NOUNS[entry.subject_type].name
    verb = entry.verb.lower().removesuffix(f" {noun.replace('_', ' ')}").removesuffix(" person")
    verb = verb.removesuffix(" trade-off") if noun == "trade_off" else verb
    return f"{noun}.{re.sub(r'[^a-z0-9]+', '_', verb).strip('_')}"


def open_to_everybody(entries: Iterable[AuditRecord]) -> list[AuditRecord]:
    """Those of the lines that tell of nothing but what everybody may see as it stands now; a query a kind at most."""
    found = [one for one in entries if one.subject_type in NOUNS and _is_told(one)]
    named: dict[str, set[int]] = {}
    for entry in found:
        for label, pk in _named(entry):
            named.setdefault(label, set()).add(pk)
    seen = {label: _seen(label, ids) for label, ids in named.items()}
    return [one for one in found if all(pk in seen[label] for label, pk in _named(one))]


def _seen(label: str, ids: set[int]) -> set[int]:
    noun = NOUNS[label]
    rows: QuerySet[Any] = noun.model._default_manager.filter(pk__in=ids)
    return set(noun.open_to_all(rows).values_list("pk", flat=True))


def _is_told(entry: AuditRecord) -> bool:
    noun = NOUNS[entry.subject_type]
    return (
        noun.verbs is None
        or entry.verb in noun.verbs
        or bool(_values(noun, entry.before) or _values(noun, entry.after))
    )


def _named(entry: AuditRecord) -> list[tuple[str, int]]:
    """The record that the line tells of, and every other whose openness matters."""
    found = [(entry.subject_type, entry.subject_id)]
    for values in (entry.before, entry.after):
        for name, label in NAMES_ANOTHER.items():
            if isinstance(values.get(name), int):
                found.append((label, values[name]))
    return found


def _values(noun: Noun, values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if name in noun.fields and not isinstance(value, dict | list)
    }


def body_of(entry: AuditRecord) -> bytes:
    """The event as it is sent. Ask `open_to_everybody` first."""
    noun = NOUNS[entry.subject_type]
    return _json(
        {
            "type": type_of(entry),
            "id": entry.pk,
            "at": entry.at.isoformat(),
            "actor": entry.actor_id,
            "record": {
                "noun": noun.name,
                "id": entry.subject_id,
                "url": f"/api/v1/{noun.place}/{entry.subject_id}",
            },
            "before": _values(noun, entry.before),
            "after": _values(noun, entry.after),
        }
    )


def test_body(at: str, actor: int | None) -> bytes:
    """What the administrator sends to see whether it arrives."""
    told = {"type": TEST, "id": None, "at": at, "actor": actor, "record": None}
    return _json(told | {"before": {}, "after": {}})


def _json(told: dict[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def wanted(nouns: Sequence[str]) -> list[str]:
    """What the trail calls the records of these nouns."""
    return [label for label, noun in NOUNS.items() if noun.name in nouns]
