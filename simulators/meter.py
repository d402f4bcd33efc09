"""A Modbus server for meters of any profile; the only pymodbus file of the simulators.

Before: faces, which know what each register shows now. After: answers on a TCP port or a serial
line, and an entry in the ledger for each reading given. pymodbus serves with asyncio, so each
server runs its loop in one thread of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, cast

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from edge_agent.errors import StopError
from simulators.face import Face
from simulators.faults import Faults
from simulators.ledger import Ledger
from simulators.loop_thread import Close, LoopThread
from simulators.plant import Address
from simulators.running import Running

Framing = Literal["tcp", "rtu-over-tcp", "rtu"]
_Server = ModbusTcpServer | ModbusSerialServer


class MeterServer(Running):
    """Serves the meters of one link until it is stopped.

    ``now_ms`` is the plant's clock. A meter answers functions 3 and 4 for the addresses that its
    profile reads, exception 2 beyond them and exception 1 to any write; units that are not there
    stay silent. It serves at ``wanted``, where a TCP port of 0 takes a free one; ``address`` says
    where that is once it runs.
    """

    def __init__(
        self,
        faces: Sequence[Face],
        framing: Framing,
        now_ms: Callable[[], int],
        ledger: Ledger,
        faults: Faults,
        wanted: Address,
    ) -> None:
        self.address = wanted
        self._faces = {face.meter.unit_id: face for face in faces}
        self._framing = framing
        self._now_ms = now_ms
        self._ledger = ledger
        self._faults = faults
        self._devices = [self._device(face) for face in faces]
        self._service = LoopThread(f"meters-{framing}", self._open)

    def start(self) -> None:
        """Serve from now on. Raises ``StopError`` when the port or device cannot be had."""
        try:
            self._service.start()
        except (OSError, RuntimeError) as error:
            at = self.address.device or f"{self.address.host}:{self.address.port}"
            hint = "is the port or device there, and not in use?"
            raise StopError(f"meters cannot be served at {at}: {error}", hint) from error

    def stop(self) -> None:
        """Stop serving and close every connection. Does nothing when it is not serving."""
        self._service.stop()

    async def _open(self) -> Close:
        server = self._server()
        await server.serve_forever(background=True)
        self.address = self._bound(server)
        return server.shutdown

    def _server(self) -> _Server:
        devices = self._devices
        if self._framing == "rtu":
            return ModbusSerialServer(devices, port=self.address.device, trace_pdu=self._on_pdu)
        framer = FramerType.RTU if self._framing == "rtu-over-tcp" else FramerType.SOCKET
        place = (self.address.host, self.address.port)
        return ModbusTcpServer(devices, framer=framer, address=place, trace_pdu=self._on_pdu)

    def _bound(self, server: _Server) -> Address:
        if self._framing == "rtu":
            return self.address
        sockets = cast(asyncio.Server, server.transport).sockets
        host, port = sockets[0].getsockname()[:2]
        return Address(host, port)

    def _device(self, face: Face) -> SimDevice:
        """A device with the registers of the meter's spans; their words come with each request."""
        nothing = [SimData(0, values=False, datatype=DataType.BITS)]
        held = _registers(span for span in face.spans if span[0] == 3)
        read = _registers(span for span in face.spans if span[0] == 4)

        async def act(
            function: int,
            first: int,
            address: int,
            count: int,
            registers: list[int],
            written: list[int] | list[bool] | None,
        ) -> ExcCodes | None:
            if written is not None or function not in (3, 4):
                return ExcCodes.ILLEGAL_FUNCTION
            return self._fill(face, (function, address, count), first, registers)

        simdata = (nothing, nothing, held, read)
        return SimDevice(face.meter.unit_id, simdata=simdata, action=act)

    def _fill(
        self, face: Face, span: tuple[int, int, int], first: int, registers: list[int]
    ) -> ExcCodes | None:
        function, address, count = span
        fault = self._faults.answer(face.meter.id)
        if fault and fault.name == "refuse":
            return ExcCodes.DEVICE_FAILURE
        answer = face.answer(function, address, count, self._now_ms())
        if answer is None:
            return ExcCodes.ILLEGAL_ADDRESS
        registers[address - first : address - first + count] = answer.words
        if fault and fault.name == "late":
            # Blocks the whole line: pymodbus answers with the ids of the newest request, so two
            # requests at once would hide that this answer belongs to the older one.
            time.sleep(fault.delay_s)
        if answer.entry and fault is None:
            self._ledger.enter(face.meter.id, answer.entry)
        return None

    def _on_pdu(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        """Keep units silent that are not there, and spoil answers where a fault says so."""
        face = self._faces.get(pdu.dev_id)
        fault = self._faults.answer(face.meter.id) if face else None
        name = fault.name if fault else ""
        if not sending and (face is None or name == "silent"):
            # pymodbus drops a request that has become None, though its type says otherwise.
            return cast(ModbusPDU, None)
        if sending and name == "short" and not pdu.isError():
            pdu.registers = pdu.registers[:-1]
        if sending and name == "wrong-unit":
            pdu.dev_id += 1
        return pdu


def _registers(spans: Iterable[tuple[int, int, int]]) -> list[SimData]:
    """Empty registers for these spans; pymodbus wants at least one, which the meter refuses."""
    found = list(spans) or [(0, 0xFFFF, 1)]
    words = DataType.REGISTERS
    return [SimData(first, values=[0] * count, datatype=words) for _, first, count in found]
