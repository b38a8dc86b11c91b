"""People side by side: what each of them holds and where it stands. In no order of merit."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from goldenthread.insights.selectors.threads import urgency
from goldenthread.objectives.models import Objective
from goldenthread.objectives.selectors.standing import standing
from goldenthread.objectives.states import LIVE, State
from goldenthread.people.models import Person


@dataclass(frozen=True)
class Member:
    """One person of a team. `healths` counts the agreed objectives by health, the most worrying first."""

    person: Person
    healths: list[tuple[str, int]] = field(default_factory=list)
    in_line: int = 0
    agreed: int = 0
    to_confirm: int = 0
    to_agree: int = 0
    loose: list[Objective] = field(default_factory=list)
    may_ask: bool = False  # the reader may ask what gives for them

    @property
    def worst(self) -> str:
        return self.healths[0][0] if self.healths else ""

    @property
    def waits(self) -> str:
        """What is still to be settled, in words; "" for nothing."""
        ends = len(self.loose)
        parts = [
            f"{self.to_confirm} to confirm" if self.to_confirm else "",
            f"{self.to_agree} to agree" if self.to_agree else "",
            f"{ends} loose end{'s' if ends > 1 else ''}" if ends else "",
        ]
        return ", ".join(filter(None, parts))

    @property
    def needs(self) -> bool:
        """Whether anything of theirs is worth a word."""
        return (
            not self.agreed
            or self.worst in {"at_risk", "behind", "outdated"}
            or bool(self.to_agree or self.loose)
        )


def team(
    people: Iterable[Person],
    objectives: Iterable[Objective],
    on: dt.date,
    *,
    may_ask: Callable[[Person], bool],
) -> list[Member]:
    """Each person with their open objectives summed up; those who need somebody first, then by name.

    `may_ask` says of whom the reader may ask what gives.
    """
    held: dict[int, list[Objective]] = defaultdict(list)
    for objective in objectives:
        if objective.accountable is not None:
            held[objective.accountable.pk].append(objective)
    members = [_member(person, held[person.pk], on, may_ask(person)) for person in people]
    return sorted(members, key=lambda one: (_rank(one), one.person.name))


def _member(person: Person, objectives: list[Objective], on: dt.date, may_ask: bool) -> Member:
    agreed = [one for one in objectives if one.state in LIVE]
    healths = Counter(str(standing(one, on).health) for one in agreed)
    return Member(
        person=person,
        healths=sorted(healths.items(), key=lambda pair: urgency(pair[0])),
        in_line=sum(one.in_line for one in agreed),
        agreed=len(agreed),
        to_confirm=sum(one.state == State.UNCONFIRMED for one in objectives),
        to_agree=sum(one.state in {State.PROPOSED, State.COUNTERED} for one in objectives),
        loose=[one for one in agreed if not one.in_line and not one.run_the_business],
        may_ask=may_ask,
    )


def _rank(member: Member) -> int:
    if not member.needs:
        return 99
    return urgency(member.worst) if member.worst else 3
