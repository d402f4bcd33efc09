"""PURE. An edge node of Sparkplug B: which messages it owes its hosts, in which order.

Source: Eclipse Sparkplug 3.0. NBIRTH comes first and has number 0 (4.2.1); each further message
has the next number up to 255, then 0 (6.4.6); NBIRTH and the will that is its NDEATH carry one
``bdSeq`` (5.4). A meter is a device: DBIRTH tells every figure it will ever tell (6.4.21), DDATA
what has changed, DDEATH that it is silent. A number is used up only by a message that went out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from collector.outlet.message import Message
from collector.outlet.payload import BOOLEAN, DOUBLE, INT64, Metric, Payload, decode, encode

NAMESPACE = "spBv1.0"
REBIRTH = "Node Control/Rebirth"
BD_SEQ = "bdSeq"
NUMBERS = 256
SLOT_KWH = "slot_kwh"
"""The energy of a finished demand interval, dated by its start."""
MOST_SLOTS = 500
"""Late intervals in one message."""
Publish = Callable[[Message], bool]


@dataclass(frozen=True, slots=True)
class Device:
    """A meter as its host sees it: alive or not, its figures, its finished intervals.

    ``metrics`` has every figure, those that are not known with None. ``slots`` are the starts
    (UTC ms) and kWh of finished intervals in order of time.
    """

    name: str
    alive: bool
    metrics: Sequence[Metric]
    slots: Sequence[tuple[int, float]] = ()


@dataclass(slots=True)
class _Told:
    """What a device's host knows: values by name, and the intervals after ``begun_ms``."""

    values: dict[str, object]
    slots: dict[int, float]
    begun_ms: int


class EdgeNode:
    """The node's side of a session. Not for several threads at once.

    ``told_ms`` has for each device the start of the newest interval an earlier run has told.
    """

    def __init__(self, group: str, node: str, told_ms: Mapping[str, int]) -> None:
        self._group, self._node = group, node
        self.told_ms = dict(told_ms)
        self._seq = 0
        self._bd_seq: int | None = None
        self._alive: dict[str, _Told] = {}

    @property
    def born(self) -> bool:
        """Whether the host has been told that the node is there."""
        return self._bd_seq is not None

    @property
    def command_topic(self) -> str:
        """Where the host commands."""
        return self._topic("NCMD")

    def death(self, bd_seq: int, now_ms: int) -> Message:
        """The NDEATH of the session with this number: its will, and its last words."""
        metric = Metric(BD_SEQ, now_ms, INT64, bd_seq)
        payload = encode(Payload(now_ms, None, (metric,)))
        return Message(self._topic("NDEATH"), payload, retain=False, qos=1)

    def birth(self, bd_seq: int, now_ms: int, publish: Publish) -> bool:
        """Tell that the node is there, with number 0; the devices are born by ``step``."""
        metrics = (
            Metric(BD_SEQ, now_ms, INT64, bd_seq),
            Metric(REBIRTH, now_ms, BOOLEAN, False),
        )
        self._seq, self._bd_seq, self._alive = 0, None, {}
        if self._say("NBIRTH", "", metrics, now_ms, publish):
            self._bd_seq = bd_seq
        return self.born

    def lost(self) -> None:
        """The session is over: nothing more is said before the next birth."""
        self._bd_seq, self._alive = None, {}

    def rebirth(self, now_ms: int, publish: Publish) -> None:
        """Begin again within the session, as the host has asked for."""
        if self._bd_seq is not None:
            self.birth(self._bd_seq, now_ms, publish)

    def step(self, devices: Iterable[Device], now_ms: int, publish: Publish) -> bool:
        """Say what is new; False when it had to stop, and goes on at the next call."""
        if not self.born:
            return False
        present = {device.name: device for device in devices}
        gone = [name for name in self._alive if name not in present or not present[name].alive]
        for name in gone:
            if not self._say("DDEATH", name, (), now_ms, publish):
                return False
            del self._alive[name]
        alive = (device for device in present.values() if device.alive)
        return all(self._tell(device, now_ms, publish) for device in alive)

    def _tell(self, device: Device, now_ms: int, publish: Publish) -> bool:
        told = self._alive.get(device.name)
        if told is None:
            newest = device.slots[-1:]
            slot = [Metric(SLOT_KWH, at_ms, DOUBLE, kwh, unit="kWh") for at_ms, kwh in newest]
            slot = slot or [Metric(SLOT_KWH, now_ms, DOUBLE, None, unit="kWh")]
            if not self._say("DBIRTH", device.name, (*device.metrics, *slot), now_ms, publish):
                return False
            values: dict[str, object] = {one.name: one.value for one in device.metrics}
            begun_ms = self.told_ms.setdefault(device.name, newest[0][0] if newest else now_ms)
            told = self._alive[device.name] = _Told(values, dict(newest), begun_ms)
        return self._changes(device, told, now_ms, publish)

    def _changes(self, device: Device, told: _Told, now_ms: int, publish: Publish) -> bool:
        changed = [
            replace(one, unit="")
            for one in device.metrics
            if told.values.get(one.name) != one.value
        ]
        slots = self._new_slots(device, told)
        if not changed and not slots:
            return True
        if not self._say("DDATA", device.name, (*changed, *slots), now_ms, publish):
            return False
        told.values |= {one.name: one.value for one in changed}
        told.slots |= {one.at_ms: float(one.value or 0.0) for one in slots}
        if len(slots) == MOST_SLOTS:
            return self._changes(device, told, now_ms, publish)
        if told.slots:
            self.told_ms[device.name] = max(self.told_ms[device.name], *told.slots)
            oldest_ms = device.slots[0][0] if device.slots else 0
            told.slots = {at: kwh for at, kwh in told.slots.items() if at >= oldest_ms}
        return True

    def _new_slots(self, device: Device, told: _Told) -> list[Metric]:
        """Intervals that are new or corrected: all but a newer one than any told are history."""
        newest_ms = max((*told.slots, *(at_ms for at_ms, _ in device.slots[-1:])), default=0)
        found = [
            Metric(SLOT_KWH, at_ms, DOUBLE, kwh, historical=at_ms < newest_ms)
            for at_ms, kwh in device.slots
            if told.slots.get(at_ms) != kwh and (at_ms in told.slots or at_ms > told.begun_ms)
        ]
        return found[:MOST_SLOTS]

    def _say(
        self, kind: str, device: str, metrics: Sequence[Metric], now_ms: int, publish: Publish
    ) -> bool:
        payload = encode(Payload(now_ms, self._seq, metrics))
        said = publish(Message(self._topic(kind, device), payload, retain=False))
        if said:
            self._seq = (self._seq + 1) % NUMBERS
        return said

    def _topic(self, kind: str, device: str = "") -> str:
        topic = f"{NAMESPACE}/{self._group}/{kind}/{self._node}"
        return f"{topic}/{device}" if device else topic


def asks_rebirth(payload: bytes) -> bool:
    """Whether a command of the host asks for a rebirth; one that cannot be read asks nothing."""
    try:
        metrics = decode(payload).metrics
    except ValueError:
        return False
    return any(metric.name == REBIRTH and metric.value is True for metric in metrics)
