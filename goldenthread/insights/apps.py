from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "goldenthread.insights"

    def ready(self) -> None:
        from goldenthread.core.history import CHANGE_KEEPERS
        from goldenthread.insights.services import keep_measured, people_changed
        from goldenthread.objectives.services.counting import COUNT_KEEPERS

        COUNT_KEEPERS.append(keep_measured)
        CHANGE_KEEPERS.append(people_changed)
