"""Closed accounts: a list that only grows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from collector.accounts.account import Account
from collector.accounts.ledger import make_account
from collector.accounts.span import Span
from collector.errors import CollectorError, StopError
from collector.state.closed_periods import ClosedPeriods
from collector.state.database import StateDatabase
from tests.collector.accounts.books import book, claim, days_of, library

APRIL = Span(date(2025, 4, 1), date(2025, 5, 1), "2025-04")
MAY = Span(date(2025, 5, 1), date(2025, 6, 1), "2025-05")
AT_MS = 1_770_000_000_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[StateDatabase]:
    """A state file."""
    opened = StateDatabase(tmp_path / "state.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def periods(database: StateDatabase) -> ClosedPeriods:
    """The list in it."""
    return ClosedPeriods(database)


def account(kwh: float = 10, span: Span = APRIL) -> Account:
    """An account with a certificate."""
    held = book(days_of(span.first, [kwh] * span.length), certificates=[claim(40, span)])
    return make_account(held, span, library(), date(2026, 5, 1), "mieruka 1")


def test_a_closed_account_is_kept_whole(periods: ClosedPeriods, database: StateDatabase) -> None:
    """Another process reads the same account, to the last digit, with who closed it and when."""
    closed = periods.close(account(), "佐藤", AT_MS)
    again = ClosedPeriods(database).get("s", APRIL)
    assert again == closed
    assert again is not None
    assert (again.account, again.by, again.closed_at_ms) == (account(), "佐藤", AT_MS)
    assert (again.restates, again.reason) == (None, "")


def test_a_period_is_closed_once(periods: ClosedPeriods) -> None:
    """A second closing is refused and leaves the first; another period is another matter."""
    periods.close(account(), "a", AT_MS)
    with pytest.raises(CollectorError, match="closed already") as caught:
        periods.close(account(11), "b", AT_MS)
    assert "restate" in caught.value.hint
    periods.close(account(span=MAY), "a", AT_MS)
    assert [(one.account.span.name, one.by) for one in periods.list("s")] == [
        ("2025-04", "a"),
        ("2025-05", "a"),
    ]
    assert periods.list("elsewhere") == []


def test_a_restatement_names_the_former_one(periods: ClosedPeriods) -> None:
    """Old and new are both kept; the newest is what counts."""
    first = periods.close(account(), "a", AT_MS)
    second = periods.restate(account(11), "b", "counter replaced", AT_MS + 1)
    third = periods.restate(account(12), "b", "again", AT_MS + 2)
    assert [one.restates for one in (first, second, third)] == [None, first.id, second.id]
    assert periods.history("s", APRIL) == [first, second, third]
    assert periods.get("s", APRIL) == third


def test_what_a_signature_needs(periods: ClosedPeriods) -> None:
    """A name to close, a closed period and a reason to restate: each is told when missing."""
    with pytest.raises(CollectorError, match="name of who closes"):
        periods.close(account(), "  ", AT_MS)
    with pytest.raises(CollectorError, match="is not closed"):
        periods.restate(account(), "a", "why", AT_MS)
    periods.close(account(), "a", AT_MS)
    with pytest.raises(CollectorError, match="needs its reason"):
        periods.restate(account(), "a", " ", AT_MS)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE closed_period SET by = 'someone'", "DELETE FROM closed_period"],
)
def test_the_file_itself_refuses_changes(
    periods: ClosedPeriods, database: StateDatabase, statement: str
) -> None:
    """Whoever tries, by whatever program, as long as the table stands."""
    periods.close(account(), "a", AT_MS)
    with pytest.raises(StopError, match="closed period"), database.write() as connection:
        connection.execute(statement)
    assert len(periods.list("s")) == 1


def test_a_figure_changed_behind_its_back_is_noticed(
    periods: ClosedPeriods, database: StateDatabase, tmp_path: Path
) -> None:
    """With the guard taken away and a digit changed, reading it stops."""
    closed = periods.close(account(), "a", AT_MS)
    with sqlite3.connect(tmp_path / "state.sqlite") as other:
        other.execute("DROP TRIGGER closed_period_stays")
        other.execute("UPDATE closed_period SET document = replace(document, '10000000', '9')")
    other.close()
    with pytest.raises(StopError, match=f"account {closed.id} was changed"):
        periods.list("s")


def test_files_of_older_programs_gain_the_table(tmp_path: Path) -> None:
    """A state file without it is opened as before and can close periods."""
    file = tmp_path / "old.sqlite"
    StateDatabase(file).close()
    with sqlite3.connect(file) as other:
        other.execute("DROP TABLE closed_period")
    other.close()
    database = StateDatabase(file)
    assert ClosedPeriods(database).close(account(), "a", AT_MS).id == 1
    database.close()
