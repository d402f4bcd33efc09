"""PURE. Is a reading fit to be stored? Bad data is a verdict here, never an exception.

Before: a `Reading` off the wire. After: `Accepted` goes to the store, `Quarantined` to the agent
as a refusal with its reason. The bounds are physical, not plausible: a strange day is data, a
voltage of ten million is a wrong register.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge_agent.contract.quantity import QUANTITIES
from edge_agent.contract.reading import Reading
from edge_agent.contract.topics import NAME_PATTERN

EARLIEST_MS = 946_684_800_000
"""2000-01-01 UTC: an instant before it comes from a clock that was never set."""
FUTURE_MS = 5 * 60_000
"""How far ahead of the collector's clock an agent's clock may be."""
RATED_MARGIN = 10.0
"""Power may pass the rated power by this much: starting motors draw six to eight times."""

_LIMITS: dict[str, tuple[float, float]] = {
    "V": (-1.2e6, 1.2e6),  # the highest voltage in any grid is 1.1 MV
    "A": (-1e6, 1e6),
    "W": (-1e11, 1e11),  # the largest power station has 22.5 GW
    "var": (-1e11, 1e11),
    "VA": (-1e11, 1e11),
    "": (-1.1, 1.1),  # power factor, with a meter's rounding
    "Hz": (0.0, 1000.0),
    "Wh": (0.0, 1e17),
    "varh": (0.0, 1e17),
    "count": (0.0, 1e15),
    "ms": (0.0, 1e9),
    "m3": (0.0, 1e12),
    "kg": (0.0, 1e15),
}
_BOUNDS: dict[str, tuple[float, float]] = {
    name: _LIMITS[quantity.unit] for name, quantity in QUANTITIES.items()
}
_NAME = re.compile(NAME_PATTERN)


@dataclass(frozen=True, slots=True)
class Accepted:
    """A reading to store. ``unknown`` names the quantities left out of it."""

    reading: Reading
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A reading that is not stored, and why."""

    reason: str


Verdict = Accepted | Quarantined


def judge(reading: Reading, now_ms: int, rated_power_w: float | None = None) -> Verdict:
    """Judge one reading by the collector's clock ``now_ms`` (UTC ms).

    Quantities that this version does not know are left out and named, so that a newer agent's
    known ones are not lost with them. ``rated_power_w`` bounds the active power when given.
    """
    fault = _identity_fault(reading) or _time_fault(reading.at_ms, now_ms)
    if fault:
        return Quarantined(fault)
    unknown = tuple(name for name in reading.values if name not in _BOUNDS)
    if unknown:
        known = {name: value for name, value in reading.values.items() if name in _BOUNDS}
        reading = Reading(reading.site, reading.meter, reading.at_ms, known)
    fault = _value_fault(reading, unknown) or _rating_fault(reading, rated_power_w)
    return Quarantined(fault) if fault else Accepted(reading, unknown)


def all_sound(
    site: str,
    meter: str,
    at_ms: Sequence[int],
    values: Mapping[str, Sequence[float | None]],
    now_ms: int,
    rated_power_w: float | None = None,
) -> bool:
    """Whether ``judge`` would accept each of a meter's readings as it is.

    Columns of finite numbers or None, equally long and not empty, as the wire hands them over.
    False where a value is absent: then the readings differ, and each is judged by itself.
    """
    bounds = _bounds_of(tuple(values), rated_power_w)
    if not bounds or _name_fault(site, meter):
        return False
    if _time_fault(min(at_ms), now_ms) or _time_fault(max(at_ms), now_ms):
        return False
    try:
        return all(map(_within, values.values(), bounds))
    except TypeError:  # None is neither more nor less than a number
        return False


@lru_cache(maxsize=1024)
def _bounds_of(
    names: tuple[str, ...], rated_power_w: float | None
) -> tuple[tuple[float, float], ...]:
    """The bounds of these quantities in their order; none where one is not known."""
    if not all(name in _BOUNDS for name in names):
        return ()
    most_w = math.inf if rated_power_w is None else rated_power_w * RATED_MARGIN
    return tuple(
        (max(low, -most_w), min(high, most_w)) if name == "active_power_w" else (low, high)
        for name in names
        for low, high in (_BOUNDS[name],)
    )


def _within(column: Sequence[float | None], bounds: tuple[float, float]) -> bool:
    low, high = bounds
    # No value is larger than the length of the vector they make: that nearly always settles it.
    reach = math.hypot(*column)  # type: ignore[arg-type]
    if reach <= high and (reach <= -low or low <= min(column)):  # type: ignore[type-var, operator]
        return True
    return low <= min(column) and max(column) <= high  # type: ignore[type-var, operator]


def _identity_fault(reading: Reading) -> str:
    return _name_fault(reading.site, reading.meter)


@lru_cache(maxsize=4096)
def _name_fault(site: str, meter: str) -> str:
    for what, name in (("site", site), ("meter", meter)):
        if not _NAME.fullmatch(name):
            return f"{what} {name[:80]!r} is not a name (a-z, 0-9, - and _, 63 at most)"
    return ""


def _time_fault(at_ms: int, now_ms: int) -> str:
    if at_ms > now_ms + FUTURE_MS:
        return "dated in the future (set the agent's clock)"
    if at_ms < EARLIEST_MS:
        return "dated before 2000 (set the agent's clock)"
    return ""


def _value_fault(reading: Reading, unknown: tuple[str, ...]) -> str:
    if not reading.values:
        return f"no known quantity, only {', '.join(unknown)[:200]}" if unknown else "no value"
    for name, value in reading.values.items():
        low, high = _BOUNDS[name]
        if low <= value <= high:
            continue
        if not math.isfinite(value):
            return f"{name} is not a finite number"
        if low == 0 and value < 0:
            return f"{name} is negative"
        return f"{name} is beyond what any plant has (check the profile's format and scale)"
    return ""


def _rating_fault(reading: Reading, rated_power_w: float | None) -> str:
    power_w = reading.values.get("active_power_w")
    if rated_power_w is None or power_w is None:
        return ""
    if abs(power_w) <= rated_power_w * RATED_MARGIN:
        return ""
    return (
        f"active_power_w is over {RATED_MARGIN:g} times the meter's rated power"
        " (check rated_power_kw, the profile and the CT ratio)"
    )
