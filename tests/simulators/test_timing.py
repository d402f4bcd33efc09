"""How long bytes take, and what two answers at once look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.plant import Link
from simulators.timing import Sent, byte_s, frame_s, on_one_pair

SLOW = Link("line", "rtu", baud=9600)


@pytest.mark.parametrize(
    ("link", "bits"),
    [
        (Link("a", "rtu", 9600, "N", 1), 10),
        (Link("a", "rtu", 9600, "E", 1), 11),
        (Link("a", "rtu", 9600, "N", 2), 11),
        (Link("a", "rtu", 9600, "O", 2), 12),
    ],
)
def test_a_byte_has_its_bits(link: Link, bits: int) -> None:
    """Start, data, parity and stop bits at the line's speed."""
    assert byte_s(link) == pytest.approx(bits / 9600)


@pytest.mark.parametrize(("baud", "ms"), [(2400, 250), (9600, 63), (19_200, 31), (38_400, 17)])
def test_a_read_of_twenty_registers_takes_its_time(baud: int, ms: float) -> None:
    """Request of 8 and answer of 45 bytes with their silences, by the table of the reference."""
    link = Link("line", "rtu", baud=baud)
    assert 1000 * (frame_s(link, 8) + frame_s(link, 45)) == pytest.approx(ms, abs=1)


def test_answers_one_after_the_other_are_both_heard() -> None:
    """A unit that begins when the other has ended spoils nothing."""
    late = Sent(5 * byte_s(SLOW), b"later")
    assert on_one_pair([late, Sent(0, b"first")], SLOW) == [Sent(0, b"first"), late]


def test_equal_answers_at_once_are_one() -> None:
    """Two units that say the same at the same time are not noticed."""
    assert on_one_pair([Sent(0, b"same"), Sent(0, b"same")], SLOW) == [Sent(0, b"same")]


@given(st.binary(min_size=1, max_size=20), st.binary(min_size=1, max_size=20), st.integers(0, 10))
def test_a_low_bit_of_either_is_low(first: bytes, second: bytes, places: int) -> None:
    """What is heard has no high bit where one of the two drivers pulled it low."""
    places = min(places, len(first) - 1)
    at_s = places * byte_s(SLOW)
    (heard,) = on_one_pair([Sent(0, first), Sent(at_s, second)], SLOW)
    assert len(heard.frame) == max(len(first), places + len(second))
    for index, byte in enumerate(heard.frame):
        one = first[index] if index < len(first) else 0xFF
        other = second[index - places] if 0 <= index - places < len(second) else 0xFF
        assert byte == one & other
