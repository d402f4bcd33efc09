"""Every entrance has a limit: what lies beyond is refused by name, before it costs memory or time.

The table of `deploy/security/threat-model.md` points here, a row each.
"""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from collector import config as collector_config
from collector.api.server import _config as api_server_config
from collector.commands.columns import LARGEST_FILE, bytes_of
from collector.errors import CollectorError, ConfigError, StopError
from collector.imports.columns_found import FileColumns, read_file
from collector.imports.espi import DEEPEST, read_feed
from collector.ingest.batch import Batch
from collector.ingest.sorting import sort_into
from collector.inlet import Delivery
from collector.inlet.client import LARGEST_PACKET
from collector.inlet.waiting import Waiting
from edge_agent import config as edge_config
from edge_agent.contract import credit, topics, wire
from edge_agent.errors import ConfigError as AgentConfigError
from edge_agent.page.server import LARGEST_BODY, LARGEST_HEADER, PageServer
from edge_agent.process.bounded import SECRET_BYTES, SETTINGS_BYTES
from edge_agent.process.health_page import HealthPage
from edge_agent.uplink.client import LARGEST_PACKET as LARGEST_DOWN
from edge_agent.uplink.uplink import HEARD
from tests.fuzz.bounded_time import bounded
from tests.security.canaries import ROOT, agent_files, collector_files

TOKYO = ZoneInfo("Asia/Tokyo")
INFLATES = re.compile(
    r"\b(?:decompress\w*|ZipFile|tarfile|gzip\.open|GzipFile|BZ2File|LZMAFile|unpack_archive)\("
    r"|\btarfile\.open"
)
BOUNDED = ("collector/backup/", "edge_agent/packages/", "collector/exports/tables.py")
"""Backups and signed packages write each part to a disk, never more of it than their list says;
tables are only written.
"""


def test_a_payload_is_not_even_parsed_beyond_its_bound() -> None:
    """Either way: what an agent sends, and what it is sent."""
    large = b'{"v":1,"x":"' + b"a" * wire.MOST_BYTES + b'"}'
    for decode in (wire.decode_readings, wire.decode_birth, wire.decode_receipt, wire.decode_gap):
        with pytest.raises(wire.WireError, match="bytes, above"):
            decode(large)
    with pytest.raises(wire.WireError, match="bytes, above"):
        credit.decode_credit(large)
    batch = Batch(0)
    sort_into(batch, [Delivery(topics.up("a-1", "live"), large)])
    assert [reason for reason in batch.letters.values() if "bytes, above" in reason]


def test_packets_are_bounded_on_every_connection() -> None:
    """The shipped broker's bound below the collector's, and the agent's for a small board."""
    conf = (ROOT / "deploy/mosquitto/mosquitto.conf").read_text("utf-8")
    (limit,) = re.findall(r"(?m)^max_packet_size (\d+)$", conf)
    assert int(limit) <= wire.MOST_BYTES < LARGEST_PACKET
    assert LARGEST_DOWN <= 1024 * 1024
    assert all(count <= 10_000 for count in HEARD.values())


@pytest.mark.parametrize("depth", [1_000, 200_000])
def test_json_has_a_depth(depth: int) -> None:
    """No bracket too many takes a thread's stack."""
    with bounded(), pytest.raises(wire.WireError):
        wire.decode_readings(b"[" * depth)


@pytest.mark.parametrize("key", ["agent", "epoch", "site", "meter", "boot"])
def test_texts_of_a_message_have_a_length(key: str) -> None:
    """256 characters name anything."""
    doc = {"v": 1, "agent": "a", "epoch": "e", "site": "s", "meter": "m", "boot": "b",
           "clock": "unknown", "seq": [1], "at": [1], "q": {"active_power_w": [1.0]}}  # fmt: skip
    assert wire.decode_readings(json.dumps(doc).encode())
    doc[key] = "x" * 257
    with pytest.raises(wire.WireError, match=f"{key} is not a text of 1 to 256"):
        wire.decode_readings(json.dumps(doc).encode())


def test_a_message_has_so_many_polls() -> None:
    """More are no message of an agent."""
    numbers = list(range(1, wire.MAX_POLLS + 2))
    doc = {"v": 1, "agent": "a", "epoch": "e", "site": "s", "meter": "m", "boot": "b",
           "seq": numbers, "at": numbers, "q": {}}  # fmt: skip
    with pytest.raises(wire.WireError, match="10001 entries, not 1 to 10000"):
        wire.decode_readings(json.dumps(doc).encode())


def test_what_waits_is_bounded() -> None:
    """By messages and by bytes; who brings more waits, and TCP with it."""
    waiting = Waiting(max_messages=2, max_bytes=100)
    assert waiting.put(Delivery("t", b"x" * 90))
    assert not waiting._has_room(11)
    assert waiting._has_room(10)


def _grown(path: Path, size: int) -> Path:
    with path.open("ab") as file:
        file.truncate(size + 1)
    return path


@pytest.mark.parametrize(
    ("load", "files", "refusal"),
    [
        (edge_config.load, agent_files, AgentConfigError),
        (collector_config.load, collector_files, ConfigError),
    ],
)
def test_settings_have_a_size(
    load: Callable[[Path], object],
    files: Callable[[Path], object],
    refusal: type[Exception],
    tmp_path: Path,
) -> None:
    """With it the numbers of sites, meters, links and actions."""
    files(tmp_path)
    (settings,) = tmp_path.glob("*.toml")
    with pytest.raises(refusal, match="larger than 4 MB"):
        load(_grown(settings, SETTINGS_BYTES))


@pytest.mark.parametrize("name", ["mqtt.password", "mail.password", "tenant.token", "hook.url"])
def test_secrets_have_a_size(name: str, tmp_path: Path) -> None:
    """A secret that is a disk image is a slip of a name."""
    plant = collector_files(tmp_path)
    _grown(tmp_path / name, SECRET_BYTES)
    with pytest.raises(ConfigError, match="larger than 64 KiB"):
        collector_config.load(plant.settings)


def test_imports_have_a_size(tmp_path: Path) -> None:
    """What to do is said: parts of a year."""
    with pytest.raises(StopError, match=r"larger than 64 MB.*a year at a time"):
        bytes_of(_grown(tmp_path / "huge.csv", LARGEST_FILE))
    with bounded(), pytest.raises(StopError, match="larger than 64 MB"):
        bytes_of(Path("/dev/zero"))


def test_a_line_has_a_length() -> None:
    """A quote that is never closed is no cell of megabytes."""
    data = "日時,電力量\n2025/4/1 0:00,1\n".encode() + b'"' + b"x" * 200_000
    with pytest.raises(StopError, match="field larger than field limit"):
        read_file(data, "file", "half-hours", FileColumns(), TOKYO)


@pytest.mark.parametrize(
    "bomb",
    [
        b"<a>" * (DEEPEST + 1),
        b"<a>" * 500_000,
        b'<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;]><x/>',
    ],
)
def test_xml_bombs_are_refused(bomb: bytes) -> None:
    """Nesting, entities upon entities, and files of this machine."""
    with bounded(), pytest.raises(StopError) as refused:
        read_feed(bomb, "bill.xml")
    assert "root:" not in str(refused.value)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"BZh9", b"\xfd7zXZ\x00"])
def test_archives_are_refused_unread(magic: bytes) -> None:
    """A workbook or an archive is told to be unpacked; nothing here unpacks it."""
    data = magic + b"\0" * 2_000
    for kind in ("half-hours", "readings", "consumption"):
        with pytest.raises(CollectorError):
            read_file(data, "file.xlsx", kind, FileColumns(), TOKYO)


def test_nothing_unpacks_what_others_packed() -> None:
    """No room but the backup's own inflates what it is given."""
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("edge_agent", "collector")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if INFLATES.search(path.read_text("utf-8"))
    }
    assert [one for one in sorted(found) if not one.startswith(BOUNDED)] == []


def test_the_api_bounds_what_it_takes(tmp_path: Path) -> None:
    """Headers, requests at once, rows of a page; a body is never read."""
    settings = collector_config.load(collector_files(tmp_path).settings)
    server = api_server_config(object(), settings)
    assert server.h11_max_incomplete_event_size == 16_384
    assert server.limit_concurrency == 200
    assert settings.api.most_rows <= 100_000


def test_the_page_bounds_what_it_takes() -> None:
    """A photo and the form around it; more is refused before it is kept."""

    def app(environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [])
        return [b"in"]

    page = PageServer("127.0.0.1:0", app)
    assert page.start() == ""
    try:
        for head, status in (
            ({"Content-Length": str(LARGEST_BODY + 1)}, 413),
            ({"X-Long": "y" * (LARGEST_HEADER + 1)}, 431),
        ):
            client = http.client.HTTPConnection("127.0.0.1", page.port, timeout=10)
            client.putrequest("POST", "/")
            for name, value in head.items():
                client.putheader(name, value)
            client.endheaders()
            assert client.getresponse().status == status
            client.close()
    finally:
        page.stop()


def test_the_health_page_bounds_what_it_takes() -> None:
    """A line of 64 KiB and a hundred headers; who sends nothing holds it up for five seconds."""
    page = HealthPage("127.0.0.1:0", lambda: {"ok": True}, lambda: ())
    assert page.start()
    host, port = page.url.removeprefix("http://").split(":")
    try:
        for words, status in (
            (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", b"414"),
            (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        ):
            with socket.create_connection((host, int(port)), timeout=10) as sock:
                sock.sendall(words)
                assert sock.recv(100).split(b" ")[1] == status
    finally:
        page.stop()
