"""The shape of the site's load and its working hours, each figure behind its gates."""

from __future__ import annotations

from datetime import time

import numpy as np
import pandas as pd

from collector.analysis.base_load import base_load_of, base_trend, daily_minima
from collector.analysis.duration import duration_curve
from collector.analysis.evidence import evidence_of
from collector.analysis.frame import index_of
from collector.analysis.gates import Gate, gates_for
from collector.analysis.grid import Bools, day_grid, day_numbers, kinds_of
from collector.analysis.load_factor import load_factor_of
from collector.analysis.lunch import LunchIdle, lunch_idle
from collector.analysis.operating import (
    DeclaredHours,
    compare_operating,
    operating_week,
)
from collector.analysis.site_load import SiteLoad
from collector.analysis.standby import CLOSED, closed_day_load, standby_of
from collector.analysis.start_up import simultaneous_starts, start_up_peaks
from collector.analysis.typical_day import calendar_heat, typical_days, weekday_overlay
from collector.findings.case import operating_of
from collector.findings.plant import Plant
from collector.reporting.gathering.stretches import ESTIMATED_SHARE
from collector.reports.consultant.answer import answered
from collector.reports.consultant.data import Profile, Working
from collector.site_config import SiteSettings


def profile_of(load: SiteLoad) -> Profile:
    """Heat map, typical days, duration curve, load factor and base load."""
    slots = load.slots
    minima = daily_minima(slots).tolist()
    return Profile(
        evidence=evidence_of(slots),
        heat=calendar_heat(slots),
        estimated=_estimated(slots),
        load_factor=answered(
            lambda: load_factor_of(slots, load.contract_power_kw), _gates("load_factor", slots)
        ),
        base=answered(lambda: base_load_of(slots), _gates("base_load", slots)),
        trend=answered(lambda: base_trend(slots), _gates("base_trend", slots)),
        minima_kw=tuple(None if np.isnan(kw) else float(kw) for kw in minima),
        typical=typical_days(slots, load.day_kinds),
        weekdays=weekday_overlay(slots),
        duration=answered(lambda: duration_curve(slots), _gates("duration", slots)),
    )


def operating_in(site: SiteSettings, load: SiteLoad) -> Bools | None:
    """Which half hours operate, as the findings see it: declared, else found; None if neither."""
    day_of, dates = day_numbers(index_of(load.slots))
    kinds = kinds_of(dates, load.day_kinds)[day_of]
    return operating_of(load.slots, load.day_kinds, kinds, Plant.of(site))


def working_of(site: SiteSettings, load: SiteLoad, runs: Bools | None) -> Working:
    """Hours found and declared, standby, closed days, lunch break and starts."""
    slots, kinds = load.slots, load.day_kinds
    hours, lunch = declared(site.calendar.hours), declared(site.calendar.lunch)
    operating = _gates("operating", slots)
    return Working(
        declared=site.calendar.hours or "",
        week=answered(lambda: operating_week(slots, kinds), operating),
        compared=answered(lambda: compare_operating(slots, kinds, hours), operating),
        standby=answered(lambda: standby_of(slots, required(runs)), _gates("standby", slots)),
        closed=answered(
            lambda: closed_day_load(slots, kinds),
            gates_for("closed_day_load", slots, kinds, CLOSED),
        ),
        lunch=answered(lambda: _lunch(load, lunch), _gates("base_load", slots)),
        starts=answered(lambda: start_up_peaks(slots), operating),
        together=simultaneous_starts(load.circuits)[:5],
    )


def required(runs: Bools | None) -> Bools:
    """The mask. Raises ``ValueError`` where the plant's hours are not known."""
    if runs is None:
        raise ValueError("the plant's hours are not known: declare [sites.calendar] hours")
    return runs


def declared(text: str | None) -> DeclaredHours | None:
    """Hours of the settings, such as 08:00-17:00; 24:00 is the end of the day."""
    if text is None:
        return None
    first, end = (at.strip() for at in text.split("-"))
    return DeclaredHours(_clock(first), _clock(end))


def _clock(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    return time(hour % 24, minute)


def _lunch(load: SiteLoad, lunch: DeclaredHours | None) -> LunchIdle:
    found = lunch_idle(load.slots, load.day_kinds, lunch)
    if found is None:
        raise ValueError("no lunch break shows in the load")
    return found


def _gates(analysis: str, slots: pd.DataFrame) -> tuple[Gate, ...]:
    return gates_for(analysis, slots)


def _estimated(slots: pd.DataFrame) -> Bools:
    """Which cells of the day grid hold a half hour that was bridged."""
    grid = day_grid(slots)
    kwh = np.nan_to_num(np.asarray(slots["kwh"], dtype=np.float64))
    bridged = np.nan_to_num(np.asarray(slots["estimated_kwh"], dtype=np.float64))
    found = np.zeros(grid.kw.shape, dtype=np.bool_)
    found[grid.day_of, grid.slot_of] |= bridged > ESTIMATED_SHARE * np.abs(kwh)
    return found
