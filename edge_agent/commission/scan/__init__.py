"""Finds the units on serial lines and in address ranges, by reads alone.

A ``ScanPlan`` (``serial_plan``, ``tcp_plan``, ``links_plan``) says what will be asked and how long
it may take; ``scan`` walks it and gives a ``ScanReport``.
"""

from edge_agent.commission.scan.found import Found, ScanProgress, ScanReport
from edge_agent.commission.scan.plan import (
    ScanPlan,
    links_plan,
    serial_plan,
    tcp_plan,
)
from edge_agent.commission.scan.walk import scan

__all__ = [
    "Found",
    "ScanPlan",
    "ScanProgress",
    "ScanReport",
    "links_plan",
    "scan",
    "serial_plan",
    "tcp_plan",
]
