"""Which days a run has touched."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from collector.rollup.periods import Calendar, midnight_ms
from collector.rollup.totals import Period, Total
from collector.summarise.touched import touched_days
from tests.collector.summarise.plant import APRIL_MS, DAY, HOUR, Plant

SLOT = 30 * 60_000


def total(meter: str, period: Period, start_ms: int) -> Total:
    """A total of nothing."""
    return Total("s", meter, period, start_ms, 0.0, 0.0, 1.0, 0.0)


def test_each_day_is_told_with_the_stretch_of_its_slots() -> None:
    """By meter; a day without fresh slots is touched as a whole, nothing of its stretch."""
    first, second = APRIL_MS, APRIL_MS + DAY
    totals = [
        total("main", "1d", second),
        total("main", "1d", first),
        *(total("main", "30m", first + n * SLOT) for n in (47, 46)),
        total("main", "30m", second),
        total("press", "1d", first),
        total("main", "1mo", first),
    ]
    assert touched_days(totals, "30m") == [
        ("main", first, first + 46 * SLOT, first + DAY),
        ("main", second, second, second + SLOT),
        ("press", first, first, first),
    ]


def test_slots_without_a_day_touch_nothing() -> None:
    """Of a site that is not configured only slots are kept."""
    assert touched_days([total("main", "30m", APRIL_MS)], "30m") == []


def test_a_day_on_which_clocks_change_keeps_its_slots() -> None:
    """The last half hour of a day of 25 hours is its own."""
    zone = Calendar(ZoneInfo("Europe/Berlin")).zone
    first, second = (midnight_ms(zone, date(2025, 10, n)) for n in (26, 27))
    totals = [total("m", "1d", first), total("m", "1d", second), total("m", "30m", second - SLOT)]
    assert touched_days(totals, "30m")[0] == ("m", first, second - SLOT, second)


def test_a_run_tells_what_it_wrote_before_its_windows_are_cleared() -> None:
    """Readings of one morning touch the day of the intake and of the site."""
    plant = Plant()
    told: list[tuple[str, list[str], int]] = []

    class Marks:
        """Notes what it is told, and how many windows wait at that moment."""

        def mark(self, site: str, touched: object) -> None:
            """Note it."""
            meters = sorted({one[0] for one in touched})  # type: ignore[attr-defined]
            told.append((site, meters, len(plant.dirty.pending())))

    plant.stale = Marks()
    plant.land("main", [(APRIL_MS + n * HOUR, 1000.0 * n) for n in range(6)])
    plant.run()
    assert told == [("s", ["_site", "main"], 1)]
    assert plant.dirty.pending() == []
