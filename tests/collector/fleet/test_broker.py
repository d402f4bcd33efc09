"""A real Mosquitto with certificates and our access list: who may do what, and who is refused."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from collector.fleet.access import access_list
from collector.inlet import Inlet
from edge_agent.config import MqttSettings
from edge_agent.contract import topics
from edge_agent.contract.wire import Birth
from edge_agent.enrolment.identity import Identity
from edge_agent.probes.broker.reach import reach_findings
from edge_agent.probes.broker.visit import Address, VisitError
from edge_agent.process.tls import client_context
from edge_agent.uplink import Uplink
from simulators.ledger import Ledger
from tests.collector.fleet.plant import Fleet, HandClock, found, settings_in
from tests.faults.network_fleet import LightAgent
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = pytest.mark.services
ROOT = Path(__file__).resolve().parents[3]
ACL = ROOT / "deploy" / "mosquitto" / "acl"
"""The same rules for a broker with passwords."""
OURS = ROOT / "deploy" / "mosquitto" / "fleet.conf"
NOT_AUTHORIZED = 0x87


def config_of(broker_folder: Path) -> str:
    """`deploy/mosquitto/fleet.conf` itself, with this machine's paths and a port of loopback."""
    lines = OURS.read_text(encoding="utf-8").splitlines(keepends=True)
    text = "".join(line for line in lines if not line.startswith("#"))
    text = text.replace("/var/lib/mieruka-collector/fleet/broker", str(broker_folder))
    return text.replace("listener 8883", "listener {port} 127.0.0.1") + "user root\nlog_dest none\n"


@dataclass(slots=True)
class Office:
    """A broker and its fleet. The reload command of the settings reaches this very broker."""

    broker: MosquittoServer
    fleet: Fleet

    def start(self) -> None:
        """Start the broker, again after a crash."""
        self.broker.kill()
        self.broker.start()
        process = self.broker._process
        assert process is not None
        command = self.fleet.settings.fleet.reload_command[1]
        Path(command).write_text(f"kill -HUP {process.pid}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One broker for all tests here, with agents pi-1, pi-2 enrolled."""
    folder = tmp_path_factory.mktemp("office")
    clock, signal = HandClock(), folder / "reload"
    more = f'reload_command = ["sh", "{signal}"]'
    settings = settings_in(folder, more)
    found(settings, clock)
    broker = MosquittoServer(mosquitto_binary(), folder, config_of(folder / "state/fleet/broker"))
    settings = settings_in(folder, more, broker.port)
    fleet = Fleet(folder, clock, settings)
    made = Office(broker, fleet)
    made.start()
    fleet.service.start()
    for name in ("pi-1", "pi-2"):
        fleet.enrol(name)
    try:
        yield made
    finally:
        fleet.service.stop()
        broker.stop()


@dataclass(slots=True)
class Peer:
    """A bare MQTT 5 client, as somebody would write one who has a card's files."""

    port: int
    tls: ssl.SSLContext | None
    client_id: str = "peer"
    will: str = ""
    username: str = ""
    heard: list[tuple[str, bytes]] = field(default_factory=list)
    codes: dict[int, int] = field(default_factory=dict)
    connected: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    client: mqtt.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            self.client_id,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        if self.tls is not None:
            self.client.tls_set_context(self.tls)
        if self.will:
            self.client.will_set(self.will, b"gone", qos=1, retain=False)
        if self.username:
            self.client.username_pw_set(self.username, "x")
        self.client.on_connect = lambda *a: self.connected.append(a[3].value)
        self.client.on_disconnect = lambda *a: self.ended.append(a[3].value)
        self.client.on_message = lambda *a: self.heard.append((a[2].topic, bytes(a[2].payload)))
        self.client.on_publish = lambda *a: self.codes.__setitem__(a[2], a[3].value)

    def __enter__(self) -> Peer:
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()
        assert eventually(lambda: self.connected == [0]), self.connected
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def publish(self, topic: str) -> int:
        """The reason code of the broker's acknowledgement."""
        info = self.client.publish(topic, b"{}", qos=1)
        assert eventually(lambda: info.mid in self.codes)
        return self.codes[info.mid]

    def hears(self, filter_: str) -> None:
        """Subscribe."""
        self.client.subscribe(filter_, qos=1)


def eventually(fact: Callable[[], bool], within_s: float = 8.0) -> bool:
    """Whether it becomes true in time."""
    give_up_at = time.monotonic() + within_s
    while not fact():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.02)
    return True


def peer_of(office: Office, card: str, **words: str) -> Peer:
    """A client with the files of a card."""
    identity = Identity.of(office.fleet.card(card))
    context = client_context(identity.ca_file, identity.agent_file)
    return Peer(office.broker.port, context, **words)  # type: ignore[arg-type]


def collector_peer(office: Office) -> Peer:
    """A client with the collector's own certificate."""
    posts = office.fleet.office.posts()
    context = client_context(posts.ca_file, posts.certificates["collector"])
    return Peer(office.broker.port, context, "the collector")


@pytest.mark.parametrize(
    "topic",
    [
        topics.up("pi-2", "live"),
        topics.down("pi-2", "receipt"),
        topics.down("pi-1", "receipt"),
        topics.demand("pi-2"),
        "energy/sendai/main/active_power_w",
        "anything",
    ],
)
def test_an_agent_speaks_for_itself_alone(office: Office, topic: str) -> None:
    """Refused by the broker, whatever the client id or user name says."""
    with peer_of(office, "pi-1", client_id="pi-2", username="pi-2") as hostile:
        assert hostile.publish(topic) == NOT_AUTHORIZED
        assert hostile.publish(topics.up("pi-1", "live")) != NOT_AUTHORIZED


def test_an_agent_hears_its_own_receipts_alone(office: Office) -> None:
    """No filter, shared or not, brings what is another's."""
    with peer_of(office, "pi-1") as hostile, collector_peer(office) as hq:
        for wanted in ("#", "$SYS/#", topics.down("pi-2", "#"), "$share/x/mieruka/1/+/up/#"):  # type: ignore[arg-type]
            hostile.hears(wanted)
        with peer_of(office, "pi-2", client_id="second") as other:
            other.publish(topics.up("pi-2", "live"))
            hq.publish(topics.down("pi-2", "receipt"))
            hq.publish(topics.down("pi-1", "receipt"))
        assert eventually(lambda: bool(hostile.heard))
        assert {topic for topic, _ in hostile.heard} == {topics.down("pi-1", "receipt")}


def test_an_agent_leaves_no_will_for_another(office: Office) -> None:
    """A message that the broker would send in its name after its end is refused as well."""
    own, foreign = topics.up("pi-1", "state"), topics.up("pi-2", "state")
    with collector_peer(office) as hq:
        hq.hears(topics.up_filter())
        for will in (foreign, own):
            _dies(peer_of(office, "pi-1", will=will, client_id="dying"), office.broker.port)
        assert eventually(lambda: own in [topic for topic, _ in hq.heard])
        assert foreign not in [topic for topic, _ in hq.heard]


def _dies(peer: Peer, port: int) -> None:
    """Connect, if the broker lets it, and vanish without a word."""
    peer.client.connect("127.0.0.1", port)
    peer.client.loop_start()
    assert eventually(lambda: bool(peer.connected or peer.ended))
    peer.client._sock_close()
    peer.client.loop_stop()


def test_the_collector_hears_all_and_answers_each(office: Office) -> None:
    """With its own certificate and no password."""
    with collector_peer(office) as hq, peer_of(office, "pi-1") as agent:
        hq.hears(topics.up_filter())
        agent.hears(topics.down("pi-1", "receipt"))
        time.sleep(0.1)
        agent.publish(topics.up("pi-1", "live"))
        hq.publish(topics.down("pi-1", "receipt"))
        assert eventually(lambda: bool(hq.heard) and bool(agent.heard))
        assert hq.publish(topics.up("pi-1", "live")) == NOT_AUTHORIZED


@pytest.mark.parametrize(
    "topic",
    [
        "energy/sendai/main/energy_kwh",
        "homeassistant/device/mieruka-sendai/config",
        "spBv1.0/mieruka/DDATA/hq/main",
    ],
)
def test_the_collector_alone_gives_out_open_data(office: Office, topic: str) -> None:
    """To the broker that everybody of the fleet is at, when [outlet] asks for it."""
    with collector_peer(office) as hq, peer_of(office, "pi-1") as agent:
        assert hq.publish(topic) != NOT_AUTHORIZED
        assert agent.publish(topic) == NOT_AUTHORIZED


@pytest.mark.parametrize("certificate", ["none", "foreign", "a server's"])
def test_nobody_comes_in_without_a_certificate_of_an_agent(
    office: Office, tmp_path: Path, certificate: str
) -> None:
    """None, one of another authority, or a server's: the handshake ends."""
    posts = office.fleet.office.posts()
    own = {
        "none": None,
        "foreign": _foreign(tmp_path),
        "a server's": posts.certificates["broker"],
    }[certificate]
    stranger = Peer(office.broker.port, client_context(posts.ca_file, own))
    try:
        stranger.client.connect("127.0.0.1", office.broker.port)
    except OSError:
        return
    stranger.client.loop_start()
    assert eventually(lambda: bool(stranger.ended))
    stranger.client.loop_stop()
    assert stranger.connected == []


def test_there_is_no_door_without_tls(office: Office) -> None:
    """In the clear the broker does not even answer."""
    plain = Peer(office.broker.port, None)
    plain.client.connect("127.0.0.1", office.broker.port)
    plain.client.loop_start()
    assert eventually(lambda: bool(plain.ended))
    plain.client.loop_stop()
    assert plain.connected == []


def test_a_revoked_agent_is_refused_once_the_broker_has_read_the_list(office: Office) -> None:
    """The agent is told why; the others stay."""
    office.fleet.enrol("pi-9")
    assert _fault_of(office, "pi-9") == ""
    done = office.fleet.office.revoke("pi-9", "stolen")
    assert (done.certificates, done.reload_fault) == (1, "")
    told = "it refuses this agent's certificate: revoked"
    assert eventually(lambda: told in _fault_of(office, "pi-9"))
    with peer_of(office, "pi-1", client_id="other") as other:
        assert other.publish(topics.up("pi-1", "live")) != NOT_AUTHORIZED


def test_a_doctor_says_what_the_broker_thinks_of_the_certificate(office: Office) -> None:
    """TLS 1.3 has it come after the handshake: it is no fault of the MQTT version."""

    def last_word(tls: ssl.SSLContext) -> str:
        address, seen = Address("127.0.0.1", office.broker.port, tls=tls), ""
        with suppress(VisitError):
            for finding in reach_findings(address, time.time()):
                seen = finding.measured
        return seen

    office.fleet.enrol("pi-7")
    identity = Identity.of(office.fleet.card("pi-7"))
    mine = client_context(identity.ca_file, identity.agent_file)
    assert "certificate trusted" in last_word(mine)
    assert last_word(client_context(identity.ca_file)).endswith(
        "wants a certificate of this machine"
    )
    office.fleet.office.revoke("pi-7", "stolen")
    assert eventually(lambda: last_word(mine).endswith("certificate: revoked"))


def test_a_revoked_agent_is_cut_off_on_an_open_connection_too(office: Office) -> None:
    """The broker keeps the connection; nothing is taken from it or told on it any more."""
    office.fleet.enrol("pi-8")
    with peer_of(office, "pi-8") as agent, collector_peer(office) as hq:
        agent.hears(topics.down("pi-8", "receipt"))
        assert agent.publish(topics.up("pi-8", "live")) != NOT_AUTHORIZED
        office.fleet.office.revoke("pi-8", "stolen")
        assert eventually(lambda: agent.publish(topics.up("pi-8", "live")) == NOT_AUTHORIZED)
        hq.publish(topics.down("pi-8", "receipt"))
        time.sleep(0.2)
        assert agent.heard == []
    office.fleet.enrol("pi-8", "new card")
    assert eventually(lambda: _speaks(office, "new card", "pi-8"))


def test_the_rules_are_those_of_a_broker_with_passwords() -> None:
    """One list of rights, in two places."""
    assert access_list(()) == ACL.read_text(encoding="utf-8")


def test_an_agent_whose_certificate_has_ended_keeps_its_readings_and_comes_back(
    office: Office, tmp_path: Path
) -> None:
    """The outbox fills, nothing goes out in the clear; renewed late, it is let in again."""
    fleet = office.fleet
    fleet.clock.pass_days(-200)
    fleet.enrol("pi-7")
    fleet.clock.pass_days(200)
    light = LightAgent("pi-7", _mqtt(office, "pi-7"), tmp_path, Ledger(repeat_ms=0), every_s=0.05)
    with light:
        assert eventually(lambda: "certificate: expired" in light.uplink.last_fault)
        assert eventually(lambda: light.outbox.depth() > 10)
        assert light.connections == 0
        assert fleet.renewal("pi-7").run_once() == "renewed late"
        assert eventually(lambda: light.connections > 0, 15)


def test_a_renewed_agent_comes_in_with_its_new_certificate(office: Office) -> None:
    """Also under a root that is new, once the broker has read the trust anew."""
    office.fleet.clock.pass_days(0.01)
    assert office.fleet.office.begin_new_root() >= 2
    assert office.fleet.renewal("pi-1").run_once() == "renewed"
    for card in ("pi-1", "pi-2"):  # by the new root, and by the old one still
        with peer_of(office, card, client_id=f"new {card}") as agent:
            assert agent.publish(topics.up(card, "live")) != NOT_AUTHORIZED


def test_an_agent_does_not_speak_to_a_broker_of_another_name(office: Office) -> None:
    """The name in the url is verified: the same broker by another name is a stranger."""
    uplink = _uplink(office, "pi-1", host="localhost")
    uplink.keep_up(time.monotonic())
    assert "its certificate is not trusted" in uplink.last_fault
    uplink.close()


def test_the_inlet_shows_the_certificate_as_it_is_now(office: Office) -> None:
    """The collector's certificate is renewed while it runs: the next connection has the new one."""
    inlet = Inlet(office.fleet.settings.mqtt, "hq")
    inlet.start()
    try:
        assert inlet.wait_connected(10)
        held = office.fleet.office.posts()
        old = held.authority.folder / "collector.pem"
        kept = old.read_text("ascii")
        old.write_text("no certificate", encoding="ascii")  # in the midst of being replaced
        office.start()
        assert eventually(lambda: inlet.connected, 15)
        old.write_text(kept, encoding="ascii")
        serial = held.write_collector(office.fleet.clock.now_ms())
        assert serial == old
        office.start()
        assert eventually(lambda: inlet.connected, 15)
    finally:
        inlet.stop()


def test_the_inlet_follows_a_new_root(office: Office) -> None:
    """The broker comes back with a certificate by a root that was not there at the start."""
    fleet = office.fleet
    inlet = Inlet(fleet.settings.mqtt, "hq")
    inlet.start()
    try:
        assert inlet.wait_connected(10)
        fleet.clock.pass_days(0.01)
        if len(fleet.office.posts().authority.roots) == 1:
            fleet.office.begin_new_root()
        fleet.office.ask_to_renew(["pi-1", "pi-2"])
        for card in ("pi-1", "pi-2"):
            assert fleet.renewal(card).run_once() == "renewed"
        fleet.office.finish_new_root(force=True)  # cards of other tests are of no matter
        office.start()
        assert eventually(lambda: inlet.connected, 15)
        assert fleet.renewal("pi-1").run_once() == "holds"
    finally:
        inlet.stop()


def _speaks(office: Office, card: str, agent: str) -> bool:
    with peer_of(office, card, client_id="again") as peer:
        return peer.publish(topics.up(agent, "live")) != NOT_AUTHORIZED


def _fault_of(office: Office, card: str) -> str:
    """Why the agent is not let in; "" when it is."""
    uplink = _uplink(office, card)
    try:
        assert eventually(lambda: uplink.keep_up(time.monotonic()) or bool(uplink.last_fault))
        return uplink.last_fault
    finally:
        uplink.close()


def _foreign(folder: Path) -> Path:
    settings = settings_in(folder)
    found(settings, HandClock())
    return settings.collector.state_dir / "fleet" / "collector.pem"


def _mqtt(office: Office, card: str, host: str = "127.0.0.1") -> MqttSettings:
    identity = Identity.of(office.fleet.card(card))
    return MqttSettings(
        url=f"mqtts://{host}:{office.broker.port}",
        ca_file=identity.ca_file,
        cert_file=identity.agent_file,
    )


def _uplink(office: Office, card: str, host: str = "127.0.0.1") -> Uplink:
    numbers = iter(range(1, 100))
    return Uplink(
        _mqtt(office, card, host),
        card,
        number=lambda: next(numbers),
        birth=lambda number: Birth(card, "e", number, "test", 1, ()),
        waits_s=(0.1, 0.2),
    )
