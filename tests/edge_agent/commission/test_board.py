"""The count that a scan keeps."""

from __future__ import annotations

from edge_agent.commission.scan.board import Board
from edge_agent.commission.scan.found import Found, ScanProgress
from edge_agent.config import LinkSettings

LINK = LinkSettings(id="bus", kind="rtu", device="/dev/x")


class Watch:
    """A stopwatch that a test moves."""

    now_s = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now_s


def test_the_time_left_follows_the_pace_so_far() -> None:
    """Twice as slow as planned doubles what is left; the first moments do not count."""
    seen: list[ScanProgress] = []
    watch = Watch()
    board = Board(10, 10.0, seen.append, lambda: False, watch)
    watch.now_s = 2.0
    board.asked(1.0, "a")
    watch.now_s = 4.0
    board.asked(1.0, "b")
    assert [(one.done, one.total, one.left_s, one.at) for one in seen] == [
        (1, 10, 9.0, "a"),
        (2, 10, 16.0, "b"),
    ]


def test_what_need_not_be_asked_shrinks_the_rest() -> None:
    """Requests and time go; what was asked already stays counted."""
    seen: list[ScanProgress] = []
    board = Board(100, 100.0, seen.append, lambda: False, Watch())
    board.asked(1.0, "a")
    board.skip(90, 90.0)
    board.asked(1.0, "a")
    assert (seen[-1].done, seen[-1].total, seen[-1].left_s) == (2, 10, 0.0)


def test_more_requests_than_planned_never_show_more_done_than_there_are() -> None:
    """Units are asked again to be sure, which no plan knows."""
    seen: list[ScanProgress] = []
    board = Board(1, 1.0, seen.append, lambda: False)
    board.asked(1.0, "a")
    board.asked(1.0, "a")
    assert (seen[-1].done, seen[-1].total, seen[-1].left_s) == (2, 2, 0.0)


def test_notes_are_told_once_and_units_in_order() -> None:
    """A report is sorted by line and id, and says whether it came to its end."""
    board = Board(1, 1.0, lambda _: None, lambda: True)
    for unit in (9, 2):
        board.find(Found(LINK, unit, 1.0, "x"))
        board.note("same")
    report = board.report()
    assert [row.unit_id for row in report.found] == [2, 9]
    assert report.notes == ("same",)
    assert not report.ended
