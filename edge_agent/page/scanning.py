"""Scans for the page: a plan, the line taken from the agent, and the work in the background."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from edge_agent.commission.scan import (
    ScanPlan,
    ScanProgress,
    links_plan,
    scan,
    serial_plan,
    tcp_plan,
)
from edge_agent.commission.scan.found import ScanReport
from edge_agent.commission.scan.plan import unit_ids_in
from edge_agent.commission.scan.targets import hosts_in
from edge_agent.config import LinkSettings
from edge_agent.errors import StopError
from edge_agent.page.desk import Desk
from edge_agent.page.jobs import Progress
from edge_agent.page.lines import place_of
from edge_agent.words import said

AS_IT_RUNS = "line"
SPEEDS: list[tuple[str, str]] = [
    ("usual", said("9600, 19200 and 38400")),
    ("9600", "9600"),
    ("19200", "19200"),
    ("all", said("all, 1200 to 115200 (slow)")),
]
_BAUDS = {"usual": (9_600, 19_200, 38_400), "9600": (9_600,), "19200": (19_200,)}


def start_serial(desk: Desk, device: str, speeds: str, units: str) -> None:
    """Scan a serial port. Raises ``AgentError`` for what cannot be scanned."""
    ids = unit_ids_in(units)
    running = [link for link in desk.bench.settings().links if link.device == device]
    if speeds == AS_IT_RUNS and running:
        _start(desk, links_plan(running, ids), said("Scanning {place}", place=device))
        return
    bauds = _BAUDS.get(speeds)
    plan = (
        serial_plan(device, unit_ids=ids)
        if bauds is None
        else serial_plan(device, bauds, unit_ids=ids)
    )
    _start(desk, plan, said("Scanning {place}", place=device))


def start_network(desk: Desk, hosts: str, tcp_port: str, units: str) -> None:
    """Scan addresses. Raises ``AgentError`` for what cannot be scanned."""
    if not (tcp_port.isascii() and tcp_port.isdigit() and 1 <= int(tcp_port) <= 65_535):
        what = said("“{text}” is no TCP port", text=tcp_port)
        raise StopError(what, said("Modbus meters listen on 502 unless set otherwise"))
    ids = unit_ids_in(units)
    addresses = hosts_in(hosts.replace(",", " ").split())
    if not addresses:
        raise StopError(said("no address to scan"), said("write for example 192.168.1.0/24"))
    plan = tcp_plan(addresses, (int(tcp_port),), unit_ids=ids)
    _start(desk, plan, said("Scanning {place}", place=hosts))


def _start(desk: Desk, plan: ScanPlan, title: str) -> None:
    taken = _running_on(desk, plan)
    pauses = ", ".join(link.id for link in taken)

    def work(told: Callable[[Progress], None], stopped: Callable[[], bool]) -> None:
        def progress(now: ScanProgress) -> None:
            desk.table.report_so_far(ScanReport(now.found, (), ended=False))
            share = now.done / now.total if now.total else 1.0
            told(Progress(min(share, 1.0), now.left_s, now.at))

        told(Progress(0.0, plan.estimate_s))
        with ExitStack() as stack:
            for link in taken:
                stack.enter_context(desk.bench.take(link.id))
            report = scan(plan, on_progress=progress, stop=stopped)
        desk.table.report_so_far(report)

    desk.jobs.start("scan", title, work, pauses)
    desk.table.report_so_far(ScanReport((), (), ended=False))


def _running_on(desk: Desk, plan: ScanPlan) -> list[LinkSettings]:
    """The agent's links to what is scanned: they must let go of it meanwhile."""
    places = {port.device for port in plan.ports}
    places |= {f"{each.host}:{each.port}" for each in plan.endpoints}
    return [link for link in desk.bench.settings().links if place_of(link) in places]
