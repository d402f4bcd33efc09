"""`read`: a meter asked now, in its turn among the polls of its line."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field

from edge_agent import poll
from edge_agent.care.plant import Plant
from edge_agent.care.questions.chosen import chosen_meters
from edge_agent.care.told import Told
from edge_agent.clock import SystemClock
from edge_agent.config import AgentSettings, LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.care import Ask
from edge_agent.contract.reading import Reading
from edge_agent.meter_link import MeterLink
from edge_agent.words import said

WITHIN_S = 20.0
"""No further meter is asked after so long: somebody waits for the answer."""


@dataclass(slots=True)
class _Shelf:
    """What was read, and what could not be."""

    readings: list[dict[str, object]] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)

    def put(self, reading: Reading, mono_s: float) -> None:
        """Keep a reading that was asked for."""
        self.keep(reading, "asked")

    def keep(self, reading: Reading, source: str) -> None:
        """Keep a reading; ``source`` is ``asked`` (just now) or ``heard`` (of another master)."""
        values = dict(reading.values)
        row = {"meter": reading.meter, "at_ms": reading.at_ms, "source": source, "values": values}
        self.readings.append(row)

    def note(self, fault: poll.Fault) -> None:
        """Keep a fault."""
        self.faults.append({key: str(text) for key, text in asdict(fault).items()})


def answer(plant: Plant, ask: Ask) -> Told:
    """The values of the meter in the question, or of all meters as far as there is time."""
    settings, shelf = plant.settings(), _Shelf()
    rows = chosen_meters(settings, ask)
    end_s, left = time.monotonic() + WITHIN_S, list(rows)
    while left and time.monotonic() < end_s:
        _read(plant, settings, left.pop(0), shelf)
    body = {"readings": shelf.readings, "faults": shelf.faults, "not_asked": [m.id for m in left]}
    if not shelf.readings:
        told = shelf.faults[0] if shelf.faults else {}
        return Told(
            "failed", told.get("message", said("no meter to read")), told.get("hint", ""), body
        )
    return Told(body=body)


def _read(plant: Plant, settings: AgentSettings, meter: MeterSettings, shelf: _Shelf) -> None:
    link = next(link for link in settings.links if link.id == meter.link)
    if link.kind == "rtu-listen":
        _heard(plant, meter, shelf)
        return
    line = plant.ask(link.id)

    def opener(_link: LinkSettings, _gaps_ms: object = None) -> MeterLink:
        return line

    row = meter.model_copy(update={"every_s": None})
    bus = poll.assemble(settings.agent.site, link, [row], PollSettings(), opener)
    report = poll.run_once(bus, shelf, SystemClock())
    faults = [*bus.unsound, *report.faults]
    if not (faults or report.readings):
        faults = [poll.Fault(meter.id, said("its line is in use by another part of the agent"), "")]
    for fault in faults:
        shelf.note(fault)


def _heard(plant: Plant, meter: MeterSettings, shelf: _Shelf) -> None:
    """On a line of another master nobody may speak: the newest values heard."""
    reading = plant.latest().get(meter.id)
    if reading is None:
        shelf.note(poll.Fault(meter.id, said("nothing was heard of it yet"), ""))
    else:
        shelf.keep(reading, "heard")
