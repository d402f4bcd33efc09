"""What `/metrics` answers of the reports that make themselves."""

from __future__ import annotations

from collections.abc import Iterator

from collector.reporting.service import ReportCounts
from edge_agent.process.metrics import Metric

PREFIX = "mieruka_collector_reports"


def report_figures(counts: ReportCounts) -> Iterator[Metric]:
    """Reports made, attempts that failed, and reports that are due and could not be made yet."""
    yield Metric(f"{PREFIX}_made_total", "Reports made as due.", "counter", float(counts.made))
    yield Metric(f"{PREFIX}_failed_total", "Attempts that failed.", "counter", float(counts.failed))
    yield Metric(
        f"{PREFIX}_waiting", "Reports due, not made, tried again.", value=float(counts.waiting)
    )
