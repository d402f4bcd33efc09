"""What the daily report needs: the day, and the eight weeks before it to hold it against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from collector.accounts.span import ONE_DAY, Span
from collector.analysis.base_load import NIGHT_SLOTS, base_load_of
from collector.analysis.demand import monthly_maxima
from collector.analysis.frame import Floats, half_hours, index_of, power_kw, slot_of_day
from collector.analysis.grid import Bools, day_grid
from collector.analysis.operating import operating_threshold
from collector.analysis.site_load import CircuitLoad, SiteLoad
from collector.analysis.standby import after_hours
from collector.analysis.typical_day import GROUPS, groups_of, typical_days
from collector.calendars.plant_calendar import PlantCalendar
from collector.errors import CollectorError
from collector.reporting.gathering.heads import head_of
from collector.reporting.gathering.overviews import overview_of
from collector.reporting.gathering.stretches import ESTIMATED_SHARE, stretches
from collector.reporting.kind import Request, Step
from collector.reporting.sources import Sources
from collector.reports.daily.data import (
    MONTHS_BEFORE,
    CircuitDay,
    DailyData,
    HalfHour,
    Known,
    LeftOn,
    Silence,
    Typical,
)
from collector.reports.site_data import SiteOverviewData
from collector.rollup.site_calendar import calendar_of
from collector.rollup.totals import SITE_METER
from collector.site_config import SiteSettings

BEFORE = timedelta(days=56)
"""Eight weeks make the typical day: recent enough to be of the season, five Sundays at least."""
YEAR = timedelta(days=366)
LEFT_ON_H = 1.0
"""Shorter stretches are the plant starting and ending its day."""


@dataclass(frozen=True, slots=True)
class _Window:
    """The load of the weeks before and of the day; ``in_day`` are the day's half hours."""

    load: SiteLoad
    halves: pd.DataFrame
    in_day: Bools
    group: str


def gather_daily(sources: Sources, request: Request, step: Step) -> DailyData:
    """The daily report's data. Raises ``CollectorError`` for an option that is no number."""
    site, day = sources.site(request.site), request.first
    target_kw = number_option(request, "target_kw")
    load = sources.frames.site_load(site.id, day - BEFORE, day + ONE_DAY)
    step("load", 0.5)
    window, calendar = _window(load, day), PlantCalendar.of(site.calendar)
    data = DailyData(
        head=head_of(sources, site),
        day=day,
        kind=calendar.day_type(day).kind,
        holiday=(calendar.holiday_name(day), calendar.holiday_name(day, "en")),
        half_hours=tuple(_half_hours(window)),
        night_kw=known(_nights_kw(window.halves)[-1]),
        circuits=_circuits(window),
        meters=len(load.circuits),
        silences=tuple(_silences(window)),
        contract_kw=contract_kw_on(site, day),
        target_kw=target_kw,
    )
    typical = _typical(window)
    data = replace(data, typical=typical, left_on=_left_on(window, typical))
    if typical is None:  # too few days to say what is usual, of a circuit no less than of the site
        circuits = (replace(one, typical_kwh=None) for one in data.circuits)
        data = replace(data, circuits=tuple(circuits))
    overview = overview_of(sources, site, Span(day, day + ONE_DAY))
    return _with_demands(_with_totals(data, overview), sources, site)


def _with_totals(data: DailyData, overview: SiteOverviewData) -> DailyData:
    if not overview.site_days:
        return data
    (booked,) = overview.site_days
    return replace(
        data,
        kwh=booked.kwh,
        estimated_kwh=booked.estimated_kwh,
        coverage=booked.coverage,
        cost=booked.energy_cost,
        currency=booked.currency,
        co2_kg=booked.co2_kg,
        provisional=booked.provisional > 0,
        factors=overview.factors,
    )


def number_option(request: Request, name: str) -> Known:
    """An option of the request that is a number above zero; None where it is not given."""
    text = request.options.get(name, "")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not value > 0:
        raise CollectorError(f"the option {name}={text} is not a power", f"write {name}=250")
    return value


def contract_kw_on(site: SiteSettings, day: date) -> Known:
    """The contract power of the settings on a day: an agreed one, else the site's own."""
    begun = [power for power in site.contract_powers if power.from_date <= day]
    return max(begun, key=lambda power: power.from_date).kw if begun else site.contract_power_kw


def _window(load: SiteLoad, day: date) -> _Window:
    halves = half_hours(load.slots)
    in_day = np.asarray(index_of(halves) >= pd.Timestamp(day).tz_localize(load.zone))
    return _Window(load, halves, in_day, GROUPS[load.day_kinds.iloc[-1]])


def _half_hours(window: _Window) -> Iterator[HalfHour]:
    halves = window.halves.loc[window.in_day]
    estimated = (halves["estimated_kwh"] > ESTIMATED_SHARE * halves["kwh"].abs()).to_numpy()
    for number, (at, kw) in enumerate(zip(index_of(halves), power_kw(halves), strict=True)):
        at_ms = round(at.timestamp() * 1000)
        yield HalfHour(at_ms, number / 2, known(kw), bool(estimated[number]))


def _typical(window: _Window) -> Typical | None:
    before = window.halves.loc[~window.in_day]
    found = [
        day
        for day in typical_days(before, window.load.day_kinds, season="year")
        if day.group == window.group
    ]
    if not found or found[0].median_kw is None:
        return None
    day = found[0]
    nights = _nights_kw(before)[_same_days(window)[:-1]]
    return Typical(
        group=day.group,
        days=day.days,
        median_kw=_knowns(day.median_kw),
        p10_kw=_knowns(day.p10_kw),
        p90_kw=_knowns(day.p90_kw),
        kwh=day.kwh,
        night_kw=_median(nights),
    )


def _same_days(window: _Window) -> Bools:
    """Which days of the window are of the day's group; the last one is the day itself."""
    dates = day_grid(window.halves).dates
    return np.asarray(groups_of(dates, window.load.day_kinds) == window.group)


def _circuits(window: _Window) -> tuple[CircuitDay, ...]:
    same = _same_days(window)
    loads = [*window.load.leaves] if len(window.load.circuits) > 1 else []
    found = [_circuit(window, load, same) for load in loads]
    found.sort(key=lambda circuit: -(circuit.kwh or 0.0))
    rest = window.load.unmeasured
    if loads and rest is not None and rest["kwh"].notna().any():
        found.append(_circuit(window, CircuitLoad("", "", rest), same, rest=True))
    return tuple(found)


def _circuit(window: _Window, load: CircuitLoad, same: Bools, *, rest: bool = False) -> CircuitDay:
    halves = half_hours(load.slots)
    grid = day_grid(halves)
    kwh = halves["kwh"].to_numpy()
    counts = np.bincount(grid.day_of[~np.isnan(kwh)], minlength=len(grid.dates))
    weights = np.nan_to_num(kwh)
    counted = np.bincount(grid.day_of, weights=weights, minlength=len(grid.dates))
    sums = np.asarray(counted, dtype=np.float64)
    whole = grid.whole & same
    return CircuitDay(
        name=load.name,
        kwh=float(sums[-1]) if counts[-1] else None,
        typical_kwh=_median(sums[:-1][whole[:-1]]),
        night_kw=known(_nights_kw(halves)[-1]),
        name_en=load.name_en,
        rest=rest,
    )


def _nights_kw(halves: pd.DataFrame) -> Floats:
    """The mean power of 00:00-05:00 of each local day, NaN where a half hour of it is unknown."""
    return np.asarray(day_grid(halves).kw[:, NIGHT_SLOTS].mean(axis=1))


def _silences(window: _Window) -> Iterator[Silence]:
    for load in window.load.circuits:
        for from_ms, to_ms, estimated in stretches(half_hours(load.slots).loc[window.in_day]):
            yield Silence(load.name, from_ms, to_ms, estimated, load.name_en)


def _left_on(window: _Window, typical: Typical | None) -> tuple[LeftOn, ...]:
    """Loads left on; none where too little is known to say what is usual."""
    if typical is None:
        return ()
    before, day = window.halves.loc[~window.in_day], window.halves.loc[window.in_day]
    try:
        base_kw, limit_kw = base_load_of(before).kw, operating_threshold(before)
    except ValueError:
        return ()
    found = after_hours(day, _inside(day, typical, limit_kw), base_kw, LEFT_ON_H).times
    return tuple(
        LeftOn(
            round(time.start.timestamp() * 1000), round(time.end.timestamp() * 1000),
            time.kwh, time.kw,
        )
        for time in found
    )  # fmt: skip


def _inside(day: pd.DataFrame, typical: Typical, limit_kw: float) -> Bools:
    """Which half hours of the day the plant usually works: those of a usual working day."""
    works = [kw is not None and kw > limit_kw for kw in typical.median_kw]
    if typical.group != "working":
        works = [False] * len(works)
    return np.array(works, dtype=np.bool_)[slot_of_day(index_of(day))]


def _with_demands(data: DailyData, sources: Sources, site: SiteSettings) -> DailyData:
    """The month's largest demand so far and when, and that of the months before."""
    day = data.day
    slots = sources.frames.slots(site.id, SITE_METER, day - YEAR, day + ONE_DAY)
    month = calendar_of(site).billing_month_of(day)
    maxima = [one for one in monthly_maxima(slots, site.billing_day) if one.month <= month]
    earlier = [one for one in maxima if one.month < month and one.whole][-MONTHS_BEFORE:]
    data = replace(
        data,
        year_peak_kw=max((one.peak_kw for one in earlier), default=None),
        year_months=len(earlier),
    )
    if not maxima or maxima[-1].month != month:
        return data
    last = maxima[-1]
    at_ms = round(last.at.timestamp() * 1000)
    return replace(data, month_peak_kw=last.peak_kw, month_peak_at_ms=at_ms)


def known(value: float) -> Known:
    """The value, None where it is not a number."""
    return None if np.isnan(value) else float(value)


def _knowns(values: Floats | None) -> tuple[Known, ...]:
    return () if values is None else tuple(known(value) for value in values)


def _median(values: Floats) -> Known:
    held = values[~np.isnan(values)]
    return float(np.median(held)) if held.size else None
