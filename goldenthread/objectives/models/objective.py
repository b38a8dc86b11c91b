"""Objectives, and who sees them."""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, F, OuterRef, Q

from goldenthread.core.clock import today
from goldenthread.core.models import Organisation, Record
from goldenthread.core.paths import path_to
from goldenthread.objectives.models.cycle import Cycle
from goldenthread.objectives.models.key_result import KeyResult
from goldenthread.objectives.models.line import ObjectivePriority
from goldenthread.objectives.states import CLOSED, COUNTED, LIVE, State
from goldenthread.people.models import (
    Person,
    ReportingClosure,
    Unit,
    UnitClosure,
    line_above,
    manages,
    stand_in,
)
from goldenthread.permissions import Relation
from goldenthread.strategy.models import sponsored_by

# What a row of a list reads.
ROW = (
    *("title", "cycle", "owner_person", "owner_unit", "critical", "restricted", "state", "version"),
    *("starts_on", "ends_on", "cadence_days", "run_the_business", "in_line", "source", "author"),
    *("external_id", "ambition"),
    *("score", "measured_share", "expected_fixed", "expected_slope", "last_check_in_on"),
    *("closed_at", "closing_score", "proposed_by", "proposed_for", "proposed_at"),
    *(f"cycle__{name}" for name in ("name", "starts_on", "ends_on", "state")),
    *(f"owner_person__{name}" for name in ("name", "user", "unit", "manager")),
    *(f"owner_unit__{name}" for name in ("name", "parent", "leader")),
    *(f"owner_unit__leader__{name}" for name in ("name", "user", "manager")),
)
MOST_NAMED = 200  # restricted ones that a query names one by one
# Brought in without an owner: any leader may take it on.
UNOWNED = Q(owner_person__isnull=True, owner_unit__isnull=True, state=State.UNCONFIRMED)


def listed(prefix: str = "") -> list[str]:
    """The fields of an objective that a row of a list reads, for `only`. `prefix` leads to the objective."""
    return [f"{prefix}{name}" for name in ROW]


def begun(on: dt.date, prefix: str = "") -> Q:
    """Its cycle has begun by the day. `prefix` leads to the objective."""
    return Q((f"{prefix}cycle__starts_on__lte", on))


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def visible_to(self, person: Person | None) -> Self:
        """Open ones: everybody. Restricted ones: owner, the lines above, sponsor of a priority it serves."""
        if person is None:
            return self.none()
        known = restricted_seen(person)
        if known is None:
            return self.filter(Q(restricted=False) | self._trusted(person))
        return self.open_or(known)

    def open_or(self, restricted: Sequence[int]) -> Self:
        """Those open to everybody, and these restricted ones: what `restricted_seen` says of a reader."""
        return self.filter(Q(restricted=False) | Q(pk__in=restricted))

    @classmethod
    def _trusted(cls, person: Person) -> Q:
        """Who may see an objective that is not open to everybody."""
        named = person.self_and_lenders
        sponsors = ObjectivePriority.objects.filter(
            sponsored_by(*named, priority="priority__"), objective=OuterRef("pk")
        )
        reports = KeyResult.objects.filter(objective=OuterRef("pk"), reporter__in=named)
        changes = apps.get_model("objectives", "ExpectationChange")._default_manager
        offered = changes.filter(objective=OuterRef("pk"), state="open", addressee=person)
        named_on_it = Q(Exists(sponsors)) | Q(Exists(reports)) | Q(Exists(offered))
        trusted = Q(author=person) | named_on_it | cls._in_charge(named)
        return trusted | UNOWNED if person.is_leader else trusted

    def in_charge(self, person: Person) -> Self:
        """Those that the person answers for, or stands above: the *owner* and the line of the permissions.

        As a deputy too."""
        return self.filter(self._in_charge(person.self_and_lenders))

    def in_charge_of(self, named: Sequence[int]) -> Self:
        """`in_charge` of somebody known by their id, with the ids of those they stand in for."""
        return self.filter(self._in_charge(named))

    @staticmethod
    def _in_charge(people: Sequence[Person | int]) -> Q:
        below = ReportingClosure.objects.filter(manager__in=people, report=OuterRef("owner_person"))
        heads_person = UnitClosure.objects.filter(
            ancestor__leader__in=people, descendant=OuterRef("owner_person__unit")
        )
        heads_unit = UnitClosure.objects.filter(
            ancestor__leader__in=people, descendant=OuterRef("owner_unit")
        )
        leads_leader = ReportingClosure.objects.filter(
            manager__in=people, report=OuterRef("owner_unit__leader")
        )
        return (
            Q(owner_person__in=people)
            | Exists(below)
            | Exists(heads_person)
            | Exists(heads_unit)
            | Exists(leads_leader)
        )

    def listed(self) -> Self:
        """With what a row of a list reads, cycle and owner among it, and not the thirty other fields.

        What else is read of a row costs a query each; the counts of queries in the tests show it.
        """
        return self.select_related("cycle", "owner_person", "owner_unit__leader").only(*listed())

    def live(self) -> Self:
        """Agreed and running."""
        return self.filter(state__in=LIVE)

    def counted(self, on: dt.date | None = None) -> Self:
        """What figures count on a day (today): open, confirmed by its owner, its cycle begun.

        Unconfirmed and closed ones stay out, and so does what is planned for a cycle still to come.
        """
        return self.filter(state__in=COUNTED).filter(begun(on or today()))


def restricted_seen(person: Person) -> list[int] | None:
    """The restricted objectives that somebody sees, looked up once for all that one page asks.

    None where somebody is not only reading, or sees too many: then `visible_to` asks of each objective. Few are restricted, so naming them is far cheaper than asking for every objective who stands above its owner.
    """
    if not person.only_reads:
        return None
    if "restricted" not in person.found_once:
        named = [one.pk for one in person.self_and_lenders]
        stands_for = {-1 - place: pk for place, pk in enumerate(named)}
        sql, values = _restricted_sql(connection.vendor, len(named), person.is_leader)
        with connection.cursor() as cursor:
            cursor.execute(sql, [stands_for.get(value, value) for value in values])
            found = [pk for (pk,) in cursor]
        person.found_once["restricted"] = found if len(found) <= MOST_NAMED else None
    return person.found_once["restricted"]


@lru_cache
def _restricted_sql(vendor: str, named: int, leader: bool) -> tuple[str, tuple[Any, ...]]:
    """The question for a reader and those they stand in for, put into SQL once a process; they are -1, -2, …"""
    reader = stand_in([-1 - place for place in range(named)], leader)
    rows = Objective.objects.filter(ObjectiveQuerySet._trusted(reader), restricted=True)
    return rows.order_by().values("pk")[: MOST_NAMED + 1].query.sql_with_params()


class Objective(Record):
    """What an owner, a unit or a person, commits to achieve in a cycle, and why.

    The stored figures (`score` and so on) are refreshed by the services that touch its key results; health
    is worked out from them and the day when it is shown.
    """

    HISTORY = ("objectives.ObjectiveHeld", "objectives.ObjectiveScore")
    IS_WORK = True

    class Ambition(models.TextChoices):
        COMMITTED = "committed", "Committed"
        ASPIRATIONAL = "aspirational", "Aspirational"

    title = models.CharField(max_length=200)
    why = models.TextField(blank=True, default="")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="objectives")
    owner_person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives"
    )
    owner_unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="objectives"
    )
    author = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ambition = models.CharField(max_length=12, choices=Ambition.choices, default=Ambition.COMMITTED)
    critical = models.BooleanField(default=False)
    restricted = models.BooleanField(default=False)
    run_the_business = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True, blank=True)  # the cycle's, unless its own
    ends_on = models.DateField(null=True, blank=True)
    cadence_days = models.PositiveSmallIntegerField(null=True, blank=True)
    own_share = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    recovers = models.ForeignKey(
        "strategy.Kpi", null=True, blank=True, on_delete=models.SET_NULL, related_name="recoveries"
    )
    source = models.CharField(max_length=200, blank=True, default="")

    proposed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_for = models.ForeignKey(  # the owner, where a deputy proposed in their place
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    agreed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_score = models.FloatField(null=True, blank=True)
    learning = models.TextField(blank=True, default="")
    carried_from = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="successor"
    )

    score = models.FloatField(null=True, blank=True)
    measured_share = models.FloatField(default=0)  # weight of measured key results, 0 to 1
    measurable = models.BooleanField(default=False)  # a key result can be scored once checked in
    expected_fixed = models.FloatField(default=0)  # expectation = fixed + slope x elapsed
    expected_slope = models.FloatField(default=1)
    judged_from = models.DateField(null=True, blank=True)  # engine.pace.VerdictDates
    on_pace_until = models.DateField(null=True, blank=True)
    behind_until = models.DateField(null=True, blank=True)
    last_check_in_on = models.DateField(null=True, blank=True)
    in_line = models.BooleanField(default=False)  # reaches an active priority through open work
    search = models.TextField(blank=True, default="")  # title and owner, folded, for finding

    # How its criteria stood against the rules when they were last looked at (`services/quality.py`).
    looked_at_on = models.DateField(
        null=True, blank=True
    )  # empty: since what they read has changed
    open_rules = models.CharField(max_length=160, blank=True, default="")  # codes: " O07 K09 "
    open_errors = models.PositiveSmallIntegerField(default=0)
    waived_rules = models.CharField(max_length=160, blank=True, default="")  # codes set aside
    quality = models.FloatField(null=True, blank=True)  # 0 to 100; none while an error is open
    has_effort = models.BooleanField(null=True, blank=True)  # none while nothing says
    twin = models.ForeignKey(  # another open one that reads like it, open to everybody
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ObjectiveQuerySet.as_manager()

    class Meta(Record.Meta):
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                condition=Q(owner_person__isnull=True) | Q(owner_unit__isnull=True),
                name="objectives_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state=State.UNCONFIRMED)
                | Q(owner_person__isnull=False)
                | Q(owner_unit__isnull=False),
                name="objectives_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(own_share__isnull=True) | Q(own_share__gte=0, own_share__lte=1),
                name="objectives_own_share",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("open_errors").desc(),
                "quality",
                "search",
                "id",
                condition=~Q(open_rules=""),
                name="objectives_to_mend",
            ),
            models.Index(fields=["cycle", "state"]),
            # Few are critical, restricted, hang loose or have no owner; pages ask for them all the time.
            models.Index(
                fields=["critical"], condition=Q(critical=True), name="objectives_critical"
            ),
            models.Index(
                fields=["restricted"], condition=Q(restricted=True), name="objectives_restricted"
            ),
            models.Index(fields=["in_line"], condition=Q(in_line=False), name="objectives_loose"),
            models.Index(
                fields=["state"],
                condition=Q(owner_person__isnull=True, owner_unit__isnull=True),
                name="objectives_unowned",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("objective", self.pk)

    @property
    def starts(self) -> dt.date:
        return self.starts_on or self.cycle.starts_on

    @property
    def ends(self) -> dt.date:
        return self.ends_on or self.cycle.ends_on

    @property
    def cadence(self) -> int:
        """Days between two check-ins."""
        if self.cadence_days:
            return self.cadence_days
        organisation = Organisation.current()
        return organisation.cadence_days if organisation else 7

    @property
    def owner(self) -> Person | Unit | None:
        return self.owner_person or self.owner_unit

    @property
    def accountable(self) -> Person | None:
        """The one person who answers for it: the owner, or the leader of the owning unit."""
        if self.owner_person is not None:
            return self.owner_person
        return self.owner_unit.leader if self.owner_unit is not None else None

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def takes_check_ins(self, on: dt.date) -> bool:
        """Whether it has begun, is confirmed by its owner and not closed."""
        return not self.is_closed and self.state != State.UNCONFIRMED and self.starts <= on

    def relations_to(self, person: Any) -> frozenset[Relation]:
        found = set() if self.restricted else {Relation.EVERYBODY}
        if person is None:
            return frozenset(found)
        if self.author_id == person.pk:
            found.add(Relation.AUTHOR)
        accountable = self.accountable
        if accountable is not None:
            if accountable.pk == person.pk:
                found.add(Relation.OWNER)
            # Of a unit's objective its own tree decides, not the unit that its leader sits in.
            found |= (
                manages(accountable, person)
                if self.owner_unit_id
                else line_above(accountable, person)
            )
        if (
            self.owner_unit_id
            and UnitClosure.objects.filter(
                descendant_id=self.owner_unit_id, depth__gt=0, ancestor__leader=person
            ).exists()
        ):
            found.add(Relation.UNIT_HEAD)
        if self.pk is None:
            return frozenset(found)
        served = ObjectivePriority.objects.filter(objective=self)
        if person.sponsors and served.filter(sponsored_by(person, priority="priority__")).exists():
            found.add(Relation.SPONSOR)
        if self.restricted and self._is_offered(person):
            found.add(Relation.ADDRESSEE)
        if self._has_reporter(person):
            found.add(Relation.REPORTER)
        if self.owner is None and self.state == State.UNCONFIRMED and person.is_leader:
            found.add(Relation.ADDRESSEE)
        return frozenset(found)

    def _is_offered(self, person: Any) -> bool:
        """Whether a change waits for the person's answer, who may stand in no other relation to it yet."""
        return self.expectation_changes.filter(state="open", addressee=person).exists()

    def _has_reporter(self, person: Any) -> bool:
        """Whether the person reports one of its key results; no query where they are loaded already."""
        if "key_results" in getattr(self, "_prefetched_objects_cache", {}):
            return any(row.reporter_id == person.pk for row in self.key_results.all())
        return KeyResult.objects.filter(objective=self, reporter=person).exists()
