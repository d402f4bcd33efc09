"""The outbox's file, read beside the agent that writes it."""

from __future__ import annotations

import threading
from pathlib import Path

from edge_agent.outbox import Outbox
from edge_agent.outbox.facts import Facts, read_facts
from tests.edge_agent.delivery import NOON_MS, HandClock, reading
from tests.edge_agent.outboxes import delivered


def test_what_was_committed_is_told(tmp_path: Path, box: Outbox, clock: HandClock) -> None:
    """Size, oldest waiting instant and held readings, as of the last commit."""
    path = tmp_path / "outbox.sqlite"
    for at_ms in (NOON_MS, NOON_MS + 1_000):
        box.put(reading(at_ms))
    box.put(reading(NOON_MS - 5_000), "unsynchronised", clock.monotonic_s())
    assert read_facts(path).oldest_ms is None
    box.commit()
    facts = read_facts(path)
    assert (facts.oldest_ms, facts.held, facts.rejected, facts.gaps) == (NOON_MS, 1, 0, 0)
    assert (facts.file_bytes or 0) >= path.stat().st_size
    delivered(box, clock, 1, 1)
    box.commit()
    assert read_facts(path).oldest_ms == NOON_MS + 1_000


def test_it_waits_for_nobody(tmp_path: Path, box: Outbox) -> None:
    """While the outbox's own lock is held, as by a commit that hangs, the facts still come."""
    found: list[Facts] = []
    with box._lock:
        asked = threading.Thread(
            target=lambda: found.append(read_facts(tmp_path / "outbox.sqlite"))
        )
        asked.start()
        asked.join(10)
    assert found[0].held == 0


def test_a_file_that_is_away_or_damaged_tells_nothing(tmp_path: Path) -> None:
    """No exception: what cannot be had is None."""
    assert read_facts(tmp_path / "none.sqlite") == Facts()
    path = tmp_path / "bad.sqlite"
    path.write_bytes(b"no database at all" * 100)
    assert read_facts(path) == Facts(file_bytes=1_800)
