"""An outbox with its uplink, sent round by round by the test itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from edge_agent import forward
from edge_agent.clock import SystemClock
from edge_agent.config import MqttSettings
from edge_agent.contract import wire
from edge_agent.forward import ForwardReport
from edge_agent.outbox import Outbox
from edge_agent.pace import Pace
from edge_agent.uplink import Uplink
from tests.edge_agent.delivery import NOON_MS, HandClock, reading, wait_until


class Sender:
    """An outbox and its uplink, as the agent wires them."""

    def __init__(
        self,
        folder: Path,
        url: str,
        agent: str,
        version: str = "5",
        max_mb: float = 64,
        pace: Pace | None = None,
    ) -> None:
        self.clock, self.pace = HandClock(), pace
        self.outbox = Outbox(folder / "outbox.sqlite", max_mb=max_mb, clock=self.clock)
        self.uplink = Uplink(
            MqttSettings.model_validate({"url": url, "version": version}),
            agent,
            number=self.outbox.next_connection,
            birth=self._birth,
            waits_s=(0.02, 0.1),
        )

    def _birth(self, number: int) -> wire.Birth:
        epoch = self.outbox.epoch
        return wire.Birth(self.uplink.agent, epoch, number, "test", NOON_MS, ())

    def take(self, count: int, *, meters: tuple[str, ...] = ("press",), age_s: int = 0) -> None:
        """Take and commit ``count`` polls of each meter, one second apart."""
        start_ms = self.clock.now_ms() - 1000 * (age_s + count - 1)
        for i in range(count):
            for meter in meters:
                self.outbox.put(reading(start_ms + 1000 * i, meter, power_w=i))
        assert self.outbox.commit() == count * len(meters)

    def round(self) -> ForwardReport:
        """One round on the machine's time."""
        return forward.run_once(self.outbox, self.uplink, SystemClock(), self.pace)

    def until(self, done: Callable[[], bool], within_s: float = 30.0) -> ForwardReport:
        """Rounds until something is so; their sums."""
        total: Counter[str] = Counter()

        def step() -> bool:
            report = self.round()
            total.update({name: int(getattr(report, name)) for name in report.__slots__})
            return done()

        wait_until(step, within_s)
        return ForwardReport(bool(total["connected"]), **{n: total[n] for n in _COUNTS})

    def close(self) -> None:
        """End in order."""
        self.uplink.close()
        self.outbox.close()


_COUNTS = ("messages", "readings", "gaps", "settled", "rejected", "unreadable")
Senders = Callable[..., Sender]
