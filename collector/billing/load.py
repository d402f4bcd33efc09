"""What a bill is made from: the slots of one billing month and what is known beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from collector.rollup.periods import midnight_ms
from collector.tariffs.series import month_of

Quality = Literal["measured", "estimated", "missing"]
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class BilledSlot:
    """Energy of one slot (UTC ms, half-open), in whole milli-Wh and milli-varh.

    ``milli_wh`` is None where nothing is known (quality missing), and so are the reactive energies
    where they are not measured. ``estimated_milli_wh`` is the part of ``milli_wh`` that was
    bridged over a gap, ``missing_ms`` the part of its time of which nothing is known.
    """

    start_ms: int
    end_ms: int
    milli_wh: int | None
    lagging_milli_varh: int | None = None
    leading_milli_varh: int | None = None
    quality: Quality = "measured"
    estimated_milli_wh: int = 0
    missing_ms: int = 0


@dataclass(frozen=True)
class BilledMonth:
    """The slots of a site from the local day ``first`` to before ``end``, in order of time.

    Slots that are not there are missing; those outside of the month are left out.
    """

    site: str
    zone: ZoneInfo
    first: date
    end: date
    all_slots: tuple[BilledSlot, ...] = field(repr=False)

    @cached_property
    def slots(self) -> tuple[BilledSlot, ...]:
        """The slots that begin in the month and hold a value."""
        return tuple(
            slot
            for slot in self.all_slots
            if slot.milli_wh is not None and self.from_ms <= slot.start_ms < self.to_ms
        )

    @property
    def from_ms(self) -> int:
        """The first instant (UTC ms)."""
        return midnight_ms(self.zone, self.first)

    @property
    def to_ms(self) -> int:
        """The instant after the last (UTC ms)."""
        return midnight_ms(self.zone, self.end)

    @property
    def month(self) -> date:
        """The bill month (its first day): that of the last day."""
        return month_of(self.end - timedelta(days=1))

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.first).days

    @property
    def milli_wh(self) -> int:
        """All its energy."""
        return sum(slot.milli_wh or 0 for slot in self.slots)

    @property
    def kwh(self) -> Decimal:
        """All its energy in kWh, exact."""
        return kwh_of(self.milli_wh)

    @cached_property
    def slot_minutes(self) -> int | None:
        """The length of its slots; the longest where they differ, None where there are none."""
        return (
            max((slot.end_ms - slot.start_ms for slot in self.slots), default=0) // MINUTE_MS
            or None
        )

    def local(self, at_ms: int) -> tuple[date, int]:
        """The local day and minute of the day of an instant (UTC ms)."""
        at = datetime.fromtimestamp(at_ms / 1000, self.zone)
        return at.date(), 60 * at.hour + at.minute


@dataclass(frozen=True, slots=True)
class PreviousMonth:
    """A bill month before: its first day, its kWh, and by demand charge its largest demand.

    Demands are in the unit of the charge (kW or kVA), never raised by a ratchet.
    """

    month: date
    kwh: Decimal
    demand: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class AgreedPower:
    """An agreed contract power (kW) from a local day on."""

    kw: Decimal
    from_date: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What a bill needs beside the month's slots and the tariff.

    ``agreed`` stands over what demand sets, from its day on. ``power_factor_percent`` is used
    where reactive energy is not measured. ``market_prices`` are per kWh, by the slot's start.
    """

    previous: tuple[PreviousMonth, ...] = ()
    agreed: tuple[AgreedPower, ...] = ()
    power_factor_percent: Decimal | None = None
    market_prices: Mapping[int, Decimal] = field(default_factory=dict)


def kwh_of(milli_wh: int) -> Decimal:
    """Milli-Wh as kWh (and milli-varh as kvarh), exact."""
    return Decimal(milli_wh).scaleb(-6)
