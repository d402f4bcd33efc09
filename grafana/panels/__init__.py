"""The panel vocabulary: the few kinds of panel a board is made of, in one look.

Stands between ``boards/<name>.py`` (what to show) and ``build.py`` (which writes the JSON). The
only room that knows grafana-foundation-sdk.
"""

from grafana.panels.by_category import bars_by_period, cloud, curve, shares
from grafana.panels.dress import Panel
from grafana.panels.figures import dial, figure, ranking
from grafana.panels.grids import heat, note, rows
from grafana.panels.over_time import (
    bars_over_time,
    lines_over_time,
    meters_over_time,
    stack_over_time,
    states,
)
from grafana.panels.pages import (
    Page,
    Row,
    Scope,
    Variable,
    Way,
    choice,
    dashboard_text,
    entry,
    heading,
)

__all__ = [
    "Page",
    "Panel",
    "Row",
    "Scope",
    "Variable",
    "Way",
    "bars_by_period",
    "bars_over_time",
    "choice",
    "cloud",
    "curve",
    "dashboard_text",
    "dial",
    "entry",
    "figure",
    "heading",
    "heat",
    "lines_over_time",
    "meters_over_time",
    "note",
    "ranking",
    "rows",
    "shares",
    "stack_over_time",
    "states",
]
