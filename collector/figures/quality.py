"""Power quality of a half hour from a meter's momentary values."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import hypot
from statistics import fmean

from collector.figures.plant import FigurePlant
from collector.rollup.periods import SLOT_MS, Window
from collector.state.stale_figures import StaleDay
from collector.storage.figure_schema import POWER_QUALITY_30M
from collector.storage.port import Row, Sample

LINES = ("voltage_l1_l2_v", "voltage_l2_l3_v", "voltage_l3_l1_v")
PHASES = ("voltage_l1_v", "voltage_l2_v", "voltage_l3_v")
CURRENTS = ("current_l1_a", "current_l2_a", "current_l3_a")
VOLTAGES = (LINES, ("voltage_ll_avg_v",), PHASES, ("voltage_ln_avg_v",))
"""Sets of voltages, the one that tells most first."""
ACTIVE, REACTIVE, APPARENT = "active_power_w", "reactive_power_var", "apparent_power_va"
FACTOR, FREQUENCY = "power_factor", "frequency_hz"
QUANTITIES = (
    *(name for names in VOLTAGES for name in names),
    *CURRENTS,
    *(ACTIVE, REACTIVE, APPARENT, FACTOR, FREQUENCY),
)
RECENT_MS = 10 * 60_000
"""A half hour that ended no longer ago is looked at while its day still runs: two runs' time."""
Fields = dict[str, float | str]
Values = Mapping[str, Sequence[float]]
"""A half hour's values by quantity; none is empty."""


def quality_fields(values: Values) -> Fields | None:
    """The fields of ``POWER_QUALITY_30M``; None where there is none but the count."""
    found = _voltage(values) | _current(values) | _power_factor(values)
    if FREQUENCY in values:
        found["frequency_hz"] = fmean(values[FREQUENCY])
    if not found:
        return None
    return {"readings": float(max(len(column) for column in values.values()))} | found


def unbalance_percent(phases: Sequence[float]) -> float | None:
    """NEMA MG-1: 100 x largest deviation from the mean, over the mean; None without a load."""
    mean = fmean(phases)
    return 100 * max(abs(one - mean) for one in phases) / mean if mean > 0 else None


def _voltage(values: Values) -> Fields:
    names = next((names for names in VOLTAGES if all(n in values for n in names)), None)
    if names is None:
        return {}
    means = [fmean(values[name]) for name in names]
    found: Fields = {
        "voltage_v": fmean(means),
        "voltage_min_v": min(min(values[name]) for name in names),
        "voltage_max_v": max(max(values[name]) for name in names),
    }
    if len(means) == 3 and (percent := unbalance_percent(means)) is not None:
        found["voltage_unbalance_percent"] = percent
    return found


def _current(values: Values) -> Fields:
    if not all(name in values for name in CURRENTS):
        return {}
    percent = unbalance_percent([fmean(values[name]) for name in CURRENTS])
    return {} if percent is None else {"current_unbalance_percent": percent}


def _power_factor(values: Values) -> Fields:
    active = abs(fmean(values[ACTIVE])) if ACTIVE in values else None
    apparent = _apparent(values, active)
    if active is not None and apparent:
        return {"power_factor": min(active / apparent, 1.0)}
    if FACTOR in values:
        return {"power_factor": abs(fmean(values[FACTOR]))}
    return {}


def _apparent(values: Values, active: float | None) -> float | None:
    if APPARENT in values:
        return fmean(values[APPARENT])
    if REACTIVE in values and active is not None:
        return hypot(active, fmean(values[REACTIVE]))
    return None


def newly_over(plant: FigurePlant, marks: Iterable[StaleDay]) -> list[Window]:
    """The stretch of today that is touched and holds the end of a half hour just over.

    What comes later still is seen when the day is over: momentary values are many.
    """
    since_ms = plant.now_ms - RECENT_MS
    spans = (Window(max(mark.from_ms, since_ms), mark.to_ms) for mark in marks)
    return [span for span in spans if span.start_ms < span.end_ms]


def whole_days(plant: FigurePlant, marks: Iterable[StaleDay]) -> list[Window]:
    """The days that are over and of which readings changed, whole."""
    return [plant.calendar.day(mark.day_ms) for mark in marks if mark.from_ms < mark.to_ms]


def quality_rows(plant: FigurePlant, meter: str, spans: Sequence[Window]) -> Iterator[Row]:
    """The rows of the half hours that the stretches touch and that are over.

    Each stretch lies within one local day; the days are in order of time.
    """
    touched = [starts for span in spans if (starts := _starts(plant, span))]
    names = _sent(plant, meter, touched)
    for starts in touched if names else ():
        series = _series(plant, meter, names, starts)
        for start_ms in starts:
            fields = quality_fields(_within(series, start_ms))
            if fields is not None:
                yield Row(POWER_QUALITY_30M, plant.site, meter, start_ms, fields)


def _sent(plant: FigurePlant, meter: str, touched: Sequence[Sequence[int]]) -> list[str]:
    """The quantities that the meter sends in the half hours or between them."""
    if not touched:
        return []
    first_ms, end_ms = touched[0][0], touched[-1][-1] + SLOT_MS
    found = {name: plant.store.first_from(plant.site, meter, name, first_ms) for name in QUANTITIES}
    return [name for name, first in found.items() if first is not None and first[0] < end_ms]


def _starts(plant: FigurePlant, span: Window) -> list[int]:
    day = plant.calendar.day(span.start_ms)
    return [
        start_ms
        for start_ms in range(day.start_ms, day.end_ms, SLOT_MS)
        if span.start_ms < start_ms + SLOT_MS <= plant.now_ms and start_ms < span.end_ms
    ]


def _series(
    plant: FigurePlant, meter: str, names: Sequence[str], starts: Sequence[int]
) -> dict[str, Sequence[Sample]]:
    read, to_ms = plant.store.read_series, starts[-1] + SLOT_MS
    found = {name: read(plant.site, meter, name, starts[0], to_ms) for name in names}
    return {name: samples for name, samples in found.items() if samples}


def _within(series: Mapping[str, Sequence[Sample]], start_ms: int) -> Values:
    found = {}
    for name, samples in series.items():
        low = bisect_left(samples, (start_ms,))
        high = bisect_left(samples, (start_ms + SLOT_MS,))
        if low < high:
            found[name] = [value for _, value in samples[low:high]]
    return found
