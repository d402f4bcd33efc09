"""The meter on the workbench: what is known of it so far on its way from terminals to settings."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from edge_agent.commission.scan.found import ScanReport
from edge_agent.commission.solve import Solution
from edge_agent.config import LinkSettings, MeterSettings
from edge_agent.wiring import Judgement

Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Connection:
    """What the meter is connected to: the facts that its values are judged by."""

    wiring: str = ""
    rated_current_a: float | None = None
    ct_ratio: float = 1.0
    vt_ratio: float = 1.0
    generates: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """One meter. ``meter`` is its id in the settings once it has one there."""

    link: LinkSettings | None = None
    unit_id: int = 1
    profile: str = ""
    serial: str = ""
    model: str = ""
    connection: Connection = Connection()
    candidates: tuple[Any, ...] = ()
    samples: tuple[Values, ...] = ()
    values: Values | None = None
    values_at_ms: int = 0
    complaints: tuple[str, ...] = ()
    judgement: Judgement | None = None
    judged_at_ms: int = 0
    solution: Solution | None = None
    settings: MeterSettings | None = None
    meter: str = ""


class Table:
    """Where the draft lies. Any thread may look at it and change it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._draft = Draft()
        self._report: ScanReport | None = None
        self._judged: dict[str, Judgement] = {}

    def report(self) -> ScanReport | None:
        """What the newest scan has found so far."""
        with self._lock:
            return self._report

    def report_so_far(self, report: ScanReport) -> None:
        """Note what a scan has found."""
        with self._lock:
            self._report = report

    def judged(self, meter: str) -> Judgement | None:
        """The newest judgement of a meter that was made here."""
        with self._lock:
            return self._judged.get(meter)

    def keep_judgement(self) -> None:
        """Keep the draft's judgement under the id that the meter has in the settings."""
        with self._lock:
            if self._draft.meter and self._draft.judgement is not None:
                self._judged[self._draft.meter] = self._draft.judgement

    def draft(self) -> Draft:
        """The meter as it is now."""
        with self._lock:
            return self._draft

    def put(self, draft: Draft) -> None:
        """Begin with another meter."""
        with self._lock:
            self._draft = draft

    def note(self, **facts: Any) -> Draft:
        """Note facts about the meter; returns it as it is then."""
        with self._lock:
            self._draft = replace(self._draft, **facts)
            return self._draft
