from django.apps import AppConfig


class StrategyConfig(AppConfig):
    name = "goldenthread.strategy"

    def ready(self) -> None:
        from goldenthread.strategy.models import Kpi, Priority
        from goldenthread.ui.nav import ROWS

        ROWS.update(priority=Priority.objects.all, kpi=Kpi.objects.all)
