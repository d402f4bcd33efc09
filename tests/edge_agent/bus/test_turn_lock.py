"""A lock that is given in the order of asking."""

from __future__ import annotations

import threading

from edge_agent.bus.turn_lock import TurnLock
from tests.edge_agent.delivery import wait_until


def test_who_asks_first_has_it_first() -> None:
    """A thread that takes it again and again cannot pass those that wait already."""
    lock, order = TurnLock(), list[str]()
    asking = threading.Event()

    def once(name: str) -> None:
        asking.set()
        with lock:
            order.append(name)

    waiting = []
    with lock:
        for name in ("first", "second", "third"):
            before = len(lock._waiting)
            waiting.append(threading.Thread(target=once, args=[name]))
            waiting[-1].start()
            wait_until(lambda before=before: len(lock._waiting) > before)  # type: ignore[misc]
    for _ in range(3):
        with lock:
            order.append("again")
    for thread in waiting:
        thread.join()
    assert [name for name in order if name != "again"] == ["first", "second", "third"]
    assert order[:3] == ["first", "second", "third"]


def test_only_one_holds_it() -> None:
    """However many threads ask, nobody is inside with another."""
    lock, inside, together = TurnLock(), [0], list[int]()

    def often() -> None:
        for _ in range(300):
            with lock:
                inside[0] += 1
                together.append(inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(together) == 1_200
    assert set(together) == {1}


def test_an_error_inside_gives_it_back() -> None:
    """Whoever fails with it lets the next one in."""
    lock = TurnLock()
    try:
        with lock:
            raise KeyError("inside")
    except KeyError:
        pass
    with lock:
        assert lock._held
