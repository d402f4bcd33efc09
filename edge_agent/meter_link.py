"""The line to the meters: TCP, RTU, or RTU over TCP. The only file of the agent with pymodbus.

Before: which registers of which unit. After: their words, or an error that says what to do.
pymodbus only frames and parses here (``retries=0``); pauses, quiet times, reconnects and checks
are ours. The line is read only: functions 3 and 4, nothing else.

RTU answers carry no transaction number, so a late one would pass for the answer to the next
request. After every failure on such a line it stays silent for a while and is then emptied; and
before a like request it is asked for another count, which no late answer can have.
"""

from __future__ import annotations

import errno
import logging
import os
import select
import socket
import sys
import termios
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusException
from pymodbus.framer import FramerRTU
from pymodbus.pdu import ModbusPDU

from edge_agent import link_faults
from edge_agent.config import LinkSettings
from edge_agent.errors import (
    BadAnswerError,
    LinkDownError,
    RefusedError,
    SilentMeterError,
    StopError,
)
from edge_agent.link_faults import SpoiledAnswerError
from edge_agent.serial_port import open_port
from edge_agent.words import said

CONNECT_TIMEOUT_S = 3.0
FIRST_PAUSE_S, LAST_PAUSE_S = 1.0, 60.0
"""Between attempts to open a link: the first pause, doubled each time up to the last."""
QUIET_S = 0.5
"""After a failed request an RTU line stays silent at least so long, and twice the time limit."""
SERIAL_GAP_MS = 20
"""Between requests on an RTU line, when neither settings nor profile ask for another."""
MANY_SILENT = 3
"""So many unanswered requests in a row, from any unit, and a TCP connection is opened anew."""
MAX_REGISTERS = 125
"""No request may ask for more (Modbus Application Protocol V1.1b3, 6.3)."""

_Shape = tuple[int, int, int]
"""Unit, function and count of a request: all that an RTU answer can be told by."""


class MeterLink(Protocol):
    """A line on which units can be asked for registers, one request at a time."""

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """``count`` words from ``address`` (0-based, on the wire) of ``unit_id``.

        Raises ``SilentMeterError``, ``RefusedError``, ``BadAnswerError`` or ``LinkDownError``.
        """
        ...

    def close(self) -> None:
        """Let go of the line; the next ``read`` would open it again."""
        ...


def open_link(settings: LinkSettings, gaps_ms: Mapping[int, int] | None = None) -> MeterLink:
    """The line that ``settings`` describe; opened by the first ``read``, never for listening.

    ``gaps_ms`` is the silence before a request to single units; for all others it is the link's
    own ``gap_ms`` or, when that is not set, ``SERIAL_GAP_MS`` on an RTU line.
    """
    # Every failure becomes one of our errors; the library's own lines would tell it twice.
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    if settings.kind == "rtu-listen":
        what = said("link {link} only listens: nobody may be asked on it", link=settings.id)
        raise StopError(what, said("use a link of kind rtu to ask"))
    return ModbusLink(settings, gaps_ms or {})


class ModbusLink:
    """A ``MeterLink`` over pymodbus. Used by one thread at a time.

    ``answer_s`` is how long the newest request waited for its answer, or for its end without one.
    ``monotonic`` and ``sleep`` are the real ones: pauses on a wire cannot be replayed.
    """

    def __init__(
        self,
        settings: LinkSettings,
        gaps_ms: Mapping[int, int],
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._gaps_ms = gaps_ms
        self._monotonic, self._sleep = monotonic, sleep
        self._numbered = settings.kind == "tcp"
        self._line: _TcpLine | _SerialLine = _line(settings, self._listen)
        self.answer_s = 0.0
        self._heard = b""
        self._asked: _Shape = (0, 0, 0)
        self._owed: set[_Shape] = set()
        self._free_at = self._last_end = float("-inf")
        self._silent = 0
        self._pause_s = FIRST_PAUSE_S
        self._retry_at = float("-inf")
        self._down: tuple[str, str] | None = None

    def read(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        """The words, by the ``MeterLink`` promise."""
        if (unit_id, function, count) in self._owed:
            self._prove(unit_id, function, address, count, timeout_ms)
        return self._exchange(unit_id, function, address, count, timeout_ms)

    def _prove(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> None:
        """Ask for another count first: its answer shows that no older one is still to come.

        Pauses alone would not do: a gateway may hold an answer back for longer than any of them.
        """
        counts = [*range(count - 1, 0, -1), min(count + 1, MAX_REGISTERS)]
        fresh = (n for n in counts if (unit_id, function, n) not in self._owed)
        # A meter that refuses this has answered as well.
        with suppress(RefusedError):
            self._exchange(unit_id, function, address, next(fresh, counts[0]), timeout_ms)
        self._owed = {shape for shape in self._owed if shape[0] != unit_id}

    def _exchange(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        was_open = self._open()
        self._keep_pace(unit_id)
        asked_s = self._monotonic()
        try:
            answer = self._ask(unit_id, function, address, count, timeout_ms)
        except (ConnectionException, OSError) as error:
            self.close()
            if not was_open:
                raise self._went_down(error) from error
            # Gateways drop idle connections: one try on a fresh one before the link is down.
            return self._exchange(unit_id, function, address, count, timeout_ms)
        except ModbusException:
            raise self._no_answer(unit_id, timeout_ms) from None
        finally:
            self._last_end = self._monotonic()
            self.answer_s = self._last_end - asked_s
        return self._checked(answer, unit_id, function, count, timeout_ms)

    def close(self) -> None:
        """Let go of the port or connection."""
        self._line.close()  # type: ignore[no-untyped-call]

    def _open(self) -> bool:
        """Whether the line was open already; opens it. Raises ``LinkDownError``."""
        if self._line.connected:
            return True
        if self._down is not None and self._monotonic() < self._retry_at:
            raise LinkDownError(*self._down)
        try:
            self._line.connect()
        except OSError as error:
            raise self._went_down(error) from error
        return False

    def _went_down(self, error: BaseException) -> LinkDownError:
        what, hint = link_faults.why_down(self._settings, error)
        self._down = what, hint
        self._retry_at = self._monotonic() + self._pause_s
        self._pause_s = min(2 * self._pause_s, LAST_PAUSE_S)
        return LinkDownError(*self._down)

    def _keep_pace(self, unit_id: int) -> None:
        own_ms, least_ms = self._settings.gap_ms, 0 if self._numbered else SERIAL_GAP_MS
        gap_ms = self._gaps_ms.get(unit_id, least_ms if own_ms is None else own_ms)
        wait_s = max(self._free_at, self._last_end + gap_ms / 1000) - self._monotonic()
        if wait_s > 0:
            self._sleep(wait_s)

    def _ask(
        self, unit_id: int, function: int, address: int, count: int, timeout_ms: int
    ) -> ModbusPDU:
        line = self._line
        if not self._numbered:
            line.empty()
        self._heard = b""
        self._asked = unit_id, function, count
        line.comm_params.timeout_connect = timeout_ms / 1000
        ask = line.read_holding_registers if function == 3 else line.read_input_registers
        return ask(address, count=count, device_id=unit_id)

    def _listen(self, sending: bool, data: bytes) -> bytes:
        if not sending:
            self._heard = data
        return data

    def _checked(
        self, answer: ModbusPDU, unit_id: int, function: int, count: int, timeout_ms: int
    ) -> tuple[int, ...]:
        if self._numbered and not _whole_answers(self._heard):
            what = said(
                "more than the answer of unit {unit} came, and it is no other answer", unit=unit_id
            )
            raise self._spoiled(what, timeout_ms)
        if answer.function_code & 0x7F != function:
            what = said(
                "unit {unit} answered to function {other} when asked for {function}",
                unit=unit_id,
                other=answer.function_code & 0x7F,
                function=function,
            )
            raise self._bad_answer(what, timeout_ms, link_faults.MISFIT_HINT)
        self._silent, self._pause_s, self._down = 0, FIRST_PAUSE_S, None
        if answer.isError():
            raise link_faults.refusal(unit_id, answer.exception_code)
        if len(answer.registers) != count:
            what = said(
                "unit {unit} sent {sent} registers when asked for {count}",
                unit=unit_id,
                sent=len(answer.registers),
                count=count,
            )
            raise self._bad_answer(what, timeout_ms, link_faults.MISFIT_HINT)
        return tuple(answer.registers)

    def _no_answer(self, unit_id: int, timeout_ms: int) -> SilentMeterError | BadAnswerError:
        """What a request without a good answer means, by what was heard meanwhile."""
        if self._heard:
            return self._noise(unit_id, timeout_ms)
        self._silent += 1
        self._hush(timeout_ms)
        if self._silent % MANY_SILENT == 0 and self._settings.kind != "rtu":
            self.close()
        what = said("unit {unit} gave no answer within {ms} ms", unit=unit_id, ms=timeout_ms)
        return SilentMeterError(what, link_faults.silent_hint(self._settings))

    def _noise(self, unit_id: int, timeout_ms: int) -> BadAnswerError:
        other = _sender(self._heard, self._numbered)
        if other is None:
            what = said(
                "{count} bytes came that are no whole answer of unit {unit}",
                count=len(self._heard),
                unit=unit_id,
            )
            return self._spoiled(what, timeout_ms)
        if other != unit_id:
            what = said(
                "unit {other} answered when unit {unit} was asked", other=other, unit=unit_id
            )
            return self._bad_answer(what, timeout_ms, link_faults.mixed_hint(self._settings))
        what = said(
            "unit {unit} answered an earlier request, and this one not in {ms} ms",
            unit=unit_id,
            ms=timeout_ms,
        )
        return self._bad_answer(what, timeout_ms, said("raise the link's timeout_ms"))

    def _spoiled(self, what: str, timeout_ms: int) -> SpoiledAnswerError:
        bad = self._bad_answer(what, timeout_ms, link_faults.noise_hint(self._settings))
        return SpoiledAnswerError(bad.message, bad.hint)

    def _bad_answer(self, what: str, timeout_ms: int, hint: str) -> BadAnswerError:
        self._hush(timeout_ms)
        if self._numbered:
            # The rest of a broken answer would be taken for the head of the next one.
            self.close()
        return BadAnswerError(what, hint)

    def _hush(self, timeout_ms: int) -> None:
        if not self._numbered:
            self._free_at = self._monotonic() + max(QUIET_S, 2 * timeout_ms / 1000)
            self._owed.add(self._asked)


class _TcpLine(ModbusTcpClient):
    """pymodbus's TCP client, but for telling why it cannot connect."""

    def connect(self) -> bool:
        if self.socket is None:
            address = (self.comm_params.host, self.comm_params.port)
            self.socket = socket.create_connection(address, timeout=CONNECT_TIMEOUT_S)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return True

    def empty(self) -> None:
        """Throw away what nobody waits for any more. Raises ``OSError`` on a closed connection."""
        while self.socket is not None and select.select([self.socket], [], [], 0)[0]:
            if not self.socket.recv(4096):
                raise ConnectionResetError(errno.ECONNRESET, "closed by the other side")


class _SerialLine(ModbusSerialClient):
    """pymodbus's serial client, but for telling why it cannot open, and for waiting.

    The library looks for bytes every four characters or 1 ms and wants two equal looks; waiting
    in ``select`` takes an answer the moment it is there.
    """

    link: LinkSettings

    def connect(self) -> bool:
        if self.socket is None:
            self.socket = open_port(self.link, write_timeout_s=CONNECT_TIMEOUT_S)
        return True

    def recv(self, size: int | None) -> bytes:
        if self.socket is None:
            raise ConnectionException("the port is closed")
        timeout_s = self.comm_params.timeout_connect
        if not select.select([self.socket], [], [], timeout_s)[0]:
            return b""
        data = os.read(self.socket.fileno(), size or 512)
        if not data:
            raise OSError(errno.EIO, "the port went away")
        return data

    def empty(self) -> None:
        """Throw away what nobody waits for any more. Raises ``OSError`` on a port that is gone."""
        if self.socket is not None:
            try:
                self.socket.reset_input_buffer()
            except termios.error as error:
                raise OSError(*error.args) from error


def _line(settings: LinkSettings, listen: Callable[[bool, bytes], bytes]) -> _TcpLine | _SerialLine:
    line: _TcpLine | _SerialLine
    if settings.kind == "rtu":
        line = _SerialLine(
            settings.device,
            baudrate=settings.baud,
            parity=settings.parity,
            stopbits=settings.stop_bits,
            retries=0,
            trace_packet=listen,
        )
        line.link = settings
    else:
        framer = FramerType.SOCKET if settings.kind == "tcp" else FramerType.RTU
        line = _TcpLine(
            settings.host, port=settings.port, framer=framer, retries=0, trace_packet=listen
        )
    # The library would drop the connection after three silent requests; that is ours to decide.
    line.transaction.count_until_disconnect = sys.maxsize
    line.transaction.max_until_disconnect = sys.maxsize
    return line


def _sender(heard: bytes, numbered: bool) -> int | None:
    """The unit that a heard answer comes from, None when it is not a whole answer."""
    if numbered:
        return heard[6] if len(heard) > 8 and len(heard) >= 6 + heard[5] else None
    whole = len(heard) > 4 and FramerRTU.check_CRC(heard[:-2], int.from_bytes(heard[-2:], "big"))
    return heard[0] if whole else None


def _whole_answers(heard: bytes) -> bool:
    """Whether these bytes are whole numbered answers, one behind the other, and nothing else.

    A frame that broke off makes the next one its tail; only what is left over gives that away.
    """
    while heard:
        length = 6 + int.from_bytes(heard[4:6], "big")
        if len(heard) < length or heard[2:4] != b"\0\0":
            return False
        heard = heard[length:]
    return True
