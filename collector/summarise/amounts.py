"""Amounts of other media (gas, water, pieces) as the totals they are computed as, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.rollup.periods import Window
from collector.rollup.totals import Period, Total
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import AMOUNT_MEASUREMENTS

PER_KILO = 1000
"""A total counts thousands of the unit, as kWh are thousands of Wh."""


def write_amounts(store: ReadingStore, totals: Iterable[Total], units: Mapping[str, str]) -> None:
    """Store totals of other media as amounts in the meters' units."""
    rows = [_row(total, units.get(total.meter, "")) for total in totals]
    if rows:
        store.write_rows(rows)


def read_amounts(
    store: ReadingStore, site: str, meter: str, period: Period, span: Window
) -> Iterator[Total]:
    """The stored amounts of a stretch, as totals."""
    measurement = AMOUNT_MEASUREMENTS[period]
    for row in store.read_rows(measurement, site, meter, span.start_ms, span.end_ms):
        number = {name: float(value) for name, value in row.fields.items() if name != "unit"}
        yield Total(
            site,
            meter,
            period,
            row.at_ms,
            kwh=number["amount"] / PER_KILO,
            estimated_kwh=number["estimated_amount"] / PER_KILO,
            coverage=number["coverage"],
            peak_kw=number["peak_per_h"] / PER_KILO,
            missing=number["missing"],
        )


def _row(total: Total, unit: str) -> Row:
    fields: dict[str, float | str] = {
        "amount": total.kwh * PER_KILO,
        "estimated_amount": total.estimated_kwh * PER_KILO,
        "coverage": total.coverage,
        "missing": total.missing,
        "peak_per_h": total.peak_kw * PER_KILO,
        "unit": unit,
    }
    measurement = AMOUNT_MEASUREMENTS[total.period]
    return Row(measurement, total.site, total.meter, total.start_ms, fields)
