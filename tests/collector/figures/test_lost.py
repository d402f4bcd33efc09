"""Readings that will never come, and why."""

from __future__ import annotations

import pytest

from collector.figures.lost import lost_rows, reason_of
from collector.state.gaps import GapEntry
from collector.storage.admission import row_fault
from collector.storage.figure_schema import GAP_RECORD, LOST_REASONS
from edge_agent.contract.wire import Gap
from edge_agent.outbox import eviction, memory, resend, salvage

MINUTE = 1_800_000_000_000
SITES = {"hall": ["s", "t"], "yard": ["s"]}


def gap(agent: str, first: int, last: int, reason: str, at_ms: int = MINUTE) -> GapEntry:
    """A gap as the state keeps it."""
    return GapEntry(Gap(agent, "e", first, last, reason), at_ms)


@pytest.mark.parametrize(
    ("told", "word"),
    [
        (eviction.EVICTED, "evicted"),
        (eviction.THINNED, "thinned"),
        (eviction.TOO_OLD, "too_old"),
        (memory.MEMORY_FULL, "disk_refused"),
        (salvage.UNREADABLE, "damaged"),
        (resend.UNKNOWN, "other"),
        ("a meteorite", "other"),
        ("", "other"),
    ],
)
def test_every_reason_of_an_agent_has_a_word(told: str, word: str) -> None:
    """Those of the edge's own code, and one for whatever a newer agent may say."""
    assert reason_of(told) == word
    assert word in LOST_REASONS


def test_readings_are_counted_by_agent_minute_and_reason() -> None:
    """Both ends of a range count; each site of the agent has the row."""
    rows = [*lost_rows(
        [
            gap("hall", 1, 10, eviction.EVICTED, MINUTE + 5_000),
            gap("hall", 21, 25, eviction.EVICTED, MINUTE + 59_000),
            gap("hall", 11, 20, eviction.TOO_OLD, MINUTE + 5_000),
            gap("hall", 31, 31, eviction.EVICTED, MINUTE + 60_000),
            gap("yard", 1, 1, "?"),
        ],
        SITES,
    )]  # fmt: skip
    assert [row_fault(row) for row in rows] == [""] * len(rows)
    assert {row.measurement for row in rows} == {GAP_RECORD}
    at = {word: MINUTE + number for number, word in enumerate(LOST_REASONS)}
    assert {(r.site, r.meter, r.at_ms, *r.fields.values()) for r in rows} == {
        ("s", "_agent_hall", at["evicted"], 15.0, "evicted"),
        ("t", "_agent_hall", at["evicted"], 15.0, "evicted"),
        ("s", "_agent_hall", at["too_old"], 10.0, "too_old"),
        ("t", "_agent_hall", at["too_old"], 10.0, "too_old"),
        ("s", "_agent_hall", at["evicted"] + 60_000, 1.0, "evicted"),
        ("t", "_agent_hall", at["evicted"] + 60_000, 1.0, "evicted"),
        ("s", "_agent_yard", at["other"], 1.0, "other"),
    }


def test_an_agent_without_meters_has_no_row() -> None:
    """No site is its own."""
    assert list(lost_rows([gap("tent", 1, 2, "?")], SITES)) == []
