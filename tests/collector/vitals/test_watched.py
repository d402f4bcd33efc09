"""A store whose calls are steps of progress."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.rollup.totals import Total
from collector.storage.sqlite import SqliteStore
from collector.vitals import watched as room
from collector.vitals.watched import watched
from edge_agent.contract.reading import Reading
from tests.collector.storage.samples import total

ENERGY = "active_energy_import_wh"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Open an empty store."""
    made = SqliteStore(tmp_path / "store.sqlite")
    made.check()
    yield made
    made.close()


def test_each_call_is_a_step_and_answers_as_the_store_does(store: SqliteStore) -> None:
    """A step is made when the call has come to its end."""
    steps: list[int] = []
    seen = watched(store, lambda: steps.append(1))
    assert seen.write_readings([Reading("s", "m", 1, {ENERGY: 2.0})]) == []
    assert seen.read_series("s", "m", ENERGY, 0, 10) == [(1, 2.0)]
    assert len(steps) == 2


def test_a_call_that_fails_is_no_step(store: SqliteStore) -> None:
    """Its error comes through."""
    steps: list[int] = []
    with pytest.raises(KeyError):
        watched(store, lambda: steps.append(1)).read_rows("none", "s", "m", 0, 1)
    assert steps == []


def test_years_of_totals_are_written_in_pieces(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each piece is a step, and all of them are there."""
    monkeypatch.setattr(room, "TOTALS_AT_ONCE", 10)
    totals: list[Total] = [total(n) for n in range(25)]
    steps: list[int] = []
    watched(store, lambda: steps.append(1)).write_totals(totals)
    assert len(steps) == 3
    first = totals[0]
    assert store.read_totals(first.site, first.meter, first.period, 0, 2**42) == totals
