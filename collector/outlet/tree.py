"""PURE. The readable tree: ``<root>/<site>/<meter>/<quantity>``, one plain number a topic.

Beside the numbers of a meter stand ``state`` and ``age_s``, ``available`` (online, offline) and
``json`` with all of it, units and instants. A site's own figures stand under the meter ``_site``.
A live figure of a silent meter is not in the tree: its topic is emptied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from collector.outlet.figures import Figure, MeterFigures
from collector.outlet.quantities import Published, number, published

STATE, AGE, AVAILABLE, JSON = "state", "age_s", "available", "json"
ONLINE, OFFLINE = "online", "offline"
OUTLETS = "_outlet"
"""Stands where a site would, for what a collector tells of itself."""
AGE_STEP_S = 10
_ODD = re.compile(r"[^A-Za-z0-9_.-]")
Leaves = dict[str, str]
"""Payload by topic."""


def level(name: str) -> str:
    """The name as one topic level: nothing in it that MQTT gives a meaning."""
    return _ODD.sub("_", name) or "_"


def meter_topic(root: str, site: str, meter: str) -> str:
    """The branch of a meter."""
    return f"{root}/{level(site)}/{level(meter)}"


def outlet_topic(root: str, collector: str) -> str:
    """Whether the collector that fills the tree is there: retained ``online`` or ``offline``."""
    return f"{root}/{OUTLETS}/{level(collector)}/{AVAILABLE}"


def rows_of(meter: MeterFigures, quantities: Sequence[str]) -> list[Published]:
    """The figures a meter has, known or not."""
    own = quantities if meter.read else ()
    return list(published(own, meter.medium, meter.unit, meter.whole_site))


Shown = tuple[Published, str, Figure]
"""A row with its value as text, and the figure it is of."""


def shown(meter: MeterFigures, quantities: Sequence[str]) -> Iterator[Shown]:
    """The rows that are to be seen now."""
    for row in rows_of(meter, quantities):
        figure = meter.values.get(row.name)
        if figure is not None and (meter.heard or not row.live):
            yield row, number(figure.value, row.decimals), figure


def leaves(root: str, meter: MeterFigures, quantities: Sequence[str]) -> Leaves:
    """Every topic of a meter that is to hold something, with what it holds."""
    branch, seen = meter_topic(root, meter.site, meter.meter), list(shown(meter, quantities))
    found = {f"{branch}/{row.name}": text for row, text, _ in seen}
    found[f"{branch}/{STATE}"] = meter.state
    found[f"{branch}/{AVAILABLE}"] = ONLINE if meter.heard else OFFLINE
    if meter.age_s is not None:
        found[f"{branch}/{AGE}"] = str(int(meter.age_s // AGE_STEP_S) * AGE_STEP_S)
    found[f"{branch}/{JSON}"] = _document(meter, seen)
    return found


def _document(meter: MeterFigures, seen: Sequence[Shown]) -> str:
    facts: dict[str, object] = {
        "site": meter.site,
        "meter": meter.meter,
        "name": meter.name,
        "state": meter.state,
        "values": {row.name: _entry(row, text, figure) for row, text, figure in seen},
    }
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))


def _entry(row: Published, text: str, figure: Figure) -> dict[str, object]:
    entry: dict[str, object] = {"value": json.loads(text), "unit": row.unit}
    if figure.from_ms is not None:
        entry["from"] = iso(figure.from_ms)
    entry["at"] = iso(figure.at_ms)
    if figure.factor:
        entry |= {"factor": figure.factor, "provisional": figure.provisional}
    return entry


def iso(at_ms: int) -> str:
    """The instant in UTC to the second, as ISO 8601 writes it."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
