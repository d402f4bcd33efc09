"""Every group of alerts: the one table a new group is added to."""

from __future__ import annotations

from grafana.alerts import demand, load, machines, quality
from grafana.alerts.rule import Group

GROUPS: tuple[Group, ...] = (
    demand.GROUP,
    quality.SILENCE,
    quality.QUALITY,
    load.GROUP,
    machines.GROUP,
)
