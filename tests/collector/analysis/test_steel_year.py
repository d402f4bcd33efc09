"""The steel year: every figure against one worked out here from the file, in plain Python.

The rows of the file are in order of time, 96 a day; only their place is used, not their labels.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import fsum, hypot
from statistics import median

import numpy as np
import pytest

from collector.analysis import (
    Side,
    base_load_of,
    base_trend,
    closed_day_load,
    compare_loads,
    contract_power,
    duration_curve,
    kvar_needed,
    leading_at_night,
    load_factor_of,
    load_factors,
    lunch_idle,
    monthly_maxima,
    monthly_power_factor,
    night_base,
    operating_mask,
    operating_threshold,
    operating_week,
    percentile_base,
    shave,
    standby_of,
    start_up_peaks,
    top_peaks,
    typical_days,
    weekday_overlay,
)
from tests.collector.steel import (
    CSV,
    SEOUL,
    steel_day_kinds,
    steel_half_hours,
    steel_quarter_hours,
)

DAYS = [date(2018, 1, 1) + timedelta(days=number) for number in range(365)]
WINTER = {12, 1, 2}


@lru_cache(maxsize=1)
def quarters() -> tuple[tuple[float, float, float], ...]:
    """KWh, lagging and leading kvarh of the year's quarter hours, by their place in the file."""
    with CSV.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return tuple((float(row[1]), float(row[2]), float(row[3])) for row in rows)


@lru_cache(maxsize=1)
def demand() -> tuple[tuple[float, ...], ...]:
    """Mean power of the half hours (kW), a row of 48 for each day."""
    kwh = [row[0] for row in quarters()]
    kw = [2 * (kwh[place] + kwh[place + 1]) for place in range(0, len(kwh), 2)]
    return tuple(tuple(kw[48 * day : 48 * day + 48]) for day in range(365))


def flat() -> list[float]:
    """All half hours in order."""
    return [kw for day in demand() for kw in day]


def percentile(values: Sequence[float], percent: float) -> float:
    """The percentile by linear interpolation between the ranks."""
    ranked = sorted(values)
    place = percent / 100 * (len(ranked) - 1)
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)


def close(value: float) -> object:
    """Equal but for the order in which floats were added."""
    return pytest.approx(value, rel=1e-12, abs=1e-9)


def plain_mask() -> list[bool]:
    """Operating half hours: above the threshold, gaps under an hour filled, then runs dropped."""
    kw = flat()
    low, high = percentile(kw, 2.5), percentile(kw, 97.5)
    mask = [power > low + 0.3 * (high - low) for power in kw]
    for place in range(1, len(mask) - 1):
        if not mask[place] and mask[place - 1] and mask[place + 1]:
            mask[place] = True
    return [
        on and ((place > 0 and mask[place - 1]) or (place + 1 < len(mask) and mask[place + 1]))
        for place, on in enumerate(mask)
    ]


def test_the_year_has_the_published_total() -> None:
    """The year's energy is 959,636.71 kWh, none of it moved over the year's edge."""
    slots = steel_half_hours()
    assert round(float(slots["kwh"].sum()), 2) == 959_636.71
    assert (len(slots), slots.index[0], slots.index[-1].hour) == (
        17_520,
        datetime(2018, 1, 1, tzinfo=SEOUL),
        23,
    )


def test_largest_half_hour_of_each_month() -> None:
    """The months' maxima are those of the file; the year's is 587.16 kW in November."""
    found = monthly_maxima(steel_half_hours())
    for month in found:
        own = [
            row for day, row in zip(DAYS, demand(), strict=True) if day.month == month.month.month
        ]
        assert month.peak_kw == close(max(max(row) for row in own))
        assert month.whole
    largest = max(found, key=lambda month: month.peak_kw)
    assert (round(largest.peak_kw, 2), largest.month) == (587.16, date(2018, 11, 1))
    day = demand()[(largest.at.date() - DAYS[0]).days]
    assert day.index(max(day)) == 2 * largest.at.hour + largest.at.minute // 30


def test_quarter_hours_give_the_same_demand() -> None:
    """A frame of quarter hours has the same half-hour demand."""
    assert monthly_maxima(steel_quarter_hours())[10].peak_kw == close(587.16)


def test_billing_months_begin_on_their_day() -> None:
    """With readings on the 15th November's bill runs from 15 October to before 15 November."""
    found = {month.month: month for month in monthly_maxima(steel_half_hours(), billing_day=15)}
    november = found[date(2018, 11, 1)]
    assert (november.first, november.end) == (date(2018, 10, 15), date(2018, 11, 15))
    own = [
        row for day, row in zip(DAYS, demand(), strict=True) if november.first <= day < november.end
    ]
    assert november.peak_kw == close(max(max(row) for row in own))
    assert not found[date(2018, 1, 1)].whole
    assert max(found) == date(2019, 1, 1)


def test_contract_power_by_the_largest_of_twelve_months() -> None:
    """December's contract power is 587 kW, set by November, and no longer by the rule alone."""
    found = contract_power(monthly_maxima(steel_half_hours()))
    assert (found.kw, found.set_by.month, found.missing) == (587.0, date(2018, 11, 1), ())
    assert found.negotiated
    assert not found.agreed


def test_both_load_factors() -> None:
    """Mean over peak, energy over contract, utilisation hours and loss factor."""
    kw, found = flat(), load_factor_of(steel_half_hours(), contract_kw=600)
    mean, peak = fsum(kw) / len(kw), max(kw)
    assert found.lf_peak == close(mean / peak)
    assert found.lf_contract == close(fsum(kw) / 2 / (600 * 8760))
    assert found.utilisation_hours == close(fsum(kw) / 2 / peak)
    assert found.loss_factor == close(fsum(power**2 for power in kw) / len(kw) / peak**2)


@pytest.mark.parametrize(("over", "key"), [("day", "%j"), ("month", "%m")])
def test_load_factor_of_each_day_and_month(over: str, key: str) -> None:
    """Each day's and month's own load factor."""
    series = load_factors(steel_half_hours(), over="month" if over == "month" else "day")
    for start, factor in series.items():
        name = start.strftime(key)  # type: ignore[attr-defined]
        own = [
            power
            for day, row in zip(DAYS, demand(), strict=True)
            if day.strftime(key) == name
            for power in row
        ]
        assert factor == close(fsum(own) / len(own) / max(own))


def test_duration_curve() -> None:
    """The curve falls from peak to least, holds the energy, and tells the hours near the top."""
    kw, curve = sorted(flat(), reverse=True), duration_curve(steel_half_hours())
    assert curve.kw.tolist() == close_list(kw)
    assert curve.hours[-1] == 8760
    assert curve.kwh == close(fsum(kw) / 2)
    assert curve.hours_above_share(0.9) == sum(power > 0.9 * kw[0] for power in kw) / 2
    assert curve.near_base_kw == close(percentile(kw, 2.5))
    assert curve.near_peak_kw == close(percentile(kw, 97.5))
    points = curve.points(50)
    assert len(points) == 50
    assert points[0] == (0.5, close(kw[0]))
    assert points[-1] == (8760, close(kw[-1]))


def close_list(values: Sequence[float]) -> object:
    """Equal but for the order in which floats were added."""
    return pytest.approx(list(values), rel=1e-12, abs=1e-9)


def test_three_base_loads() -> None:
    """The three definitions give three figures, each its own."""
    slots = steel_half_hours()
    robust = base_load_of(slots)
    assert robust.kw == close(median(min(row) for row in demand()))
    assert (robust.days, robust.definition) == (365, "daily_minima")
    assert robust.kwh == close(fsum(min(power, robust.kw) for power in flat()) / 2)
    nights = [
        fsum(row[:10]) / 10 for day, row in zip(DAYS, demand(), strict=True) if day.weekday() > 4
    ]
    assert night_base(slots, steel_day_kinds()).kw == close(median(nights))
    assert percentile_base(slots, 5).kw == close(percentile(flat(), 5))


def test_base_trend_is_theil_sen() -> None:
    """The slope is the median slope between all pairs of the last 60 days' minima."""
    lowest = [min(row) for row in demand()][-60:]
    slopes = [
        (lowest[later] - lowest[earlier]) / (later - earlier)
        for earlier in range(60)
        for later in range(earlier + 1, 60)
    ]
    found = base_trend(steel_half_hours())
    start = median(kw - median(slopes) * day for day, kw in enumerate(lowest))
    assert found.kw_per_day == close(median(slopes))
    assert found.change_kw == close(59 * median(slopes))
    assert found.change_share == close(59 * median(slopes) / start)
    assert found.creeping
    assert (found.days, found.evidence.start.date()) == (60, date(2018, 11, 2))


@pytest.mark.parametrize(
    ("group", "chosen"),
    [
        ("working", lambda day: day.weekday() < 5),
        ("saturday", lambda day: day.weekday() == 5),
        ("off", lambda day: day.weekday() == 6),
    ],
)
def test_typical_days(group: str, chosen: Callable[[date], bool]) -> None:
    """Median, P10 and P90 of every half hour of winter days of each group."""
    days = typical_days(steel_half_hours(), steel_day_kinds())
    found = next(day for day in days if (day.group, day.season) == (group, "dec-feb"))
    own = [
        row for day, row in zip(DAYS, demand(), strict=True) if day.month in WINTER and chosen(day)
    ]
    assert found.days == len(own)
    for percent, curve in ((10, found.p10_kw), (50, found.median_kw), (90, found.p90_kw)):
        assert curve is not None
        assert curve.tolist() == close_list(
            [percentile([row[slot] for row in own], percent) for slot in range(48)]
        )


def test_weekdays_overlaid() -> None:
    """Each weekday's median half hours."""
    found = weekday_overlay(steel_half_hours())
    assert found.days == (53, 52, 52, 52, 52, 52, 52)
    for weekday in range(7):
        own = [row for day, row in zip(DAYS, demand(), strict=True) if day.weekday() == weekday]
        assert found.median_kw[weekday].tolist() == close_list(
            [median(row[slot] for row in own) for slot in range(48)]
        )


def test_operating_hours_found() -> None:
    """Threshold, mask and vote of the hours of the week are those of the rule by hand."""
    slots, mask = steel_half_hours(), plain_mask()
    kw = flat()
    low, high = percentile(kw, 2.5), percentile(kw, 97.5)
    assert operating_threshold(slots) == close(low + 0.3 * (high - low))
    assert operating_mask(slots).tolist() == mask
    week = operating_week(slots)
    for weekday, hour in ((0, 10), (2, 3), (5, 12), (6, 9)):
        votes = [
            mask[48 * number + slot]
            for number, day in enumerate(DAYS)
            if day.weekday() == weekday
            for slot in (2 * hour, 2 * hour + 1)
        ]
        assert week.votes[weekday, hour] == close(sum(votes) / len(votes))
    assert week.hours_a_week == int((week.votes > 0.5).sum())


def test_standby_share() -> None:
    """Standby is the energy of half hours that do not operate, its share that of all energy."""
    kw, mask = flat(), plain_mask()
    idle = [power for power, on in zip(kw, mask, strict=True) if not on]
    found = standby_of(steel_half_hours())
    assert found.kwh == close(fsum(idle) / 2)
    assert found.kw == close(fsum(idle) / len(idle))
    assert found.share == close(fsum(idle) / fsum(kw))
    assert found.hours_share == close(len(idle) / len(kw))
    assert found.kwh + found.operating_kwh == close(fsum(kw) / 2)


def test_closed_days() -> None:
    """Sundays take what they take; the working days' mean stands beside it."""
    found = closed_day_load(steel_half_hours(), steel_day_kinds())
    own = [fsum(row) / 2 for day, row in zip(DAYS, demand(), strict=True) if day.weekday() == 6]
    working = [row for day, row in zip(DAYS, demand(), strict=True) if day.weekday() < 5]
    assert (found.days, found.kwh) == (52, close(fsum(own)))
    assert found.kw == close(fsum(own) / 52 / 24)
    assert found.share == close(fsum(own) / fsum(flat()) * 2)
    assert found.working_kw == close(fsum(fsum(row) for row in working) / 48 / len(working))
    assert found.p90_kwh == close(percentile(own, 90))


def test_lunch_break_shows() -> None:
    """The plant's break from 12:00 to 13:30 is found, with what runs through it."""
    found = lunch_idle(steel_half_hours(), steel_day_kinds())
    assert found is not None
    working = [row for day, row in zip(DAYS, demand(), strict=True) if day.weekday() < 5]
    typical = [median(row[slot] for row in working) for slot in range(48)]
    base = median(min(row) for row in demand())
    assert (found.start.isoformat("minutes"), found.end.isoformat("minutes")) == ("12:00", "13:30")
    assert found.lunch_kw == close(fsum(typical[24:27]) / 3)
    assert found.beside_kw == close(median(typical[18:22] + typical[28:32]))
    assert found.idle_kw == close(fsum(typical[24:27]) / 3 - base)
    assert found.kwh == close(
        fsum(max(row[slot] - base, 0) for row in working for slot in (24, 25, 26)) / 2
    )


def test_start_ups() -> None:
    """Each start's ramp is the largest increase of a half hour in the two hours after it."""
    kw, mask = flat(), plain_mask()
    starts = [place for place in range(1, len(mask)) if mask[place] and not mask[place - 1]]
    rises = [
        max(kw[at] - kw[at - 1] for at in range(place, min(place + 4, len(kw)))) for place in starts
    ]
    found = start_up_peaks(steel_half_hours())
    assert len(found.starts) == len(starts)
    assert [start.increase_kw for start in found.starts] == close_list(rises)
    assert found.median_increase_kw == close(median(rises))
    peaks = [max(kw[place : place + 4]) >= max(demand()[place // 48]) for place in starts]
    assert found.day_peaks == sum(peaks)


def test_shaving_to_a_target() -> None:
    """What stands above 500 kW: energy, half hours, days."""
    over = [(number // 48, kw - 500) for number, kw in enumerate(flat()) if kw > 500]
    found = shave(steel_half_hours(), 500)
    assert found.above_kwh == close(fsum(kw for _, kw in over) / 2)
    assert (found.slots, found.days) == (len(over), len({day for day, _ in over}))
    assert found.kw == close(max(flat()) - 500)


def test_top_peaks_are_the_largest_half_hours() -> None:
    """The twenty largest half hours, each by itself, with the kind of its day."""
    found = top_peaks(steel_half_hours(), day_kinds=steel_day_kinds())
    assert [peak.kw for peak in found] == close_list(sorted(flat(), reverse=True)[:20])
    assert found[0].day_kind == "working"
    assert found[0].rest_kw == close(587.16)


def test_power_factor_of_each_month() -> None:
    """100 W / sqrt(W² + Q²) from 8 to 22 h, lagging only, half up to 1 %."""
    rows = quarters()
    for found in monthly_power_factor(steel_quarter_hours()):
        own = [
            rows[96 * number + slot]
            for number, day in enumerate(DAYS)
            if day.month == found.month.month
            for slot in range(32, 88)
        ]
        active, lagging = fsum(row[0] for row in own), fsum(row[1] for row in own)
        exact = 100 * active / hypot(active, lagging)
        assert found.exact_percent == close(exact)
        assert found.percent == int(exact + 0.5)


def test_capacitor_for_a_target() -> None:
    """The fixed bank lowers the lagging energy, slot by slot, to just what the target allows."""
    found = kvar_needed(steel_quarter_hours(), 95)
    own = [quarters()[96 * day + slot] for day in range(365) for slot in range(32, 88)]
    active = fsum(row[0] for row in own)
    left = fsum(max(row[1] - found.fixed_kvar / 4, 0) for row in own)
    assert 100 * active / hypot(active, left) == pytest.approx(95, abs=1e-9)
    lagging = fsum(row[1] for row in own)
    tangent = lagging / active - (1 / 0.95**2 - 1) ** 0.5
    assert found.mean_kvar == close(active / (len(own) / 4) * tangent)
    assert 0 < found.mean_kvar < found.fixed_kvar


def test_leading_at_night() -> None:
    """The night hours in which the leading energy is the larger."""
    own = [row[2] - row[1] for place, row in enumerate(quarters()) if not 32 <= place % 96 < 88]
    leading = [net for net in own if net > 0]
    found = leading_at_night(steel_quarter_hours())
    assert (found.hours, found.known_hours) == (len(leading) / 4, len(own) / 4)
    assert found.kvarh == close(fsum(leading))
    assert found.largest_kvar == close(4 * max(leading))


def test_two_halves_of_the_year_side_by_side() -> None:
    """The second half is compared kind of day by kind of day, for its own mix of days."""
    slots, kinds = steel_half_hours(), steel_day_kinds()
    cut = 181
    found = compare_loads(
        Side("first", slots.iloc[: 48 * cut], kinds), Side("second", slots.iloc[48 * cut :], kinds)
    )
    means, days = {}, {}
    for side, numbers in (("first", range(cut)), ("second", range(cut, 365))):
        for group, weekdays in (("working", range(5)), ("saturday", (5,)), ("off", (6,))):
            own = [fsum(demand()[n]) / 2 for n in numbers if DAYS[n].weekday() in weekdays]
            means[side, group], days[side, group] = fsum(own) / len(own), len(own)
    for each in found.groups:
        assert each.first_kwh == close(means["first", each.group])
        assert each.second_kwh == close(means["second", each.group])
    mixed = [
        fsum(means[side, group] * days["second", group] for group in ("working", "saturday", "off"))
        / (365 - cut)
        for side in ("first", "second")
    ]
    assert found.first_kwh_a_day == close(mixed[0])
    assert found.change_share == close(mixed[1] / mixed[0] - 1)
    assert np.isfinite(found.groups[0].first_kw).all()
