"""Modbus clients for tests: pymodbus on any link, and the independent mbpoll."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.pdu import ModbusPDU

from edge_agent.profile import Profile
from simulators.plant import Address, LinkKind
from tests.services.missing import missing_service

Client = ModbusTcpClient | ModbusSerialClient
TIMEOUT_S = 2.0


@contextmanager
def open_client(kind: LinkKind, at: Address, timeout_s: float = TIMEOUT_S) -> Iterator[Client]:
    """A connected client of that kind of link."""
    client: Client
    if kind == "rtu":
        client = ModbusSerialClient(at.device, baudrate=38_400, timeout=timeout_s, retries=0)
    else:
        framer = FramerType.RTU if kind == "rtu-over-tcp" else FramerType.SOCKET
        client = ModbusTcpClient(at.host, port=at.port, framer=framer, timeout=timeout_s, retries=0)
    assert client.connect()
    try:
        yield client
    finally:
        client.close()  # type: ignore[no-untyped-call]


def read(client: Client, function: int, address: int, count: int, unit: int = 1) -> ModbusPDU:
    """One read of ``count`` registers."""
    if function == 3:
        return client.read_holding_registers(address, count=count, device_id=unit)
    return client.read_input_registers(address, count=count, device_id=unit)


def values_of(client: Client, profile: Profile, unit: int = 1) -> dict[str, float | None]:
    """Every value of a profile, decoded."""
    values: dict[str, float | None] = {}
    for block in profile.blocks:
        answer = read(client, block.function, block.address, block.count, unit)
        assert not answer.isError(), answer
        for row in block.registers:
            first = row.address - block.address
            values[row.quantity] = row.value_of(answer.registers[first : first + row.words])
    return values


def mbpoll(at: Address, unit: int, kind: str, address: int, count: int = 1) -> list[str]:
    """What mbpoll prints for ``count`` values: ``kind`` is its -t option, words high first."""
    program = shutil.which("mbpoll")
    if program is None:
        missing_service("mbpoll", "apt install mbpoll")
    link = ["-m", "rtu", "-b", "38400", "-P", "none"] if at.device else ["-p", str(at.port)]
    wanted = ["-a", str(unit), "-t", kind, "-B", "-0", "-r", str(address), "-c", str(count)]
    done = subprocess.run(
        [program, *link, *wanted, "-1", at.device or at.host],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return re.findall(r"^\[\d+\]:\s+(\S+)", done.stdout, re.MULTILINE)
