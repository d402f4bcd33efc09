"""What a fleet is to be: the words of the command line, all their faults at once, each agent."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from edge_agent.contract import wire
from edge_agent.contract.topics import NAME_PATTERN
from edge_agent.errors import ConfigError
from simulators.fleet import values
from simulators.fleet.numbering import Numbering, Portion
from simulators.fleet.packets import Version

MOST_AGENTS = 25_000
"""More connections from one address to one port than this run out of ports."""
MOST_METERS = 100
MOST_BACKLOG = 10_000_000
"""More waiting messages in all than this do not fit into memory."""
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_HINT = "see plant-sim fleet --help"


@dataclass(frozen=True, slots=True)
class FleetOptions:
    """A play. Times in seconds; ``backlog_s``: what each agent brings along from before.

    An agent sends what it has polled each ``commit_s``: that is when it commits its outbox.

    ``cut_at_s`` after the start all connections break and stay away for ``away_s``; None: never.
    ``allow_host`` names a broker that is not on this machine and may be loaded all the same.
    """

    broker: str
    agents: int = 100
    meters: int = 5
    every_s: float = 60.0
    for_s: float = 60.0
    commit_s: float = 10.0
    backlog_s: float = 0.0
    cut_at_s: float | None = None
    away_s: float = 10.0
    connects_per_s: float = 500.0
    settle_s: float = 90.0
    backlog_per_s: float = 500.0
    jitter_s: float = 300.0
    keepalive_s: int = 20
    session_s: int = 3600
    version: Version = "5"
    ca_file: Path | None = None
    password: str = ""
    allow_host: str = ""
    prefix: str = "plant"
    tidy: bool = True

    def __post_init__(self) -> None:
        faults = list(self._faults())
        if faults:
            raise ConfigError(faults, _HINT)

    @property
    def tls(self) -> bool:
        """Whether the connections are encrypted."""
        return self._url.scheme == "mqtts"

    @property
    def host(self) -> str:
        """The broker's host."""
        return self._url.hostname or ""

    @property
    def port(self) -> int:
        """The broker's port, 1883 or 8883 when the url names none."""
        return self._url.port or (8883 if self.tls else 1883)

    @property
    def polls(self) -> int:
        """Polls of a meter in one message of now: what fell into one commit."""
        return max(int(self.commit_s // self.every_s), 1)

    @property
    def round_s(self) -> float:
        """The time between two rounds of messages of one agent."""
        return self.polls * self.every_s

    @property
    def _url(self) -> SplitResult:
        return urlsplit(self.broker)

    def _faults(self) -> Iterator[str]:
        yield from self._broker_faults()
        for name, value, least, most in (
            ("--agents", self.agents, 1, MOST_AGENTS),
            ("--meters", self.meters, 1, MOST_METERS),
            ("--every", self.every_s, 0.1, 86_400),
            ("--for", self.for_s, 0, 86_400),
            ("--commit", self.commit_s, 0.1, 3600),
            ("--backlog", self.backlog_s, 0, 31 * 86_400),
            ("--cut-at", self.cut_at_s or 0, 0, self.for_s),
            ("--away", self.away_s, 0, 86_400),
            ("--connects-per-s", self.connects_per_s, 1, 100_000),
            ("--settle", self.settle_s, 0, 86_400),
            ("--jitter", self.jitter_s, 0, 86_400),
            ("--backlog-per-s", self.backlog_per_s, 1, 1_000_000),
            ("--keepalive", self.keepalive_s, 1, 65_535),
        ):
            if not least <= value <= most:
                yield f"{name} {value:g}: not {least:g} to {most:g}"
        waiting = self.agents * self.meters * self.backlog_s / max(self.every_s, 0.1) / 60
        if waiting > MOST_BACKLOG:
            yield f"--backlog: {waiting:,.0f} messages at once, more than {MOST_BACKLOG:,}"
        if not re.fullmatch(NAME_PATTERN, f"{self.prefix}-00000"):
            yield f"--prefix {self.prefix}: not lower-case letters, digits, - and _"

    def _broker_faults(self) -> Iterator[str]:
        try:
            url, _ = self._url, self._url.port
        except ValueError as error:
            yield f"--broker {self.broker}: {error}"
            return
        if url.scheme not in ("mqtt", "mqtts") or not url.hostname or url.username:
            yield f"--broker {self.broker}: not like mqtt://127.0.0.1:1883 or mqtts://host:8883"
            return
        if not is_loopback(url.hostname) and self.allow_host != url.hostname:
            yield (
                f"--broker {self.broker}: not this machine; a broker that is yours to load is"
                f" named twice: --allow-host {url.hostname}"
            )
        if self.ca_file is not None and not self.tls:
            yield "--ca-file: only with an mqtts:// broker"
        if self.ca_file is not None and not self.ca_file.is_file():
            yield f"--ca-file {self.ca_file}: no such file"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def duration_s(text: str) -> float:
    """The seconds in ``90``, ``90s``, ``15m``, ``3h`` or ``1d``. Raises ``ValueError``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]*)", text.strip())
    if found is None or (found[2] or "s") not in _UNITS:
        raise ValueError(f"{text!r} is not a time like 90s, 15m, 3h or 1d")
    return float(found[1]) * _UNITS[found[2] or "s"]


@dataclass(frozen=True, slots=True)
class Who:
    """Agent number ``index`` of a fleet, alone on a site of its own name."""

    index: int
    agent: str
    epoch: str
    numbering: Numbering

    def birth(self, connection: int, now_ms: int) -> wire.Birth:
        """The agent's card on its connection."""
        every_s = self.numbering.every_ms / 1000
        cards = (
            wire.MeterCard(self.agent, meter, meter, "simulated_fleet", every_s, values.STEP_WH)
            for meter in map(meter_name, range(self.numbering.meters))
        )
        return wire.Birth(self.agent, self.epoch, connection, "plant-sim", now_ms, tuple(cards))

    def message(self, portion: Portion) -> wire.ReadingsMessage:
        """The readings of a portion, with their values."""
        instants = portion.instants_ms(self.numbering.every_ms)
        meter = self.index * self.numbering.meters + portion.meter
        return wire.ReadingsMessage(
            *(self.agent, self.epoch, self.agent, meter_name(portion.meter), self.epoch),
            "synchronised",
            tuple(range(portion.first_seq, portion.first_seq + portion.polls)),
            instants,
            values.columns(meter, instants),
        )


def meter_name(meter: int) -> str:
    """How the meter number ``meter`` of an agent is called."""
    return f"m{meter + 1}"


def crew(options: FleetOptions, start_ms: int, epoch: str) -> list[Who]:
    """All agents of a fleet; ``start_ms`` is their first mark."""
    every_ms = round(options.every_s * 1000)
    backlog = int(options.backlog_s / options.every_s)
    numbering = Numbering(options.meters, every_ms, start_ms, options.polls, backlog)
    return [
        Who(index, f"{options.prefix}-{index:05d}", epoch, numbering)
        for index in range(options.agents)
    ]


def sites_toml(options: FleetOptions, time_zone: str = "Asia/Tokyo") -> str:
    """The ``[[sites]]`` of a collector that knows the whole fleet."""
    meters = ", ".join(f'{{ id = "{meter_name(n)}" }}' for n in range(options.meters))
    return "".join(
        f'[[sites]]\nid = "{who.agent}"\ntime_zone = "{time_zone}"\nmeters = [{meters}]\n'
        for who in crew(options, 0, "none")
    )
