"""Windows, the typical day and the saving of a shift, worked and by property."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.intensity.hints import (
    Window,
    highest_window,
    lowest_window,
    shift_saving,
    typical_day,
)
from collector.intensity.point import SIGNAL, IntensityPoint
from collector.intensity.series import IntensitySeries

HALF = 1_800_000
HOUR = 2 * HALF
DAY = 24 * HOUR


def series(grams: dict[int, float]) -> IntensitySeries:
    """Half hours by their number."""
    return IntensitySeries(
        IntensityPoint("jp-03", n * HALF, (n + 1) * HALF, value, "actual", "direct", "x")
        for n, value in grams.items()
    )


SUNNY = series({n: 100.0 if 20 <= n < 28 else 400.0 + n for n in range(48)})
"""Clean from 10:00 to 14:00, dirtiest at the end."""


def test_the_cleanest_hours_are_found() -> None:
    """Two hours of a sunny day: the earliest of the equal ones."""
    found = lowest_window(SUNNY, 0, DAY, 2 * HOUR)
    assert found == Window(10 * HOUR, 12 * HOUR, Decimal(100))


def test_the_dirtiest_hours_are_found() -> None:
    """The last two hours: 444 to 447 g/kWh."""
    found = highest_window(SUNNY, 0, DAY, 2 * HOUR)
    assert found == Window(22 * HOUR, 24 * HOUR, Decimal("445.5"))


def test_a_window_is_never_laid_over_a_gap() -> None:
    """What lies in an unknown half hour may be anything."""
    gappy = series({0: 500, 1: 500, 2: 100, 4: 100, 5: 300})
    assert lowest_window(gappy, 0, DAY, HOUR) == Window(2 * HOUR, 3 * HOUR, Decimal(200))
    assert lowest_window(gappy, 0, DAY, 2 * HOUR) is None


def test_a_window_stays_within_the_range() -> None:
    """A day's window does not reach into the next day."""
    assert lowest_window(SUNNY, 0, 10 * HOUR, 11 * HOUR) is None


@given(grams=st.lists(st.integers(0, 900), min_size=2, max_size=48), slots=st.integers(1, 6))
def test_no_window_is_cleaner_than_the_one_found(grams: list[int], slots: int) -> None:
    """Against every window of that length on the half-hour grid."""
    found = lowest_window(series(dict(enumerate(map(float, grams)))), 0, DAY, slots * HALF)
    sums = [sum(grams[n : n + slots]) for n in range(len(grams) - slots + 1)]
    assert (found is None) == (not sums)
    if found:
        assert found.g_per_kwh == Decimal(min(sums)) / slots


@given(grams=st.lists(st.integers(0, 900), min_size=4, max_size=20))
def test_the_dirtiest_is_never_below_the_cleanest(grams: list[int]) -> None:
    """So a shift from the one to the other never costs CO2."""
    held = series(dict(enumerate(map(float, grams))))
    low, high = lowest_window(held, 0, DAY, HOUR), highest_window(held, 0, DAY, HOUR)
    assert low is not None
    assert high is not None
    assert shift_saving(Decimal(10), high, low).kg >= 0


def test_a_saving_to_the_last_digit() -> None:
    """50 kW for two hours from 445.5 to 100 g/kWh: 100 kWh x 345.5 g = 34.55 kg."""
    saving = shift_saving(
        Decimal(50),
        Window(0, 2 * HOUR, Decimal("445.5")),
        Window(DAY, DAY + 2 * HOUR, Decimal(100)),
    )
    assert (saving.hours, saving.kwh, saving.kg) == (Decimal(2), Decimal(100), Decimal("34.55"))
    assert saving.label == SIGNAL


def test_a_shift_to_dirtier_hours_is_a_loss() -> None:
    """It is told with its sign."""
    clean, dirty = Window(0, HOUR, Decimal(100)), Window(HOUR, 2 * HOUR, Decimal(300))
    assert shift_saving(Decimal(10), clean, dirty).kg == Decimal(-2)


def test_windows_of_different_length_are_not_compared() -> None:
    """The same load for another time is another energy."""
    with pytest.raises(CollectorError, match="different length") as refused:
        shift_saving(Decimal(1), Window(0, HOUR, Decimal(1)), Window(0, HALF, Decimal(1)))
    assert refused.value.hint


def test_the_typical_day_is_the_mean_of_each_half_hour() -> None:
    """Two days of 100 and 300 g/kWh, one half hour known on one day only."""
    tokyo = ZoneInfo("Asia/Tokyo")
    midnight = round(datetime(2025, 4, 1, tzinfo=tokyo).timestamp()) * 1000 // HALF
    held = {midnight + n: 100.0 for n in range(48)}
    held |= {midnight + 48 + n: 300.0 for n in range(47)}
    found = typical_day(series(held), tokyo)
    assert found is not None
    assert found.days == 2
    assert [point.g_per_kwh for point in found.series.points] == [200.0] * 47 + [100.0]
    assert found.series.points[0].start_ms == 0
    assert {point.kind for point in found.series.points} == {"estimated"}


def test_the_typical_day_is_one_of_local_time() -> None:
    """When the clocks change, 10:00 stays 10:00."""
    london = ZoneInfo("Europe/London")
    begin = round(datetime(2025, 3, 29, tzinfo=london).timestamp()) * 1000
    held = {}
    for n in range(begin // HALF, begin // HALF + 48 + 46):
        local = datetime.fromtimestamp(n * HALF / 1000, london)
        held[n] = 100.0 if local.hour == 10 else 400.0
    found = typical_day(series(held), london)
    assert found is not None
    clean = [p.start_ms // HOUR for p in found.series.points if p.g_per_kwh == 100.0]
    assert clean == [10, 10]


def test_a_series_without_a_whole_half_hour_has_no_typical_day() -> None:
    """Nothing is made up."""
    assert typical_day(series({}), ZoneInfo("UTC")) is None
