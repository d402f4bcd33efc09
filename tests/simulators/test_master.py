"""The second master: asks its list round and round, and tells what came."""

from __future__ import annotations

import time

import pytest
import serial

from edge_agent import profile
from edge_agent.listen.frames import checksum
from simulators.master import Ask, Master, asks_of
from simulators.serial_line import SerialLine

ASK = Ask(3, 4, 0x0034, 2)
QUESTION = bytes.fromhex("0304003400023027")


def test_the_question_is_modbus() -> None:
    """Byte for byte, with the checksum low byte first."""
    with (
        SerialLine() as line,
        serial.Serial(line.meter_end, timeout=10) as meter,
        Master(line.agent_end, [ASK], timeout_s=0.2),
    ):
        asked = meter.read(8)
    assert asked[:6] == QUESTION[:6]
    assert asked[6:] == checksum(asked[:6])


def test_an_answer_is_told_with_its_words() -> None:
    """And a wrong, a spoiled or a missing one as none."""
    good = bytes((3, 4, 4, 0x43, 0x48, 0x80, 0x00))
    good += checksum(good)
    other = bytes((4, *good[1:-2]))
    answers = (good, good[:-1] + b"\x00", other + checksum(other), b"")
    with (
        SerialLine() as line,
        serial.Serial(line.meter_end, timeout=10) as meter,
        Master(line.agent_end, [ASK], 0.05, timeout_s=0.2) as master,
    ):
        for answer in answers:
            assert len(meter.read(8)) == 8
            meter.write(answer)
        meter.read(8)
    assert [one.words for one in master.told[:4]] == [(0x4348, 0x8000), None, None, None]
    assert all(one.ask == ASK for one in master.told)
    assert len(master.answers(3)) == 1
    assert master.answers(4) == []


def test_the_list_is_asked_in_turn_at_its_pace() -> None:
    """One round, and the next no sooner than ``every_s`` after it began."""
    asks = [Ask(1, 3, 0, 1), Ask(2, 3, 0, 1)]
    with SerialLine() as line, serial.Serial(line.meter_end, timeout=10) as meter:
        begun_s = time.monotonic()
        with Master(line.agent_end, asks, 0.3, timeout_s=0.01, gap_s=0.0):
            units = [meter.read(8)[0] for _ in range(4)]
            lasted_s = time.monotonic() - begun_s
    assert units == [1, 2, 1, 2]
    assert lasted_s >= 0.29


def test_a_profile_is_read_whole() -> None:
    """Its requests bring every register."""
    model = profile.load("omron_km_n1")
    asks = asks_of(model, 7)
    assert {one.unit for one in asks} == {7}
    for register in model.registers:
        assert any(
            one.function == register.function
            and one.address <= register.address
            and register.address + register.words <= one.address + one.count
            for one in asks
        )


def test_a_master_may_be_ended_and_begun_again() -> None:
    """Twice stopped is stopped; a port that is not there is refused."""
    with SerialLine() as line:
        master = Master(line.agent_end, [ASK], 0.05, timeout_s=0.01)
        for _ in range(2):
            before = len(master.told)
            with master:
                while len(master.told) == before:
                    time.sleep(0.01)
            master.stop()
    with pytest.raises(OSError, match="ttyNONE"):
        Master("/dev/ttyNONE", [ASK]).start()
