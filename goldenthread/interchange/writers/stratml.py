"""The organisation's strategy as a StratML performance report (ISO 17469-2), for whoever it is published to.

What is confidential or restricted is never in it. A KPI of a goal stands under an objective that only carries it,
because the schema has no other place; our own import knows that one.
"""

import datetime as dt
from decimal import Decimal

from lxml import etree

from goldenthread.core.errors import DomainError
from goldenthread.core.models import Organisation, Record
from goldenthread.interchange.own import carrier, own_identifier, xml_identifier
from goldenthread.interchange.services.plan_words import direction
from goldenthread.interchange.services.rows import UNPRINTED
from goldenthread.interchange.writers.scope import Scope
from goldenthread.objectives.models import KeyResult, Objective
from goldenthread.objectives.services.figures import in_force
from goldenthread.objectives.states import CLOSED
from goldenthread.people.models import Person, Unit
from goldenthread.strategy.models import Kpi, Priority, Strategy

NAMESPACE = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"
Kind = KeyResult.Kind
Targets = list[tuple[dt.date | None, dt.date | None, str, Decimal | None]]


def stratml(scope: Scope, today: dt.date) -> bytes:
    """The plan as it stands. Raises `DomainError` where there is no strategy with priorities to tell of."""
    own = Strategy.objects.filter(unit=None)
    drafts = own.filter(state=Strategy.State.DRAFT).order_by("-pk")
    strategy = own.in_force(today).first() or drafts.first()
    if strategy is None:
        raise DomainError("There is no strategy yet. A leader starts one under Strategy.")
    return _Writer(scope, strategy, today).whole()


class _Writer:
    def __init__(self, scope: Scope, strategy: Strategy, today: dt.date) -> None:
        self.scope, self.strategy, self.today = scope, strategy, today
        self.given: set[str] = set()
        rows = scope.priorities.filter(strategy=strategy, confidential=False)
        rows = rows.exclude(state=Priority.State.DROPPED).select_related("sponsor")
        self.priorities = list(
            rows.prefetch_related(
                "expected_results__kpi__targets", "expected_results__kpi__observations"
            ).order_by("position", "pk")
        )
        if not self.priorities:
            raise DomainError(f"“{strategy}” has no priorities that everybody sees.")
        self.objectives = self._objectives()
        self.kpis_told: set[int] = set()

    def _objectives(self) -> dict[int, list[Objective]]:
        """What is open and serves each priority itself, each objective once, where it serves most."""
        pks = {one.pk: place for place, one in enumerate(self.priorities)}
        links = self.scope.contributions.filter(
            parent_priority__in=pks, child_objective__restricted=False
        ).exclude(child_objective__state__in=CLOSED)
        best: dict[int, tuple[int, int, int]] = {}
        for child, parent, strength in links.values_list(
            "child_objective_id", "parent_priority_id", "strength"
        ):
            key = (-strength, pks[parent], parent)
            best[child] = min(best.get(child, key), key)
        rows = Objective.objects.filter(pk__in=best).select_related("owner_person", "owner_unit")
        rows = rows.prefetch_related("key_results__check_ins").order_by("pk")
        found: dict[int, list[Objective]] = {}
        for one in rows:
            found.setdefault(best[one.pk][2], []).append(one)
        return found

    def whole(self) -> bytes:
        strategy = self.strategy
        root = etree.Element(
            f"{{{NAMESPACE}}}PerformancePlanOrReport",
            {"Type": "Performance_Report"},
            nsmap={None: NAMESPACE},  # type: ignore[dict-item]  # the default namespace
        )
        self.text(root, "Name", strategy.title)
        core = self.part(root, "StrategicPlanCore")
        self.text(self.part(core, "Organization"), "Name", str(Organisation.current()))
        for name, words in (("Vision", strategy.vision), ("Mission", strategy.mission)):
            if words:
                self.text(self.part(core, name), "Description", words)
        for line in _tidy(strategy.values).splitlines():
            self.text(self.part(core, "Value"), "Description", line)
        for place, priority in enumerate(self.priorities, start=1):
            self.goal(core, priority, place)
        about = self.part(root, "AdministrativeInformation")
        self.identifier(about, strategy)
        self.day(about, "StartDate", strategy.starts_on)
        self.day(about, "EndDate", strategy.ends_on)
        self.day(about, "PublicationDate", self.today)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)

    def goal(self, core: etree._Element, priority: Priority, place: int) -> None:
        goal = self.part(core, "Goal")
        self.text(goal, "Name", priority.title)
        self.text(goal, "Description", priority.why)
        self.identifier(goal, priority)
        self.text(goal, "SequenceIndicator", str(place))
        if priority.sponsor is not None:
            self.stakeholder(goal, priority.sponsor, "Sponsor")
        results = priority.expected_results.all()
        kpis = [one.kpi for one in results if one.kpi is not None]
        new = [one for one in dict.fromkeys(kpis) if one.pk not in self.kpis_told]
        self.kpis_told |= {one.pk for one in new}
        if new:
            holder = self.part(goal, "Objective")
            self.text(holder, "Name", "Expected results")
            self.text(holder, "Description", "Outcomes by which the goal is judged.")
            self.text(holder, "Identifier", carrier(priority, self.scope.own_mark))
            self.text(holder, "SequenceIndicator", f"{place}.1")
            for kpi in new:
                self.kpi(holder, kpi)
        for number, one in enumerate(self.objectives.get(priority.pk, []), start=2 if new else 1):
            self.objective(goal, one, f"{place}.{number}")

    def objective(self, goal: etree._Element, objective: Objective, place: str) -> None:
        part = self.part(goal, "Objective")
        self.text(part, "Name", objective.title)
        self.text(part, "Description", objective.why)
        self.identifier(part, objective)
        self.text(part, "SequenceIndicator", place)
        if objective.owner is not None:
            self.stakeholder(part, objective.owner, "Owner")
        for one in objective.key_results.all():
            self.key_result(part, one)

    def key_result(self, objective: etree._Element, one: KeyResult) -> None:
        threshold, counted = one.kind == Kind.THRESHOLD, one.kind != Kind.MILESTONES
        graded = one.kind == Kind.GRADED
        numbers = [
            ("At least", one.low if threshold else None),
            ("At most", one.high if threshold else None),
            ("Commit", one.commit if graded else None),
            ("", one.target if counted and not threshold else None),
            ("Stretch", one.stretch if graded else None),
        ]
        targets: Targets = [(None, one.due_on, label, number) for label, number in numbers]
        actuals = {row.as_of: row.value for row in in_force(one.check_ins.all())} if counted else {}
        base = one.baseline if counted and not threshold else None
        self.indicator(
            objective, one, one.title, one.measure, targets, base, actuals, one.target_text
        )

    def kpi(self, holder: etree._Element, kpi: Kpi) -> None:
        targets: Targets = []
        bases = set()
        last: Decimal | None = None
        for one in kpi.targets.all():
            start = one.starts_on if one.starts_on < one.due_on else None
            ends = (("At least", one.low), ("At most", one.high))
            if kpi.direction == Kpi.Direction.HOLD and one.value is None:
                targets += [(start, one.due_on, label, number) for label, number in ends]
            elif one.value is not None:
                targets.append((start, one.due_on, "", one.value))
                bases.add(one.baseline)
                last = one.value
        base = bases.pop() if len(bases) == 1 else None
        if direction(base, last) != kpi.direction:
            base = None  # who reads it would take the KPI for one that goes the other way
        rows = list(kpi.observations.all())
        corrected = {one.corrects_id for one in rows}
        actuals = {one.on: one.value for one in rows if one.pk not in corrected and not one.text}
        self.indicator(holder, kpi, kpi.name, kpi.measure, targets, base, actuals, kpi.definition)

    # Parts ----------------------------------------------------------------------------------------------

    def indicator(
        self,
        parent: etree._Element,
        record: Record,
        name: str,
        measure: str,
        targets: Targets,
        base: Decimal | None,
        actuals: dict[dt.date, Decimal | None],
        other: str,
    ) -> None:
        part = self.part(parent, "PerformanceIndicator")
        self.text(part, "MeasurementDimension", name)
        self.text(part, "UnitOfMeasurement", measure)
        self.identifier(part, record)
        targets = [row for row in targets if row[3] is not None]
        measured = {day: value for day, value in actuals.items() if value is not None}
        if targets or measured or base is not None:
            instance = self.part(part, "MeasurementInstance")
            for start, end, label, number in targets:
                self.result(instance, "TargetResult", start, end, number, label)
            if base is not None:
                self.result(instance, "ActualResult", None, None, base, "Baseline")
            for day, value in sorted(measured.items()):
                self.result(instance, "ActualResult", None, day, value)
        if other:
            self.text(part, "OtherInformation", other)

    def result(
        self,
        instance: etree._Element,
        tag: str,
        start: dt.date | None,
        end: dt.date | None,
        number: Decimal | None,
        label: str = "",
    ) -> None:
        assert number is not None
        part = self.part(instance, tag)
        self.day(part, "StartDate", start)
        self.day(part, "EndDate", end)
        self.text(part, "NumberOfUnits", format(number.normalize(), "f"))
        if label:
            described = self.part(part, "Descriptor")
            self.text(described, "DescriptorName", "Kind")
            self.text(described, "DescriptorValue", label)

    def stakeholder(self, parent: etree._Element, who: Person | Unit, role: str) -> None:
        part = self.part(parent, "Stakeholder")
        part.set("StakeholderTypeType", "Person" if isinstance(who, Person) else "Organization")
        self.text(part, "Name", who.name)
        held = self.part(part, "Role")
        self.text(held, "Name", role)
        self.text(held, "RoleType", "Performer")

    def identifier(self, parent: etree._Element, record: Record) -> None:
        """Its identifier, which one document may use once: a second record with the same has our own name."""
        name = xml_identifier(self.scope.name(record))
        if name in self.given:
            name = own_identifier(record, self.scope.own_mark)
        self.given.add(name)
        self.text(parent, "Identifier", name)

    def part(self, parent: etree._Element, name: str) -> etree._Element:
        return etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")

    def text(self, parent: etree._Element, name: str, words: str) -> None:
        self.part(parent, name).text = _tidy(words)

    def day(self, parent: etree._Element, name: str, day: dt.date | None) -> None:
        if day is not None:
            self.text(parent, name, day.isoformat())


def _tidy(text: str) -> str:
    """The text as the reader of StratML has it: no needless spaces, no empty lines, nothing that XML cannot hold."""
    printed = UNPRINTED.sub("", text).replace("\ufffe", "").replace("\uffff", "")
    lines = (" ".join(line.split()) for line in printed.splitlines())
    return "\n".join(line for line in lines if line)
