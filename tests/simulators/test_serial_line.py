"""The serial line without hardware carries bytes both ways and ends cleanly."""

from __future__ import annotations

import os
import threading
import time

import pytest
import serial

from simulators.serial_line import SerialLine


def test_bytes_pass_both_ways_unchanged() -> None:
    """Every byte value arrives as it was sent, in both directions."""
    everything = bytes(range(256))
    with (
        SerialLine() as line,
        serial.Serial(line.meter_end, timeout=10) as one,
        serial.Serial(line.agent_end, timeout=10) as other,
    ):
        one.write(everything)
        assert other.read(256) == everything
        other.write(everything[::-1])
        assert one.read(256) == everything[::-1]


def test_an_end_may_be_closed_and_opened_again() -> None:
    """The line outlives the programs at its ends."""
    with SerialLine() as line, serial.Serial(line.meter_end, timeout=10) as one:
        for turn in range(3):
            with serial.Serial(line.agent_end, timeout=10) as other:
                one.write(bytes((turn,)))
                assert other.read(1) == bytes((turn,))


def test_a_line_that_nobody_reads_still_ends() -> None:
    """Bytes that nobody takes are lost, as on copper, and the line can be stopped."""
    line = SerialLine()
    line.start()
    end = os.open(line.meter_end, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    for _ in range(200):
        try:
            os.write(end, b"x" * 1024)
        except BlockingIOError:
            time.sleep(0.005)
    os.close(end)
    line.stop()
    line.stop()
    assert not [thread for thread in threading.enumerate() if thread.name == "serial-line"]
    with pytest.raises(OSError, match=r"No such file|Input/output"):
        os.open(line.agent_end, os.O_RDWR)


def test_the_tap_hears_both_directions() -> None:
    """As a third adapter on the pair does, in the order in which it was said."""
    with (
        SerialLine() as line,
        serial.Serial(line.meter_end, timeout=10) as meter,
        serial.Serial(line.agent_end, timeout=10) as agent,
        serial.Serial(line.tap_end, timeout=10) as tap,
    ):
        agent.write(b"question")
        assert meter.read(8) == b"question"
        meter.write(b"answer")
        assert tap.read(14) == b"questionanswer"
        assert line.said_by_tap == 0


def test_what_the_tap_says_is_heard_and_counted() -> None:
    """A second master on it disturbs the others as on copper."""
    with (
        SerialLine() as line,
        serial.Serial(line.meter_end, timeout=10) as meter,
        serial.Serial(line.agent_end, timeout=10) as agent,
        serial.Serial(line.tap_end, timeout=10) as tap,
    ):
        tap.write(b"me too")
        assert (meter.read(6), agent.read(6)) == (b"me too", b"me too")
        assert line.said_by_tap == 6


def test_bytes_take_their_time_when_speed_is_played() -> None:
    """120 bytes of 11 bits at 9600 are on the line for 137.5 ms."""
    with (
        SerialLine(9_600) as line,
        serial.Serial(line.meter_end, 9_600, timeout=10) as one,
        serial.Serial(line.agent_end, 9_600, timeout=10) as other,
    ):
        begun_s = time.monotonic()
        one.write(bytes(120))
        assert other.read(120) == bytes(120)
        assert time.monotonic() - begun_s >= 0.137


def test_another_speed_hears_and_says_noise() -> None:
    """Bytes come, but not those that were said."""
    with (
        SerialLine(9_600) as line,
        serial.Serial(line.meter_end, 9_600, timeout=10) as right,
        serial.Serial(line.agent_end, 19_200, timeout=10) as wrong,
    ):
        right.write(b"hello")
        assert wrong.read(5) not in (b"hello", b"")
        wrong.write(b"hello")
        assert right.read(5) not in (b"hello", b"")


def test_two_that_speak_at_once_spoil_each_other() -> None:
    """Neither is understood by the third; a moment later both are."""
    with (
        SerialLine(9_600) as line,
        serial.Serial(line.meter_end, 9_600, timeout=10) as meter,
        serial.Serial(line.agent_end, 9_600, timeout=10) as agent,
        serial.Serial(line.tap_end, 9_600, timeout=10) as tap,
    ):
        meter.write(b"a" * 40)
        agent.write(b"b" * 40)
        mixed = tap.read(80)
        assert b"aaaa" not in mixed
        assert b"bbbb" not in mixed
        time.sleep(0.1)
        tap.reset_input_buffer()
        agent.write(b"again")
        assert tap.read(5) == b"again"
