"""What the tests of exports share: taking everything out, bringing it in again, and an organisation made at random."""

import csv
import datetime as dt
import io
import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from goldenthread.core.models import Organisation
from goldenthread.interchange.models import Import
from goldenthread.interchange.services import exporting
from goldenthread.interchange.services.folder import ORDER
from goldenthread.interchange.writers.to_read import TO_READ
from goldenthread.objectives.models import (
    CheckIn,
    Cycle,
    KeyResult,
    Milestone,
    Objective,
    ObjectiveTemplate,
    TemplateKeyResult,
)
from goldenthread.objectives.services.figures import refresh
from goldenthread.objectives.states import COUNTED
from goldenthread.people.models import Person, Unit
from goldenthread.people.services import found_organisation
from goldenthread.strategy.models import ExpectedResult, Kpi, KpiTarget, Observation, Priority
from goldenthread.tradeoffs.services.plan_rows import CandidateRow
from goldenthread.tradeoffs.services.planning import (
    Moves,
    begin_plan,
    set_teams,
    write_candidates,
    write_scenario,
)
from tests.cast import (
    PASSWORD,
    TODAY,
    link,
    make_cascade,
    make_cycle,
    make_head,
    make_kpi,
    make_organisation,
    make_person,
    make_priority,
    make_strategy,
    make_unit,
)
from tests.interchange.importing import brought_in

Files = dict[str, bytes]


def exported(actor: Person | None = None) -> Files:
    """Every table of an export."""
    with tempfile.TemporaryDirectory() as folder:
        exporting.export_tables(actor=actor, folder=Path(folder))
        return {path.stem: path.read_bytes() for path in Path(folder).glob("*.csv")}


def bring_all(actor: Person, files: Files) -> list[Import]:
    """All tables, in the order in which a folder is imported."""
    return [brought_in(actor, files[kind], kind, filename=f"{kind}.csv") for kind in ORDER]


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def what_arrives(files: Files) -> dict[str, list[dict[str, str]]]:
    """The tables without what is for readers alone: whole tables, states, and the weights of priorities.

    In whatever order the rows stand: an import writes a manager before who reports to them."""
    found = {}
    to_read = {one.kind for one in TO_READ}
    for kind, data in files.items():
        if kind in to_read:
            continue
        left_out = {"state", "from_strategy", "adopted"}
        left_out |= {"weight"} if kind == "priorities" else set()
        rows = [
            {name: text for name, text in row.items() if name not in left_out}
            for row in rows_of(data)
        ]
        found[kind] = sorted(rows, key=lambda row: sorted(row.items()))
    return found


def found_anew(like: Person) -> Person:
    """An organisation in an empty database, founded by somebody who is in the export."""
    founder = found_organisation(
        name="Northwind Rail",
        time_zone="Europe/Copenhagen",
        person_name=like.name,
        email=like.email,
        password=PASSWORD,
    )
    founder.is_hr = True  # and so writes templates
    founder.save()
    Organisation.objects.update(stands_on=Organisation.objects.get().stands_on or TODAY)
    return founder


def empty_the_domain() -> None:
    """As if nothing had been there, the audit trail apart; within a transaction that is rolled back."""
    from django.apps import apps

    kept = {"core.auditrecord", "core.auditseal", "core.personkey"}
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("goldenthread.") and model._meta.label_lower not in kept:
            queryset = model._base_manager.all()
            queryset._raw_delete(queryset.db)
    Organisation.forget()


# An organisation made at random -------------------------------------------------------------------------

NASTY = (
    "=1+1",
    "-5 °C",
    "+49",
    "@home",
    "'=1",
    "''-x",
    "1,5",
    "1.250",
    "a;b",
    'say "x"',
    "2026-13-01",
)
line = st.one_of(st.sampled_from(NASTY), st.text(min_size=1, max_size=12)).map(
    lambda text: " ".join("".join(c for c in text if c.isprintable() or c == " ").split()) or "x"
)
words = st.one_of(
    st.just(""), st.sampled_from(NASTY), st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
).map(lambda text: "".join(c for c in text if c.isprintable() or c in "\n\r").strip())
bars = st.sampled_from(["", "|", " | metric", "\\", "x\\|"])
fte = st.sampled_from([Decimal("0.5"), Decimal(2)])
number = st.decimals(-100_000, 100_000, places=3).map(lambda value: value.normalize())
day = st.dates(dt.date(2026, 4, 1), TODAY)


class Maker:
    """Makes records as the services would leave them, with everything that an export carries."""

    def __init__(self, data: Any) -> None:
        self.data, self.count = data, 0

    def draw(self, strategy: Any) -> Any:
        return self.data.draw(strategy)

    def some(self, most: int) -> range:
        return range(self.draw(st.integers(0, most)))

    def one_of(self, rows: list[Any]) -> Any:
        return self.draw(st.sampled_from([None, *rows]))

    def title(self) -> str:
        """Words that no other record has, whatever case and spaces do to them."""
        self.count += 1
        return f"{self.draw(line)} {self.count}"

    def named(self) -> str:
        """An identifier of another system, or none."""
        self.count += 1
        return self.draw(st.sampled_from(["", f"x {self.count}", f"n{self.count}"]))

    def company(self) -> Person:
        """The founder leads; nobody else does before the units' heads are known."""
        make_organisation()
        self.founder = make_person("Ada Holm", granted_leader=True, is_admin=True, is_hr=True)
        self.units: list[Unit] = []
        for _ in self.some(3):
            self.units.append(
                make_unit(
                    self.title(),
                    self.one_of(self.units),
                    external_id=self.named(),
                    fte=self.draw(st.sampled_from([None, Decimal("12.5")])),
                )
            )
        self.people = [self.founder]
        for _ in self.some(3):
            self.people.append(
                make_person(
                    self.title(),
                    unit=self.one_of(self.units),
                    manager=self.one_of(self.people),
                    account=False,
                    email=self.draw(st.sampled_from(["", f"p{self.count}@x.example"])),
                    position=self.draw(words.map(lambda text: " ".join(text.split()))),
                    fte=self.draw(st.sampled_from([Decimal("0.5"), Decimal(1)])),
                    external_id=self.named(),
                )
            )
        for unit in self.units:
            if (head := self.one_of(self.people)) is not None:
                make_head(unit, head)
        self.direction()
        self.templates()
        self.work()
        if self.draw(st.booleans()):
            self.plan()
        return self.founder

    def direction(self) -> None:
        self.kpis: list[Kpi] = [self.kpi() for _ in self.some(2)]
        strategies = [make_strategy(self.founder, title=self.title(), vision=self.draw(words))]
        strategies += [
            make_strategy(self.founder, title=self.title(), unit=unit) for unit in self.units[:1]
        ]
        self.priorities: list[Priority] = []
        for strategy in strategies:
            for _ in self.some(2):
                one = make_priority(
                    strategy,
                    self.title(),
                    why=self.draw(words),
                    sponsor=self.one_of([self.founder]),
                    confidential=self.draw(st.booleans()),
                    external_id=self.named(),
                )
                self.priorities.append(one)
                for place in self.some(2):
                    ExpectedResult.objects.create(
                        priority=one,
                        text=self.title(),
                        kpi=self.one_of(self.kpis),
                        target=self.draw(st.none() | number),
                        position=place,
                    )

    def kpi(self) -> Kpi:
        kpi = make_kpi(
            self.title(),
            direction=self.draw(st.sampled_from(Kpi.Direction.values)),
            definition=self.draw(words),
            measure=self.draw(st.sampled_from(["", "%", "=x"])),
            low=self.draw(st.none() | number),
            owner=self.one_of(self.people),
            unit=self.one_of(self.units),
            external_id=self.named(),
        )
        for due in self.draw(st.lists(day, max_size=2, unique=True)):
            value = self.draw(number)
            held = kpi.direction == Kpi.Direction.HOLD
            ends: dict[str, Any] = {"low": value} if held else {"value": value}
            KpiTarget.objects.create(kpi=kpi, starts_on=due, due_on=due, **ends)
        for on in self.draw(st.lists(day, max_size=3, unique=True)):
            value, text = self.draw(number), self.draw(line)
            said: dict[str, Any] = self.draw(st.sampled_from([{"value": value}, {"text": text}]))
            Observation.objects.create(kpi=kpi, on=on, recorded_at=NOW, **said)
        return kpi

    def templates(self) -> None:
        for _ in self.some(2):
            template = ObjectiveTemplate.objects.create(
                name=self.title(),
                title=self.title(),
                use=self.draw(words),
                why=self.draw(words),
                ambition=self.draw(st.sampled_from(Objective.Ambition.values)),
                retired_on=self.draw(st.none() | day),
                external_id=self.named(),
            )
            for place in self.some(3):
                TemplateKeyResult.objects.create(
                    template=template,
                    title=f"{self.draw(line)}{self.draw(bars)}",
                    kind=self.draw(st.sampled_from(KeyResult.Kind.values)),
                    measure=self.draw(st.sampled_from(["", "%", "€ | h", "metric"])),
                    source=f"{self.draw(bars)}{self.draw(bars)}".strip(),
                    position=place,
                )

    def work(self) -> None:
        spring = make_cycle("Spring; 1,5")
        cycles: list[Cycle] = [make_cycle(), spring]
        made: list[Objective] = []
        for _ in self.some(3):
            owner = self.draw(st.sampled_from([*self.people, *self.units]))
            one = Objective.objects.create(
                title=self.title(),
                why=self.draw(words),
                cycle=self.draw(st.sampled_from(cycles)),
                owner_person=owner if isinstance(owner, Person) else None,
                owner_unit=owner if isinstance(owner, Unit) else None,
                state=self.draw(st.sampled_from(["active", "draft", "achieved", "unconfirmed"])),
                critical=self.draw(st.booleans()),
                # Whoever brings it in elsewhere sees it there, and so what hangs on it.
                restricted=owner == self.founder and self.draw(st.booleans()),
                cadence_days=self.draw(st.sampled_from([None, 14])),
                recovers=self.one_of(self.kpis),
                external_id=self.named(),
            )
            if (parent := self.one_of([*made, *self.priorities])) is not None:
                link(one, parent, self.draw(st.sampled_from([1, 3, 9])))
            made.append(one)
            for place in self.some(2):
                self.key_result(one, place)
        refresh(made)
        self.open = [one for one in made if one.state in COUNTED]
        self.cascades([one for one in made if not one.restricted and not one.is_closed])

    def cascades(self, parents: list[Objective]) -> None:
        """Drafts and proposals of units that somebody leads."""
        led = [one for one in self.units if one.leader is not None]
        if len(self.units) < 2 or not led:
            return
        for parent in parents[:2]:
            giver = self.draw(st.sampled_from(led))
            one = make_cascade(
                giver,
                next(unit for unit in self.units if unit != giver),
                parent,
                self.title(),
                cycle=parent.cycle,
                state=self.draw(st.sampled_from(["draft", "proposed", "declined"])),
                reason="No",
                author=self.founder,
                external_id=self.named(),
            )
            one.versions.update(
                mandate=self.draw(words), word=self.draw(words), fte=self.draw(st.none() | fte)
            )

    def plan(self) -> None:
        """By the services, as its pages write it, with something taken out of it again."""
        plan = begin_plan(
            actor=self.founder,
            name=self.title(),
            cycle=Cycle.objects.order_by("-pk")[0],
            unit=self.one_of(self.units),
        )
        amount = st.decimals(0, 9, places=2)
        teams = [(unit, skill) for unit in self.units for skill in ("", self.draw(line)[:60])]
        rows = [CandidateRow(objective=one, value=self.draw(amount)) for one in self.open]
        rows += [
            CandidateRow(
                title=self.title(),
                owner=self.one_of([*self.people, *self.units]),
                priority=self.one_of(self.priorities),
                value=self.draw(amount),
                mandatory=self.draw(st.booleans()),
                stop_cost=self.draw(amount),
                alternative=self.draw(st.sampled_from(["", "=x", "a|b"])),
                effort={team: self.draw(amount) for team in teams if self.draw(st.booleans())},
            )
            for _ in range(2)
        ]
        last = len(rows)
        rows[-1] = replace(rows[-1], needs=[f"#{last - 1}"] if self.draw(st.booleans()) else [])
        write_candidates(actor=self.founder, plan=plan, rows=[CandidateRow(title="x"), *rows])
        write_candidates(actor=self.founder, plan=plan, rows=[], removed=[1])
        capacity = {team: self.draw(amount) for team in teams}
        limits: dict[Person | Unit, int] = {self.founder: 2} if self.draw(st.booleans()) else {}
        set_teams(actor=self.founder, plan=plan, capacity=capacity, limits=limits)
        moves = Moves(
            {team: self.draw(amount) - 3 for team in teams},
            {one: self.draw(amount) for one in self.priorities},
            {last + 1: self.draw(st.booleans())},
            self.draw(st.booleans()),
        )
        write_scenario(actor=self.founder, plan=plan, name=self.title(), moves=moves)

    def key_result(self, objective: Objective, place: int) -> None:
        kind = self.draw(st.sampled_from(KeyResult.Kind.values))
        low = self.draw(number)
        numbers = {
            "metric": {"baseline": low, "target": low + 5},
            "threshold": {"low": low, "high": low + 5, "required_share": Decimal("0.9")},
            "milestones": {},
            "graded": {"baseline": low, "commit": low + 1, "target": low + 2, "stretch": low + 3},
        }[kind]
        one = KeyResult.objects.create(
            objective=objective,
            title=self.title(),
            kind=kind,
            position=place,
            measure=self.draw(st.sampled_from(["", "€", "-x"])),
            target_text=self.draw(st.sampled_from(["", "=soon", "as good as gold"])),
            due_on=self.draw(st.none() | st.just(dt.date(2026, 6, 15))),
            reporter=self.one_of(self.people),
            not_enough=self.draw(words.map(lambda text: " ".join(text.split()))),
            measure_by=self.draw(st.none() | st.just(dt.date(2026, 6, 1))),
            direction=self.draw(st.sampled_from(["", *KeyResult.Direction.values])),
            kpi=self.one_of(self.kpis),
            external_id=self.named(),
            **numbers,
        )
        steps = [
            Milestone.objects.create(
                key_result=one, title=self.title(), weight=weight, due_on=due, position=at
            )
            for at, (weight, due) in enumerate(((Decimal(1), None), (Decimal("2.5"), TODAY)))
            if kind == "milestones"
        ]
        for as_of in self.draw(st.lists(day, max_size=2, unique=True)):
            done = [step.pk for step in steps if self.draw(st.booleans())]
            CheckIn.objects.create(
                key_result=one,
                as_of=as_of,
                value=Decimal(len(done)) if steps else self.draw(number),
                milestones_done=done,
                confidence=self.draw(st.sampled_from(["", "low", "high"])),
                note=self.draw(words),
                recorded_at=NOW,
            )


NOW = dt.datetime(2026, 5, 13, 9, tzinfo=dt.UTC)
