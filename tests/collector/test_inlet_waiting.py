"""The queue between the network and the station: bounded, in order, and never stuck."""

from __future__ import annotations

import threading

from collector.inlet import Delivery
from collector.inlet.waiting import Waiting


def delivery(number: int, size: int = 10) -> Delivery:
    """A message of this size."""
    return Delivery("t", bytes([number]) * size, packet_id=number)


def numbers(taken: list[Delivery]) -> list[int]:
    """The messages' numbers."""
    return [one.packet_id for one in taken]


def test_messages_are_taken_in_their_order_and_given_back_to_the_front() -> None:
    """What comes meanwhile stays behind; messages and bytes are counted."""
    waiting = Waiting(10, 1000)
    for number in range(1, 5):
        assert waiting.put(delivery(number))
    assert (waiting.messages, waiting.bytes) == (4, 40)
    first = waiting.take(2, 0.0)
    assert numbers(first) == [1, 2]
    waiting.put(delivery(5))
    waiting.give_back(first)
    assert (waiting.messages, waiting.bytes) == (5, 50)
    assert numbers(waiting.take(99, 0.0)) == [1, 2, 3, 4, 5]
    assert (waiting.messages, waiting.bytes) == (0, 0)


def test_who_does_not_want_to_wait_is_told_that_there_is_no_room() -> None:
    """The message is not taken then; waiting for room ends at once when one is taken."""
    waiting = Waiting(1, 1000)
    assert waiting.put(delivery(1), wait=False)
    assert not waiting.put(delivery(2), wait=False)
    taker = threading.Timer(0.05, lambda: waiting.take(1, 0.0))
    taker.start()
    waiting.wait_for_room(30.0)
    taker.join()
    assert waiting.put(delivery(3), wait=False)
    waiting.close()
    assert not waiting.put(delivery(4), wait=False)


def test_whoever_puts_waits_for_room() -> None:
    """By messages and by bytes; each taken message makes room for the next."""
    for waiting in (Waiting(2, 1000), Waiting(99, 25)):
        threading.Thread(target=put_six, args=(waiting,), daemon=True).start()
        taken: list[int] = []
        while len(taken) < 6:
            taken += numbers(waiting.take(1, 10.0))
            assert waiting.messages <= 2
        assert taken == [1, 2, 3, 4, 5, 6]


def put_six(waiting: Waiting) -> None:
    """Put six messages, waiting for room."""
    for number in range(1, 7):
        waiting.put(delivery(number))


def test_a_message_larger_than_the_bound_gets_through_alone() -> None:
    """Else it would hold up everything behind it for ever."""
    waiting = Waiting(9, 50)
    assert waiting.put(delivery(1, 500))
    assert numbers(waiting.take(9, 0.0)) == [1]


def test_closing_wakes_both_sides() -> None:
    """Nobody waits at a queue that is closed; opened again it takes messages in."""
    waiting = Waiting(1, 1000)
    waiting.put(delivery(1))
    told: list[bool] = []
    thread = threading.Thread(target=lambda: told.append(waiting.put(delivery(2))))
    thread.start()
    waiting.close()
    thread.join(10)
    assert told == [False]
    assert numbers(waiting.take(9, 0.0)) == [1]
    assert waiting.take(9, 60.0) == []
    waiting.open()
    assert waiting.put(delivery(3))
    waiting.clear()
    assert (waiting.messages, waiting.bytes) == (0, 0)
