"""What several collectors have counted of a day: worked cases, and what always holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.delivery.counted import Counted, decode, encode, together, with_own

HOURS = st.lists(st.integers(0, 3600), max_size=25).map(tuple)


def test_members_of_a_group_add_up() -> None:
    """Each got about half; a member that began later has fewer hours."""
    parts = (Counted("a", "g", (30, 31, 60), 2), Counted("b", "g", (30, 29), 3))
    assert together(parts) == (180, 5)


def test_collectors_that_get_everything_count_the_same() -> None:
    """One was down in the morning, the other in the afternoon: all came on time."""
    parts = (Counted("a", "", (60, 60, 0, 0), 4), Counted("b", "", (0, 10, 60, 60), 4))
    assert together(parts) == (240, 4)


def test_a_collector_beside_a_group_counts_what_the_group_does() -> None:
    """The group is one counter as a whole."""
    parts = (
        Counted("a", "g", (30,), 0),
        Counted("b", "g", (20,), 0),
        Counted("c", "", (60,), 0),
    )
    assert together(parts) == (60, 0)


def test_one_collector_alone_is_as_it_counts() -> None:
    """Nobody else has noted anything."""
    own = Counted("a", "", (1, 2, 3), 4)
    assert with_own("", own) == (own,)
    assert together([own]) == (6, 4)
    assert together([]) == (0, 0)


def test_ones_own_newer_count_takes_the_place_of_the_older() -> None:
    """The others' stay."""
    old, other = Counted("b", "g", (1,), 0), Counted("a", "g", (5,), 1)
    own = Counted("b", "g", (1, 2), 0)
    assert with_own(encode([old, other]), own) == (other, own)


@given(st.lists(st.builds(Counted, st.text(), st.text(), HOURS, st.integers(0, 10**6))))
def test_the_text_gives_back_what_was_written(parts: list[Counted]) -> None:
    """Whatever the names."""
    assert decode(encode(parts)) == tuple(parts)


@pytest.mark.parametrize(
    "text",
    ["", "{", "3", "{}", "null", "[3]", "[{}]", '[{"on_time": 3}]', "[" * 100_000, '["x"]'],
)
def test_a_text_that_is_none_of_ours_holds_no_parts(text: str) -> None:
    """Somebody else's row stops no round."""
    assert decode(text) == ()


def test_a_text_of_very_many_hours_is_cut() -> None:
    """No day has more than 25."""
    item = {"collector": "a", "group": "", "on_time": [1] * 1000, "estimated": 0}
    assert together(decode(json.dumps([item])))[0] <= 26
