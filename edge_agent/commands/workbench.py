"""The running agent as the page and remote care see it, whichever start it is at."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from edge_agent.app import Agent
from edge_agent.care import Care
from edge_agent.clock import SystemClock
from edge_agent.config import AgentSettings
from edge_agent.contract.reading import Reading
from edge_agent.errors import RetryLaterError
from edge_agent.meter_link import MeterLink
from edge_agent.page.bench import Start, UnitFigures
from edge_agent.wiring import Judgement
from edge_agent.words import said


class Workbench:
    """A ``Bench`` and a ``Plant`` over the agent of the moment. Any thread may call it.

    ``care`` outlives starts of the agent as this does.

    The service tells it what runs (``runs``, ``rests``, ``failed``), and asks it whether a new
    start is wanted (``wanted``) and what to go back to then (``way_back``).
    """

    def __init__(self, path: Path, settings: AgentSettings, page_on: bool = False) -> None:
        self._path, self._settings = path, settings
        self.page_on = page_on
        self.care: Care | None = None
        self._lock = threading.Lock()
        self._agent: Agent | None = None
        self._wanted = False
        self._way_back: Path | None = None
        self._last: Start | None = None

    @property
    def path(self) -> Path:
        """Its settings file."""
        return self._path

    def settings(self) -> AgentSettings:
        """The settings of the agent that runs, or ran last."""
        with self._lock:
            return self._settings

    def ask(self, link_id: str) -> MeterLink:
        """That line, shared with polling."""
        return self._running().ask(link_id)

    def take(self, link_id: str) -> AbstractContextManager[object]:
        """That line alone."""
        return self._running().take(link_id)

    def latest(self) -> Mapping[str, Reading]:
        """The newest reading of each meter."""
        return self._running().latest()

    def statistics(self) -> Mapping[str, UnitFigures]:
        """How each meter has answered."""
        return self._running().statistics()

    def stored_up_to(self, meter: str) -> int | None:
        """What the collector has confirmed of that meter."""
        return self._running().stored_up_to(meter)

    def standing(self) -> Mapping[str, Judgement]:
        """The verdicts on the wiring that stand, by meter; none where the agent gives none."""
        return self._running().standing()

    def health(self) -> Mapping[str, Any]:
        """What the agent says of itself."""
        return self._running().condition()

    def starting(self) -> bool:
        """Whether a new start is asked for or under way."""
        with self._lock:
            return self._wanted or self._agent is None

    def start_anew(self, way_back: Path | None) -> None:
        """Ask for a new start; the service hears of it within its next look."""
        with self._lock:
            self._wanted, self._way_back = True, way_back

    def last_start(self) -> Start | None:
        """How the newest new start went."""
        with self._lock:
            return self._last

    def start_fault(self) -> str:
        """Why the newest new start failed, "" when it did not."""
        last = self.last_start()
        return "" if last is None else last.fault

    def wanted(self) -> bool:
        """Whether a new start has been asked for."""
        with self._lock:
            return self._wanted

    def way_back(self) -> Path | None:
        """The settings to go back to when the agent does not run with those in the file."""
        with self._lock:
            return self._way_back

    def rests(self) -> None:
        """No agent runs now."""
        with self._lock:
            self._agent = None

    def runs(self, agent: Agent) -> None:
        """An agent runs now; a start that was asked for has come to its end."""
        with self._lock:
            self._agent, self._settings = agent, agent.settings
            if self._wanted:
                self._wanted, self._last = False, Start(SystemClock().now_ms())

    def stands(self) -> None:
        """It has run for long enough: nobody goes back from here by himself."""
        with self._lock:
            self._way_back = None

    def failed(self, fault: str, hint: str) -> None:
        """It did not run with the settings asked for; those of before are back."""
        with self._lock:
            self._wanted, self._way_back = False, None
            self._last = Start(SystemClock().now_ms(), fault, hint)

    def _running(self) -> Agent:
        with self._lock:
            agent = self._agent
        if agent is None:
            raise RetryLaterError(said("the agent starts anew"), said("wait a few seconds"))
        return agent
