from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "goldenthread.programme"

    def ready(self) -> None:
        from goldenthread.core.history import CHANGE_KEEPERS
        from goldenthread.programme.services import somebody_moved

        CHANGE_KEEPERS.append(somebody_moved)
