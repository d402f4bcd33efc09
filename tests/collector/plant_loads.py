"""The loads of a small metal works, made by numpy: what `plant_year` fills a store with.

Every array has one figure a slot. Nothing here is measured; the shapes are those a consultant
meets: a start-up ramp, a dip at lunch, a compressor that idles, machines left on over night,
air conditioning that follows the weather and a press line that follows the orders.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats = npt.NDArray[np.float64]
CIRCUITS = ("press", "furnace", "compressor", "air", "lighting", "office")
WORK_FROM_H, WORK_TO_H = 8.0, 17.0
KWH_PER_PIECE = 0.42
LEAD_BELOW_KW = 30.0
"""Below this load the capacitor bank overcompensates: the site leads."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The slots of a stretch: their starts in site time, hours, and what kind of day each is in.

    ``works`` and ``saturday`` have a figure a slot; ``hour`` is the clock on the wall, in hours.
    """

    starts: pd.DatetimeIndex
    hours: float
    works: npt.NDArray[np.bool_]
    saturday: npt.NDArray[np.bool_]
    random: np.random.Generator = field(compare=False)

    @property
    def hour(self) -> Floats:
        """The wall clock, 0 to 24."""
        return np.asarray(self.starts.hour + self.starts.minute / 60, dtype=np.float64)

    @property
    def busy(self) -> Floats:
        """How busy the shop is, 0 to 1: a ramp in the morning, a dip at lunch, short Saturdays."""
        hour = self.hour
        end = np.where(self.saturday, 12.5, WORK_TO_H)
        ramp = np.clip((hour - WORK_FROM_H + 1.0) / 1.0, 0.0, 1.0)
        busy = np.where(hour < end, ramp, np.clip(1 - (hour - end), 0.0, 0.6))
        lunch = (hour >= 12) & (hour < 13) & ~self.saturday
        return np.where(self.works, np.where(lunch, 0.45, busy), 0.0)

    def noise(self, share: float) -> Floats:
        """Factors around 1."""
        return np.clip(self.random.normal(1.0, share, len(self.starts)), 0.5, 1.5)

    def by_day(self, figures: Floats) -> Floats:
        """A figure a day (in order) as one a slot."""
        days = pd.factorize(self.starts.tz_localize(None).normalize())[0]
        return figures[days]

    @property
    def days(self) -> int:
        """How many local days the stretch has."""
        return len(self.starts.tz_localize(None).normalize().unique())


def temperature_c(slots: Slots) -> Floats:
    """The air outside: cold in February, hot in August, warmest at two, weather over days."""
    starts = slots.starts
    yearly = -10.5 * np.cos(2 * np.pi * (starts.day_of_year.to_numpy() - 32) / 365.25)
    daily = 3.5 * np.cos(2 * np.pi * (slots.hour - 14) / 24)
    shocks = slots.random.normal(0.0, 1.6, slots.days)
    weather = np.zeros(slots.days)
    for day in range(1, slots.days):
        weather[day] = 0.7 * weather[day - 1] + shocks[day]
    return np.asarray(14.5 + yearly + daily + slots.by_day(weather), dtype=np.float64)


def pieces(slots: Slots) -> npt.NDArray[np.int64]:
    """Pieces a slot: about 900 on a full day, fewer in February and August, none when closed."""
    daily = slots.by_day(slots.random.normal(1.0, 0.16, slots.days).clip(0.45, 1.45))
    season = 1 - 0.12 * np.isin(slots.starts.month, (2, 8))
    rate_per_h = 105.0 * daily * season * slots.busy
    cumulated = np.floor(np.cumsum(rate_per_h * slots.hours))
    return np.diff(cumulated, prepend=0.0).astype(np.int64)


def loads_kw(slots: Slots, outside_c: Floats, made: Floats, circuits: int) -> dict[str, Floats]:
    """The mean power of each circuit in each slot (kW), the unmeasured rest as ``""``.

    ``made`` is pieces an hour. Circuits beyond the six named are ``machine-7`` and so on.
    """
    busy = slots.busy
    known = {
        "press": (3.8 + KWH_PER_PIECE * made + 6.0 * busy) * slots.noise(0.03),
        "furnace": _furnace(slots),
        "compressor": _compressor(slots),
        "air": _air(slots, outside_c),
        "lighting": (0.9 + 9.5 * np.where(busy > 0, np.maximum(busy, 0.6), 0)) * slots.noise(0.02),
        "office": (1.1 + 5.0 * np.where(busy > 0, 0.5 + busy / 2, 0)) * slots.noise(0.05),
    }
    names = [*CIRCUITS[:circuits], *(f"machine-{n}" for n in range(7, circuits + 1))]
    found = {name: known[name] if name in known else _machine(slots, name) for name in names}
    return found | {"": (4.0 + 7.0 * busy) * slots.noise(0.06)}


def _furnace(slots: Slots) -> Floats:
    # Heated up from 6:00, held warm over lunch and, for half of the nights, over night.
    hour = slots.hour
    hot = slots.works & (hour >= 6.0) & (hour < 16.5) & ~slots.saturday
    heating = hot & (hour < 8.5)
    held = slots.by_day((slots.random.random(slots.days) < 0.5).astype(np.float64))
    kw = np.where(heating, 62.0, np.where(hot, 41.0, 2.5 + 9.0 * held * slots.works))
    return np.asarray(kw * slots.noise(0.04), dtype=np.float64)


def _compressor(slots: Slots) -> Floats:
    # 37 kW: loads with the work, idles at a third, left on over one night in four.
    busy = slots.busy
    left_on = slots.by_day((slots.random.random(slots.days) < 0.25).astype(np.float64))
    idle = np.where(left_on > 0, 12.0, 0.3)
    kw = np.where(busy > 0, 12.0 + 23.0 * busy, idle)
    return np.asarray(kw * slots.noise(0.05), dtype=np.float64)


def _air(slots: Slots, outside_c: Floats) -> Floats:
    # Cools above 20 °C, heats below 14 °C, while people are there.
    need_kw = 3.4 * np.clip(outside_c - 20.0, 0, None) + 1.5 * np.clip(14.0 - outside_c, 0, None)
    there = np.where(slots.busy > 0, np.maximum(slots.busy, 0.8), 0.06)
    return np.asarray((0.6 + need_kw * there) * slots.noise(0.06), dtype=np.float64)


def _machine(slots: Slots, name: str) -> Floats:
    size_kw = 3.0 + 9.0 * slots.random.random()
    standby_kw = size_kw * slots.random.choice([0.02, 0.05, 0.15])
    in_use = slots.by_day(slots.random.uniform(0.55, 1.0, slots.days))
    kw = standby_kw + (size_kw - standby_kw) * slots.busy * in_use
    return np.asarray(kw * slots.noise(0.08), dtype=np.float64)


def reactive_kvarh(kwh: Floats, hours: float) -> tuple[Floats, Floats]:
    """Lagging and leading reactive energy of the whole site (kvarh a slot)."""
    kw = kwh / hours
    lagging = np.clip(0.52 * kw - 18.0, 0.0, None) * hours
    leading = np.where(kw < LEAD_BELOW_KW, np.clip(16.0 - 0.3 * kw, 0.0, None), 0.0) * hours
    return lagging, leading
