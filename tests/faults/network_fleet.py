"""Many agents in one process: each a real outbox, a real uplink and the real forward station.

A ``LightAgent`` has no meters: it gives itself numbered readings and enters each in the ledger. It
is what a scenario takes that wants a hundred agents, or an outbox with another time to resend.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from edge_agent import forward
from edge_agent.clock import SystemClock
from edge_agent.config import MqttSettings
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Birth
from edge_agent.outbox import Outbox
from edge_agent.pace import Pace
from edge_agent.uplink import Uplink
from simulators.ledger import Entry, Ledger

SITE = "sendai"
WATT = 1000.0
ROUND_S = 1.0
COMMIT_EVERY_S = 2.0


class LightAgent:
    """One agent of site ``sendai`` with one ``meter``, else of its own name; works in a ``with``.

    It gives itself a reading every ``every_s`` and sends what waits. ``resend_after_s`` is how
    long it waits for a receipt; without a ``pace`` its backlog goes as fast as the broker takes it.
    ``connections`` counts how often a broker let it in.
    """

    def __init__(
        self,
        agent: str,
        mqtt: MqttSettings,
        folder: Path,
        ledger: Ledger,
        *,
        every_s: float = 1.0,
        resend_after_s: float = 5.0,
        max_mb: float = 64,
        pace: Pace | None = None,
        meter: str = "",
        waits_s: tuple[float, float] = (0.5, 5.0),
    ) -> None:
        self.agent, self.folder, self._meter = agent, folder / agent, meter or agent
        self._clock = SystemClock()
        self.outbox = Outbox(
            self.folder / "outbox.sqlite",
            max_mb=max_mb,
            clock=self._clock,
            resend_after_s=resend_after_s,
        )
        self.uplink = Uplink(
            mqtt,
            agent,
            number=self.outbox.next_connection,
            birth=self._birth,
            news=self._wake,
            waits_s=waits_s,
        )
        self._ledger, self._every_s, self._pace = ledger, every_s, pace
        self._given = self.connections = 0
        self._reading = threading.Lock()
        self._news, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"agent {agent}", daemon=True)

    def __enter__(self) -> LightAgent:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.fall_silent()
        self.uplink.close(wait_s=0.5)
        self.outbox.close()

    def give(self, instants_ms: Iterable[int]) -> None:
        """Take readings of these instants into the outbox, durably."""
        for at_ms in instants_ms:
            self._given += 1
            wh = float(self._given)
            values = {"active_energy_import_wh": wh, "active_power_w": WATT}
            self._ledger.enter(self._meter, Entry(at_ms, wh, wh, WATT))
            self.outbox.put(Reading(SITE, self._meter, at_ms, values))
        self.outbox.commit()

    def is_empty(self) -> bool:
        """Whether everything it gave itself has a receipt."""
        return self.outbox.depth() == 0

    def fall_silent(self) -> None:
        """End the thread: no new readings, nothing sent."""
        self._stopping.set()
        self._wake()
        self._thread.join(20)

    def stop_reading(self) -> None:
        """No new readings; what waits is sent on."""
        with self._reading:
            self._every_s = float("inf")

    def _wake(self) -> None:
        self._news.set()

    def _birth(self, connection: int) -> Birth:
        self.connections += 1
        return Birth(self.agent, self.outbox.epoch, connection, "test", self._clock.now_ms(), ())

    def _run(self) -> None:
        next_s = commit_s = self._clock.monotonic_s()
        while not self._stopping.is_set():
            now_s = self._clock.monotonic_s()
            if now_s >= next_s and self._read():
                next_s = max(next_s + self._every_s, now_s)
            if now_s >= commit_s:
                self.outbox.commit()
                commit_s = now_s + COMMIT_EVERY_S
            forward.run_once(self.outbox, self.uplink, self._clock, self._pace)
            self._news.wait(min(ROUND_S, self._every_s))
            self._news.clear()

    def _read(self) -> bool:
        with self._reading:
            if self._every_s == float("inf"):
                return False
            self.give([self._clock.now_ms()])
            return True
