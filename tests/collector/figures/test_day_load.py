"""A local day as 48 half hours by the wall clock."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.figures.day_load import day_loads, is_whole, kw_of, load_row, walls_of
from collector.rollup.periods import SLOT_MS, Calendar, midnight_ms
from collector.storage.port import TotalColumns

TOKYO, BERLIN = Calendar(ZoneInfo("Asia/Tokyo")), Calendar(ZoneInfo("Europe/Berlin"))
SPRING, AUTUMN = date(2025, 3, 30), date(2025, 10, 26)


def columns(calendar: Calendar, day: date, kwh: list[float | None]) -> TotalColumns:
    """Stored half hours from the day's midnight on; those that are None are missing."""
    first_ms = midnight_ms(calendar.zone, day)
    starts = [first_ms + number * SLOT_MS for number in range(len(kwh))]
    nothing = [None] * len(kwh)
    return TotalColumns(
        starts,
        {
            "kwh": [one or 0.0 for one in kwh],
            "missing": [1.0 if one is None else 0.0 for one in kwh],
            "reactive_kvarh": nothing,
            "reactive_export_kvarh": nothing,
        },
    )


@settings(deadline=None, max_examples=30)
@given(st.lists(st.none() | st.floats(0, 1e6), min_size=48, max_size=48))
def test_each_half_hour_stands_at_its_own_place(kwh: list[float | None]) -> None:
    """Power is twice the energy of the half hour, and what is unknown stays absent."""
    found = day_loads(TOKYO, columns(TOKYO, date(2025, 4, 1), kwh))
    expected = tuple(None if one is None else one * 2 for one in kwh)
    if any(one is not None for one in kwh):
        assert found[date(2025, 4, 1)].kw == expected
        assert found[date(2025, 4, 1)].share == sum(one is not None for one in kwh) / 48
    else:
        assert found == {}


def test_in_spring_the_hour_that_clocks_skip_is_absent() -> None:
    """46 half hours, 02:00 and 02:30 not among them, are a whole day."""
    load = day_loads(BERLIN, columns(BERLIN, SPRING, [float(n) for n in range(46)]))[SPRING]
    assert [n for n, kw in enumerate(load.kw) if kw is None] == [4, 5]
    assert load.kw[3] == 6.0
    assert load.kw[6] == 8.0
    assert load.share == 1.0


def test_in_autumn_the_hour_that_comes_twice_is_averaged() -> None:
    """50 half hours: 02:00 is the mean of the fifth and the seventh, 02:30 of sixth and eighth."""
    load = day_loads(BERLIN, columns(BERLIN, AUTUMN, [float(n) for n in range(50)]))[AUTUMN]
    assert load.kw[4] == (2 * 4 + 2 * 6) / 2
    assert load.kw[5] == (2 * 5 + 2 * 7) / 2
    assert load.kw[6] == 2 * 8
    assert load.share == 1.0
    assert len(load.slots) == 50


@pytest.mark.parametrize(("day", "count"), [(SPRING, 46), (AUTUMN, 50), (date(2025, 5, 1), 48)])
def test_every_half_hour_of_a_day_has_a_place(day: date, count: int) -> None:
    """Also where clocks change."""
    assert len(walls_of(BERLIN, BERLIN.day(midnight_ms(BERLIN.zone, day)))) == count


@settings(deadline=None, max_examples=30)
@given(st.lists(st.none() | st.floats(0, 1e6), min_size=48, max_size=48).filter(any))
def test_the_heat_map_gives_back_what_was_put_in(kwh: list[float | None]) -> None:
    """A row holds the known half hours and their number, and nothing for the others."""
    load = day_loads(TOKYO, columns(TOKYO, date(2025, 4, 1), kwh))[date(2025, 4, 1)]
    row = load_row("s", "main", load)
    assert kw_of(row.fields) == load.kw
    assert row.fields["known"] == len(load.slots) == len(row.fields) - 1
    assert row.at_ms == midnight_ms(TOKYO.zone, date(2025, 4, 1))


@pytest.mark.parametrize(("known", "whole"), [(38, False), (39, True), (48, True)])
def test_a_day_is_whole_from_four_fifths_on(known: int, whole: bool) -> None:
    """38.4 half hours are 80 %."""
    load = day_loads(TOKYO, columns(TOKYO, date(2025, 4, 1), [1.0] * known))[date(2025, 4, 1)]
    assert load.whole is whole
    assert is_whole(load.kw) is whole


def test_a_half_hour_with_a_part_missing_is_unknown() -> None:
    """Its energy is not comparable, however little is missing."""
    stored = columns(TOKYO, date(2025, 4, 1), [1.0, 1.0])
    stored.values["missing"][0] = 0.1  # type: ignore[index]
    assert day_loads(TOKYO, stored)[date(2025, 4, 1)].kw[:2] == (None, 2.0)
