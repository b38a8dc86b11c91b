"""The geometry of charts: plain data in, coordinates out. Templates in `cotton/` only write them down.

Nothing here knows the database, the request or the clock. A missing value leaves a gap; it is never drawn at 0.
Widths and heights are SVG units of the view box.
"""

from goldenthread.ui.charts.line import (
    Forecast,
    Goal,
    Label,
    LinePlot,
    Path,
    Point,
    Tick,
    expected,
    line_chart,
)
from goldenthread.ui.charts.scales import nice_ticks, spread_labels
from goldenthread.ui.charts.small import (
    DotPlot,
    HeatCell,
    Knot,
    SparkPlot,
    bar,
    dot,
    heat,
    knot,
    spark,
    spark_words,
)

__all__ = [
    "DotPlot",
    "Forecast",
    "Goal",
    "HeatCell",
    "Knot",
    "Label",
    "LinePlot",
    "Path",
    "Point",
    "SparkPlot",
    "Tick",
    "bar",
    "dot",
    "expected",
    "heat",
    "knot",
    "line_chart",
    "nice_ticks",
    "spark",
    "spark_words",
    "spread_labels",
]
