"""What a scan will ask, in which order, and how long that may take. PURE.

Before: ports, speeds, addresses and unit ids that a person named. After: a ``ScanPlan``. Times
follow the frame sizes of RTU: a request is 8 bytes, the answer to n registers 5 + 2 n, with 3.5
characters of silence around each (Modbus over Serial Line V1.02, 2.5.1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from edge_agent.config import LinkSettings
from edge_agent.errors import StopError
from edge_agent.words import said

Kind = Literal["tcp", "rtu-over-tcp"]
Parity = Literal["N", "E", "O"]

BAUDS = (9_600, 19_200, 38_400, 4_800, 2_400, 115_200, 57_600, 1_200)
PARITIES: tuple[Parity, ...] = ("N", "E", "O")
COMMON: tuple[tuple[int, Parity], ...] = (
    (9_600, "N"),
    (9_600, "E"),
    (19_200, "E"),
    (19_200, "N"),
    (38_400, "N"),
    (38_400, "E"),
    (9_600, "O"),
    (2_400, "N"),
)
"""What meters come with, the most frequent first (factory settings of the documented meters)."""
ALL_UNIT_IDS = tuple(range(1, 248))
LIKELY_UNIT_IDS = (*range(1, 11), 33, 100, 126, 247)
"""What units are numbered by hand, and what some come with."""
NETWORK_UNIT_IDS = (*range(1, 33), 33, 100, 126, 247, 255)
"""On a network each silent id costs a gateway's whole patience, so not all are the default."""
KINDS: tuple[Kind, ...] = ("tcp", "rtu-over-tcp")
MOST_HOSTS = 1_024

TURNAROUND_MS = 250
"""Patience with a unit on a serial line, beside the time on the wire: meters think 5 to 150 ms."""
NETWORK_TIMEOUT_MS = 1_000
CONNECT_S = 1.0
CONNECTIONS_AT_ONCE = 32
HOSTS_AT_ONCE = 8
PAUSE_MS = 20
"""Between requests on a serial line."""
LISTEN_S = 2.0
"""How long a serial line is heard before the first request goes out."""
REGISTERS = 2
"""A probe asks for so many: the fewest that meters with 32-bit values accept."""


@dataclass(frozen=True, slots=True)
class SerialPort:
    """One serial port and the settings to try on it, the likely ones first."""

    device: str
    settings: tuple[LinkSettings, ...]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address on the network, and the ways of speaking to try there.

    ``known`` are the settings of a link that leads there already.
    """

    host: str
    port: int
    kinds: tuple[Kind, ...]
    known: LinkSettings | None = None

    def link(self, kind: Kind) -> LinkSettings:
        """The settings of a link to it."""
        if self.known is not None:
            return self.known
        name = f"net-{_plain(self.host)}" + ("" if self.port == 502 else f"-{self.port}")
        return LinkSettings(id=name[:63], kind=kind, host=self.host, port=self.port)


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """All that a scan may ask. ``likely_ids`` are those of ``unit_ids`` that are tried first.

    ``timeout_ms`` None: as the link says, or as the speed of the line asks for.
    """

    ports: tuple[SerialPort, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    unit_ids: tuple[int, ...] = ALL_UNIT_IDS
    likely_ids: tuple[int, ...] = LIKELY_UNIT_IDS
    timeout_ms: int | None = None

    @property
    def requests(self) -> int:
        """How many requests it takes when nothing answers at all: the most."""
        each = len(self.unit_ids)
        ways = sum(len(port.settings) for port in self.ports)
        return each * (ways + sum(len(endpoint.kinds) for endpoint in self.endpoints))

    @property
    def estimate_s(self) -> float:
        """How long it takes when nothing answers at all: the longest."""
        links = (link for port in self.ports for link in port.settings)
        serial_s = LISTEN_S * len(self.ports) + sum(map(self.turn_s, links)) * len(self.unit_ids)
        return serial_s + self._connect_s() + self._asking_s(self.endpoints)

    @property
    def likely_s(self) -> float:
        """How long it takes when the first settings are right and few units are there.

        Of several addresses, few take a connection; what they then cost is not in it.
        """
        first = (port.settings[0] for port in self.ports)
        serial_s = LISTEN_S * len(self.ports) + sum(map(self.turn_s, first)) * len(self.unit_ids)
        alone = self.endpoints if len(self.endpoints) == 1 else ()
        return serial_s + self._connect_s() + self._asking_s(alone)

    @property
    def hosts_at_once(self) -> int:
        """How many addresses are asked at a time."""
        return max(1, min(HOSTS_AT_ONCE, len(self.endpoints)))

    def timeout_of(self, link: LinkSettings) -> int:
        """How long to wait for one answer on ``link``, ms."""
        told_ms = self.timeout_ms if self.timeout_ms is not None else link.timeout_ms
        if told_ms is not None:
            return told_ms
        if link.kind != "rtu":
            return NETWORK_TIMEOUT_MS
        return TURNAROUND_MS + round(exchange_s(link, REGISTERS) * 1000)

    def turn_s(self, link: LinkSettings) -> float:
        """What asking a unit that is not there adds to the whole scan, s."""
        if link.kind == "rtu":
            return (self.timeout_of(link) + PAUSE_MS) / 1000
        return self.timeout_of(link) / 1000 / self.hosts_at_once

    def _connect_s(self) -> float:
        return -(-len(self.endpoints) // CONNECTIONS_AT_ONCE) * CONNECT_S

    def _asking_s(self, endpoints: Sequence[Endpoint]) -> float:
        turns = (self.turn_s(one.link(kind)) for one in endpoints for kind in one.kinds)
        return sum(turns) * len(self.unit_ids)


def serial_plan(
    device: str,
    bauds: Sequence[int] = BAUDS,
    parities: Sequence[Parity] = PARITIES,
    stop_bits: Literal[1, 2] = 1,
    unit_ids: Iterable[int] = ALL_UNIT_IDS,
    timeout_ms: int | None = None,
) -> ScanPlan:
    """A plan for one serial port: every speed with every parity, what is common first."""
    pairs = sorted(((baud, parity) for baud in bauds for parity in parities), key=_rarity(bauds))
    settings = tuple(
        LinkSettings(
            id="rs485", kind="rtu", device=device, baud=baud, parity=parity, stop_bits=stop_bits
        )
        for baud, parity in pairs
    )
    ids = _checked(unit_ids)
    return ScanPlan((SerialPort(device, settings),), (), ids, _likely(ids), timeout_ms)


def tcp_plan(
    hosts: Iterable[str],
    ports: Iterable[int] = (502,),
    kinds: Iterable[Kind] = KINDS,
    unit_ids: Iterable[int] = NETWORK_UNIT_IDS,
    timeout_ms: int | None = None,
) -> ScanPlan:
    """A plan for addresses on a network: connect first, then ask units behind what is there."""
    numbers, ways = tuple(ports), tuple(kinds)
    endpoints = tuple(Endpoint(host, port, ways) for host in hosts for port in numbers)
    if len(endpoints) > MOST_HOSTS:
        raise StopError(
            said("{count} addresses are too many for one scan", count=len(endpoints)),
            said("name at most {most}, for example 192.168.1.0/24", most=MOST_HOSTS),
        )
    ids = _checked(unit_ids)
    return ScanPlan((), endpoints, ids, _likely(ids), timeout_ms)


def links_plan(
    links: Iterable[LinkSettings],
    unit_ids: Iterable[int] | None = None,
    timeout_ms: int | None = None,
) -> ScanPlan:
    """A plan for lines whose settings are known: only the unit ids are looked for."""
    rows = [link for link in links if link.kind != "rtu-listen"]
    serial = [link for link in rows if link.kind == "rtu"]
    network = [link for link in rows if link.kind != "rtu"]
    standard = ALL_UNIT_IDS if serial else NETWORK_UNIT_IDS
    ids = _checked(standard if unit_ids is None else unit_ids)
    ports = tuple(SerialPort(link.device, (link,)) for link in serial)
    endpoints = tuple(Endpoint(link.host, link.port, (_way(link),), link) for link in network)
    return ScanPlan(ports, endpoints, ids, _likely(ids), timeout_ms)


def exchange_s(link: LinkSettings, registers: int) -> float:
    """The time on the wire of one request and its answer, with the silences, s."""
    bits = 10 if link.parity == "N" and link.stop_bits == 1 else 11
    silence_s = 0.00175 if link.baud > 19_200 else 3.5 * bits / link.baud
    return (13 + 2 * registers) * bits / link.baud + 2 * silence_s


def unit_ids_in(text: str) -> tuple[int, ...]:
    """The unit ids that ``text`` names, as ``1-32,100``. Raises ``StopError``."""
    hint = said("write for example 1-32 or 1,2,10-20; unit ids go from 1 to 255")
    try:
        return _checked(each for part in text.split(",") for each in _range(part))
    except ValueError:
        raise StopError(said("no unit ids: {text}", text=text), hint) from None


def _range(part: str) -> Iterator[int]:
    first, dash, last = part.strip().partition("-")
    yield from range(int(first), int(last if dash else first) + 1)


def _checked(unit_ids: Iterable[int]) -> tuple[int, ...]:
    ids = tuple(dict.fromkeys(unit_ids))
    wrong = next((one for one in ids if not 1 <= one <= 255), None)
    if wrong is not None or not ids:
        # 0 is the broadcast: every meter on the line would take it for its own.
        raise StopError(
            said("a scan cannot ask unit {unit}", unit="?" if wrong is None else wrong),
            said("write for example 1-32 or 1,2,10-20; unit ids go from 1 to 255"),
        )
    return ids


def _likely(ids: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(one for one in LIKELY_UNIT_IDS if one in ids) or ids[:10]


def _rarity(bauds: Sequence[int]) -> Callable[[tuple[int, Parity]], tuple[int, int, int]]:
    places = {pair: place for place, pair in enumerate(COMMON)}
    order = {baud: place for place, baud in enumerate(bauds)}

    def rarity(pair: tuple[int, Parity]) -> tuple[int, int, int]:
        return places.get(pair, len(COMMON)), order[pair[0]], PARITIES.index(pair[1])

    return rarity


def _way(link: LinkSettings) -> Kind:
    return "rtu-over-tcp" if link.kind == "rtu-over-tcp" else "tcp"


def _plain(host: str) -> str:
    """``host`` as a part of a name: small letters, digits and dashes."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in host.lower()).strip("-")
