"""What counts as done when things are finished in another order than they were begun."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.inlet.in_order import InOrder


def test_one_that_is_behind_holds_back_those_after_it() -> None:
    """And they are all done, in order, as soon as it is finished."""
    order = InOrder[int]()
    for item in (7, 8, 12):
        order.begin(item)
    assert order.finish(12) == []
    assert order.finish(8) == []
    assert len(order) == 3
    assert order.finish(7) == [7, 8, 12]
    assert len(order) == 0


@given(st.permutations(range(12)), st.integers(0, 12))
def test_at_every_moment_the_done_are_the_longest_finished_beginning(
    finishing: list[int], stopped_after: int
) -> None:
    """Whatever the order: nothing is done before all that were begun before it."""
    order = InOrder[int]()
    for item in range(12):
        order.begin(item)
    done: list[int] = []
    finished: set[int] = set()
    for item in finishing[:stopped_after]:
        done += order.finish(item)
        finished.add(item)
        first_missing = next(n for n in range(13) if n not in finished)
        assert done == list(range(first_missing))
