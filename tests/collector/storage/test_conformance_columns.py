"""What every store promises of readings that come as columns: the same as of single ones."""

from __future__ import annotations

import math
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.errors import RetryLaterError
from collector.storage.line_protocol import column_lines, reading_line
from collector.storage.port import Columns, ReadingStore
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading
from tests.collector.storage.backends import Backend
from tests.collector.storage.samples import END, ENERGY, POWER, T0, reading, series
from tests.collector.storage.test_conformance import AWKWARD

_fresh = count()
numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)


def columns(at: list[int], meter: str = "main", **values: list[float]) -> Columns:
    """Readings at these instants, counted from ``T0``."""
    return Columns("sendai", meter, [T0 + ms for ms in at], values)


def test_columns_are_stored_as_readings_are(store: ReadingStore) -> None:
    """Value by value, whole numbers too, and nothing before the write is called."""
    write = store.ready(
        [
            columns([0, 5], active_power_w=[1.5, 2], active_energy_import_wh=[7.0, 8.0]),
            columns([0], "sub", frequency_hz=[50.0]),
        ]
    )
    assert list(store.meters()) == []
    assert list(write()) == []
    assert series(store, POWER) == [(0, 1.5), (5, 2.0)]
    assert series(store, ENERGY) == [(0, 7.0), (5, 8.0)]
    assert series(store, "frequency_hz", "sub") == [(0, 50.0)]
    assert store.count_readings("sendai", "main", T0, END) == 2


def test_a_write_of_nothing_is_fine(store: ReadingStore) -> None:
    """An empty write stores nothing at once."""
    assert list(store.ready([])()) == []


def test_a_write_may_be_repeated(store: ReadingStore) -> None:
    """Called twice it leaves what it leaves when called once."""
    write = store.ready([columns([0, 1], active_power_w=[1.0, 2.0])])
    assert (list(write()), list(write())) == ([], [])
    assert store.count_readings("sendai", "main", T0, END) == 2


def test_of_a_point_that_comes_twice_the_later_wins(store: ReadingStore) -> None:
    """Within columns, between them, and whatever their first instants are."""
    write = store.ready(
        [
            columns([10, 10, 30], active_power_w=[1.0, 2.0, 3.0]),
            columns([0, 30], active_power_w=[9.0, 4.0], active_energy_import_wh=[5.0, 6.0]),
        ]
    )
    assert list(write()) == []
    assert series(store, POWER) == [(0, 9.0), (10, 2.0), (30, 4.0)]
    assert series(store, ENERGY) == [(0, 5.0), (30, 6.0)]


def test_every_quantity_fits_in_columns(store: ReadingStore) -> None:
    """A full reading comes back in full."""
    values = {name: [float(index)] for index, name in enumerate(QUANTITIES)}
    store.ready([Columns("sendai", "main", [T0], values)])()
    assert {name: series(store, name) for name in QUANTITIES} == {
        name: [(0, value[0])] for name, value in values.items()
    }


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_come_back_from_columns(store: ReadingStore, name: str) -> None:
    """No name needs to know which language the store speaks."""
    assert list(store.ready([Columns(name, name, [T0], {POWER: [4.0]})])()) == []
    assert store.read_series(name, name, POWER, T0, END) == [(T0, 4.0)]


POISON: dict[str, tuple[Columns, int]] = {
    "an unknown quantity": (columns([0, 1], bogus_kwh=[1.0, 2.0]), 2),
    "NaN": (columns([0, 1], active_power_w=[1.0, math.nan]), 1),
    "infinity": (columns([0, 1], active_power_w=[math.inf, 1.0]), 1),
    "a text": (columns([0, 1], active_power_w=["5", 1.0]), 1),  # type: ignore[list-item]
    "nothing": (columns([0, 1], active_power_w=[None, 1.0]), 1),  # type: ignore[list-item]
    "a list": (columns([0, 1], active_power_w=[[], 1.0]), 1),  # type: ignore[list-item]
    "a number beyond all floats": (columns([0, 1], active_power_w=[10**400, 1.0]), 1),
    "an instant before 1970": (Columns("sendai", "main", [-1, T0], {POWER: [1.0, 2.0]}), 1),
    "an instant beyond 2199": (Columns("sendai", "main", [T0, 2**62], {POWER: [1.0, 2.0]}), 1),
    "a name of two lines": (columns([0], "main\nreading,meter=x y=1", active_power_w=[1.0]), 1),
}


@pytest.mark.parametrize("fault", POISON)
def test_poison_in_a_column_is_refused_and_the_rest_is_stored(
    store: ReadingStore, fault: str
) -> None:
    """Only the readings at fault come back, each with its reason."""
    poison, faults = POISON[fault]
    good = columns([7, 8], "good", active_power_w=[7.0, 8.0])
    refused = store.ready([good, poison])()
    assert len(refused) == faults
    assert all(item.reason and item.reading.meter == poison.meter for item in refused)
    assert series(store, POWER, "good") == [(7, 7.0), (8, 8.0)]
    rest = len(poison.at_ms) - faults
    assert store.count_readings("sendai", poison.meter, T0, END) == rest


def test_a_long_backlog_of_columns(store: ReadingStore) -> None:
    """More than one request takes comes back whole."""
    at = list(range(0, 50_000, 2))
    parts = [
        columns(at[n : n + 500], active_power_w=[ms / 7 for ms in at[n : n + 500]])
        for n in range(0, len(at), 500)
    ]
    assert list(store.ready(parts)()) == []
    assert series(store, POWER) == [(ms, ms / 7) for ms in at]


def test_a_write_while_the_store_is_away_may_be_called_again(
    backend: Backend, store: ReadingStore
) -> None:
    """Made ready before or meanwhile, it says that the store is away, and stores later."""
    store.write_readings([reading(0, None, "other")])
    write = store.ready([columns([0, 1], active_power_w=[1.0, 2.0])])
    with backend.away(), pytest.raises(RetryLaterError):
        write()
    assert list(write()) == []
    assert series(store, POWER) == [(0, 1.0), (1, 2.0)]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(st.integers(0, 10**9), numbers, numbers), min_size=1, max_size=8))
def test_any_number_and_instant_survive_in_columns(
    store: ReadingStore, rows: list[tuple[int, float, float]]
) -> None:
    """What goes in comes out, to the last bit of the number."""
    meter = f"any-{next(_fresh)}"
    at, power, energy = (list(column) for column in zip(*rows, strict=True))
    whole = columns(at, meter, active_power_w=power, active_energy_import_wh=energy)
    assert list(store.ready([whole])()) == []
    last = dict(sorted({ms: (float(w), float(wh)) for ms, w, wh in rows}.items()))
    found = store.read_series("sendai", meter, POWER, T0, T0 + 10**9 + 1)
    assert found == [(T0 + ms, w) for ms, (w, _) in last.items()]
    found = store.read_series("sendai", meter, ENERGY, T0, T0 + 10**9 + 1)
    assert found == [(T0 + ms, wh) for ms, (_, wh) in last.items()]


@given(values=st.lists(numbers, min_size=1, max_size=9))
def test_column_lines_say_what_reading_lines_say(values: list[float]) -> None:
    """Series, names, instants and numbers are the same, however a number is written."""
    whole = columns(list(range(len(values))), "a b", active_power_w=values, frequency_hz=values)
    lines = column_lines(whole)
    assert lines is not None
    assert [_read(line) for line in lines.splitlines()] == [
        _read(reading_line(one)) for one in whole.readings()
    ]


def _read(line: str) -> tuple[str, dict[str, float], int]:
    series_text, fields, at_ms = line.rsplit(" ", 2)
    pairs = (field.split("=") for field in fields.split(","))
    return series_text, {name: float(text) for name, text in pairs}, int(at_ms)


def test_columns_are_their_readings() -> None:
    """One by one they are what was put together."""
    whole = columns([0, 5], active_power_w=[1.0, 2.0], frequency_hz=[50.0, 50.1])
    assert list(whole.readings()) == [
        Reading("sendai", "main", T0, {POWER: 1.0, "frequency_hz": 50.0}),
        Reading("sendai", "main", T0 + 5, {POWER: 2.0, "frequency_hz": 50.1}),
    ]
