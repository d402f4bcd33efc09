"""A real Modbus server (pymodbus) in a thread, whose units can be made to misbehave."""

from __future__ import annotations

import asyncio
import os
import select
import socket
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerRTU
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from edge_agent.config import LinkSettings

Kind = Literal["tcp", "rtu-over-tcp", "rtu"]
HOST = "127.0.0.1"


@dataclass
class Unit:
    """One unit: the words by address, and how it misbehaves."""

    words: dict[int, int] = field(default_factory=dict)
    silent: bool = False
    delay_s: float = 0.0
    refuses: int = 0
    holes: frozenset[int] = frozenset()
    cut_words: int = 0
    answers_as: int | None = None
    answers_function: int | None = None
    tail: bytes = b""
    broken_off_at: int | None = None
    requests: list[tuple[int, int, int]] = field(default_factory=list)


class ModbusServer:
    """The units behind one port or pty; ``link`` is what an agent would be told of it."""

    def __init__(self, kind: Kind, units: dict[int, Unit]) -> None:
        self.kind, self.units = kind, units
        self.port = _free_port()
        self.client_tty, self.server_tty = "", ""
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._server: Any = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def link(self, **more: Any) -> LinkSettings:
        """The link settings that lead here, without gaps unless asked for."""
        where = {"device": self.client_tty, "baud": 115_200} if self.kind == "rtu" else None
        where = where or {"host": HOST, "port": self.port}
        return LinkSettings.model_validate(
            {"id": "link", "kind": self.kind, **where, "gap_ms": 0, **more}
        )

    def start(self) -> None:
        """Listen."""
        self._thread.start()
        assert self._ready.wait(5)

    def stop(self) -> None:
        """Close every connection and stop listening."""
        asyncio.run_coroutine_threadsafe(self._server.shutdown(), self._loop).result(5)
        self._thread.join(5)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._main())
        self._loop.close()

    async def _main(self) -> None:
        devices = [self._device(unit_id) for unit_id in self.units]
        if self.kind == "rtu":
            self._server = ModbusSerialServer(
                devices, port=self.server_tty, baudrate=115_200, trace_packet=self._leaving
            )
        else:
            framer = FramerType.SOCKET if self.kind == "tcp" else FramerType.RTU
            self._server = ModbusTcpServer(
                devices,
                framer=framer,
                address=(HOST, self.port),
                trace_packet=self._leaving,
                trace_connect=self._connected,
            )
        await self._server.serve_forever(background=True)
        self._ready.set()
        await self._server.serving
        await asyncio.sleep(0.01)

    def _device(self, unit_id: int) -> SimDevice:
        bits = [SimData(0, datatype=DataType.BITS)]
        words = [SimData(0, count=4_096, values=0, datatype=DataType.REGISTERS)]
        unit = self.units[unit_id]

        async def action(
            function: int, _start: int, address: int, count: int, *_more: object
        ) -> list[int] | ExcCodes:
            unit.requests.append((function, address, count))
            if unit.delay_s:
                await asyncio.sleep(unit.delay_s)
            if unit.refuses:
                return ExcCodes(unit.refuses)
            wanted = range(address, address + count)
            if unit.holes.intersection(wanted):
                return ExcCodes.ILLEGAL_ADDRESS
            return [unit.words.get(at, at & 0xFFFF) for at in wanted]

        store = (bits, bits, words, words)
        # An action may answer with the words themselves; the library's hint does not say so.
        return SimDevice(unit_id, simdata=store, action=action)  # type: ignore[arg-type]

    def _connected(self, connect: bool) -> None:
        self.connections += connect

    def _leaving(self, sending: bool, frame: bytes) -> bytes:
        """Let a leaving answer misbehave as its unit says."""
        if not sending:
            return frame
        head = 6 if self.kind == "tcp" else 0
        unit = self.units[frame[head]]
        if unit.silent:
            return b""
        body = bytearray(frame[head:] if head else frame[:-2])
        if unit.cut_words and not body[1] & 0x80:
            body[2] -= 2 * unit.cut_words
            del body[len(body) - 2 * unit.cut_words :]
        body[0] = unit.answers_as or body[0]
        body[1] = unit.answers_function or body[1]
        whole = self._framed(frame, bytes(body)) + unit.tail
        return whole[: unit.broken_off_at]

    def _framed(self, frame: bytes, body: bytes) -> bytes:
        if self.kind == "tcp":
            return frame[:4] + len(body).to_bytes(2, "big") + body
        return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


@contextmanager
def serving(kind: Kind, units: dict[int, Unit]) -> Iterator[ModbusServer]:
    """A running server of ``kind``; for RTU over a pair of crossed ptys."""
    server = ModbusServer(kind, units)
    if kind != "rtu":
        server.start()
        try:
            yield server
        finally:
            server.stop()
        return
    with tty_pair() as (server.client_tty, server.server_tty):
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def tty_pair() -> Iterator[tuple[str, str]]:
    """Two serial ports that are connected to each other, by name."""
    ends = [os.openpty(), os.openpty()]
    for _, slave in ends:
        tty.setraw(slave)
    stop_read, stop_write = os.pipe()
    masters = (ends[0][0], ends[1][0])
    pump = threading.Thread(target=_pump, args=(*masters, stop_read), daemon=True)
    pump.start()
    try:
        yield os.ttyname(ends[0][1]), os.ttyname(ends[1][1])
    finally:
        os.write(stop_write, b"x")
        pump.join(5)
        for handle in (*ends[0], *ends[1], stop_read, stop_write):
            os.close(handle)


def _pump(one: int, two: int, stop: int) -> None:
    other = {one: two, two: one}
    while True:
        ready, _, _ = select.select([one, two, stop], [], [])
        if stop in ready:
            return
        for handle in ready:
            os.write(other[handle], os.read(handle, 4096))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
