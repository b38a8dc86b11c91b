"""A strategic plan or performance report as StratML holds it, in plain values."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

#: What templates leave where something should have been filled in.
PLACEHOLDER = re.compile(
    r"\[to[_ ]be[_ ](inserted|determined|completed|supplied)[^\]]{0,80}\]", re.I
)


@dataclass(frozen=True)
class Repair:
    """Something in the file that was read otherwise than written.

    ``line`` counts from 1; ``where`` names the element's path; ``what`` was found; ``done`` is
    what was made of it.
    """

    line: int
    where: str
    what: str
    done: str


@dataclass(frozen=True)
class KeptText:
    """Text that no field takes, kept word for word so that nothing is lost."""

    line: int
    where: str
    name: str
    text: str


@dataclass(frozen=True)
class Stakeholder:
    """Someone with an interest; ``kind`` is Person, Organization, Generic_Group or ""."""

    name: str
    description: str
    kind: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Role:
    """What a stakeholder does; ``kinds`` holds Performer, Beneficiary, both or none."""

    name: str
    description: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Organisation:
    """Whose plan it is."""

    id: str
    identifier: str
    name: str
    acronym: str
    description: str
    stakeholders: tuple[Stakeholder, ...]


@dataclass(frozen=True)
class PlanValue:
    """A principle the organisation holds to."""

    name: str
    description: str


@dataclass(frozen=True)
class Result:
    """One target or actual result of an indicator.

    ``value`` is None when none is given or it is in words; ``value_text`` is always what the
    file says, ``unit`` a sign that stood beside the number ("%", "$"). ``descriptor_value``
    often says what kind of result it is ("Baseline").
    """

    line: int
    value: Decimal | None
    value_text: str
    unit: str
    start: dt.date | None
    end: dt.date | None
    descriptor_name: str
    descriptor_value: str
    description: str

    @property
    def is_baseline(self) -> bool:
        """Whether the file calls this result the baseline."""
        return self.descriptor_value.strip().casefold() == "baseline"


@dataclass(frozen=True)
class MeasurementInstance:
    """Targets and the actual results that answer them; ``place`` where it was measured."""

    targets: tuple[Result, ...]
    actuals: tuple[Result, ...]
    place: str


@dataclass(frozen=True)
class Relationship:
    """A link to something else, by the identifiers the file names."""

    identifier: str
    referents: tuple[str, ...]
    name: str
    description: str
    kind: str


@dataclass(frozen=True)
class Indicator:
    """A performance indicator; ``id`` is stable over re-reading, ``identifier`` as written."""

    id: str
    identifier: str
    line: int
    sequence: str
    dimension: str
    unit: str
    value_chain_stage: str
    kind: str
    relationships: tuple[Relationship, ...]
    instances: tuple[MeasurementInstance, ...]
    other_information: str

    @property
    def name(self) -> str:
        """A name to show: the dimension, else the first target's words, else its number."""
        if self.dimension:
            return self.dimension
        for instance in self.instances:
            for result in (*instance.targets, *instance.actuals):
                if result.description and not PLACEHOLDER.fullmatch(result.description):
                    return result.description
        return f"Indicator {self.sequence}".strip()

    @property
    def is_blank(self) -> bool:
        """Whether this is an unfilled line of a template: no words and no number."""
        results = [each for one in self.instances for each in (*one.targets, *one.actuals)]
        texts = [self.dimension, self.other_information, *(each.value_text for each in results)]
        return all(not text or PLACEHOLDER.fullmatch(text) for text in texts)


@dataclass(frozen=True)
class PlanObjective:
    """An objective under a goal."""

    id: str
    identifier: str
    line: int
    name: str
    description: str
    sequence: str
    stakeholders: tuple[Stakeholder, ...]
    other_information: str
    indicators: tuple[Indicator, ...]

    @property
    def title(self) -> str:
        """A title to show: the name, else the description, else its number."""
        return self.name or self.description or f"Objective {self.sequence}".strip()

    @property
    def is_blank(self) -> bool:
        """Whether this is an unfilled line of a template."""
        texts = (self.name, self.description, self.other_information)
        return not (
            any(texts) or self.stakeholders or any(not each.is_blank for each in self.indicators)
        )


@dataclass(frozen=True)
class Goal:
    """A goal: what the product calls a priority. ``indicators`` stand directly under it."""

    id: str
    identifier: str
    line: int
    name: str
    description: str
    sequence: str
    stakeholders: tuple[Stakeholder, ...]
    other_information: str
    indicators: tuple[Indicator, ...]
    objectives: tuple[PlanObjective, ...]

    @property
    def title(self) -> str:
        """A title to show: the name, else the description, else its number."""
        return self.name or self.description or f"Goal {self.sequence}".strip()


@dataclass(frozen=True)
class Submitter:
    """Who wrote the file."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True)
class Plan:
    """A whole plan or report.

    ``part`` is 1 (strategic plan) or 2 (performance plan or report); ``kind`` the file's own
    Type ("Performance_Report") or "". Missing text is "", missing dates None.
    """

    id: str
    part: int
    kind: str
    namespace: str
    name: str
    description: str
    other_information: str
    organisations: tuple[Organisation, ...]
    vision: str
    mission: str
    values: tuple[PlanValue, ...]
    goals: tuple[Goal, ...]
    start: dt.date | None
    end: dt.date | None
    published: dt.date | None
    source: str
    submitter: Submitter | None
    repairs: tuple[Repair, ...]
    kept_as_text: tuple[KeptText, ...]
