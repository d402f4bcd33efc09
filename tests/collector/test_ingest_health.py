"""What the station does with the health of agents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from collector import ingest
from collector.state import CollectorState, open_state
from collector.storage.sqlite import SqliteStore
from edge_agent.contract.health import Health, encode_health
from tests.collector.test_ingest import NOW_MS, FakeInlet, StandingClock

HEALTH = Health("pi-1", NOW_MS - 1_500, "mieruka 1", "synchronised", 60.0, 12, 0)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """An empty state."""
    opened = open_state(tmp_path)
    yield opened
    opened.database.close()


def taken(state: CollectorState, folder: Path, inlet: FakeInlet) -> ingest.IngestReport:
    """One batch through the station."""
    store = SqliteStore(folder / "store.sqlite")
    try:
        return ingest.run_once(inlet, store, state, StandingClock())
    finally:
        store.close()


def test_a_health_is_kept_and_acknowledged(state: CollectorState, tmp_path: Path) -> None:
    """No receipt: no reading of the outbox hangs on it."""
    inlet = FakeInlet()
    inlet.bring(encode_health(HEALTH), channel="health")
    report = taken(state, tmp_path, inlet)
    (entry,) = state.agent_health.since(0)
    assert (entry.health, entry.came_ms, entry.clock_offset_s) == (HEALTH, NOW_MS, -1.5)
    assert (report.messages, report.dead_letters, report.lines) == (1, 0, ())
    assert (len(inlet.acked), inlet.receipts) == (1, [])


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (encode_health(HEALTH).replace(b"pi-1", b"pi-2"), "the payload names agent 'pi-2'"),
        (json.dumps(asdict(HEALTH) | {"v": 1, "outbox_rows": -5}).encode(), "outbox_rows is not"),
        (json.dumps(asdict(HEALTH) | {"v": 1, "software": "\ud800"}).encode(), "not JSON"),
    ],
)
def test_one_that_cannot_be_read_is_told_and_not_put_aside(
    state: CollectorState, tmp_path: Path, payload: bytes, said: str
) -> None:
    """It comes again each minute: ten thousand of them would push out letters with readings."""
    inlet = FakeInlet()
    inlet.bring(payload, channel="health")
    report = taken(state, tmp_path, inlet)
    (line,) = report.lines
    assert line.startswith(f"agent pi-1: message on health refused: {said}")
    assert "dead letter" not in line
    assert (state.dead_letters.list(), state.agent_health.since(0)) == ([], [])
    assert len(inlet.acked) == 1
