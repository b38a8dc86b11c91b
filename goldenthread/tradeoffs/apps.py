from django.apps import AppConfig


class TradeoffsConfig(AppConfig):
    name = "goldenthread.tradeoffs"

    def ready(self) -> None:
        from goldenthread.tradeoffs.beside import (
            decisions_beside,
            effort_beside,
            gives_beside,
            plan_beside,
        )
        from goldenthread.tradeoffs.models import Allocation, Decision, Plan
        from goldenthread.ui.besides import SECTIONS
        from goldenthread.ui.nav import ROWS

        ROWS.update(
            decision=Decision.objects.all,
            allocation=Allocation.objects.all,
            plan=Plan.objects.all,
        )
        SECTIONS.extend((plan_beside, effort_beside, gives_beside, decisions_beside))
