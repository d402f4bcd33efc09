"""Meters that cost next to nothing, so that what is measured is the agent.

They answer functions 3 and 4 with the same changing words at every address. The TCP meters share
one selector loop; the serial line plays its bytes at the wire's speed. Both note when they were
asked. Frames after the Modbus application protocol V1.1b3 and the serial line guide V1.02.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import threading
import time
import tty
from collections import defaultdict
from dataclasses import dataclass
from typing import Self

LONGEST_REQUEST = 260


def words_of(count: int, at_s: float) -> bytes:
    """``count`` registers as pairs of a 32-bit float that grows slowly."""
    value = struct.pack(">f", 1000.0 + at_s % 10_000)
    return (value * (count // 2 + 1))[: 2 * count]


class TcpMeters:
    """``count`` meters, each on a TCP port of its own, unit 1. Works inside a ``with``.

    ``asked`` maps a meter's number to the monotonic seconds of its requests, when ``noting``.
    """

    def __init__(self, count: int, *, noting: bool = False) -> None:
        self._noting = noting
        self._servers = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
        self.ports = [server.getsockname()[1] for server in self._servers]
        self.asked: dict[int, list[float]] = defaultdict(list)
        self._selector = selectors.DefaultSelector()
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="meters", daemon=True)
        for number, server in enumerate(self._servers):
            self._selector.register(server, selectors.EVENT_READ, (number, True))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
        self._selector.close()

    def _serve(self) -> None:
        while not self._ended:
            for key, _ in self._selector.select(0.2):
                number, listening = key.data
                assert isinstance(key.fileobj, socket.socket)
                if listening:
                    connection, _ = key.fileobj.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._selector.register(connection, selectors.EVENT_READ, (number, False))
                else:
                    self._answer(key.fileobj, number)

    def _answer(self, connection: socket.socket, number: int) -> None:
        try:
            request = connection.recv(LONGEST_REQUEST)
        except OSError:
            request = b""
        if len(request) < 12:
            self._selector.unregister(connection)
            connection.close()
            return
        now_s = time.monotonic()
        if self._noting:
            self.asked[number].append(now_s)
        count = int.from_bytes(request[10:12], "big")
        words = words_of(count, now_s)
        head = request[:4] + struct.pack(
            ">HBBB", 3 + len(words), request[6], request[7], len(words)
        )
        connection.sendall(head + words)


@dataclass(frozen=True, slots=True)
class Wire:
    """An RS-485 line's speed: ``bits`` a character, and how long a meter thinks."""

    baud: int = 9600
    bits: int = 10
    turnaround_s: float = 0.030
    silence_chars: float = 3.5

    def seconds(self, chars: float) -> float:
        """How long so many characters take."""
        return chars * self.bits / self.baud

    def poll_s(self, registers: int) -> float:
        """The least time of one poll: request, thinking, answer, and the silence after it."""
        return self.seconds(8 + 5 + 2 * registers + self.silence_chars) + self.turnaround_s


class SerialMeters:
    """Meters on one pty that plays the wire's timing. ``device`` is the agent's end.

    ``polls`` holds (first byte of the request, last byte of the answer) in monotonic seconds.
    ``early`` counts requests that came before the line had been silent for 3.5 characters.
    """

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.polls: list[tuple[float, float]] = []
        self.early = 0
        self._master, self._end = os.openpty()
        tty.setraw(self._end)
        self.device = os.ttyname(self._end)
        self._ended = False
        self._thread = threading.Thread(target=self._serve, name="wire", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended = True
        self._thread.join()
        os.close(self._end)
        os.close(self._master)

    def _serve(self) -> None:
        selector = selectors.DefaultSelector()
        selector.register(self._master, selectors.EVENT_READ)
        request = b""
        while not self._ended:
            if not selector.select(0.2):
                continue
            request += os.read(self._master, LONGEST_REQUEST)
            if len(request) >= 8:
                self._answer(request[:8])
                request = b""
        selector.close()

    def _answer(self, request: bytes) -> None:
        begun_s = time.monotonic()
        silence_s = self.wire.seconds(self.wire.silence_chars)
        if self.polls and begun_s < self.polls[-1][1] + silence_s:
            self.early += 1
        words = words_of(int.from_bytes(request[4:6], "big"), begun_s)
        frame = request[:2] + bytes([len(words)]) + words
        frame += crc16(frame).to_bytes(2, "little")
        at_s = begun_s + self.wire.seconds(8) + self.wire.turnaround_s
        for start in range(0, len(frame), 8):
            part = frame[start : start + 8]
            at_s += self.wire.seconds(len(part))
            time.sleep(max(0.0, at_s - time.monotonic()))
            os.write(self._master, part)
        self.polls.append((begun_s, time.monotonic()))


def crc16(frame: bytes) -> int:
    """The serial line guide's CRC."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    return crc
