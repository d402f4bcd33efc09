"""The demand of the running interval and what it will be at its end.

With T the interval's hours, t those elapsed, E the energy so far and P the mean power of the last
minutes: forecast = (E + P (T - t)) / T; to shed now = (forecast - target) T / (T - t). Analytics
reference 1.1. Energy comes from the counters of the incoming meters, judged and interpolated as
the totals are, so at the interval's end this is the total.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collector.figures.longer import contract_kw
from collector.figures.plant import FigurePlant
from collector.rollup.curve import EnergyCurve
from collector.rollup.energy import MILLI_WH_PER_KWH
from collector.rollup.periods import Window
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import DEMAND_NOW
from collector.storage.port import Row
from collector.summarise.evidence import Evidence
from collector.summarise.series import curve_of

RECENT_MS = 3 * 60_000
OLDEST_MS = 90_000
"""Readings older than this forecast nothing."""
MINUTE_MS = 60_000
HOUR_MS = 3_600_000
LEAST_LEFT_MS = 1_000
Fields = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Course:
    """An interval at the instant ``at_ms`` of the newest readings.

    ``elapsed_kwh`` so far, ``recent_kw`` the mean of the last minutes.
    """

    interval: Window
    at_ms: int
    elapsed_kwh: float
    recent_kw: float


def demand_fields(course: Course, target_kw: float | None) -> Fields:
    """Elapsed energy, present and forecast demand, and what to shed to keep the target."""
    whole_h = (course.interval.end_ms - course.interval.start_ms) / HOUR_MS
    left_h = max(course.interval.end_ms - course.at_ms, LEAST_LEFT_MS) / HOUR_MS
    forecast_kw = (course.elapsed_kwh + course.recent_kw * left_h) / whole_h
    found: Fields = {
        "elapsed_kwh": course.elapsed_kwh,
        "now_kw": course.recent_kw,
        "demand_kw": course.elapsed_kwh / whole_h,
        "forecast_kw": forecast_kw,
    }
    if target_kw is not None:
        found["shed_kw"] = (forecast_kw - target_kw) * whole_h / left_h
    return found


def demand_rows(plant: FigurePlant, evidence: Evidence) -> Iterator[Row]:
    """The row of this minute; none where the newest readings are too old to forecast with."""
    at_ms = plant.now_ms - plant.now_ms % MINUTE_MS
    interval = plant.calendar.slot(at_ms)
    curves = _curves(plant, evidence, Window(interval.start_ms - RECENT_MS, plant.now_ms))
    newest = [curve.at_ms[-1] if curve.at_ms else 0 for curve, _ in curves.values()]
    if not newest or plant.now_ms - min(newest) > OLDEST_MS:
        return
    course = _course(curves, interval, min(newest))
    contract, target = contract_kw(plant, plant.today), plant.settings.demand_target_kw
    fields = demand_fields(course, contract if target is None else target)
    fields |= {
        "left_s": (interval.end_ms - plant.now_ms) / 1000,
        "age_s": (plant.now_ms - min(newest)) / 1000,
    }
    powers = {"contract_kw": contract, "target_kw": target}
    fields |= {name: kw for name, kw in powers.items() if kw is not None}
    yield Row(DEMAND_NOW, plant.site, SITE_METER, at_ms, fields)


Curves = Mapping[str, tuple[EnergyCurve, int]]
"""By meter its curve, and how often it counts in the site's energy: -1 where subtracted."""


def _course(curves: Curves, interval: Window, at_ms: int) -> Course:
    # Readings just before the interval began say nothing of it yet.
    seen_ms = max(at_ms, interval.start_ms)
    begun_ms = max(at_ms - RECENT_MS, *(curve.at_ms[0] for curve, _ in curves.values()))
    recent_h = max(at_ms - begun_ms, 1) / HOUR_MS
    recent_kw = _kwh(curves, begun_ms, at_ms) / recent_h
    elapsed = _kwh(curves, interval.start_ms, at_ms) if at_ms > interval.start_ms else 0.0
    return Course(interval, seen_ms, elapsed, recent_kw)


def _kwh(curves: Curves, from_ms: int, to_ms: int) -> float:
    milli_wh = sum(
        times * (curve.energy_at(to_ms) - curve.energy_at(from_ms))
        for curve, times in curves.values()
    )
    return milli_wh / MILLI_WH_PER_KWH


def _curves(plant: FigurePlant, evidence: Evidence, span: Window) -> Curves:
    shape = plant.tree.on(plant.today)
    counted: dict[str, int] = {}
    for top in shape.top:
        for name, times in shape.made_of(top).items():
            counted[name] = counted.get(name, 0) + times
    meters = {meter.id: meter for meter in plant.settings.meters}
    return {
        name: (curve_of(plant.store, evidence, plant.site, meters[name], span), times)
        for name, times in counted.items()
        if times
    }
