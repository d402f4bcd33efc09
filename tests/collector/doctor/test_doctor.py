"""`collector doctor`: rows, JSON, exit codes, and a collector that it leaves in peace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from collector.app import Collector
from collector.config import load
from collector.doctor.command import doctor
from collector.storage.sqlite import SqliteStore
from edge_agent.contract import wire
from tests.collector.agent_side import Agent, eventually
from tests.edge_agent.outboxes import damage
from tests.services.mosquitto import MosquittoServer, free_port

services = pytest.mark.services
SETTINGS = """
[collector]
id = "{name}"
state_dir = "state"
[mqtt]
url = "mqtt://127.0.0.1:{port}"
{tail}
[store]
kind = "sqlite"
path = "store.sqlite"
[health]
listen = ""
[[sites]]
id = "sendai"
time_zone = "UTC"
co2_method = "jp_shk_adjusted"
[[sites.contracts]]
region = "JP"
supplier = "A0269"
menu = "M"
from = 2025-04-01
[[sites.meters]]
id = "main"
"""
Run = Callable[..., Result]


def write(folder: Path, port: int, name: str = "hq", tail: str = "") -> Path:
    """Write a settings file."""
    file = folder / "collector.toml"
    file.write_text(SETTINGS.format(port=port, name=name, tail=tail), encoding="utf-8")
    return file


def run(file: Path, *words: str) -> Result:
    """Run the doctor in this process."""
    app = typer.Typer()
    app.command()(doctor)
    return CliRunner().invoke(app, ["-c", str(file), *words])


def findings(result: Result) -> dict[str, dict[str, Any]]:
    """The findings of a JSON report by subject."""
    return {row["subject"]: row for row in json.loads(result.stdout)["findings"]}


@services
def test_a_sound_collector_ends_with_0(tmp_path: Path, mosquitto: MosquittoServer) -> None:
    """Disk, state, clock, broker, database and service are told, and nothing is at fault."""
    result = run(write(tmp_path, mosquitto.port), "--json")
    rows = findings(result)
    assert result.exit_code == 0
    assert rows["database: disk"]["measured"] == "the same as that of [collector] state_dir"
    expected = {"disk", "disk: commit", "state", "clock: kernel", "broker: queue", "database"}
    assert expected <= set(rows)
    assert not (tmp_path / "store.sqlite").exists()
    assert "for 7 days" in rows["broker: session"]["measured"]


@services
def test_the_report_is_read_by_people(tmp_path: Path, mosquitto: MosquittoServer) -> None:
    """Without --json there is a row for each finding and a sum at the end."""
    lines = run(write(tmp_path, mosquitto.port)).stdout.splitlines()
    assert any(line.startswith("ok     disk: ") for line in lines)
    assert lines[-1].endswith("0 faults")


def test_a_broker_that_is_away_ends_with_1(tmp_path: Path) -> None:
    """The other probes go on all the same."""
    result = run(write(tmp_path, free_port()), "--json")
    rows = findings(result)
    assert result.exit_code == 1
    assert (rows["broker"]["mark"], rows["database"]["mark"]) == ("fault", "ok")


def test_faults_of_the_settings_end_with_2(tmp_path: Path) -> None:
    """One line for each fault; nothing is measured."""
    result = run(write(tmp_path, 1, name="Not A Name"))
    assert result.exit_code == 2
    assert "collector.id" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("collector: 1 fault in the settings (")


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """It is a fault of the broker's row."""
    (tmp_path / "ca.pem").write_text("no certificate", encoding="ascii")
    file = write(tmp_path, 1, tail='ca_file = "ca.pem"')
    file.write_text(file.read_text().replace("mqtt://", "mqtts://"), encoding="utf-8")
    row = findings(run(file, "--json"))["broker"]
    assert "ca.pem cannot be used" in row["measured"]


@services
def test_a_share_group_is_looked_at(tmp_path: Path, mosquitto: MosquittoServer) -> None:
    """Only where one is set."""
    rows = findings(run(write(tmp_path, mosquitto.port, tail='share_group = "g"'), "--json"))
    assert rows["broker: shared subscriptions"]["measured"] == "offered"


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="no memory file system here")
def test_a_store_on_another_disk_is_looked_at_as_well(tmp_path: Path) -> None:
    """Here it is in memory: a fault of the database, while the state's disk is well."""
    file = write(tmp_path, free_port())
    text = file.read_text().replace('"store.sqlite"', '"/dev/shm/mieruka-none/store.sqlite"')
    file.write_text(text, encoding="utf-8")
    rows = findings(run(file, "--json"))
    assert rows["database: disk"]["mark"] == "fault"
    assert "[store] path" in rows["database: disk"]["remedy"]
    assert "database: disk: commit" in rows
    assert "database: disk: sync" not in rows


def test_a_store_that_is_held_by_another_program_is_a_fault(tmp_path: Path) -> None:
    """The store's own words are told; once it is free again, it is well."""
    store = SqliteStore(tmp_path / "store.sqlite")
    store.check()
    store.close()
    file = write(tmp_path, free_port())
    with closing(sqlite3.connect(tmp_path / "store.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        held = findings(run(file, "--json"))["database: write"]
    assert (held["mark"], "locked" in held["measured"]) == ("fault", True)
    free = findings(run(file, "--json"))["database: write"]
    assert (free["mark"], "opened for writing" in free["measured"]) == ("ok", True)


def test_a_damaged_store_is_a_fault(tmp_path: Path) -> None:
    """The file is checked as the outbox of an agent is."""
    store = SqliteStore(tmp_path / "store.sqlite")
    store.check()
    store.close()
    damage(tmp_path / "store.sqlite", "garbage")
    row = findings(run(write(tmp_path, free_port()), "--json"))["database"]
    assert row["mark"] == "fault"
    assert "Copy it away" in row["remedy"]


@services
def test_a_running_collector_loses_nothing_while_the_doctor_works(
    tmp_path: Path, mosquitto: MosquittoServer
) -> None:
    """What is sent meanwhile is receipted, over the same connection."""
    file = write(tmp_path, mosquitto.port, name="busy")
    collector = Collector(load(file))
    agent = Agent(mosquitto.port)
    try:
        collector.start()
        assert eventually(lambda: collector.status().connected)
        for seq in range(1, 11):
            agent.say(message(seq))
        result = run(file, "--json")
        for seq in range(11, 21):
            agent.say(message(seq))
        assert eventually(lambda: agent.settled() == set(range(1, 21)))
        assert collector.status().connection_losses == 0
        assert findings(result)["state"]["mark"] == "ok"
    finally:
        agent.close()
        collector.stop()
        collector.close()


def message(seq: int) -> bytes:
    """One reading of the meter."""
    at_ms = 1_764_043_200_000 + 1000 * seq
    columns = {"active_energy_import_wh": [1000.0 + seq]}
    names = ("pi-1", "epoch-1", "sendai", "main", "boot")
    told = wire.ReadingsMessage(*names, "synchronised", (seq,), (at_ms,), columns)
    return wire.encode_readings(told)
