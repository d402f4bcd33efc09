"""The workbench: all that the page may ask of the agent that runs beside it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from edge_agent.config import AgentSettings
from edge_agent.contract.reading import Reading
from edge_agent.meter_link import MeterLink
from edge_agent.wiring import Judgement


class UnitFigures(Protocol):
    """How one unit has answered since the agent started; latencies are None before the first."""

    @property
    def answers(self) -> int:
        """Good answers."""
        ...

    @property
    def timeouts(self) -> int:
        """Requests without one."""
        ...

    @property
    def bad_answers(self) -> int:
        """Broken, or another unit's."""
        ...

    @property
    def refusals(self) -> int:
        """Modbus exceptions."""
        ...

    @property
    def latency_ms(self) -> float | None:
        """Mean time to an answer."""
        ...

    @property
    def latency_max_ms(self) -> float | None:
        """The longest."""
        ...


@dataclass(frozen=True, slots=True)
class Start:
    """How the newest start of the agent with new settings went.

    ``fault`` is why it did not start ("" when it did); then the settings of before are back.
    """

    at_ms: int
    fault: str = ""
    hint: str = ""


class Bench(Protocol):
    """The running agent, as the page sees it. Raises ``RetryLaterError`` while it starts anew."""

    @property
    def path(self) -> Path:
        """Its settings file."""
        ...

    def settings(self) -> AgentSettings:
        """The settings it runs with."""
        ...

    def ask(self, link_id: str) -> MeterLink:
        """That line, shared with polling: one request at a time, and polling goes on."""
        ...

    def take(self, link_id: str) -> AbstractContextManager[object]:
        """That line alone: within the context polling on it pauses and the port is free."""
        ...

    def latest(self) -> Mapping[str, Reading]:
        """The newest reading of each meter."""
        ...

    def statistics(self) -> Mapping[str, UnitFigures]:
        """How each meter has answered."""
        ...

    def stored_up_to(self, meter: str) -> int | None:
        """The newest instant (UTC, ms) of that meter which the collector has confirmed."""
        ...

    def standing(self) -> Mapping[str, Judgement]:
        """The verdicts on the wiring that stand by the readings since the start, by meter."""
        ...

    def health(self) -> Mapping[str, Any]:
        """What the agent says of itself (the facts of ``/health``)."""
        ...

    def starting(self) -> bool:
        """Whether a start with new settings is under way."""
        ...

    def start_anew(self, way_back: Path | None) -> None:
        """Ask for a start with the settings as they are in the file now; returns at once.

        When that fails, ``way_back`` is put in the file's place and started instead.
        """
        ...

    def last_start(self) -> Start | None:
        """How the newest such start went, None when there was none."""
        ...
