"""What a meter's silence means."""

from __future__ import annotations

from dataclasses import replace

import pytest

from collector.delivery.staleness import ASSUMED_INTERVAL_S, LifeSigns, Silence, silence_of

NOW_MS = 1_760_000_000_000
ALIVE = LifeSigns(
    expected_ms=NOW_MS - 86_400_000,
    at_ms=NOW_MS - 12_000,
    arrived_ms=NOW_MS - 9_500,
    interval_s=10.0,
    online=True,
    limit_ms=60_000,
)
SILENT = replace(ALIVE, at_ms=NOW_MS - 60_001, arrived_ms=NOW_MS - 60_000)
NEVER = replace(ALIVE, at_ms=None, arrived_ms=None)


def test_a_meter_that_sends_is_ok_with_age_and_lag() -> None:
    """Seconds since its newest reading, and how long that took to come."""
    assert silence_of(ALIVE, True, NOW_MS) == Silence(12.0, 2.5, "ok", 10.0)


@pytest.mark.parametrize(
    ("signs", "connected", "state"),
    [
        (replace(SILENT, at_ms=NOW_MS - 60_000), True, "ok"),
        (SILENT, True, "stale"),
        (replace(SILENT, online=None), True, "stale"),
        (replace(SILENT, online=False), True, "agent_offline"),
        (replace(ALIVE, online=False), True, "ok"),
        (SILENT, False, "unknown"),
        (replace(SILENT, online=False), False, "unknown"),
        (ALIVE, False, "ok"),
        (NEVER, True, "never"),
        (NEVER, False, "never"),
    ],
)
def test_each_silence_has_its_name(signs: LifeSigns, connected: bool, state: str) -> None:
    """The nearest cause is told: our own broker before the agent, the agent before the meter."""
    assert silence_of(signs, connected, NOW_MS).state == state


def test_a_meter_that_never_sent_is_as_old_as_the_expectation() -> None:
    """So that an alert on age alone finds it too."""
    assert silence_of(NEVER, True, NOW_MS) == Silence(86_400.0, 86_400.0, "never", 10.0)


def test_without_a_card_an_interval_is_assumed() -> None:
    """An agent that has told nothing of the meter."""
    silence = silence_of(replace(ALIVE, interval_s=None), True, NOW_MS)
    assert silence.interval_s == ASSUMED_INTERVAL_S


def test_an_agent_whose_clock_is_ahead_has_no_negative_age() -> None:
    """Up to five minutes ahead are accepted."""
    ahead = replace(ALIVE, at_ms=NOW_MS + 100_000, arrived_ms=NOW_MS)
    assert silence_of(ahead, True, NOW_MS) == Silence(0.0, 0.0, "ok", 10.0)
