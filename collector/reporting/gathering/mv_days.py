"""A period's days for M&V: energy of one meter, and what each day stood under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from collector.accounts.span import Span
from collector.analysis.evidence import Evidence, evidence_of
from collector.analysis.gates import Gate, gates_for
from collector.analysis.observations import Conditions, daily_kwh, daily_temperature, points_of
from collector.analysis.typical_day import groups_of
from collector.frames import Store
from collector.reports.mv.data import Adjusted, DayPoint, Driver, Reach, Window
from collector.rollup.totals import SITE_METER


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Daily energy (kWh by naive midnight), its conditions, and what is known of its slots."""

    span: Span
    kwh: pd.Series[float]
    conditions: Conditions
    evidence: Evidence
    gates: tuple[Gate, ...]


def days_of(store: Store, site: str, circuit: str, span: Span) -> Days:
    """The days of the span of the circuit, of the whole site where it is ""."""
    slots = store.slots(site, circuit or SITE_METER, span.first, span.end)
    kwh = daily_kwh(slots)
    index = points_of(kwh)
    kinds = store.day_kinds(site, span.first, span.end)
    outside = store.temperature_c(site, span.first, span.end)
    celsius = None if outside is None else daily_temperature(outside).reindex(index)
    made = store.production(site, span.first, span.end)
    known = made is not None and not made.empty and bool(made.notna().to_numpy().any())
    conditions = Conditions(
        index,
        celsius,
        made.reindex(index) if made is not None and known else None,
        pd.Series(groups_of(index, kinds), index=index).astype(str),
    )
    return Days(span, kwh, conditions, evidence_of(slots), gates_for("savings", slots))


def window_of(days: Days, expected: pd.Series[float] | None) -> Window:
    """The days as the report tells them; ``expected`` is what the baseline expects of each."""
    points = tuple(_points(days, expected))
    return Window(
        days.span,
        int(days.kwh.notna().sum()),
        sum(point.used for point in points),
        days.evidence.coverage,
        days.evidence.estimated,
        points,
    )


def _points(days: Days, expected: pd.Series[float] | None) -> list[DayPoint]:
    under = days.conditions
    index = points_of(days.kwh)
    celsius = _values(under.temperature_c, index)
    made = under.production
    amounts = [] if made is None else [_values(made[name], index) for name in _products(under)]
    predicted = _values(expected, index)
    used = _values(days.kwh, index)
    return [
        DayPoint(
            day.date(),
            None if under.states is None else str(under.states.iloc[n]),
            celsius[n],
            tuple(column[n] for column in amounts),
            used[n],
            predicted[n],
        )
        for n, day in enumerate(index)
    ]


def _products(conditions: Conditions) -> list[str]:
    made = conditions.production
    return [] if made is None else [str(name) for name in made.columns]


def _values(series: pd.Series[float] | None, index: pd.DatetimeIndex) -> list[float | None]:
    if series is None:
        return [None] * len(index)
    values = np.asarray(series.reindex(index), dtype=np.float64).tolist()
    return [None if value != value else value for value in values]


def with_adjustments(window: Window, adjusted: tuple[Adjusted, ...]) -> Window:
    """The window with each adjustment spread evenly over its days."""
    by_day: dict[date, float] = {}
    for one in adjusted:
        length = (one.end - one.first).days
        for number in range(length):
            day = one.first + timedelta(days=number)
            by_day[day] = by_day.get(day, 0.0) + one.kwh / length
    days = (replace(point, adjusted_kwh=by_day.get(point.day, 0.0)) for point in window.days)
    return replace(window, days=tuple(days))


def reaches_of(
    before: Days, after: Days, drivers: tuple[Driver, ...], units: Mapping[str, str]
) -> tuple[Reach, ...]:
    """What the drivers of the model went over in both periods (days of known energy)."""
    found = []
    if "temperature" in drivers:
        found.append(_reach("temperature", "", "°C", before, after))
    if "production" in drivers:
        products = _products(before.conditions)
        found += [_reach("production", of, units.get(of, ""), before, after) for of in products]
    return tuple(found)


def _reach(driver: Driver, of: str, unit: str, before: Days, after: Days) -> Reach:
    seen, met = _driver(before, of), _driver(after, of)
    # The model has seen the days of known energy; it is asked about every day.
    seen = seen[before.kwh.notna()].dropna()
    met = met.dropna()
    one, other = _ends(seen), _ends(met)
    return Reach(driver, of, unit, one, other, len(seen), len(met), _beyond(one, met))


def _driver(days: Days, of: str) -> pd.Series[float]:
    under = days.conditions
    index = points_of(days.kwh)
    if of:
        made = under.production
        held = None if made is None or of not in made else made[of]
    else:
        held = under.temperature_c
    return pd.Series(np.nan, index=index) if held is None else held.astype(float).reindex(index)


def _ends(values: pd.Series[float]) -> tuple[float, float] | None:
    return None if values.empty else (float(values.min()), float(values.max()))


def _beyond(seen: tuple[float, float] | None, met: pd.Series[float]) -> int:
    if seen is None:
        return 0
    margin = 0.1 * (seen[1] - seen[0])
    return int(((met < seen[0] - margin) | (met > seen[1] + margin)).sum())
