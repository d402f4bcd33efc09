"""Times on a wall clock as instants."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.imports.wall_clock import WallClock

HOUR_MS = 3_600_000
ZONES = ["UTC", "Asia/Tokyo", "Asia/Kathmandu", "Europe/Berlin", "Australia/Lord_Howe"]


def wall(text: str) -> int:
    """Time on the wall, in ms from 1970 there."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def test_repeated_hour_has_two_instants() -> None:
    """In the hour that clocks repeat the wall shows each time twice, an hour apart."""
    first, second = WallClock(ZoneInfo("Europe/Berlin")).instants(wall("2026-10-25T02:30"))
    assert second - first == HOUR_MS


def test_skipped_hour_has_none_but_its_beginning() -> None:
    """The skipped hour never was; its beginning is the instant of the change."""
    clock = WallClock(ZoneInfo("Europe/Berlin"))
    assert clock.instants(wall("2026-03-29T02:30")) == ()
    assert clock.instants(wall("2026-03-29T02:00")) == clock.instants(wall("2026-03-29T03:00"))


@pytest.mark.parametrize("zone", ZONES)
@given(at_s=st.integers(1_000_000_000, 2_000_000_000))
def test_every_instant_is_among_those_of_its_wall_time(zone: str, at_s: int) -> None:
    """What the wall shows at an instant leads back to it."""
    clock = WallClock(ZoneInfo(zone))
    assert at_s * 1000 in clock.instants(clock.wall(at_s * 1000))
