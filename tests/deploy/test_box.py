"""One box from its secrets to its restored backup, by the scripts that its containers run."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from collector import config
from collector.fleet import signing
from collector.fleet.access import access_list
from collector.fleet.authority import Authority
from collector.state import open_state
from collector.storage import open_stores
from edge_agent.contract import topics, wire
from edge_agent.contract.wire import Birth, MeterCard, ReadingsMessage
from tests.deploy.box import SCRIPTS, Box, handshake, until
from tests.grafana.fake_grafana import PASSWORD, USER, FakeGrafana, running_grafana

pytestmark = [pytest.mark.services, pytest.mark.timeout(280)]
ENERGY = "active_energy_import_wh"
AGENT = "pi-1"
REFUSED, NOT_AUTHORIZED = 0x80, 0x87
"""Reason codes of MQTT 5.0 (2.4): from the first on it is a refusal."""
SITE = "plant-1"
MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
START_MS = (time.time_ns() // 1_000_000 // HOUR_MS - 30) * HOUR_MS


@pytest.fixture(scope="module")
def grafana() -> Iterator[FakeGrafana]:
    """A Grafana nobody has put anything into."""
    with running_grafana() as one:
        yield one


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory, grafana: FakeGrafana) -> Iterator[Box]:
    """A box that is up: database, broker, boards, collector, from nothing but `make secrets`."""
    one = Box(tmp_path_factory.mktemp("one") / "box")
    one.grafana_url = grafana.url
    try:
        one.make_secrets()
        (one.secrets / "grafana-admin").write_text(PASSWORD)
        one.start_influxd()
        one.first_start(GRAFANA_URL=grafana.url, GRAFANA_USER=USER)
        one.start_broker()
        one.start_collector()
        yield one
    finally:
        one.end()


@pytest.fixture(scope="module")
def filled(box: Box) -> Box:
    """The same, once a day of readings has come over the broker and been added up."""
    certificate = _agent_certificate(box)
    seen = threading.Event()
    client = _client(box, AGENT, certificate)
    client.on_message = lambda *_: seen.set()
    client.loop_start()
    client.subscribe(topics.down(AGENT, "receipt"), qos=1)
    try:
        card = MeterCard(SITE, "main", "main", "eastron_sdm630", 60.0, 10.0, 1e9)
        birth = wire.encode_birth(Birth(AGENT, "e1", 1, "0.1.0", START_MS, (card,)))
        client.publish(topics.up(AGENT, "birth"), birth, qos=1, retain=True).wait_for_publish(10)
        for hour in range(26):
            live = topics.up(AGENT, "live")
            client.publish(live, _readings(hour * 60), qos=1).wait_for_publish(10)
        until(seen.is_set)
        until(lambda: _kwh(box) == pytest.approx(26 * 60 - 1, abs=1.5))
    finally:
        client.disconnect()
        client.loop_stop()
    return box


def _client(box: Box, client_id: str, certificate: Path) -> mqtt.Client:
    """One that has connected to the box with a certificate."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=mqtt.MQTTv5)
    client.tls_set(ca_certs=str(box.state / "fleet/ca.pem"), certfile=str(certificate))
    client.connect("localhost", box.broker_port)
    return client


def _readings(first: int) -> bytes:
    """An hour of minute polls of 60 kW: one kWh a minute."""
    seqs = tuple(range(first + 1, first + 61))
    instants = tuple(START_MS + (seq - 1) * MINUTE_MS for seq in seqs)
    columns = {ENERGY: [1000.0 * (seq - 1) for seq in seqs]}
    who = (AGENT, "e1", SITE, "main", "b1")
    return wire.encode_readings(ReadingsMessage(*who, "synchronised", seqs, instants, columns))


def _agent_certificate(box: Box) -> Path:
    """What enrolment would give the agent: a certificate for a key of its own."""
    state = open_state(box.state)
    key = signing.new_key()
    now_ms = time.time_ns() // 1_000_000
    pem = Authority(box.state / "fleet", state.fleet).issue_agent(
        signing.request_for(key, AGENT), AGENT, now_ms, 90
    )
    state.fleet.enrolled(AGENT, SITE, now_ms)
    state.database.close()
    file = box.folder / "agent.pem"
    file.write_text(pem + key, encoding="ascii")
    return file


def _totals(box: Box) -> dict[str, list[Any]]:
    """Every point of the box's store but those that tell of now."""
    with closing(open_stores(config.load(box.settings))) as store:
        return {
            f"{one.measurement} {one.meter}": list(store.page(one, 0, 100_000))
            for one in store.series()
            if one.measurement == "reading" or one.measurement.startswith("energy_")
        }


def _kwh(box: Box) -> float:
    """What the hours of the meter add up to."""
    return float(sum(one.kwh for one in _totals(box).get("energy_30m main", ())))


def test_the_box_counts_what_its_agents_send(filled: Box) -> None:
    """Through the broker's TLS with certificates, into the database, to totals."""
    assert len(_totals(filled)["reading main"]) == 26 * 60
    with urllib.request.urlopen(f"http://127.0.0.1:{filled.health_port}/health") as page:
        assert page.status == 200
    healthy = [sys.executable, str(SCRIPTS / "healthy.py")]
    place = f"http://127.0.0.1:{filled.health_port}/health"
    assert subprocess.run([*healthy, place], check=False, timeout=30).returncode == 0
    assert subprocess.run([*healthy, "tcp://127.0.0.1:1"], check=False, timeout=30).returncode == 1


def test_its_boards_are_there(box: Box, grafana: FakeGrafana) -> None:
    """With an account for the collector alone; a second start makes no second one."""
    boards = grafana.orgs[1].boards
    assert len(boards) == 2 * 9
    box.first_start(GRAFANA_URL=grafana.url, GRAFANA_USER=USER)
    assert [one["name"] for one in grafana.orgs[1].accounts.values()] == ["mieruka-collector"]


def test_nobody_comes_in_without_a_certificate(filled: Box) -> None:
    """Nor with one of another authority; with ours it is a connection like any other."""
    ca = filled.state / "fleet/ca.pem"
    assert handshake(filled.broker_port, ca, filled.folder / "agent.pem") == ""
    assert handshake(filled.broker_port, ca) != ""
    root = signing.new_root("another", time.time_ns() // 1_000_000)
    stranger = filled.folder / "stranger.pem"
    stranger.write_text(root.certificate + root.key, encoding="ascii")
    assert handshake(filled.broker_port, ca, stranger) != ""


def test_every_token_has_the_least_rights(filled: Box) -> None:
    """Grafana's may not write, the collector's may not look at users or make buckets."""
    tokens = {
        name: (filled.tokens / f"influx-{name}").read_text() for name in ("collector", "grafana")
    }
    assert _status(filled, tokens["grafana"], "POST", _write("mieruka"), b"x f=1.0 1") in (401, 403)
    assert _status(filled, tokens["grafana"], "GET", "/query?db=mieruka&q=SHOW+MEASUREMENTS") == 200
    assert _status(filled, tokens["collector"], "POST", _write("mieruka_raw"), b"") == 204
    for name in tokens:
        made = json.dumps({"name": "more", "orgID": "0000000000000001"}).encode()
        assert _status(filled, tokens[name], "POST", "/api/v2/buckets", made) in (401, 403, 404)
        assert _status(filled, tokens[name], "GET", "/api/v2/users") in (200, 401, 403)
    assert _status(filled, "nobody", "GET", "/query?db=mieruka&q=SHOW+MEASUREMENTS") == 401


def _write(bucket: str) -> str:
    return f"/api/v2/write?org=mieruka&bucket={bucket}"


def _status(box: Box, token: str, method: str, path: str, body: bytes | None = None) -> int:
    headers = {"Authorization": f"Token {token.strip()}"}
    asked = urllib.request.Request(box.influx_url + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_every_secret_is_for_its_owner_alone(filled: Box) -> None:
    """Secrets, tokens and keys have mode 0600; the broker's key may be read by its group."""
    files = [*filled.secrets.iterdir(), *filled.tokens.iterdir()]
    files += [path for path in filled.state.rglob("*") if path.suffix in (".key", ".pem")]
    for path in files:
        secret = path.suffix not in (".pem",) or "PRIVATE KEY" in path.read_text()
        mode = stat.S_IMODE(path.stat().st_mode)
        assert not secret or mode in (0o600, 0o640), f"{path.name} {mode:o}"
        assert mode != 0o640 or path.name == "broker.pem", path.name


def test_a_second_start_changes_nothing(filled: Box) -> None:
    """What is there stays: tokens, certificates, settings, secrets."""
    before = _files(filled)
    assert "there already" in filled.make_secrets()
    filled.first_start()
    assert _files(filled) == before


def _files(box: Box) -> dict[str, bytes]:
    folders = (box.secrets, box.tokens, box.state / "fleet")
    return {str(f): f.read_bytes() for folder in folders for f in folder.rglob("*") if f.is_file()}


def test_a_token_that_was_lost_is_made_anew(filled: Box) -> None:
    """Its old form is taken out of the database: nobody else can use it."""
    old = (filled.tokens / "influx-grafana").read_text()
    (filled.tokens / "influx-grafana").unlink()
    filled.first_start()
    assert (filled.tokens / "influx-grafana").read_text() != old
    assert _status(filled, old, "GET", "/query?db=mieruka&q=SHOW+MEASUREMENTS") == 401


def test_who_is_revoked_is_shut_out_without_a_hand(filled: Box) -> None:
    """The broker's script sees that the lists have changed and lets the broker read them.

    No new connection is let in, and on the one that is open nothing is taken any more.
    """
    ca = filled.state / "fleet/ca.pem"
    second = _agent_certificate(filled)
    assert handshake(filled.broker_port, ca, second) == ""
    client = _client(filled, "open one", second)
    codes: dict[int, int] = {}
    client.on_publish = lambda *told: codes.__setitem__(told[2], told[3].value)

    def told() -> int:
        number = client.publish(topics.up(AGENT, "state"), b"{}", qos=1).mid
        until(lambda: number in codes)
        return codes[number]

    client.loop_start()
    try:
        assert told() < REFUSED
        filled.collector("fleet", "revoke", AGENT, "--reason", "stolen")
        until(lambda: told() == NOT_AUTHORIZED, 20)
        until(lambda: handshake(filled.broker_port, ca, second) != "", 20)
        assert client.is_connected()
    finally:
        client.disconnect()
        client.loop_stop()


def test_the_brokers_access_list_is_the_fleets(filled: Box) -> None:
    """The box brings none of its own: the one it reads shuts out who is revoked, by name."""
    script = (SCRIPTS / "broker.sh").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^acl_file (.*)$", script) == ["$CERTIFICATES/acl"]
    rules = (filled.state / "fleet/broker/acl").read_text(encoding="ascii")
    assert rules == access_list([AGENT])


def test_an_empty_box_becomes_the_one_that_was_backed_up(filled: Box, tmp_path: Path) -> None:
    """New machine, new secrets, empty database: totals, certificates and settings are the same."""
    backup = tmp_path / "box.zip"
    filled.collector("backup", "--with-secrets", "--to", backup)
    wanted = _totals(filled)
    new = Box(tmp_path / "new")
    try:
        new.make_secrets(SETTINGS_TOO="no")
        new.start_influxd()
        new.settings.write_text(_moved(filled, new), encoding="utf-8")
        said = new.first_start(RESTORE=str(backup))
        assert "points restored" in said
        assert _totals(new) == wanted
        root = Path("fleet/root-1.key")
        assert (new.state / root).read_bytes() == (filled.state / root).read_bytes()
    finally:
        new.end()


def _moved(old: Box, new: Box) -> str:
    """The settings, for the ports and folders of the new box: a real one has the same again."""
    text = old.settings.read_text(encoding="utf-8").replace(str(old.folder), str(new.folder))
    for before, after in (
        (old.influx_port, new.influx_port),
        (old.broker_port, new.broker_port),
        (old.health_port, new.health_port),
    ):
        text = text.replace(f":{before}", f":{after}")
    return text


def test_secrets_that_do_not_fit_the_database_are_told(filled: Box, tmp_path: Path) -> None:
    """Somebody made new secrets for a database that was set up with others."""
    other = tmp_path / "secrets"
    other.mkdir()
    for file in filled.secrets.iterdir():
        (other / file.name).write_text("another\n")
    done = _python(filled, SECRETS=str(other))
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "was it set up with other secrets?" in line


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"SECRETS": "/nowhere"}, "SECRETS names no folder: '/nowhere'"),
        ({"TOKENS": ""}, "TOKENS names no folder"),
        ({"INFLUX_URL": "http://127.0.0.1:1", "WAIT_S": "0"}, "does not answer"),
    ],
)
def test_what_is_missing_is_one_line(filled: Box, change: dict[str, str], told: str) -> None:
    """A container's log says what to do."""
    done = _python(filled, **change)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert told in line


def _python(box: Box, **change: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPTS / "first_start.py")], env={**box.names(), **change},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
