"""Names of the collector's pseudo meters as a reader knows them: ``_agent_pi-1`` is ``pi-1``."""

from __future__ import annotations

from grafana.panels.dress import Built, Panel, d

AGENT, LINE, COLLECTOR = "_agent_", "_line_", "_collector_"
"""How the name of an agent, a line and a collector begins among the meters."""
LOCAL_TIME = (r"/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/", "$1 $2")
"""A stored local time, written as people do."""


def without(beginning: str) -> tuple[str, str]:
    """How a table's text is rewritten (``Column.rewritten``) that begins so."""
    return f"/^{beginning}(.*)$/", "$1"


def rewritten(pattern: str, shown: str) -> dict[str, object]:
    """The mapping of a cell whose text fits the pattern."""
    return {"type": "regex", "options": {"pattern": pattern, "result": {"text": shown, "index": 0}}}


def series_shortened(panel: Panel, beginning: str) -> Panel:
    """Leave the beginning out of every series' name."""
    options = {"regex": f"^(.*){beginning}(.*)$", "renamePattern": "$1$2"}
    transformed = d.DataTransformerConfig(id_val="renameByRegex", options=options)
    built = panel.build()
    built.transformations = [*(built.transformations or []), transformed]
    return Built(built)
