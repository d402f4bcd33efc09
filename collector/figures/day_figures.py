"""A day's figures from its half hours and from what is usual. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from collector.figures.day_load import HOURS, DayLoad, Kw48, Slot
from collector.figures.operating import Off
from collector.figures.typical import Bands, is_unusual

NIGHT_ENDS, NIGHT_BEGINS = 16, 44
"""08:00 and 22:00 as half hours: the night, and outside of it the power factor's hours."""
AFTER_HOURS_SHARE, AFTER_HOURS_KW = 0.1, 1.0
Fields = dict[str, float | str]


@dataclass(frozen=True, slots=True)
class Usual:
    """What is known of a day from those before it.

    ``base_kw`` is the robust base load: the median of the days' lowest half hours. ``off`` says
    when nobody works on this day; ``days`` are those alike that ``bands`` were made of.
    """

    bands: Bands | None = None
    days: Sequence[Kw48] = ()
    off: Off | None = None
    base_kw: float | None = None


def day_figures(load: DayLoad, usual: Usual) -> Fields:
    """The fields of ``DAY_FIGURES``, without those that are not known."""
    kw = [slot.kwh / HOURS for slot in load.slots]
    peak_kw, mean_kw = max(kw), fsum(kw) / len(kw)
    found: Fields = {"coverage": load.share, "peak_kw": peak_kw, "mean_kw": mean_kw}
    found["night_kwh"] = fsum(slot.kwh for slot in load.slots if _at_night(slot))
    if load.whole:
        found["base_kw"] = min(kw)
    if peak_kw > 0:
        found["load_factor"] = mean_kw / peak_kw
    return found | _off_hours(load, usual) | _expected(load, usual) | _reactive(load)


def _off_hours(load: DayLoad, usual: Usual) -> Fields:
    off, base_kw = usual.off, usual.base_kw
    if off is None:
        return {}
    idle = [slot.kwh / HOURS for slot in load.slots if off[slot.wall]]
    found: Fields = {"off_hours_kwh": fsum(idle) * HOURS}
    if idle:
        found["standby_kw"] = fsum(idle) / len(idle)
    if base_kw is not None:
        limit_kw = base_kw + max(AFTER_HOURS_SHARE * base_kw, AFTER_HOURS_KW)
        found["after_hours_kwh"] = fsum(kw - base_kw for kw in idle if kw > limit_kw) * HOURS
    return found


def _expected(load: DayLoad, usual: Usual) -> Fields:
    if usual.bands is None:
        return {}
    found: Fields = {}
    expected = [usual.bands.median[slot.wall] for slot in load.slots]
    known = [kw for kw in expected if kw is not None]
    if len(known) == len(expected):
        found["expected_kwh"] = fsum(known) * HOURS
    if load.whole:
        found["unusual"] = float(is_unusual(load.kw, usual.days, usual.bands))
    return found


def _reactive(load: DayLoad) -> Fields:
    day = [slot for slot in load.slots if not _at_night(slot) and slot.lagging_kvarh is not None]
    night = [slot for slot in load.slots if _at_night(slot) and slot.leading_kvarh is not None]
    found: Fields = {}
    if day:
        kwh = fsum(slot.kwh for slot in day)
        kvarh = fsum(slot.lagging_kvarh or 0.0 for slot in day)
        found |= {"pf_kwh": kwh, "pf_kvarh": kvarh}
        if (percent := power_factor_percent(kwh, kvarh)) is not None:
            found["power_factor_percent"] = percent
    if night:
        leading = fsum(slot.leading_kvarh or 0.0 for slot in night)
        found["leading_night"] = float(leading > fsum(slot.lagging_kvarh or 0.0 for slot in night))
    return found


def power_factor_percent(kwh: float, lagging_kvarh: float) -> float | None:
    """100 W / sqrt(W² + Q²), not rounded; None without energy. Analytics reference 1.5."""
    return 100 * kwh / sqrt(kwh**2 + lagging_kvarh**2) if kwh > 0 else None


def _at_night(slot: Slot) -> bool:
    return slot.wall < NIGHT_ENDS or slot.wall >= NIGHT_BEGINS
