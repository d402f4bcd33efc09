"""From values to places: round tick values, linear scales, labels that do not overlap."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from collector.reports.report import AxisLabel

LABEL_GAP_EM = 0.3
SMALLEST_RANGE = 1e-8
_NARROW = frozenset("()/:.,'|!-*il ")


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps ``low`` to ``start`` and ``high`` to ``end`` (px), linearly."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """The place of the value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def nice_ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round values (1, 2, 2.5 or 5 times a power of ten) from at or below ``low`` to ``high``.

    The last tick is at or above ``high``; an empty range, or one too small for its numbers to be
    written, is widened.
    """
    if high - low <= SMALLEST_RANGE * max(1.0, abs(low), abs(high)):
        high = low + max(1.0, abs(low))
    rough = (high - low) / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return tuple(round(number * step, 10) for number in range(first, last + 1))


def tick_texts(ticks: Sequence[float]) -> tuple[str, ...]:
    """The ticks in figures, all with the decimals their step needs."""
    step = ticks[1] - ticks[0]
    decimals = next((n for n in range(6) if abs(round(step, n) - step) < step * 1e-6), 6)
    return tuple(f"{tick:,.{decimals}f}".replace("-", "−") for tick in ticks)


def text_width(text: str, size: float) -> float:
    """About how wide the text is (px): full-width characters count one em, others about half."""
    return size * sum(_em(character) for character in text)


def _em(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    return 0.36 if character in _NARROW else 0.58


def fitting_labels(
    labels: Sequence[AxisLabel], place: Scale, size: float
) -> list[tuple[AxisLabel, str]]:
    """The labels to write and how, so that none touches the next.

    Full labels when all fit, else short ones, else every second, third, ... short one. One that is
    wider than the axis is cut.
    """
    room = abs(place.end - place.start)
    full = [shortened(label.label, room, size) for label in labels]
    short = [shortened(label.short, room, size) for label in labels]
    for texts in (full, short):
        if _fits(labels, texts, place, size):
            return list(zip(labels, texts, strict=True))
    every = 2
    while not _fits(labels[::every], short[::every], place, size):
        every += 1
    return list(zip(labels[::every], short[::every], strict=True))


def _fits(labels: Sequence[AxisLabel], texts: Sequence[str], place: Scale, size: float) -> bool:
    edge = float("-inf")
    for label, text in zip(labels, texts, strict=True):
        middle, half = place(label.centre), text_width(text, size) / 2
        if middle - half < edge:
            return False
        edge = middle + half + LABEL_GAP_EM * size
    return True


def shortened(text: str, room: float, size: float) -> str:
    """The text, cut with an ellipsis where it is wider than ``room`` (px); "" without room."""
    if text_width(text, size) <= room:
        return text
    held, wide = "", size * _em("…")
    for character in text:
        wide += size * _em(character)
        if wide > room:
            break
        held += character
    return f"{held.rstrip()}…" if held else ""
