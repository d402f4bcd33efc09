"""`edge-agent read`: meters asked once, shown or kept as a test case."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from edge_agent import capture, config, link_url, poll, profile
from edge_agent.clock import SystemClock
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.config import AgentSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.errors import StopError

MeterArgument = Annotated[str | None, typer.Argument(help="Only the meter with this id.")]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="A meter that is in no file: its profile.")
]
LinkOption = Annotated[
    str | None, typer.Option("--link", help=f"... and how to reach it: {link_url.HINT}.")
]
CaptureOption = Annotated[
    Path | None, typer.Option("--capture", help="Keep the answers as a test case in this folder.")
]


def read(
    meter: MeterArgument = None,
    path: ConfigOption = DEFAULT_CONFIG,
    profile_name: ProfileOption = None,
    link: LinkOption = None,
    folder: CaptureOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read meters once, now, and show their values; nothing is sent or kept."""
    if (profile_name is None) != (link is None):
        raise StopError("--profile and --link go together", link_url.HINT)
    if profile_name and link:
        buses: tuple[poll.Bus, ...] = (_lone_bus(profile_name, link),)
    else:
        buses = _buses(config.load(path), meter)
    recorder = _recorder(buses) if folder else None
    readings, faults = _poll(buses)
    if folder and recorder and readings:
        capture.save(folder, _meters(buses)[0].profile, recorder, readings[0])
    if as_json:
        rows = [_document(row) for row in readings]
        write_json({"readings": rows, "faults": [*map(asdict, faults)]})
    else:
        _show(buses, readings, faults)
    if faults:
        raise typer.Exit(1)


def _lone_bus(profile_name: str, url: str) -> poll.Bus:
    model = profile.load(profile_name)
    serial = {"baud": model.baud, "parity": model.parity, "stop_bits": model.stop_bits}
    target = link_url.parse(url, unit=model.unit_id, **serial)
    row = MeterSettings(id="meter", link=target.id, unit_id=target.unit, profile=profile_name)
    return poll.assemble("here", target, [row], PollSettings())


def _buses(settings: AgentSettings, meter: str | None) -> tuple[poll.Bus, ...]:
    rows = [row for row in settings.meters if meter in (None, row.id)]
    if not rows:
        known = ", ".join(row.id for row in settings.meters)
        raise StopError(f"there is no meter {meter}", f"known: {known}")
    links = [link for link in settings.links if link.id in {row.link for row in rows}]
    only = settings.model_copy(update={"links": tuple(links), "meters": tuple(rows)})
    return poll.gather(only)


def _meters(buses: tuple[poll.Bus, ...]) -> list[poll.PolledMeter]:
    return [meter for bus in buses for meter in bus.meters]


def _recorder(buses: tuple[poll.Bus, ...]) -> capture.RecordingLink:
    if len(_meters(buses)) != 1:
        raise StopError("a case is of one meter", "name the meter that --capture is for")
    buses[0].link = recorder = capture.RecordingLink(buses[0].link)
    return recorder


class _Shelf:
    """A sink that keeps the readings here."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def put(self, reading: Reading, mono_s: float) -> None:
        self.readings.append(reading)


def _poll(buses: tuple[poll.Bus, ...]) -> tuple[list[Reading], list[poll.Fault]]:
    shelf = _Shelf()
    faults: list[poll.Fault] = []
    logging.getLogger("edge_agent.poll").setLevel(logging.CRITICAL)  # told below, once
    for bus in buses:
        faults += poll.run_once(bus, shelf, SystemClock()).faults
        bus.close()
    return shelf.readings, faults


def _show(buses: tuple[poll.Bus, ...], readings: list[Reading], faults: list[poll.Fault]) -> None:
    from edge_agent import live_table
    from edge_agent.commands.screen import err, out

    meters = {meter.settings.id: meter for meter in _meters(buses)}
    for reading in readings:
        meter = meters[reading.meter]
        title = " ".join(filter(None, [reading.meter, meter.settings.name]))
        out.print(live_table.table(reading, title, meter.profile))
    for fault in faults:
        err.print(f"edge-agent: {fault.meter}: {fault.message} ({fault.hint})", markup=False)


def _document(reading: Reading) -> dict[str, object]:
    return {"meter": reading.meter, "at_ms": reading.at_ms, "values": dict(reading.values)}
