"""Values of the meter on the workbench, read by the agent's own polling."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from edge_agent import poll
from edge_agent.clock import SystemClock
from edge_agent.config import LinkSettings, MeterSettings, PollSettings
from edge_agent.contract.reading import Reading
from edge_agent.errors import SkipMeterError
from edge_agent.meter_link import MeterLink
from edge_agent.page.draft import Draft


@dataclass(frozen=True, slots=True)
class Sample:
    """One reading and what was odd about it."""

    reading: Reading
    complaints: tuple[str, ...]


class _Shelf:
    def __init__(self) -> None:
        self.readings: list[Reading] = []

    def put(self, reading: Reading, mono_s: float) -> None:
        self.readings.append(reading)


def read_sample(draft: Draft, line: MeterLink) -> Sample:
    """Read the draft's meter once over ``line``. Raises ``SkipMeterError`` when nothing came."""
    return sampler(draft, line)()


def sampler(draft: Draft, line: MeterLink) -> Callable[[], Sample]:
    """Reads the draft's meter once a call; what it learns about the meter serves the next one."""
    assert draft.link is not None
    row = MeterSettings.model_validate(
        {
            "id": "workbench",
            "link": draft.link.id,
            "unit_id": draft.unit_id,
            "profile": draft.profile,
            "ct_ratio": draft.connection.ct_ratio,
            "vt_ratio": draft.connection.vt_ratio,
        }
    )
    bus = poll.assemble("workbench", draft.link, [row], PollSettings(), _only(line))

    def sample() -> Sample:
        shelf = _Shelf()
        report = poll.run_once(bus, shelf, SystemClock())
        told = tuple(fault.message for fault in report.faults)
        if not shelf.readings:
            fault = report.faults[0]
            raise SkipMeterError(fault.message, fault.hint)
        return Sample(shelf.readings[0], told)

    return sample


def _only(line: MeterLink) -> poll.Opener:
    def opener(_link: LinkSettings, _gaps_ms: object = None) -> MeterLink:
        return line

    return opener
