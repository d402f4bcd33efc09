"""What every store promises of totals: run on each of them."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from collector.errors import StopError
from collector.rollup.totals import PERIODS, Period
from collector.storage.port import ReadingStore
from collector.storage.schema import OPTIONAL_FIELDS
from tests.collector.storage.samples import END, T0, full_total, total


@pytest.mark.parametrize("period", PERIODS)
def test_totals_of_each_period_stand_apart(store: ReadingStore, period: Period) -> None:
    """A slot, a day, a month and a fiscal year may begin at the same instant."""
    store.write_totals([total(0, period=each, kwh=float(n)) for n, each in enumerate(PERIODS)])
    expected = [total(0, period=period, kwh=float(PERIODS.index(period)))]
    assert list(store.read_totals("sendai", "main", period, T0, END)) == expected


def test_totals_come_in_order_and_half_open(store: ReadingStore) -> None:
    """The start of a total decides whether it lies in the range."""
    store.write_totals([total(slot, kwh=float(slot)) for slot in (3, 0, 2, 1)])
    found = store.read_totals("sendai", "main", "30m", total(1).start_ms, total(3).start_ms)
    assert list(found) == [total(1, kwh=1.0), total(2, kwh=2.0)]


def test_a_total_without_co2_leaves_no_stale_figure(store: ReadingStore) -> None:
    """When the factor is taken away, the old CO2 does not survive beside the new energy."""
    store.write_totals([total(slot) for slot in range(6)])
    after = [total(slot, co2_kg=None if slot in (1, 2, 4) else 9.0, kwh=1.0) for slot in range(5)]
    store.write_totals(after)
    found = store.read_totals("sendai", "main", "30m", T0, END)
    assert list(found) == [*after, total(5)]


@pytest.mark.parametrize("field", OPTIONAL_FIELDS)
def test_no_optional_figure_outlives_its_rewrite(store: ReadingStore, field: str) -> None:
    """Whatever a total may be without: the old figure goes when the new total has none."""
    store.write_totals([full_total(0), full_total(1)])
    after = replace(full_total(0), **{field: None})  # type: ignore[arg-type]
    store.write_totals([after])
    assert list(store.read_totals("sendai", "main", "30m", T0, END)) == [after, full_total(1)]


def test_a_total_between_rewritten_ones_is_left_alone(store: ReadingStore) -> None:
    """Taking CO2 from slots 0 and 2 touches neither slot 1 nor another meter."""
    other = replace(total(0), meter="sub")
    store.write_totals([total(0), total(1), total(2), other])
    store.write_totals([total(0, co2_kg=None), total(2, co2_kg=None)])
    found = store.read_totals("sendai", "main", "30m", T0, END)
    assert list(found) == [total(0, co2_kg=None), total(1), total(2, co2_kg=None)]
    assert list(store.read_totals("sendai", "sub", "30m", T0, END)) == [other]


@pytest.mark.parametrize(
    "fault",
    [
        {"kwh": math.nan},
        {"co2_kg": math.inf},
        {"factor_id": "\ud800"},
        {"meter": ""},
        {"period": "1h"},
        {"start_ms": -1},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_a_total_that_is_no_figure_stops_the_writing(
    store: ReadingStore, fault: dict[str, object]
) -> None:
    """Arithmetic that went wrong never reaches a board, and nothing of its batch does."""
    broken = replace(total(1), **fault)  # type: ignore[arg-type]
    with pytest.raises(StopError) as caught:
        store.write_totals([total(0), broken])
    assert caught.value.hint
    assert list(store.read_totals("sendai", "main", "30m", T0, END)) == []


def test_columns_of_totals_say_what_the_totals_say(store: ReadingStore) -> None:
    """Years are read by the fields that are asked for, in order of time, absent values as None."""
    held = [full_total(0), total(1, co2_kg=None), total(2)]
    store.write_totals([held[2], held[0], held[1]])
    names = ("co2_kg", "kwh", "reactive_kvarh", "factor_id", "missing")
    found = store.read_total_columns("sendai", "main", "30m", names, T0, END)
    assert list(found.start_ms) == [each.start_ms for each in held]
    assert list(found.values) == list(names)
    for name in names:
        assert list(found.values[name]) == [getattr(each, name) for each in held]


def test_columns_are_half_open_and_of_one_meter(store: ReadingStore) -> None:
    """The range excludes its end, other meters stay out, and nothing is an empty column."""
    store.write_totals([total(slot) for slot in range(4)] + [total(1, meter="press")])
    first, last = total(1).start_ms, total(3).start_ms
    found = store.read_total_columns("sendai", "main", "30m", ("kwh",), first, last)
    assert list(found.start_ms) == [first, total(2).start_ms]
    nothing = store.read_total_columns("sendai", "main", "1d", ("kwh", "co2_kg"), T0, END)
    assert (list(nothing.start_ms), list(nothing.values["kwh"])) == ([], [])
    only_absent = store.read_total_columns("sendai", "main", "30m", ("energy_cost",), T0, END)
    assert list(only_absent.values["energy_cost"]) == [None] * 4
