"""Slots of a file: what went through a meter from one instant to another, in whole milli-units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from collector.errors import StopError
from collector.imports.table import Refusal

MS_PER_HOUR = 3_600_000


class Slot(NamedTuple):
    """What went through in a stretch (UTC ms, half-open): milli-Wh, or thousandths of the unit.

    ``line`` is where it stands in its file, 0 where it does not.
    """

    start_ms: int
    end_ms: int
    milli_wh: int
    line: int = 0


@dataclass(frozen=True, slots=True)
class SlotFile:
    """A file's slots, in order of time and none over another; what was found out and refused."""

    name: str
    slots: tuple[Slot, ...]
    notices: tuple[str, ...] = ()
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What a figure of a file stands for: milli-units, or milli-units per hour (a mean power)."""

    name: str
    milli: int
    per_hour: bool = False

    def milli_of(self, figure: Decimal, duration_ms: int) -> int:
        """The figure of a stretch in whole milli-units, rounded once."""
        if not self.per_hour:
            return round(figure * self.milli)
        return round(figure * self.milli * duration_ms / MS_PER_HOUR)


_UNITS = {
    "wh": Unit("Wh", 1_000),
    "kwh": Unit("kWh", 1_000_000),
    "mwh": Unit("MWh", 1_000_000_000),
    "w": Unit("W", 1_000, per_hour=True),
    "kw": Unit("kW", 1_000_000, per_hour=True),
    "mw": Unit("MW", 1_000_000_000, per_hour=True),
    "kvarh": Unit("kvarh", 1_000_000),
    "varh": Unit("varh", 1_000),
}
UNITS = tuple(unit.name for unit in _UNITS.values())
"""Names of the units of electricity."""


def unit_named(name: str, amount_unit: str = "") -> Unit:
    """The unit of that name; ``amount_unit`` is what a meter of another medium counts ("m3").

    Raises ``StopError`` with those there are.
    """
    if amount_unit:
        if name == amount_unit:
            return Unit(name, 1_000)
        raise StopError(f"{name} is not what the meter counts", f"write --unit {amount_unit}")
    found = _UNITS.get(name.casefold())
    if found is None:
        raise StopError(f"{name} is not a unit of energy or power", f"one of {', '.join(UNITS)}")
    return found


def without_overlaps(
    slots: Iterable[Slot], notices: list[str], refusals: list[Refusal]
) -> tuple[Slot, ...]:
    """The slots in order of time, none over another.

    One that is there twice is taken once and said; those that contradict one another, or lie
    partly over one another, are all refused with both lines.
    """
    single: list[Slot] = []
    repeated = 0
    for slot in sorted(slots):
        if single and single[-1][:3] == slot[:3]:
            repeated += 1
        else:
            single.append(slot)
    if repeated:
        count = "1 slot is" if repeated == 1 else f"{repeated} slots are"
        notices.append(f"{count} there twice with the same value; taken once")
    return _apart(single, refusals)


def _apart(slots: Sequence[Slot], refusals: list[Refusal]) -> tuple[Slot, ...]:
    faulty: dict[int, int] = {}
    reaching = 0
    for place in range(1, len(slots)):
        if slots[place].start_ms < slots[reaching].end_ms:
            faulty.setdefault(place, reaching)
            faulty.setdefault(reaching, place)
        if slots[place].end_ms > slots[reaching].end_ms:
            reaching = place
    for place, other in sorted(faulty.items()):
        same = slots[place][:2] == slots[other][:2]
        what = "same slot as" if same else "its slot lies over that of"
        why = f"{what} line {slots[other].line}{', but another value' if same else ''}"
        refusals.append(Refusal(slots[place].line, why))
    return tuple(slot for place, slot in enumerate(slots) if place not in faulty)


def hours_of(slots: Sequence[Slot]) -> float:
    """Hours between the first slot's start and the last one's end that no slot covers."""
    return sum(b.start_ms - a.end_ms for a, b in pairwise(slots)) / MS_PER_HOUR
