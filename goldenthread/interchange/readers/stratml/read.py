"""StratML (ISO 17469) Parts 1 and 2, as real files write it: tolerant, and saying what it mended.

Real files miss or invent namespaces, swap dates, repeat or leave out identifiers and put targets
in words. Each such thing is read as well as it can be and reported; what fits nowhere is kept as
text.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

from lxml import etree

from goldenthread.interchange.readers.limits import LIMITS, Limits, RefusedFile, parse_xml
from goldenthread.interchange.readers.stratml.plan import (
    PLACEHOLDER,
    Goal,
    Indicator,
    MeasurementInstance,
    Organisation,
    Plan,
    PlanObjective,
    PlanValue,
    Relationship,
    Repair,
    Result,
    Role,
    Stakeholder,
    Submitter,
)
from goldenthread.interchange.readers.stratml.walk import (
    Walk,
    digest,
    elements_of,
    first_text,
    local_name,
)

_ROOTS = {"StrategicPlan": 1, "PerformancePlanOrReport": 2}
_NAMESPACES = {
    "urn:ISO:std:iso:17469:tech:xsd:stratml_core": 1,
    "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport": 2,
}
_PRE_ISO = ("http://www.stratml.net", "http://www.stratml.net/PerformancePlanOrReport")


def read_stratml(data: bytes, limits: Limits = LIMITS) -> Plan:
    """The plan in a StratML file, with what was repaired and what was kept as text.

    Raises RefusedFile, with line and column where there are any, for malformed or oversized XML,
    XML with a document type definition, and XML that is not StratML.
    """
    content = data.removeprefix(b"\xef\xbb\xbf")
    stripped = content.lstrip(b" \t\r\n")
    lines_before = content[: len(content) - len(stripped)].count(b"\n")
    root = parse_xml(stripped, limits)
    plan = _Reader(lines_before).plan(root)
    if len(stripped) < len(content):
        found = Repair(1, "", "Blank space before the XML declaration", "It was skipped.")
        plan = replace(plan, repairs=(found, *plan.repairs))
    return plan


class _Reader(Walk):
    """Each method reads one kind of element."""

    def plan(self, root: etree._Element) -> Plan:
        top = self.find_top(root)
        namespace = etree.QName(top).namespace or ""
        part = self.part(top, namespace)
        self.count_identifiers(top)
        kind = self.attributes(top, "Type")["Type"]
        parts = self.children(
            top,
            "Name Description OtherInformation StrategicPlanCore AdministrativeInformation "
            "Submitter id",
        )
        for mark in parts.pop("id"):
            self.unknown(mark)
        name = self.text(parts["Name"])
        if not name:
            self.repaired(top, "The plan has no name", "It is left without one.")
        description = self.text(parts["Description"])
        other = self.text(parts["OtherInformation"])
        admin = self.joined(
            parts["AdministrativeInformation"],
            "Identifier StartDate EndDate PublicationDate Source Submitter",
        )
        core = self.joined(parts["StrategicPlanCore"], "Organization Vision Mission Value Goal")
        if not parts["StrategicPlanCore"]:
            self.repaired(top, "StrategicPlanCore is missing", "The plan is read without goals.")
        first_organisation = next((first_text(each, "Name") for each in core["Organization"]), "")
        plan_id = self.text(admin["Identifier"]) or digest(f"plan|{first_organisation}|{name}")
        start, end = self.period(top, admin["StartDate"], admin["EndDate"])
        published = self.date(admin["PublicationDate"])
        source = self.text(admin["Source"])
        organisations = tuple(self.organisation(each, plan_id) for each in core["Organization"])
        vision, mission = self.statement(core["Vision"]), self.statement(core["Mission"])
        values = tuple(value for each in core["Value"] if (value := self.value(each)))
        goals = tuple(self.goal(each, plan_id) for each in core["Goal"])
        submitter = self.submitter([*parts["Submitter"], *admin["Submitter"]])
        if self.empty:
            self.repairs.append(
                Repair(
                    self.line(top),
                    local_name(top),
                    f"{self.empty} elements are empty",
                    "They were left out; nothing stood in them.",
                )
            )
        return Plan(
            id=plan_id,
            part=part,
            kind=kind,
            namespace=namespace,
            name=name,
            description=description,
            other_information=other,
            organisations=organisations,
            vision=vision,
            mission=mission,
            values=values,
            goals=goals,
            start=start,
            end=end,
            published=published,
            source=source,
            submitter=submitter,
            repairs=tuple(self.repairs),
            kept_as_text=tuple(self.kept),
        )

    def find_top(self, root: etree._Element) -> etree._Element:
        if local_name(root) in _ROOTS:
            return root
        for element in elements_of(root):
            if local_name(element) in _ROOTS:
                self.repaired(
                    element,
                    f"The plan stands inside <{local_name(root)}>",
                    "It was read from there.",
                )
                return element
        raise RefusedFile(
            f"This is XML, but not StratML: the outermost element is <{local_name(root)}>, not "
            "<StrategicPlan> or <PerformancePlanOrReport>. Choose a StratML file.",
            self.line(root),
        )

    def part(self, top: etree._Element, namespace: str) -> int:
        part = _ROOTS[local_name(top)]
        if not namespace:
            self.repaired(top, "The namespace is missing", f"Read as StratML Part {part}.")
        elif namespace in _PRE_ISO:
            self.repaired(
                top,
                f"The namespace is from before the ISO standard ({namespace})",
                f"Read as StratML Part {part}.",
            )
        elif _NAMESPACES.get(namespace) != part:
            self.repaired(
                top, f"The namespace is unexpected ({namespace})", f"Read as StratML Part {part}."
            )
        others = Counter(
            etree.QName(element).namespace or "none"
            for element in elements_of(top)
            if (etree.QName(element).namespace or "") != namespace
        )
        for other, count in others.items():
            self.repaired(
                top, f"{count} elements are in another namespace ({other})", "Read by their names."
            )
        return part

    def joined(self, elements: list[etree._Element], known: str) -> dict[str, list[etree._Element]]:
        """The children of an element that should occur once; of several, all together."""
        found: dict[str, list[etree._Element]] = {name: [] for name in known.split()}
        for element in elements:
            self.attributes(element)
            for name, children in self.children(element, known).items():
                found[name] += children
        if len(elements) > 1:
            self.repaired(
                elements[1],
                f"{local_name(elements[0])} occurs {len(elements)} times",
                "Read as one.",
            )
        return found

    def organisation(self, element: etree._Element, plan_id: str) -> Organisation:
        self.attributes(element)
        parts = self.children(element, "Name Acronym Identifier Description Stakeholder")
        name = self.text(parts["Name"])
        identifier = self.text(parts["Identifier"])
        return Organisation(
            id=self.identity(element, plan_id, identifier, name),
            identifier=identifier,
            name=name,
            acronym=self.text(parts["Acronym"]),
            description=self.text(parts["Description"]),
            stakeholders=self.stakeholders(parts["Stakeholder"]),
        )

    def statement(self, elements: list[etree._Element]) -> str:
        """The words of a vision or mission."""
        parts = self.joined(elements, "Description Identifier Name")
        self.text(parts["Identifier"])
        return "\n\n".join(
            text for key in ("Name", "Description") if (text := self.text(parts[key]))
        )

    def value(self, element: etree._Element) -> PlanValue | None:
        self.attributes(element)
        parts = self.children(element, "Name Description")
        value = PlanValue(self.text(parts["Name"]), self.text(parts["Description"]))
        return value if value.name or value.description else None

    def stakeholders(self, elements: list[etree._Element]) -> tuple[Stakeholder, ...]:
        found: list[Stakeholder] = []
        for element in elements:
            kind = self.attributes(element, "StakeholderTypeType")["StakeholderTypeType"]
            parts = self.children(element, "Name Description Role")
            roles = tuple(role for each in parts["Role"] if (role := self.role(each)))
            name = self.text(parts["Name"])
            description = self.text(parts["Description"])
            if name or description or any(role.name or role.description for role in roles):
                found.append(Stakeholder(name, description, kind, roles))
            else:
                self.empty += 1
        return tuple(found)

    def role(self, element: etree._Element) -> Role | None:
        self.attributes(element)
        parts = self.children(element, "Name Description RoleType")
        kinds = tuple(text for each in parts["RoleType"] if (text := self.text([each])))
        role = Role(self.text(parts["Name"]), self.text(parts["Description"]), kinds)
        return role if role.name or role.description or role.kinds else None

    def goal(self, element: etree._Element, plan_id: str) -> Goal:
        self.attributes(element)
        parts = self.children(
            element,
            "Name Description Identifier SequenceIndicator Stakeholder OtherInformation "
            "PerformanceIndicator Objective",
        )
        name, description = self.text(parts["Name"]), self.text(parts["Description"])
        identifier, sequence = self.text(parts["Identifier"]), self.text(parts["SequenceIndicator"])
        goal_id = self.identity(element, plan_id, identifier, name or description or sequence)
        return Goal(
            id=goal_id,
            identifier=identifier,
            line=self.line(element),
            name=name,
            description=description,
            sequence=sequence,
            stakeholders=self.stakeholders(parts["Stakeholder"]),
            other_information=self.text(parts["OtherInformation"]),
            indicators=tuple(
                self.indicator(each, goal_id) for each in parts["PerformanceIndicator"]
            ),
            objectives=tuple(self.objective(each, goal_id) for each in parts["Objective"]),
        )

    def objective(self, element: etree._Element, goal_id: str) -> PlanObjective:
        self.attributes(element)
        parts = self.children(
            element,
            "Name Description Identifier SequenceIndicator Stakeholder OtherInformation "
            "PerformanceIndicator",
        )
        name, description = self.text(parts["Name"]), self.text(parts["Description"])
        identifier, sequence = self.text(parts["Identifier"]), self.text(parts["SequenceIndicator"])
        objective_id = self.identity(element, goal_id, identifier, name or description or sequence)
        return PlanObjective(
            id=objective_id,
            identifier=identifier,
            line=self.line(element),
            name=name,
            description=description,
            sequence=sequence,
            stakeholders=self.stakeholders(parts["Stakeholder"]),
            other_information=self.text(parts["OtherInformation"]),
            indicators=tuple(
                self.indicator(each, objective_id) for each in parts["PerformanceIndicator"]
            ),
        )

    def indicator(self, element: etree._Element, parent_id: str) -> Indicator:
        attributes = self.attributes(
            element, "ValueChainStage PerformanceIndicatorType IndicatorType"
        )
        parts = self.children(
            element,
            "SequenceIndicator MeasurementDimension UnitOfMeasurement Identifier Relationship "
            "MeasurementInstance OtherInformation",
        )
        identifier, sequence = self.text(parts["Identifier"]), self.text(parts["SequenceIndicator"])
        dimension = self.text(parts["MeasurementDimension"])
        instances = tuple(self.instance(each) for each in parts["MeasurementInstance"])
        return Indicator(
            id=self.identity(element, parent_id, identifier, dimension or sequence),
            identifier=identifier,
            line=self.line(element),
            sequence=sequence,
            dimension=dimension,
            unit=self.text(parts["UnitOfMeasurement"]),
            value_chain_stage=attributes["ValueChainStage"],
            kind=attributes["PerformanceIndicatorType"] or attributes["IndicatorType"],
            relationships=tuple(
                link for each in parts["Relationship"] if (link := self.relationship(each))
            ),
            instances=tuple(each for each in instances if each.targets or each.actuals),
            other_information=self.text(parts["OtherInformation"]),
        )

    def relationship(self, element: etree._Element) -> Relationship | None:
        kind = self.attributes(element, "RelationshipType")["RelationshipType"]
        parts = self.children(element, "Identifier ReferentIdentifier Name Description")
        referents: list[str] = []
        for each in parts["ReferentIdentifier"]:
            text = self.text([each])
            if PLACEHOLDER.search(text):
                self.repaired(each, f"A placeholder was never filled in: {text}", "Left out.")
            elif text:
                referents.append(text)
        name, description = self.text(parts["Name"]), self.text(parts["Description"])
        identifier = self.text(parts["Identifier"])
        if not (referents or name or description or identifier):
            return None
        return Relationship(identifier, tuple(referents), name, description, kind)

    def instance(self, element: etree._Element) -> MeasurementInstance:
        self.attributes(element)
        parts = self.children(element, "TargetResult ActualResult Place")
        places: list[str] = []
        for each in parts["Place"]:
            place = self.children(each, "Name PlaceIdentifier")
            places += [self.text(place["Name"]), self.text(place["PlaceIdentifier"])]
        return MeasurementInstance(
            targets=tuple(found for each in parts["TargetResult"] if (found := self.result(each))),
            actuals=tuple(found for each in parts["ActualResult"] if (found := self.result(each))),
            place=", ".join(place for place in places if place),
        )

    def result(self, element: etree._Element) -> Result | None:
        self.attributes(element)
        parts = self.children(element, "StartDate EndDate NumberOfUnits Descriptor Description")
        start, end = self.period(element, parts["StartDate"], parts["EndDate"])
        described = self.joined(parts["Descriptor"], "DescriptorName DescriptorValue")
        descriptor_name = self.text(described["DescriptorName"])
        descriptor_value = self.text(described["DescriptorValue"])
        description = self.text(parts["Description"])
        value_text = self.text(parts["NumberOfUnits"])
        value: Decimal | None = None
        unit = ""
        if value_text:
            value, unit = self.number(element, value_text, "NumberOfUnits")
        elif description:
            value_text = description
            name = local_name(element).removesuffix("Result").casefold() + " in words"
            if PLACEHOLDER.fullmatch(description):
                self.repaired(element, f"A placeholder was never filled in: {description}", "Kept.")
            else:
                value, unit = self.number(element, description, name)
        if not (value_text or descriptor_value or start or end):
            self.empty += 1
            return None
        return Result(
            line=self.line(element),
            value=value,
            value_text=value_text,
            unit=unit,
            start=start,
            end=end,
            descriptor_name=descriptor_name,
            descriptor_value=descriptor_value,
            description=description,
        )

    def submitter(self, elements: list[etree._Element]) -> Submitter | None:
        parts = self.joined(
            elements,
            "Identifier GivenName Surname FirstName LastName PhoneNumber EmailAddress",
        )
        self.text(parts["Identifier"])
        names = [self.text(parts[key]) for key in ("GivenName", "FirstName", "Surname", "LastName")]
        submitter = Submitter(
            name=" ".join(name for name in names if name),
            email=self.text(parts["EmailAddress"]),
            phone=self.text(parts["PhoneNumber"]),
        )
        return submitter if submitter.name or submitter.email else None
