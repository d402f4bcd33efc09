"""A backup of one kind of store goes back into the other, and a running collector loses nothing."""

from __future__ import annotations

import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from collector import config
from collector.state import open_state
from collector.storage import open_stores
from edge_agent.contract.reading import Reading
from tests.collector.backup.plant import (
    april,
    back_up,
    bring_back,
    digest_of,
    everything,
    settings_text,
)
from tests.collector.commands.plant_files import ENERGY
from tests.services.influx import InfluxServer

INFLUX = """[store]
kind = "influx"
url = "{url}"
org = "{org}"
token_file = "influx.token"
bucket_raw = "raw_{name}"
bucket_totals = "totals_{name}"
raw_retention_days = 36500
"""


@pytest.fixture
def in_influx(tmp_path: Path, influx: InfluxServer) -> Iterator[Path]:
    """Settings of a collector whose two buckets are not there yet."""
    name = secrets.token_hex(6)
    file = tmp_path / "influx" / "collector.toml"
    file.parent.mkdir()
    text = settings_text(INFLUX.format(url=influx.url, org=influx.org, name=name))
    file.write_text(text, encoding="utf-8")
    (file.parent / "influx.token").write_text(influx.token, encoding="utf-8")
    yield file
    for bucket in (f"raw_{name}", f"totals_{name}"):
        influx.drop_bucket(bucket)


@pytest.mark.services
def test_from_a_file_into_influxdb_and_back(
    plant: Path, backup: Path, in_influx: Path, tmp_path: Path
) -> None:
    """Every point, the account and its digest are the same at each stop."""
    bring_back(backup, in_influx)
    wanted = everything(plant)
    assert everything(in_influx) == wanted
    assert digest_of(in_influx) == digest_of(plant)
    again, file = tmp_path / "again.zip", tmp_path / "back" / "collector.toml"
    back_up(in_influx, again, "--with-secrets")
    file.parent.mkdir()
    shutil.copy(plant, file)
    bring_back(again, file)
    assert everything(file) == wanted
    assert april(file) == april(plant)


def test_nothing_counts_as_received_that_is_not_in_it(plant: Path, tmp_path: Path) -> None:
    """While readings go on being stored and receipted: what the state claims is in the store."""
    file = tmp_path / "running" / "collector.toml"
    shutil.copytree(plant.parent, file.parent)
    ended = threading.Event()
    writer = threading.Thread(target=_receive, args=(file, ended))
    writer.start()
    while not _claimed(file) and writer.is_alive():
        time.sleep(0.05)
    try:
        back_up(file, tmp_path / "b.zip", "--with-secrets")
    finally:
        ended.set()
        writer.join()
    restored = tmp_path / "restored" / "collector.toml"
    bring_back(tmp_path / "b.zip", restored)
    claimed = _claimed(restored)
    stored = {point.at_ms for point in everything(restored)["reading sendai press"]}  # type: ignore[union-attr]
    assert claimed
    assert claimed - stored == set()


FIRST_MS = 1_760_000_000_000
"""The reading of number n is of this instant, n milliseconds later."""


def _receive(file: Path, ended: threading.Event) -> None:
    """Store readings and note them as received, as the ingest does, until told to end."""
    settings = config.load(file)
    state = open_state(settings.collector.state_dir)
    with closing(open_stores(settings)) as store:
        number = 0
        while not ended.is_set():
            number += 1
            store.write_readings([Reading("sendai", "press", FIRST_MS + number, {ENERGY: 1e6})])
            state.received.add("pi-1", "e1", [(number, number)])
    state.database.close()


def _claimed(file: Path) -> set[int]:
    state = open_state(config.load(file).collector.state_dir)
    rows = state.database.read("SELECT first, last FROM received WHERE agent = 'pi-1'")
    state.database.close()
    return {FIRST_MS + n for first, last in rows for n in range(first, last + 1)}
