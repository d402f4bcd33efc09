"""All hints for one plant and one stretch of time, put together from its use and its grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.intensity.hints import (
    ShiftSaving,
    Window,
    highest_window,
    lowest_window,
    shift_saving,
    typical_day,
    window_at,
)
from collector.intensity.matching import (
    Claim,
    Matching,
    SlotEnergy,
    WeightedMean,
    matching,
    weighted_mean,
)
from collector.intensity.point import SIGNAL, Boundary, Kind
from collector.intensity.series import IntensitySeries

DAY_MS = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Load:
    """A load that could run at another time: its power and for how long it runs.

    ``now`` and ``then`` are the local times at which it begins today and would begin; None: in
    the dirtiest, in the cleanest window.
    """

    kw: Decimal
    length_ms: int
    now: time | None = None
    then: time | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """The hints of a stretch of time (UTC ms).

    ``typical`` tells whether the windows are those of the typical day (ms after local midnight)
    and ``days`` how many days it stands for. ``known_share`` (0 to 1) is the part of the stretch
    for which the grid's intensity is known. Windows are None when no stretch of the load's length
    is wholly known, the shift when one of its windows is not.
    """

    from_ms: int
    to_ms: int
    typical: bool
    days: int
    boundary: Boundary | None
    kinds: Mapping[Kind, int]
    known_share: Decimal
    lowest: Window | None
    highest: Window | None
    shift: ShiftSaving | None
    mean: WeightedMean
    matching: Matching
    label: str = SIGNAL


def advise(
    series: IntensitySeries,
    span_ms: tuple[int, int],
    zone: ZoneInfo,
    load: Load,
    used: Sequence[SlotEnergy],
    claims: Sequence[Claim] = (),
    generated: Sequence[SlotEnergy] = (),
) -> Advice:
    """The hints of the stretch: of itself when it is one local day, else of its typical day."""
    from_ms, to_ms = span_ms
    one_day = _is_one_day(from_ms, to_ms, zone)
    typical = None if one_day else typical_day(series, zone)
    searched = typical.series if typical else series
    low_ms, high_ms = (0, DAY_MS) if typical else span_ms
    lowest = lowest_window(searched, low_ms, high_ms, load.length_ms)
    highest = highest_window(searched, low_ms, high_ms, load.length_ms)
    return Advice(
        from_ms=from_ms,
        to_ms=to_ms,
        typical=not one_day,
        days=typical.days if typical else int(one_day),
        boundary=series.boundary,
        kinds=series.kinds(),
        known_share=Decimal(series.known_ms(from_ms, to_ms)) / (to_ms - from_ms),
        lowest=lowest,
        highest=highest,
        shift=_shift(searched, load, (highest, lowest), None if typical else (low_ms, zone)),
        mean=weighted_mean(used, series),
        matching=matching(used, claims, generated),
    )


def _shift(
    series: IntensitySeries,
    load: Load,
    extremes: tuple[Window | None, Window | None],
    day: tuple[int, ZoneInfo] | None,
) -> ShiftSaving | None:
    windows = [
        extreme if clock is None else window_at(series, _start_ms(clock, day), load.length_ms)
        for clock, extreme in zip((load.now, load.then), extremes, strict=True)
    ]
    now, then = windows
    return shift_saving(load.kw, now, then) if now and then else None


def _start_ms(clock: time, day: tuple[int, ZoneInfo] | None) -> int:
    """The instant of a local time on the day that begins there; on a typical day, from midnight."""
    if day is None:
        return (clock.hour * 60 + clock.minute) * 60_000
    midnight_ms, zone = day
    first = datetime.fromtimestamp(midnight_ms / 1000, zone).date()
    return round(datetime.combine(first, clock, zone).timestamp()) * 1000


def _is_one_day(from_ms: int, to_ms: int, zone: ZoneInfo) -> bool:
    first = datetime.fromtimestamp(from_ms / 1000, zone).date()
    return datetime.fromtimestamp((to_ms - 1) / 1000, zone).date() == first
