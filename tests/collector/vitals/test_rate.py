"""How fast something goes, over the last minute."""

from __future__ import annotations

from collector.vitals.rate import RecentRate


def test_the_rate_is_of_the_last_minute() -> None:
    """What is older no longer counts; soon after the start the time since then counts."""
    rate = RecentRate(100.0)
    assert rate.per_s(100.0) == 0.0
    rate.note(500, 105.0)
    assert rate.per_s(110.0) == 50.0
    rate.note(600, 150.0)
    assert rate.per_s(160.0) == 1100 / 60
    assert rate.per_s(165.5) == 10.0
    assert rate.per_s(1000.0) == 0.0


def test_a_busy_collector_keeps_a_minute_of_seconds() -> None:
    """A thousand batches a second are no thousand notes."""
    rate = RecentRate(0.0)
    for step in range(100_000):
        rate.note(1, step / 1000)
    assert rate.per_s(100.0) > 900.0
    assert len(rate._counts) <= 62
