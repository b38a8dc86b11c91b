from django.apps import AppConfig


class TradeoffsConfig(AppConfig):
    name = "goldenthread.tradeoffs"

    def ready(self) -> None:
        from goldenthread.tradeoffs.beside import decisions_beside, effort_beside, gives_beside
        from goldenthread.ui.besides import SECTIONS

        SECTIONS.extend((effort_beside, gives_beside, decisions_beside))
