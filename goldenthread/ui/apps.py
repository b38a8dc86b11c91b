from django.apps import AppConfig
from django.forms import Field


class UiConfig(AppConfig):
    name = "goldenthread.ui"

    def ready(self) -> None:
        """Say what an empty field needs in our words, on every form."""
        Field.default_error_messages["required"] = "This is needed."
