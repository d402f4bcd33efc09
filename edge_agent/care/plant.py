"""What remote care needs of the agent that runs now, whichever start it is at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from edge_agent.config import AgentSettings
from edge_agent.contract.reading import Reading
from edge_agent.meter_link import MeterLink
from edge_agent.wiring.verdict import Judgement


class Plant(Protocol):
    """The running agent. Any thread may call it.

    While the agent starts anew all but ``path``, ``settings``, ``starting``, ``start_anew`` and
    ``start_fault`` raise ``RetryLaterError``.
    """

    @property
    def path(self) -> Path:
        """Its settings file."""
        ...

    def settings(self) -> AgentSettings:
        """The settings it runs with."""
        ...

    def ask(self, link_id: str) -> MeterLink:
        """A line for requests of others, which take turns with polling."""
        ...

    def latest(self) -> Mapping[str, Reading]:
        """The newest values of each meter that has been read since the start."""
        ...

    def stored_up_to(self, meter: str) -> int | None:
        """The newest instant (ms) of this start that the collector has of a meter."""
        ...

    def standing(self) -> Mapping[str, Judgement]:
        """How each meter is wired, by the newest judgement."""
        ...

    def health(self) -> Mapping[str, Any]:
        """How it is."""
        ...

    def starting(self) -> bool:
        """Whether a new start is asked for or under way."""
        ...

    def start_anew(self, way_back: Path | None) -> None:
        """Ask for a new start; ``way_back`` are the settings to go back to when it fails."""
        ...

    def start_fault(self) -> str:
        """Why the newest new start failed, "" when it did not."""
        ...
