"""Frames as bytes: their shapes, their checksum, and finding them in a stream."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_agent.listen.finder import FrameFinder
from edge_agent.listen.frames import (
    LONGEST_BYTES,
    Answer,
    Heard,
    Other,
    Question,
    Refusal,
    Unread,
    checksum,
    question,
    whole,
)
from tests.edge_agent.listen.wire import answer, framed, refusal


def heard(data: bytes, step: int = 4096) -> list[Heard]:
    """What a finder makes of these bytes, handed over in bunches of ``step``."""
    finder, found = FrameFinder(), []
    for at in range(0, len(data), step):
        found += finder.feed(data[at : at + step], float(at))
    return found + finder.quiet()


def test_the_checksum_is_modbus() -> None:
    """The example of the Serial Line Guide: 02 07 ends with 41 12."""
    assert checksum(bytes((0x02, 0x07))) == bytes((0x41, 0x12))
    assert whole(bytes((0x02, 0x07, 0x41, 0x12)))
    assert not whole(bytes((0x02, 0x07, 0x41, 0x13)))


def test_question_and_answer_are_told_apart() -> None:
    """By shape and checksum alone, whether bytes come one by one or all in one bunch."""
    data = question(3, 4, 0x0034, 2) + answer(3, 4, (0x4348, 0x8000)) + refusal(3, 3, 2)
    for step in (1, 3, 8, 4096):
        kinds = [type(one) for one in heard(data, step)]
        assert kinds == [Question, Answer, Refusal]
    asked, given, refused = heard(data)
    assert asked == Question(3, 4, 0x0034, 2, 0.0)
    assert given == Answer(3, 4, (0x4348, 0x8000), 0.0)
    assert refused == Refusal(3, 3, 2, 0.0)


def test_a_frame_arrives_with_its_last_byte() -> None:
    """The instant is that of the bunch that completed it, even when it is told later."""
    finder = FrameFinder()
    data = question(1, 3, 0x0100, 1) + answer(1, 3, (7,))
    assert finder.feed(data[:10], 1.0) == [Question(1, 3, 0x0100, 1, 1.0)]
    assert finder.feed(data[10:], 1.5) == [Answer(1, 3, (7,), 1.5)]


def test_a_listener_that_joins_in_the_middle_falls_into_step() -> None:
    """The rest of an answer is stray bytes; the next frame is found."""
    tail = answer(9, 3, tuple(range(40)))[17:]
    stray, asked = heard(tail + question(1, 3, 0, 10))
    assert stray == Unread(len(tail), 0.0)
    assert asked == Question(1, 3, 0, 10, 0.0)


def test_frames_of_other_functions_are_passed_over_whole() -> None:
    """Writes, coils, exceptions, server id and identification leave no stray bytes behind."""
    others = [
        framed(1, 1, 0, 0, 0, 8), framed(1, 1, 1, 0x5A),
        framed(1, 5, 0, 1, 0xFF, 0), framed(1, 6, 0, 1, 0, 9), framed(1, 7), framed(1, 7, 3),
        framed(1, 8, 0, 0, 1, 2), framed(1, 11), framed(1, 11, 0, 0, 0, 5),
        framed(1, 15, 0, 0, 0, 8, 1, 0xFF), framed(1, 15, 0, 0, 0, 8),
        framed(1, 16, 0, 0, 0, 2, 4, 1, 2, 3, 4), framed(1, 16, 0, 0, 0, 2), framed(1, 0x90, 2),
        framed(1, 17), framed(1, 17, 3, 1, 0xFF, 7),
        framed(1, 22, 0, 4, 0, 0xF2, 0, 0x25), framed(1, 23, 0, 3, 0, 6, 0, 0xE, 0, 1, 2, 0, 9),
        framed(1, 0x2B, 14, 1, 0), framed(1, 0x2B, 14, 1, 1, 0, 0, 2, 0, 2, 65, 66, 1, 1, 67),
    ]  # fmt: skip
    for step in (1, 5, 4096):
        found = heard(b"".join(others) + question(2, 3, 0, 1), step)
        assert [type(one) for one in found] == [Other] * len(others) + [Question]


def test_a_question_that_also_reads_as_an_answer_is_a_question() -> None:
    """Seven of its eight bytes hold too, and the word before it asked for one register."""
    chance = question(4, 3, 0x0200, 116)
    assert whole(chance[:7])
    for step in (1, 7, 8, 16):
        found = heard(question(4, 3, 0x0010, 1) + chance + question(4, 3, 0x0300, 1), step)
        assert [type(one) for one in found] == [Question] * 3


def test_an_answer_that_also_reads_as_a_question_fits_its_question() -> None:
    """Its first eight bytes may be a question by chance; the count that was asked for decides."""
    inner = question(1, 3, 0x0600, 5)
    assert inner[2] == 6
    data = framed(*inner, 0x12)
    asked = question(1, 3, 0x0010, 3)
    for step in (1, 8, 4096):
        first, second = heard(asked + data, step)
        assert (type(first), type(second)) == (Question, Answer)


@given(st.binary(max_size=60), st.integers(1, 9))
def test_noise_never_breaks_the_finder_nor_loses_a_byte(noise: bytes, step: int) -> None:
    """Every byte is in a frame or counted as stray."""
    counted = sum(one.count for one in heard(noise, step) if isinstance(one, Unread))
    frames = [one for one in heard(noise, step) if not isinstance(one, Unread)]
    assert counted == len(noise) or frames


def test_noise_that_claims_to_be_longer_than_any_frame_holds_nothing_up() -> None:
    """An identification of many long objects would wait for ever on a busy line."""
    claim = bytes((1, 0x2B, 14, 1, 1, 0, 0, 200)) + bytes((0, 250)) * 150
    finder, found = FrameFinder(), list[Heard]()
    for at in range(40):
        data = question(1, 3, at, 2)
        found += finder.feed(claim + data if at == 3 else data, float(at))
    asked = [one.address for one in found if isinstance(one, Question)]
    assert asked[:3] == [0, 1, 2]
    assert asked[-1] == 39
    assert len(asked) >= 37


HEADS = st.sampled_from([b"\x01\x2b\x0e\x01\x01\x00\x00\xff\x00\xfa", b"\x01\x03\xfa", b"\x01\x10"])


@given(st.lists(st.one_of(st.binary(min_size=1, max_size=90), HEADS), max_size=20))
def test_the_finder_never_waits_for_more_than_a_frame(bunches: list[bytes]) -> None:
    """Whatever comes, all but the newest bytes are judged."""
    finder = FrameFinder()
    for bunch in bunches:
        finder.feed(bunch, 0.0)
    assert finder.waiting <= LONGEST_BYTES
