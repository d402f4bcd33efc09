"""電気需要最適化: electricity by the hours that the law weighs differently.

On days of raised demand (renewables curtailed) the hours 8 to 16 weigh least, on days of tight
supply every hour weighs most, all other hours stand between (``data/energy_law.toml``; all of low
confidence, so every report says that they are to be confirmed). Exact: nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from collector.errors import CollectorError
from collector.reports.constants import Constant, constant_on

Band = Literal["raise", "tight", "other"]
BANDS: tuple[Band, ...] = ("raise", "tight", "other")


@dataclass(frozen=True, slots=True)
class BandEnergy:
    """The electricity of one band (milli-Wh) and how a MWh of it is weighed."""

    band: Band
    milli_wh: int
    coefficient: Constant

    @property
    def gj(self) -> Decimal:
        """Its weighed energy, GJ."""
        return Decimal(self.milli_wh).scaleb(-9) * self.coefficient.value


@dataclass(frozen=True, slots=True)
class Optimisation:
    """The bands of a year, and the days on which the plant answered demand response."""

    bands: tuple[BandEnergy, ...]
    raise_days: tuple[date, ...]
    tight_days: tuple[date, ...]

    @property
    def milli_wh(self) -> int:
        """All electricity of the bands."""
        return sum(band.milli_wh for band in self.bands)

    @property
    def gj(self) -> Decimal:
        """All weighed energy, GJ."""
        return sum((band.gj for band in self.bands), Decimal(0))


def optimise(
    slots: Iterable[tuple[int, int]],
    zone: ZoneInfo,
    on: date,
    raise_days: tuple[date, ...],
    tight_days: tuple[date, ...],
) -> Optimisation | None:
    """Put slots (start in UTC ms, milli-Wh) into the bands by the coefficients that hold ``on``.

    None where the law has no coefficients for the day. Raises ``CollectorError`` for a day that
    is named as both: raising demand while supply is tight does not count.
    """
    both = set(raise_days) & set(tight_days)
    if both:
        hint = "a day counts once: leave it out of dr_up or of dr_down"
        raise CollectorError(f"{min(both)} stands in dr_up and in dr_down", hint)
    held = [constant_on("energy_law", f"optimisation_{band}_gj_per_mwh", on) for band in BANDS]
    coefficients = [constant for constant in held if constant is not None]
    first = constant_on("energy_law", "optimisation_raise_first_hour", on)
    end = constant_on("energy_law", "optimisation_raise_end_hour", on)
    if len(coefficients) < len(BANDS) or first is None or end is None:
        return None
    found = dict.fromkeys(BANDS, 0)
    up, tight = set(raise_days), set(tight_days)
    for start_ms, milli_wh in slots:
        at = datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(zone)
        found[_band(at, up, tight, int(first.value), int(end.value))] += milli_wh
    bands = (
        BandEnergy(band, found[band], constant)
        for band, constant in zip(BANDS, coefficients, strict=True)
    )
    return Optimisation(tuple(bands), raise_days, tight_days)


def _band(at: datetime, up: set[date], tight: set[date], first: int, end: int) -> Band:
    if at.date() in tight:
        return "tight"
    return "raise" if at.date() in up and first <= at.hour < end else "other"
