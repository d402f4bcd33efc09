"""Energy per unit produced, against the line of last year's days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from math import fsum

from collector.figures.day_load import WHOLE_FROM
from collector.figures.plant import A_DAY, FigurePlant
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import INTENSITY_1D, INTENSITY_1MO
from collector.storage.port import Row
from collector.storage.schema import AMOUNT_MEASUREMENTS
from collector.tariffs.series import months_on

LEAST_DAYS = 10
"""Fewer days make no line (reference: analytics-reports 1.3, rule of thumb)."""
_MISSING = 1 - WHOLE_FROM
_YEAR_MONTHS = 12


@dataclass(frozen=True, slots=True)
class MadeDay:
    """What was made on a local day, and the energy (kWh) of the site."""

    day: date
    amount: float
    kwh: float


@dataclass(frozen=True, slots=True)
class Line:
    """Energy of a day = ``fixed_kwh`` + ``kwh_per_unit`` x amount."""

    fixed_kwh: float
    kwh_per_unit: float

    def expected_kwh(self, amount: float) -> float:
        """The day's energy by the line."""
        return self.fixed_kwh + self.kwh_per_unit * amount


def line_of(days: Sequence[MadeDay]) -> Line | None:
    """Least squares over days; None of fewer than ten, or where all made the same amount."""
    if len(days) < LEAST_DAYS:
        return None
    mean_x = fsum(one.amount for one in days) / len(days)
    mean_y = fsum(one.kwh for one in days) / len(days)
    spread = fsum((one.amount - mean_x) ** 2 for one in days)
    if spread <= 0:
        return None
    slope = fsum((one.amount - mean_x) * (one.kwh - mean_y) for one in days) / spread
    return Line(mean_y - slope * mean_x, slope)


def intensity_rows(plant: FigurePlant, meter: str, first: date) -> Iterator[Row]:
    """The rows of the fiscal year of ``first``, and of the next, whose line is fitted to it."""
    calendar = plant.calendar
    opened = date(calendar.fiscal_year_of(first), calendar.fiscal_year_starts, 1)
    for year in (opened, months_on(opened, _YEAR_MONTHS)):
        if year <= plant.today:
            yield from _year_rows(plant, meter, year)


def _year_rows(plant: FigurePlant, meter: str, year: date) -> Iterator[Row]:
    end = min(months_on(year, _YEAR_MONTHS), plant.today + A_DAY)
    days = _days(plant, meter, year, end)
    line = line_of(_days(plant, meter, months_on(year, -_YEAR_MONTHS), year)) or line_of(days)
    saved_kwh = 0.0
    for _, of_month in groupby(days, lambda one: (one.day.year, one.day.month)):
        held = list(of_month)
        for one in held:
            saved_kwh += line.expected_kwh(one.amount) - one.kwh if line else 0.0
            yield _row(plant, INTENSITY_1D, meter, one.day, [one], line, saved_kwh)
        first = held[0].day.replace(day=1)
        yield _row(plant, INTENSITY_1MO, meter, first, held, line, saved_kwh)


def _row(
    plant: FigurePlant,
    measurement: str,
    meter: str,
    first: date,
    days: Sequence[MadeDay],
    line: Line | None,
    saved_kwh: float,
) -> Row:
    amount, kwh = fsum(one.amount for one in days), fsum(one.kwh for one in days)
    fields: dict[str, float | str] = {"amount": amount, "kwh": kwh}
    if amount > 0:
        fields["kwh_per_unit"] = kwh / amount
    if line is not None:
        fields["expected_kwh"] = fsum(line.expected_kwh(one.amount) for one in days)
        fields["fixed_kwh"] = line.fixed_kwh * len(days)
        fields["cusum_kwh"] = saved_kwh
    start_ms = plant.window(first, first + A_DAY).start_ms
    return Row(measurement, plant.site, meter, start_ms, fields)


def _days(plant: FigurePlant, meter: str, first: date, end: date) -> list[MadeDay]:
    """The days on which both production and energy are known for 80 %."""
    span = plant.window(first, end)
    rows = plant.store.read_rows(
        *(AMOUNT_MEASUREMENTS["1d"], plant.site, meter), span.start_ms, span.end_ms
    )
    totals = plant.store.read_total_columns(
        *(plant.site, SITE_METER, "1d", ("kwh", "missing")), span.start_ms, span.end_ms
    )
    columns = zip(totals.start_ms, *totals.values.values(), strict=True)
    kwh = {at_ms: float(kwh) for at_ms, kwh, missing in _known(columns)}
    return [
        MadeDay(plant.calendar.date_of(row.at_ms), float(row.fields["amount"]), kwh[row.at_ms])
        for row in rows
        if row.at_ms in kwh and float(row.fields["missing"]) <= _MISSING
    ]


def _known(columns: Iterable[tuple[int, float, float]]) -> Iterator[tuple[int, float, float]]:
    return (one for one in columns if one[2] <= _MISSING)
