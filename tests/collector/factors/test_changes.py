"""What a new set of factors changes: first, other and withdrawn values, by key and window."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from collector.factors.changes import Change, changes
from collector.factors.lookup import FactorLibrary
from collector.factors.own_folder import Draft
from tests.collector.factors.sample import GOOD, OTHER_MENU, SAME_MENU, text

CORRECTION = f'{SAME_MENU}, supersedes = "x-1", known_on = 2025-06-01'


def between(old: list[str], new: list[str]) -> tuple[Change, ...]:
    """The changes from one file to another."""
    one, other = ([Draft("x.toml", text(*rows))] for rows in (old, new))
    return changes(FactorLibrary.load(one), FactorLibrary.load(other))


def test_nothing_new_is_no_change() -> None:
    """The same rows change nothing."""
    assert between([GOOD], [GOOD]) == ()


def test_a_first_value() -> None:
    """A key without a row gets one: there is nothing before it."""
    (change,) = between([GOOD], [GOOD, f'{OTHER_MENU}, value = "0.5"'])
    assert (change.kind, change.before, change.factor.id) == ("first", None, "x-2")
    assert change.window == (date(2025, 4, 1), date(2026, 4, 1))


def test_another_value() -> None:
    """A correction gives the same key and window another value; both are told."""
    (change,) = between([GOOD], [GOOD, f'{CORRECTION}, value = "0.5"'])
    assert change.kind == "value"
    assert change.before is not None
    assert change.after is not None
    assert (change.before.kg_per_kwh, change.after.kg_per_kwh) == (Decimal("0.4"), Decimal("0.5"))


def test_another_status() -> None:
    """A preliminary value that is confirmed keeps its value and becomes official."""
    early = f'{GOOD}, status = "preliminary"'
    (change,) = between([early], [early, f'{CORRECTION}, value = "0.4"'])
    assert change.kind == "status"


def test_a_repeated_value_is_no_change() -> None:
    """A new edition that prints the same value for the same days changes nothing."""
    assert between([GOOD], [GOOD, f'{CORRECTION}, value = "0.4"']) == ()


def test_a_withdrawal() -> None:
    """A withdrawn row leaves its key without a value."""
    gone = f'{CORRECTION}, value = "0.4", status = "withdrawn"'
    (change,) = between([GOOD], [GOOD, gone])
    assert (change.kind, change.factor.id, change.after) == ("withdrawn", "x-1", None)


def test_a_row_with_two_keys_is_told_once() -> None:
    """A residual is found by menu and by kind, and is still one change."""
    residual = OTHER_MENU.replace("named", "residual")
    assert len(between([GOOD], [GOOD, f'{residual}, value = "0.5"'])) == 1
