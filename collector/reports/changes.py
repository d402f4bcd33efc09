"""How much more or less something is than before, as people read it: +5.1, −0.3, ±0."""

from __future__ import annotations

from collector.reports.numbers import ABSENT, Number, percent
from collector.reports.report import Cell

_NONE_BELOW = 0.0005
"""Less than a twentieth of a percent is no change."""
_LEAST = 0.001


def change_of(now: Number | None, before: Number | None) -> float | None:
    """How much more it is than before, as a share; None where either is unknown or nothing."""
    if now is None or not before or float(before) <= 0:
        return None
    return float(now) / float(before) - 1


def change_text(change: float | None) -> str:
    """The change in percent with its sign, without the percent sign."""
    if change is None:
        return ABSENT
    if abs(change) < _NONE_BELOW:
        return "±0"
    # What rounds to a tenth of a percent is written as one, so that no sign meets a "<".
    return f"{'+' if change > 0 else '−'}{percent(max(abs(change), _LEAST))}"


def change_cell(now: Number | None, before: Number | None) -> Cell:
    """The change as a cell."""
    change = change_of(now, before)
    return Cell(change_text(change), change)
