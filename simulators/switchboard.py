"""A plant that can be read: every link served, every meter answering at its clock's instant.

Before: a plant. After: addresses for the agent's settings, and a ledger that fills as meters are
read. Serial links get a line of two pseudo-terminals each.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from edge_agent import profile
from simulators.face import Face
from simulators.faults import Fault, Faults
from simulators.ledger import Ledger
from simulators.master import Master, asks_of
from simulators.meter import MeterServer
from simulators.plant import Address, Link, OtherMaster, Plant
from simulators.running import Running
from simulators.serial_line import SerialLine


class Switchboard(Running):
    """Serves all links of a plant between ``start`` and ``stop``, or inside a ``with``.

    ``now_ms`` is the clock that the meters go by. ``addresses`` holds where each link is served,
    as ``Plant.agent_toml`` wants it; ``masters`` who else asks on a link. ``time_factor`` scales
    what baud and turnaround cost where a link has ``baud_timing`` or a meter ``turnaround_ms``; 0
    waits for nothing.
    """

    def __init__(
        self,
        plant: Plant,
        now_ms: Callable[[], int],
        ledger: Ledger | None = None,
        faults: Faults | None = None,
        time_factor: float = 1.0,
    ) -> None:
        self.plant = plant
        self.ledger = Ledger() if ledger is None else ledger
        self.faults = Faults() if faults is None else faults
        self.addresses: dict[str, Address] = {}
        self.masters: dict[str, Master] = {}
        self._now_ms, self._time_factor = now_ms, time_factor
        self._running = ExitStack()

    def start(self) -> None:
        """Serve every link, with the faults that the plant begins with.

        Raises ``StopError`` when one cannot be served; none is then.
        """
        for meter in self.plant.meters:
            if meter.fault and not self.faults.answer(meter.id):
                self.faults.inject(meter.id, Fault(meter.fault))
        for link in self.plant.links:
            if link.fault and not self.faults.link(link.id):
                self.faults.inject_link(link.id, Fault(link.fault))
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
        if link.kind != "rtu":
            return self._server(faces, link, Address("127.0.0.1", 0), "", starting).address
        # A line can make bytes take their time, though not a scaled one; then the server waits.
        paced = link.baud_timing and self._time_factor == 1
        line = starting.enter_context(SerialLine(link.baud if paced else 0))
        other_end = line.agent_end if link.baud_timing else ""
        served = replace(link, baud_timing=False) if paced else link
        self._server(faces, served, Address(device=line.meter_end), other_end, starting)
        for master in self.plant.masters:
            if master.link == link.id:
                self._ask_as_well(master, link, faces, line.tap_end, starting)
        return Address(device=line.agent_end)

    def _server(
        self, faces: list[Face], link: Link, wanted: Address, other_end: str, starting: ExitStack
    ) -> MeterServer:
        where = (wanted, other_end, self._time_factor)
        server = MeterServer(faces, link, self._now_ms, self.ledger, self.faults, *where)
        return starting.enter_context(server)

    def _ask_as_well(
        self, other: OtherMaster, link: Link, faces: list[Face], device: str, starting: ExitStack
    ) -> None:
        """Let another master ask units of the line at its third end."""
        rows = [face for face in faces if face.meter.unit_id in other.units]
        asks = [ask for face in rows for ask in asks_of(face.profile, face.meter.unit_id)]
        master = Master(device, asks, other.every_s, baud=link.baud, parity=link.parity)
        self.masters[link.id] = starting.enter_context(master)
