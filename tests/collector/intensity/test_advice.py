"""All hints together: of a day itself, and of a month's typical day."""

from __future__ import annotations

from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.intensity.advice import Load, advise
from collector.intensity.matching import SlotEnergy
from collector.intensity.point import SIGNAL, IntensityPoint
from collector.intensity.series import IntensitySeries

TOKYO = ZoneInfo("Asia/Tokyo")
HALF = 1_800_000
DAY = 48 * HALF
MIDNIGHT = round(datetime(2025, 4, 1, tzinfo=TOKYO).timestamp()) * 1000
LOAD = Load(Decimal(50), 4 * HALF)


def grid(days: int) -> IntensitySeries:
    """Days that are clean from 10:00 to 14:00."""
    return IntensitySeries(
        IntensityPoint(
            "jp-03", MIDNIGHT + n * HALF, MIDNIGHT + (n + 1) * HALF,
            100.0 if 20 <= n % 48 < 28 else 400.0, "actual", "direct", "x",
        )
        for n in range(48 * days)
    )  # fmt: skip


def test_a_day_is_judged_by_itself() -> None:
    """Its windows are instants of that day."""
    used = [SlotEnergy(MIDNIGHT, MIDNIGHT + HALF, 5_000_000)]
    found = advise(grid(1), (MIDNIGHT, MIDNIGHT + DAY), TOKYO, LOAD, used)
    assert (found.typical, found.days, found.known_share) == (False, 1, Decimal(1))
    assert found.lowest is not None
    assert found.lowest.start_ms == MIDNIGHT + 20 * HALF
    assert found.shift is not None
    assert found.shift.kg == Decimal(30)
    assert found.mean.weighted_g_per_kwh == 400
    assert found.label == found.mean.label == found.matching.label == SIGNAL


def test_more_days_are_judged_by_their_typical_day() -> None:
    """Windows are times of the day; what is not known lowers the share."""
    found = advise(grid(2), (MIDNIGHT, MIDNIGHT + 4 * DAY), TOKYO, LOAD, [])
    assert (found.typical, found.days, found.known_share) == (True, 2, Decimal("0.5"))
    assert found.lowest is not None
    assert found.lowest.start_ms == 20 * HALF


def test_a_load_longer_than_what_is_known_has_no_window() -> None:
    """No hint is better than one over a gap."""
    known = IntensitySeries(grid(1).points[:3])
    found = advise(known, (MIDNIGHT, MIDNIGHT + DAY), TOKYO, LOAD, [])
    assert (found.lowest, found.highest, found.shift) == (None, None, None)


def test_a_shift_can_be_between_stated_times() -> None:
    """From 18:00 to 9:00: one of the two hours there is clean."""
    load = Load(Decimal(50), 4 * HALF, time(18), time(9))
    for days in (1, 2):
        found = advise(grid(days), (MIDNIGHT, MIDNIGHT + days * DAY), TOKYO, load, [])
        assert found.shift is not None
        assert found.shift.kg == Decimal(15)


def test_stated_times_are_wall_clock_times() -> None:
    """On the day the clocks go forward 10:00 is nine hours after midnight."""
    london = ZoneInfo("Europe/London")
    midnight = round(datetime(2025, 3, 30, tzinfo=london).timestamp()) * 1000
    series = IntensitySeries(
        IntensityPoint(
            "gb", midnight + n * HALF, midnight + (n + 1) * HALF, float(n), "actual", "direct", "x"
        )
        for n in range(46)
    )
    load = Load(Decimal(1), HALF, time(10), time(0))
    found = advise(series, (midnight, midnight + 46 * HALF), london, load, [])
    assert found.shift is not None
    assert found.shift.from_window.g_per_kwh == 18
