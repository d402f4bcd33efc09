"""The ways out at a real Mosquitto."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from collector.app import Collector
from collector.commands.outlet_service import OUTLET, outlet_running
from collector.errors import RetryLaterError
from collector.outlet import Outlet
from collector.outlet import link as link_room
from collector.outlet.link import Link
from collector.outlet.message import Message
from collector.outlet.payload import BOOLEAN, Metric, Payload, encode
from collector.state import CollectorState, open_state
from tests.collector.agent_side import eventually
from tests.collector.memory_store import MemoryStore
from tests.collector.outlet import plant
from tests.collector.outlet import sparkplug_oracle as oracle
from tests.collector.outlet.ear import Ear
from tests.collector.outlet.plant import MINUTE_MS, Clock
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = pytest.mark.services
NODE = "spBv1.0/mieruka/{}/hq"


class Bench:
    """An outlet at a broker, driven by hand; what it reads can be changed."""

    def __init__(self, folder: Path, broker: MosquittoServer, *filters: str) -> None:
        self.folder, self.broker = folder, broker
        self.clock, self.store = Clock(), plant.filled(MemoryStore())
        self.state: CollectorState = open_state(folder / "state")
        self.ear = Ear(broker.port, *(filters or ("energy/#", "homeassistant/#")))
        self.outlet: Outlet | None = None

    def open(self, **outlet: object) -> Outlet:
        """Start an outlet with these settings."""
        self.close_outlet()
        settings = plant.settings(self.folder, self.broker.url, **outlet)
        made = Outlet(settings, self.store, self.state, self.clock, self.clock.monotonic_s)
        made.start()
        self.outlet = made
        return made

    def until(self, true: Callable[[], bool]) -> bool:
        """Run the outlet until something is true, or it never will be."""

        def stepped() -> bool:
            if self.outlet is not None:
                self.outlet.run_once()
            return true()

        return eventually(stepped)

    def later(self, minutes: int = 1) -> None:
        """Let time pass: the figures are looked at again."""
        self.clock.at_ms += minutes * MINUTE_MS

    def close_outlet(self) -> None:
        """End the outlet in order."""
        outlet, self.outlet = self.outlet, None
        if outlet is not None:
            outlet.stop()

    def close(self) -> None:
        """Give everything back."""
        self.close_outlet()
        self.ear.close()
        self.state.database.close()


@pytest.fixture
def bench(tmp_path: Path, own_mosquitto: MosquittoServer) -> Iterator[Bench]:
    """A bench that hears the tree and what Home Assistant is told."""
    made = Bench(tmp_path, own_mosquitto)
    yield made
    made.close()


@pytest.fixture
def scada(tmp_path: Path, own_mosquitto: MosquittoServer) -> Iterator[Bench]:
    """A bench that hears Sparkplug."""
    made = Bench(tmp_path, own_mosquitto, "spBv1.0/mieruka/#")
    yield made
    made.close()


def test_the_tree_is_retained_and_a_silent_meter_leaves_it(bench: Bench) -> None:
    """A reader that comes later sees the same; the live figure of a silent meter is gone."""
    bench.open(tree=True, home_assistant=True)
    power = "energy/sendai/main/active_power_w"
    assert bench.until(lambda: bench.ear.held.get(power) == "60001.25")
    assert bench.until(lambda: len(bench.ear.held) > 40)
    late = Ear(bench.broker.port, "energy/#", "homeassistant/#")
    assert eventually(lambda: late.held == bench.ear.held)
    late.close()
    config = json.loads(bench.ear.held["homeassistant/device/mieruka-sendai-main/config"])
    assert config["components"]["active_power_w"]["state_topic"] == power
    bench.later()
    plant.silence(bench.store, "main", "agent_offline", 120.0, bench.clock.at_ms)
    assert bench.until(lambda: power not in bench.ear.held)
    assert bench.until(lambda: bench.ear.held["energy/sendai/main/state"] == "agent_offline")
    assert bench.until(lambda: bench.ear.held["energy/sendai/main/available"] == "offline")
    assert bench.ear.held["energy/sendai/main/energy_kwh"] == "120000"


def test_whoever_fills_the_tree_says_when_it_leaves(bench: Bench) -> None:
    """Home Assistant's entities hang on that."""
    bench.open(tree=True)
    there = "energy/_outlet/hq/available"
    assert bench.until(lambda: bench.ear.held.get(there) == "online")
    bench.close_outlet()
    assert eventually(lambda: bench.ear.held[there] == "offline")
    bench.open(tree=True)
    assert bench.until(lambda: bench.ear.held[there] == "online")
    _steal(bench.broker, "mieruka-outlet-hq")
    assert eventually(lambda: (there, b"offline") in bench.ear.said[-50:])


def test_a_tree_that_is_switched_off_is_taken_away(bench: Bench) -> None:
    """All of it, over a restart too, and no topic of anybody else."""
    bench.ear.say("energy/theirs", b"1", retain=True)
    bench.open(tree=True, home_assistant=True)
    assert bench.until(lambda: len(bench.ear.held) > 40)
    bench.open(tree=True, root="power")
    assert bench.until(lambda: set(bench.ear.held) == {"energy/theirs"})
    bench.open(tree=False)
    assert bench.until(lambda: bench.state.outlet_marks.all("topic") == {})
    late = Ear(bench.broker.port, "#")
    assert eventually(lambda: "energy/theirs" in late.held)
    assert set(late.held) == {"energy/theirs"}
    late.close()
    bench.close_outlet()
    settings = plant.settings(bench.folder, bench.broker.url)
    assert not Outlet(settings, bench.store, bench.state, bench.clock).on


def test_a_broker_that_forgot_everything_is_filled_again(bench: Bench) -> None:
    """Without persistence a restarted broker holds nothing."""
    bench.open(tree=True)
    topic = "energy/sendai/main/energy_kwh"
    assert bench.until(lambda: topic in bench.ear.held)
    bench.broker.kill()
    assert bench.until(lambda: not _connected(bench))
    bench.broker.start()
    assert bench.until(lambda: _connected(bench))
    late = Ear(bench.broker.port, "energy/#")
    assert bench.until(lambda: topic in late.held)
    late.close()


def test_a_store_that_is_away_leaves_what_is_known(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fault goes to the caller, and what waits is sent all the same."""
    outlet = bench.open(tree=True)
    topic = "energy/sendai/main/energy_kwh"
    outlet.run_once()
    bench.later()

    def away(*_: object) -> None:
        raise RetryLaterError("no store", "start it")

    monkeypatch.setattr(bench.store, "read_totals", away)
    with pytest.raises(RetryLaterError):
        outlet.run_once()
    assert bench.until(lambda: topic in bench.ear.held)


def test_a_broker_that_takes_nothing_is_not_waited_for(
    tmp_path: Path, own_mosquitto: MosquittoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen one gets what its socket holds; then the answer is no, at once, for ever."""
    monkeypatch.setattr(link_room, "WINDOW", 50)
    will = Message("a/will", b"x")
    link = Link(plant.settings(tmp_path, own_mosquitto.url).mqtt, "slow", lambda: will)
    assert not link.publish(will)
    link.start()
    assert eventually(lambda: link.connected)
    own_mosquitto.signal(signal.SIGSTOP)
    try:
        # The kernel takes a few megabytes; the rest would pile up here, were there no window.
        taken = [link.publish(Message("a/b", b"x" * 1_000_000)) for _ in range(200)]
    finally:
        own_mosquitto.signal(signal.SIGCONT)
    assert taken[0]
    assert not taken[-1]
    assert sum(taken) < 200
    assert eventually(lambda: link.publish(Message("a/b", b"x")))
    link.stop()


def test_the_end_does_not_wait_for_a_frozen_broker(
    tmp_path: Path, own_mosquitto: MosquittoServer
) -> None:
    """The connection is cut, though much is still to be written."""
    will = Message("a/will", b"x")
    link = Link(plant.settings(tmp_path, own_mosquitto.url).mqtt, "slow", lambda: will)
    link.start()
    assert eventually(lambda: link.connected)
    own_mosquitto.signal(signal.SIGSTOP)
    ending = threading.Thread(target=link.stop, args=([will],), daemon=True)
    try:
        for _ in range(50):
            link.publish(Message("a/b", b"x" * 1_000_000))
        ending.start()
        assert eventually(lambda: not ending.is_alive())
    finally:
        own_mosquitto.signal(signal.SIGCONT)


def test_a_broker_that_refuses_is_told_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """An access list without the tree would else be silence on both sides."""
    (tmp_path / "acl").write_text("topic read #\ntopic write other/#\n", encoding="utf-8")
    lines = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\nlog_dest none\n"
    config = f"{lines}acl_file {tmp_path / 'acl'}\n"
    broker = MosquittoServer(mosquitto_binary(), tmp_path, config)
    broker.start()
    made = Bench(tmp_path, broker)
    try:
        made.open(tree=True)
        assert made.until(lambda: "does not take what is published" in caplog.text)
        assert "let this user write the topics of [outlet]" in caplog.text
        assert made.ear.held == {}
    finally:
        made.close()
        broker.stop()


def test_a_sparkplug_host_sees_births_in_order_and_gets_its_rebirth(scada: Bench) -> None:
    """Node, then devices, then data; commanded, the same again with the same bdSeq."""
    scada.open(sparkplug=True)
    assert scada.until(lambda: scada.ear.kinds() == ["NBIRTH", *["DBIRTH"] * 5])
    births = [oracle.read(payload) for _, payload in scada.ear.said]
    assert [birth.seq for birth in births] == list(range(6))
    main = oracle.values(dict(scada.ear.said)["spBv1.0/mieruka/DBIRTH/hq/sendai:main"])
    units = oracle.units(dict(scada.ear.said)["spBv1.0/mieruka/DBIRTH/hq/sendai:main"])
    assert (units["energy_kwh"], units["active_power_w"], units["slot_kwh"]) == ("kWh", "W", "kWh")
    assert (main["energy_kwh"], main["state"], main["slot_kwh"]) == (120_000.0, "ok", 30.0)
    wish = Metric("Node Control/Rebirth", 1, BOOLEAN, True)
    scada.ear.say(NODE.format("NCMD"), encode(Payload(1, None, (wish,))))
    again = ["NCMD", "NBIRTH", *["DBIRTH"] * 5]
    assert scada.until(lambda: scada.ear.kinds()[6:] == again)
    _, first = scada.ear.said[0]
    _, second = scada.ear.said[7]
    assert oracle.values(first)["bdSeq"] == oracle.values(second)["bdSeq"] == 0
    assert oracle.read(second).seq == 0
    scada.ear.say(NODE.format("NCMD"), encode(Payload(1, None, (wish,))))
    scada.ear.say(NODE.format("NCMD"), encode(Payload(1, None, (wish,))))
    assert scada.until(lambda: scada.ear.kinds()[-2:] == ["NCMD", "NCMD"])
    scada.later()
    assert scada.until(lambda: scada.ear.kinds().count("NBIRTH") == 3)
    assert scada.until(lambda: scada.ear.kinds().count("DBIRTH") == 15)


def test_a_node_that_is_cut_off_dies_by_its_will_and_is_born_with_the_next_number(
    scada: Bench,
) -> None:
    """NDEATH carries the number of the birth before it; a restart counts on."""
    scada.open(sparkplug=True)
    assert scada.until(lambda: "NBIRTH" in scada.ear.kinds())
    _steal(scada.broker, "mieruka-sparkplug-hq")
    assert scada.until(lambda: scada.ear.kinds().count("NBIRTH") == 2)
    scada.close_outlet()
    assert eventually(lambda: scada.ear.kinds().count("NDEATH") == 2)
    scada.open(sparkplug=True)
    assert scada.until(lambda: scada.ear.kinds().count("NBIRTH") == 3)
    sessions = [
        (topic.split("/")[2], oracle.values(payload)["bdSeq"])
        for topic, payload in scada.ear.said
        if topic.split("/")[2] in ("NBIRTH", "NDEATH")
    ]
    assert sessions == [
        *(("NBIRTH", 0), ("NDEATH", 0)),
        *(("NBIRTH", 1), ("NDEATH", 1)),
        ("NBIRTH", 2),
    ]


def test_what_ended_while_the_node_was_away_comes_as_history(scada: Bench) -> None:
    """Over a restart: the half hours since the last one told."""
    scada.open(sparkplug=True)
    assert scada.until(lambda: scada.ear.kinds().count("DBIRTH") == 5)
    scada.close_outlet()
    for number in (20, 21):
        start_ms = plant.DAY_MS + number * plant.HALF_HOUR_MS
        plant.slot(scada.store, "main", start_ms, 31.0 + number)
    scada.later(60)
    plant.silence(scada.store, "main", "ok", 5.0, scada.clock.at_ms)
    scada.open(sparkplug=True)
    topic = "spBv1.0/mieruka/DDATA/hq/sendai:main"
    assert scada.until(lambda: topic in dict(scada.ear.said))
    (metric,) = oracle.read(dict(scada.ear.said)[topic]).metrics
    assert (metric.name, metric.is_historical, metric.double_value) == ("slot_kwh", True, 51.0)
    assert metric.timestamp == plant.DAY_MS + 20 * plant.HALF_HOUR_MS


def test_a_primary_host_is_waited_for(scada: Bench) -> None:
    """Nothing before it is online; when it goes, the node goes in order and comes back with it."""
    state = "spBv1.0/STATE/scada"
    outlet = scada.open(sparkplug=True, primary_host="scada")
    assert scada.until(lambda: _connected(scada))
    for _ in range(5):
        outlet.run_once()
    assert scada.ear.kinds() == []
    scada.ear.say(state, b'{"online": true, "timestamp": 5}', retain=True)
    assert scada.until(lambda: "NBIRTH" in scada.ear.kinds())
    scada.ear.say(state, b'{"online": false, "timestamp": 6}', retain=True)
    assert scada.until(lambda: scada.ear.kinds()[-1] == "NDEATH")
    scada.later()
    assert scada.until(lambda: _connected(scada))
    scada.ear.say(state, b'{"online": true, "timestamp": 7}', retain=True)
    assert scada.until(lambda: scada.ear.kinds().count("NBIRTH") == 2)
    births = [oracle.values(p) for topic, p in scada.ear.said if "NBIRTH" in topic]
    assert [one["bdSeq"] for one in births] == [0, 1]


def test_it_runs_beside_the_collector(tmp_path: Path, own_mosquitto: MosquittoServer) -> None:
    """In a part of its own that the watchdog knows of; ended, it says so."""
    collector = Collector(plant.settings(tmp_path, own_mosquitto.url, tree=True, open_metrics=True))
    ear = Ear(own_mosquitto.port, "energy/#")
    there = "energy/_outlet/hq/available"
    try:
        with outlet_running(collector) as outlet:
            assert eventually(lambda: ear.held.get(there) == "online")
            assert OUTLET in collector.progress.standings()
            names = {metric.name for metric in outlet.metrics()}
            assert {"mieruka_meter_up", "mieruka_outlet_dropped_total"} <= names
            assert outlet.standing() == {"tree": {"connected": True, "last_fault": ""}}
        assert eventually(lambda: ear.held[there] == "offline")
        assert OUTLET not in collector.progress.standings()
    finally:
        ear.close()
        collector.close()


def test_without_a_wish_nothing_runs(tmp_path: Path) -> None:
    """No connection, no thread, no figure."""
    collector = Collector(plant.settings(tmp_path))
    with outlet_running(collector) as outlet:
        assert list(outlet.metrics()) == []
        assert collector.progress.standings() == {}
    collector.close()


def _connected(bench: Bench) -> bool:
    assert bench.outlet is not None
    return all(way.link.connected for way in bench.outlet._ways())


def _steal(broker: MosquittoServer, client_id: str) -> None:
    """Take a client's place at the broker, which ends its connection as a cut does."""
    thief = mqtt.Client(CallbackAPIVersion.VERSION2, client_id, protocol=mqtt.MQTTv5)
    thief.connect("127.0.0.1", broker.port)
    thief.loop_start()
    assert eventually(thief.is_connected)
    thief.disconnect()
    thief.loop_stop()
