"""The list of days whose figures are out of date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.state.database import StateDatabase
from collector.state.stale_figures import StaleFigures


@pytest.fixture
def stale(tmp_path: Path) -> Iterator[StaleFigures]:
    """An empty list."""
    database = StateDatabase(tmp_path / "state.sqlite")
    yield StaleFigures(database)
    database.close()


def told(stale: StaleFigures) -> list[tuple[str, str, int, int, int, str]]:
    """Every mark without its number."""
    return [(m.site, m.meter, m.day_ms, m.from_ms, m.to_ms, m.stage) for m in stale.pending()]


def test_marks_come_back_in_order(stale: StaleFigures) -> None:
    """By site, meter and day."""
    stale.mark("t", [("a", 0, 0, 5)])
    stale.mark("s", [("b", 100, 110, 120), ("b", 0, 10, 20), ("a", 0, 0, 100)])
    assert told(stale) == [
        ("s", "a", 0, 0, 100, "fresh"),
        ("s", "b", 0, 10, 20, "fresh"),
        ("s", "b", 100, 110, 120, "fresh"),
        ("t", "a", 0, 0, 5, "fresh"),
    ]


def test_a_day_marked_twice_is_one_with_both_stretches(stale: StaleFigures) -> None:
    """From the earlier beginning to the later end."""
    stale.mark("s", [("a", 0, 30, 40)])
    stale.mark("s", [("a", 0, 10, 20)])
    assert told(stale) == [("s", "a", 0, 10, 40, "fresh")]


def test_a_day_that_settles_begins_anew_when_it_is_marked(stale: StaleFigures) -> None:
    """Its first stretch is done; only the new one is asked for again."""
    stale.mark("s", [("a", 0, 10, 20)])
    stale.settle(stale.pending())
    assert told(stale) == [("s", "a", 0, 10, 20, "settling")]
    stale.mark("s", [("a", 0, 30, 40)])
    assert told(stale) == [("s", "a", 0, 30, 40, "fresh")]


def test_what_was_marked_meanwhile_neither_settles_nor_goes(stale: StaleFigures) -> None:
    """A run that began before the mark has not seen what changed."""
    stale.mark("s", [("a", 0, 10, 20), ("b", 0, 10, 20)])
    held = stale.pending()
    stale.mark("s", [("a", 0, 15, 30)])
    stale.settle(held)
    assert [one[5] for one in told(stale)] == ["fresh", "settling"]
    stale.clear(held)
    assert told(stale) == [("s", "a", 0, 10, 30, "fresh")]


def test_marks_outlive_the_program(tmp_path: Path) -> None:
    """A list that is opened again holds what was marked."""
    for _ in range(2):
        database = StateDatabase(tmp_path / "state.sqlite")
        StaleFigures(database).mark("s", [("a", 0, 0, 1)])
        assert len(StaleFigures(database).pending()) == 1
        database.close()
