"""What every store promises of rows other than readings and totals: run on each of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from collector.errors import StopError
from collector.storage.port import ReadingStore, Row
from collector.storage.schema import OPTIONAL_ROW_FIELDS, ROW_FIELDS
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


def bare(one: Row) -> Row:
    """The row without any field that may be absent."""
    optional = OPTIONAL_ROW_FIELDS[one.measurement]
    return replace(one, fields={k: v for k, v in one.fields.items() if k not in optional})


@pytest.mark.parametrize("measurement", sorted(OPTIONAL_ROW_FIELDS))
def test_a_rewritten_row_leaves_no_stale_figure(store: ReadingStore, measurement: str) -> None:
    """What a row comes without is absent, whatever an earlier row of its instant had."""
    whole = [row(number, measurement) for number in range(4)]
    store.write_rows([bare(whole[0])])
    assert read(store, measurement) == [bare(whole[0])]
    store.write_rows(whole)
    assert read(store, measurement) == whole
    store.write_rows([bare(whole[1]), bare(whole[2])])
    assert read(store, measurement) == [whole[0], bare(whole[1]), bare(whole[2]), whole[3]]
    store.write_rows([whole[2]])
    assert read(store, measurement) == [whole[0], bare(whole[1]), *whole[2:]]


def test_one_figure_less_takes_only_its_own_row(store: ReadingStore) -> None:
    """Rows between, and the same instants of other meters, keep their figures."""
    rows = [row(number, "day_figures") for number in range(3)]
    others = [replace(one, meter="_other") for one in rows]
    store.write_rows([*rows, *others])
    less = replace(rows[1], fields={k: v for k, v in rows[1].fields.items() if k != "base_kw"})
    store.write_rows([less])
    assert read(store, "day_figures") == [rows[0], less, rows[2]]
    assert list(store.read_rows("day_figures", "jp-05", "_other", T0, END)) == others


def test_of_a_row_that_comes_twice_the_later_one_stands(store: ReadingStore) -> None:
    """Also where the later one has fewer figures."""
    whole = row(0, "day_figures")
    store.write_rows([whole, bare(whole)])
    assert read(store, "day_figures") == [bare(whole)]


@pytest.mark.parametrize("measurement", sorted(OPTIONAL_ROW_FIELDS))
def test_every_row_has_a_field_that_is_always_there(measurement: str) -> None:
    """A point without any field cannot be written; every optional field is a field."""
    fields, optional = ROW_FIELDS[measurement].keys(), OPTIONAL_ROW_FIELDS[measurement]
    assert optional < fields


@pytest.mark.parametrize(
    "wrong",
    [
        replace(row(0), measurement="nothing"),
        replace(row(0), fields={"g_per_kwh": 1.0}),
        row(0, g_per_kwh=math.nan),
        row(0, g_per_kwh="many"),
        row(0, source=1.0),
        replace(row(0), at_ms=-1),
        replace(row(0, "day_figures"), fields={"base_kw": 1.0}),
        row(0, "day_figures", nothing=1.0),
        row(0, "day_figures", base_kw=math.inf),
        row(0, "month_figures", peak_at=1.0),
    ],
    ids=[
        *("measurement", "fields", "nan", "text", "number", "instant"),
        *("required", "unknown", "optional nan", "optional number"),
    ],
)
def test_a_row_that_is_no_figure_is_a_fault_of_ours(store: ReadingStore, wrong: Row) -> None:
    """Nothing of the batch is stored."""
    with pytest.raises(StopError, match="cannot be stored"):
        store.write_rows([row(1), wrong])
    assert read(store) == []
