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
