"""What one side of a cascade proposes: wording, criteria, strength, dates, mandate and resources."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from goldenthread.core import audit, clock
from goldenthread.core.errors import DomainError
from goldenthread.objectives.models import (
    Cascade,
    CascadeSide,
    CascadeVersion,
    Contribution,
    Cycle,
    Objective,
)
from goldenthread.objectives.services.drafts import (
    KeyResultDraft,
    ObjectiveDraft,
    Serves,
    check,
    in_words,
)
from goldenthread.objectives.services.kept import kept_key_result, key_result_of
from goldenthread.people.models import Person, Unit

LONGEST = 5000
MOST_FTE = Decimal(9999)
ANSWER_WITHIN = 14  # days, unless the writer says otherwise


@dataclass(frozen=True)
class Terms:
    """A version as written. `mandate` is what the taker may decide alone, `fte` the full-time equivalents it gets,
    `word` is to the other side, who answers by `answer_by` (a fortnight from now, if None)."""

    title: str
    why: str = ""
    strength: int = Contribution.Strength.MEDIUM
    kind: str = ""
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    key_results: Sequence[KeyResultDraft] = ()
    mandate: str = ""
    resources: str = ""
    fte: Decimal | None = None
    word: str = ""
    answer_by: dt.date | None = None

    def fields(self) -> dict[str, Any]:
        """As a version keeps them."""
        return {
            "title": self.title.strip(),
            "why": self.why.strip(),
            "strength": self.strength,
            "kind": self.kind,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "key_results": [kept_key_result(one) for one in self.key_results],
            "mandate": self.mandate.strip(),
            "resources": self.resources.strip(),
            "fte": self.fte,
            "answer_by": self.answer_by or clock.today() + dt.timedelta(ANSWER_WITHIN),
            "word": self.word.strip(),
        }


def terms_of(version: CascadeVersion) -> Terms:
    """The terms that a version holds."""
    names = ("title", "why", "strength", "kind", "starts_on", "ends_on")
    more = ("mandate", "resources", "fte", "word", "answer_by")
    return Terms(
        **{name: getattr(version, name) for name in (*names, *more)},
        key_results=[key_result_of(one) for one in version.key_results],
    )


def as_objective(terms: Terms, cycle: Cycle, owner: Unit, serves: Sequence[Serves] = ()) -> Any:
    """The objective that these terms would make."""
    restricted = any(
        one.parent.restricted if isinstance(one.parent, Objective) else one.parent.confidential
        for one in serves
    )
    return ObjectiveDraft(
        title=terms.title,
        why=terms.why,
        cycle=cycle,
        owner=owner,
        restricted=restricted,
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        key_results=terms.key_results,
        serves=serves,
    )


def check_terms(terms: Terms, cycle: Cycle, owner: Unit) -> None:
    """Refuse what can never be right, draft or not, naming the field."""
    if len(terms.title.strip()) > 200:
        raise DomainError("The title has at most 200 characters. Shorten it.", "title")
    for field in ("why", "mandate", "resources", "word"):
        length = len(getattr(terms, field).strip())
        if length > LONGEST:
            raise DomainError(f"This is {length} characters long; at most {LONGEST} fit.", field)
    if terms.strength not in Contribution.Strength.values:
        raise DomainError("The strength is weak (1), medium (3) or strong (9).", "strength")
    if terms.kind and terms.kind not in Contribution.Kind.values:
        raise DomainError("It is a part, a driver, an enabler, or left open.", "kind")
    if terms.fte is not None:
        if not terms.fte.is_finite() or not 0 <= terms.fte <= MOST_FTE:
            raise DomainError("FTE lies between 0 and 9,999.", "fte")
        if terms.fte != round(terms.fte, 2):
            raise DomainError("At most two decimal places are kept.", "fte")
    check(as_objective(terms, cycle, owner))


def check_ready(terms: Terms) -> None:
    """Refuse to put to the other side what it could not answer: no mandate, no resources, a term gone by."""
    if not terms.mandate.strip():
        raise DomainError("Say what the unit may decide alone.", "mandate")
    if not terms.resources.strip():
        raise DomainError("Say with which resources; “what it has” is an answer too.", "resources")
    if terms.answer_by is not None and terms.answer_by < clock.today():
        raise DomainError("This day is over. Choose one to come.", "answer_by")


def write_version(
    cascade: Cascade,
    terms: Terms,
    *,
    number: int,
    side: CascadeSide,
    author: Person,
    author_for: Person | None,
    answers: int | None = None,
    stale: bool = False,
) -> CascadeVersion:
    """Keep a version. The caller has asked permission and checked the terms."""
    return CascadeVersion.objects.create(
        cascade=cascade,
        number=number,
        side=side,
        author=author,
        author_for=author_for,
        answers=answers,
        stale=stale,
        recorded_at=clock.now(),
        **terms.fields(),
    )


def for_the_trail(terms: Terms) -> dict[str, Any]:
    """The terms as the audit trail keeps them: criteria in words."""
    kept = terms.fields()
    kept["criteria"] = in_words(terms.key_results)
    del kept["key_results"]
    return {name: audit.plain(value) for name, value in kept.items() if value not in ("", None)}
