"""The way out by ``/metrics``: the newest figures of each meter, as gauges.

Gauges, also for energy: a total may be corrected downwards, which a reader of counters would take
for a meter that began anew. The number of meters is bounded, as a scrape has to be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from collector.outlet.figures import MeterFigures
from collector.outlet.quantities import TOTALS, of_reading
from collector.outlet.tree import shown
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.process.metrics import Labels, Metric

PREFIX = "mieruka_meter"
MOST_METERS = 5_000


def meter_metrics(meters: Sequence[MeterFigures], quantities: Sequence[str]) -> Iterator[Metric]:
    """A family for each figure, with a sample for each meter that has it now."""
    held: defaultdict[str, list[tuple[Labels, float]]] = defaultdict(list)
    for meter in meters[:MOST_METERS]:
        labels = {"site": meter.site, "meter": meter.meter}
        for row, text, _ in shown(meter, quantities):
            held[row.name].append((labels, float(text)))
        held["up"].append((labels, float(meter.heard)))
        if meter.age_s is not None:
            held["reading_age_seconds"].append((labels, meter.age_s))
    for name, text in _helps(quantities).items():
        yield Metric(f"{PREFIX}_{name}", text, samples=tuple(held[name]))
    left_out = float(max(0, len(meters) - MOST_METERS))
    yield Metric("mieruka_outlet_meters_left_out", "Meters beyond what is told.", value=left_out)


def _helps(quantities: Sequence[str]) -> dict[str, str]:
    rows = [*TOTALS, *(of_reading(QUANTITIES[name]) for name in quantities)]
    found = {row.name: f"{row.label_en}{f', {row.unit}' if row.unit else ''}." for row in rows}
    return found | {
        "up": "1 while the meter's readings come.",
        "reading_age_seconds": "Age of the newest reading.",
    }
