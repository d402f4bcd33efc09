"""A line that several parts share: turns, counts, and being lent."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import pytest

from edge_agent.bus.line import Asked, Line, LineLentError
from edge_agent.config import LinkSettings
from edge_agent.errors import BadAnswerError, RefusedError, SilentMeterError
from edge_agent.link_faults import SpoiledAnswerError
from edge_agent.meter_link import open_link
from tests.edge_agent.bench import ScriptedLink, counting_words
from tests.edge_agent.delivery import wait_until
from tests.edge_agent.modbus_server import Unit, serving

LINK = LinkSettings(id="bus", kind="tcp", host="192.0.2.1")


def line(answer: object = counting_words, times: Iterable[float] = ()) -> Line:
    """A line over a scripted link; ``times`` is what its stopwatch shows, look by look."""
    shown = iter(times)
    return Line(LINK, ScriptedLink(answer), lambda: next(shown, 0.0))  # type: ignore[arg-type]


def test_every_end_of_a_request_is_counted() -> None:
    """Answers, silence, spoiled and strange answers, refusals: each by the unit that was asked."""
    ends = [
        None,
        SilentMeterError("silent"),
        SpoiledAnswerError("noise"),
        BadAnswerError("unit 9 answered"),
        RefusedError("refused", "", 2),
    ]

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        if (error := ends.pop(0)) is not None:
            raise error
        return counting_words(unit, function, address, count)

    shared = line(answer)
    assert shared.read(7, 3, 5, 2, 100) == (5, 6)
    for _ in range(4):
        with pytest.raises((SilentMeterError, BadAnswerError, RefusedError)):
            shared.read(7, 3, 5, 2, 100)
    found = shared.statistics(7)
    counted = (found.answers, found.timeouts, found.bad_answers, found.refusals)
    assert counted == (1, 1, 2, 1)
    assert shared.statistics(8).answers == 0
    assert shared.statistics(8).latency_ms is None


def test_latency_is_that_of_answers() -> None:
    """Mean and longest of what was answered; a request without an answer has none."""
    ends = [None, SilentMeterError("silent"), RefusedError("refused", "", 2)]

    def answer(unit: int, function: int, address: int, count: int) -> Iterable[int]:
        if (error := ends.pop(0)) is not None:
            raise error
        return counting_words(unit, function, address, count)

    shared = line(answer, [0.0, 10.0, 10.1, 20.0, 21.0, 30.0, 30.3, 35.0])
    shared.read(1, 3, 0, 1, 100)
    for _ in range(2):
        with pytest.raises((SilentMeterError, RefusedError)):
            shared.read(1, 3, 0, 1, 100)
    found = shared.statistics(1)
    assert found.latency_ms == pytest.approx(200)
    assert found.latency_max_ms == pytest.approx(300)
    assert found.last_answer_s_ago == pytest.approx(4.7)
    assert shared.busy_s == pytest.approx(1.4)


def test_pauses_are_no_latency() -> None:
    """A real link's silence before a request does not count as the unit's slowness."""
    with serving("tcp", {1: Unit()}) as server:
        shared = Line(LINK, open_link(server.link(), {1: 400}))
        shared.read(1, 3, 0, 1, 1_000)
        shared.read(1, 3, 0, 1, 1_000)
        shared.close()
    assert (shared.statistics(1).latency_max_ms or 999) < 300
    assert shared.busy_s > 0.4


def test_figures_carry_counts_and_the_latency_since_the_last_ones() -> None:
    """Counts go on from the start; the latency is that of the stretch, absent without answers."""
    shared = line(times=[0.0, 0.0, 0.1, 1.0, 1.3])
    assert shared.figures(1) == {}
    shared.read(1, 3, 0, 1, 100)
    assert shared.figures(1)["modbus_latency_ms"] == pytest.approx(100, abs=0.02)
    shared.read(1, 3, 0, 1, 100)
    found = shared.figures(1)
    assert found["modbus_answers_count"] == 2
    assert found["modbus_latency_ms"] == pytest.approx(300, abs=0.02)
    assert "modbus_latency_ms" not in shared.figures(1)


def test_a_lent_line_turns_everybody_away_until_it_is_back() -> None:
    """The port is closed for the borrower; requests fail at once, and work again afterwards."""
    link = ScriptedLink(counting_words)
    shared = Line(LINK, link)
    with shared.lend() as settings:
        assert (settings, link.closed) == (LINK, True)
        with pytest.raises(LineLentError, match="link bus is in use by a search"):
            shared.read(1, 3, 0, 1, 100)
        with pytest.raises(LineLentError), shared.lend():
            pass
        assert shared.lent
    assert shared.read(1, 3, 0, 1, 100) == (0,)


def test_lending_waits_for_the_request_under_way() -> None:
    """The port is not closed under a request that still waits for its answer."""
    asked, answered, lent = threading.Event(), threading.Event(), threading.Event()

    def answer(*_: int) -> Iterable[int]:
        asked.set()
        answered.wait(10)
        return [7]

    shared, words = line(answer), list[tuple[int, ...]]()
    reader = threading.Thread(target=lambda: words.append(shared.read(1, 3, 0, 1, 100)))

    def borrow() -> None:
        with shared.lend():
            lent.set()

    borrower = threading.Thread(target=borrow)
    reader.start()
    asked.wait(10)
    borrower.start()
    wait_until(lambda: bool(shared.lock._waiting))
    assert not lent.is_set()
    answered.set()
    reader.join(10)
    borrower.join(10)
    assert (words, lent.is_set()) == ([(7,)], True)


def test_who_only_asks_cannot_close() -> None:
    """Closing the shared view leaves the port to polling."""
    link = ScriptedLink(counting_words)
    asked = Asked(Line(LINK, link))
    assert asked.read(1, 3, 4, 1, 100) == (4,)
    asked.close()
    assert not link.closed


def test_answers_are_counted_from_judgement_to_judgement() -> None:
    """Each judgement begins anew; units that were not asked since are left out."""
    shared = line()
    for _ in range(5):
        shared.read(1, 3, 0, 1, 100)
    assert {unit: one.sound for unit, one in shared.answers().items()} == {1: 5}
    shared.judged()
    shared.read(2, 3, 0, 1, 100)
    assert {unit: one.sound for unit, one in shared.answers().items()} == {2: 1}
