"""A plant that can be read: every link served, every meter answering at its clock's instant.

Before: a plant. After: addresses for the agent's settings, and a ledger that fills as meters are
read. Serial links get a line of two pseudo-terminals each.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from edge_agent import profile
from simulators.face import Face
from simulators.faults import Faults
from simulators.ledger import Ledger
from simulators.meter import MeterServer
from simulators.plant import Address, Link, Plant
from simulators.running import Running
from simulators.serial_line import SerialLine


class Switchboard(Running):
    """Serves all links of a plant between ``start`` and ``stop``, or inside a ``with``.

    ``now_ms`` is the clock that the meters go by. ``addresses`` holds where each link is served,
    as ``Plant.agent_toml`` wants it.
    """

    def __init__(
        self,
        plant: Plant,
        now_ms: Callable[[], int],
        ledger: Ledger | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.plant = plant
        self.ledger = Ledger() if ledger is None else ledger
        self.faults = Faults() if faults is None else faults
        self.addresses: dict[str, Address] = {}
        self._now_ms = now_ms
        self._running = ExitStack()

    def start(self) -> None:
        """Serve every link. Raises ``StopError`` when one cannot be served; none is then."""
        with ExitStack() as starting:
            for link in self.plant.links:
                self.addresses[link.id] = self._serve(link, starting)
            self._running = starting.pop_all()

    def stop(self) -> None:
        """Stop serving all links."""
        self._running.close()

    def _serve(self, link: Link, starting: ExitStack) -> Address:
        """Where the agent finds the link, once it is served."""
        faces = [
            Face(self.plant, meter, profile.load(meter.profile), self.faults)
            for meter in self.plant.meters
            if meter.link == link.id
        ]
        line = starting.enter_context(SerialLine()) if link.kind == "rtu" else None
        wanted = Address(device=line.meter_end) if line else Address("127.0.0.1", 0)
        server = MeterServer(faces, link.kind, self._now_ms, self.ledger, self.faults, wanted)
        starting.enter_context(server)
        return Address(device=line.agent_end) if line else server.address
