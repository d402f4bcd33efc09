"""Words and numbers, spans and blocks: what a Modbus register means, and how to fetch many.

PURE. Before: the 16-bit words of a meter's answer. After: numbers, still without unit. A number's
*raw* is the unsigned integer that its words form once they stand high word first, high byte
first; every format is a pair of functions between raw and number. To add a number format, add a
row to ``FORMATS``; the round-trip tests pick it up from there.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from edge_agent.words import said

Order = Literal["big", "little"]
"""``big``: high word (or byte) first, as most meters send it; ``little``: low first."""
Number = int | float

LAST_ADDRESS = 0xFFFF


@dataclass(frozen=True, slots=True)
class Format:
    """One way to write a number into ``words`` registers.

    ``number`` gives None for a raw that is no number (NaN, infinity, a BCD digit above nine).
    ``raw`` is its inverse and raises ``ValueError`` for a number that does not fit.
    """

    words: int
    number: Callable[[int], Number | None]
    raw: Callable[[Number], int]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """``count`` registers that begin at ``address`` and are only read as a whole."""

    address: int
    count: int

    @property
    def end(self) -> int:
        """The first address after the span."""
        return self.address + self.count


@dataclass(frozen=True, slots=True)
class Limits:
    """What a meter accepts in one read.

    ``max_registers`` per request; ``max_gap`` unwanted registers may be read along to save a
    request; with ``even`` a request starts at an even address and counts evenly; ``holes`` are
    never touched; ``readable`` (when not empty) are the only ranges that
    exist, and a request stays inside one of them.
    """

    max_registers: int = 125
    max_gap: int = 0
    even: bool = False
    holes: tuple[Span, ...] = ()
    readable: tuple[Span, ...] = ()


def raw_of_words(words: Sequence[int], word_order: Order = "big", byte_order: Order = "big") -> int:
    """The unsigned integer that ``words`` form, whatever order they came in."""
    ordered = words if word_order == "big" else words[::-1]
    prefix = ">" if byte_order == "big" else "<"
    return int.from_bytes(struct.pack(f"{prefix}{len(words)}H", *ordered), "big")


def words_of_raw(
    raw: int, count: int, word_order: Order = "big", byte_order: Order = "big"
) -> list[int]:
    """``raw`` as ``count`` words in the given order: the inverse of ``raw_of_words``."""
    prefix = ">" if byte_order == "big" else "<"
    words = struct.unpack(f"{prefix}{count}H", raw.to_bytes(2 * count, "big"))
    return list(words if word_order == "big" else words[::-1])


def words_to_number(
    words: Sequence[int], format: str, word_order: Order = "big", byte_order: Order = "big"
) -> Number | None:
    """The number in ``words``; None when they hold none (NaN, infinity, invalid BCD).

    Raises ``ValueError`` when the format needs another count of words.
    """
    form = FORMATS[format]
    if len(words) != form.words:
        raise ValueError(f"{format} takes {form.words} words, not {len(words)}")
    return form.number(raw_of_words(words, word_order, byte_order))


def number_to_words(
    number: Number, format: str, word_order: Order = "big", byte_order: Order = "big"
) -> list[int]:
    """``number`` as words: the inverse of ``words_to_number``.

    Integer formats round; unsigned ones (and BCD) wrap as a counter does. Raises ``ValueError``
    for a number that a signed or float format cannot hold, and for NaN.
    """
    form = FORMATS[format]
    return words_of_raw(form.raw(number), form.words, word_order, byte_order)


def text_of_words(
    words: Sequence[int], chars_per_register: int = 2, byte_order: Order = "big"
) -> str:
    """The text in ``words``, two characters a register or one (in its low byte).

    It ends at the first NUL; blanks around it and what cannot be printed are left out, and
    registers that were never written (0xFFFF) hold none. UTF-8.
    """
    prefix = ">" if byte_order == "big" else "<"
    packed = struct.pack(
        f"{prefix}{len(words)}H", *(0 if word == 0xFFFF else word for word in words)
    )
    if chars_per_register == 1:
        packed = packed[1::2] if byte_order == "big" else packed[::2]
    text = packed.split(b"\0", 1)[0].decode("utf-8", "ignore")
    return "".join(char for char in text if char.isprintable()).strip()


def words_of_text(
    text: str, count: int, chars_per_register: int = 2, byte_order: Order = "big"
) -> list[int]:
    """``text`` in ``count`` words, NULs behind it: the inverse of ``text_of_words``.

    Raises ``ValueError`` for a text that is too long.
    """
    packed = text.encode()
    if len(packed) > count * chars_per_register:
        raise ValueError(f"{text} does not fit into {count} registers")
    packed = packed.ljust(count * chars_per_register, b"\0")
    if chars_per_register == 1:
        return list(packed)
    prefix = ">" if byte_order == "big" else "<"
    return list(struct.unpack(f"{prefix}{count}H", packed))


def plan_spans(spans: Iterable[Span], limits: Limits) -> list[Span]:
    """The fewest reads, in order of address, that cover every span within ``limits``.

    Each span lies whole inside a read. Raises ``ValueError`` for a span that can
    never be read: longer than a request, across a hole or outside the readable ranges.
    """
    reads: list[Span] = []
    for span in sorted(set(spans)):
        _refuse_unreadable(span, limits)
        joined = _joined(reads[-1], span) if reads else span
        if reads and _can_join(reads[-1], span, joined, limits):
            reads[-1] = joined
        else:
            reads.append(span)
    return reads


def _joined(read: Span, span: Span) -> Span:
    return Span(read.address, max(read.end, span.end) - read.address)


def _can_join(read: Span, span: Span, joined: Span, limits: Limits) -> bool:
    near = span.address - read.end <= limits.max_gap
    return near and joined.count <= limits.max_registers and _exists(joined, limits)


def _exists(span: Span, limits: Limits) -> bool:
    if any(span.address < hole.end and hole.address < span.end for hole in limits.holes):
        return False
    inside = (good.address <= span.address and span.end <= good.end for good in limits.readable)
    return not limits.readable or any(inside)


def _refuse_unreadable(span: Span, limits: Limits) -> None:
    if span.address < 0 or span.end - 1 > LAST_ADDRESS:
        raise ValueError(said("{span} is outside 0x0000 to 0xFFFF", span=_range(span)))
    if limits.even and (span.address % 2 or span.count % 2):
        text = said("{span} is odd, and this meter reads even addresses only", span=_range(span))
        raise ValueError(text)
    if span.count > limits.max_registers:
        most = limits.max_registers
        text = said("{span} is longer than the {most} of one read", span=_range(span), most=most)
        raise ValueError(text)
    if not _exists(span, limits):
        text = said("{span} is in a hole or outside the readable ranges", span=_range(span))
        raise ValueError(text)


def _range(span: Span) -> str:
    return said("{first} to {last}", first=f"0x{span.address:04X}", last=f"0x{span.end - 1:04X}")


def _whole(number: Number) -> int:
    if not math.isfinite(number):
        raise ValueError(f"{number} is not a finite number")
    return round(number)


def _unsigned(words: int) -> Format:
    modulus = 1 << (16 * words)
    return Format(words, lambda raw: raw, lambda number: _whole(number) % modulus)


def _signed(words: int) -> Format:
    modulus = 1 << (16 * words)
    half = modulus >> 1

    def raw(number: Number) -> int:
        whole = _whole(number)
        if not -half <= whole < half:
            raise ValueError(f"{number} does not fit into {16 * words} signed bits")
        return whole % modulus

    return Format(words, lambda value: value - modulus if value >= half else value, raw)


def _float(words: int, code: str) -> Format:
    def number(raw: int) -> Number | None:
        value: float = struct.unpack(code, raw.to_bytes(2 * words, "big"))[0]
        return value if math.isfinite(value) else None

    def raw(number: Number) -> int:
        if not math.isfinite(number):
            raise ValueError(f"{number} is not a finite number")
        try:
            return int.from_bytes(struct.pack(code, number), "big")
        except OverflowError:
            raise ValueError(f"{number} does not fit into {16 * words} bits") from None

    return Format(words, number, raw)


def _bcd(words: int) -> Format:
    digits = 4 * words

    def number(raw: int) -> Number | None:
        text = f"{raw:x}"
        return int(text) if text.isdecimal() else None

    return Format(words, number, lambda value: int(str(_whole(value) % 10**digits), 16))


FORMATS: dict[str, Format] = {
    "u16": _unsigned(1),
    "s16": _signed(1),
    "u32": _unsigned(2),
    "s32": _signed(2),
    "u64": _unsigned(4),
    "s64": _signed(4),
    "f32": _float(2, ">f"),
    "f64": _float(4, ">d"),
    "bcd16": _bcd(1),
    "bcd32": _bcd(2),
    "bcd64": _bcd(4),
}
"""Every number format by the name profiles use."""
