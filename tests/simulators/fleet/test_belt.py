"""What a played agent keeps until its receipt: nothing is forgotten, nothing closed twice."""

from __future__ import annotations

from simulators.fleet.belt import LIVE_WINDOW_MS, RESEND_AFTER_S, SOON_S, Belt
from simulators.fleet.numbering import Numbering, Portion

START_MS = 1_800_000_000_000
EVERY_MS = 60_000


def belt(backlog: int = 0, meters: int = 2) -> Belt:
    """An agent's belt: one poll a message."""
    return Belt(Numbering(meters, EVERY_MS, START_MS, 1, backlog))


def send_live(belt: Belt, now_s: float, now_ms: int = START_MS) -> list[int]:
    """Send all that is live; the numbers of the messages."""
    sent = []
    while (portion := belt.live(now_ms)) is not None:
        belt.sent(portion, now_s)
        sent.append(portion.number)
    return sent


def closed(belt: Belt, first: int, last: int, now_s: float) -> list[tuple[int, float]]:
    """What a receipt closes: numbers and waits."""
    return [(one.number, waited_s) for one, waited_s in belt.settle([(first, last)], now_s)]


def test_a_receipt_closes_what_it_names_once() -> None:
    """A repeat of it closes nothing more, and the wait counts from the first sending."""
    one = belt()
    one.give()
    assert send_live(one, 10.0) == [0, 1]
    assert closed(one, 1, 2, 12.5) == [(0, 2.5), (1, 2.5)]
    assert closed(one, 1, 2, 13.0) == []
    assert len(one) == 0


def test_a_receipt_for_what_was_never_given_is_passed_by() -> None:
    """A number from nowhere closes nothing."""
    one = belt()
    one.give()
    send_live(one, 0.0)
    assert closed(one, 3, 4_000_000_000_000, 1.0) == []
    assert len(one) == 2


def test_what_gets_no_receipt_goes_again() -> None:
    """After the agent's minute, not before, and its wait goes on from the first time."""
    one = belt(meters=1)
    one.give()
    send_live(one, 0.0)
    one.expire(RESEND_AFTER_S - 1)
    assert not one.waits
    one.expire(RESEND_AFTER_S)
    assert send_live(one, RESEND_AFTER_S) == [0]
    assert closed(one, 1, 1, RESEND_AFTER_S + 1) == [(0, RESEND_AFTER_S + 1)]


def test_a_late_receipt_closes_what_waits_to_go_again() -> None:
    """It is not sent once more then."""
    one = belt(meters=1)
    one.give()
    send_live(one, 0.0)
    one.lost_connection()
    assert one.waits
    assert closed(one, 1, 1, 5.0) == [(0, 5.0)]
    assert not one.waits


def test_what_nobody_heard_goes_again_soon() -> None:
    """A broker without a subscriber has said so: it is not waited a minute for."""
    one = belt(meters=1)
    one.give()
    send_live(one, 0.0)
    one.unheard(0, 1.0)
    one.expire(1.0 + SOON_S)
    assert one.waits


def test_a_lost_connection_sends_in_order_again() -> None:
    """What was on its way goes first on the next connection."""
    one = belt()
    one.give()
    send_live(one, 0.0)
    one.give()
    one.lost_connection()
    assert send_live(one, 1.0) == [0, 1, 2, 3]


def test_what_has_grown_old_goes_with_the_backlog() -> None:
    """The live lane is for readings of the last minute, as with the agent."""
    one = belt(backlog=60, meters=1)
    one.give()
    assert one.live(START_MS + LIVE_WINDOW_MS) is None
    oldest = one.back()
    assert oldest is not None
    assert (oldest.number, oldest.polls) == (0, 60)
    one.sent(oldest, 0.0)
    assert one.back() == Portion(1, 0, 61, 1, START_MS)


def test_the_backlog_is_as_old_as_its_oldest() -> None:
    """The pace is told how long readings have waited."""
    one = belt(backlog=90, meters=1)
    assert one.waited_ms(START_MS) == 90 * EVERY_MS
    assert one.given == 90
    empty = belt()
    assert empty.waited_ms(START_MS) == 0
