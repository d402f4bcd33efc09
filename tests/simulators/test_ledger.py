"""The ledger keeps what meters gave; the judge tells what became of it."""

from __future__ import annotations

from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.ledger import Entry, Ledger, Stored, judge

START_MS = 1_800_000_000_000
STEP_MS = 300_000


def _ledger(count: int = 10, rising: int = 100) -> Ledger:
    ledger = Ledger()
    for index in range(count):
        wh = 5_000.0 + rising * index
        ledger.enter("press", Entry(START_MS + index * STEP_MS, wh, wh + 0.4, 1200.0))
    return ledger


def _stored(ledger: Ledger) -> list[Stored]:
    return [(entry.at_ms, entry.wh) for entry in ledger.entries("press")]


def test_all_is_well() -> None:
    """When every reading is there once at its instant, the verdict is clean, in any order."""
    ledger = _ledger()
    verdict = judge(ledger, {"press": reversed(_stored(ledger))}, tolerance_ms=0)
    assert verdict.clean
    assert (verdict.served, verdict.stored, verdict.reasons) == (10, 10, ())


def test_a_lost_reading_is_named() -> None:
    """A reading that is not stored is lost, and the reason says which."""
    ledger = _ledger()
    verdict = judge(ledger, {"press": _stored(ledger)[:-1]})
    assert (verdict.lost, verdict.clean) == (1, False)
    assert verdict.reasons == ("lost: press served 5900.000 Wh at 2027-01-15T08:45:00.000+00:00",)


def test_a_meter_that_is_missing_altogether_is_lost() -> None:
    """Readings of a meter that nothing is stored of are all lost."""
    assert judge(_ledger(), {}).lost == 10


def test_a_reading_stored_twice_is_duplicated() -> None:
    """A second copy at the same instant, or next to it, counts as duplicated."""
    ledger = _ledger()
    rows = _stored(ledger)
    again = [*rows, rows[3], (rows[4][0] + 1500, rows[4][1])]
    verdict = judge(ledger, {"press": again})
    assert (verdict.duplicated, verdict.lost, verdict.altered, verdict.mistimed) == (2, 0, 0, 0)


@pytest.mark.parametrize("change", [1.0, -1.0, 0.01, 1e6])
def test_another_value_at_the_same_instant_is_altered(change: float) -> None:
    """A counter that differs from the one shown is altered, not lost."""
    ledger = _ledger()
    rows = _stored(ledger)
    rows[5] = (rows[5][0], rows[5][1] + change)
    verdict = judge(ledger, {"press": rows})
    assert (verdict.altered, verdict.lost) == (1, 0)
    assert "served 5500.000 Wh" in verdict.reasons[0]


def test_a_reading_at_another_time_is_mistimed() -> None:
    """The same value far from its instant is mistimed, and the reason says when it was served."""
    ledger = _ledger()
    rows = _stored(ledger)
    rows[5] = (rows[5][0] + 3_600_000, rows[5][1])
    verdict = judge(ledger, {"press": rows})
    assert (verdict.mistimed, verdict.lost) == (1, 0)
    assert verdict.reasons[0].endswith("served 2027-01-15T08:25:00.000+00:00")


def test_a_reading_that_nobody_served_is_altered() -> None:
    """A stored reading without any counterpart is reported, not ignored."""
    ledger = _ledger()
    extra = [*_stored(ledger), (START_MS - 10**9, 1.0)]
    verdict = judge(ledger, {"press": extra, "ghost": [(START_MS, 2.0)]})
    assert (verdict.altered, verdict.lost) == (2, 0)
    assert all("never served" in reason for reason in verdict.reasons)


def test_tolerance_is_the_callers() -> None:
    """A shift within the tolerance is no fault; in a replay the tolerance is nothing."""
    ledger = _ledger()
    shifted = [(at_ms + 1000, wh) for at_ms, wh in _stored(ledger)]
    assert judge(ledger, {"press": shifted}).clean
    assert judge(ledger, {"press": shifted}, tolerance_ms=0).mistimed == 10


def test_a_counter_that_stands_still_is_matched_by_time() -> None:
    """Equal values do not confuse the judge: one lost and one doubled are still told apart."""
    ledger = _ledger(rising=0)
    rows = _stored(ledger)
    del rows[2]
    verdict = judge(ledger, {"press": [*rows, rows[7]]})
    assert (verdict.lost, verdict.duplicated, verdict.mistimed) == (1, 1, 0)


@given(st.sets(st.integers(0, 49)), st.sets(st.integers(0, 49)))
def test_what_is_dropped_is_lost_and_what_is_copied_is_duplicated(
    dropped: set[int], copied: set[int]
) -> None:
    """The judge counts exactly the readings that were dropped and copied."""
    ledger = _ledger(50)
    rows = _stored(ledger)
    kept = [row for index, row in enumerate(rows) if index not in dropped]
    copies = [rows[index] for index in copied - dropped]
    verdict = judge(ledger, {"press": kept + copies}, tolerance_ms=0)
    assert (verdict.lost, verdict.duplicated) == (len(dropped), len(copies))
    assert (verdict.altered, verdict.mistimed) == (0, 0)


def test_many_wrong_readings_are_judged_in_seconds() -> None:
    """Thirty thousand readings, all an hour off, are told without a search of all by all."""
    ledger = _ledger(30_000, rising=1)
    late = [(at_ms + 3_600_000 + 1, wh) for at_ms, wh in _stored(ledger)]
    assert judge(ledger, {"press": late}).mistimed == 30_000


def test_a_repeat_counts_once_with_its_last_answer() -> None:
    """A meter asked again for the same poll has one entry; the next poll has its own."""
    ledger = Ledger(repeat_ms=500)
    for at_ms, wh in ((START_MS, 1.0), (START_MS, 1.0), (START_MS + 400, 2.0)):
        ledger.enter("press", Entry(at_ms, wh, wh, 0.0))
    ledger.enter("press", Entry(START_MS + 1000, 3.0, 3.0, 0.0))
    assert [entry.wh for entry in ledger.entries("press")] == [2.0, 3.0]
    assert (len(ledger), ledger.last("press")) == (2, Entry(START_MS + 1000, 3.0, 3.0, 0.0))
    assert ledger.last("air") is None


def test_threads_enter_at_the_same_time() -> None:
    """Entries from several threads are all there."""
    ledger = Ledger()

    def enter(meter: str) -> None:
        for index in range(2000):
            ledger.enter(meter, Entry(START_MS + index * 1000, float(index), 0.0, 0.0))

    threads = [Thread(target=enter, args=(f"m{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger) == 8000
    assert ledger.meters == ("m0", "m1", "m2", "m3")


def test_the_true_energy_is_between_first_and_last() -> None:
    """True energy needs no counter: it is the load's, and nothing where nothing was given."""
    assert _ledger().true_kwh("press") == pytest.approx(0.9)
    assert _ledger().true_kwh("air") == 0
