"""Figures of months and fiscal years, of every meter; the site's own beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from math import fsum

from collector.accounts.targets import Path
from collector.figures.day_figures import Fields
from collector.figures.day_load import UNKNOWN_FROM
from collector.figures.periods import (
    CREEP_DAYS,
    DayBook,
    DayOfMeter,
    FigureSpan,
    period_fields,
)
from collector.figures.plant import A_DAY, FigurePlant
from collector.figures.target_path import co2_field, target_path
from collector.rollup.periods import Window
from collector.rollup.totals import SITE_METER
from collector.storage.figure_schema import DAY_FIGURES, FISCAL_FIGURES, MONTH_FIGURES
from collector.storage.port import Row
from collector.tariffs.series import months_on

_JAPAN = ("Asia/Tokyo", "Japan")
_YEAR_MONTHS = 12


@dataclass(frozen=True)
class LongerFigures:
    """Months and fiscal years of a site's meters from the first touched day on."""

    plant: FigurePlant

    def rows(self, meter: str, first: date) -> Iterator[Row]:
        """The rows of every month and fiscal year that stand on days from ``first`` on."""
        months, years = self._months(first), self._years(first)
        book = self._book(meter, min(months[0], years[0], first))
        for month in months:
            span = FigureSpan(month, months_on(month, 1), self._year_first(month))
            yield from self._row(MONTH_FIGURES, meter, book, span, month)
        for year in years:
            span = FigureSpan(year, months_on(year, _YEAR_MONTHS), year)
            last = min(months_on(year, _YEAR_MONTHS - 1), self.plant.today.replace(day=1))
            yield from self._row(FISCAL_FIGURES, meter, book, span, last)

    def _months(self, first: date) -> list[date]:
        # Sums since the fiscal year began are compared with until the next one ends.
        month, year = first.replace(day=1), self._year_first(first)
        last = min(self.plant.today.replace(day=1), months_on(year, 2 * _YEAR_MONTHS - 1))
        count = (last.year - month.year) * 12 + last.month - month.month + 1
        return [months_on(month, number) for number in range(max(count, 1))]

    def _years(self, first: date) -> list[date]:
        year = self._year_first(first)
        after = months_on(year, _YEAR_MONTHS)
        return [year, after] if after <= self.plant.today else [year]

    def _year_first(self, day: date) -> date:
        calendar = self.plant.calendar
        return date(calendar.fiscal_year_of(day), calendar.fiscal_year_starts, 1)

    def _book(self, meter: str, first: date) -> DayBook:
        plant = self.plant
        opened = min(self._year_first(first), first - CREEP_DAYS * A_DAY)
        end = plant.today + A_DAY
        then = months_on(opened.replace(day=1), -_YEAR_MONTHS)
        span, held = plant.window(then, end), plant.window(opened, end)
        rows = plant.store.read_rows(DAY_FIGURES, plant.site, meter, held.start_ms, held.end_ms)
        return DayBook(self._totals(meter, span, {row.at_ms: row.fields for row in rows}))

    def _totals(
        self, meter: str, span: Window, figures: Mapping[int, Mapping[str, float | str]]
    ) -> Iterator[DayOfMeter]:
        plant = self.plant
        names = ("kwh", "coverage", "missing", "peak_kw", self._co2_field)
        totals = plant.store.read_total_columns(
            *(plant.site, meter, "1d", names), span.start_ms, span.end_ms
        )
        columns = zip(totals.start_ms, *(totals.values[name] for name in names), strict=True)
        for at_ms, kwh, coverage, missing, peak_kw, kg in columns:
            if missing < 1:
                day = plant.calendar.date_of(at_ms)
                known = plant.of_passed(coverage, day)
                yield DayOfMeter(day, kwh, known, peak_kw, kg, figures.get(at_ms, {}))

    def _row(
        self, measurement: str, meter: str, book: DayBook, span: FigureSpan, month: date
    ) -> Iterator[Row]:
        plant = self.plant
        fields = period_fields(book, span, plant.settings.time_zone in _JAPAN)
        if fields is None:
            return
        days = book.between(span.first, span.end)
        fields["peak_at"] = self._peak_at(meter, days)
        if meter == SITE_METER:
            fields |= self._contract(days[-1].day) | self._twelve_months(month)
            fields |= self._carbon(book, span)
        yield Row(
            measurement, plant.site, meter, plant.window(span.first, span.end).start_ms, fields
        )

    def _peak_at(self, meter: str, days: Sequence[DayOfMeter]) -> str:
        plant = self.plant
        day = max(days, key=lambda one: one.peak_kw).day
        span = plant.window(day, day + A_DAY)
        found = plant.store.read_total_columns(
            *(plant.site, meter, plant.slot, ("kwh", "missing")), span.start_ms, span.end_ms
        )
        known = [
            (kwh, -at_ms)
            for at_ms, kwh, missing in zip(found.start_ms, *found.values.values(), strict=True)
            if float(missing or 0.0) <= UNKNOWN_FROM
        ]
        return local_text(plant, -max(known)[1] if known else span.start_ms)

    def _contract(self, day: date) -> Fields:
        settings = self.plant.settings
        found: Fields = {}
        if (kw := contract_kw(self.plant, day)) is not None:
            found["contract_kw"] = kw
        if settings.demand_target_kw is not None:
            found["target_kw"] = settings.demand_target_kw
        return found

    def _twelve_months(self, month: date) -> Fields:
        names = [months_on(month, -back) for back in range(_YEAR_MONTHS)]
        peaks = [self._billed_peaks.get(name) for name in names]
        known = [kw for kw in peaks if kw is not None]
        if peaks[0] is None:
            return {}
        earlier = [kw for kw in peaks[1:] if kw is not None]
        found: Fields = {"twelve_month_kw": max(known)}
        if earlier:
            found["new_peak"] = float(peaks[0] > max(earlier))
        return found

    @cached_property
    def _billed_peaks(self) -> dict[date, float]:
        """The highest interval of each billing month that is stored, by the month it is named."""
        plant = self.plant
        found = plant.store.read_total_columns(
            *(plant.site, SITE_METER, "1bm", ("peak_kw", "missing")), 0, plant.now_ms + 1
        )
        columns = zip(found.start_ms, *found.values.values(), strict=True)
        return {
            plant.calendar.billing_month_of(plant.calendar.date_of(at_ms)): float(kw or 0.0)
            for at_ms, kw, missing in columns
            if float(missing or 0.0) < 1
        }

    def _carbon(self, book: DayBook, span: FigureSpan) -> Fields:
        so_far = book.between(span.year_first, span.end)
        found: Fields = {}
        if (kg := _kg(so_far)) is not None:
            found["cum_co2_kg"] = kg
        last = book.year_before(so_far)
        if last is not None and (kg := _kg(last)) is not None:
            found["cum_co2_last_year_kg"] = kg
        if (kg := self._allowed_kg(span)) is not None:
            found["co2_target_kg"] = kg
        return found

    def _allowed_kg(self, span: FigureSpan) -> float | None:
        allowed = self._path.allowed_kg(span.year_first.year) if self._path else None
        if allowed is None:
            return None
        year_days = (months_on(span.year_first, _YEAR_MONTHS) - span.year_first).days
        return float(allowed) * (span.end - span.year_first).days / year_days

    @cached_property
    def _path(self) -> Path | None:
        return target_path(self.plant)

    @cached_property
    def _co2_field(self) -> str:
        return co2_field(self.plant.settings)


def contract_kw(plant: FigurePlant, day: date) -> float | None:
    """The contract power (kW) in force on a local day; None where none is set."""
    begun = [power for power in plant.settings.contract_powers if power.from_date <= day]
    if begun:
        return max(begun, key=lambda power: power.from_date).kw
    return plant.settings.contract_power_kw


def local_text(plant: FigurePlant, at_ms: int) -> str:
    """The instant as people at the site read it: ISO 8601 to the minute, without a zone."""
    at = datetime.fromtimestamp(at_ms / 1000, plant.settings.zone)
    return at.replace(tzinfo=None).isoformat(timespec="minutes")


def _kg(days: Sequence[DayOfMeter]) -> float | None:
    # Days without a factor leave the sum without one: a part must not look like a whole.
    kg = [one.co2_kg for one in days]
    return None if not kg or None in kg else fsum(one for one in kg if one is not None)
