"""The log of findings: durable, only growing, refusing what says too little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from collector.errors import CollectorError, StopError
from collector.findings.status import Change, Promise
from collector.state import CollectorState, open_state

PROMISE = Promise(date(2025, 4, 1), date(2026, 4, 1), date(2026, 4, 1), 100.0, 200.0, 400.0)
CHANGE = Change("works", "standby:works:press", "doing", "sato", "", "sato", 1_700_000_000_000)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[CollectorState]:
    """A state file of its own."""
    held = open_state(tmp_path)
    yield held
    held.database.close()


def test_entries_come_back_as_they_went_in(state: CollectorState, tmp_path: Path) -> None:
    """Every field survives, in the order of time, also in a file opened again."""
    whole = replace(CHANGE, status="done", promise=PROMISE, cost_yen=50_000.0, reason="timer")
    muted = replace(CHANGE, status="muted", reason="later", until=date(2026, 7, 1))
    for change in (CHANGE, whole, muted):
        state.findings.add(change)
    assert state.findings.history("works") == [CHANGE, whole, muted]
    state.database.close()
    again = open_state(tmp_path)
    assert again.findings.history("works", CHANGE.key) == [CHANGE, whole, muted]
    again.database.close()


def test_a_history_is_of_one_site_and_one_finding(state: CollectorState) -> None:
    """Other sites and other keys do not show."""
    other = replace(CHANGE, site="elsewhere")
    second = replace(CHANGE, key="peak:works:_site")
    for change in (CHANGE, other, second):
        state.findings.add(change)
    assert state.findings.history("works") == [CHANGE, second]
    assert state.findings.history("works", "peak:works:_site") == [second]
    assert state.findings.history("nowhere") == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (replace(CHANGE, by=" "), "name of who sets it"),
        (replace(CHANGE, status="muted"), "muted for a reason"),
        (replace(CHANGE, until=date(2026, 7, 1)), "does not end by itself"),
        (replace(CHANGE, status="done"), "needs its baseline"),
        (replace(CHANGE, cost_yen=-1.0), "a cost of -1"),
        (replace(CHANGE, cost_yen=float("nan")), "a cost of nan"),
        (replace(CHANGE, status="gone"), "no status"),  # type: ignore[arg-type]
    ],
)
def test_what_says_too_little_is_refused(state: CollectorState, change: Change, said: str) -> None:
    """Each wrong entry is one clear line with a hint, and nothing is kept of it."""
    with pytest.raises(CollectorError, match=said) as error:
        state.findings.add(change)
    assert error.value.hint
    assert state.findings.history("works") == []


@pytest.mark.parametrize(
    "sql", ["UPDATE finding_change SET owner = 'x'", "DELETE FROM finding_change"]
)
def test_nothing_said_can_be_changed_or_deleted(state: CollectorState, sql: str) -> None:
    """The database itself refuses to change or delete an entry."""
    state.findings.add(CHANGE)
    with pytest.raises(StopError), state.database.write() as connection:
        connection.execute(sql)
    assert state.findings.history("works") == [CHANGE]
