from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "goldenthread.core"

    def ready(self) -> None:
        """Let every room declare its kinds of jobs, in its `jobs.py`."""
        autodiscover_modules("jobs")
        import goldenthread.core.jobs.own
        import goldenthread.core.outbox  # noqa: F401 (they declare)
