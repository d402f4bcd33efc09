"""The `edge-agent` command. Only here do errors become one line and an exit code.

Exit codes: 0 well, 1 something is away or refused, 2 the settings have faults.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from edge_agent import capture, config, link_url, live_table, poll, profile
from edge_agent.clock import SystemClock
from edge_agent.config import AgentSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.errors import AgentError, ConfigError, StopError

log = logging.getLogger("edge_agent")
CONFIG_FAULTS = 2
TRACE = "MIERUKA_TRACE"
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reads power meters over Modbus and sends their readings.",
)
out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)

DEFAULT_CONFIG = Path("agent.toml")
ConfigOption = Annotated[Path, typer.Option("--config", "-c", help="The settings.", readable=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")]
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


@app.command()
def check(path: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Look for faults in the settings and the profiles they name; tell all of them."""
    faults: list[str] = []
    try:
        settings = config.load(path, profile_faults=profile.faults)
    except ConfigError as error:
        if not as_json:
            raise
        faults = error.faults
    if as_json:
        _json({"ok": not faults, "faults": faults})
    else:
        out.print(_praise(settings), markup=False)
        for line in _doubts(settings):
            out.print(line, markup=False)
    if faults:
        raise typer.Exit(CONFIG_FAULTS)


@app.command()
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
        _json({"readings": [_document(row) for row in readings], "faults": [*map(asdict, faults)]})
    else:
        _show(buses, readings, faults)
    if faults:
        raise typer.Exit(1)


@app.command()
def run(path: ConfigOption = DEFAULT_CONFIG) -> None:
    """Poll and send until SIGTERM or Ctrl-C."""
    asked_to_stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: asked_to_stop.set())
    # Brings the network libraries, which no other verb needs.
    from edge_agent.app import Agent

    _log_to_stderr()
    settings = config.load(path, profile_faults=profile.faults)
    for line in _doubts(settings):
        log.warning("%s", line)
    agent = Agent(settings)
    try:
        agent.start()
        log.info("%s: %s", settings.agent.id, _praise(settings))
        while not asked_to_stop.wait(0.5):
            agent.wait(0.0)
        log.info("asked to stop: handing over what is left, a few seconds at most")
        agent.stop()
        status = agent.status()
        ended = "ended as asked: %d readings taken, %d wait for the collector's receipt"
        log.info(ended, status.readings_taken, status.outbox_depth)
    finally:
        agent.close()


@app.command()
def profiles(as_json: JsonOption = False) -> None:
    """List the meter models that come with the agent."""
    models = [profile.load(name) for name in profile.available()]
    if as_json:
        _json([_profile_document(model) for model in models])
        return
    table = Table(Column("profile", no_wrap=True), "meter", "values", "requests", "rests on")
    for model in models:
        counts = str(len(model.registers)), str(len(model.blocks))
        names = f"{model.vendor} {', '.join(model.models)}"
        table.add_row(model.name, names, *counts, model.verification)
    out.print(table)


def _version(wanted: bool) -> None:
    if wanted:
        out.print(f"edge-agent {importlib.metadata.version('mieruka')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print it, end.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; whatever goes wrong is one line, and a traceback only when asked for."""
    try:
        with _one_line():
            app()
    except Exception as error:
        if os.environ.get(TRACE):
            raise
        kind = type(error).__name__
        hint = f"a fault in this program; {TRACE}=1 shows where, please report it"
        err.print(f"edge-agent: {kind}: {error} ({hint})", markup=False)
        sys.exit(1)


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            err.print(fault, markup=False)
        count = len(error.faults)
        faults = "1 fault" if count == 1 else f"{count} faults"
        err.print(f"edge-agent: {faults} ({error.hint})", markup=False)
        sys.exit(CONFIG_FAULTS)
    except (AgentError, OSError) as error:
        err.print(f"edge-agent: {error}", markup=False)
        sys.exit(1)


def _praise(settings: AgentSettings) -> str:
    meters, links = len(settings.meters), len(settings.links)
    things = f"{meters} meter{'s'[: meters != 1]} on {links} link{'s'[: links != 1]}"
    return f"ok: {things}, read every {settings.poll.every_s:g} s, sent to {settings.mqtt.url}"


def _doubts(settings: AgentSettings) -> Iterator[str]:
    """What is no fault but should be known."""
    used = {meter.link for meter in settings.meters}
    for link in settings.links:
        if link.id not in used:
            yield f"note: no meter is on link {link.id}"
    for name in sorted({meter.profile for meter in settings.meters}):
        unverified = ", ".join(row.quantity for row in profile.load(name).unverified)
        if unverified:
            yield f"note: profile {name}: compare with the meter's display: {unverified}"


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
    meters = {meter.settings.id: meter for meter in _meters(buses)}
    for reading in readings:
        meter = meters[reading.meter]
        title = " ".join(filter(None, [reading.meter, meter.settings.name]))
        out.print(live_table.table(reading, title, meter.profile))
    for fault in faults:
        err.print(f"edge-agent: {fault.meter}: {fault.message} ({fault.hint})", markup=False)


def _document(reading: Reading) -> dict[str, object]:
    return {"meter": reading.meter, "at_ms": reading.at_ms, "values": dict(reading.values)}


def _profile_document(model: profile.Profile) -> dict[str, object]:
    return {
        "name": model.name,
        "vendor": model.vendor,
        "models": model.models,
        "quantities": [register.quantity for register in model.registers],
        "requests": len(model.blocks),
        "verification": model.verification,
        "unverified": [register.quantity for register in model.unverified],
        "sources": [asdict(source) for source in model.sources],
    }


def _log_to_stderr() -> None:
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)


def _json(document: object) -> None:
    sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
