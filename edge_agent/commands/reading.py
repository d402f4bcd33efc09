"""`edge-agent read`: meters asked once, and shown."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Annotated

import typer

from edge_agent import config, link_url, poll, profile
from edge_agent.clock import SystemClock
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.config import AgentSettings, LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.errors import StopError, one_line
from edge_agent.words import Said, in_language, language_of, said

MeterArgument = Annotated[str | None, typer.Argument(help="Only the meter with this id.")]
ProfileOption = Annotated[
    str | None, typer.Option("--profile", help="A meter that is in no file: its profile.")
]
LinkOption = Annotated[
    str | None, typer.Option("--link", help=f"... and how to reach it: {link_url.HINT}.")
]


def read(
    meter: MeterArgument = None,
    path: ConfigOption = DEFAULT_CONFIG,
    profile_name: ProfileOption = None,
    link: LinkOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read meters once, now, and show their values; nothing is sent or kept."""
    if together(profile_name, link):
        target, row = lone_meter(profile_name or "", link or "")
        buses: tuple[poll.Bus, ...] = (poll.assemble("here", target, [row], PollSettings()),)
    else:
        buses = _buses(config.load(path), meter)
    readings, faults = _poll(buses)
    if as_json:
        rows = [_document(row) for row in readings]
        remarks = [{"meter": id, "message": text} for id, text in _remarks(buses)]
        write_json({"readings": rows, "faults": [*map(asdict, faults)], "remarks": remarks})
    else:
        _show(buses, readings, faults)
    if faults:
        raise typer.Exit(1)


def together(profile_name: str | None, link: str | None) -> bool:
    """Whether a meter is named by --profile and --link; raises ``StopError`` for one alone."""
    if (profile_name is None) != (link is None):
        raise StopError(said("--profile and --link go together"), link_url.HINT)
    return link is not None


def lone_meter(profile_name: str, url: str) -> tuple[LinkSettings, MeterSettings]:
    """A meter that is in no file, and its link; what the URL leaves out is the factory's."""
    model = profile.load(profile_name)
    factory = {"baud": model.baud, "parity": model.parity, "stop_bits": model.stop_bits}
    serial = {key: value for key, value in factory.items() if value is not None}
    target = link_url.parse(url, unit=model.unit_id, **serial)
    row = MeterSettings(id="meter", link=target.id, unit_id=target.unit, profile=profile_name)
    return target, row


def _buses(settings: AgentSettings, meter: str | None) -> tuple[poll.Bus, ...]:
    rows = [row for row in settings.meters if meter in (None, row.id)]
    if not rows:
        known = ", ".join(row.id for row in settings.meters)
        raise StopError(
            said("there is no meter {meter}", meter=meter), said("known: {names}", names=known)
        )
    links = [link for link in settings.links if link.id in {row.link for row in rows}]
    only = settings.model_copy(update={"links": tuple(links), "meters": tuple(rows)})
    return poll.gather(only)


def _meters(buses: tuple[poll.Bus, ...]) -> list[poll.PolledMeter]:
    return [meter for bus in buses for meter in bus.meters]


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
    lines = [(fault.meter, one_line(fault.message, fault.hint)) for fault in faults]
    for id, text in [*_remarks(buses), *lines]:
        err.print(f"edge-agent: {id}: {in_language(text, language_of())}", markup=False)


def _remarks(buses: tuple[poll.Bus, ...]) -> list[tuple[str, str]]:
    """What is odd about meters that were read all the same: their ids, and one line each."""
    rows = [(meter.settings.id, meter.told.said) for meter in _meters(buses)]
    return [(id, text) for id, texts in rows for text in sorted(texts) if isinstance(text, Said)]


def _document(reading: Reading) -> dict[str, object]:
    return {"meter": reading.meter, "at_ms": reading.at_ms, "values": dict(reading.values)}
