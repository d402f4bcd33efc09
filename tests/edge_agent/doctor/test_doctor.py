"""`edge-agent doctor`: rows, JSON, exit codes, and an agent that it leaves in peace."""

from __future__ import annotations

import json
import os
import pty
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer
from typer.testing import CliRunner

from edge_agent import forward
from edge_agent.config import LinkSettings, MqttSettings
from edge_agent.contract import wire
from edge_agent.doctor.checks import address_of
from edge_agent.doctor.command import doctor
from edge_agent.doctor.links import links_findings
from edge_agent.errors import ConfigError
from edge_agent.outbox import Outbox
from edge_agent.uplink import Uplink
from tests.edge_agent.delivery import HandClock, PlayedCollector, reading, wait_until
from tests.services.mosquitto import MosquittoServer, free_port

SETTINGS = """
[agent]
id = "{agent}"
site = "plant"
state_dir = "state"
[mqtt]
url = "{scheme}://127.0.0.1:{broker}"
{tail}
[clock]
wait_s = 0
[health]
listen = ""
[[links]]
id = "lan"
kind = "tcp"
host = "127.0.0.1"
port = {link}
[[meters]]
id = "main"
link = "lan"
unit_id = 1
profile = "eastron_sdm630"
"""


class Ran(NamedTuple):
    """What the doctor printed, and its exit code."""

    code: int
    out: str


Run = Callable[..., Ran]


@pytest.fixture
def gateway() -> Iterator[int]:
    """The port of somebody who takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def run(tmp_path: Path, gateway: int) -> Run:
    """Run the doctor on an agent with this broker, in this process."""
    app = typer.Typer()
    app.command()(doctor)

    def run(broker: int, *words: str, **facts: object) -> Ran:
        path = tmp_path / "agent.toml"
        usual = {"agent": "a-1", "link": gateway, "scheme": "mqtt", "tail": ""}
        text = SETTINGS.format(broker=broker, **usual | facts)
        path.write_text(text, encoding="utf-8")
        result = CliRunner().invoke(app, ["-c", str(path), *words])
        if isinstance(result.exception, ConfigError):
            raise result.exception
        return Ran(result.exit_code, result.output)

    return run


def findings(ran: Ran) -> dict[str, dict[str, Any]]:
    """The findings of a JSON report by subject."""
    return {row["subject"]: row for row in json.loads(ran.out)["findings"]}


@pytest.mark.services
def test_a_sound_agent_ends_with_0(run: Run, mosquitto: MosquittoServer) -> None:
    """Disk, clock, broker, links and service are all told, and nothing is at fault."""
    ran = run(mosquitto.port, "--json")
    rows = findings(ran)
    assert ran.code == 0
    assert json.loads(ran.out)["ok"] is True
    expected = {"disk", "disk: room", "disk: commit", "disk: sync", "disk: wear", "outbox"}
    expected |= {"clock: kernel", "broker", "broker: queue", "link lan", "service", "health page"}
    assert expected <= set(rows)


@pytest.mark.services
def test_the_report_is_read_by_people(run: Run, mosquitto: MosquittoServer) -> None:
    """Without --json there is a row for each finding and a sum at the end."""
    ran = run(mosquitto.port)
    lines = ran.out.splitlines()
    assert ran.code == 0
    assert any(line.startswith("ok     disk: ") for line in lines)
    assert any(line.startswith("note   broker: persistence: ") for line in lines)
    assert lines[-1].endswith("0 faults")


def test_a_broker_that_is_away_ends_with_1(run: Run) -> None:
    """The other probes go on all the same."""
    ran = run(free_port(), "--json")
    rows = findings(ran)
    assert ran.code == 1
    assert (rows["broker"]["mark"], rows["link lan"]["mark"]) == ("fault", "ok")


def test_faults_of_the_settings_are_told_as_by_check(run: Run, tmp_path: Path) -> None:
    """Nothing is measured with settings that have faults; `main` turns this into exit code 2."""
    with pytest.raises(ConfigError, match=r"agent\.id"):
        run(1, agent="Not A Name")


def test_an_unsynchronised_clock_says_what_the_agent_does(run: Run) -> None:
    """The setting is named, in the row of the kernel, when the kernel's clock is not kept."""
    row = findings(run(free_port(), "--json"))["clock: kernel"]
    if row["mark"] == "ok":
        pytest.skip("this machine's clock is synchronised")
    assert "[clock] wait_s = 0" in row["meaning"]


def test_a_ca_file_that_cannot_be_used_is_told(run: Run, tmp_path: Path) -> None:
    """It is a fault of the broker's row; the other probes go on."""
    (tmp_path / "ca.pem").write_text("no certificate", encoding="ascii")
    rows = findings(run(1, "--json", tail='ca_file = "ca.pem"', scheme="mqtts"))
    assert "cannot be used" in rows["broker"]["measured"]
    assert "ca_file" in rows["broker"]["remedy"]
    assert rows["link lan"]["mark"] == "ok"


def test_the_address_is_that_of_the_settings(tmp_path: Path) -> None:
    """Port by default, user name, and the password without its line end."""
    secret = tmp_path / "secret"
    secret.write_text("geheim\n", encoding="ascii")
    plain = address_of(MqttSettings(url="mqtt://h", username="a", password_file=secret))
    assert (plain.port, plain.username, plain.password, plain.tls) == (1883, "a", "geheim", None)
    safe = address_of(MqttSettings(url="mqtts://h"))
    assert (safe.port, safe.tls is None) == (8883, False)


class BusyAgent:
    """Outbox and uplink of agent ``busy``, at work on a thread between ``start`` and ``stop``."""

    def __init__(self, folder: Path, url: str) -> None:
        self.clock = HandClock()
        self.box = Outbox(folder / "outbox.sqlite", max_mb=16, clock=self.clock)
        self.uplink = Uplink(
            MqttSettings(url=url), "busy", number=self.box.next_connection, birth=self._birth
        )
        self.taken: list[int] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def start(self) -> None:
        """Connect, then take and send readings all the time."""
        wait_until(lambda: self.uplink.keep_up(0.0))
        self._thread.start()

    def stop(self) -> None:
        """Take no more, and send until all is settled."""
        self._stop.set()
        self._thread.join()
        wait_until(self._drained)

    def close(self) -> None:
        """Let go of everything."""
        self.uplink.close()
        self.box.close()

    def _birth(self, number: int) -> wire.Birth:
        return wire.Birth("busy", self.box.epoch, number, "x", 1, ())

    def _work(self) -> None:
        while not self._stop.wait(0.02):
            self.clock.pass_s(1.0)
            self.taken.append(self.box.put(reading(self.clock.now_ms())))
            self.box.commit()
            forward.run_once(self.box, self.uplink, self.clock)

    def _drained(self) -> bool:
        forward.run_once(self.box, self.uplink, self.clock)
        return self.box.depth() == 0


@pytest.mark.services
def test_a_running_agent_loses_nothing_while_the_doctor_works(
    run: Run, tmp_path: Path, mosquitto: MosquittoServer
) -> None:
    """Every reading that is taken meanwhile arrives, and the connection stays the same."""
    agent = BusyAgent(tmp_path / "state", mosquitto.url)
    with PlayedCollector(mosquitto.port, "busy") as collector:
        agent.start()
        connection = agent.uplink.connection
        rows = findings(run(mosquitto.port, "--json", agent="busy"))
        agent.stop()
        assert sorted(set(collector.seqs())) == agent.taken
        assert agent.uplink.connection == connection
    agent.close()
    assert rows["outbox"]["mark"] == "ok"
    assert "is not tried now" in rows["link lan"]["measured"]
    assert len(agent.taken) > 20


def link(**facts: object) -> LinkSettings:
    """The settings of one link."""
    return LinkSettings.model_validate({"id": "bus", **facts})


def test_a_link_that_refuses_is_a_fault() -> None:
    """The place, the reason and what to look at."""
    (found,) = links_findings([link(kind="tcp", host="127.0.0.1", port=free_port())], False)
    assert (found.mark, found.subject) == ("fault", "link bus")
    assert "connection refused" in found.measured


def test_a_serial_port_that_may_be_used_is_well() -> None:
    """A pty is a character device of this user."""
    other, port = pty.openpty()
    try:
        (found,) = links_findings([link(kind="rtu", device=os.ttyname(port))], False)
    finally:
        os.close(other)
        os.close(port)
    assert found.mark == "ok"


@pytest.mark.parametrize(
    ("device", "words"), [("/dev/ttyNONE", "there is no such port"), ("file", "no serial port")]
)
def test_a_device_that_is_none_is_a_fault(tmp_path: Path, device: str, words: str) -> None:
    """An adapter that is not plugged in, and a path that names something else."""
    (tmp_path / "file").write_text("", encoding="ascii")
    path = device if device.startswith("/") else str(tmp_path / device)
    (found,) = links_findings([link(kind="rtu", device=path)], False)
    assert found.mark == "fault"
    assert words in found.measured


def test_many_links_are_tried_at_one_time(gateway: int) -> None:
    """The findings come in the order of the settings."""
    links = [
        LinkSettings(id=f"l{number}", kind="tcp", host="127.0.0.1", port=gateway)
        for number in range(30)
    ]
    found = list(links_findings(links, False))
    assert [one.subject for one in found] == [f"link l{number}" for number in range(30)]
