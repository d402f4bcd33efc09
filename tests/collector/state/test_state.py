"""The collector's durable state: database, dirty windows, cards, agents, gaps, dead letters."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.errors import RetryLaterError, StopError
from collector.state import FILE_NAME, CollectorState, open_state
from collector.state.database import StateDatabase
from collector.state.dead_letters import DeadLetters
from collector.state.dirty import JOIN_MS, OF_METER, DirtyWindows
from edge_agent.contract.wire import Birth, Gap, MeterCard, State

HOUR_MS = 3_600_000


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """State in an empty folder."""
    opened = open_state(tmp_path)
    yield opened
    opened.database.close()


def spans(dirty: DirtyWindows) -> list[tuple[str, int, int]]:
    """Answer the pending windows without ids."""
    return [(window.meter, window.from_ms, window.to_ms) for window in dirty.pending()]


def birth(
    connection: int = 1,
    at_ms: int = 1000,
    agent: str = "pi-1",
    epoch: str = "e1",
    name: str = "press",
    meter: str = "press",
) -> Birth:
    """Make a birth with one meter."""
    card = MeterCard("sendai", meter, name, "eastron_sdm630", 10.0, 10.0, 1e9)
    return Birth(agent, epoch, connection, "0.1.0", at_ms, (card,))


# The file.


def test_state_lives_in_one_file_that_survives_a_power_cut(state: CollectorState) -> None:
    """The write-ahead log is synced at every commit, which WAL alone does not do."""
    assert state.database.read("PRAGMA journal_mode") == [("wal",)]
    assert state.database.read("PRAGMA synchronous") == [(2,)]


def test_a_transaction_that_fails_leaves_nothing(state: CollectorState) -> None:
    """All of a block is kept, or none of it."""

    def half_a_mark() -> None:
        with state.database.write() as connection:
            connection.execute("INSERT INTO dirty_window VALUES (1, 's', 'm', 0, 1)")
            raise KeyError("the second half")

    with pytest.raises(KeyError):
        half_a_mark()
    assert state.dirty.pending() == []


def test_a_damaged_file_stops_with_a_hint(tmp_path: Path) -> None:
    """Damage is told with what to do, and the file is not touched."""
    file = tmp_path / FILE_NAME
    file.write_bytes(b"this is no database" * 1000)
    with pytest.raises(StopError, match="collector summarise --from"):
        open_state(tmp_path)
    assert file.read_bytes().startswith(b"this is no database")


def test_a_folder_that_cannot_be_made_stops_with_a_hint(tmp_path: Path) -> None:
    """The hint names the setting."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StopError, match="state_dir"):
        open_state(tmp_path / "file")


def test_a_locked_file_is_tried_again_later(tmp_path: Path) -> None:
    """Another program's transaction is no reason to stop."""
    database = StateDatabase(tmp_path / "state.sqlite")
    database.read("PRAGMA busy_timeout=1")
    other = sqlite3.connect(tmp_path / "state.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(RetryLaterError, match="locked"), database.write():
        pass
    other.execute("ROLLBACK")
    other.close()
    with database.write():
        pass
    database.close()


# Dirty windows.


def test_marks_are_durable_when_mark_returns(tmp_path: Path) -> None:
    """A mark is there for whoever opens the file next, without a close in between."""
    first = open_state(tmp_path)
    first.dirty.mark("sendai", "press", 100, 200)
    second = open_state(tmp_path)
    assert spans(second.dirty) == [("press", 100, 200)]
    first.database.close()
    second.database.close()


def test_a_mark_looks_at_its_own_meter_alone(state: CollectorState) -> None:
    """With a fleet's windows pending, marking one meter goes by the index, not through all."""
    plan = state.database.read(f"EXPLAIN QUERY PLAN {OF_METER}", ("sendai", "press"))
    assert "dirty_window_by_meter" in plan[0][3]


def test_overlapping_adjacent_and_near_windows_become_one(state: CollectorState) -> None:
    """Windows less than an hour apart are one window."""
    state.dirty.mark("sendai", "press", 0, 100)
    state.dirty.mark("sendai", "press", 50, 200)
    state.dirty.mark("sendai", "press", 200, 300)
    state.dirty.mark("sendai", "press", 300 + JOIN_MS, 400 + JOIN_MS)
    assert spans(state.dirty) == [("press", 0, 400 + JOIN_MS)]


def test_a_window_that_bridges_two_joins_them(state: CollectorState) -> None:
    """A hole that is filled leaves one window."""
    state.dirty.mark("sendai", "press", 0, 1)
    state.dirty.mark("sendai", "press", 5 * HOUR_MS, 6 * HOUR_MS)
    assert len(state.dirty.pending()) == 2
    state.dirty.mark("sendai", "press", 1, 5 * HOUR_MS)
    assert spans(state.dirty) == [("press", 0, 6 * HOUR_MS)]


def test_other_meters_and_far_windows_stay_apart(state: CollectorState) -> None:
    """Backfill of last year does not make the year between dirty."""
    state.dirty.mark("sendai", "press", 0, 1)
    state.dirty.mark("sendai", "main", 0, 1)
    state.dirty.mark("sendai", "press", 9000 * HOUR_MS, 9001 * HOUR_MS)
    assert len(state.dirty.pending()) == 3


def test_a_year_of_replay_is_one_window(state: CollectorState) -> None:
    """The list does not grow by a window a batch."""
    minutes_15 = 900_000
    state.dirty.mark_all(
        ("sendai", "main", i * minutes_15, i * minutes_15 + 1) for i in range(35_040)
    )
    assert spans(state.dirty) == [("main", 0, 35_039 * minutes_15 + 1)]


def test_a_window_marked_again_while_it_is_computed_is_not_struck_off(
    state: CollectorState,
) -> None:
    """Readings that land during a computation are computed the next time."""
    state.dirty.mark("sendai", "press", 0, 1000)
    in_work = state.dirty.pending()
    state.dirty.mark("sendai", "press", 10, 20)
    state.dirty.clear(in_work)
    assert spans(state.dirty) == [("press", 0, 1000)]
    state.dirty.clear(state.dirty.pending())
    assert state.dirty.pending() == []


@settings(deadline=None)
@given(marks=st.lists(st.tuples(st.integers(0, 400), st.integers(1, 20)), max_size=30))
def test_windows_cover_every_mark_and_never_touch(marks: list[tuple[int, int]]) -> None:
    """Whatever the order of marks, each lies in one window and windows keep their distance."""
    folder = TemporaryDirectory()
    database = StateDatabase(Path(folder.name) / "state.sqlite")
    dirty = DirtyWindows(database)
    quarter = JOIN_MS // 4
    for start, length in marks:
        dirty.mark("s", "m", start * quarter, (start + length) * quarter)
    windows = dirty.pending()
    for start, length in marks:
        low, high = start * quarter, (start + length) * quarter
        assert sum(w.from_ms <= low and high <= w.to_ms for w in windows) == 1
    for left, right in pairwise(windows):
        assert right.from_ms - left.to_ms > JOIN_MS
    database.close()
    folder.cleanup()


def test_several_threads_may_mark_and_clear_at_once(state: CollectorState) -> None:
    """No mark is lost when ingest and summarise work side by side."""

    def mark(meter: str) -> None:
        for i in range(50):
            state.dirty.mark("sendai", meter, i * 10 * HOUR_MS, i * 10 * HOUR_MS + 1)

    threads = [threading.Thread(target=mark, args=(f"m{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(state.dirty.pending()) == 200


# Cards and agents.


def test_a_card_is_known_after_a_birth(state: CollectorState) -> None:
    """What the agent says of a meter can be asked for, and nothing else."""
    state.cards.remember(birth())
    assert state.cards.card("sendai", "press") == birth().meters[0]
    assert state.cards.card("sendai", "main") is None
    assert state.cards.all() == [birth().meters[0]]


def test_a_counter_that_never_turns_over_keeps_no_modulus(state: CollectorState) -> None:
    """None stays None."""
    card = MeterCard("sendai", "main", "main", "p", 10.0, 1.0, None)
    state.cards.remember(Birth("pi-1", "e1", 1, "0.1.0", 1000, (card,)))
    assert state.cards.card("sendai", "main") == card


def test_an_older_birth_of_the_same_agent_changes_nothing(state: CollectorState) -> None:
    """The connection number decides, whatever the agent's clock did."""
    state.cards.remember(birth(connection=3, name="new"))
    state.cards.remember(birth(connection=2, name="old", at_ms=9_999_999))
    card = state.cards.card("sendai", "press")
    assert card is not None
    assert card.name == "new"


def test_the_retained_birth_of_a_former_agent_changes_nothing(state: CollectorState) -> None:
    """A meter that moved to another agent keeps that agent's card."""
    state.cards.remember(birth(agent="pi-2", epoch="x", at_ms=2000, name="new"))
    state.cards.remember(birth(agent="pi-1", connection=70, at_ms=1000, name="old"))
    card = state.cards.card("sendai", "press")
    assert card is not None
    assert card.name == "new"


def test_a_will_older_than_the_newest_birth_means_nothing(state: CollectorState) -> None:
    """The broker's late word on a replaced connection does not make an agent offline."""
    state.agents.born(birth(connection=5))
    assert not state.agents.hear(State("pi-1", 4, online=False))
    assert state.agents.all()[0].online
    assert state.agents.hear(State("pi-1", 5, online=False))
    assert not state.agents.all()[0].online


def test_a_birth_told_twice_does_not_bring_an_agent_back(state: CollectorState) -> None:
    """A retained birth comes at every subscription, also of an agent long offline."""
    state.agents.born(birth(connection=5))
    state.agents.hear(State("pi-1", 5, online=False))
    state.agents.born(birth(connection=5))
    assert not state.agents.all()[0].online
    state.agents.born(birth(connection=6))
    assert state.agents.all()[0].online


def test_a_new_epoch_begins_to_count_connections_anew(state: CollectorState) -> None:
    """An agent with a new outbox is believed, though its connection number is small."""
    state.agents.born(birth(connection=50, at_ms=1000))
    state.agents.born(birth(connection=1, at_ms=2000, epoch="e2"))
    assert state.agents.all()[0].epoch == "e2"
    assert not state.agents.hear(State("pi-9", 1, online=True))


# Gaps and dead letters.


def test_a_gap_is_kept_once(state: CollectorState) -> None:
    """A gap that comes again is known."""
    gap = Gap("pi-1", "e1", 5, 9, "outbox full")
    assert state.gaps.keep(gap, 100)
    assert not state.gaps.keep(gap, 200)
    assert [(entry.gap, entry.at_ms) for entry in state.gaps.list()] == [(gap, 100)]


def test_a_dead_letter_is_kept_as_it_came(state: CollectorState) -> None:
    """Every byte, the reason and the instant are there to look at."""
    state.dead_letters.keep("mieruka/1/pi-1/up/live", b"\x00\xff", "not JSON", 100)
    (letter,) = state.dead_letters.list()
    assert (letter.payload, letter.reason, letter.at_ms) == (b"\x00\xff", "not JSON", 100)


def test_the_same_message_again_only_counts(state: CollectorState) -> None:
    """A poison that comes for ever takes one row."""
    for at_ms in (100, 200, 300):
        state.dead_letters.keep("t", b"x", "not JSON", at_ms)
    assert state.dead_letters.count() == 1
    assert (state.dead_letters.list()[0].times, state.dead_letters.list()[0].at_ms) == (3, 300)


def test_dead_letters_are_bounded_by_number_and_bytes(state: CollectorState) -> None:
    """The oldest go first."""
    few = DeadLetters(state.database, max_letters=10, max_bytes=1000)
    for i in range(10):
        few.keep("t", str(i).encode(), "r", i)
    assert few.count() == 10
    few.keep("t", b"10", "r", 10)
    assert [letter.at_ms for letter in few.list()] == [10, 9, 8, 7, 6, 5, 4, 3, 2]
    few.keep("t", b"y" * 890, "r", 11)
    assert few.count() == 10
    few.keep("t", b"z" * 5000, "r", 12)
    assert [len(letter.payload) for letter in few.list()] == [5000], "the newest always stays"


def test_a_letter_is_struck_off_unless_it_was_refused_again(state: CollectorState) -> None:
    """What a running collector refuses meanwhile is not lost."""
    for payload in (b"a", b"b"):
        state.dead_letters.keep("t", payload, "old reason", 100)
    letters = state.dead_letters.list()
    state.dead_letters.keep("t", b"a", "new reason", 200)
    assert state.dead_letters.strike_off(letters) == 1
    (left,) = state.dead_letters.list()
    assert (left.payload, left.reason, left.times) == (b"a", "new reason", 2)
    assert state.dead_letters.letter(left.id) == left
    assert state.dead_letters.letter(left.id + 1) is None
    assert state.dead_letters.strike_off([]) == 0


def test_letters_of_a_transaction_taken_back_do_not_count(state: CollectorState) -> None:
    """A batch that comes again and again while the disk is full pushes out no letter."""
    few = DeadLetters(state.database, max_letters=10)
    few.keep("t", b"first", "r", 1)

    def half() -> None:
        with state.database.write():
            few.keep("t", b"second", "r", 2)
            raise KeyError("the other half")

    for _ in range(20):
        with pytest.raises(KeyError):
            half()
    for i in range(9):
        few.keep("t", str(i).encode(), "r", 3)
    assert few.count() == 10
    assert few.list()[-1].payload == b"first"


def test_the_bound_of_dead_letters_holds_after_a_restart(state: CollectorState) -> None:
    """What was kept before counts too."""
    for i in range(10):
        state.dead_letters.keep("t", str(i).encode(), "r", i)
    few = DeadLetters(state.database, max_letters=10)
    few.keep("t", b"10", "r", 10)
    assert few.count() == 9
