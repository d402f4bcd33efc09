"""Files taken in as series, and taken back: ledger, counter, what stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.errors import CollectorError
from collector.imports.slots import Slot, SlotFile
from collector.imports.taking_in import Origin, SeriesKey, Shelf, counter, standing
from collector.state.database import StateDatabase
from collector.state.imported import ImportLedger
from edge_agent.contract.reading import Reading
from tests.collector.memory_store import MemoryDirty, MemoryStore

KEY = SeriesKey("sendai", "grid", "active_energy_import_wh")
SLOT_MS = 1_800_000


def slot(number: int, milli_wh: int = 1_000_000, length: int = 1) -> Slot:
    """Some half hours from the one of that number since 1970 on."""
    return Slot(number * SLOT_MS, (number + length) * SLOT_MS, milli_wh, number + 2)


def file(*slots: Slot) -> SlotFile:
    """A file of slots."""
    return SlotFile("file.csv", slots)


def origin(digest: str = "a", at_ms: int = 1) -> Origin:
    """Where a file comes from."""
    return Origin("file.csv", digest, "half-hours", "sato", at_ms)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A store in memory, and a real ledger."""
    database = StateDatabase(tmp_path / "state.sqlite")
    yield Shelf(MemoryStore(), ImportLedger(database), MemoryDirty())
    database.close()


def series(shelf: Shelf) -> Sequence[tuple[int, float]]:
    """The counter that the store holds, by number of its half hour."""
    held = shelf.store.read_series(*(KEY.site, KEY.meter, KEY.quantity), 0, 2**52)
    return [(at_ms // SLOT_MS, value) for at_ms, value in held]


def windows(shelf: Shelf) -> list[tuple[int, int]]:
    """The stretches to recompute, in half hours, each once."""
    assert isinstance(shelf.dirty, MemoryDirty)
    found = {(w.from_ms // SLOT_MS, (w.to_ms - 1) // SLOT_MS) for w in shelf.dirty.pending()}
    shelf.dirty.clear(shelf.dirty.pending())
    return sorted(found)


def test_file_becomes_a_counter(shelf: Shelf) -> None:
    """The counter begins at zero, rises by each slot and stands still over holes."""
    taken = shelf.take_in(KEY, file(slot(10), slot(11, 500_000), slot(15)), origin())
    assert (taken.import_id, taken.slots, taken.known, taken.replaced) == (1, 3, 0, 0)
    assert series(shelf) == [(10, 0.0), (11, 1000.0), (12, 1500.0), (15, 1500.0), (16, 2500.0)]
    assert windows(shelf) == [(10, 16)]


def test_earlier_file_moves_the_later_one_up(shelf: Shelf) -> None:
    """A file of an earlier time comes before; the rises of the later one stay."""
    shelf.take_in(KEY, file(slot(20, 3_000_000)), origin())
    shelf.take_in(KEY, file(slot(10)), origin("b"))
    assert series(shelf) == [(10, 0.0), (11, 1000.0), (20, 1000.0), (21, 4000.0)]


def test_same_values_are_known(shelf: Shelf) -> None:
    """A file of which all stands changes nothing; one of which some stands adds the rest."""
    shelf.take_in(KEY, file(slot(10), slot(11)), origin())
    windows(shelf)
    again = shelf.take_in(KEY, file(slot(10), slot(11)), origin())
    assert (again.import_id, again.same_as, again.known) == (None, 1, 2)
    assert windows(shelf) == []
    more = shelf.take_in(KEY, file(slot(11), slot(12)), origin("b"))
    assert (more.import_id, more.slots, more.known) == (2, 1, 1)
    shelf.undo(KEY, 1, "suzuki", 5)
    assert [one[:3] for one in shelf.standing(KEY)] == [slot(11)[:3], slot(12)[:3]]


def test_other_values_are_refused_unless_replaced(shelf: Shelf) -> None:
    """A slot with another value is refused with line and both values, and nothing is kept."""
    shelf.take_in(KEY, file(slot(10), slot(11)), origin())
    other = file(slot(11, 7_000_000), slot(12))
    with pytest.raises(
        CollectorError, match=r"1 slot stands already .* line 13: 7,000 where 1,000"
    ):
        shelf.take_in(KEY, other, origin("b"))
    assert len(shelf.ledger.list("sendai")) == 1
    taken = shelf.take_in(KEY, other, origin("b"), replace=True)
    assert (taken.slots, taken.replaced) == (2, 1)
    assert series(shelf)[-1] == (13, 9000.0)


def test_undo_restores_what_stood(shelf: Shelf) -> None:
    """Taken back, the file before stands again; what no file covers any more is no energy."""
    shelf.take_in(KEY, file(slot(10), slot(11)), origin())
    before = series(shelf)
    shelf.take_in(KEY, file(slot(11, 7_000_000), slot(12)), origin("b"), replace=True)
    windows(shelf)
    shelf.undo(KEY, 2, "suzuki", 9)
    assert series(shelf) == [*before, (13, 2000.0)]
    assert windows(shelf) == [(12, 13)]
    entry = shelf.ledger.entry(2)
    assert entry is not None
    assert (entry.stands, entry.taken_back_by, entry.taken_back_at_ms) == (False, "suzuki", 9)
    with pytest.raises(CollectorError, match="import 2 was taken back before"):
        shelf.undo(KEY, 2, "suzuki", 9)
    with pytest.raises(CollectorError, match="import 3 is not there"):
        shelf.undo(KEY, 3, "suzuki", 9)


def test_broken_off_run_is_mended_by_the_next(shelf: Shelf) -> None:
    """When the store was away after the ledger had been written, taking in again completes it."""
    shelf.ledger.add(KEY, origin(), [slot(10)])
    taken = shelf.take_in(KEY, file(slot(10)), origin())
    assert (taken.import_id, taken.same_as) == (None, 1)
    assert series(shelf) == [(10, 0.0), (11, 1000.0)]
    assert windows(shelf) == [(10, 11)]


def test_readings_of_an_agent_are_never_mixed_with(shelf: Shelf) -> None:
    """A meter that has readings but no imports belongs to an agent."""
    reading = Reading("sendai", "grid", 5, {KEY.quantity: 1.0})
    shelf.store.write_readings([reading])
    with pytest.raises(CollectorError, match="grid has readings of its own"):
        shelf.take_in(KEY, file(slot(10)), origin())


def test_pulse_constant_is_undone(shelf: Shelf) -> None:
    """A meter whose counts stand for half a unit gets twice as many counts."""
    key = SeriesKey("sendai", "grid", KEY.quantity, 0.5)
    shelf.take_in(key, file(slot(10, 3000)), origin())
    assert series(shelf) == [(10, 0.0), (11, 6.0)]


def test_ledger_names_the_holes(shelf: Shelf) -> None:
    """Holes lie between standing slots, and where an import was taken back; else there are none."""
    assert isinstance(shelf.ledger, ImportLedger)
    assert shelf.ledger.holes(*(KEY.site, KEY.meter, KEY.quantity)) == []
    shelf.take_in(KEY, file(slot(10), slot(12)), origin())
    shelf.take_in(KEY, file(slot(20)), origin("b"))
    shelf.undo(KEY, 2, "suzuki", 9)
    holes = shelf.ledger.holes(KEY.site, KEY.meter, KEY.quantity)
    assert [(h.start_ms // SLOT_MS, h.end_ms // SLOT_MS) for h in holes] == [(11, 12), (13, 21)]


def test_a_hole_told_to_be_nothing_is_computed_again(shelf: Shelf) -> None:
    """Slots of 0 move no counter, but their totals are due: what was unknown is known.

    And again when they are taken back.
    """
    shelf.take_in(KEY, file(slot(10), slot(14)), origin())
    windows(shelf)
    shelf.take_in(KEY, file(slot(11, 0), slot(12, 0)), origin("b"))
    assert (11, 12) in windows(shelf)
    shelf.undo(KEY, 2, "suzuki", 9)
    assert (11, 12) in windows(shelf)


def test_later_import_hides_what_it_touches() -> None:
    """A month under half hours is hidden wholly: its energy cannot be cut."""
    month, half_hours = slot(0, 90_000_000, length=48), [slot(3), slot(4)]
    assert standing([[month], half_hours]) == half_hours
    assert standing([half_hours, [month]]) == [month]


@given(
    st.lists(
        st.tuples(
            st.sets(st.integers(0, 40), min_size=1, max_size=12),
            st.integers(0, 3),
            st.booleans(),
        ),
        min_size=1,
        max_size=6,
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_counter_always_tells_what_stands(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[set[int], int, bool]]
) -> None:
    """After any imports and undos the store's counter rises by exactly the standing slots."""
    database = StateDatabase(tmp_path_factory.mktemp("s") / "state.sqlite")
    shelf = Shelf(MemoryStore(), ImportLedger(database), MemoryDirty())
    for digest, (numbers, kwh, taken_back) in enumerate(drawn):
        slots = [slot(number, kwh * 1_000_000) for number in sorted(numbers)]
        taken = shelf.take_in(KEY, file(*slots), origin(str(digest)), replace=True)
        if taken_back and taken.import_id is not None:
            shelf.undo(KEY, taken.import_id, "suzuki", 9)
    wanted = {one.start_ms // SLOT_MS: one.milli_wh / 1000 for one in shelf.standing(KEY)}
    rises = {
        at: later - value
        for (at, value), (after, later) in pairwise(series(shelf))
        if later != value and after == at + 1
    }
    assert rises == {at: wh for at, wh in wanted.items() if wh}
    assert all(later >= value for (_, value), (_, later) in pairwise(series(shelf)))
    database.close()


def test_counter_of_nothing() -> None:
    """Without slots there is no counter; instants that the store still holds stand at zero."""
    assert counter([]) == {}
    assert counter([], [5, 9]) == {5: 0.0, 9: 0.0}
    assert counter([slot(1, 1000)], [0, SLOT_MS * 3 // 2, SLOT_MS * 9]) == {
        0: 0.0,
        SLOT_MS: 0.0,
        SLOT_MS * 3 // 2: 0.5,
        SLOT_MS * 2: 1.0,
        SLOT_MS * 9: 1.0,
    }
