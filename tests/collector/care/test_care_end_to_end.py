"""A real agent process, a real broker, a simulated bus and a running collector, looked after."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from typer.testing import CliRunner, Result

from collector.__main__ import app
from collector.app import Collector
from collector.config import load
from edge_agent.contract import topics
from edge_agent.contract.care import ASK_MOST_BYTES, Answer, Ask, decode_answer, encode_ask
from edge_agent.contract.wire import WireError
from tests.collector.agent_side import eventually
from tests.edge_agent.modbus_server import ModbusServer, Unit, serving
from tests.services.mosquitto import MosquittoServer, mosquitto_binary

pytestmark = [pytest.mark.services, pytest.mark.timeout(180)]
ROOT = Path(__file__).resolve().parents[3]
SECRET = "korrekt-pferd-batterie"
TOO_LARGE = (b" " * (ASK_MOST_BYTES + 1), b"x" * 3_000_000)
HOSTILE = (b"", b"{", b"\xff" * 100, b"[" * 50_000, *TOO_LARGE)

AGENT = """\
[agent]
id = "a-1"
site = "plant"
state_dir = "state"
[mqtt]
url = "{url}"
username = "a-1"
password_file = "mqtt.password"
[health]
listen = ""
[care]
allow = ["status", "read", "wiring", "log", "doctor", "config"]
trial_s = 5
"""
TABLES = """\
[clock]
wait_s = 0
[poll]
every_s = 0.5
[outbox]
commit_every_s = 0.5
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = {port}
timeout_ms = 300
gap_ms = 0
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "schneider_iem3155"
"""
COLLECTOR = """\
[collector]
id = "c"
state_dir = "state"
[mqtt]
url = "{url}"
[store]
kind = "sqlite"
path = "store.sqlite"
[health]
listen = ""
[[sites]]
id = "plant"
time_zone = "UTC"
[[sites.meters]]
id = "main"
"""


class Fleet:
    """One plant and its collector, and the commands of whoever looks after them."""

    def __init__(self, folder: Path, url: str, port: int) -> None:
        self.plant, self.office = folder / "plant", folder / "office"
        self.tables = TABLES.format(port=port)
        for place in (self.plant, self.office):
            place.mkdir()
        (self.plant / "mqtt.password").write_text(SECRET + "\n", "utf-8")
        self.settings = self.plant / "agent.toml"
        self.settings.write_text(AGENT.format(url=url) + self.tables, "utf-8")
        self.config = self.office / "collector.toml"
        self.config.write_text(COLLECTOR.format(url=url), "utf-8")
        self.collector = Collector(load(self.config))
        self.agent: subprocess.Popen[bytes] | None = None
        self.log = folder / "agent.log"

    def start_agent(self) -> None:
        """The agent's own process."""
        words = [sys.executable, "-m", "edge_agent", "run", "-c", str(self.settings)]
        with self.log.open("ab") as log:
            self.agent = subprocess.Popen(words, cwd=ROOT, stderr=log)

    def kill_agent(self) -> None:
        """As a power cut does."""
        if self.agent is not None:
            self.agent.send_signal(signal.SIGKILL)
            self.agent.wait(10)
            self.agent = None

    def fleet(self, *words: str) -> Result:
        """`collector fleet ...`, with these settings."""
        return CliRunner().invoke(app, ["fleet", *words, "-c", str(self.config)])

    def asked(self, *words: str) -> dict[str, Any]:
        """The answer to a question as JSON."""
        done = self.fleet("ask", "a-1", *words, "--json")
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def pushed(self, text: str, *words: str) -> Result:
        """The outcome of a push."""
        file = self.office / "new.toml"
        file.write_text(text, "utf-8")
        return self.fleet("config", "push", "a-1", str(file), *words)

    def works(self) -> bool:
        """Whether readings arrive, and receipts go back."""
        before = self.collector.status().readings_stored
        return eventually(lambda: self.collector.status().readings_stored > before + 2)

    def close(self) -> None:
        """End both."""
        self.kill_agent()
        self.collector.close()


@pytest.fixture(scope="module")
def bus() -> Iterator[ModbusServer]:
    """Two meters that show zeros."""
    units = {number: Unit(words=dict.fromkeys(range(65_536), 0)) for number in (1, 2)}
    with serving("tcp", units) as running:
        yield running


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MosquittoServer]:
    """A broker of this file's own."""
    server = MosquittoServer(mosquitto_binary(), tmp_path_factory.mktemp("broker"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def fleet(
    tmp_path_factory: pytest.TempPathFactory, broker: MosquittoServer, bus: ModbusServer
) -> Iterator[Fleet]:
    """A plant that works; the tests below look after it one after the other."""
    made = Fleet(tmp_path_factory.mktemp("fleet"), broker.url, bus.port)
    made.collector.start()
    assert eventually(lambda: made.collector.status().connected)
    made.start_agent()
    assert made.works()
    yield made
    made.close()


def test_a_running_agent_answers_every_question(fleet: Fleet) -> None:
    """Values read now, its health, its log without secrets, its wiring, its doctor."""
    assert "well" in fleet.fleet("ask", "a-1", "status").stdout
    status = fleet.asked("status", "--by", "Sato")
    assert status["body"]["health"]["agent"] == "a-1"
    assert (status["by"], status["outcome"]) == ("Sato", "done")
    (reading,) = fleet.asked("read", "main")["body"]["readings"]
    assert (reading["meter"], reading["source"]) == ("main", "asked")
    assert reading["values"]["active_power_w"] == 0.0
    lines = fleet.asked("log", "--lines", "20")["body"]["lines"]
    assert any("connected to broker" in line["message"] for line in lines)
    assert SECRET not in json.dumps(lines)
    wiring = fleet.asked("wiring")
    assert (wiring["outcome"], wiring["message"]) == ("failed", "no judgement could be made yet")
    doctor = fleet.asked("doctor")
    assert "broker" in {row["subject"] for row in doctor["body"]["findings"]}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("a-1", "read", "nope"), "agent a-1 refuses: there is no meter nope (known: main)"),
        (("b-7", "status"), "there is no agent b-7 (known: a-1)"),
        (("a-1", "status", "main"), "status is not asked of a meter"),
        (("a-1", "read", "--lines", "3"), "read has no lines"),
    ],
)
def test_a_wrong_question_is_one_line(fleet: Fleet, words: tuple[str, ...], told: str) -> None:
    """And exit code 1."""
    done = fleet.fleet("ask", *words)
    assert told in done.stderr
    assert done.exit_code == 1


class Stranger:
    """Somebody who may write to agents at the broker, and hears what they answer."""

    def __init__(self, broker: MosquittoServer) -> None:
        self.answers: list[Answer] = []
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5)
        self._client.on_message = self._hear
        self._client.connect("127.0.0.1", broker.port)
        self._client.subscribe(topics.up("a-1", "answer"), 1)
        self._client.loop_start()

    def _hear(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        with suppress(WireError):
            answer = decode_answer(bytes(message.payload))
            if isinstance(answer, Answer):
                self.answers.append(answer)

    def says(self, payload: bytes, topic: str = "") -> None:
        """Publish."""
        topic = topic or topics.down("a-1", "ask")
        self._client.publish(topic, payload, qos=1).wait_for_publish(10)

    def answer_to(self, ask: Ask) -> Answer:
        """Ask, and wait."""
        self.says(encode_ask(ask))
        assert eventually(lambda: any(one.id == ask.id for one in self.answers))
        return next(one for one in self.answers if one.id == ask.id)

    def close(self) -> None:
        """Go."""
        self._client.disconnect()
        self._client.loop_stop()


def test_a_hostile_question_is_refused_without_harm(fleet: Fleet, broker: MosquittoServer) -> None:
    """Unknown kinds, other agents, no JSON, too large, too old in form: the agent measures on."""
    now_ms = time.time_ns() // 1_000_000
    stranger = Stranger(broker)
    try:
        for payload in HOSTILE:
            stranger.says(payload)
        odd = Ask("x1", "a-1", "format-disk", "mallory\x1b[2J\nfake=line", now_ms, now_ms + 9_000)
        assert "not known here" in stranger.answer_to(odd).message
        other = Ask("x2", "b-2", "status", "mallory", now_ms, now_ms + 9_000)
        assert "for agent b-2" in stranger.answer_to(other).message
        config = Ask("x3", "a-1", "config", "mallory", now_ms, now_ms + 9_000, {"settings": 1})
        assert stranger.answer_to(config).outcome == "refused"
        lines = Ask("x4", "a-1", "log", "mallory", now_ms, now_ms + 9_000, {"lines": 10**9})
        assert "is no number of lines" in stranger.answer_to(lines).message
    finally:
        stranger.close()
    assert fleet.works()
    record = (fleet.plant / "state/care/audit.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in record]
    strange = [row["id"] for row in rows if row["by"].startswith("mallory")]
    assert list(dict.fromkeys(strange)) == ["x1", "x2", "x3", "x4"]
    assert "\nfake=line" not in fleet.log.read_text("utf-8")


def test_a_false_answer_changes_nothing_at_the_collector(
    fleet: Fleet, broker: MosquittoServer
) -> None:
    """For a question nobody asked, for another agent's, and for what is no answer at all."""
    stranger, before = Stranger(broker), fleet.collector.status().dead_letters
    try:
        topic = topics.up("a-1", "answer")
        for payload in (b"", b"{}", b'{"v":1,"message_of":"answer","id":"x","agent":"b-2"}'):
            stranger.says(payload, topic)
    finally:
        stranger.close()
    assert fleet.works()
    assert fleet.collector.status().dead_letters == before


def test_wrong_settings_are_refused_and_nothing_changes(fleet: Fleet) -> None:
    """The agent's own check tells every fault."""
    before = fleet.settings.read_text("utf-8")
    done = fleet.pushed(fleet.tables + "bogus = 1\n")
    assert done.exit_code == 1
    assert "meters[0].bogus: unknown key" in done.stderr
    assert fleet.settings.read_text("utf-8") == before
    assert fleet.works()


def test_settings_that_silence_a_meter_are_taken_back_alone(fleet: Fleet) -> None:
    """Nobody needs to drive there: the old settings are back, with the reason in the list."""
    before = fleet.settings.read_text("utf-8")
    done = fleet.pushed(fleet.tables.replace("unit_id = 1", "unit_id = 9"), "--note", "typo")
    assert done.exit_code == 1
    assert "rolled back: no answer of meter main, which answered before" in done.stderr
    assert fleet.settings.read_text("utf-8") == before
    assert fleet.works()
    row = json.loads(fleet.fleet("config", "list", "a-1", "--json").stdout)[-1]
    assert (row["state"], row["note"]) == ("rolled back", "typo")


def test_an_agent_killed_in_the_trial_comes_back_with_readings(fleet: Fleet) -> None:
    """A first end of the process may be a power cut: the trial goes on at the next start."""
    second = fleet.tables + (
        '[[meters]]\nid = "press"\nlink = "lan"\nunit_id = 2\nprofile = "schneider_iem3155"\n'
    )
    done = fleet.pushed(second, "--no-wait", "--note", "press added")
    assert done.exit_code == 0
    journal = fleet.plant / "state/care/settings.json"
    assert eventually(lambda: '"phase": "trial"' in journal.read_text("utf-8"))
    fleet.kill_agent()
    fleet.start_agent()
    versions = fleet.collector.state.agent_settings
    assert eventually(lambda: versions.list("a-1")[-1].state == "in use", 40.0)
    assert fleet.works()
    assert {row["meter"] for row in fleet.asked("read")["body"]["readings"]} == {"main", "press"}


def test_settings_go_back_to_the_version_before(fleet: Fleet) -> None:
    """As a new version, so that the list tells what was when."""
    fetched = fleet.office / "fetched.toml"
    told_where = fleet.fleet("config", "fetch", "a-1", "--out", str(fetched))
    assert told_where.exit_code == 0
    assert "fleet config push a-1" in told_where.stderr
    nowhere = fleet.fleet("config", "fetch", "a-1", "--out", str(fleet.office / "no/such.toml"))
    assert "cannot be written: No such file or directory (give a place" in nowhere.stderr
    assert fetched.read_text("utf-8") == fleet.settings.read_text("utf-8")
    assert "already" in fleet.fleet("config", "fetch", "a-1", "--out", str(fetched)).stderr
    told = json.loads(fleet.fleet("config", "fetch", "a-1", "--json").stdout)
    assert told["text"] == fetched.read_text("utf-8")
    slower = fetched.read_text("utf-8").replace("every_s = 0.5", "every_s = 1.0", 1)
    assert fleet.pushed(slower).exit_code == 0
    assert "every_s = 1.0" in fleet.settings.read_text("utf-8")
    assert "+every_s = 1.0" in fleet.fleet("config", "diff", "a-1", "3").stdout
    same = json.loads(fleet.fleet("config", "diff", "a-1", "3", "3", "--json").stdout)
    assert same == {"from": 3, "to": 3, "lines": []}
    assert "are the same" in fleet.fleet("config", "diff", "a-1", "3", "3").stdout
    done = fleet.fleet("config", "rollback", "a-1")
    assert (done.exit_code, "in use" in done.stdout) == (0, True)
    assert "every_s = 0.5" in fleet.settings.read_text("utf-8")
    shown = fleet.fleet("config", "show", "a-1").stdout
    assert "press" in shown


def test_a_change_at_the_plant_is_shown_and_kept(fleet: Fleet) -> None:
    """A push over it must say so."""
    text = fleet.settings.read_text("utf-8")
    by_hand = text.replace("timeout_ms = 300", "timeout_ms = 400")
    fleet.settings.write_text(by_hand, "utf-8")
    done = fleet.pushed(fleet.tables)
    assert "changed at the plant since version" in done.stderr
    assert fleet.settings.read_text("utf-8") == by_hand
    listed = fleet.fleet("config", "list", "--json").stdout
    assert "changed at the plant" in json.loads(listed)[0]["at_the_plant"]


def test_the_audit_trail_is_complete_at_both_ends(fleet: Fleet) -> None:
    """Every request has an end, and what the agent worked on it has written down itself."""
    rows = json.loads(fleet.fleet("audit", "--json").stdout)
    assert all(row["ended_ms"] and row["outcome"] for row in rows)
    assert {row["kind"] for row in rows} == {
        "status", "read", "log", "wiring", "doctor", "config", "settings",
    }  # fmt: skip
    folder = fleet.plant / "state/care"
    known = {json.loads(line)["id"] for line in (folder / "audit.jsonl").read_text().splitlines()}
    assert {row["id"] for row in rows if row["sent_ms"]} <= known
    page = fleet.fleet("audit", "--agent", "a-1").stdout
    assert "Sato" in page
    assert json.loads(fleet.fleet("audit", "--agent", "none", "--json").stdout) == []


def test_an_agent_that_is_away_is_told_as_such(fleet: Fleet) -> None:
    """At once, without waiting for an answer that cannot come."""
    fleet.kill_agent()
    agents = fleet.collector.state.agents
    assert eventually(lambda: not agents.all()[0].online, 60.0)
    done = fleet.fleet("ask", "a-1", "status")
    assert "agent a-1 is offline" in done.stderr
    assert done.exit_code != os.EX_OK
