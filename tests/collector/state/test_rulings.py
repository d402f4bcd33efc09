"""What people ruled on counters: kept, taken back, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.errors import CollectorError
from collector.rollup.counters import Ruling
from collector.state import open_state
from collector.state.rulings import Rulings

KEY = ("sendai", "press", "active_energy_import_wh")


@pytest.fixture
def rulings(tmp_path: Path) -> Iterator[Rulings]:
    """The rulings of an empty state."""
    state = open_state(tmp_path)
    yield Rulings(state.database)
    state.database.close()


def ruling(at_ms: int = 5, reason: str = "CT exchanged", by: str = "佐藤") -> Ruling:
    """A ruling on the step that ends at the instant."""
    return Ruling(at_ms, "plain", 7, reason, by)


def test_ruling_comes_back_as_it_was(rulings: Rulings) -> None:
    """Every part of a ruling is kept, with the counter and the time it was made."""
    assert rulings.add(*KEY, ruling(), 1000) == 1
    (entry,) = rulings.list("sendai")
    assert (entry.site, entry.meter, entry.quantity) == KEY
    assert entry.ruling == ruling()
    assert (entry.id, entry.made_at_ms, entry.taken_back_at_ms) == (1, 1000, None)


def test_energy_may_be_left_to_the_engine(rulings: Rulings) -> None:
    """No energy is not the same as none of it."""
    rulings.add(*KEY, Ruling(5, "reset", None, "r", "b"), 1000)
    rulings.add(*KEY, Ruling(6, "reset", 0, "r", "b"), 1000)
    assert [found.booked_milli_wh for found in rulings.active(*KEY)] == [None, 0]


def test_active_rulings_are_those_of_the_counter(rulings: Rulings) -> None:
    """They come in the order they were made, of this counter alone, not taken back."""
    rulings.add(*KEY, ruling(9), 1000)
    rulings.add(*KEY, ruling(3), 1001)
    rulings.add("sendai", "oven", KEY[2], ruling(4), 1002)
    rulings.add("sendai", "press", "active_energy_export_wh", ruling(4), 1003)
    rulings.take_back(1, "suzuki", 2000)
    assert [found.at_ms for found in rulings.active(*KEY)] == [3]


def test_taken_back_stays_with_a_mark(rulings: Rulings) -> None:
    """Who took a ruling back and when is kept; it cannot be taken back twice."""
    rulings.add(*KEY, ruling(), 1000)
    taken = rulings.take_back(1, "suzuki", 2000)
    assert (taken.taken_back_by, taken.taken_back_at_ms) == ("suzuki", 2000)
    assert rulings.list("sendai", "press") == [taken]
    assert rulings.list("sendai", "oven") == []
    with pytest.raises(CollectorError, match="correction 1 was taken back before"):
        rulings.take_back(1, "sato", 3000)
    with pytest.raises(CollectorError, match="correction 2 is not there"):
        rulings.take_back(2, "sato", 3000)


@pytest.mark.parametrize(("reason", "by"), [("", "sato"), ("  ", "sato"), ("because", " ")])
def test_ruling_without_reason_or_name_is_refused(rulings: Rulings, reason: str, by: str) -> None:
    """Neither can be found out later."""
    with pytest.raises(CollectorError, match="needs a reason and the name"):
        rulings.add(*KEY, ruling(reason=reason, by=by), 1000)
    assert rulings.list("sendai") == []


def test_rulings_outlive_a_restart(tmp_path: Path) -> None:
    """They are in the file."""
    state = open_state(tmp_path)
    Rulings(state.database).add(*KEY, ruling(), 1000)
    state.database.close()
    state = open_state(tmp_path)
    assert Rulings(state.database).active(*KEY) == [ruling()]
    state.database.close()
