"""Reads that are shared between profiles."""

from __future__ import annotations

import pytest

from edge_agent.commission.reader import SILENT_IN_A_ROW, SharedReader
from edge_agent.errors import BadAnswerError, RefusedError, SilentMeterError


class Meter:
    """Answers function 3 below address 100, each register with its address; counts the requests."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []
        self.gone = False
        self.mute = False
        self.noise = 0

    def __call__(self, function: int, address: int, count: int) -> tuple[int, ...]:
        """The words, a refusal, or silence where it is gone or mute."""
        self.asked.append((function, address, count))
        self.noise -= 1
        if self.gone or self.noise >= 0:
            raise SilentMeterError("no answer")
        if function == 4:
            raise RefusedError("illegal function", code=1)
        if address + count > 100:
            if self.mute:
                raise SilentMeterError("no answer")
            raise RefusedError("illegal address", code=2)
        return tuple(range(address, address + count))


def test_an_answer_is_asked_for_once() -> None:
    """Nor is a part of it."""
    meter = Meter()
    read = SharedReader(meter)
    assert read(3, 10, 20) == read(3, 10, 20)
    assert read(3, 15, 2) == (15, 16)
    assert len(meter.asked) == 1


def test_a_single_register_is_asked_for_itself() -> None:
    """Some meters keep their model code at an address that is a value within a block."""
    meter = Meter()
    read = SharedReader(meter)
    read(3, 0, 50)
    read(3, 11, 1)
    assert meter.asked == [(3, 0, 50), (3, 11, 1)]


def test_a_refusal_is_remembered() -> None:
    """The same request is not sent twice; a function that is not served never again."""
    meter = Meter()
    read = SharedReader(meter)
    for function, address in ((3, 500), (3, 500), (4, 0), (4, 50)):
        with pytest.raises(RefusedError):
            read(function, address, 2)
    assert meter.asked == [(3, 500, 2), (4, 0, 2)]


def test_one_lost_answer_is_asked_again() -> None:
    """Noise on the line costs a repetition, no more."""
    meter = Meter()
    meter.noise = 1
    assert SharedReader(meter)(3, 0, 2) == (0, 1)


def test_silence_where_others_refuse_is_a_refusal() -> None:
    """As long as the unit answers otherwise."""
    meter = Meter()
    meter.mute = True
    read = SharedReader(meter)
    read(3, 0, 2)
    for address in range(200, 220):
        with pytest.raises(RefusedError):
            read(3, address, 2)
    # Twice each until it is known that the unit is mute there, then once.
    assert len(meter.asked) == 1 + 2 * SILENT_IN_A_ROW + 1 + (20 - SILENT_IN_A_ROW) + 4


def test_a_unit_that_is_gone_is_an_error() -> None:
    """What it answered before is asked again, and not answered."""
    meter = Meter()
    read = SharedReader(meter)
    read(3, 0, 2)
    meter.gone = True
    for address in range(1, SILENT_IN_A_ROW):
        with pytest.raises(RefusedError):
            read(3, 200 + address, 2)
    with pytest.raises(SilentMeterError):
        read(3, 300, 2)


def test_a_unit_whose_answers_are_always_spoiled_is_given_up() -> None:
    """Two meters with one id answer at once: nothing can be known, and that is told early."""
    asked: list[int] = []

    def read(function: int, address: int, count: int) -> tuple[int, ...]:
        asked.append(address)
        if address < 100:
            raise RefusedError("illegal address", code=2)
        raise BadAnswerError("7 bytes came that are no whole answer")

    shared = SharedReader(read)
    for address in (0, 200, 300):
        with pytest.raises(RefusedError):
            shared(3, address, 2)
    with pytest.raises(BadAnswerError, match="again and again"):
        shared(3, 400, 2)
    assert shared.spoiled == len(asked) - 1 == 6


def test_a_knock_needs_one_answer_of_either_function() -> None:
    """A refusal is an answer; silence to both is an error."""
    SharedReader(Meter()).knock()
    gone = Meter()
    gone.gone = True
    with pytest.raises(SilentMeterError):
        SharedReader(gone).knock()
