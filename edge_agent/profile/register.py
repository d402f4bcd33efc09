"""One value of a meter, and the block reads that bring many. PURE.

Before: where a value lies and how it is written. After: words to value and back, and the plan of
requests that fetch all of a meter's registers once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from edge_agent.registers import (
    FORMATS,
    Limits,
    Number,
    Order,
    Span,
    plan_spans,
    raw_of_words,
    words_of_raw,
)

Function = Literal[3, 4]
Encoding = Literal["", "power_factor_4q"]
GREATEST_POWER = 10
"""A scale register beyond plus or minus ten holds no power of ten."""


@dataclass(frozen=True, slots=True)
class Register:
    """One value of a meter: ``address`` is the 0-based address on the wire.

    The value, in the quantity's unit, is ``number * scale + offset``. ``not_available`` are raws
    (see ``registers``) that mean "no value"; with ``zero_is_missing`` so does 0. ``scale_by``
    names settings of the meter whose factors belong to ``scale`` (see ``edge_agent.settle``).
    ``scale_register`` is the address, under the same function, of a power of ten that multiplies
    the number. A value outside ``bounds``, in the quantity's unit, is none.
    ``verified`` is False when one source alone has it.
    """

    quantity: str
    function: Function
    address: int
    format: str
    scale: float = 1.0
    offset: float = 0.0
    word_order: Order = "big"
    byte_order: Order = "big"
    not_available: tuple[int, ...] = ()
    encoding: Encoding = ""
    optional: bool = False
    verified: bool = True
    scale_by: tuple[str, ...] = ()
    scale_register: int | None = None
    zero_is_missing: bool = False
    bounds: tuple[float, float] | None = None
    _divisor: float | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_divisor", _divisor(self.scale))

    @property
    def words(self) -> int:
        """How many registers the value takes."""
        return FORMATS[self.format].words

    @property
    def span(self) -> Span:
        """The registers that one request must bring: the value's, and its scale register."""
        first, end = self.address, self.address + self.words
        if self.scale_register is not None:
            first, end = min(first, self.scale_register), max(end, self.scale_register + 1)
        return Span(first, end - first)

    def value_of(self, words: Sequence[int], power: int = 0) -> float | None:
        """The value in ``words``, None when the meter says that it has none, or out of bounds.

        ``power`` is what the scale register says (see ``power_of``).
        """
        value = self.unbounded_of(words, power)
        if value is None or self.bounds is None:
            return value
        return value if self.bounds[0] <= value <= self.bounds[1] else None

    def unbounded_of(self, words: Sequence[int], power: int = 0) -> float | None:
        """As ``value_of``, but a value outside the bounds is given too."""
        raw = raw_of_words(words, self.word_order, self.byte_order)
        number = None if raw in self.not_available else FORMATS[self.format].number(raw)
        if number is None or (self.zero_is_missing and number == 0):
            return None
        if self.encoding == "power_factor_4q":
            number = power_factor_of_4q(number)
        if power:
            number = number * 10**power if power > 0 else number / 10**-power
        scaled = number * self.scale if self._divisor is None else number / self._divisor
        value = scaled + self.offset
        return value if math.isfinite(value) else None

    def words_of(self, value: float, power: int = 0) -> list[int]:
        """The words with which the meter would show ``value``: the inverse of ``value_of``.

        Raises ``ValueError`` when the register cannot hold it.
        """
        number = value - self.offset
        number = number / self.scale if self._divisor is None else number * self._divisor
        if power:
            number = number / 10**power if power > 0 else number * 10**-power
        raw = FORMATS[self.format].raw(number)
        return words_of_raw(raw, self.words, self.word_order, self.byte_order)


@dataclass(frozen=True, slots=True)
class ReadBlock:
    """One request: ``count`` registers from ``address``, and the values that it brings."""

    function: Function
    address: int
    count: int
    registers: tuple[Register, ...]

    @property
    def optional(self) -> bool:
        """Whether the meter may refuse this block without being at fault."""
        return all(register.optional for register in self.registers)

    def without_gaps(self) -> tuple[ReadBlock, ...]:
        """The same values in requests that touch no other register; itself when it has no gap."""
        limits = Limits(max_registers=self.count)
        reads = plan_spans((register.span for register in self.registers), limits)
        return tuple(_blocks(self.function, self.registers, reads))


def power_of(word: int) -> int | None:
    """The power of ten in a scale register's signed word; None when it holds none.

    SunSpec writes 0x8000 for "no scale factor"; beyond plus or minus 10 is no power of its own.
    """
    power = word - 0x1_0000 if word >= 0x8000 else word
    return power if -GREATEST_POWER <= power <= GREATEST_POWER else None


def power_factor_of_4q(number: Number) -> Number:
    """Schneider's four-quadrant power factor (-2 to 2) as a plain one (-1 to 1).

    Beyond 1 the load is leading and the power factor is ``2 - |x|``; the sign stays that of the
    quadrant. Anything beyond 2 is no power factor and becomes NaN.
    """
    size = abs(number)
    if size > 2:
        return math.nan
    return number if size <= 1 else math.copysign(2 - size, number)


def plan(registers: Iterable[Register], limits: Limits) -> tuple[ReadBlock, ...]:
    """The block reads that bring every register once, within ``limits``.

    A value and its scale register come in one request. Optional registers never share a block
    with the others, and only with those that touch them, so that a refusal costs no value the
    meter has. Raises ``ValueError`` for a register that cannot be read.
    """
    rows = sorted(registers, key=lambda row: (row.optional, row.function, row.address))
    blocks: list[ReadBlock] = []
    for optional, function in sorted({(row.optional, row.function) for row in rows}):
        group = [row for row in rows if (row.optional, row.function) == (optional, function)]
        bounds = _without_gaps(limits) if optional else limits
        blocks += _blocks(function, group, plan_spans((row.span for row in group), bounds))
    return tuple(blocks)


def _without_gaps(limits: Limits) -> Limits:
    return Limits(limits.max_registers, 0, limits.even, limits.holes, limits.readable)


def _blocks(function: Function, rows: Sequence[Register], reads: list[Span]) -> Iterator[ReadBlock]:
    waiting = list(rows)
    for read in reads:
        inside = [row for row in waiting if _lies_in(row.span, read)]
        waiting = [row for row in waiting if row not in inside]
        yield ReadBlock(function, read.address, read.count, tuple(inside))


def _lies_in(span: Span, read: Span) -> bool:
    return read.address <= span.address and span.end <= read.end


def _divisor(scale: float) -> float | None:
    # 2301 / 10 is 230.1 where 2301 * 0.1 is 230.10000000000002.
    divisor = round(1 / scale) if scale and math.isfinite(scale) else 0
    return float(divisor) if divisor > 1 and 1 / divisor == scale else None
