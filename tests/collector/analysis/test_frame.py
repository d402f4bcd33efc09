"""The frame, its half hours and its evidence."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from collector.analysis import evidence_of, half_hours, power_kw, slot_hours
from collector.analysis.frame import (
    COLUMNS,
    FIELDS,
    days_between,
    frame_from_kwh,
    frame_of,
    slot_index,
    slot_of_day,
)
from tests.collector.analysis.loads import BERLIN, MONDAY, TOKYO, load, of_kw


@pytest.mark.parametrize(
    ("first", "slots"),
    [(date(2026, 3, 29), 46), (date(2026, 10, 25), 50), (date(2026, 6, 1), 48)],
)
def test_days_on_which_clocks_change(first: date, slots: int) -> None:
    """A day has 46 half hours in spring, 50 in autumn."""
    assert len(slot_index(BERLIN, first, date.fromordinal(first.toordinal() + 1), 30)) == slots


def test_what_is_not_stored_or_partly_missing_is_unknown() -> None:
    """A slot that is not stored, or of which time is missing, has no energy, never zero."""
    index = slot_index(TOKYO, MONDAY, date(2026, 6, 2), 30)
    starts = [round(at.timestamp() * 1000) for at in index[:3]]
    fields = {name: [1.0, 2.0, 3.0] for name in FIELDS} | {"missing": [0.0, 0.25, 0.0]}
    frame = frame_of(starts, fields, index)
    assert list(frame.columns) == list(COLUMNS)
    assert frame["kwh"].iloc[[0, 2]].tolist() == [1.0, 3.0]
    assert frame["kwh"].isna().sum() == 46
    assert np.isnan(frame["estimated_kwh"].iloc[1])
    assert frame["coverage"].iloc[3:].tolist() == [0.0] * 45


def test_half_hours_add_quarter_hours_and_keep_what_is_unknown() -> None:
    """Two quarter hours are a half hour; with one unknown the half hour is."""
    slots = load(lambda at: at.hour + at.minute / 60, days=1, minutes=15)
    slots.iloc[5, 0] = np.nan
    slots["reactive_kvarh"] = 0.5
    halves = half_hours(slots)
    assert slot_hours(halves) == 0.5
    assert halves["kwh"].iloc[0] == 0.25 * (0 + 0.25)
    assert np.isnan(halves["kwh"].iloc[2])
    assert halves["kwh"].isna().sum() == 1
    assert halves["reactive_kvarh"].tolist() == [1.0] * 48
    assert halves["coverage"].tolist() == [1.0] * 48
    assert half_hours(halves) is halves


def test_a_quarter_hour_alone_at_an_end_is_no_half_hour() -> None:
    """A frame that begins at a quarter past keeps :00 and :30, its ends unknown."""
    halves = half_hours(load(4.0, days=1, minutes=15).iloc[1:])
    assert [halves.index[0].minute, halves.index[1].minute] == [0, 30]
    assert np.isnan(halves["kwh"].iloc[0])
    assert halves["coverage"].iloc[0] == 0.5
    assert halves["kwh"].iloc[1:].tolist() == [2.0] * 47


def test_slots_of_another_length_are_refused() -> None:
    """Hours are no demand intervals: said in a line."""
    index = pd.date_range("2026-06-01", periods=24, freq="1h", tz=TOKYO)
    with pytest.raises(ValueError, match="15 or 30 minutes, not 60"):
        half_hours(frame_from_kwh(pd.Series(1.0, index=index)))


def test_an_index_without_zone_is_refused() -> None:
    """Slots need instants, not wall clocks, and two of them to have a length."""
    index = pd.date_range("2026-06-01", periods=48, freq="30min")
    with pytest.raises(ValueError, match="time zone"):
        power_kw(frame_from_kwh(pd.Series(1.0, index=index)))
    with pytest.raises(ValueError, match="two slots"):
        power_kw(load(1.0).iloc[:1])


def test_evidence_tells_window_and_shares() -> None:
    """Window, known slots, coverage and the bridged share of what is known."""
    slots = of_kw([2.0] * 48)
    slots.loc[slots.index[:12], ["kwh", "estimated_kwh", "coverage"]] = [np.nan, np.nan, 0.0]
    slots.loc[slots.index[12:24], ["estimated_kwh", "coverage"]] = [1.0, 0.0]
    found = evidence_of(slots)
    assert (found.start.isoformat(), found.end.isoformat()) == (
        "2026-06-01T00:00:00+09:00",
        "2026-06-02T00:00:00+09:00",
    )
    assert (found.slots, found.known_slots, found.known) == (48, 36, 0.75)
    assert (found.coverage, found.estimated) == (0.5, 12 / 36)


def test_evidence_of_some_slots() -> None:
    """With a mask the window runs from the first to the last slot used."""
    slots = of_kw([2.0] * 48)
    used = np.zeros(48, dtype=np.bool_)
    used[[10, 20]] = True
    found = evidence_of(slots, used)
    assert (found.start.hour, found.end.hour, found.slots) == (5, 10, 2)
    with pytest.raises(ValueError, match="no slots"):
        evidence_of(slots, np.zeros(48, dtype=np.bool_))


def test_evidence_of_nothing() -> None:
    """No slots are an error; slots of which nothing is known are evidence of nothing."""
    with pytest.raises(ValueError, match="choose a longer period"):
        evidence_of(of_kw([1.0]).iloc[:0])
    assert evidence_of(of_kw([float("nan")] * 4)).known_slots == 0


def test_slots_of_the_day_follow_the_wall_clock() -> None:
    """The half hour of the day is the wall clock's, on days of 46 and of 50."""
    spring = slot_of_day(slot_index(BERLIN, date(2026, 3, 29), date(2026, 3, 30), 30))
    autumn = slot_of_day(slot_index(BERLIN, date(2026, 10, 25), date(2026, 10, 26), 30))
    assert spring.tolist() == [0, 1, 2, 3, *range(6, 48)]
    assert autumn.tolist() == [*range(6), 4, 5, *range(6, 48)]
    assert days_between(date(2026, 1, 1), date(2027, 1, 1)) == 365
