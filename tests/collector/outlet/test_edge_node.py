"""The rules of a Sparkplug edge node, judged by a host that follows the messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.outlet import edge_node as room
from collector.outlet.edge_node import SLOT_KWH, Device, EdgeNode, asks_rebirth
from collector.outlet.message import Message
from collector.outlet.payload import BOOLEAN, DOUBLE, Metric, Payload, encode
from tests.collector.outlet import sparkplug_oracle as oracle

NOW_MS = 1_775_000_000_000
HALF_HOUR_MS = 1_800_000


@dataclass
class Host:
    """What a host application checks of each message, and the figures it then has.

    Sparkplug 3.0: order of births, sequence numbers, no figure that its birth did not name.
    """

    room_for: int = 10_000
    seq: int = -1
    bd_seq: int | None = None
    figures: dict[str, dict[str, object]] = field(default_factory=dict)
    history: list[tuple[str, int, float]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def publish(self, message: Message) -> bool:
        """Take a message, as long as there is room."""
        if self.room_for <= 0:
            return False
        self.room_for -= 1
        namespace, group, kind, node, *device = message.topic.split("/")
        assert (namespace, group, node) == ("spBv1.0", "mieruka", "hq")
        assert (message.qos, message.retain) == (0, False)
        payload = oracle.read(message.payload)
        self.seq = 0 if kind == "NBIRTH" else (self.seq + 1) % 256
        assert payload.seq == self.seq
        assert payload.timestamp == NOW_MS
        self.kinds.append(kind)
        self._take(kind, device[0] if device else "", payload)
        return True

    def _take(self, kind: str, device: str, payload: Any) -> None:
        found = {metric.name: oracle.value_of(metric) for metric in payload.metrics}
        if kind == "NBIRTH":
            assert found["Node Control/Rebirth"] is False
            self.bd_seq, self.figures = int(str(found["bdSeq"])), {}
            return
        assert self.bd_seq is not None
        if kind == "DBIRTH":
            assert device not in self.figures
            self.figures[device] = found
        elif kind == "DDEATH":
            assert self.figures.pop(device)
        else:
            assert kind == "DDATA"
            assert found.keys() <= self.figures[device].keys()
        for metric in payload.metrics:
            if metric.is_historical:
                self.history.append((device, metric.timestamp, metric.double_value))
            elif kind == "DDATA":
                self.figures[device][metric.name] = oracle.value_of(metric)


def device(
    values: Mapping[str, float | None],
    name: str = "sendai:main",
    alive: bool = True,
    slots: tuple[tuple[int, float], ...] = (),
) -> Device:
    """A meter with these values."""
    metrics = [Metric(key, NOW_MS, DOUBLE, value) for key, value in values.items()]
    return Device(name, alive, metrics, slots)


def born(host: Host, told_ms: Mapping[str, int] | None = None) -> EdgeNode:
    """A node whose host knows of it."""
    node = EdgeNode("mieruka", "hq", told_ms or {})
    assert node.birth(7, NOW_MS, host.publish)
    return node


def test_the_node_is_born_first_and_each_device_before_its_data() -> None:
    """And before its birth a node says nothing."""
    host, node = Host(), EdgeNode("mieruka", "hq", {})
    assert not node.step([device({"kw": 1.0})], NOW_MS, host.publish)
    assert host.kinds == []
    node.birth(0, NOW_MS, host.publish)
    for value in (1.0, 2.0, 2.0):
        assert node.step([device({"kw": value, "kwh": None})], NOW_MS, host.publish)
    assert host.kinds == ["NBIRTH", "DBIRTH", "DDATA"]
    assert host.figures["sendai:main"] == {"kw": 2.0, "kwh": None, SLOT_KWH: None}


def test_units_are_told_at_birth_and_not_again() -> None:
    """Data messages stay small."""
    said: list[bytes] = []
    node = EdgeNode("mieruka", "hq", {})

    def publish(message: Message) -> bool:
        said.append(message.payload)
        return True

    node.birth(0, NOW_MS, publish)
    for value in (1.0, 2.0):
        metric = Metric("kw", NOW_MS, DOUBLE, value, unit="kW")
        node.step([Device("sendai:main", True, [metric])], NOW_MS, publish)
    assert [oracle.units(message) for message in said] == [{}, {"kw": "kW", SLOT_KWH: "kWh"}, {}]


def test_numbers_go_round() -> None:
    """After 255 comes 0, and a host sees no gap."""
    host = Host()
    node = born(host)
    for value in range(600):
        node.step([device({"kw": float(value)})], NOW_MS, host.publish)
    assert len(host.kinds) == 601
    assert host.seq == 600 % 256


def test_a_message_that_did_not_go_uses_no_number() -> None:
    """A host that misses a number would ask for a rebirth; here the next one carries the change."""
    host = Host()
    node = born(host)
    node.step([device({"kw": 1.0})], NOW_MS, host.publish)
    host.room_for = 0
    for value in (2.0, 3.0):
        assert not node.step([device({"kw": value})], NOW_MS, host.publish)
    host.room_for = 10
    assert node.step([device({"kw": 4.0})], NOW_MS, host.publish)
    assert host.figures["sendai:main"]["kw"] == 4.0
    assert host.kinds == ["NBIRTH", "DBIRTH", "DDATA"]


def test_a_birth_that_did_not_go_is_no_birth() -> None:
    """The next step tries it again."""
    host, node = Host(room_for=0), EdgeNode("mieruka", "hq", {})
    assert not node.birth(0, NOW_MS, host.publish)
    assert not node.born


def test_a_silent_meter_dies_and_is_born_again() -> None:
    """So does one that left the settings."""
    host = Host()
    node = born(host)
    both = [device({"kw": 1.0}), device({"kw": 1.0}, "sendai:press")]
    node.step(both, NOW_MS, host.publish)
    node.step([device({"kw": 1.0}, alive=False)], NOW_MS, host.publish)
    assert host.figures == {}
    node.step(both, NOW_MS, host.publish)
    assert host.kinds[1:] == ["DBIRTH", "DBIRTH", "DDEATH", "DDEATH", "DBIRTH", "DBIRTH"]


def test_death_carries_the_number_of_its_birth_and_no_other() -> None:
    """QoS 1, not retained, bdSeq alone, without a sequence number: a will cannot know it."""
    message = EdgeNode("mieruka", "hq", {}).death(7, NOW_MS)
    assert (message.topic, message.qos, message.retain) == ("spBv1.0/mieruka/NDEATH/hq", 1, False)
    assert oracle.values(message.payload) == {"bdSeq": 7}
    assert not oracle.read(message.payload).HasField("seq")


def test_a_rebirth_keeps_the_session_and_begins_the_numbers_anew() -> None:
    """NBIRTH with the same bdSeq and number 0, then every device."""
    host = Host()
    node = born(host)
    node.step([device({"kw": 1.0})], NOW_MS, host.publish)
    node.rebirth(NOW_MS, host.publish)
    node.step([device({"kw": 2.0})], NOW_MS, host.publish)
    assert host.kinds == ["NBIRTH", "DBIRTH", "NBIRTH", "DBIRTH"]
    assert (host.bd_seq, host.seq) == (7, 1)


def test_after_a_lost_connection_nothing_is_said_before_the_next_birth() -> None:
    """Not even what a rebirth asks for."""
    host = Host()
    node = born(host)
    node.lost()
    node.rebirth(NOW_MS, host.publish)
    assert not node.step([device({"kw": 1.0})], NOW_MS, host.publish)
    assert host.kinds == ["NBIRTH"]


def slots(*numbers: int, kwh: float = 10.0) -> tuple[tuple[int, float], ...]:
    """Half hours by their number."""
    return tuple((number * HALF_HOUR_MS, kwh + number) for number in numbers)


def test_a_finished_half_hour_is_of_now_and_a_late_one_is_history() -> None:
    """The newest stands as the present value, a corrected or late one must not."""
    host = Host()
    node = born(host)
    node.step([device({}, slots=slots(1, 2))], NOW_MS, host.publish)
    node.step([device({}, slots=slots(1, 2, 3))], NOW_MS, host.publish)
    assert host.figures["sendai:main"][SLOT_KWH] == 13.0
    assert host.history == []
    corrected = (*slots(1), (2 * HALF_HOUR_MS, 99.0), *slots(3))
    node.step([device({}, slots=corrected)], NOW_MS, host.publish)
    node.step([device({}, slots=corrected)], NOW_MS, host.publish)
    assert host.history == [("sendai:main", 2 * HALF_HOUR_MS, 99.0)]
    assert host.figures["sendai:main"][SLOT_KWH] == 13.0


def test_what_ended_while_nobody_was_told_comes_as_history() -> None:
    """From the one after the newest that an earlier run has told; the first run tells none."""
    for told_ms, history in (({"sendai:main": HALF_HOUR_MS}, [2, 3]), ({}, [])):
        host = Host()
        node = born(host, told_ms)
        node.step([device({}, slots=slots(1, 2, 3, 4))], NOW_MS, host.publish)
        assert [at_ms // HALF_HOUR_MS for _, at_ms, _ in host.history] == history
        assert host.figures["sendai:main"][SLOT_KWH] == 14.0
        assert node.told_ms == {"sendai:main": 4 * HALF_HOUR_MS}


def test_a_long_history_goes_in_pieces_and_is_not_told_before_all_is(
    monkeypatch: Any,
) -> None:
    """A connection that breaks between two pieces loses none."""
    monkeypatch.setattr(room, "MOST_SLOTS", 3)
    told = {"sendai:main": 0}
    many = device({}, slots=slots(*range(1, 12)))
    host = Host(room_for=3)
    node = born(host, told)
    assert not node.step([many], NOW_MS, host.publish)
    assert node.told_ms == told
    other = Host()
    assert born(other, node.told_ms).step([many], NOW_MS, other.publish)
    assert [at_ms // HALF_HOUR_MS for _, at_ms, _ in other.history] == list(range(1, 11))


STEPS = st.lists(
    st.tuples(
        st.dictionaries(
            st.sampled_from(["s:a", "s:b", "s:c"]),
            st.tuples(st.booleans(), st.floats(0, 9), st.integers(0, 5)),
        ),
        st.integers(0, 6),
        st.sampled_from(["", "", "lost", "rebirth"]),
    ),
    max_size=25,
)


@settings(max_examples=50)
@given(STEPS)
def test_whatever_happens_the_host_ends_up_right(
    steps: list[tuple[dict[str, tuple[bool, float, int]], int, str]],
) -> None:
    """Every message keeps the rules, and once all goes through the figures are the meters'."""
    host, node, session = Host(), EdgeNode("mieruka", "hq", {}), 0
    wanted: list[Device] = []
    for meters, room_for, event in [*steps, ({}, 100, "last")]:
        host.room_for = room_for
        if event == "lost":
            node.lost()
            session += 1
        if event == "rebirth":
            node.rebirth(NOW_MS, host.publish)
        if not node.born:
            node.birth(session % 256, NOW_MS, host.publish)
        if event != "last":
            wanted = [
                device({"kw": kw}, name, alive, slots(*range(1, count + 1)))
                for name, (alive, kw, count) in meters.items()
            ]
        node.step(wanted, NOW_MS, host.publish)
    alive = {one.name: one for one in wanted if one.alive}
    assert host.figures.keys() == alive.keys()
    assert all(host.figures[name]["kw"] == one.metrics[0].value for name, one in alive.items())


def test_only_a_true_rebirth_is_one() -> None:
    """Another command, a false one and nonsense ask for nothing."""
    for name, value, asks in (
        ("Node Control/Rebirth", True, True),
        ("Node Control/Rebirth", False, False),
        ("Node Control/Reboot", True, False),
    ):
        command = Payload(NOW_MS, None, (Metric(name, NOW_MS, BOOLEAN, value),))
        assert asks_rebirth(encode(command)) is asks
    assert not asks_rebirth(b"\xff\xff\xff")
    assert not asks_rebirth(b"")
