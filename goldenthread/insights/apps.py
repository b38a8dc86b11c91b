from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "goldenthread.insights"

    def ready(self) -> None:
        from goldenthread.core.history import CHANGE_KEEPERS
        from goldenthread.insights.selectors.effort.agenda import value_without_effort
        from goldenthread.insights.services import keep_measured, people_changed
        from goldenthread.objectives.services.counting import COUNT_KEEPERS
        from goldenthread.programme.selectors.reviews.agenda import FROM_ABOVE

        COUNT_KEEPERS.append(keep_measured)
        CHANGE_KEEPERS.append(people_changed)
        FROM_ABOVE.append(value_without_effort)
