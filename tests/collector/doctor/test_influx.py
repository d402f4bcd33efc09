"""What the doctor says of a real InfluxDB."""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator

import pytest

from collector.config import StoreSettings
from collector.doctor.influx import MEASUREMENT, durability, influx_findings
from collector.storage import open_store
from edge_agent.probes.finding import Finding
from tests.services.influx import InfluxServer
from tests.services.mosquitto import free_port

services = pytest.mark.services


def store(server: InfluxServer, name: str, **more: object) -> StoreSettings:
    """Settings of two buckets on the server."""
    facts = {"kind": "influx", "url": server.url, "org": server.org, "token": server.token}
    buckets = {"bucket_raw": f"raw_{name}", "bucket_totals": f"totals_{name}"}
    return StoreSettings.model_validate(facts | buckets | more)


@pytest.fixture
def name(influx: InfluxServer) -> Iterator[str]:
    """The end of two buckets' names that exist during a test."""
    name = secrets.token_hex(4)
    opened = open_store(store(influx, name))
    opened.check()
    opened.close()
    yield name
    for bucket in (f"raw_{name}", f"totals_{name}"):
        influx.drop_bucket(bucket)


def look(settings: StoreSettings) -> dict[str, Finding]:
    """The findings by subject."""
    return {finding.subject: finding for finding in influx_findings(settings)}


@services
def test_a_sound_database_is_told(influx: InfluxServer, name: str) -> None:
    """Version, clock, both retentions, and a write that is read back; no point stays."""
    found = look(store(influx, name))
    assert {finding.mark for finding in found.values()} <= {"ok", "note"}
    assert found["database"].measured.startswith("InfluxDB 2.")
    assert found["clock: difference"].mark == "ok"
    assert found[f"database: raw_{name}"].measured.startswith("keeps raw readings 400 days")
    assert found[f"database: totals_{name}"].measured.startswith("keeps totals for ever")
    assert found["database: write"].measured.startswith("10 small writes: median")
    assert "storage-wal-fsync-delay" in found["database: success"].remedy
    assert influx.query(f"raw_{name}", f'SELECT * FROM "{MEASUREMENT}"') == []


@services
def test_what_is_stored_is_not_touched(influx: InfluxServer, name: str) -> None:
    """Only the doctor's own measurement is written and deleted."""
    influx.write(f"raw_{name}", "reading,site=a,meter=b active_power_w=1 1795800000000")
    look(store(influx, name))
    (series,) = influx.query(f"raw_{name}", "SELECT * FROM /.*/")
    assert series["name"] == "reading"
    assert len(series["values"]) == 1


@services
def test_a_bucket_that_keeps_too_little_is_a_fault(influx: InfluxServer, name: str) -> None:
    """What is kept and what the settings want are both told, and what mends it."""
    found = look(store(influx, name, raw_retention_days=0))[f"database: raw_{name}"]
    assert found.mark == "fault"
    assert found.measured == "keeps raw readings 400 days; the settings want for ever"
    assert "collector check" in found.remedy


@services
def test_a_bucket_that_is_not_there_is_a_fault_and_is_not_made(influx: InfluxServer) -> None:
    """The doctor measures; it makes nothing."""
    name = secrets.token_hex(4)
    found = look(store(influx, name))
    assert found[f"database: raw_{name}"].mark == "fault"
    assert "no such bucket" in found[f"database: totals_{name}"].measured
    assert "database: write" not in found
    again = look(store(influx, name))
    assert "no such bucket" in again[f"database: raw_{name}"].measured


@services
@pytest.mark.parametrize(
    ("key", "words"), [("token", "401"), ("org", 'organization name "nobody" not found')]
)
def test_wrong_credentials_are_a_fault(
    influx: InfluxServer, name: str, key: str, words: str
) -> None:
    """A wrong token, an unknown organisation: the server's words and what to correct."""
    settings = store(influx, name).model_copy(update={key: "nobody"})
    found = list(influx_findings(settings))
    assert (found[-1].mark, found[-1].subject) == ("fault", "database")
    assert words in found[-1].measured
    assert "[store]" in found[-1].remedy


@services
def test_a_database_that_is_frozen_is_not_waited_for(own_influx: InfluxServer) -> None:
    """It takes the connection and never answers: a fault after the doctor's own patience."""
    own_influx.suspend()
    *_, found = influx_findings(store(own_influx, "x"))
    assert (found.mark, "no answer within 4 s" in found.measured) == ("fault", True)


def test_a_database_that_is_away_is_a_fault() -> None:
    """Then nothing is receipted, and the agents keep what they have."""
    url = f"http://127.0.0.1:{free_port()}"
    facts = {"kind": "influx", "url": url, "org": "o", "token": "t"}
    (found,) = influx_findings(StoreSettings.model_validate(facts))
    assert (found.mark, "Connection refused" in found.measured) == ("fault", True)
    assert "the agents keep their readings" in found.meaning


def test_a_server_that_is_something_else_is_told() -> None:
    """Who speaks no HTTP at all is no database."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.listen()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        facts = {"kind": "influx", "url": url, "org": "o", "token": "t"}
        answers = influx_findings(StoreSettings.model_validate(facts))
        threading.Thread(target=_babble, args=(listener,), daemon=True).start()
        (found,) = answers
    assert "what comes from there is no HTTP answer" in found.measured


def _babble(listener: socket.socket) -> None:
    line, _address = listener.accept()
    with line:
        line.recv(1000)
        line.sendall(b"220 mail.example ESMTP\r\n\r\n")


@pytest.mark.parametrize(
    ("version", "words"),
    [("2.9.1", "storage-wal-fsync-delay"), ("1.8.10", "wal-fsync-delay"), ("3.1", "manual")],
)
def test_what_success_means_depends_on_the_version(version: str, words: str) -> None:
    """The setting that decides it is named, since it cannot be read."""
    assert words in durability(version).remedy
