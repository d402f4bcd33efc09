"""What every store promises: one suite, run on each of them.

A new backend is added to the fixture ``backend`` in ``conftest.py`` and passes this file as it is.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import pytest

from collector import storage
from collector.config import StoreSettings
from collector.errors import RetryLaterError
from collector.storage.port import ReadingStore
from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading
from tests.collector.storage.backends import KINDS, Backend
from tests.collector.storage.samples import END, ENERGY, POWER, T0, reading, series, total


def test_every_kind_of_store_is_under_this_suite() -> None:
    """The table of stores, the settings and this suite name the same kinds."""
    kinds = get_args(StoreSettings.model_fields["kind"].annotation)
    assert set(kinds) == set(storage.STORES) == set(KINDS)


def test_an_empty_store_answers_with_nothing(store: ReadingStore) -> None:
    """Before the first reading there is nothing, and that is no error."""
    assert list(store.meters()) == []
    assert list(store.read_series("sendai", "main", POWER, T0, END)) == []
    assert store.last_before("sendai", "main", POWER, END) is None
    assert store.first_from("sendai", "main", POWER, T0) is None
    assert store.count_readings("sendai", "main", T0, END) == 0
    assert list(store.read_totals("sendai", "main", "1d", T0, END)) == []


def test_writing_nothing_is_fine(store: ReadingStore) -> None:
    """An empty batch is stored at once."""
    assert list(store.write_readings([])) == []
    store.write_totals([])


def test_check_may_be_repeated(store: ReadingStore) -> None:
    """A second check changes nothing and takes nothing away."""
    store.write_readings([reading(0)])
    store.check()
    assert store.count_readings("sendai", "main", T0, END) == 1


def test_samples_come_in_order_of_time_to_the_millisecond(store: ReadingStore) -> None:
    """Whatever the order of writing, a series is sorted, and neighbours 1 ms apart stay two."""
    store.write_readings([reading(at, {POWER: float(at)}) for at in (2000, 1, 0, 999, 1000)])
    assert series(store, POWER) == [(at, float(at)) for at in (0, 1, 999, 1000, 2000)]


def test_ranges_include_their_start_and_exclude_their_end(store: ReadingStore) -> None:
    """Half-open ranges lie side by side without overlap."""
    store.write_readings([reading(at) for at in (0, 10, 20)])
    found = store.read_series("sendai", "main", POWER, T0 + 10, T0 + 20)
    assert [at_ms - T0 for at_ms, _ in found] == [10]
    assert store.count_readings("sendai", "main", T0, T0 + 20) == 2
    assert store.count_readings("sendai", "main", T0 + 20, T0 + 20) == 0


def test_ranges_may_reach_beyond_all_time(store: ReadingStore) -> None:
    """From the beginning to the end of time is a range like any other."""
    store.write_readings([reading(0)])
    store.write_totals([total(0)])
    assert len(store.read_series("sendai", "main", POWER, -(2**70), 2**70)) == 1
    assert store.count_readings("sendai", "main", -(2**63), 2**63) == 1
    assert list(store.read_totals("sendai", "main", "30m", -1, 2**63)) == [total(0)]
    assert store.last_before("sendai", "main", POWER, 2**70) == (T0, 1.0)
    assert store.first_from("sendai", "main", POWER, -(2**70)) == (T0, 1.0)
    assert store.last_before("sendai", "main", POWER, -5) is None


def test_writing_the_same_again_changes_nothing(store: ReadingStore) -> None:
    """At-least-once on the wire is exactly one point in the store."""
    batch = [reading(at, {POWER: 5.0, ENERGY: 100.0 + at}) for at in range(50)]
    for _ in range(3):
        assert list(store.write_readings(batch)) == []
    assert store.count_readings("sendai", "main", T0, END) == 50
    assert series(store, ENERGY) == [(at, 100.0 + at) for at in range(50)]


def test_a_rewrite_replaces_named_values_and_keeps_the_others(store: ReadingStore) -> None:
    """Two halves of a poll make one whole reading."""
    store.write_readings([reading(0, {POWER: 1.0, ENERGY: 10.0})])
    store.write_readings([reading(0, {POWER: 2.0, "frequency_hz": 50.0})])
    assert series(store, POWER) == [(0, 2.0)]
    assert series(store, ENERGY) == [(0, 10.0)]
    assert series(store, "frequency_hz") == [(0, 50.0)]
    assert store.count_readings("sendai", "main", T0, END) == 1


def test_within_a_batch_the_later_of_two_wins(store: ReadingStore) -> None:
    """A point that comes twice in a batch ends as it would in two batches."""
    store.write_readings(
        [
            reading(0, {POWER: 1.0}),
            reading(0, {POWER: 2.0, ENERGY: 7.0}),
            reading(5, {POWER: 9.0}),
            reading(0, {POWER: 3.0}),
        ]
    )
    assert series(store, POWER) == [(0, 3.0), (5, 9.0)]
    assert series(store, ENERGY) == [(0, 7.0)]


def test_points_with_different_values_are_counted_once_each(store: ReadingStore) -> None:
    """A reading counts whichever of its values it has."""
    store.write_readings(
        [reading(0), reading(1, {ENERGY: 1.0}), reading(2, {POWER: 1.0, ENERGY: 2.0})]
    )
    assert store.count_readings("sendai", "main", T0, END) == 3


def test_neighbours_of_an_instant(store: ReadingStore) -> None:
    """The newest before is strictly before; the oldest from includes the instant itself."""
    store.write_readings([reading(at, {ENERGY: float(at)}) for at in (0, 10, 20)])
    assert store.last_before("sendai", "main", ENERGY, T0 + 10) == (T0, 0.0)
    assert store.last_before("sendai", "main", ENERGY, T0 + 11) == (T0 + 10, 10.0)
    assert store.first_from("sendai", "main", ENERGY, T0 + 10) == (T0 + 10, 10.0)
    assert store.first_from("sendai", "main", ENERGY, T0 + 11) == (T0 + 20, 20.0)
    assert store.last_before("sendai", "main", ENERGY, T0) is None
    assert store.first_from("sendai", "main", ENERGY, T0 + 21) is None


def test_neighbours_skip_points_without_the_quantity(store: ReadingStore) -> None:
    """A reading that lacks the quantity is not its neighbour."""
    store.write_readings(
        [reading(0, {ENERGY: 1.0}), reading(1), reading(3), reading(4, {ENERGY: 2.0})]
    )
    assert store.last_before("sendai", "main", ENERGY, T0 + 4) == (T0, 1.0)
    assert store.first_from("sendai", "main", ENERGY, T0 + 1) == (T0 + 4, 2.0)


def test_meters_are_listed_once_sorted_and_only_with_readings(store: ReadingStore) -> None:
    """A meter is known by its readings; totals alone, of sums, make none."""
    store.write_totals([replace(total(0), meter="_site")])
    for site, meter in (("b", "2"), ("a", "9"), ("b", "1"), ("b", "2")):
        store.write_readings([reading(0, None, meter, site)])
    assert list(store.meters()) == [("a", "9"), ("b", "1"), ("b", "2")]


def test_meters_do_not_mix(store: ReadingStore) -> None:
    """The same meter name at two sites is two meters."""
    store.write_readings([reading(0, {POWER: 1.0}), reading(0, {POWER: 2.0}, "main", "osaka")])
    store.write_readings([reading(0, {POWER: 3.0}, "sub")])
    assert series(store, POWER) == [(0, 1.0)]
    assert store.read_series("osaka", "main", POWER, T0, END) == [(T0, 2.0)]
    assert store.count_readings("osaka", "sub", T0, END) == 0


AWKWARD = (
    "第1工場 プレス",
    "a b,c=d",
    'it\'s "quoted"',
    "back\\slash, and\\=more",
    "$site; DROP TABLE reading --",
    "' OR '1'='1",
    "#",
    "é e\u0301 \u2028 \u0085",
    "😀",
    "x" * 256,
)


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_come_back_as_they_are(store: ReadingStore, name: str) -> None:
    """No name needs to know which language the store speaks."""
    store.write_readings([Reading(name, f"m{name}"[:256], T0, {POWER: 4.0})])
    store.write_totals([replace(total(0), site=name, meter=name)])
    assert list(store.meters()) == [(name, f"m{name}"[:256])]
    assert store.read_series(name, f"m{name}"[:256], POWER, T0, END) == [(T0, 4.0)]
    assert store.count_readings(name, f"m{name}"[:256], T0, END) == 1
    assert list(store.read_totals(name, name, "30m", T0, END)) == [
        replace(total(0), site=name, meter=name)
    ]


REFUSED = {
    "an unknown quantity": reading(0, {"bogus_kwh": 1.0}),
    "NaN": reading(0, {POWER: math.nan}),
    "an infinite value": reading(0, {POWER: 1.0, ENERGY: math.inf}),
    "a text": reading(0, {POWER: "5"}),  # type: ignore[dict-item]
    "a number beyond all floats": reading(0, {POWER: 10**400}),
    "no values": Reading("sendai", "main", T0, {}),
    "an empty name": reading(0, None, ""),
    "a name of two lines": reading(0, None, "main\nreading,meter=x y=1"),
    "a name that ends in a backslash": reading(0, None, "main\\"),
    "half a surrogate pair": reading(0, None, "\ud800"),
    "too long a name": reading(0, None, "x" * 257),
    "an instant before 1970": Reading("sendai", "main", -1, {POWER: 1.0}),
    "an instant beyond 2199": Reading("sendai", "main", 2**62, {POWER: 1.0}),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_poison_reading_is_refused_with_its_reason_and_the_rest_is_stored(
    store: ReadingStore, fault: str
) -> None:
    """One bad reading never holds up the good ones around it."""
    poison = REFUSED[fault]
    good = [reading(at, {POWER: float(at)}, "good") for at in range(20)]
    refused = store.write_readings([*good[:7], poison, *good[7:]])
    assert [item.reading for item in refused] == [poison]
    assert refused[0].reason
    assert len(series(store, POWER, "good")) == 20
    assert list(store.meters()) == [("sendai", "good")]


def test_the_reason_names_the_unknown_quantity(store: ReadingStore) -> None:
    """The reason tells what to do about it."""
    (refused,) = store.write_readings([reading(0, {"bogus_kwh": 1.0, POWER: 1.0})])
    assert "bogus_kwh" in refused.reason
    assert "update the collector" in refused.reason


def test_a_series_of_an_unknown_quantity_is_empty(store: ReadingStore) -> None:
    """A quantity nobody has heard of has no samples, and is no way into the query."""
    store.write_readings([reading(0)])
    for name in ("bogus_kwh", 'x" FROM reading --', "at_ms"):
        assert list(store.read_series("sendai", "main", name, T0, END)) == []
        assert store.last_before("sendai", "main", name, END) is None
        assert store.first_from("sendai", "main", name, T0) is None


def test_every_quantity_of_the_contract_is_stored(store: ReadingStore) -> None:
    """A full reading comes back in full."""
    values = {name: float(index) for index, name in enumerate(QUANTITIES)}
    store.write_readings([reading(0, values)])
    found = {name: series(store, name) for name in QUANTITIES}
    assert found == {name: [(0, value)] for name, value in values.items()}


def test_a_batch_of_20000_readings(store: ReadingStore) -> None:
    """A long backfill goes in as one call and comes back whole."""
    batch = [
        reading(at * 1000, {POWER: at / 7, ENERGY: float(at)}, meter)
        for at in range(10_000)
        for meter in ("one", "two")
    ]
    assert list(store.write_readings(batch)) == []
    assert store.count_readings("sendai", "two", T0, END) == 10_000
    assert series(store, POWER, "one") == [(at * 1000, at / 7) for at in range(10_000)]


def test_what_is_away_raises_retry_later_and_nothing_is_lost(
    backend: Backend, store: ReadingStore
) -> None:
    """While the place is away a write says so; written again afterwards, all is there once."""
    batch = [reading(at) for at in range(100)]
    store.write_readings(batch[:50])
    with backend.away():
        with pytest.raises(RetryLaterError) as caught:
            store.write_readings(batch)
        with pytest.raises(RetryLaterError):
            store.write_totals([total(0)])
        with pytest.raises(RetryLaterError):
            store.check()
    assert caught.value.hint
    assert list(store.write_readings(batch)) == []
    store.write_totals([total(0)])
    assert [at for at, _ in series(store, POWER)] == list(range(100))
    assert list(store.read_totals("sendai", "main", "30m", T0, END)) == [total(0)]


def test_a_store_opened_again_holds_everything(backend: Backend, store: ReadingStore) -> None:
    """Closing loses nothing, may be done twice, and the next store goes on where it ended."""
    store.write_readings([reading(0), reading(1, None, "sub")])
    store.write_totals([total(0), total(1, co2_kg=None)])
    store.close()
    store.close()
    again = backend.open()
    again.check()
    again.write_readings([reading(2)])
    assert list(again.meters()) == [("sendai", "main"), ("sendai", "sub")]
    assert [at for at, _ in series(again, POWER)] == [0, 2]
    found = again.read_totals("sendai", "main", "30m", T0, END)
    assert list(found) == [total(0), total(1, co2_kg=None)]
    again.close()
