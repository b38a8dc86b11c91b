"""Where effort goes: into which priorities beside their value, how it is spread, and how much is under way."""

from goldenthread.insights.selectors.effort.figures import EffortFigures
from goldenthread.insights.selectors.effort.reading import effort_figures

__all__ = ["EffortFigures", "effort_figures"]
