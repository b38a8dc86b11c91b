from django.apps import AppConfig


class TradeoffsConfig(AppConfig):
    name = "goldenthread.tradeoffs"

    def ready(self) -> None:
        from goldenthread.objectives.services.quality import EFFORT_KNOWN
        from goldenthread.tradeoffs.beside import (
            decisions_beside,
            effort_beside,
            gives_beside,
            plan_beside,
        )
        from goldenthread.tradeoffs.models import Allocation, Decision, Plan
        from goldenthread.tradeoffs.selectors.set_aside import effort_known
        from goldenthread.ui.besides import SECTIONS
        from goldenthread.ui.nav import ROWS

        ROWS.update(
            decision=Decision.objects.all,
            allocation=Allocation.objects.all,
            plan=Plan.objects.all,
        )
        EFFORT_KNOWN.append(effort_known)
        SECTIONS.extend((plan_beside, effort_beside, gives_beside, decisions_beside))
