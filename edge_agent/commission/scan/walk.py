"""Walks a scan's plan: ports one after the other, addresses several at a time."""

from __future__ import annotations

from collections.abc import Callable

from edge_agent.commission.scan.board import Board
from edge_agent.commission.scan.found import ScanProgress, ScanReport
from edge_agent.commission.scan.network_walk import scan_endpoints
from edge_agent.commission.scan.overhear import Overhear, overhear
from edge_agent.commission.scan.plan import ScanPlan
from edge_agent.commission.scan.probe import Opener, open_for_scan
from edge_agent.commission.scan.serial_walk import scan_port


def scan(
    plan: ScanPlan,
    *,
    opener: Opener = open_for_scan,
    on_progress: Callable[[ScanProgress], object] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    listener: Overhear = overhear,
    even_if_busy: bool = False,
) -> ScanReport:
    """Find the units of ``plan``. Reads only; a serial line in use is left alone.

    ``on_progress`` is called after each request, on a network from several threads; once ``stop``
    says True, what was found so far is reported. Lines that are away end up in the notes.
    """
    board = Board(plan.requests, plan.estimate_s, on_progress, stop)
    for port in plan.ports:
        if not stop():
            scan_port(port, plan, board, opener, listener, even_if_busy)
    scan_endpoints(plan.endpoints, plan, board, opener)
    return board.report()
