"""Every store hands out all it holds, series by series and page by page."""

from __future__ import annotations

from collector.storage.figure_schema import FIGURE_FIELDS
from collector.storage.port import Point, ReadingStore, Row, Series
from collector.storage.schema import (
    COMPLETENESS_PARTS,
    READING,
    ROW_FIELDS,
    STALENESS,
    TOTAL_MEASUREMENTS,
)
from tests.collector.storage.samples import ENERGY, POWER, T0, full_total, reading, total


def _all(store: ReadingStore, series: Series, limit: int) -> list[Point]:
    found: list[Point] = []
    from_ms = 0
    while page := store.page(series, from_ms, limit):
        assert len(page) <= limit
        found += page
        last = page[-1]
        from_ms = (last.start_ms if hasattr(last, "start_ms") else last.at_ms) + 1
    return found


def test_an_empty_store_has_no_series(store: ReadingStore) -> None:
    """Nothing was written, nothing is handed out."""
    assert list(store.series()) == []
    assert list(store.page(Series(READING, "sendai", "main"), 0, 10)) == []


def test_readings_come_page_by_page(store: ReadingStore) -> None:
    """Each with the quantities it has, gaps of years between them or not."""
    written = [
        reading(0), reading(1, {POWER: 2.0, ENERGY: 7.5}), reading(86_400_000 * 900, {ENERGY: 8.0}),
        reading(86_400_000 * 900 + 1),
    ]  # fmt: skip
    store.write_readings([*written, reading(5, meter="press"), reading(5, site="東京, A=1")])
    one = Series(READING, "sendai", "main")
    assert list(store.series()) == [
        one, Series(READING, "sendai", "press"), Series(READING, "東京, A=1", "main"),
    ]  # fmt: skip
    for limit in (1, 3, 4, 100):
        assert _all(store, one, limit) == written


def test_totals_come_as_they_were_written(store: ReadingStore) -> None:
    """Of every period, with and without the fields that may be absent."""
    written = [full_total(0), total(1), total(2, None)]
    store.write_totals(written)
    (series,) = store.series()
    assert series == Series(TOTAL_MEASUREMENTS["30m"], "sendai", "main")
    assert _all(store, series, 2) == written


def test_rows_of_every_measurement_come_as_they_were_written(store: ReadingStore) -> None:
    """Also those of the figures made for boards, and those that are kept for days only."""
    written = [
        Row(name, "sendai", "_site", T0 + number * 1000, {
            field: "text, \"quoted\"\nnext line" if kind is str else float(n)
            for n, (field, kind) in enumerate(fields.items())
        })
        for name, fields in ROW_FIELDS.items()
        for number in range(2)
    ]  # fmt: skip
    store.write_rows(written)
    names = {series.measurement for series in store.series()}
    assert names == set(ROW_FIELDS) >= {STALENESS, COMPLETENESS_PARTS, *FIGURE_FIELDS}
    assert [point for series in store.series() for point in _all(store, series, 1)] == sorted(
        written, key=lambda row: (row.measurement, row.at_ms)
    )
