"""A small fleet against a real Mosquitto and a real collector: the judge is right about both."""

from __future__ import annotations

import json
import resource
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from typer.testing import CliRunner

from collector.app import Collector
from collector.config import load
from edge_agent.errors import StopError
from simulators.__main__ import app
from simulators.fleet.options import FleetOptions, sites_toml
from simulators.fleet.packets import Version
from simulators.fleet.play import allow_files, play
from tests.collector.agent_side import eventually
from tests.faults.network_certificates import Authority
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = pytest.mark.services
SETTINGS = """\
[collector]
id = "{prefix}"
state_dir = "state"
[mqtt]
url = "{url}"
[store]
kind = "sqlite"
path = "store.sqlite"
[summarise]
every_s = 3600
[health]
listen = ""
[delivery]
backlog_readings_per_s = 100000.0
"""


def options(url: str, prefix: str, **named: object) -> FleetOptions:
    """Twenty agents with two meters each, polled each second, for a short while."""
    some = {"agents": 20, "meters": 2, "every_s": 1.0, "commit_s": 1.0}
    some |= {"for_s": 1.5, "settle_s": 20.0}
    return FleetOptions(broker=url, prefix=prefix, **{**some, **named})  # type: ignore[arg-type]


def collected(folder: Path, wanted: FleetOptions) -> Collector:
    """A collector that knows the fleet, started and subscribed."""
    file = folder / "collector.toml"
    text = SETTINGS.format(prefix=wanted.prefix, url=wanted.broker) + sites_toml(wanted)
    file.write_text(text, encoding="utf-8")
    collector = Collector(load(file))
    collector.start()
    assert eventually(lambda: collector.status().connected)
    return collector


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a collector keeps its things."""
    return tmp_path


def stored(collector: Collector, wanted: FleetOptions) -> int:
    """How many readings of the fleet the store holds."""
    count = collector.store.count_readings
    return sum(
        count(f"{wanted.prefix}-{agent:05d}", f"m{meter + 1}", 0, 2**52)
        for agent in range(wanted.agents)
        for meter in range(wanted.meters)
    )


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_every_reading_has_its_receipt_and_is_stored(
    own_mosquitto: MosquittoServer, folder: Path, version: Version
) -> None:
    """Live readings and a backlog: what the judge counts as stored is what the store holds."""
    more = {"version": version, "backlog_s": 90.0, "jitter_s": 0.0}
    wanted = options(own_mosquitto.url, f"v{version[0]}", **more)
    collector = collected(folder, wanted)
    try:
        seen: list[tuple[int, str]] = []
        found = play(wanted, lambda tally, stage, _: seen.append((tally.connected, stage)))
        assert found.clean
        assert found.given >= 20 * 2 * 90
        assert stored(collector, wanted) == found.receipted == found.given
        assert (found.connections, found.unheard, found.unreadable) == (20, 0, 0)
        assert seen[0] == (0, "connecting")
        assert (20, "playing") in seen
    finally:
        collector.close()


def test_a_cut_loses_nothing(own_mosquitto: MosquittoServer, folder: Path) -> None:
    """All connections break without a word; the wills are told, and all comes in the end."""
    wanted = options(own_mosquitto.url, "cut", for_s=3.2, cut_at_s=1.1, away_s=0.6)
    collector = collected(folder, wanted)
    with listening(own_mosquitto.port, "mieruka/1/+/up/state") as heard:
        try:
            found = play(wanted)
        finally:
            collector.close()
    assert found.clean
    assert found.losses == {"cut": 20}
    assert found.connections == 40
    states = [json.loads(payload) for _, payload in heard if payload]
    wills = {one["agent"] for one in states if not one["online"]}
    assert len(wills) == 20


def test_a_fleet_leaves_nothing_behind(own_mosquitto: MosquittoServer) -> None:
    """Births and states are taken back at the end, unless they are to stay."""
    play(options(own_mosquitto.url, "tidy", agents=3, for_s=0.0, settle_s=0.0))
    stays = options(own_mosquitto.url, "stays", agents=2, for_s=0.0, settle_s=0.0, tidy=False)
    play(stays)
    with listening(own_mosquitto.port, "mieruka/1/+/up/#") as heard:
        threading.Event().wait(0.5)
    assert {topic.split("/")[2] for topic, _ in heard} == {"stays-00000", "stays-00001"}


@pytest.mark.parametrize("trusted", ["own", "foreign"])
def test_the_broker_is_verified(tmp_path: Path, trusted: str) -> None:
    """Over TLS with the right authority all come in; with another none does, and it is told."""
    (tmp_path / "own").mkdir()
    (tmp_path / "foreign").mkdir()
    authorities = {name: Authority(tmp_path / name) for name in ("own", "foreign")}
    made = authorities["own"].issue("127.0.0.1")
    keys = f"certfile {made.certificate}\nkeyfile {made.key}\n"
    config = "user root\nlistener {port} 127.0.0.1\nallow_anonymous true\n" + keys
    server = MosquittoServer(mosquitto_binary(), tmp_path, config)
    server.start()
    try:
        url = f"mqtts://127.0.0.1:{server.port}"
        files = {"ca_file": authorities[trusted].ca_file}
        short = {"agents": 5, "for_s": 0.0, "settle_s": 0.0}
        wanted = options(url, "tls", **short, **files)
        if trusted == "foreign":
            with pytest.raises(StopError, match="not reached: SSLCertVerificationError"):
                play(wanted, patience_s=1.0)
        else:
            assert play(wanted).connected_most == 5
    finally:
        server.stop()


def test_a_broker_that_is_not_there_is_told(own_mosquitto: MosquittoServer) -> None:
    """Nobody connects: it ends soon, in one line with the address and the reason."""
    own_mosquitto.stop()
    told = f"connect to {own_mosquitto.url}: not reached: ConnectionRefusedError"
    with pytest.raises(StopError, match=told) as caught:
        play(options(own_mosquitto.url, "none", agents=2), patience_s=0.5)
    assert "does the broker run there" in caught.value.hint


def test_more_connections_than_the_machine_allows_are_refused() -> None:
    """One line with both numbers, before anything is dialled."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with pytest.raises(StopError, match=f"{hard + 1} open files are needed") as caught:
        allow_files(hard + 1)
    assert "fewer --agents" in caught.value.hint
    allow_files(64)


def test_the_command_tells_its_verdict(own_mosquitto: MosquittoServer, folder: Path) -> None:
    """`plant-sim fleet --json` ends with one line of JSON, exit code 0 when all is stored."""
    collector = collected(folder, options(own_mosquitto.url, "cli", agents=3))
    words = ["--broker", own_mosquitto.url, "--agents=3", "--meters=2", "--every=1s"]
    words += ["--for=1s", "--commit=1s"]
    try:
        done = CliRunner().invoke(app, ["fleet", *words, "--prefix=cli", "--json"])
    finally:
        collector.close()
    assert done.exit_code == 0, done.output
    verdict = json.loads(done.stdout.splitlines()[-1])
    assert verdict["clean"] is True
    assert verdict["lost"] == 0


def test_without_a_collector_nothing_counts_as_stored(own_mosquitto: MosquittoServer) -> None:
    """The broker's acknowledgement is no receipt: all is told as open, and why; exit code 1."""
    words = ["--broker", own_mosquitto.url, "--agents=2", "--every=2s", "--commit=1s"]
    done = CliRunner().invoke(app, ["fleet", *words, "--for=1.2s", "--settle=0", "--json"])
    assert done.exit_code == 1
    verdict = json.loads(done.stdout.splitlines()[-1])
    assert verdict["receipted"] == 0
    assert verdict["lost"] == verdict["given"] > 0
    assert verdict["unheard"] > 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--for", "soon"], "--for: 'soon' is not a time like 90s"),
        (["--version", "4"], "--version 4: not 5 or 3.1.1"),
        (["--broker", "mqtt://broker.example"], "--allow-host broker.example"),
        (["--tls", "--ca-file", "none.pem"], "--ca-file none.pem: no such file"),
    ],
)
def test_wrong_words_are_one_line(words: list[str], told: str) -> None:
    """A wrong option is refused before anything is dialled."""
    done = CliRunner().invoke(app, ["fleet", *words])
    assert done.exit_code == 1
    assert told in str(done.exception)


def test_the_sites_are_printed() -> None:
    """`--print-sites` prints settings and plays nothing."""
    done = CliRunner().invoke(app, ["fleet", "--agents=2", "--print-sites"])
    assert done.exit_code == 0
    assert done.stdout == sites_toml(FleetOptions(broker="mqtt://127.0.0.1", agents=2))


class listening:
    """Hears a filter of the broker; what came is (topic, payload)."""

    def __init__(self, port: int, topic: str) -> None:
        self._port, self._topic = port, topic
        self.heard: list[tuple[str, bytes]] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)

    def __enter__(self) -> list[tuple[str, bytes]]:
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.on_message = lambda _, __, m: self.heard.append((m.topic, bytes(m.payload)))
        self._client.connect("127.0.0.1", self._port)
        self._client.loop_start()
        self._client.subscribe(self._topic, 1)
        assert subscribed.wait(10)
        return self.heard

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture(autouse=True)
def _no_limit_left_changed() -> Iterator[None]:
    """A raised limit of files is put back."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
