"""One meter, and what polling has learned about it."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from dataclasses import dataclass, field

from edge_agent.bus.circuit import Circuit
from edge_agent.bus.portions import Portion, blocks_of, interval_s, portions_of
from edge_agent.bus.told import Fault, Told
from edge_agent.config import SERIAL_KINDS, LinkSettings, MeterSettings, PollSettings
from edge_agent.decode import Ratios
from edge_agent.errors import SkipMeterError
from edge_agent.profile import Profile, ReadBlock

NETWORK_TIMEOUT_MS = 1_000
"""The least time limit over a network, where a gateway has a queue of its own."""
REMEMBERED_STAMPS = 4_096
"""Instants of a meter that are kept, 8 bytes each, so that no step of the clock uses one twice."""


@dataclass(slots=True)
class PolledMeter:
    """One meter and what polling has learned about it.

    ``model`` is the profile as its file says, ``profile`` the same as it is set in this very meter.
    ``interval_s`` is how often the energy counter is read. ``read_at_s`` is the monotonic time of
    the newest reading, ``counted_s`` that of the newest one that carried statistics. ``stopped``
    is why the meter must not be read; ``serials`` are the serial numbers it told, newest last.
    """

    site: str
    settings: MeterSettings
    link: LinkSettings
    poll: PollSettings
    model: Profile
    profile: Profile = field(init=False)
    portions: tuple[Portion, ...] = field(init=False)
    interval_s: float = field(init=False)
    circuit: Circuit = field(default_factory=Circuit)
    told: Told = field(default_factory=Told)
    polls_ok: int = 0
    polls_failed: int = 0
    read_at_s: float | None = None
    counted_s: float | None = None
    last_error: SkipMeterError | None = None
    refused_until_s: dict[ReadBlock, float] = field(default_factory=dict)
    settled: bool = False
    settle_at_s: float = -math.inf
    stopped: SkipMeterError | None = None
    serials: tuple[str, ...] = ()
    stamps: array[int] = field(default_factory=lambda: array("q"))

    def __post_init__(self) -> None:
        """Plan what is read at which pace."""
        self.profile = self.model
        self.portions = portions_of(self.model, self.settings, self.poll)
        self.interval_s = interval_s(self.portions)

    def plan(self, profile: Profile) -> None:
        """Read by ``profile``, the model as it is set in this very meter, from now on."""
        if profile != self.profile:
            self.profile = profile
            self.refused_until_s.clear()
            for portion in self.portions:
                portion.blocks = blocks_of(profile, portion.group, self.poll)

    @property
    def serial(self) -> str:
        """The serial number of the settings, else the one that was read last, else empty."""
        return self.settings.serial or (self.serials[-1] if self.serials else "")

    @property
    def ratios(self) -> Ratios:
        """What turns this meter's values into primary ones."""
        return Ratios(self.settings.ct_ratio, self.settings.vt_ratio)

    @property
    def fault(self) -> Fault | None:
        """What the newest polls met: that of the fastest portion which has a fault."""
        return next((portion.fault for portion in self.portions if portion.fault), None)

    def stamp(self, at_ms: int) -> int:
        """``at_ms``, or the first millisecond after it that no reading of this meter has."""
        at = bisect_left(self.stamps, at_ms)
        while at < len(self.stamps) and self.stamps[at] == at_ms:
            at, at_ms = at + 1, at_ms + 1
        self.stamps.insert(at, at_ms)
        if len(self.stamps) > REMEMBERED_STAMPS:
            # After a step back the far end is what will not come again.
            self.stamps.pop(-1 if at < len(self.stamps) // 2 else 0)
        return at_ms

    def timeout_ms(self, count: int) -> int:
        """How long to wait for ``count`` registers: as it is set, or by profile and wire time."""
        set_ms = self.settings.timeout_ms or self.link.timeout_ms
        if set_ms is not None:
            return set_ms
        if self.link.kind not in SERIAL_KINDS:
            return max(self.profile.timeout_ms, NETWORK_TIMEOUT_MS)
        # Request 8 bytes, answer 5 + 2 n, of 11 bits at most.
        return self.profile.timeout_ms + math.ceil((13 + 2 * count) * 11_000 / self.link.baud)
