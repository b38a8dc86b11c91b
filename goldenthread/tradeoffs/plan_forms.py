"""What people type about a plan. Rules of the domain are the services'; shapes are here."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms

from goldenthread.core import clock
from goldenthread.core.errors import DomainError
from goldenthread.core.spreadsheet import EXECUTED
from goldenthread.objectives.models import Cycle, Objective
from goldenthread.people.fields import UnitField
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.forms import text_area
from goldenthread.strategy.models import Priority
from goldenthread.tradeoffs.forms import TO_LOOK_AGAIN, prose
from goldenthread.tradeoffs.models import Candidate
from goldenthread.tradeoffs.selectors.plan_words import EVERY_PRIORITY
from goldenthread.tradeoffs.selectors.portfolio import PlanRows
from goldenthread.tradeoffs.services.plan_rows import CandidateRow, Team
from goldenthread.tradeoffs.services.planning import Moves
from goldenthread.ui.fields import DayField, NumberField
from goldenthread.ui.locale import format_number, parse_number

CYCLES = 40
PART = re.compile(r"^(?P<unit>.+?)(?:\s*\((?P<skill>[^()]*)\))?\s+(?P<fte>[\d.,’']+)$")
COLUMNS = (
    *("number", "title", "owner", "priority", "value", "running", "mandatory", "stop_cost"),
    *("start_cost", "alternative", "needs", "effort"),
)
YES, NO = frozenset({"yes", "y", "1", "true", "x", "on"}), frozenset({"", "no", "n", "0", "false"})
FORCED = (("", "As it comes"), ("in", "Must run"), ("out", "Left out"))


class PlanForm(forms.Form):
    """A new plan: its name, its cycle, whose teams, and whether to begin with what is there."""

    name = forms.CharField(max_length=200, label="Name")
    cycle = forms.ChoiceField(label="Cycle to plan")
    unit = UnitField(required=False, label="Whose teams")
    take_in = forms.BooleanField(
        required=False,
        initial=True,
        label="Begin with the objectives that run now or are drafted for it",
    )

    def __init__(self, *args: Any, cycles: Sequence[Cycle], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycles = {str(one.pk): one for one in cycles}
        field: Any = self.fields["cycle"]
        field.choices = [(one.pk, str(one)) for one in cycles]


class PasteForm(forms.Form):
    """Rows out of a spreadsheet."""

    rows = forms.CharField(
        max_length=200_000,
        widget=text_area(6),
        label="Rows from a sheet",
        help_text="With a line of headings: title, owner, priority, value, running, mandatory, stop cost, start cost, "
        "alternative, needs, effort. A title that is here already is rewritten.",
    )


class AdoptForm(forms.Form):
    """What goes on record with the choice."""

    given_up = prose("What is given up", 4, required=True)
    reason = prose(
        "Why this scenario",
        required=True,
        hint="It stands with every change proposed, unless the decision is confidential.",
    )
    look_again_on = DayField(label="Look again on", initial=lambda: clock.today() + TO_LOOK_AGAIN)
    confidential = forms.BooleanField(
        required=False, label="Confidential: leaders and those named alone see the decision"
    )


class ScenarioForm(forms.Form):
    """The name of a scenario and what it assumes: of teams, of priorities, of candidates."""

    name = forms.CharField(max_length=80, label="Name")
    keeps_priorities = forms.BooleanField(
        required=False,
        label=EVERY_PRIORITY,
        help_text="Of what leads to a priority of the strategy in force, directly or through others, at least one runs.",
    )

    def __init__(
        self,
        *args: Any,
        rows: PlanRows,
        priorities: Sequence[Priority],
        candidates: Sequence[tuple[Candidate, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows, self.priorities, self.candidates = rows, priorities, candidates
        for team in rows.teams:
            self.fields[f"team-{team.pk}"] = NumberField(required=False, label=str(team))
        for one in priorities:
            self.fields[f"weight-{one.pk}"] = NumberField(
                required=False, min_value=0, max_value=100, label=one.title
            )
        for candidate, title in candidates:
            self.fields[f"force-{candidate.number}"] = forms.ChoiceField(
                required=False, choices=FORCED, label=title
            )

    def teams(self) -> list[tuple[Any, forms.BoundField]]:
        return [(team, self[f"team-{team.pk}"]) for team in self.rows.teams]

    def weights(self) -> list[tuple[Any, forms.BoundField]]:
        return [(one, self[f"weight-{one.pk}"]) for one in self.priorities]

    def forced(self) -> list[tuple[Any, forms.BoundField]]:
        return [(one, self[f"force-{one.number}"]) for one, _ in self.candidates]

    def moves(self) -> Moves:
        sent = self.cleaned_data
        return Moves(
            {
                (team.unit, team.skill): value
                for team in self.rows.teams
                if (value := sent.get(f"team-{team.pk}")) is not None
            },
            {
                one: value
                for one in self.priorities
                if (value := sent.get(f"weight-{one.pk}")) is not None
            },
            {
                one.number: sent[f"force-{one.number}"] == "in"
                for one, _ in self.candidates
                if sent.get(f"force-{one.number}")
            },
            sent["keeps_priorities"],
        )


def effort_text(one: Candidate, units: Mapping[int, Unit]) -> str:
    """A cell such as "Operations 2; Stations (welding) 0.5", as `effort_in` reads it."""
    return "; ".join(
        f"{units[part.unit_id]}{f' ({part.skill})' if part.skill else ''} {format_number(part.fte)}"
        for part in one.effort.all()
    )


def effort_in(text: str, units: Mapping[str, Unit], at: str) -> dict[Team, Decimal]:
    """What a cell says of effort. Raises `DomainError`."""
    found: dict[Team, Decimal] = {}
    for part in filter(None, (one.strip() for one in re.split(r"[;\n]", text))):
        match = PART.match(part)
        fte = parse_number(match["fte"]) if match else None
        if match is None or fte is None:
            raise DomainError(
                f"“{part}”: write a team and how many people, such as “Operations 2”.", at
            )
        unit = units.get(match["unit"].strip().casefold())
        if unit is None:
            raise DomainError(f"There is no unit called “{match['unit'].strip()}”.", at)
        team = unit, (match["skill"] or "").strip()
        found[team] = found.get(team, Decimal(0)) + fte
    return found


def units_by_name() -> dict[str, Unit]:
    """Those in force, by their name; of several with one name the highest."""
    every = Unit.objects.filter(ended_on__isnull=True).select_related("leader").order_by("-pk")
    return {one.name.casefold(): one for one in every}


def amount_in(text: str, what: str, at: str) -> Decimal:
    """A number from 0; nothing is 0. Raises `DomainError`."""
    number = parse_number(text) if text.strip() else Decimal(0)
    if number is None:
        raise DomainError(f"“{text}” is no number. Write {what} in figures.", at)
    return number


def needs_in(text: str) -> tuple[str, ...]:
    """A cell such as "#3; Other title" as names of candidates; a bare number is one too."""
    parts = [one.strip() for one in re.split(r"[;\n]", text) if one.strip()]
    return tuple(f"#{one}" if one.isdigit() else one for one in parts)


def pasted(text: str, rows: PlanRows, reader: Person, seen: frozenset[int]) -> list[CandidateRow]:
    """The rows of a sheet, by their headings. A title of the plan, or a number of it, rewrites that candidate; one of an
    objective that the reader sees takes it in; any other is new. Raises `DomainError` with the row."""
    lines = text.splitlines()
    dialect = "\t" if lines and "\t" in lines[0] else ";" if lines and ";" in lines[0] else ","
    table = list(csv.reader(io.StringIO(text), delimiter=dialect))
    heads = [_heading(one) for one in table[0]] if table else []
    if "title" not in heads:
        raise DomainError("The first line names the columns; one of them is “title”.", "rows")
    known = {str(one).casefold(): one for one in rows.candidates if _is_seen(one, seen)}
    units, found = units_by_name(), []
    body = [line for line in table[1:] if any(cell.strip() for cell in line)]
    titles = [_cell(line, heads, "title") for line in body]
    objectives = _objectives(
        reader, rows.plan.cycle, [one for one in titles if one.casefold() not in known]
    )
    owners = _owners(_cell(line, heads, "owner") for line in body)
    priorities = {one.title.casefold(): one for one in Priority.objects.visible_to(reader).in_use()}
    for place, (line, title) in enumerate(zip(body, titles, strict=True)):
        cells = {name: _cell(line, heads, name) for name in COLUMNS}
        at = f"Row {place + 2}"
        held = known.get(title.casefold())
        owner = owners.get(cells["owner"].casefold())
        if cells["owner"] and owner is None and held is None and title.casefold() not in objectives:
            raise DomainError(f"{at}: nobody and no unit is called “{cells['owner']}”.", "rows")
        try:
            found.append(_row(cells, held, objectives, owner, priorities, units, set(heads)))
        except DomainError as error:
            raise DomainError(f"{at}: {error.message}", "rows") from error
    return found


def _row(
    cells: Mapping[str, str],
    held: Candidate | None,
    objectives: Mapping[str, Objective],
    owner: Person | Unit | None,
    priorities: Mapping[str, Priority],
    units: Mapping[str, Unit],
    heads: set[str],
) -> CandidateRow:
    """One row; what has no column keeps what a candidate has, or begins with nothing."""

    def had(name: str, otherwise: Any) -> Any:
        return getattr(held, name) if held is not None else otherwise

    running = _flag(cells["running"], "running") if "running" in heads else had("running", None)
    value = amount_in(cells["value"], "the value", "rows") if cells["value"] else None
    if value is None and held is not None and not held.from_strategy:
        value = held.value
    return CandidateRow(
        objective=None if held is not None else objectives.get(cells["title"].casefold()),
        title=cells["title"],
        owner=owner if owner is not None else had("owner", None),
        priority=priorities.get(cells["priority"].casefold()) or had("priority", None),
        value=value,
        running=running,
        mandatory=_flag(cells["mandatory"], "mandatory")
        if "mandatory" in heads
        else had("mandatory", False),
        stop_cost=amount_in(cells["stop_cost"], "the cost", "rows")
        if "stop_cost" in heads
        else had("stop_cost", Decimal(0)),
        start_cost=amount_in(cells["start_cost"], "the cost", "rows")
        if "start_cost" in heads
        else had("start_cost", Decimal(0)),
        alternative=cells["alternative"] if "alternative" in heads else had("alternative", ""),
        needs=needs_in(cells["needs"])
        if "needs" in heads
        else tuple(f"#{one.number}" for one in held.needs.all())
        if held
        else (),
        effort=effort_in(cells["effort"], units, "rows") if "effort" in heads else None,
        number=held.number if held is not None else None,
    )


def _is_seen(one: Candidate, seen: frozenset[int]) -> bool:
    return one.objective_id is None or one.objective_id in seen


def _objectives(reader: Person, cycle: Cycle, titles: Sequence[str]) -> dict[str, Objective]:
    """Open objectives by their titles, where only one is called so; of the cycle of the plan first."""
    rows = Objective.objects.visible_to(reader).filter(closed_at__isnull=True, title__in=titles)
    found: dict[str, Objective] = {}
    for one in rows.select_related("cycle", "owner_person", "owner_unit__leader").order_by("-pk"):
        before = found.get(one.title.casefold())
        if before is None or (one.cycle_id == cycle.pk and before.cycle_id != cycle.pk):
            found[one.title.casefold()] = one
    return found


def _owners(names: Iterable[str]) -> dict[str, Person | Unit]:
    wanted = {one for one in names if one}
    if not wanted:
        return {}
    units = Unit.objects.filter(ended_on__isnull=True, name__in=wanted).select_related("leader")
    people = Person.objects.filter(name__in=wanted)
    return {one.name.casefold(): one for one in (*units, *people)}


def _heading(text: str) -> str:
    return text.strip().lstrip("\ufeff").lower().replace(" ", "_")


def _cell(line: Sequence[str], heads: Sequence[str], name: str) -> str:
    at = heads.index(name) if name in heads else None
    text = line[at].strip() if at is not None and at < len(line) else ""
    return text[1:] if text.startswith("'") and EXECUTED.match(text[1:]) else text


def _flag(text: str, name: str) -> bool:
    word = text.strip().casefold()
    if word not in YES | NO:
        raise DomainError(f"“{text}” in {name}: write yes or no.", "rows")
    return word in YES
