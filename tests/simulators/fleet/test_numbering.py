"""Numbers of readings and of messages: each follows from the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulators.fleet.numbering import Numbering, Portion, joined

START_MS = 1_800_000_000_000
NUMBERINGS = st.builds(
    Numbering,
    meters=st.integers(1, 7),
    every_ms=st.just(60_000),
    start_ms=st.just(START_MS),
    polls=st.integers(1, 12),
    backlog=st.integers(0, 150),
)


def portions(numbering: Numbering, count: int) -> list[Portion]:
    """The first messages."""
    return [numbering.portion(number) for number in range(count)]


@given(NUMBERINGS)
def test_numbers_count_up_without_a_hole(numbering: Numbering) -> None:
    """Message after message, the numbers of the readings go on by one."""
    expected = 1
    for portion in portions(numbering, numbering.backlog_messages + 40):
        assert portion.first_seq == expected
        expected += portion.polls


@given(NUMBERINGS)
def test_each_meter_is_polled_at_every_mark_once(numbering: Numbering) -> None:
    """The backlog ends where the present begins, and no mark is left out or comes twice."""
    count = numbering.backlog_messages + 3 * numbering.meters
    for meter in range(numbering.meters):
        marks = [
            at
            for portion in portions(numbering, count)
            if portion.meter == meter
            for at in portion.instants_ms(numbering.every_ms)
        ]
        first_ms = START_MS - numbering.backlog * numbering.every_ms
        assert marks == [first_ms + n * numbering.every_ms for n in range(len(marks))]
        assert len(marks) == numbering.backlog + 3 * numbering.polls


@given(NUMBERINGS, st.integers(0, 400))
def test_a_reading_names_its_message(numbering: Numbering, number: int) -> None:
    """Every number of a message leads back to it."""
    portion = numbering.portion(number)
    for seq in range(portion.first_seq, portion.first_seq + portion.polls):
        assert numbering.number_of(seq) == number


@given(NUMBERINGS, st.integers(1, 900), st.integers(0, 900))
def test_a_range_closes_the_messages_that_lie_in_it(
    numbering: Numbering, first: int, more: int
) -> None:
    """Those wholly inside, and only those."""
    last = first + more
    inside = [
        portion.number
        for portion in portions(numbering, 1000)
        if first <= portion.first_seq and portion.first_seq + portion.polls - 1 <= last
    ]
    assert [n for n in numbering.whole(first, last) if n < 1000] == inside


def test_what_a_range_takes_of_a_message() -> None:
    """A portion tells how many of its readings a range names."""
    portion = Portion(0, 0, 11, 10, START_MS)
    assert portion.among(1, 10) == 0
    assert portion.among(15, 17) == 3
    assert portion.among(1, 11) == 1
    assert portion.among(20, 99) == 1


def test_ranges_that_touch_become_one() -> None:
    """Stored and rejected ranges of one receipt lie between each other."""
    assert joined([(7, 9), (1, 3), (4, 5), (20, 21), (8, 12)]) == [(1, 5), (7, 12), (20, 21)]
    assert joined([]) == []
