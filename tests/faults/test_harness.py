"""The harness itself: a plain run keeps every reading, and the judge sees what is missing."""

from __future__ import annotations

import pytest

from simulators.ledger import Entry, Ledger
from tests.faults.judge import Accounts, Outcome, judge
from tests.faults.outbox_file import Committed
from tests.faults.trial import Trial
from tests.services.mosquitto import MosquittoServer


@pytest.mark.services
@pytest.mark.every_change
def test_nothing_happens(trial: Trial, own_mosquitto: MosquittoServer) -> None:
    """Without any fault every reading served is stored once, as it was, and accounted for."""
    with trial.works(own_mosquitto.url) as works:
        works.start()
        works.more_arrives()
        works.settle()
        outcome = works.outcome()
    trial.prove(outcome, fault=0, injected="nothing", times=0)


def _ledger(*wh: float) -> Ledger:
    ledger = Ledger(50)
    for number, value in enumerate(wh):
        ledger.enter("m", Entry(10_000 * number, value, value, 1.0))
    return ledger


def _committed(numbers: dict[int, float], last: int) -> Committed:
    found = Committed()
    found.last["e"] = last
    for number, wh in numbers.items():
        found.numbers["e"][number] = "m", wh
        found.readings["m"].add((10_000 * (number - 1), wh))
    return found


def _accounts(received: set[int], gaps: tuple[int, ...] = ()) -> Accounts:
    return Accounts({"e": frozenset(received)}, {"e": frozenset(gaps)})


def test_judge_calls_a_committed_reading_lost() -> None:
    """A reading that an outbox held and the store does not is lost, though it was receipted."""
    committed = _committed({1: 1.0, 2: 2.0}, last=2)
    found = judge(_ledger(1.0, 2.0), {"m": [(0, 1.0)]}, committed, _accounts({1, 2}))
    assert (found.lost, found.untaken, found.explained, found.gaps_unexplained) == (1, 0, 0, 0)
    assert "lost: 1" in found.faults()


def test_judge_counts_what_was_never_committed_apart() -> None:
    """A reading that no commit held is untaken, and only so many of them are allowed."""
    found = judge(
        _ledger(1.0, 2.0), {"m": [(0, 1.0)]}, _committed({1: 1.0}, last=1), _accounts({1})
    )
    assert (found.lost, found.untaken) == (0, 1)
    assert found.faults(untaken_at_most=1) == []
    assert found.faults() != []


def test_judge_believes_a_gap_record() -> None:
    """An evicted reading that a gap record tells of is explained, one without is not."""
    ledger, stored = _ledger(1.0, 2.0), {"m": [(20_000 - 10_000, 2.0)]}
    committed = _committed({2: 2.0}, last=2)
    told = judge(ledger, stored, committed, _accounts({1, 2}, gaps=(1,)))
    silent = judge(ledger, stored, committed, _accounts({2}))
    assert (told.explained, told.untaken, told.gaps_unexplained) == (1, 0, 0)
    assert (silent.explained, silent.untaken, silent.gaps_unexplained) == (0, 1, 1)


def test_judge_sees_altered_and_mistimed() -> None:
    """A stored value that was never served, or at another time, is a fault."""
    committed = _committed({1: 1.0, 2: 2.0}, last=2)
    stored = {"m": [(0, 1.5), (99_000, 2.0)]}
    found = judge(_ledger(1.0, 2.0), stored, committed, _accounts({1, 2}))
    assert (found.altered, found.mistimed) == (1, 1)


def test_a_trial_that_tried_nothing_fails() -> None:
    """An outcome without readings proves nothing."""
    assert Outcome(0, 0, 0, 0, 0, 0, 0, 0, 0).faults() != []
