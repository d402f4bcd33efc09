"""Words and numbers, spans and blocks."""

from __future__ import annotations

import math
import struct
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_agent.registers import (
    FORMATS,
    Limits,
    Order,
    Span,
    number_to_words,
    plan_spans,
    raw_of_words,
    text_of_words,
    words_of_raw,
    words_of_text,
    words_to_number,
)

ORDERS: tuple[Order, ...] = ("big", "little")
BCD = sorted(name for name in FORMATS if name.startswith("bcd"))


def _numbers(form: str) -> st.SearchStrategy[Any]:
    bits = 16 * FORMATS[form].words
    if form in BCD:
        return st.integers(0, 10 ** (bits // 4) - 1)
    if form.startswith("f"):
        return st.floats(width=32 if form == "f32" else 64, allow_nan=False, allow_infinity=False)
    half = 1 << (bits - 1)
    return st.integers(-half, half - 1) if form.startswith("s") else st.integers(0, 2 * half - 1)


@pytest.mark.parametrize("byte_order", ORDERS)
@pytest.mark.parametrize("word_order", ORDERS)
@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_every_number_comes_back(
    form: str, word_order: Order, byte_order: Order, data: st.DataObject
) -> None:
    """A number that a format can hold survives the way into words and back, in every order."""
    number = data.draw(_numbers(form))
    words = number_to_words(number, form, word_order, byte_order)
    assert len(words) == FORMATS[form].words
    assert all(0 <= word <= 0xFFFF for word in words)
    assert words_to_number(words, form, word_order, byte_order) == number


@pytest.mark.parametrize("byte_order", ORDERS)
@pytest.mark.parametrize("word_order", ORDERS)
@given(raw=st.integers(0, 2**64 - 1))
def test_orders_only_move_bytes(word_order: Order, byte_order: Order, raw: int) -> None:
    """Words of a raw in any order form that raw again, and hold the same bytes."""
    words = words_of_raw(raw, 4, word_order, byte_order)
    assert raw_of_words(words, word_order, byte_order) == raw
    assert sorted(struct.pack(">4H", *words)) == sorted(raw.to_bytes(8, "big"))


@pytest.mark.parametrize(
    ("word_order", "byte_order", "words"),
    [
        ("big", "big", [0x4366, 0x2000]),
        ("little", "big", [0x2000, 0x4366]),
        ("big", "little", [0x6643, 0x0020]),
        ("little", "little", [0x0020, 0x6643]),
    ],
)
def test_the_four_orders_of_a_float(word_order: Order, byte_order: Order, words: list[int]) -> None:
    """230.125 V, 0x43662000 by IEEE 754, reads the same from each order as meters send it."""
    assert words_to_number(words, "f32", word_order, byte_order) == 230.125


@pytest.mark.parametrize(
    ("form", "words", "number"),
    [
        ("u16", [0xFFFF], 65_535),
        ("s16", [0xFFFF], -1),
        ("s16", [0x8000], -32_768),
        ("u32", [0x0001, 0x0000], 65_536),
        ("s32", [0xFFFF, 0xFFFE], -2),
        ("u64", [0, 0, 0, 7], 7),
        ("s64", [0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF], -1),
        ("f64", [0x40B3, 0x88C0, 0, 0], 5_000.75),
        ("bcd16", [0x9876], 9_876),
        ("bcd32", [0x1234, 0x5678], 12_345_678),
        ("bcd64", [0x0000, 0x0012, 0x3456, 0x7890], 1_234_567_890),
    ],
)
def test_known_words(form: str, words: list[int], number: float) -> None:
    """Words worked out by hand decode to their number."""
    assert words_to_number(words, form) == number
    assert number_to_words(number, form) == words


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("f32", [0x7FC0, 0x0000]),
        ("f32", [0xFFC0, 0x0000]),
        ("f32", [0x7F80, 0x0000]),
        ("f64", [0xFFF0, 0, 0, 0]),
        ("bcd16", [0x12A4]),
        ("bcd32", [0x0000, 0x000F]),
        ("bcd16", [0x1E05]),
    ],
)
def test_what_is_no_number_is_absent(form: str, words: list[int]) -> None:
    """NaN, infinities and BCD digits above nine give no number."""
    assert words_to_number(words, form) is None


@pytest.mark.parametrize("form", [n for n in FORMATS if n[0] == "u" or n in BCD])
@given(data=st.data())
def test_unsigned_counters_come_round(form: str, data: st.DataObject) -> None:
    """A count past the end of an unsigned or BCD register starts again at zero."""
    bits = 16 * FORMATS[form].words
    modulus = 10 ** (bits // 4) if form in BCD else 1 << bits
    count = data.draw(st.integers(0, 3 * modulus))
    assert words_to_number(number_to_words(count, form), form) == count % modulus


def test_integers_are_rounded() -> None:
    """An integer format takes the nearest whole number."""
    assert number_to_words(2.6, "u16") == [3]
    assert number_to_words(-2.6, "s16") == [0xFFFD]


@pytest.mark.parametrize(
    ("form", "number"),
    [
        ("s16", 32_768),
        ("s32", -(2**31) - 1),
        ("f32", 1e39),
        ("u16", math.nan),
        ("f32", math.inf),
        ("f64", math.nan),
    ],
)
def test_what_does_not_fit_is_refused(form: str, number: float) -> None:
    """A signed or float register never takes a number that it cannot hold."""
    with pytest.raises(ValueError, match=r"does not fit|not a finite"):
        number_to_words(number, form)


def test_a_wrong_count_of_words_is_refused() -> None:
    """Half a number is not decoded."""
    with pytest.raises(ValueError, match="takes 2 words"):
        words_to_number([1], "u32")


# Planning.


@st.composite
def _plans(draw: st.DrawFn) -> tuple[list[Span], Limits]:
    """Spans that can be read, with limits that make planning hard."""
    most = draw(st.integers(4, 125))
    starts = draw(st.lists(st.integers(0, 400), max_size=4))
    holes = tuple(Span(start, draw(st.integers(1, 6))) for start in starts)
    readable: tuple[Span, ...] = ()
    if draw(st.booleans()):
        readable = (Span(0, draw(st.integers(100, 200))), Span(200, draw(st.integers(50, 220))))
    limits = Limits(most, draw(st.integers(0, 40)), False, holes, readable)
    cells = st.builds(Span, st.integers(0, 420), st.sampled_from([1, 2, 4]))
    spans = draw(st.lists(cells, min_size=1, max_size=40))
    return [span for span in spans if _readable(span, limits)], limits


def _cells(span: Span) -> set[int]:
    return set(range(span.address, span.end))


def _readable(span: Span, limits: Limits) -> bool:
    free = not any(_cells(span) & _cells(hole) for hole in limits.holes)
    inside = not limits.readable or any(_cells(span) <= _cells(good) for good in limits.readable)
    return free and inside


@given(plan=_plans())
def test_a_plan_covers_every_span_within_the_limits(plan: tuple[list[Span], Limits]) -> None:
    """Every span lies whole in a read; no read is too long, touches a hole or leaves a range."""
    spans, limits = plan
    reads = plan_spans(spans, limits)
    for span in spans:
        assert any(_cells(span) <= _cells(read) for read in reads)
    for read in reads:
        assert read.count <= limits.max_registers
        assert _readable(read, limits)
    assert reads == sorted(reads)


@given(plan=_plans())
def test_a_plan_reads_no_wider_gap_than_allowed(plan: tuple[list[Span], Limits]) -> None:
    """Between two wanted registers of a read there are at most ``max_gap`` others."""
    spans, limits = plan
    wanted = set().union(*(_cells(span) for span in spans))
    for read in plan_spans(spans, limits):
        here = sorted(_cells(read) & wanted)
        assert (here[0], here[-1]) == (read.address, read.end - 1)
        gaps = [after - before - 1 for before, after in pairwise(here)]
        assert max(gaps, default=0) <= limits.max_gap


@given(plan=_plans())
def test_neighbouring_reads_could_not_have_been_one(plan: tuple[list[Span], Limits]) -> None:
    """The plan wastes no request: no two neighbouring reads would fit into one."""
    spans, limits = plan
    reads = plan_spans(spans, limits)
    for one, two in pairwise(reads):
        # What ``one`` covers already did not need ``two``.
        first = min(s for s in spans if s.address == two.address and s.end > one.end)
        both = Span(one.address, max(one.end, first.end) - one.address)
        near = two.address - one.end <= limits.max_gap
        assert not (near and both.count <= limits.max_registers and _readable(both, limits))


def test_adjacent_registers_are_one_read() -> None:
    """Three values side by side, and one two registers off, are a single request."""
    spans = [Span(0, 2), Span(2, 2), Span(4, 2), Span(8, 2)]
    assert plan_spans(spans, Limits(80, 2)) == [Span(0, 10)]
    assert plan_spans(spans, Limits(80, 1)) == [Span(0, 6), Span(8, 2)]
    assert plan_spans(spans, Limits(4, 2)) == [Span(0, 4), Span(4, 2), Span(8, 2)]


def test_holes_and_ranges_part_a_read() -> None:
    """A hole, or the border between two readable ranges, is never crossed."""
    spans = [Span(0, 2), Span(4, 2)]
    assert plan_spans(spans, Limits(80, 9, holes=(Span(3, 1),))) == spans
    assert plan_spans(spans, Limits(80, 9, readable=(Span(0, 3), Span(3, 9)))) == spans


@pytest.mark.parametrize(
    ("span", "limits", "why"),
    [
        (Span(0, 4), Limits(2), "longer than"),
        (Span(6, 2), Limits(80, holes=(Span(7, 4),)), "hole"),
        (Span(6, 2), Limits(80, readable=(Span(0, 7),)), "readable"),
        (Span(0xFFFF, 2), Limits(80), "outside"),
        (Span(3, 2), Limits(80, even=True), "odd"),
        (Span(2, 1), Limits(80, even=True), "odd"),
    ],
)
def test_a_span_that_cannot_be_read_is_refused(span: Span, limits: Limits, why: str) -> None:
    """A span that no request could bring is an error of the profile, said when it is loaded."""
    with pytest.raises(ValueError, match=why):
        plan_spans([span], limits)


_PRINTED = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8)


@pytest.mark.parametrize("byte_order", ORDERS)
@pytest.mark.parametrize("per_register", [1, 2])
@given(text=_PRINTED)
def test_every_text_comes_back(per_register: int, byte_order: Order, text: str) -> None:
    """A text survives the way into registers, one or two characters each, in either byte order."""
    words = words_of_text(text, 8, per_register, byte_order)
    assert len(words) == 8
    assert text_of_words(words, per_register, byte_order) == text


@given(words=st.lists(st.integers(0, 0xFFFF), max_size=20))
def test_any_words_make_a_printable_text(words: list[int]) -> None:
    """Garbage in a text register is left out; what comes can be shown."""
    for per_register in (1, 2):
        text = text_of_words(words, per_register)
        assert text == text.strip()
        assert text.isprintable()


@pytest.mark.parametrize(
    ("words", "per_register", "text"),
    [
        ([0x4B4D, 0x2D4E, 0x3100, 0x4141], 2, "KM-N1"),
        ([0x0053, 0x004F, 0x0043, 0x004F], 1, "SOCO"),
        ([0xFFFF, 0xFFFF], 2, ""),
        ([0x2041, 0x4220], 2, "AB"),
        ([], 2, ""),
    ],
)
def test_texts_of_meters(words: list[int], per_register: int, text: str) -> None:
    """NUL ends it, blanks around it and erased registers are no part of it."""
    assert text_of_words(words, per_register) == text


def test_a_text_that_is_too_long_is_refused() -> None:
    """Nothing is cut off silently."""
    with pytest.raises(ValueError, match="does not fit into 1 registers"):
        words_of_text("abc", 1)
