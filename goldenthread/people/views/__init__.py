"""Pages about people, units, the chart and accounts."""
