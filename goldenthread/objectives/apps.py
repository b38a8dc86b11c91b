from django.apps import AppConfig


class ObjectivesConfig(AppConfig):
    name = "goldenthread.objectives"

    def ready(self) -> None:
        from goldenthread.core.history import CHANGE_KEEPERS
        from goldenthread.objectives.beside import cascades_section, dependencies_beside
        from goldenthread.objectives.models import Cascade, Dependency, Objective
        from goldenthread.objectives.services.counting import lines_changed
        from goldenthread.objectives.services.links import refresh_in_line
        from goldenthread.strategy.services.state import STATE_KEEPERS
        from goldenthread.ui.besides import SECTIONS
        from goldenthread.ui.nav import ROWS

        STATE_KEEPERS.append(refresh_in_line)
        CHANGE_KEEPERS.append(lines_changed)
        ROWS.update(objective=Objective.objects.all, cascade=Cascade.objects.all)
        ROWS.update(dependency=Dependency.objects.all)
        SECTIONS.extend((cascades_section, dependencies_beside))
