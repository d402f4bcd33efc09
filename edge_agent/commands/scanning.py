"""`edge-agent scan`: which units are on a line or in an address range, and what they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer

from edge_agent import config, profile
from edge_agent.commands.identifying import candidate_document
from edge_agent.commands.interruptible import interruptible
from edge_agent.commands.options import JsonOption, write_json
from edge_agent.commission.recognise import Recognised, recognise
from edge_agent.commission.scan import (
    ScanPlan,
    ScanReport,
    links_plan,
    serial_plan,
    tcp_plan,
)
from edge_agent.commission.scan import (
    scan as scan_units,
)
from edge_agent.commission.scan.plan import BAUDS, PARITIES, unit_ids_in
from edge_agent.commission.scan.targets import hosts_in, is_device
from edge_agent.errors import StopError
from edge_agent.meter_link import open_link
from edge_agent.words import said

_HINT = said("name a serial port or addresses: edge-agent scan /dev/ttyUSB0 192.168.1.0/24")
Asked = dict[str, Any]
"""What is handed to a plan as it is."""


class Parity(StrEnum):
    """A parity as it is written in the settings."""

    N = "N"
    E = "E"
    O = "O"  # noqa: E741


Targets = Annotated[
    list[str] | None,
    typer.Argument(
        help="/dev/ttyUSB0, 192.168.1.20, 192.168.1.0/24 or 192.168.1.10-40; several may follow."
    ),
]
ConfigOption = Annotated[
    Path | None, typer.Option("--config", "-c", help="Scan the links of these settings.")
]
UnitsOption = Annotated[str, typer.Option("--units", help="Only these unit ids: 1-32,100.")]
BaudOption = Annotated[list[int] | None, typer.Option("--baud", help="Only this speed.")]
ParityOption = Annotated[list[Parity] | None, typer.Option("--parity", help="Only this parity.")]
StopBitsOption = Annotated[int, typer.Option("--stop-bits", min=1, max=2, help="1 or 2.")]
PortOption = Annotated[list[int] | None, typer.Option("--port", help="TCP port, 502 as a rule.")]
TimeoutOption = Annotated[
    int | None, typer.Option("--timeout-ms", min=20, help="Patience with each unit.")
]
BusyOption = Annotated[
    bool, typer.Option("--even-if-busy", help="Ask on a line on which another master is at work.")
]
BareOption = Annotated[
    bool, typer.Option("--no-identify", help="Only find units; do not ask what they are.")
]


def scan(
    targets: Targets = None,
    path: ConfigOption = None,
    units: UnitsOption = "",
    baud: BaudOption = None,
    parity: ParityOption = None,
    stop_bits: StopBitsOption = 1,
    port: PortOption = None,
    timeout_ms: TimeoutOption = None,
    even_if_busy: BusyOption = False,
    bare: BareOption = False,
    as_json: JsonOption = False,
) -> None:
    """Find the units on serial lines and in address ranges, and say what they are.

    Only reads; a serial line on which another master speaks is left alone. Ctrl-C shows what was
    found so far; a second one ends at once. Exit code 1: nothing was found.
    """
    from edge_agent.commands import scan_pages as pages

    asked: Asked = {"timeout_ms": timeout_ms}
    if units:
        asked["unit_ids"] = unit_ids_in(units)
    parities = tuple(one.value for one in parity) if parity else PARITIES
    serial = {"bauds": tuple(baud or BAUDS), "parities": parities, "stop_bits": stop_bits}
    plans = (
        *_link_plans(path, asked),
        *_serial_plans(targets or (), serial | asked),
        *_network_plans(targets or (), {"ports": tuple(port or (502,))} | asked),
    )
    if not plans:
        raise StopError(said("nothing to scan was named"), _HINT)
    with interruptible() as stop:
        report = _walk(plans, stop, even_if_busy)
        rows = _recognise(report, stop, bare)
    if as_json:
        write_json(_document(rows, report))
    else:
        pages.show(rows, report)
    if not rows:
        raise typer.Exit(1)


def _link_plans(path: Path | None, asked: Asked) -> Iterator[ScanPlan]:
    if path is not None:
        links = config.load(path).links
        for kinds in (("rtu",), ("tcp", "rtu-over-tcp")):
            rows = [link for link in links if link.kind in kinds]
            if rows:
                yield links_plan(rows, **asked)


def _serial_plans(targets: Sequence[str], asked: Asked) -> Iterator[ScanPlan]:
    for target in targets:
        if is_device(target):
            yield serial_plan(target, **asked)


def _network_plans(targets: Sequence[str], asked: Asked) -> Iterator[ScanPlan]:
    hosts = hosts_in(target for target in targets if not is_device(target))
    if hosts:
        yield tcp_plan(hosts, **asked)


def _walk(plans: Sequence[ScanPlan], stop: Event, even_if_busy: bool) -> ScanReport:
    from edge_agent.commands import scan_pages as pages

    reports = []
    for plan in plans:
        with pages.progress(plan) as on_progress:
            reports.append(
                scan_units(
                    plan, on_progress=on_progress, stop=stop.is_set, even_if_busy=even_if_busy
                )
            )
    return ScanReport(
        tuple(found for report in reports for found in report.found),
        tuple(note for report in reports for note in report.notes),
        tuple(device for report in reports for device in report.busy),
        all(report.ended for report in reports),
    )


def _recognise(report: ScanReport, stop: Event, bare: bool) -> list[Recognised]:
    """What each unit is; two units with one id are not asked, nor any after Ctrl-C."""
    from edge_agent.commands import scan_pages as pages

    models = [] if bare else [profile.load(name) for name in profile.available()]
    rows = []
    with pages.recognising(len(report.found)) as one_more:
        for found in report.found:
            ask = models and not found.doubled and not stop.is_set()
            rows.append(recognise(found, models, open_link) if ask else Recognised(found))
            one_more()
    return rows


def _document(rows: Sequence[Recognised], report: ScanReport) -> dict[str, object]:
    return {
        "found": [_unit(row) for row in rows],
        "notes": report.notes,
        "busy": report.busy,
        "ended": report.ended,
    }


def _unit(row: Recognised) -> dict[str, object]:
    return {
        "link": row.found.link.model_dump(exclude_defaults=True),
        "unit_id": row.found.unit_id,
        "latency_ms": round(row.found.latency_ms, 1),
        "evidence": row.found.evidence,
        "doubled": row.found.doubled,
        "fault": row.fault,
        "candidates": [candidate_document(one) for one in row.candidates[:5]],
    }
