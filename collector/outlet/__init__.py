"""Open data: the stored figures for others' programs, over MQTT, Sparkplug B and OpenMetrics.

Before: the store, with totals, figures and staleness. After: a broker's retained topics, Home
Assistant, a SCADA host, Prometheus. Nothing is counted here, and nothing here is waited for.
"""

from __future__ import annotations

from collector.outlet.outlet import Outlet

__all__ = ["Outlet"]
