"""The outbox at its bounds: what goes first, and that every drop is recorded."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading
from edge_agent.contract.wire import Receipt
from edge_agent.outbox import Outbox, eviction
from edge_agent.outbox.packed import Packed, unpack
from tests.edge_agent.delivery import HandClock, reading
from tests.edge_agent.outboxes import (
    DAY_S,
    Opener,
    asked,
    backlog,
    claim,
    claimed,
    delivered,
    fill,
    numbers_in,
    told_gaps,
)

MINUTE_MS = 60_000


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="edge_agent")


def put_power(box: Outbox, clock: HandClock, count: int) -> list[int]:
    """Take readings of a meter without a counter, an hour old."""
    last_ms = clock.now_ms() - 3_600_000
    seqs = []
    for i in range(count):
        at_ms = last_ms - 1000 * (count - 1 - i)
        seqs.append(box.put(Reading("sendai", "pump", at_ms, {"active_power_w": float(i)})))
    box.commit()
    return seqs


def wide(box: Outbox, clock: HandClock, count: int) -> list[int]:
    """Take and commit hour-old readings of a meter with many values and one counter."""
    values = dict.fromkeys(QUANTITIES, 1.5)
    counter = {"active_energy_import_wh": 7.0}
    gauges = {name: value for name, value in values.items() if QUANTITIES[name].kind == "gauge"}
    start_ms = clock.now_ms() - 3_600_000 - 1000 * count
    seqs = [
        box.put(Reading("sendai", "press", start_ms + 1000 * i, gauges | counter))
        for i in range(count)
    ]
    assert box.commit() == count
    return seqs


class Waiting(NamedTuple):
    """A row that waits, whether in flight or not."""

    seq: int
    at_ms: int
    quantities: Packed


def everything(folder: Path) -> list[Waiting]:
    """All that waits on the disk, by its number."""
    question = "SELECT seq, at_ms, quantities FROM reading WHERE state = 0 ORDER BY seq"
    return [Waiting._make(row) for row in asked(folder, question)]


def test_every_dropped_reading_is_in_one_gap(
    small: Outbox, tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The file keeps its bound; what was taken waits or is in exactly one gap record."""
    seqs = backlog(small, clock, 60, 300)
    waiting = [row.seq for row in everything(tmp_path)]
    dropped = numbers_in(told_gaps(small, clock))
    assert small.evicted == len(dropped) > 5000
    assert small.depth() == len(waiting) == len(seqs) - len(dropped)
    assert sorted(dropped + waiting) == seqs
    assert len([line for line in caplog.messages if "is full" in line]) == 1
    small.close()
    assert (tmp_path / "outbox.sqlite").stat().st_size <= 1024 * 1024


def test_power_is_thinned_before_anything_is_dropped(
    small: Outbox, clock: HandClock, tmp_path: Path
) -> None:
    """A little too much costs the finer power samples and no number: counters are all there."""
    seqs = []
    for _ in range(11):
        clock.pass_s(300)
        seqs += wide(small, clock, 300)
    rows = everything(tmp_path)
    assert [row.seq for row in rows] == seqs
    assert small.evicted == 0
    values = [unpack(row.quantities) for row in rows]
    assert all("active_energy_import_wh" in found for found in values)
    thinned = [i for i, found in enumerate(values) if "active_power_w" not in found]
    assert thinned
    minutes = {row.at_ms // MINUTE_MS for row in rows[: max(thinned)]}
    whole = {
        row.at_ms // MINUTE_MS
        for row, found in zip(rows, values, strict=True)
        if "active_power_w" in found
    }
    assert minutes <= whole


def test_power_goes_before_energy(small: Outbox, clock: HandClock, tmp_path: Path) -> None:
    """Of a meter without a counter one reading a minute stays while the counters lose nothing."""
    power, energy = [], []
    for _ in range(14):
        clock.pass_s(200)
        power += put_power(small, clock, 200)
        energy += fill(small, 200, clock, age_s=3600)
    waiting = {row.seq for row in everything(tmp_path)}
    gaps = told_gaps(small, clock)
    dropped = set(numbers_in(gaps))
    assert set(energy) <= waiting
    assert dropped
    assert dropped == set(power) - waiting
    assert {gap.reason for gap in gaps} == {eviction.THINNED}


def test_the_oldest_counters_go_last(small: Outbox, clock: HandClock, tmp_path: Path) -> None:
    """Of a backlog far beyond the bound one counter a minute is left, over a long stretch."""
    backlog(small, clock, 80, 600)
    rows = everything(tmp_path)
    old = [row for row in rows if row.at_ms < clock.now_ms() - 3 * 3_600_000]
    minutes = [row.at_ms // MINUTE_MS for row in old]
    assert len(set(minutes)) > 500
    assert len(minutes) <= 2 * len(set(minutes))  # a minute may have come in two parts
    assert all("active_energy_import_wh" in unpack(row.quantities) for row in old)
    assert {gap.reason for gap in told_gaps(small, clock)} <= {eviction.THINNED, eviction.EVICTED}


def test_a_clock_in_the_past_does_not_stop_eviction(small: Outbox, clock: HandClock) -> None:
    """When nothing counts as old, the oldest still make room and commits go on."""
    backlog(small, clock, 5, 300)
    clock.wall_ms -= 40 * 365 * DAY_S * 1000
    seqs = [small.put(reading(clock.now_ms())) for _ in range(9000)]
    for _ in range(9):
        assert small.commit() >= 0
    assert small.faults == 0
    assert small.depth() + small.evicted == 1500 + len(seqs)


def test_settled_rows_make_room_before_waiting_ones(small: Outbox, clock: HandClock) -> None:
    """Nothing unsent is touched while there is something settled to drop."""
    waiting = fill(small, 200, clock, age_s=7200)
    for _ in range(40):
        seqs = fill(small, 300, clock, age_s=3600)
        delivered(small, clock, seqs[0], seqs[-1])
        clock.pass_s(1)
    assert small.evicted == 0
    given = claim(small, clock)
    assert [row.seq for row in given.back] == waiting
    assert all("active_power_w" in row.values() for row in given.back)
    assert given.gaps == ()


def test_what_is_too_old_is_dropped_and_recorded(opened: Opener, clock: HandClock) -> None:
    """Readings nobody took for max_days are a gap with that reason; younger ones stay."""
    box = opened(max_days=30)
    old = fill(box, 5, clock)
    clock.pass_s(29 * DAY_S)
    young = fill(box, 5, clock)
    assert box.evicted == 0
    clock.pass_s(2 * DAY_S)
    fresh = fill(box, 1, clock)
    assert box.evicted == 5
    (gap,) = told_gaps(box, clock)
    assert gap == (old[0], old[-1], eviction.TOO_OLD, "")
    assert sorted(claimed(box, clock)) == [*young, *fresh]


def test_a_clock_that_jumps_a_year_ages_nothing(
    opened: Opener, clock: HandClock, tmp_path: Path
) -> None:
    """Age is counted in time lived: a wrong year wipes neither what waits nor the replay window."""
    box = opened(max_days=30)
    seqs = fill(box, 4, clock)
    delivered(box, clock, seqs[0], seqs[1])
    box.commit()
    clock.wall_ms += 365 * DAY_S * 1000
    fill(box, 1, clock)
    box.close()
    box = opened(max_days=30)
    fill(box, 1, clock)
    assert box.evicted == 0
    assert asked(tmp_path, "SELECT count(*) FROM reading") == [(6,)]


def test_age_goes_on_after_a_restart(opened: Opener, clock: HandClock, tmp_path: Path) -> None:
    """A machine whose monotonic time begins anew still knows how long readings have waited."""
    box = opened(max_days=30)
    fill(box, 5, clock)
    for _ in range(3):
        clock.pass_s(11 * DAY_S)
        fill(box, 1, clock)
        box.close()
        clock.monotonic = 10.0
        box = opened(max_days=30)
    assert asked(tmp_path, "SELECT first, last, reason FROM gap") == [(1, 5, eviction.TOO_OLD)]


def test_a_gap_is_settled_only_as_a_whole(small: Outbox, clock: HandClock) -> None:
    """A receipt for a part of a gap leaves it; the one for all of it ends it."""
    backlog(small, clock, 40)
    gap = next(gap for gap in claim(small, clock, 0).gaps if gap.last > gap.first)
    assert claim(small, clock, 0).gaps == ()
    small.settle(Receipt("a", small.epoch, ((gap.first, gap.last - 1),)))
    assert gap in claim(small, clock, 0, connection=2).gaps
    small.release((), [gap])
    assert claim(small, clock, 0, connection=2).gaps == (gap,)
    small.settle(Receipt("a", small.epoch, ((gap.first, gap.last),)))
    assert gap not in claim(small, clock, 0, connection=3).gaps


def test_a_told_gap_does_not_grow(opened: Opener, clock: HandClock) -> None:
    """What the collector was told stays as it was told; what follows is a gap of its own."""
    box = opened(max_days=1)
    seqs = fill(box, 2, clock)
    clock.pass_s(2 * DAY_S)
    more = fill(box, 2, clock)
    (told,) = claim(box, clock, 0).gaps
    clock.pass_s(2 * DAY_S)
    fill(box, 1, clock)
    first, second = claim(box, clock, 0, connection=2).gaps
    assert first == told == (seqs[0], seqs[-1], eviction.TOO_OLD, "")
    assert (second.first, second.last) == (more[0], more[-1])


def test_a_lowered_bound_ends_growth(opened: Opener, clock: HandClock, tmp_path: Path) -> None:
    """A file larger than a lowered max_mb still serves, and stays as large as it is."""
    box = opened(max_mb=8)
    seqs = backlog(box, clock, 20)
    box.close()
    size = (tmp_path / "outbox.sqlite").stat().st_size
    again = opened(max_mb=1)
    seqs += backlog(again, clock, 20)
    waiting = [row.seq for row in everything(tmp_path)]
    assert sorted(numbers_in(told_gaps(again, clock)) + waiting) == seqs
    again.close()
    assert 1024 * 1024 < (tmp_path / "outbox.sqlite").stat().st_size <= size


def test_a_spoilt_row_does_not_stop_eviction(
    small: Outbox, clock: HandClock, tmp_path: Path
) -> None:
    """A row that cannot be read is dropped with the others, and commits go on."""
    wide(small, clock, 300)
    with closing(sqlite3.connect(tmp_path / "outbox.sqlite")) as db:
        db.execute("UPDATE reading SET quantities = x'ff' WHERE seq % 7 = 2")
        db.commit()
    for _ in range(20):
        clock.pass_s(300)
        wide(small, clock, 300)
    assert small.faults == 0
    assert 2 in numbers_in(told_gaps(small, clock))
