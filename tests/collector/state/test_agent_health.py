"""The newest health of each agent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.state import CollectorState, open_state
from edge_agent.contract.health import Health, LineHealth

HALL = Health(
    *("hall", 1_000_000, "mieruka 1", "synchronised", 60.0, 12, 0),
    board_celsius=48.5,
    lines=(LineHealth("a", 5, 1, 4, 1, 0, 0, 0.25, 12.5),),
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """An empty state."""
    opened = open_state(tmp_path)
    yield opened
    opened.database.close()


def test_the_newest_of_each_agent_is_kept(state: CollectorState) -> None:
    """By agent; every figure as it came, and when it came."""
    yard = replace(HALL, agent="yard")
    state.agent_health.keep(yard, 2_000_000)
    state.agent_health.keep(HALL, 2_000_500)
    state.agent_health.keep(replace(yard, outbox_rows=7), 2_060_000)
    found = [(one.health, one.came_ms) for one in state.agent_health.since(0)]
    assert found == [(HALL, 2_000_500), (replace(yard, outbox_rows=7), 2_060_000)]


def test_the_order_of_arrival_counts(state: CollectorState) -> None:
    """A clock that was years ahead and was set right does not make what comes now the older."""
    state.agent_health.keep(replace(HALL, at_ms=9_000_000_000_000), 2_000_000)
    state.agent_health.keep(HALL, 2_060_000)
    (entry,) = state.agent_health.since(0)
    assert entry.health == HALL


def test_what_came_long_ago_is_not_told(state: CollectorState) -> None:
    """From the instant asked for, which is included."""
    state.agent_health.keep(HALL, 2_000_000)
    assert [one.came_ms for one in state.agent_health.since(2_000_000)] == [2_000_000]
    assert state.agent_health.since(2_000_001) == []


def test_the_offset_of_a_clock_is_against_ours(state: CollectorState) -> None:
    """Above 0 when the agent is ahead of the collector."""
    state.agent_health.keep(replace(HALL, at_ms=2_004_500), 2_000_000)
    state.agent_health.keep(replace(HALL, agent="yard", at_ms=1_999_000), 2_000_000)
    assert [one.clock_offset_s for one in state.agent_health.since(0)] == [4.5, -1.0]
