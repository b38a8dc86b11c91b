from django.apps import AppConfig


class ObjectivesConfig(AppConfig):
    name = "goldenthread.objectives"

    def ready(self) -> None:
        from goldenthread.objectives.services.links import refresh_in_line
        from goldenthread.strategy.services.state import STATE_KEEPERS

        STATE_KEEPERS.append(refresh_in_line)
