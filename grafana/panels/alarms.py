"""What colours a figure or a cell: too low, or a state in words."""

from __future__ import annotations

from grafana.look import TEXT, VERMILION, Card, Query
from grafana.panels.dress import Built, Panel, c, dressed, from_on, newest, own, stat
from grafana.panels.figures import FAR, shortened


def figure_at_least(card: Card, query: Query, least: float) -> Panel:
    """Show one large figure in neutral text, as an alarm below ``least``."""
    panel = dressed(stat.Panel(), shortened(card), [query], TEXT)
    panel.reduce_options(newest()).graph_mode(c.BigValueGraphMode.NONE)
    panel.text_mode(c.BigValueTextMode.VALUE).color_mode(c.BigValueColorMode.VALUE)
    return panel.mappings(from_on(-FAR, least - 1e-9, VERMILION))


def coloured_cells(panel: Panel, *fields: str) -> Panel:
    """Write a table's columns in the colours of their bands and names."""
    built = panel.build()
    looks = built.field_config
    assert looks is not None, "a table has overrides"
    for override in looks.overrides:
        if override.matcher.options in fields:
            override.properties += _AS_TEXT
    return Built(built)


_AS_TEXT = [
    own("custom.cellOptions", {"type": "color-text"}),
    own("custom.displayMode", "color-text"),
]
"""The setting under its name of today, and that of Grafana 9."""
