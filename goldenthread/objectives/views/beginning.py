"""What a new objective begins with: what the address says, a template, a KPI to bring back on course."""

from collections.abc import Sequence
from typing import Any

from goldenthread.core import clock
from goldenthread.objectives.forms.key_result import KeyResultForm
from goldenthread.objectives.forms.objective import ObjectiveForm
from goldenthread.objectives.models import (
    Contribution,
    Cycle,
    KeyResult,
    Objective,
    ObjectiveTemplate,
)
from goldenthread.objectives.selectors.cycles import current_cycle
from goldenthread.people.access import PersonRequest
from goldenthread.people.models import Person, Unit
from goldenthread.people.views.forms_in_pages import number_in
from goldenthread.strategy.models import Kpi, Priority


def recovered(request: PersonRequest) -> Kpi | None:
    pk = number_in(request.GET, "recovers")
    return Kpi.objects.visible_to(request.person).filter(pk=pk).first() if pk else None


def template(request: PersonRequest) -> ObjectiveTemplate | None:
    pk = number_in(request.GET, "template")
    offered = ObjectiveTemplate.objects.visible_to(request.person).offered()
    return offered.filter(pk=pk).first() if pk else None


def offered(request: PersonRequest) -> list[tuple[ObjectiveTemplate, str]]:
    """The templates, each with the address of this page begun with it."""
    found = []
    for one in ObjectiveTemplate.objects.visible_to(request.person).offered():
        query = request.GET.copy()
        query["template"] = str(one.pk)
        found.append((one, f"?{query.urlencode()}"))
    return found


def start(
    request: PersonRequest,
    led: Sequence[Unit],
    kpi: Kpi | None,
    template: ObjectiveTemplate | None,
) -> dict[str, Any]:
    """What the address already says: for whom, in which cycle, what it serves, which KPI it recovers, by which template."""
    sent, found = request.GET, dict[str, Any]()
    person, unit = number_in(sent, "owner_person"), number_in(sent, "owner_unit")
    owner = (
        Unit.objects.filter(pk=unit).first()
        if unit
        else Person.objects.filter(pk=person).first()
        if person
        else None
    )
    found |= ObjectiveForm.owner_initial(owner, request.person, led)
    cycle = number_in(sent, "cycle")
    found["cycle"] = (Cycle.objects.filter(pk=cycle).first() if cycle else None) or current_cycle(
        clock.today()
    )
    key = sent.get("serves", "")
    if key[:1] in {"o", "p"} and key[1:].isascii() and key[1:].isdigit() and len(key) < 19:
        seen = Objective if key[0] == "o" else Priority
        found["serves"] = seen.objects.visible_to(request.person).filter(pk=int(key[1:])).first()
    if kpi is not None:
        found["title"] = f"Bring {kpi} back on course"
        result = kpi.expected_results.filter(
            priority__in=Priority.objects.visible_to(request.person).in_use()
        ).first()
        found.setdefault("serves", result.priority if result else None)
    if template is not None:
        found |= {name: getattr(template, name) for name in ("title", "why", "ambition")}
    found["strength"] = Contribution.Strength.STRONG
    return found


def fill_in(
    forms: Sequence[KeyResultForm], kpi: Kpi | None, template: ObjectiveTemplate | None
) -> None:
    """Begin the key results with those of the template, or with the KPI itself."""
    if template is not None:
        names = ("title", "kind", "measure", "source")
        for one, row in zip(forms, template.key_results.all(), strict=False):
            one.initial = {name: getattr(row, name) for name in names}
    elif kpi is not None:
        forms[0].initial = _recovery(kpi)


def _recovery(kpi: Kpi) -> dict[str, Any]:
    """The first key result of a recovery: the KPI itself, from where it stands."""
    held = kpi.direction == Kpi.Direction.HOLD
    latest = kpi.observations.filter(corrected_by__isnull=True).order_by("-on", "-pk").first()
    target = kpi.targets.filter(due_on__gte=clock.today()).order_by("due_on").first()
    found: dict[str, Any] = {
        "title": kpi.name,
        "measure": kpi.measure,
        "source": kpi.source,
        "kind": KeyResult.Kind.THRESHOLD if held else KeyResult.Kind.METRIC,
    }
    values = {
        "low": kpi.low if held else None,
        "high": kpi.high if held else None,
        "baseline": latest.value if latest and not held else None,
        "target": target.value if target and not held else None,
    }
    return found | {
        name: format(one.normalize(), "f") for name, one in values.items() if one is not None
    }
