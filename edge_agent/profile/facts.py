"""What a profile knows of a meter besides its values: how to tell it, and how it is set. PURE.

Each fact runs both ways: ``..._of(words)`` for who reads a meter, ``words_of`` and ``typical``
for who plays one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from edge_agent.profile.register import Function
from edge_agent.registers import (
    FORMATS,
    Number,
    Order,
    number_to_words,
    text_of_words,
    words_of_text,
    words_to_number,
)

Role = Literal["vendor", "model", "serial", "firmware"]
Severity = Literal["stop", "warn"]
Wiring = Literal["1P2W", "1P3W", "3P3W", "3P4W"]
TEXT = "text"


@dataclass(frozen=True, slots=True)
class IdentityRow:
    """Registers that tell what a meter is: its vendor, model, serial number or firmware.

    ``count`` is their number. At most one of ``between`` (ranges, ends included), ``equals`` and
    ``begins`` (texts, whatever their case) says what this model shows; none: it is just read.
    """

    role: Role
    function: Function
    address: int
    count: int
    format: str
    chars_per_register: Literal[1, 2] = 2
    word_order: Order = "big"
    byte_order: Order = "big"
    between: tuple[tuple[Number, Number], ...] = ()
    equals: tuple[Number, ...] = ()
    begins: tuple[str, ...] = ()

    @property
    def expects(self) -> bool:
        """Whether the row tells models apart; else it is just read."""
        return bool(self.between or self.equals or self.begins)

    def shown(self, words: Sequence[int]) -> str:
        """What ``words`` say, as people read it; empty when they say nothing."""
        if self.format == TEXT:
            return text_of_words(words, self.chars_per_register, self.byte_order)
        number = self._number(words)
        if number is None or all(word == 0xFFFF for word in words):
            return ""
        return _plain(number)

    def accepts(self, words: Sequence[int]) -> bool:
        """Whether ``words`` are what this model shows; True when nothing is expected."""
        if not self.expects:
            return True
        if self.begins:
            text = self.shown(words).casefold()
            return any(text.startswith(begin.casefold()) for begin in self.begins)
        number = self._number(words)
        if number is None:
            return False
        return number in self.equals or any(low <= number <= high for low, high in self.between)

    def wanted(self) -> str:
        """What is expected, for people: ``330-345``, ``iEM3155``."""
        ranges = [f"{low:g}-{high:g}" if low != high else f"{low:g}" for low, high in self.between]
        return ", ".join([*ranges, *map(_plain, self.equals), *self.begins])

    def words_of(self, shown: str | Number) -> list[int]:
        """The words with which a meter would show this text or number.

        Raises ``ValueError`` when they cannot hold it.
        """
        if self.format == TEXT:
            return words_of_text(str(shown), self.count, self.chars_per_register, self.byte_order)
        number = shown if isinstance(shown, int | float) else int(shown)
        return number_to_words(number, self.format, self.word_order, self.byte_order)

    def typical(self) -> str | Number:
        """One thing that such a meter shows here: the first that is expected, else a stand-in."""
        if self.begins:
            return self.begins[0]
        if self.between or self.equals:
            return self.equals[0] if self.equals else self.between[0][0]
        return "12345"[: self.count * self.chars_per_register] if self.format == TEXT else 12345

    def _number(self, words: Sequence[int]) -> Number | None:
        return words_to_number(words, self.format, self.word_order, self.byte_order)


@dataclass(frozen=True, slots=True)
class Setting:
    """A register in which the meter keeps how it is set.

    ``expect`` are the numbers that are well; any other brings ``message`` with ``severity``. The
    factor for the registers that are scaled by it is found in ``factors`` (number, factor), or is
    ``number * scale`` when there are none. A meter may refuse an ``optional`` one: factor 1.
    """

    name: str
    function: Function
    address: int
    format: str
    word_order: Order = "big"
    byte_order: Order = "big"
    scale: float = 1.0
    expect: tuple[Number, ...] = ()
    severity: Severity = "warn"
    message: str = ""
    factors: tuple[tuple[Number, float], ...] = ()
    optional: bool = False

    @property
    def words(self) -> int:
        """How many registers the setting takes."""
        return FORMATS[self.format].words

    def number_of(self, words: Sequence[int]) -> Number | None:
        """What the meter is set to; None when the words hold no number."""
        return words_to_number(words, self.format, self.word_order, self.byte_order)

    def factor_of(self, number: Number) -> float | None:
        """The factor that this setting means; None when it means none."""
        if self.factors:
            return next((factor for key, factor in self.factors if key == number), None)
        factor = number * self.scale
        return factor if factor > 0 else None

    def words_of(self, number: Number) -> list[int]:
        """The words with which a meter set to ``number`` answers."""
        return number_to_words(number, self.format, self.word_order, self.byte_order)

    def typical(self) -> Number:
        """What a meter is set to: the first that is expected, else what means the factor 1."""
        if self.expect:
            return self.expect[0]
        plain = [key for key, factor in self.factors if factor == 1.0]
        if self.factors:
            return [*plain, self.factors[0][0]][0]
        return round(1 / self.scale) if self.format[0] != "f" else 1 / self.scale


@dataclass(frozen=True, slots=True)
class NeverWrite:
    """What nobody may write to this meter: an address (to ``last``) or a function, and why."""

    why: str
    address: int | None = None
    last: int | None = None
    function: int | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a profile's addresses count from: the ID register of a SunSpec model of ``models``."""

    kind: Literal["sunspec"]
    models: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a profile's facts come from."""

    title: str
    revision: str
    where: str


def _plain(number: Number) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"
