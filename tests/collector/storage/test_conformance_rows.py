"""What every store promises of rows other than readings and totals: run on each of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from collector.errors import StopError
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import ROW_FIELDS
from tests.collector.storage.samples import END, T0


def row(number: int, measurement: str = "grid_intensity", **others: float | str) -> Row:
    """A row of the measurement at the half hour of this number, with a value in every field."""
    fields = {
        name: f"{name} of {number}" if kind is str else float(number)
        for name, kind in ROW_FIELDS[measurement].items()
    }
    return Row(measurement, "jp-05", "_grid", T0 + number * 1_800_000, fields | others)


def read(store: ReadingStore, measurement: str = "grid_intensity") -> list[Row]:
    """Every row of the measurement."""
    return list(store.read_rows(measurement, "jp-05", "_grid", T0, END))


@pytest.mark.parametrize("measurement", sorted(ROW_FIELDS))
def test_each_measurement_gives_back_what_was_written(
    store: ReadingStore, measurement: str
) -> None:
    """Numbers and text come back as they were, in order of time."""
    store.write_rows([row(number, measurement) for number in (2, 0, 1)])
    assert read(store, measurement) == [row(number, measurement) for number in range(3)]


def test_a_row_replaces_the_one_before_it(store: ReadingStore) -> None:
    """Writing again is harmless, and the newest figures stand."""
    store.write_rows([row(0), row(1)])
    store.write_rows([row(1, g_per_kwh=417.5, source="measured")])
    assert read(store) == [row(0), row(1, g_per_kwh=417.5, source="measured")]


def test_rows_of_others_are_left_alone(store: ReadingStore) -> None:
    """Site, meter and measurement keep rows apart; the range excludes its end."""
    other = replace(row(0), site="gb")
    store.write_rows([row(0), row(1), other])
    found = store.read_rows("grid_intensity", "gb", "_grid", T0, row(1).at_ms)
    assert list(found) == [other]
    assert list(store.read_rows("grid_intensity", "jp-05", "_grid", T0, row(1).at_ms)) == [row(0)]


def test_text_may_hold_anything(store: ReadingStore) -> None:
    """Quotes, commas and Japanese survive the store's own language."""
    odd = row(0, source='中部電力パワーグリッド "area", a=b \\ c')
    store.write_rows([odd])
    assert read(store) == [odd]


@pytest.mark.parametrize(
    "wrong",
    [
        replace(row(0), measurement="nothing"),
        replace(row(0), fields={"g_per_kwh": 1.0}),
        row(0, g_per_kwh=math.nan),
        row(0, g_per_kwh="many"),
        row(0, source=1.0),
        replace(row(0), at_ms=-1),
    ],
    ids=["measurement", "fields", "nan", "text", "number", "instant"],
)
def test_a_row_that_is_no_figure_is_a_fault_of_ours(store: ReadingStore, wrong: Row) -> None:
    """Nothing of the batch is stored."""
    with pytest.raises(StopError, match="cannot be stored"):
        store.write_rows([row(1), wrong])
    assert read(store) == []
