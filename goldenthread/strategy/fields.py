"""A form field that names a KPI: chosen from the picker, or typed."""

from django.db.models import QuerySet

from goldenthread.people.fields import PickField
from goldenthread.strategy.models import Kpi


class KpiField(PickField):
    """A KPI that is not retired, by choice or name."""

    what = "No KPI"

    def candidates(self) -> "QuerySet[Kpi]":
        return Kpi.objects.exclude(state=Kpi.State.RETIRED)
