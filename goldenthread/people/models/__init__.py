"""Units, people, reporting lines, deputies and accounts."""

from goldenthread.people.models.account import (
    SignIn,
    User,
    UserManager,
)
from goldenthread.people.models.deputy import (
    Deputy,
    DeputyQuerySet,
)
from goldenthread.people.models.held import (
    PersonHeld,
    UnitHeld,
)
from goldenthread.people.models.person import (
    Absence,
    Person,
    PersonQuerySet,
    ReportingClosure,
    Unit,
    UnitClosure,
    line_above,
    manages,
    stand_in,
)
from goldenthread.people.models.token import (
    AccessToken,
    AccessTokenQuerySet,
)

__all__ = [
    "Absence",
    "AccessToken",
    "AccessTokenQuerySet",
    "Deputy",
    "DeputyQuerySet",
    "Person",
    "PersonHeld",
    "PersonQuerySet",
    "ReportingClosure",
    "SignIn",
    "Unit",
    "UnitClosure",
    "UnitHeld",
    "User",
    "UserManager",
    "line_above",
    "manages",
    "stand_in",
]
