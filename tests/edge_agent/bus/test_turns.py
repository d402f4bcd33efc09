"""Whose turn it is: fast portions first, nobody left out for good, lateness told."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest

from edge_agent.config import PollSettings
from edge_agent.errors import BadAnswerError, RefusedError
from edge_agent.poll import run_once
from tests.edge_agent.bench import HandClock, ScriptedLink, Shelf, bus, counting_words, meter
from tests.edge_agent.bus.pacing import FAST, SLOW, TWO_PACES, PlayedLine, widest_s


def test_each_group_has_its_own_pace() -> None:
    """Demand values each second, all others each minute, each in readings of their own."""
    line = PlayedLine((meter("a", 1), meter("b", 2)), TWO_PACES, request_s=0.02)
    line.run(180)
    for name in ("a", "b"):
        assert len(line.times_s(name, FAST)) == 180
        assert len(line.times_s(name, SLOW)) == 3
        assert widest_s(line.times_s(name, FAST)) < 1.3
    assert all(not {FAST, SLOW} <= reading.values.keys() for reading in line.shelf.readings)


def test_fast_portions_go_before_slow_ones_that_wait() -> None:
    """A round of slow requests that outlasts a second does not cost a second's demand values."""
    line = PlayedLine(tuple(meter(f"m{n}", n) for n in range(1, 9)), TWO_PACES, request_s=0.06)
    line.run(240)
    for number in range(1, 9):
        fast_s = line.times_s(f"m{number}", FAST)
        assert len(fast_s) >= 238
        assert widest_s(fast_s) < 2.0
        assert len(line.times_s(f"m{number}", SLOW)) == 4
    assert line.bus.paces.left_out <= 0.01 * line.bus.paces.due


def test_a_line_that_is_too_slow_stretches_all_paces_alike() -> None:
    """Twice as much work as time: every pace is about halved, for every meter, and none starves."""
    line = PlayedLine(tuple(meter(f"m{n}", n) for n in range(1, 21)), TWO_PACES, request_s=0.1)
    line.run(1_200)
    fast = [len(line.times_s(f"m{n}", FAST)) for n in range(1, 21)]
    slow = [len(line.times_s(f"m{n}", SLOW)) for n in range(1, 21)]
    assert max(fast) - min(fast) <= 0.1 * max(fast)
    assert 400 < min(fast) < 620
    assert min(slow) >= 7
    assert max(slow) - min(slow) <= 3
    widest = max(widest_s(line.times_s(f"m{n}", SLOW)) for n in range(1, 21))
    assert widest < 4 * 60


def test_one_pace_that_is_too_slow_goes_round() -> None:
    """Without groups a late round begins anew at once, and every meter has the same share."""
    rows = tuple(meter(f"m{n}", n) for n in range(1, 6))
    line = PlayedLine(rows, PollSettings(every_s=1), request_s=0.2)
    line.run(100)
    counts = [len(line.times_s(f"m{n}", SLOW)) for n in range(1, 6)]
    assert max(counts) - min(counts) <= 1
    assert min(counts) == pytest.approx(50, abs=2)


def test_a_line_that_is_too_slow_is_told_once_with_what_it_needs(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """How many polls were left out, how much time they need, and what to do; then when it ends."""
    caplog.set_level(logging.INFO, logger="edge_agent.poll")
    rows = tuple(meter(f"m{n}", n) for n in range(1, 6))
    line = PlayedLine(rows, PollSettings(every_s=1), request_s=0.2)
    line.run(200)
    (told,) = [record.getMessage() for record in caplog.records]
    assert told.startswith("link bus: too slow for these paces: ")
    assert "all polls of a minute need 120 s" in told
    assert "raise every_s of [poll]" in told
    assert line.bus.paces.load == pytest.approx(1.0, abs=0.02)
    line.request_s = 0.05
    line.run(200)
    assert caplog.records[-1].getMessage() == "link bus: keeps its paces again"
    assert len(caplog.records) == 2
    assert line.bus.status().left_out > 50


def test_a_meter_that_is_silent_at_its_slow_turn_keeps_its_fast_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A fault of one portion is told beside the readings of the other, once, not by turns."""
    line = PlayedLine((meter("a", 1),), TWO_PACES, request_s=0.01)
    slow = [block.address for block in line.bus.meters[0].portions[-1].blocks]
    answer = line.link.answer

    def deaf(unit: int, function: int, address: int, count: int) -> object:
        if address in slow:
            raise BadAnswerError("spoiled", "look")
        return answer(unit, function, address, count)

    line.link.answer = deaf  # type: ignore[assignment]
    line.run(30)
    assert len(line.times_s("a", FAST)) == 30
    assert line.times_s("a", SLOW) == []
    assert line.bus.meters[0].fault is not None
    line.link.answer = answer
    line.run(3)
    assert line.bus.meters[0].fault is None
    assert len(line.times_s("a", SLOW)) == 1
    told = [text.partition(" after ")[0] for text in caplog.messages]
    assert told == ["meter a: spoiled (look)", "meter a: back"]


def test_a_slow_portion_that_fails_is_not_tried_at_every_tick() -> None:
    """It costs the fast ones a try each ten seconds, not one each second."""
    line = PlayedLine((meter("a", 1),), TWO_PACES, request_s=0.01)
    slow = [block.address for block in line.bus.meters[0].portions[-1].blocks]
    answer = line.link.answer

    def deaf(unit: int, function: int, address: int, count: int) -> object:
        if address in slow:
            raise RefusedError("refused", "see the profile", 4)
        return answer(unit, function, address, count)

    line.link.answer = deaf  # type: ignore[assignment]
    line.run(50)
    assert sum(address == slow[0] for _, _, address, _ in line.link.asked) == 5
    assert len(line.times_s("a", FAST)) == 50


def test_what_is_late_is_not_polled_twice() -> None:
    """A line that catches up polls nobody twice for one mark."""
    line = PlayedLine(tuple(meter(f"m{n}", n) for n in range(1, 4)), TWO_PACES, request_s=0.3)
    line.run(60)
    for number in range(1, 4):
        times_s = line.times_s(f"m{number}", FAST)
        assert min(after - before for before, after in pairwise(times_s)) > 0.5


def test_a_round_ends_when_it_is_asked_to() -> None:
    """A stop does not wait for all meters of a slow line."""
    clock, shelf = HandClock(), Shelf()
    rows = [meter(f"m{n}", n) for n in range(1, 6)]
    one = bus(ScriptedLink(counting_words), *rows)

    class Stopping(Shelf):
        def put(self, reading: object, mono_s: float) -> None:
            shelf.readings.append(reading)  # type: ignore[arg-type]
            one.halt()

    run_once(one, Stopping(), clock)
    assert [reading.meter for reading in shelf.readings] == ["m1"]
    one.begin()
    assert not one.halted


def test_step_by_step_nobody_is_late() -> None:
    """A replay whose clock leaps between polls counts nothing as left out."""
    clock = HandClock()
    one = bus(ScriptedLink(counting_words), meter())
    for _ in range(10):
        run_once(one, Shelf(), clock)
        clock.advance(3_600)
    assert (one.status().due, one.status().left_out) == (0, 0)
