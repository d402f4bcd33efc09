"""`edge-agent wiring`: meters read several times, and what their values say of their wiring."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated

import typer

from edge_agent import config, poll
from edge_agent.clock import SystemClock
from edge_agent.commands.options import DEFAULT_CONFIG, ConfigOption, JsonOption, write_json
from edge_agent.commands.reading import (
    LinkOption,
    MeterArgument,
    ProfileOption,
    lone_meter,
    together,
)
from edge_agent.config import AgentSettings, MeterSettings, PollSettings
from edge_agent.config.meters import Wiring
from edge_agent.contract.reading import Reading
from edge_agent.errors import StopError
from edge_agent.wiring import (
    Judgement,
    Look,
    MeterFacts,
    Phasor,
    Verdict,
    facts_of,
    judge,
    phasors,
)
from edge_agent.words import Language, language_of, said

ReadingsOption = Annotated[
    int, typer.Option("--readings", min=3, max=1000, help="How many times each meter is read.")
]
PaceOption = Annotated[
    float, typer.Option("--every", min=0.0, max=600.0, help="Seconds between two readings.")
]
WiringOption = Annotated[
    str, typer.Option("--wiring", help="How it is connected: 1P2W, 1P3W, 3P3W or 3P4W.")
]
RatedOption = Annotated[
    float | None, typer.Option("--rated", min=0.1, help="Rated primary current of the CTs, in A.")
]
NominalOption = Annotated[
    float | None, typer.Option("--nominal", min=1.0, help="Nominal voltage line to line, in V.")
]
GeneratesOption = Annotated[
    bool | None,
    typer.Option(
        "--generates/--no-generation",
        help="Whether power may flow back now: solar panels, a generator.",
    ),
]
WIRINGS: tuple[Wiring, ...] = ("1P2W", "1P3W", "3P3W", "3P4W")


def wiring(
    meter: MeterArgument = None,
    path: ConfigOption = DEFAULT_CONFIG,
    profile_name: ProfileOption = None,
    link: LinkOption = None,
    readings: ReadingsOption = 10,
    every_s: PaceOption = 1.0,
    connection: WiringOption = "",
    rated_a: RatedOption = None,
    nominal_v: NominalOption = None,
    generates: GeneratesOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read meters several times, and say whether they are wired rightly, by which figures.

    Reversed and exchanged CTs, wrong ratios, missing voltages: each with its evidence and what to
    do. The circuits must carry load. A serial line that the running agent holds cannot be read
    beside it: look at its page instead. Exit code 1: something is wrong, or a meter gave no answer.
    """
    said_of_it = {
        "wiring": _wiring(connection) or None,
        "rated_current_a": rated_a,
        "nominal_voltage_v": nominal_v,
        "generates": generates,
    }
    known = {name: value for name, value in said_of_it.items() if value is not None}
    if together(profile_name, link):
        target, row = lone_meter(profile_name or "", link or "")
        buses: tuple[poll.Bus, ...] = (poll.assemble("here", target, [row], PollSettings()),)
        language = language_of()
    else:
        settings = config.load(path)
        language = language_of(settings.agent.language)
        buses = _buses(settings, meter)
    _judge_all(buses, readings, every_s, known, as_json, language)


def _judge_all(
    buses: tuple[poll.Bus, ...],
    readings: int,
    every_s: float,
    known: Mapping[str, object],
    as_json: bool,
    language: Language,
) -> None:
    from edge_agent.commands import wiring_pages as pages

    taken, faults = _read(buses, readings, every_s)
    rows = [row for bus in buses for row in bus.meters]
    meters = {row.settings.id: _facts(row, known) for row in rows}
    judged = {name: _judged(taken[name], meters[name]) for name in taken}
    if as_json:
        documents = [_document(name, judged[name], taken[name][-1], meters[name]) for name in taken]
        write_json({"meters": documents, "faults": [*map(_row, faults)]})
    else:
        names = {row.settings.id: row.settings.name for row in rows}
        for name, judgement in judged.items():
            pages.show(" ".join(filter(None, [name, names[name]])), judgement, language)
        pages.show_faults(faults, language)
    wrong = any(row.severity == "fault" for one in judged.values() for row in one.verdicts)
    if wrong or faults:
        raise typer.Exit(1)


def _wiring(text: str) -> Wiring:
    if text and text.upper() not in WIRINGS:
        hint = said("write one of {known}", known=", ".join(WIRINGS))
        raise StopError(said("{text} is no wiring", text=text), hint)
    return next((known for known in WIRINGS if known == text.upper()), "")


def _buses(settings: AgentSettings, meter: str | None) -> tuple[poll.Bus, ...]:
    """The lines of the wanted meters; every reading brings all quantities, at one pace."""
    wanted = [row for row in settings.meters if meter in (None, row.id)]
    if not wanted:
        known = ", ".join(row.id for row in settings.meters) or said("none")
        raise StopError(
            said("there is no meter {meter}", meter=meter), said("known: {known}", known=known)
        )
    rows = tuple(row.model_copy(update={"every_s": None}) for row in wanted)
    links = [link for link in settings.links if link.id in {row.link for row in rows}]
    update = {"links": tuple(links), "meters": rows, "poll": PollSettings()}
    return poll.gather(settings.model_copy(update=update))


class _Shelf:
    """A sink that keeps the readings, by meter."""

    def __init__(self) -> None:
        self.readings: dict[str, list[Reading]] = {}

    def put(self, reading: Reading, mono_s: float) -> None:
        self.readings.setdefault(reading.meter, []).append(reading)


def _read(
    buses: tuple[poll.Bus, ...], readings: int, every_s: float
) -> tuple[dict[str, list[Reading]], list[poll.Fault]]:
    """Readings by meter, and the last fault of each meter that gave none."""
    shelf = _Shelf()
    faults: dict[str, poll.Fault] = {}
    logging.getLogger("edge_agent").setLevel(logging.CRITICAL)  # told below, once
    for number in range(readings):
        for bus in buses:
            faults |= {row.meter: row for row in poll.run_once(bus, shelf, SystemClock()).faults}
        if number + 1 < readings and shelf.readings:
            time.sleep(every_s)
    for bus in buses:
        bus.close()
    silent = [row for name, row in faults.items() if name not in shelf.readings]
    return shelf.readings, silent


def _facts(row: poll.PolledMeter, known: Mapping[str, object]) -> MeterFacts:
    settings: MeterSettings = row.settings
    return replace(facts_of(settings, row.profile.counter_step_wh), **known)  # type: ignore[arg-type]


def _judged(readings: list[Reading], facts: MeterFacts) -> Judgement:
    at_s = [row.at_ms / 1000 for row in readings]
    return judge([row.values for row in readings], facts, at_s)


def _document(
    name: str, judgement: Judgement, newest: Reading, facts: MeterFacts
) -> dict[str, object]:
    return {
        "meter": name,
        "healthy": judgement.healthy,
        "enough_load": judgement.enough_load,
        "load": judgement.load,
        "loaded": judgement.loaded,
        "samples": judgement.samples,
        "verdicts": [_row(verdict) for verdict in judgement.verdicts],
        "looked_at": [_row(look) for look in judgement.looked_at],
        "phasors": [_row(arrow) for arrow in phasors(newest.values, facts.wiring)],
    }


def _row(one: Verdict | Look | Phasor | poll.Fault) -> dict[str, object]:
    return {part.name: getattr(one, part.name) for part in fields(one)}
