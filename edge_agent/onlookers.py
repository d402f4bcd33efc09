"""Who looks at each reading beside the outbox: the wiring's watch, and the demand guard.

Before: every reading, in the thread that polled it. After: lines in the log when a verdict or a
level begins and ends, parts of ``/health`` and ``/metrics``, and the demand guard's actions.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from edge_agent.bus import PolledMeter
from edge_agent.config import AgentSettings
from edge_agent.contract import topics
from edge_agent.contract.reading import Reading
from edge_agent.process.metrics import Metric
from edge_agent.wiring.facts import facts_of
from edge_agent.wiring.verdict import Judgement
from edge_agent.wiring.watch import Change, Watch
from edge_agent.words import said

if TYPE_CHECKING:
    from edge_agent.demand.desk import Desk

log = logging.getLogger(__name__)


class Onlookers:
    """The onlookers of one agent. Any thread may call it.

    Raises ``StopError`` when the demand guard wants a relay that cannot be had.
    """

    def __init__(
        self,
        settings: AgentSettings,
        meters: Iterable[PolledMeter],
        now_ms: Callable[[], int],
    ) -> None:
        self._agent = settings.agent.id
        self._lock = threading.Lock()
        self._watch = _watch(meters)
        self._desk = _desk(settings, now_ms)

    def take(self, reading: Reading) -> None:
        """Be told a reading."""
        with self._lock:
            self._watch.take(reading)
            changes = self._watch.changes()
        for change in changes:
            log.warning("%s", _told(change))
        if self._desk is not None:
            self._desk.take(reading)

    def start(self) -> None:
        """Act from now on."""
        if self._desk is not None:
            self._desk.start()

    def stop(self) -> None:
        """Act no more; relays are let go."""
        if self._desk is not None:
            self._desk.stop()

    def send(self, announce: Callable[[str, bytes], bool]) -> None:
        """Hand what waits for the plant to the broker, while ``announce`` takes it."""
        if self._desk is not None:
            topic = topics.demand(self._agent)
            self._desk.send(lambda payload: announce(topic, payload))

    @property
    def waiting(self) -> int:
        """How many notices wait for the broker or for their action."""
        return 0 if self._desk is None else self._desk.waiting

    def wiring(self) -> Mapping[str, Judgement]:
        """How each meter is wired by the newest judgement; absent where none could be made yet."""
        with self._lock:
            return self._watch.standing()

    def health(self) -> dict[str, Any]:
        """What ``/health`` tells of them; the notes are for a person."""
        standing = self.wiring()
        parts: dict[str, Any] = {"wiring": {name: _shown(row) for name, row in standing.items()}}
        if self._desk is not None:
            parts["demand"] = self._desk.health()
        return parts

    def notes(self) -> list[str]:
        """One line for each verdict that stands."""
        return [
            said("meter {meter}: {title}", meter=meter, title=verdict.title)
            for meter, row in self.wiring().items()
            for verdict in row.verdicts
            if verdict.severity != "note"
        ]

    def metrics(self, prefix: str) -> Iterator[Metric]:
        """The same as figures."""
        counts = {
            meter: sum(verdict.severity != "note" for verdict in row.verdicts)
            for meter, row in self.wiring().items()
        }
        yield Metric(
            f"{prefix}_wiring_faults",
            "Verdicts on a meter's wiring that stand; absent where there was no load to judge by.",
            samples=tuple(({"meter": meter}, float(count)) for meter, count in counts.items()),
        )
        if self._desk is not None:
            yield from self._desk.metrics(prefix)


def _desk(settings: AgentSettings, now_ms: Callable[[], int]) -> Desk | None:
    if settings.demand is None:
        return None
    # Loaded where it is wanted: what is loaded stays in memory for years.
    from edge_agent.demand.desk import Desk

    return Desk(settings.demand, settings.agent.id, settings.agent.site, now_ms)


def _watch(meters: Iterable[PolledMeter]) -> Watch:
    rows = tuple(meters)
    facts = {
        row.settings.id: facts_of(row.settings, row.profile.counter_step_wh * row.ratios.of("Wh"))
        for row in rows
    }
    return Watch(facts, {row.settings.id: row.settings.below for row in rows if row.settings.below})


def _told(change: Change) -> str:
    verdict = change.verdict
    if not change.began:
        return said("meter {meter}: no longer: {title}", meter=change.meter, title=verdict.title)
    return said(
        "meter {meter}: {title}: {evidence} ({todo})",
        meter=change.meter,
        title=verdict.title,
        evidence=verdict.evidence,
        todo=verdict.todo,
    )


def _shown(row: Judgement) -> dict[str, Any]:
    return {
        "enough_load": row.enough_load,
        "verdicts": [
            {
                "kind": verdict.kind,
                "severity": verdict.severity,
                "title": verdict.title,
                "evidence": verdict.evidence,
                "todo": verdict.todo,
            }
            for verdict in row.verdicts
        ],
    }
