"""A plant for one trial: simulated meters here, the real agent and the real collector as processes.

``Plan`` says what to build, ``Works`` builds it in a folder: settings files as a person would
write them, meters served from this process (so that the ledger sees each answer), processes that
may be killed. ``settle`` lets the meters fall silent and waits until all that was taken is stored;
``outcome`` judges.
"""

from __future__ import annotations

import math
import time
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from collector import config as collector_config
from collector.errors import RetryLaterError, StopError
from collector.state import open_state
from collector.storage import open_store
from collector.storage.port import ReadingStore
from edge_agent import config as agent_config
from simulators import toml_text
from simulators.electricity import Supply
from simulators.faults import Fault, Faults
from simulators.ledger import Ledger, Stored
from simulators.load import Interval, IntervalLoad
from simulators.plant import Address, Link, Plant, PlantMeter, Site
from simulators.switchboard import Switchboard
from tests.faults.judge import TOLERANCE_MS, Accounts, Outcome, judge
from tests.faults.outbox_file import ENERGY, Committed, depth
from tests.faults.processes import Process, agent_process, collector_process, until

FAR_FUTURE_MS = 2**45
HOUR_MS = 3_600_000
QUIET = {"health": {"listen": ""}}
"""No page of health: many agents share this machine's ports."""
FAST = {
    "clock": {"wait_s": 0.0},
    "delivery": {"backlog_jitter_s": 1.0, "backlog_readings_per_s": 2000.0},
    **QUIET,
}
"""An agent that waits for no time server and sends its backlog without the pause for a fleet."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build. ``agent`` and ``collector`` are laid over the settings, table by table.

    ``repeat_ms``: answers of a meter nearer than that are one poll and its retry.
    """

    meters: int = 6
    links: int = 1
    every_s: float = 0.5
    commit_every_s: float = 0.5
    site: str = "works"
    mqtt_version: str = "5"
    agent: Mapping[str, Any] = field(default_factory=dict)
    collector: Mapping[str, Any] = field(default_factory=dict)
    repeat_ms: int = 50

    def in_one_commit(self) -> int:
        """How many readings a kill of the agent may cost: those polled since the last commit.

        One commit interval, and the polls under way while it was written.
        """
        return self.meters * (math.ceil(self.commit_every_s / self.every_s) + 2)


class Works:
    """One trial's plant in ``folder``; works inside a ``with``, where the meters are served.

    ``store`` is the collector's [store]; None is an SQLite file. Agent and collector are started
    by ``start`` or one by one, and ended with the ``with``.
    """

    def __init__(
        self, folder: Path, broker: str, plan: Plan | None = None, *, store: Any = None
    ) -> None:
        self.folder = folder
        self.broker = broker
        self.plan = plan or Plan()
        self.faults = Faults()
        self.ledger = Ledger(self.plan.repeat_ms)
        self.board = Switchboard(_plant(self.plan), _now_ms, self.ledger, self.faults)
        self.committed = Committed()
        self.store: Mapping[str, Any] = store or {"kind": "sqlite", "path": "store.sqlite"}
        self.agent = agent_process(folder / "agent.toml", folder / "agent.log")
        self.collector = collector_process(folder / "collector.toml", folder / "collector.log")
        self._collectors = {"collector": self.collector}

    def __enter__(self) -> Self:
        self.board.start()
        self.addresses: dict[str, Address] = dict(self.board.addresses)
        self.write()
        return self

    def __exit__(self, *_: object) -> None:
        for process in (self.agent, *self._collectors.values()):
            process.kill()
        self.board.stop()
        self._store.close()

    # Settings.

    def write(
        self, agent: Mapping[str, Any] | None = None, collector: Mapping[str, Any] | None = None
    ) -> None:
        """Write both settings files, with more laid over the plan's; for the next start.

        The agent finds its links at ``addresses``, which may be changed before.
        """
        text = self.board.plant.agent_toml(
            self.addresses,
            mqtt_url=self.broker,
            mqtt_version=self.plan.mqtt_version,
            state_dir="edge",
            every_s=self.plan.every_s,
            commit_every_s=self.plan.commit_every_s,
        )
        self._lay(text, "agent", FAST, self.plan.agent, agent or {})
        self._write_collector("collector", collector or {})

    def another_collector(self, name: str, settings: Mapping[str, Any] | None = None) -> Process:
        """One more collector on the same store, with a state of its own; not started."""
        self._collectors[name] = collector_process(
            self.folder / f"{name}.toml", self.folder / f"{name}.log"
        )
        self._write_collector(name, settings or {})
        return self._collectors[name]

    def _write_collector(self, name: str, settings: Mapping[str, Any]) -> None:
        text = self.board.plant.collector_toml(
            collector_id=name,
            mqtt_url=self.broker,
            mqtt_version=self.plan.mqtt_version,
            state_dir=name,
            store=self.store,
            summarise_every_s=5,
        )
        self._lay(text, name, QUIET, self.plan.collector, settings)

    def _lay(self, text: str, name: str, *layers: Mapping[str, Any]) -> None:
        settings: dict[str, Any] = tomllib.loads(text)
        for layer in layers:
            settings = _laid_over(settings, layer)
        (self.folder / f"{name}.toml").write_text(toml_text.document(settings), "utf-8")

    # Processes.

    def start(self) -> None:
        """Start the collector, then the agent, and wait until readings are stored."""
        self.collector.start()
        self._let_subscribe(self.collector)
        self.agent.start()
        self.more_arrives(30)

    def _let_subscribe(self, collector: Process) -> None:
        # What an agent sends before anybody subscribes comes again, but only after a minute.
        until(lambda: ": there" in collector.text(), 20, "it connects", collector.last_lines)

    def more_arrives(self, within_s: float = 20) -> None:
        """Wait until more readings are stored than now."""
        before = self.count_stored()
        until(
            lambda: self.count_stored() > before,
            *(within_s, "more is stored", self.last_lines),
            every_s=0.3,
        )

    def last_lines(self) -> str:
        """The ends of all logs, for a failing test."""
        logs = [process.last_lines() for process in self._collectors.values()]
        return "\n".join([self.agent.last_lines(), *logs, f"outbox: {depth(self.edge_folder)}"])

    @property
    def edge_folder(self) -> Path:
        """The agent's state folder, as its settings say."""
        return agent_config.load(self.folder / "agent.toml").agent.state_dir

    def note_committed(self) -> None:
        """Remember what the outbox holds now: it counts as committed whatever becomes of it."""
        self.committed.add(self.edge_folder)

    # The end of a trial.

    def settle(self, within_s: float = 45) -> None:
        """Let the meters fall silent, and wait until the outbox waits for nothing any more."""
        for meter in self.board.plant.meters:
            self.faults.inject(meter.id, Fault("silent"))
        quiet_s = 2 * self.plan.commit_every_s + 1.0
        until(_Still(self.edge_folder, quiet_s), within_s, "all is stored", self.last_lines)

    def outcome(self, tolerance_ms: int = TOLERANCE_MS) -> Outcome:
        """What became of every reading served; the store has to be there.

        Stored instants may be off by ``tolerance_ms``.
        """
        self.note_committed()
        return judge(self.ledger, self.stored(), self.committed, self.accounts(), tolerance_ms)

    def stored(self) -> dict[str, Sequence[Stored]]:
        """The stored energy counters by meter."""
        site, since_ms = self.plan.site, self.board.plant.start_ms
        return {
            meter.id: self._store.read_series(site, meter.id, ENERGY, since_ms, FAR_FUTURE_MS)
            for meter in self.board.plant.meters
        }

    def count_stored(self) -> int:
        """How many readings are stored now; 0 when the store is not there yet."""
        site, since_ms = self.plan.site, self.board.plant.start_ms
        try:
            return sum(
                self._store.count_readings(site, meter.id, since_ms, FAR_FUTURE_MS)
                for meter in self.board.plant.meters
            )
        except (RetryLaterError, StopError):
            return 0

    @cached_property
    def _store(self) -> ReadingStore:
        return open_store(collector_config.load(self.folder / "collector.toml").store)

    def accounts(self) -> Accounts:
        """What all collectors together know of the agent's numbers."""
        received: dict[str, frozenset[int]] = defaultdict(frozenset)
        gaps: dict[str, frozenset[int]] = defaultdict(frozenset)
        for name in self._collectors:
            state = open_state(self.folder / name)
            with closing(state.database):
                for epoch in self.committed.last:
                    received[epoch] |= _numbers(state.received.ranges(self.agent_id, epoch))
                for gap in (row.gap for row in state.gaps.list()):
                    if gap.agent == self.agent_id:
                        gaps[gap.epoch] |= _numbers([(gap.first, gap.last)])
        return Accounts(received, gaps)

    @property
    def agent_id(self) -> str:
        """The agent's id, as its settings say."""
        return agent_config.load(self.folder / "agent.toml").agent.id


class _Still:
    """Whether an outbox has been empty, with the same last number, for a while."""

    def __init__(self, folder: Path, quiet_s: float) -> None:
        self._folder, self._quiet_s = folder, quiet_s
        self._last = -1
        self._since_s = time.monotonic()

    def __call__(self) -> bool:
        now = depth(self._folder)
        if now is None or now.waiting or now.gaps or now.last != self._last:
            self._last = -1 if now is None else now.last
            self._since_s = time.monotonic()
        return time.monotonic() - self._since_s >= self._quiet_s


def _plant(plan: Plan) -> Plant:
    """Meters whose counters move on by at least 40 Wh a second: each reading is another value."""
    start_ms = _now_ms() - HOUR_MS
    end_ms = start_ms + 100 * 24 * HOUR_MS
    meters = tuple(
        PlantMeter(
            id=f"m{number:02d}",
            name=f"計器 {number}",
            name_en=f"Meter {number}",
            link=f"lan{number % plan.links}",
            unit_id=number // plan.links + 1,
            profile="schneider_iem3155",
            rated_power_kw=4000.0,
            start_wh=1_000_000.0 * (number + 1),
            seed=number,
        )
        for number in range(plan.meters)
    )
    loads = {
        meter.id: IntervalLoad([Interval(start_ms, end_ms, 2400.0 * (300 + 20 * place))], start_ms)
        for place, meter in enumerate(meters)
    }
    links = tuple(Link(f"lan{number}", "tcp") for number in range(plan.links))
    site = Site(plan.site, "工場", "Works", "Asia/Tokyo")
    return Plant(site, Supply(), links, meters, loads, start_ms)


def _laid_over(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    laid = dict(under)
    for key, value in over.items():
        below = laid.get(key)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        laid[key] = _laid_over(below, value) if both else value  # type: ignore[arg-type]
    return laid


def _numbers(ranges: Sequence[tuple[int, int]]) -> frozenset[int]:
    return frozenset(number for first, last in ranges for number in range(first, last + 1))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
