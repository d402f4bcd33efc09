"""Loads and tariffs for tests of bills."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from collector.billing.load import BilledMonth, BilledSlot, PreviousMonth
from collector.rollup.periods import Calendar
from collector.tariffs.library import TariffLibrary
from collector.tariffs.tariff import Tariff

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
MILLI = 1_000_000


def shipped(tariff_id: str, on: date = date(2025, 7, 1)) -> Tariff:
    """A shipped tariff."""
    return TariffLibrary.shipped().nearest(tariff_id, on)


def month_of(
    name: str,
    kw: float | Callable[[int], float] = 100.0,
    minutes: int = 30,
    zone: ZoneInfo = TOKYO,
    kvar_share: float | None = None,
    billing_day: int = 1,
) -> BilledMonth:
    """A bill month ("2025-07") of a load: constant, or kW by the number of the slot."""
    calendar = Calendar(zone, slot_minutes=minutes, billing_day=billing_day)
    window = calendar.billing_month_named(date.fromisoformat(f"{name}-01"))
    length_ms = minutes * 60_000
    starts = range(window.start_ms, window.end_ms, length_ms)
    powers = [kw(number) if callable(kw) else kw for number in range(len(starts))]
    slots = tuple(
        slot(start, length_ms, round(power * minutes * MILLI / 60), kvar_share)
        for start, power in zip(starts, powers, strict=True)
    )
    first, end = calendar.date_of(window.start_ms), calendar.date_of(window.end_ms)
    return BilledMonth("plant", zone, first, end, slots)


def slot(start_ms: int, length_ms: int, milli_wh: int, kvar_share: float | None) -> BilledSlot:
    """A measured slot, its lagging reactive energy a share of the active."""
    reactive = None if kvar_share is None else round(milli_wh * kvar_share)
    return BilledSlot(start_ms, start_ms + length_ms, milli_wh, reactive)


def previous(part: str, **kw: float) -> tuple[PreviousMonth, ...]:
    """Months before with their demand: ``m2024_11=143.6``."""
    return tuple(
        PreviousMonth(
            date.fromisoformat(f"{name.removeprefix('m').replace('_', '-')}-01"),
            Decimal(1000),
            {part: Decimal(repr(power))},
        )
        for name, power in kw.items()
    )
