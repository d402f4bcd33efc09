"""What every store promises whatever it is given, and however many use it at once."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.errors import RetryLaterError, StopError
from collector.rollup.totals import Total
from collector.storage.port import ReadingStore
from edge_agent.contract.reading import Reading
from tests.collector.storage.samples import END, ENERGY, POWER, T0, reading, series, total

_fresh = count()

shared_store = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
"""Examples share one store; each works under a meter name of its own."""


names = st.text(
    st.one_of(
        st.sampled_from(",= \\\"'$#日本"),
        st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\x7f").filter(
            lambda character: ord(character) >= 0x20
        ),
    ),
    min_size=1,
    max_size=12,
).filter(lambda name: not name.endswith("\\"))
numbers = st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**53), 2**53))


@shared_store
@given(site=names, meter=names, value=numbers, at_ms=st.integers(0, 4_000_000_000_000))
def test_any_name_number_and_instant_survive(
    store: ReadingStore, site: str, meter: str, value: float, at_ms: int
) -> None:
    """What goes in comes out, to the last bit of the number."""
    meter = f"{next(_fresh)}{meter}"
    assert list(store.write_readings([Reading(site, meter, at_ms, {POWER: value})])) == []
    assert list(store.read_series(site, meter, POWER, 0, 2**60)) == [(at_ms, float(value))]
    assert (site, meter) in store.meters()


quantities = st.sampled_from([POWER, ENERGY, "frequency_hz"])
batches = st.lists(
    st.lists(
        st.tuples(st.integers(0, 6), st.dictionaries(quantities, numbers, min_size=1, max_size=3)),
        max_size=8,
    ),
    max_size=4,
)


@shared_store
@given(batches=batches, first=st.integers(0, 7), last=st.integers(0, 7))
def test_a_store_is_a_table_of_points(
    store: ReadingStore,
    batches: list[list[tuple[int, dict[str, float]]]],
    first: int,
    last: int,
) -> None:
    """Any sequence of writes leaves what a plain dictionary of points would hold."""
    meter = f"table-{next(_fresh)}"
    table: dict[int, dict[str, float]] = {}
    for batch in batches:
        store.write_readings([reading(at, values, meter) for at, values in batch])
        for at, values in batch:
            table.setdefault(at, {}).update(values)
    inside = [at for at in table if first <= at < last]
    assert store.count_readings("sendai", meter, T0 + first, T0 + last) == len(inside)
    for quantity in (POWER, ENERGY, "frequency_hz"):
        samples = sorted((T0 + at, v[quantity]) for at, v in table.items() if quantity in v)
        split = T0 + first
        before = [sample for sample in samples if sample[0] < split]
        after = [sample for sample in samples if sample[0] >= split]
        key = ("sendai", meter, quantity)
        assert list(store.read_series(*key, split, T0 + last)) == [
            sample for sample in after if sample[0] < T0 + last
        ]
        assert store.last_before(*key, split) == (before[-1] if before else None)
        assert store.first_from(*key, split) == (after[0] if after else None)


totals = st.builds(
    total,
    st.integers(0, 5),
    co2_kg=st.none() | st.floats(0, 1e9),
    kwh=st.floats(0, 1e12),
    provisional=st.sampled_from([0.0, 1.0]),
)


@shared_store
@given(batches=st.lists(st.lists(totals, max_size=8), max_size=4), text=st.text(max_size=20))
def test_the_last_writing_of_a_total_is_all_that_counts(
    store: ReadingStore, batches: list[list[Total]], text: str
) -> None:
    """Any sequence of rewrites leaves each total as it was written last, field for field."""
    meter = f"totals-{next(_fresh)}"
    last: dict[int, Total] = {}
    for batch in batches:
        named = [
            replace(t, meter=meter, factor_id=t.factor_id and f"{t.factor_id}{text}") for t in batch
        ]
        store.write_totals(named)
        last.update({t.start_ms: t for t in named})
    found = store.read_totals("sendai", meter, "30m", T0, END)
    assert list(found) == [last[start] for start in sorted(last)]


def _in_threads(jobs: Iterable[Iterator[None]]) -> None:
    """Run the jobs side by side to their end; raise the first error of any of them."""
    errors: list[BaseException] = []

    def run(job: Iterator[None]) -> None:
        try:
            for _ in job:
                pass
        except (AssertionError, StopError, RetryLaterError) as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_writers_and_readers_work_side_by_side(store: ReadingStore) -> None:
    """Readers see whole readings in order while others write, and every write arrives."""
    meters = ("one", "two", "three")

    def write(meter: str) -> Iterator[None]:
        for start in range(0, 2_000, 100):
            values = [
                (at, {POWER: float(at), ENERGY: float(at)}) for at in range(start, start + 100)
            ]
            assert list(store.write_readings([reading(at, v, meter) for at, v in values])) == []
            yield

    def read(meter: str) -> Iterator[None]:
        seen = 0
        for _ in range(30):
            found = series(store, POWER, meter)
            assert found == [(at, float(at)) for at in range(len(found))]
            assert len(found) >= seen
            seen = len(found)
            yield

    _in_threads([*map(write, meters), *map(read, meters)])
    assert [len(series(store, ENERGY, meter)) for meter in meters] == [2_000] * 3
